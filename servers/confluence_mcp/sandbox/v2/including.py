"""What a content, comment, file or space can be asked to include, and what its caller may do with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from confluence_mcp.sandbox import label_store
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import Attachment, Comment, Content, JsonObject, Property, Space
from confluence_mcp.sandbox.permissions import allowed, edits
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import beans
from confluence_mcp.sandbox.web import Call
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.session import one


def parts(call: Call, session: Session, row: Content | Comment | Attachment, *, inline: bool = False) -> JsonObject:
    """What the caller wants included of a content, comment or file."""
    shown: JsonObject = {}

    def include(name: str, results: Callable[[], list[Any]], show: Callable[[Any], object]) -> None:
        if call.flag(f"include-{name}"):
            shown[name] = beans.some(f"{call.path}/{name}", results(), show)

    include("labels", lambda: label_store.of(session, row.id), beans.label)
    if not inline:
        include("properties", lambda: properties(session, row.id), property_bean)
    include("operations", lambda: permitted(session, call.account, row), _same)
    include("likes", lambda: session.likers(row.id), lambda who: {"accountId": who})
    include("versions", lambda: session.versions(row.id), beans.version)
    if call.flag("include-favorited-by-current-user-status"):
        query = "SELECT 1 FROM favourite WHERE account = ? AND target = ?"
        shown["isFavoritedByCurrentUser"] = one(session.db, query, call.account.account_id, row.id) is not None
    return shown


def properties(session: Session, owner: int) -> list[Property]:
    """The properties of something, by key."""
    return session.rows(Property, "property", "owner = ? ORDER BY key", owner)


def property_bean(row: Property) -> JsonObject:
    """A property of a content, comment or file (`ContentProperty`)."""
    return {
        "id": str(row.id),
        "key": row.key,
        "value": json.loads(row.value),
        "version": {
            "createdAt": stamp(row.moment),
            "message": row.message,
            "number": row.version,
            "minorEdit": bool(row.minor),
            "authorId": row.author,
        },
    }


def permitted(session: Session, account: Account, row: Content | Comment | Attachment | Space) -> list[JsonObject]:
    """What an account may do with something that it can see (`Operation`)."""
    if isinstance(row, Content):
        return _on_content(session, account, row)
    if isinstance(row, Space):
        return _in_space(session, account, row)
    container = session.content(row.container)
    if container is None:  # a comment on a file
        attachment = session.row(Attachment, "attachment", "id = ?", row.container)
        container = session.content(attachment.container) if attachment else None
    kind = "comment" if isinstance(row, Comment) else "attachment"
    found = [_operation("read", kind)]
    if container is None:
        return found
    may_add = allowed(session, account, container.space, "create", kind)
    if may_add and (kind == "attachment" or row.author == account.account_id):
        found.append(_operation("update", kind))
    may_delete = allowed(session, account, container.space, "delete", kind)
    if may_delete or (kind == "comment" and may_add and row.author == account.account_id):
        found.append(_operation("delete", kind))
    return found


def _on_content(session: Session, account: Account, row: Content) -> list[JsonObject]:
    found = [_operation("read", row.type)]
    if edits(session, account, row):
        found += [_operation(each, row.type) for each in ("update", "create", "copy")]
        found += [_operation("move", row.type)] if row.type == "page" else []
    for operation, target in (
        *(("delete", row.type), ("archive", row.type), ("restrict_content", "space")),
        *(("create", "comment"), ("create", "attachment")),
    ):
        if allowed(session, account, row.space, operation, target):
            found.append(_operation(operation, row.type if target == "space" else target))
    if allowed(session, account, row.space, "administer", "space"):
        found.append(_operation("purge", row.type))
    return found


def _in_space(session: Session, account: Account, row: Space) -> list[JsonObject]:
    operations = sorted({(each.operation, each.target) for each in session.permissions(row.id)})
    return [_operation(*each) for each in operations if allowed(session, account, row.id, *each)]


def _operation(operation: str, target: str) -> JsonObject:
    return {"operation": operation, "targetType": target}


def _same(value: object) -> object:
    return value
