"""Bringing back an earlier version, and deleting one.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-versions.
"""

from __future__ import annotations

from typing import Any, cast

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.access import find_content, require_edit
from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.model import CURRENT, Content, JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1 import beans
from confluence_mcp.sandbox.v1.content_bean import ContentBean
from confluence_mcp.sandbox.v1.moving import TITLE_TAKEN
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.web import Reply


def restore(call: Call) -> Reply:
    """POST content/{id}/version: a new version with what an earlier one had."""
    body = call.json_object()
    told: Any = body.get("params")
    if body.get("operationKey") != "restore" or not isinstance(told, dict):
        raise bad_request("operationKey must be restore, with its params")
    params = cast("JsonObject", told)
    number, message, with_title = params.get("versionNumber"), params.get("message"), params.get("restoreTitle", False)
    if not isinstance(number, int) or not isinstance(message, str) or not isinstance(with_title, bool):
        raise bad_request("params has versionNumber, message and perhaps restoreTitle")
    expand = call.words("expand") or ["content"]
    with call.store.writing() as session:
        content = _find(call, session)
        earlier = session.version(content.id, number)
        if earlier is None or number == content.version:
            raise bad_request(f"There is no earlier version {number} of this content.")
        if with_title and earlier.title != content.title:
            if session.titled(content.space, earlier.title, content.type):
                raise bad_request(TITLE_TAKEN)
            content.title = earlier.title
        publishing.publish(session, content, earlier.body, call.account.account_id, message=message)
        newest = session.version(content.id, content.version)
        assert newest is not None
        shown = beans.version(call, newest)
        if "content" in expand:
            shown["content"] = ContentBean(call, session).content(content)
            shown["_expandable"] = {"collaborators": ""}
    return Reply(200, shown)


def delete(call: Call) -> Reply:
    """DELETE content/{id}/version/{versionNumber}: the numbers of the later ones move down."""
    with call.store.writing() as session:
        content, number = _find(call, session), call.id("versionNumber")
        if number == content.version or session.version(content.id, number) is None:
            raise bad_request(f"There is no earlier version {number} of this content.")
        session.db.execute("DELETE FROM version WHERE content = ? AND number = ?", (content.id, number))
        for later in range(number + 1, content.version + 1):  # one by one: the numbers are unique
            renamed = (later - 1, content.id, later)
            session.db.execute("UPDATE version SET number = ? WHERE content = ? AND number = ?", renamed)
        content.version -= 1
        session.save(content)
    return Reply(204)


def _find(call: Call, session: Session) -> Content:
    """The content that the path names; 400, as the vendor has it, when there is none."""
    try:
        content = find_content(session, call.account, call.id(), statuses=(CURRENT,))
    except ApiError:
        raise bad_request(f"There is no content with the id {call.path_values['id'][:50]}.") from None
    require_edit(session, call.account, content)
    return content


_API = "/wiki/rest/api/content/{id}/version"
VERSIONS: Routes = {
    _API: {"POST": restore},
    f"{_API}/{{versionNumber}}": {"DELETE": delete},
}
"""Which handler answers which path and method."""
