"""People, what they may do, and what they like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, cast

from confluence_mcp.sandbox.access import container_of, find_comment
from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.model import Attachment, Comment, Content, JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import including, inputs
from confluence_mcp.sandbox.v2.finding import attachment_at, attachment_id, content_at
from confluence_mcp.sandbox.v2.paging import Listed, page
from confluence_mcp.sandbox.web import Call, Handler, Routes, as_long
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.web import Reply

_Find: TypeAlias = Callable[[Call, Session], Content | Comment | Attachment]
_MOST = 250


def _users(call: Call) -> Reply:
    """POST users-bulk: those of the accounts that there are."""
    wanted: object = inputs.message_of(call, "accountIds")["accountIds"]
    if not isinstance(wanted, list) or not all(isinstance(each, str) for each in cast("list[object]", wanted)):
        raise bad_request("'accountIds' must be a list of account ids", code="INVALID_MESSAGE")
    ids = list(dict.fromkeys(cast("list[str]", wanted)))
    if len(ids) > _MOST:
        raise bad_request(f"At most {_MOST} account ids can be asked for at once")
    found = [who.BY_ID[each] for each in ids if each in who.BY_ID]
    return Reply(200, {"results": [_user(each) for each in found], "_links": {"base": call.base}})


def _user(account: who.Account) -> JsonObject:
    return {
        "displayName": account.name,
        "publicName": account.name,
        "accountId": account.account_id,
        "accountType": "atlassian",
        "accountStatus": "active" if account.active else "inactive",
        "email": account.email,
        "timeZone": account.time_zone,
        "personalSpaceId": None,
        "isExternalCollaborator": False,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "isDefault": True},
    }


def _types(call: Call) -> Reply:
    """POST content/convert-ids-to-types; null for what is not there or not to be seen."""
    wanted: object = inputs.message_of(call, "contentIds")["contentIds"]
    if not isinstance(wanted, list):
        raise bad_request("'contentIds' must be a list of ids", code="INVALID_MESSAGE")
    with call.store.reading() as session:
        results = {str(each): _type(call, session, each) for each in cast("list[object]", wanted)}
    return Reply(200, {"results": results})


def _type(call: Call, session: Session, reference: object) -> str | None:
    is_file = str(reference).startswith("att")
    number = attachment_id(reference, "contentIds") if is_file else as_long(reference, "contentIds")
    comment = session.row(Comment, "comment", "id = ?", number)
    try:
        on = container_of(session, call.account, comment.container if comment else number)
    except ApiError:
        return None
    if comment:
        return f"{comment.kind}-comment"
    return "attachment" if on.id != number else on.type


def _operations(find: _Find) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            return Reply(200, {"operations": including.permitted(session, call.account, find(call, session))})

    return read


def _like_count(find: _Find) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            return Reply(200, {"count": len(session.likers(find(call, session).id))})

    return read


def _likers(find: _Find) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            people = sorted(session.likers(find(call, session).id))
        return page(call, Listed(people, lambda each: (each,)), lambda each: {"accountId": each})

    return read


def _content(kind: str) -> _Find:
    return lambda call, session: content_at(call, session, kind)


def _comment(kind: str) -> _Find:
    return lambda call, session: find_comment(session, call.account, call.id(), kind)


_LIKED: dict[str, _Find] = {
    "/pages/{id}": _content("page"),
    "/blogposts/{id}": _content("blogpost"),
    "/footer-comments/{id}": _comment("footer"),
    "/inline-comments/{id}": _comment("inline"),
}

PEOPLE: Routes = {
    "/users-bulk": {"POST": _users},
    "/content/convert-ids-to-types": {"POST": _types},
    **{f"{path}/operations": {"GET": _operations(find)} for path, find in _LIKED.items()},
    "/attachments/{id}/operations": {"GET": _operations(attachment_at)},
    **{f"{path}/likes/count": {"GET": _like_count(find)} for path, find in _LIKED.items()},
    **{f"{path}/likes/users": {"GET": _likers(find)} for path, find in _LIKED.items()},
}
