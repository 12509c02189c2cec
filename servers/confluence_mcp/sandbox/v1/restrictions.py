"""Who alone may read or change a content.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, cast

from confluence_mcp.sandbox.access import find_content, require_edit
from confluence_mcp.sandbox.errors import bad_request, unseen
from confluence_mcp.sandbox.model import Content, JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUP_BY_ID, GROUPS, groups_of
from confluence_mcp.sandbox.v1 import beans
from confluence_mcp.sandbox.v1.content_bean import ContentBean
from confluence_mcp.sandbox.v1.links import API
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply

OPERATIONS = ("read", "update")
Rule = tuple[str, str, str]
"""Operation, `user` or `group`, and the id of the one who is allowed."""


def get_restrictions(call: Call) -> Reply:
    """GET content/{id}/restriction."""
    with call.store.reading() as session:
        content = _visible(call, session)
        shown = _listed(call, session, content)
    return Reply(200, shown)


def put_restrictions(call: Call) -> Reply:
    """PUT content/{id}/restriction: these in the place of those that are there."""
    return _write(call, besides=False)


def add_restrictions(call: Call) -> Reply:
    """POST content/{id}/restriction: these besides those that are there."""
    return _write(call, besides=True)


def delete_restrictions(call: Call) -> Reply:
    """DELETE content/{id}/restriction: everybody may again, as far as the space lets them."""
    with call.store.writing() as session:
        content = _editable(call, session)
        session.restrict(content.id, ())
        session.save(content)
        shown = _listed(call, session, content)
    return Reply(200, shown)


def by_operation(call: Call) -> Reply:
    """GET content/{id}/restriction/byOperation."""
    with call.store.reading() as session:
        content = _visible(call, session)
        shown = {each: _restriction(call, session, content, each) for each in OPERATIONS}
    return Reply(200, shown)


def of_operation(call: Call) -> Reply:
    """GET content/{id}/restriction/byOperation/{operationKey}."""
    operation = _operation(call)
    with call.store.reading() as session:
        content = _visible(call, session)
        shown = _restriction(call, session, content, operation)
    return Reply(200, shown)


def get_one(call: Call) -> Reply:
    """GET …/byOperation/{operationKey}/user or /byGroupId/{groupId}: 200 when listed, else 404."""
    rule = _rule(call)
    with call.store.reading() as session:
        if rule not in session.restrictions(_visible(call, session).id):
            raise unseen()
    return Reply(200)


def put_one(call: Call) -> Reply:
    """PUT …/byOperation/{operationKey}/user or /byGroupId/{groupId}."""
    rule = _rule(call)
    with call.store.writing() as session:
        content = _editable(call, session)
        _restrict(call, session, content, [*session.restrictions(content.id), rule])
    return Reply(200)


def delete_one(call: Call) -> Reply:
    """DELETE …/byOperation/{operationKey}/user or /byGroupId/{groupId}."""
    rule = _rule(call)
    with call.store.writing() as session:
        content = _editable(call, session)
        before = session.restrictions(content.id)
        if rule not in before:
            raise unseen()
        _restrict(call, session, content, [each for each in before if each != rule])
    return Reply(200)


def _write(call: Call, *, besides: bool) -> Reply:
    wanted = _read(call.json())
    with call.store.writing() as session:
        content = _editable(call, session)
        before = session.restrictions(content.id) if besides else []
        _restrict(call, session, content, [*before, *wanted])
        shown = _listed(call, session, content)
    return Reply(200, shown)


def _restrict(call: Call, session: Session, content: Content, rules: Iterable[Rule]) -> None:
    """Store the rules; 400 when the caller would lose the page by them."""
    allowed = list(dict.fromkeys(rules))
    groups = groups_of(call.account.account_id)
    for operation in OPERATIONS:
        listed = [(kind, subject) for what, kind, subject in allowed if what == operation]
        mine = [
            subject in groups if kind == "group" else subject == call.account.account_id for kind, subject in listed
        ]
        if listed and not any(mine):
            raise bad_request(f"You cannot remove your own permission to {operation} this content.")
    session.restrict(content.id, allowed)
    session.save(content)


def _read(value: object) -> list[Rule]:
    """The rules of a body: a list, or an object with `results`."""
    entries: object = cast("JsonObject", value).get("results") if isinstance(value, dict) else value
    if not isinstance(entries, list):
        raise bad_request("The restrictions are a list, or an object with results.")
    rules: list[Rule] = []
    for each in cast("list[object]", entries):
        entry = cast("JsonObject", each) if isinstance(each, dict) else {}
        operation, told = entry.get("operation"), entry.get("restrictions")
        if operation not in OPERATIONS:
            raise bad_request(f"operation is one of {', '.join(OPERATIONS)}")
        if not isinstance(told, dict):
            raise bad_request("restrictions is missing")
        subjects = cast("JsonObject", told)
        rules += [(operation, "user", _user(each)) for each in _items(subjects.get("user"))]
        rules += [(operation, "group", _group(each)) for each in _items(subjects.get("group"))]
    return rules


def _items(value: object) -> list[JsonObject]:
    listed: object = cast("JsonObject", value).get("results") if isinstance(value, dict) else value
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in cast("list[object]", listed)):
        raise bad_request("user and group are lists of objects.")
    return cast("list[JsonObject]", listed)


def _user(entry: JsonObject) -> str:
    account_id = str(entry.get("accountId") or "")
    if account_id not in BY_ID:
        raise bad_request(f"There is no user with the account id '{account_id[:100]}'.")
    return account_id


def _group(entry: JsonObject) -> str:
    wanted = str(entry.get("id") or "")
    found = next(
        (group for group in GROUPS if wanted == group.id or (not wanted and group.name == entry.get("name"))), None
    )
    if found is None:
        raise bad_request(f"There is no group with the id '{wanted[:100]}'.")
    return found.id


def _operation(call: Call) -> str:
    operation = call.path_values["operationKey"]
    if operation not in OPERATIONS:
        raise unseen()
    return operation


def _rule(call: Call) -> Rule:
    operation, group = _operation(call), call.path_values.get("groupId")
    if group is not None:
        if group not in GROUP_BY_ID:
            raise unseen()
        return operation, "group", group
    account_id = call.text("accountId")
    if account_id not in BY_ID:
        raise unseen()
    return operation, "user", account_id


def _visible(call: Call, session: Session) -> Content:
    return find_content(session, call.account, call.id(), ("page", "blogpost", "folder"))


def _editable(call: Call, session: Session) -> Content:
    content = _visible(call, session)
    require_edit(session, call.account, content)
    return content


def _listed(call: Call, session: Session, content: Content) -> JsonObject:
    shown = [_restriction(call, session, content, each) for each in OPERATIONS]
    rules = repr(session.restrictions(content.id)).encode()
    page = beans.page(call, shown, start=0, limit=call.number("limit", 100), more=False)
    return page | {"restrictionsHash": hashlib.sha256(rules).hexdigest()[:16]}


def _restriction(call: Call, session: Session, content: Content, operation: str) -> JsonObject:
    expand = {part for word in call.words("expand") for part in (word, word.partition(".")[2])}
    start, limit = call.number("start", 0), call.number("limit", 100)
    listed = [(kind, subject) for what, kind, subject in session.restrictions(content.id) if what == operation]

    def subjects(kind: str, show: Any) -> JsonObject:
        ids = [subject for each, subject in listed if each == kind][start : start + limit]
        return {"results": [show(call, each) for each in ids], "start": start, "limit": limit, "size": len(ids)}

    shown: JsonObject = {
        "operation": operation,
        "restrictions": {
            "user": subjects("user", beans.user),
            "group": subjects("group", beans.group),
            "_expandable": {},
        },
        "_expandable": {} if "content" in expand else {"content": f"{API}/content/{content.id}"},
        "_links": {"self": f"{call.base}{API}/content/{content.id}/restriction/byOperation/{operation}"},
    }
    if "content" in expand:
        shown["content"] = ContentBean(call, session).content(content)
    return shown


_BASE = "/wiki/rest/api/content/{id}/restriction"
_ONE = {"GET": get_one, "PUT": put_one, "DELETE": delete_one}
RESTRICTIONS: Routes = {
    _BASE: {
        "GET": get_restrictions,
        "PUT": put_restrictions,
        "POST": add_restrictions,
        "DELETE": delete_restrictions,
    },
    f"{_BASE}/byOperation": {"GET": by_operation},
    f"{_BASE}/byOperation/{{operationKey}}": {"GET": of_operation},
    f"{_BASE}/byOperation/{{operationKey}}/user": _ONE,
    f"{_BASE}/byOperation/{{operationKey}}/byGroupId/{{groupId}}": _ONE,
}
"""Which handler answers which path and method."""
