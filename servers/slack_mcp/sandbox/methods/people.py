"""users.*, usergroups.*, bots.info and emoji.list: who and what there is."""

from __future__ import annotations

from slack_mcp.sandbox import access, cursors, render
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_READ = ("users:read",)
_EVERYBODY = 10_000


@method("users.list", tier=2, scopes=_READ)
def list_users(call: Call) -> JsonObject:
    """Everybody, a page at a time when a limit is given."""
    first = cursors.decode("user", call.text("cursor")) if call.given("cursor") else ""
    count = cursors.limit(call, 100) if call.given("limit") and call.text("limit") != "0" else _EVERYBODY
    found = call.session.people.page(first, count + 1)
    following = cursors.encode("user", found[count].id) if len(found) > count else ""
    shown = [render.user(call, each) for each in found[:count]]
    return {"members": shown, "cache_ts": int(call.now), "response_metadata": {"next_cursor": following}}


@method("users.info", tier=4, scopes=_READ)
def info(call: Call) -> JsonObject:
    """One person or bot user."""
    user = render.user(call, access.find_user(call, call.required("user")))
    if call.flag("include_locale"):
        user["locale"] = "en-US"
    return {"user": user}


@method("users.lookupByEmail", tier=3, scopes=("users:read.email",))
def lookup_by_email(call: Call) -> JsonObject:
    """The person with an address."""
    user = call.session.people.by_email(call.required("email"))
    if user is None or user.deleted:
        raise ApiError("users_not_found")
    return {"user": render.user(call, user)}


@method("users.profile.get", tier=4, scopes=("users.profile:read",))
def get_profile(call: Call) -> JsonObject:
    """What somebody says of himself; the caller when nobody is named."""
    user = access.find_user(call, call.text("user") or call.token.user)
    shown = render.profile(call, user)
    del shown["team"]
    return {"profile": shown}


@method("bots.info", tier=3, scopes=_READ)
def bot_info(call: Call) -> JsonObject:
    """The app behind a bot id."""
    user = call.session.people.by_bot(call.required("bot"))
    if user is None or user.bot is None:
        raise ApiError("bot_not_found")
    profile = render.bot_profile(user, user.real_name)
    shown = {name: profile[name] for name in ("id", "deleted", "name", "updated", "app_id", "user_id", "icons")}
    return {"bot": shown}


@method("usergroups.list", tier=2, scopes=("usergroups:read",))
def list_groups(call: Call) -> JsonObject:
    """The user groups."""
    shown: list[JsonObject] = []
    for group in call.session.people.groups():
        if group["date_delete"] and not call.flag("include_disabled"):
            continue
        members = group.pop("users")
        if call.flag("include_users"):
            group["users"] = members
        if call.flag("include_count"):
            group["user_count"] = len(members)
        shown.append(group)
    return {"usergroups": shown}


@method("usergroups.users.list", tier=2, scopes=("usergroups:read",))
def group_users(call: Call) -> JsonObject:
    """Who is in a user group."""
    group = call.session.people.group(call.required("usergroup"))
    if group is None or (group["date_delete"] and not call.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": group["users"]}


@method("emoji.list", tier=2, scopes=("emoji:read",))
def list_emoji(call: Call) -> JsonObject:
    """The workspace's own emoji: name -> address, or alias:name."""
    rows = call.session.db.execute("SELECT name, value FROM emoji ORDER BY name")
    return {"emoji": {row[0]: row[1] for row in rows}, "cache_ts": f"{call.now:.6f}"}
