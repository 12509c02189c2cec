"""Files listed, read and deleted; sending them is v1's (…/confluence/rest/v2/api-group-attachment)."""

from __future__ import annotations

from collections.abc import Iterable

from confluence_mcp.sandbox import attachment_store
from confluence_mcp.sandbox.access import container_of
from confluence_mcp.sandbox.errors import bad_request, unseen
from confluence_mcp.sandbox.model import ARCHIVED, CURRENT, TRASHED, Attachment, JsonObject, Version
from confluence_mcp.sandbox.permissions import Sight
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import beans, including
from confluence_mcp.sandbox.v2.finding import attachment_at, content_at, must
from confluence_mcp.sandbox.v2.paging import Sorts, ordered, page
from confluence_mcp.sandbox.web import Call, Handler, Routes
from sandbox_kit.atlassian.web import Reply

_STATUSES = (CURRENT, ARCHIVED, TRASHED)


def _on(kind: str) -> Handler:
    def read(call: Call) -> Reply:
        statuses = call.choices("status", _STATUSES, (CURRENT,))
        with call.store.reading() as session:
            content = content_at(call, session, kind)
            return listed(call, session, attachment_store.on(session, content.id, *statuses))

    return read


def _all(call: Call) -> Reply:
    statuses = call.choices("status", _STATUSES, (CURRENT,))
    with call.store.reading() as session:
        sight = Sight(session, call.account)
        found = [
            each
            for each in session.rows(Attachment, "attachment")
            if each.status in statuses and sight.sees(session.content(each.container))
        ]
        return listed(call, session, found)


def listed(call: Call, session: Session, files: Iterable[Attachment], *, default: int = 50) -> Reply:
    """One page of files that the caller may see, of the wanted name and type."""
    name, kind = call.text("filename"), call.text("mediaType")
    kept = [each for each in files if name in ("", each.title) and kind in ("", each.media_type)]
    at = {each.id: _version(session, each) for each in kept}
    keys: Sorts[Attachment] = {
        "created-date": lambda each: (each.created, each.id),
        "modified-date": lambda each: (at[each.id].moment, each.id),
    }
    found = ordered(call, kept, keys, "created-date")
    return page(call, found, lambda each: beans.attachment(session, each, at[each.id]), default=default)


def _version(session: Session, row: Attachment, number: int = 0) -> Version:
    at = session.version(row.id, number or row.version)
    if at is None:
        raise unseen()
    return at


def _read(call: Call) -> Reply:
    number = call.number("version", 0, least=1)
    with call.store.reading() as session:
        row = attachment_at(call, session)
        at = _version(session, row, number)
        if number and number != row.version:
            row.status = "historical"
            row.size = len(attachment_store.content(session, row, number) or b"")
        shown: JsonObject = beans.attachment(session, row, at)
        shown["_links"]["base"] = call.base
        if not call.flag("include-version", default=True):
            del shown["version"]
        return Reply(200, shown | including.parts(call, session, row))


def _delete(call: Call) -> Reply:
    purge = call.flag("purge")
    with call.store.writing() as session:
        row = attachment_at(call, session)
        on = container_of(session, call.account, row.container)
        must(call, session, on.space, "delete", "attachment")
        if purge:
            must(call, session, on.space, "administer", "space")
            if row.status != TRASHED:
                raise bad_request("Only attachments in the trash can be purged", code="BAD_REQUEST")
            attachment_store.erase(session, row)
        elif row.status == CURRENT:
            row.status = TRASHED
            session.update("attachment", row)
        else:
            raise unseen()
    return Reply(204)


ATTACHMENTS: Routes = {
    "/attachments": {"GET": _all},
    "/attachments/{id}": {"GET": _read, "DELETE": _delete},
    "/pages/{id}/attachments": {"GET": _on("page")},
    "/blogposts/{id}/attachments": {"GET": _on("blogpost")},
}
