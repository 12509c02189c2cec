"""People and groups, what they watch, and how often contents were looked at.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-users, api-group-content-watches and
api-group-analytics.
"""

from __future__ import annotations

from datetime import UTC, datetime

from confluence_mcp.sandbox.access import find_content, find_space
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import Content, JsonObject, Space
from confluence_mcp.sandbox.permissions import allowed
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUP_BY_ID, GROUPS, groups_of
from confluence_mcp.sandbox.v1 import beans
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.accounts import ACCOUNTS, BY_ID
from sandbox_kit.atlassian.media import is_own_form
from sandbox_kit.atlassian.web import Reply
from sandbox_kit.session import one

_MOST_USERS = 100
_EXPANSIONS = ("operations", "personalSpace", "isExternalCollaborator")


def current_user(call: Call) -> Reply:
    """GET user/current."""
    call.choices("expand", _EXPANSIONS)
    return Reply(200, beans.user(call, call.account.account_id))


def get_user(call: Call) -> Reply:
    """GET user."""
    call.choices("expand", _EXPANSIONS)
    account_id = call.text("accountId")
    if not account_id:
        raise bad_request("accountId is missing")
    if account_id not in BY_ID:
        raise unseen()
    return Reply(200, beans.user(call, account_id))


def get_users(call: Call) -> Reply:
    """GET user/bulk: the first hundred; somebody who is not known is left out."""
    wanted = call.words("accountId")[:_MOST_USERS]
    if not wanted:
        raise bad_request("accountId is missing")
    shown = [beans.user(call, each) for each in dict.fromkeys(wanted) if each in BY_ID]
    return Reply(200, beans.page(call, shown, start=0, limit=_MOST_USERS, more=False))


def member_of(call: Call) -> Reply:
    """GET user/memberof."""
    account_id = call.text("accountId") or call.account.account_id
    if account_id not in BY_ID:
        raise unseen()
    mine = sorted(groups_of(account_id))
    return Reply(200, beans.pages(call, mine, lambda each: beans.group(call, each), size=200, most=200))


def get_groups(call: Call) -> Reply:
    """GET group, and group/picker, which looks for a part of the name."""
    text = call.text("query").casefold()
    if call.path.endswith("/picker") and not text:
        raise bad_request("query is missing")
    found = sorted((each for each in GROUPS if text in each.name.casefold()), key=lambda each: each.name.casefold())
    return Reply(200, beans.pages(call, found, lambda each: beans.group(call, each.id), size=200, most=200))


def get_members(call: Call) -> Reply:
    """GET group/{groupId}/membersByGroupId."""
    group = GROUP_BY_ID.get(call.path_values["groupId"])
    if group is None:
        raise bad_request("There is no group with this id.")
    call.number("limit", 200, most=200)
    members = [each.account_id for each in ACCOUNTS if each.account_id in group.members]
    return Reply(200, beans.pages(call, members, lambda each: beans.user(call, each), size=200, most=200))


def is_watching(call: Call) -> Reply:
    """GET user/watch/content/{contentId}, /space/{spaceKey} and /label/{labelName}."""
    with call.store.reading() as session:
        row = _watch(call, session)
        query = "SELECT 1 FROM watched WHERE account = ? AND kind = ? AND target = ?"
        watching = one(session.db, query, *row) is not None
    return Reply(200, {"watching": watching})


def watch(call: Call) -> Reply:
    """POST user/watch/…"""
    _check_token(call)
    with call.store.writing() as session:
        session.db.execute("INSERT OR IGNORE INTO watched VALUES (?, ?, ?)", _watch(call, session))
    return Reply(204)


def unwatch(call: Call) -> Reply:
    """DELETE user/watch/…"""
    if "contentId" in call.path_values:
        _check_token(call)
    with call.store.writing() as session:
        query = "DELETE FROM watched WHERE account = ? AND kind = ? AND target = ?"
        session.db.execute(query, _watch(call, session))
    return Reply(204)


def watchers_of_page(call: Call) -> Reply:
    """GET content/{id}/notification/child-created: who watches a page."""
    with call.store.reading() as session:
        content = find_content(session, call.account, call.id())
        people = _watchers(session, "content", str(content.id))

    def show(account_id: str) -> JsonObject:
        return {"type": "page", "watcher": _watcher(call, account_id), "contentId": content.id}

    return Reply(200, beans.pages(call, people, show, size=200, most=200))


def watchers_of_its_space(call: Call) -> Reply:
    """GET content/{id}/notification/created: who watches the space that a content is in."""
    with call.store.reading() as session:
        content = find_content(session, call.account, call.id())
        space = session.space(content.space)
        assert space is not None
        return _watchers_of_space(call, session, space)


def watchers_of_space(call: Call) -> Reply:
    """GET space/{spaceKey}/watch."""
    with call.store.reading() as session:
        space = find_space(session, call.account, call.path_values["spaceKey"])
        return _watchers_of_space(call, session, space)


def views(call: Call) -> Reply:
    """GET analytics/content/{contentId}/views: how often a content was looked at."""
    return _counted(call, "count(*)")


def viewers(call: Call) -> Reply:
    """GET analytics/content/{contentId}/viewers: by how many people."""
    return _counted(call, "count(DISTINCT account)")


def _counted(call: Call, what: str) -> Reply:
    since = _moment(call.text("fromDate"))
    with call.store.reading() as session:
        content = find_content(session, call.account, call.id("contentId"))
        query = f"SELECT {what} FROM seen WHERE content = ? AND moment >= ?"  # noqa: S608 - one of two texts above
        count = int(one(session.db, query, content.id, since)[0])
    return Reply(200, {"id": content.id, "count": count})


def _moment(text: str) -> int:
    """A date as sent, in milliseconds; 400 when it is none."""
    if not text:
        return 0
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise bad_request(f"fromDate '{text[:50]}' is not in the format of ISO 8601.") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def _check_token(call: Call) -> None:
    if not is_own_form(call.headers):
        raise ApiError(403, "XSRF check failed")


def _watch(call: Call, session: Session) -> tuple[str, str, str]:
    """Who watches what, as the path and `accountId` say; 403 for what the caller may not ask."""
    values, account_id = call.path_values, call.text("accountId") or call.account.account_id
    target: Content | Space | None = None
    try:
        if "contentId" in values:
            target = find_content(session, call.account, call.id("contentId"))
            kind, name, space = "content", str(target.id), target.space
        elif "spaceKey" in values:
            target = find_space(session, call.account, values["spaceKey"])
            kind, name, space = "space", str(target.id), target.id
        else:
            kind, name, space = "label", values["labelName"].casefold(), 0
    except ApiError as refusal:
        raise ApiError(403, "The content or space does not exist, or you may not see it.") from refusal
    other = account_id != call.account.account_id
    if account_id not in BY_ID:
        raise unseen()
    if (
        other
        and not call.account.site_admin
        and not (space and allowed(session, call.account, space, "administer", "space"))
    ):
        raise ApiError(403, "Only administrators may do this for others.")
    return account_id, kind, name


def _watchers(session: Session, kind: str, target: str) -> list[str]:
    query = "SELECT account FROM watched WHERE kind = ? AND target = ? ORDER BY account"
    return [row[0] for row in session.db.execute(query, (kind, target))]


def _watchers_of_space(call: Call, session: Session, space: Space) -> Reply:
    people = _watchers(session, "space", str(space.id))

    def show(account_id: str) -> JsonObject:
        return {"type": "space", "watcher": _watcher(call, account_id), "spaceKey": space.key}

    return Reply(200, beans.pages(call, people, show, size=200, most=200))


def _watcher(call: Call, account_id: str) -> JsonObject:
    """A person as lists of watchers have them (`WatchUser`)."""
    return beans.user(call, account_id) | {"operations": None, "externalCollaborator": False, "personalSpace": None}


_API = "/wiki/rest/api"
_WATCH = {"GET": is_watching, "POST": watch, "DELETE": unwatch}
PEOPLE: Routes = {
    f"{_API}/user": {"GET": get_user},
    f"{_API}/user/current": {"GET": current_user},
    f"{_API}/user/bulk": {"GET": get_users},
    f"{_API}/user/memberof": {"GET": member_of},
    f"{_API}/group": {"GET": get_groups},
    f"{_API}/group/picker": {"GET": get_groups},
    f"{_API}/group/{{groupId}}/membersByGroupId": {"GET": get_members},
    f"{_API}/user/watch/content/{{contentId}}": _WATCH,
    f"{_API}/user/watch/space/{{spaceKey}}": _WATCH,
    f"{_API}/user/watch/label/{{labelName}}": _WATCH,
    f"{_API}/content/{{id}}/notification/child-created": {"GET": watchers_of_page},
    f"{_API}/content/{{id}}/notification/created": {"GET": watchers_of_its_space},
    f"{_API}/space/{{spaceKey}}/watch": {"GET": watchers_of_space},
    f"{_API}/analytics/content/{{contentId}}/views": {"GET": views},
    f"{_API}/analytics/content/{{contentId}}/viewers": {"GET": viewers},
}
"""Which handler answers which path and method."""
