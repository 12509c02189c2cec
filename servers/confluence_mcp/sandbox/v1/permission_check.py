"""Whether somebody may do something with a content.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-permissions.
"""

from __future__ import annotations

from typing import Any, cast

from confluence_mcp.sandbox.access import find_content
from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.model import Content, JsonObject
from confluence_mcp.sandbox.permissions import allowed, edits, sees
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUP_BY_ID
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.accounts import BY_ID, Account
from sandbox_kit.atlassian.web import Reply

OPERATIONS = ("read", "update", "delete")


def check(call: Call) -> Reply:
    """POST content/{id}/permission/check."""
    body = call.json_object()
    told: Any = body.get("subject")
    subject = cast("JsonObject", told) if isinstance(told, dict) else {}
    kind, identifier, operation = subject.get("type"), str(subject.get("identifier") or ""), body.get("operation")
    if operation not in OPERATIONS:
        raise bad_request(f"operation is one of {', '.join(OPERATIONS)}")
    if kind not in ("user", "group") or identifier not in (BY_ID if kind == "user" else GROUP_BY_ID):
        raise bad_request("subject is a user or a group that there is")
    if identifier != call.account.account_id and not call.account.site_admin:
        raise ApiError(403, "Only administrators may check the permissions of others.")
    with call.store.reading() as session:
        content = find_content(session, call.account, call.id())
        if kind == "user":
            may = _person_may(session, BY_ID[identifier], content, operation)
        else:
            may = _group_may(session, identifier, content, operation)
    missing: list[JsonObject] = []
    if not may:
        missing.append({"translation": f"There is no permission to {operation} the content.", "args": []})
    return Reply(200, {"hasPermission": may, "errors": missing, "_links": {"base": call.base, "context": "/wiki"}})


def _person_may(session: Session, account: Account, content: Content, operation: str) -> bool:
    match operation:
        case "read":
            return sees(session, account, content)
        case "update":
            return edits(session, account, content)
        case _:
            return edits(session, account, content) and allowed(session, account, content.space, "delete", content.type)


def _group_may(session: Session, group: str, content: Content, operation: str) -> bool:
    kind = "blogpost" if content.type == "blogpost" else "page"
    needed = {("read", "space")}
    if operation != "read":
        needed.add(("create", kind))
    if operation == "delete":
        needed.add(("delete", kind))
    given = {
        (each.operation, each.target)
        for each in session.permissions(content.space)
        if (each.kind, each.principal) == ("group", group)
    }
    readable = all(_listed(session, each, "read", group) for each in (content, *session.ancestors(content)))
    return needed <= given and readable and (operation == "read" or _listed(session, content, "update", group))


def _listed(session: Session, content: Content, operation: str, group: str) -> bool:
    rules = [each for each in session.restrictions(content.id) if each[0] == operation]
    return not rules or (operation, "group", group) in rules


PERMISSION_CHECK: Routes = {"/wiki/rest/api/content/{id}/permission/check": {"POST": check}}
"""Which handler answers which path and method."""
