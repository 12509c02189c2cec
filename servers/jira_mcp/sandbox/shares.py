"""With whom a filter or dashboard is shared, as the API shows it."""

from __future__ import annotations

from collections.abc import Iterable

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.sample.groups import GROUPS, ROLE
from jira_mcp.sandbox.sample.projects import PROJECT
from sandbox_kit.atlassian.accounts import BY_ID


def share_beans(show: Renderer, shares: Iterable[JsonObject]) -> list[JsonObject]:
    """The share permissions (`SharePermission`)."""
    return [{"id": 10000 + number, **_bean(show, share)} for number, share in enumerate(shares)]


def user_bean(show: Renderer, account_id: str) -> JsonObject:
    """A user as shares and dashboards mention them (`UserBean`)."""
    shown = show.user(account_id) or {}
    return {name: shown[name] for name in ("self", "accountId", "displayName", "active", "avatarUrls")}


def _bean(show: Renderer, share: JsonObject) -> JsonObject:
    shown: JsonObject = {"type": share["type"]}
    if "project" in share:
        shown["project"] = show.project(PROJECT[share["project"]])
    if "role" in share:
        role = ROLE[str(share["role"])]
        address = show.url(f"project/{share['project']}/role/{role.id}")
        shown["role"] = {"self": address, "name": role.name, "id": role.id, "description": role.description}
    if "group" in share:
        group = next(each for each in GROUPS if each.id == share["group"])
        shown["group"] = {"name": group.name, "groupId": group.id, "self": show.url(f"group?groupId={group.id}")}
    if "user" in share:
        shown["user"] = user_bean(show, BY_ID[share["user"]].account_id)
    return shown
