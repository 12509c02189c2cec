"""The scopes that the tools for releases, people and filters declare: all that their requests need, nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector_kit.access import Access
from connector_kit.serving.toolset import ToolEntry
from jira_mcp.sandbox import required_scopes
from jira_mcp.settings import JiraSettings
from jira_mcp.tools import TOOLS

from .conversation import converse
from .test_scopes_enforced import Gateway, fresh

pytestmark = pytest.mark.anyio

TOOLSETS = ("releases", "people", "filters")
ENTRIES = [entry for entry in TOOLS if entry.toolset in TOOLSETS]
EACH = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "jira_get_project": ({"project": "PMOS"},),
    "jira_list_versions": ({"project": "PMOS"},),
    "jira_get_version": ({"project": "PMOS", "version": "0.4"},),
    "jira_create_version": ({"project": "PMOS", "name": "0.5"},),
    "jira_update_version": (
        {"project": "PMOS", "version": "0.4", "action": "release", "unresolved": "1.0"},
        {"project": "PMOS", "version": "0.4", "name": "0.4.1"},
    ),
    "jira_delete_version": ({"project": "PMOS", "version": "0.4", "move_to": "1.0", "confirm": True},),
    "jira_list_components": ({"project": "PMOS"},),
    "jira_create_component": ({"project": "PMOS", "name": "Docs", "lead": "Alex Rivera"},),
    "jira_update_component": ({"project": "PMOS", "component": "Quality", "lead": "me"},),
    "jira_delete_component": ({"project": "PMOS", "component": "Quality", "move_to": "Agents", "confirm": True},),
    "jira_list_watchers": ({"key": "PMOS-34"},),
    "jira_watch_issue": (
        {"key": "PMOS-40", "people": ["Alex Rivera"]},
        {"key": "PMOS-40", "action": "unwatch"},
    ),
    "jira_vote_issue": ({"key": "PMOS-40"}, {"key": "PMOS-34", "action": "unvote"}),
    "jira_list_members": ({"project": "PMOS"}, {"project": "RISK"}),
    "jira_list_filters": ({}, {"whose": "mine"}, {"whose": "favourites"}, {"owner": "Alex Rivera"}),
    "jira_get_filter": ({"filter": "10001"}, {"filter": "Nova"}),
    "jira_create_filter": (
        {"name": "New", "jql": "project = PMOS", "favourite": True},
        {"name": "New", "jql": "issuetype = Stroy"},
        {"name": "New", "jql": "status = Doen"},
    ),
    "jira_update_filter": (
        {"filter": "10001", "name": "Planned", "jql": "project = PMOS", "favourite": "no"},
        {"filter": "10003", "name": "Not mine"},
    ),
    "jira_delete_filter": ({"filter": "10001", "confirm": True},),
    "jira_list_dashboards": ({"gadgets": True}, {"owner": "Alex Rivera"}),
}
"""For each tool calls that between them lead to all requests that it can make."""


def test_each_tool_is_tried() -> None:
    assert CALLS.keys() == {entry.name for entry in ENTRIES}


async def requests_of(tool: str, seeded: Path, folder: Path, held: set[str]) -> list[tuple[str, str]]:
    """What a tool's calls ask, behind a gateway that holds them to the scopes."""
    sent: list[tuple[str, str]] = []
    for number, arguments in enumerate(CALLS[tool]):
        gateway = Gateway(fresh(seeded, folder, number), held)
        async with converse(folder / str(number), transport=gateway, only=tool) as jira:
            await jira.attempt(tool, arguments)
            sent += [(each.method, urlsplit(each.url).path) for each in jira.exchanges]
        assert gateway.refused == []
    return sent


@EACH
async def test_a_tool_declares_just_the_scopes_that_its_requests_need(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    sent = await requests_of(entry.name, seeded, tmp_path, set(entry.scopes))
    needed = {scope for method, path in sent for scope in required_scopes(method, path)[0]}
    assert needed == set(entry.scopes)


def scopes_at(access: Access, *, granular: bool, toolsets: tuple[str, ...] = TOOLSETS) -> set[str]:
    settings = JiraSettings.model_validate({"toolsets": toolsets, "access": access})
    profile = settings.second_family() if granular else settings.oauth_profile()
    return set(profile.scopes_for(access)) - set(profile.base_scopes)


@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("toolset", TOOLSETS)
def test_a_login_asks_for_what_a_toolset_needs_only_where_it_is_on(toolset: str, access: Access) -> None:
    offered = [entry for entry in TOOLS if access.allows(entry.effect) and entry.toolset in ("", toolset)]
    usual = {scope for entry in offered if not entry.toolset for scope in entry.scopes}
    assert scopes_at(access, granular=False, toolsets=(toolset,)) == {
        scope for entry in offered for scope in entry.scopes
    }
    assert scopes_at(access, granular=False, toolsets=()) == usual


@EACH
async def test_a_login_with_granular_scopes_may_call_every_tool(entry: ToolEntry, seeded: Path, tmp_path: Path) -> None:
    held = scopes_at(Access(entry.access), granular=True, toolsets=(entry.toolset,))
    await requests_of(entry.name, seeded, tmp_path, held)


@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("toolset", TOOLSETS)
def test_a_login_with_granular_scopes_is_taken_for_one_with_the_classic_scopes(toolset: str, access: Access) -> None:
    settings = JiraSettings.model_validate({"toolsets": (toolset,), "access": access})
    granted = settings.second_family().scopes_for(access)
    for entry in TOOLS:
        if entry.toolset == toolset and access.allows(entry.effect):
            assert settings.oauth_profile().lacking(granted, entry.scopes) == (), entry.name


async def test_a_token_without_a_scope_is_told_which(seeded: Path, tmp_path: Path) -> None:
    calls: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("jira_list_versions", {"project": "PMOS"}, "read:jira-work"),
        ("jira_create_version", {"project": "PMOS", "name": "x"}, "manage:jira-project"),
        ("jira_delete_component", {"project": "PMOS", "component": "Quality", "confirm": True}, "manage:jira-project"),
        ("jira_list_members", {"project": "PMOS"}, "read:jira-work"),
        ("jira_vote_issue", {"key": "PMOS-40"}, "write:jira-work"),
        ("jira_watch_issue", {"key": "PMOS-40"}, "write:jira-work"),
        ("jira_create_filter", {"name": "x", "jql": "project = PMOS"}, "write:jira-work"),
    )
    for number, (tool, arguments, scope) in enumerate(calls):
        entry = TOOLS.get(tool)
        assert entry is not None
        gateway = Gateway(fresh(seeded, tmp_path, number), set(entry.scopes) - {scope})
        async with converse(tmp_path / str(number), transport=gateway, only=tool) as jira:
            text = await jira.refused(tool, **arguments)
        assert scope in text
        assert "make an API token with the scope" in text
