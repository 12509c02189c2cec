"""Creating, changing and deleting spaces.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-space.
"""

from __future__ import annotations

import re
from typing import Any, cast

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.access import find_space
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import CURRENT, Content, JsonObject, Space
from confluence_mcp.sandbox.permissions import ADMINISTRATORS, WRITERS, allowed
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUPS
from confluence_mcp.sandbox.v1 import beans
from confluence_mcp.sandbox.v1.long_work import delete_space
from confluence_mcp.sandbox.web import Call, Routes, as_long
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

_KEY = re.compile(r"~?[A-Za-z0-9]{1,255}")
_LONGEST_NAME = 200
_WRITERS = next(group for group in GROUPS if group.name == "confluence-users-pm-os")
"""The group whose members may create spaces, and write in new ones."""


def create(call: Call) -> Reply:
    """POST space: for everybody who writes on the site."""
    return _create(call, private=False)


def create_private(call: Call) -> Reply:
    """POST space/_private: for its creator alone."""
    return _create(call, private=True)


def update(call: Call) -> Reply:
    """PUT space/{spaceKey}: name, description, homepage."""
    body = call.json_object()
    with call.store.writing() as session:
        space = find_space(session, call.account, call.path_values["spaceKey"])
        if not allowed(session, call.account, space.id, "administer", "space"):
            raise unseen()
        if body.get("name") is not None:
            space.name = _name(body)
        if body.get("description") is not None:
            space.description = _description(body)
        told: Any = body.get("homepage")
        if isinstance(told, dict):
            page = session.content(as_long(cast("JsonObject", told).get("id"), "homepage.id"))
            if page is None or page.space != space.id or page.type != "page" or page.status != CURRENT:
                raise bad_request("The homepage has to be a page of the space.")
            space.homepage = page.id
        session.update("space", space)
        shown = _bean(call, space)
    return Reply(200, shown)


def _create(call: Call, *, private: bool) -> Reply:
    if call.account.account_id not in _WRITERS.members:
        raise ApiError(403, "You do not have permission to create a space.")
    body = call.json_object()
    name = _name(body)
    key = _key(body, name)
    with call.store.writing() as session:
        if session.space(key) is not None:
            raise bad_request(f"A space already exists with key {key}", "space.already.exists")
        moment, author = now_ms(), call.account.account_id
        number, home = session.new_id(), session.new_id()
        space = Space(number, key, name, "global", "current", author, moment, home, _description(body))
        session.insert("space", space)
        page = Content(home, "page", CURRENT, number, name, None, 0, author, author, moment, 1, "", moment / 1000)
        publishing.create(session, page, "<p />")
        for operation, target in ADMINISTRATORS:
            session.permit(number, "user", author, operation, target)
        if not private:
            _permit(session, number, body)
        shown = _bean(call, space)
    return Reply(200, shown)


def _permit(session: Session, space: int, body: JsonObject) -> None:
    """Give the permissions that are asked for, else those that new spaces of the site have."""
    listed: Any = body.get("permissions")
    if listed is None:
        for operation, target in WRITERS:
            session.permit(space, "group", _WRITERS.id, operation, target)
        return
    if not isinstance(listed, list):
        raise bad_request("permissions is a list")
    for each in cast("list[object]", listed):
        entry = cast("JsonObject", each) if isinstance(each, dict) else {}
        operation, subjects = _object(entry.get("operation")), _object(entry.get("subjects"))
        for kind, name in (("user", "accountId"), ("group", "id")):
            for subject in cast("list[JsonObject]", _object(subjects.get(kind)).get("results") or []):
                what = str(operation.get("operation")), str(operation.get("targetType"))
                session.permit(space, kind, str(subject.get(name)), *what)


def _object(value: object) -> JsonObject:
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def _name(body: JsonObject) -> str:
    name: Any = body.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise bad_request(f"The name of a space has between 1 and {_LONGEST_NAME} characters.", "space.name.invalid")
    return name.strip()


def _key(body: JsonObject, name: str) -> str:
    """The key of a space, made of its name when none is given; aliases are keys here."""
    key: Any = body.get("key") or body.get("alias")
    if key is None:
        key = "".join(word[0] for word in re.findall(r"[A-Za-z0-9]+", name)).upper() or "SPACE"
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise bad_request(f"Invalid space key: {str(key)[:100]}. It has letters and digits only.", "space.key.invalid")
    return key


def _description(body: JsonObject) -> str:
    told = _object(body.get("description"))
    return str(_object(told.get("plain")).get("value") or "")


def _bean(call: Call, space: Space) -> JsonObject:
    plain: JsonObject = {"value": space.description, "representation": "plain", "embeddedContent": []}
    shown = beans.space(call, space)
    shown["description"] = {"plain": plain, "_expandable": {"view": ""}}
    del shown["_expandable"]["description"]
    return shown


_API = "/wiki/rest/api/space"
SPACES: Routes = {
    _API: {"POST": create},
    f"{_API}/_private": {"POST": create_private},
    f"{_API}/{{spaceKey}}": {"PUT": update, "DELETE": delete_space},
}
"""Which handler answers which path and method."""
