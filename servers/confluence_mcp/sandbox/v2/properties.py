"""Properties of contents, comments and files (…/confluence/rest/v2/api-group-content-properties)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from confluence_mcp.sandbox.access import container_of, find_comment
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import Attachment, Comment, Content, JsonObject, Property, Space
from confluence_mcp.sandbox.permissions import allowed, edits
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import inputs
from confluence_mcp.sandbox.v2.finding import attachment_at, content_at, must
from confluence_mcp.sandbox.v2.including import properties, property_bean
from confluence_mcp.sandbox.v2.paging import ordered, page
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

Owner: TypeAlias = Content | Comment | Attachment | Space
Find: TypeAlias = Callable[[Call, Session], Owner]
_LARGEST = 32 * 1024


def under(path: str, find: Find, show: Callable[[Property], JsonObject], created: int = 200) -> Routes:
    """The resources of the properties below the path of their owner. `created` is the status of a new one."""

    def listing(call: Call) -> Reply:
        with call.store.reading() as session:
            found = properties(session, find(call, session).id)
        kept = [each for each in found if call.text("key") in ("", each.key)]
        return page(call, ordered(call, kept, {"key": lambda each: (each.key,)}, "key"), show)

    def create(call: Call) -> Reply:
        body = inputs.message_of(call, "key")
        key, value = inputs.text_in(body, "key"), _value(body)
        with call.store.writing() as session:
            owner = find(call, session)
            _writable(call, session, owner)
            if session.row(Property, "property", "owner = ? AND key = ?", owner.id, key):
                raise ApiError(409, f"A property already exists with key {key[:100]}")
            author = call.account.account_id
            row = Property(session.new_id(), owner.id, key, value, 1, now_ms(), author, "", 0)
            session.insert("property", row)
        return Reply(created, show(row))

    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            return Reply(200, show(_find(call, session, find(call, session))))

    def update(call: Call) -> Reply:
        body = inputs.message_of(call, "key")
        value, (number, message) = _value(body), inputs.version_in(body)
        with call.store.writing() as session:
            owner = find(call, session)
            _writable(call, session, owner)
            row = _find(call, session, owner)
            if inputs.text_in(body, "key") != row.key:
                raise bad_request("The key of a property cannot be changed", code="BAD_REQUEST")
            inputs.check_version(row.version, number, "property")
            row.value, row.version, row.moment = value, number, now_ms()
            row.author, row.message = call.account.account_id, message
            session.update("property", row)
        return Reply(200, show(row))

    def delete(call: Call) -> Reply:
        with call.store.writing() as session:
            owner = find(call, session)
            _writable(call, session, owner)
            session.db.execute("DELETE FROM property WHERE id = ?", (_find(call, session, owner).id,))
        return Reply(204)

    return {
        f"{path}/properties": {"GET": listing, "POST": create},
        f"{path}/properties/{{property-id}}": {"GET": read, "PUT": update, "DELETE": delete},
    }


def _value(body: JsonObject) -> str:
    if "value" not in body:
        raise inputs.missing("value")
    value = json.dumps(body["value"], ensure_ascii=False)
    if len(value.encode()) > _LARGEST:
        raise ApiError(413, "The value of a property must not be over 32 KB")
    return value


def _find(call: Call, session: Session, owner: Owner) -> Property:
    row = session.row(Property, "property", "id = ? AND owner = ?", call.id("property-id"), owner.id)
    if row is None:
        raise unseen()
    return row


def _writable(call: Call, session: Session, owner: Owner) -> None:
    if isinstance(owner, Space):
        must(call, session, owner.id, "administer", "space")
        return
    content = owner if isinstance(owner, Content) else container_of(session, call.account, owner.container)
    if isinstance(owner, Comment):
        if not allowed(session, call.account, content.space, "create", "comment"):
            raise unseen()
    elif not edits(session, call.account, content):
        raise unseen()


def _content(kind: str) -> Find:
    return lambda call, session: content_at(call, session, kind, f"{kind}-id")


def _comment(call: Call, session: Session) -> Comment:
    return find_comment(session, call.account, call.id("comment-id"))


def _attachment(call: Call, session: Session) -> Attachment:
    return attachment_at(call, session, "attachment-id")


PROPERTIES: Routes = {
    **under("/pages/{page-id}", _content("page"), property_bean),
    **under("/blogposts/{blogpost-id}", _content("blogpost"), property_bean),
    **under("/comments/{comment-id}", _comment, property_bean),
    **under("/attachments/{attachment-id}", _attachment, property_bean),
}
