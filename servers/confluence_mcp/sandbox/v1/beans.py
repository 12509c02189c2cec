"""How v1 shows people, spaces and contents. What is not expanded is named in `_expandable`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import JsonObject, Label, Property, Space, Version
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUP_BY_ID
from confluence_mcp.sandbox.v1.links import API
from confluence_mcp.sandbox.web import Call
from sandbox_kit.atlassian.accounts import BY_ID, Account

T = TypeVar("T")


def user(call: Call, account_id: str) -> JsonObject:
    """A person (`User`); somebody who is not known is `unknown`."""
    person = BY_ID.get(account_id)
    return {
        "type": "known" if person else "unknown",
        "accountId": account_id,
        "accountType": "atlassian" if person else "",
        "email": person.email if person else "",
        "publicName": person.name if person else "Unknown user",
        "profilePicture": {
            "path": f"/wiki/aa-avatar/{account_id.rpartition(':')[2]}",
            "width": 48,
            "height": 48,
            "isDefault": False,
        },
        "displayName": person.name if person else "Unknown user",
        "isExternalCollaborator": False,
        "isGuest": _is_guest(person),
        "timeZone": person.time_zone if person else None,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": f"{call.base}{API}/user?accountId={account_id}"},
    }


def _is_guest(person: Account | None) -> bool:
    return person is not None and any(
        group.name.endswith("guests-pm-os") and person.account_id in group.members for group in GROUP_BY_ID.values()
    )


def group(call: Call, group_id: str) -> JsonObject:
    """A group (`Group`)."""
    known = GROUP_BY_ID[group_id]
    return {
        "type": "group",
        "id": known.id,
        "name": known.name,
        "usageType": "USERBASE_GROUP",
        "managedBy": "ADMINS",
        "_links": {"self": f"{call.base}{API}/group/by-id?id={known.id}"},
    }


def space(call: Call, known: Space) -> JsonObject:
    """A space (`Space`)."""
    return {
        "id": known.id,
        "key": known.key,
        "alias": known.key,
        "name": known.name,
        "type": known.type,
        "status": known.status,
        "_expandable": {
            **dict.fromkeys(("settings", "metadata", "operations", "lookAndFeel", "permissions", "icon"), ""),
            **dict.fromkeys(("description", "theme", "history", "identifiers"), ""),
            "homepage": f"{API}/content/{known.homepage}" if known.homepage else "",
        },
        "_links": {"webui": f"/spaces/{known.key}", "self": f"{call.base}{API}/space/{known.key}"},
    }


def version(call: Call, known: Version) -> JsonObject:
    """A version (`Version`)."""
    return {
        "by": user(call, known.author),
        "when": stamp(known.moment),
        "friendlyWhen": friendly(known.moment),
        "message": known.message,
        "number": known.number,
        "minorEdit": bool(known.minor),
        "contentTypeModified": False,
        "_expandable": {"collaborators": "", "content": f"{API}/content/{known.content}"},
        "_links": {"self": f"{call.base}{API}/content/{known.content}/version/{known.number}"},
    }


def label(known: Label) -> JsonObject:
    """A label (`Label`)."""
    return {"prefix": known.prefix, "name": known.name, "id": str(known.id), "label": known.name}


def properties_of(session: Session, owner: int) -> list[Property]:
    """The properties of a content, comment or attachment."""
    return session.rows(Property, "property", "owner = ? ORDER BY key", owner)


def friendly(moment: int) -> str:
    """A moment as it is shown to people: Jan 31, 2026."""
    year, month, day = stamp(moment)[:10].split("-")
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{names[int(month) - 1]} {day}, {year}"


def page(call: Call, results: Collection[Any], *, start: int, limit: int, more: bool) -> JsonObject:
    """One page of a list with `start`, `limit` and `size`, and the way to the next one."""
    path = call.path.removeprefix("/wiki")
    links: JsonObject = {"base": call.base, "context": "/wiki", "self": call.base + path}
    if more:
        kept = {name: values[-1] for name, values in call.query.items() if name not in ("start", "limit")}
        links["next"] = f"{path}?{urlencode({**kept, 'limit': limit, 'start': start + len(results)})}"
    return {"results": list(results), "start": start, "limit": limit, "size": len(results), "_links": links}


def pages(call: Call, items: Sequence[T], show: Callable[[T], Any], *, size: int, most: int) -> JsonObject:
    """The page of a list that `start` and `limit` ask for."""
    start, limit = call.number("start", 0), min(call.number("limit", size), most)
    shown = [show(each) for each in items[start : start + limit]]
    return page(call, shown, start=start, limit=limit, more=bool(shown) and start + len(shown) < len(items))
