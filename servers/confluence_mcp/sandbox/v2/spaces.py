"""Spaces, their permissions and labels (developer.atlassian.com/cloud/confluence/rest/v2/api-group-space)."""

from __future__ import annotations

import re
from typing import Any

from confluence_mcp.sandbox import label_store, publishing
from confluence_mcp.sandbox.access import find_space
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.errors import bad_request, unseen
from confluence_mcp.sandbox.model import CURRENT, JsonObject, Label, Permission, Space
from confluence_mcp.sandbox.permissions import ADMINISTRATORS, WRITERS, sees_space
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUPS, groups_of
from confluence_mcp.sandbox.v2 import beans, contents, including, inputs
from confluence_mcp.sandbox.v2.paging import Listed, Sorts, ordered, page
from confluence_mcp.sandbox.v2.space_properties import space_property
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

_TYPES = ("global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space")
_DESCRIPTIONS = ("plain", "view")
_KEY = re.compile(r"[A-Za-z0-9]{1,255}")
_USERS = next(group.id for group in GROUPS if group.name == "confluence-users-pm-os")
_NUMBER = re.compile(r"\d{1,18}")


def _list(call: Call) -> Reply:
    numbers, keys, labels = call.numbers("ids"), [each.upper() for each in call.words("keys")], call.words("labels")
    kind, status = call.choice("type", _TYPES), call.choice("status", ("current", "archived"))
    description = call.choice("description-format", _DESCRIPTIONS)
    call.flag("include-icon")
    with call.store.reading() as session:
        liked = _favourites(session, call.text("favorited-by"))
        disliked = _favourites(session, call.text("not-favorited-by"))
        found = [
            space
            for space in session.spaces()
            if sees_space(session, call.account, space)
            and (not numbers or space.id in numbers)
            and (not keys or space.key.upper() in keys)
            and (not kind or space.type == kind)
            and (not status or space.status == status)
            and (not labels or {each.name for each in label_store.of(session, space.id)} & set(labels))
            and (not call.text("favorited-by") or space.id in liked)
            and space.id not in disliked
        ]
    sorts: Sorts[Space] = {
        "id": lambda each: (each.id,),
        "key": lambda each: (each.key.upper(),),
        "name": lambda each: (each.name.casefold(), each.id),
    }
    return page(call, ordered(call, found, sorts, "id"), lambda each: bean(each, description))


def _favourites(session: Session, account: str) -> set[int]:
    return {row[0] for row in session.db.execute("SELECT target FROM favourite WHERE account = ?", (account,))}


def bean(space: Space, description: str = "") -> JsonObject:
    """A space (`SpaceBulk`)."""
    shown: JsonObject = {
        "id": str(space.id),
        "key": space.key,
        "name": space.name,
        "type": space.type,
        "status": space.status,
        "authorId": space.author,
        "spaceOwnerId": space.author,
        "currentActiveAlias": space.key,
        "createdAt": stamp(space.created),
        "homepageId": str(space.homepage) if space.homepage else None,
        "description": None,
        "icon": None,
        "_links": {"webui": f"/spaces/{space.key}"},
    }
    if description:
        shown["description"] = {description: {"representation": description, "value": space.description}}
    return shown


def _read(call: Call) -> Reply:
    description = call.choice("description-format", _DESCRIPTIONS)
    with call.store.reading() as session:
        space = find_space(session, call.account, call.id())
        shown = bean(space, description)
        del shown["currentActiveAlias"]
        shown["_links"]["base"] = call.base
        for name, results, show in (
            ("labels", label_store.of(session, space.id), beans.label),
            ("properties", including.properties(session, space.id), space_property),
            ("operations", including.permitted(session, call.account, space), dict[str, Any]),
            ("permissions", session.permissions(space.id), _permission),
        ):
            if call.flag(f"include-{name}"):
                shown[name] = beans.some(f"{call.path}/{name}", results, show)
    return Reply(200, shown)


def _permission(row: Permission) -> JsonObject:
    return {
        "id": str(row.id),
        "principal": {"type": row.kind, "id": row.principal},
        "operation": {"key": row.operation, "targetType": row.target},
    }


def _permissions(call: Call) -> Reply:
    with call.store.reading() as session:
        space = find_space(session, call.account, call.id())
        return page(call, Listed(session.permissions(space.id), lambda each: (each.id,)), _permission)


def _operations(call: Call) -> Reply:
    with call.store.reading() as session:
        space = find_space(session, call.account, call.id())
        return Reply(200, {"operations": including.permitted(session, call.account, space)})


def _create(call: Call) -> Reply:
    body = inputs.message_of(call, "name")
    key, name = inputs.text_in(body, "key") or inputs.text_in(body, "alias"), inputs.text_in(body, "name")
    if not key:
        raise inputs.missing("key")
    if not _KEY.fullmatch(key):
        raise bad_request(f"Space key can only contain alphanumeric characters: {key[:100]}", code="BAD_REQUEST")
    account = call.account.account_id
    with call.store.writing() as session:
        if _USERS not in groups_of(account):
            raise unseen()
        if session.space(key):
            raise bad_request(f"A space already exists with key {key}", code="BAD_REQUEST")
        described: object = body.get("description")
        text = inputs.text_in(described, "value") if isinstance(described, dict) else ""  # pyright: ignore[reportUnknownArgumentType]
        space = Space(session.new_id(), key, name, "global", CURRENT, account, now_ms(), None, text)
        session.insert("space", space)
        home = contents.new("page", space, name, CURRENT, account, session.new_id())
        publishing.create(session, home, "")
        space.homepage = home.id
        session.update("space", space)
        rights = [("user", account, each) for each in ADMINISTRATORS]
        if body.get("createPrivateSpace") is not True:
            rights += [("group", _USERS, each) for each in WRITERS]
        for kind, principal, (operation, target) in rights:
            session.permit(space.id, kind, principal, operation, target)
    shown = bean(space, "plain")
    shown["_links"]["base"] = call.base
    return Reply(201, shown)


def _labels(call: Call) -> Reply:
    with call.store.reading() as session:
        space = find_space(session, call.account, call.id())
        return labels(call, label_store.of(session, space.id), ("my", "team"))


def _content_labels(call: Call) -> Reply:
    with call.store.reading() as session:
        space = find_space(session, call.account, call.id())
        query = (
            "SELECT DISTINCT label.id, label.prefix, label.name FROM label JOIN labelled ON labelled.label = label.id"
            " JOIN content ON content.id = labelled.target WHERE content.space = ? AND content.status = 'current'"
        )
        found = [Label(*row) for row in session.db.execute(query, (space.id,))]
        return labels(call, found, ("my", "team"))


def labels(call: Call, found: list[Label], prefixes: tuple[str, ...] = label_store.PREFIXES) -> Reply:
    """One page of labels, by id unless told otherwise; of all prefixes unless one is named."""
    prefix = call.choice("prefix", prefixes)
    sorts: Sorts[Label] = {
        "id": lambda each: (each.id,),
        "created-date": lambda each: (each.id,),
        "name": lambda each: (each.name, each.id),
    }
    kept = [each for each in found if prefix in ("", each.prefix)]
    return page(call, ordered(call, kept, sorts, "id"), beans.label)


SPACES: Routes = {
    "/spaces": {"GET": _list, "POST": _create},
    "/spaces/{id}": {"GET": _read},
    "/spaces/{id}/permissions": {"GET": _permissions},
    "/spaces/{id}/operations": {"GET": _operations},
    "/spaces/{id}/labels": {"GET": _labels},
    "/spaces/{id}/content/labels": {"GET": _content_labels},
}
