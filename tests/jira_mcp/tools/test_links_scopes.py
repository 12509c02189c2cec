"""The scopes of the tools for histories, links and Git events: what their requests need, in both families."""

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

TOOLSETS = ("history", "links", "development")
MINE = [entry for entry in TOOLS if entry.toolset in TOOLSETS]
EACH = pytest.mark.parametrize("entry", MINE, ids=lambda entry: entry.name)
PULL = "https://example.org/a/pull/1"
LINK = {"key": "PMOS-40", "url": "https://example.org/a"}
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "jira_get_history": ({"key": "PMOS-5", "fields": ["status"], "person": "me", "since": "2026-01-01"},),
    "jira_get_status_times": ({"keys": ["PMOS-5"]}, {"jql": "project = PMOS", "limit": 3}),
    "jira_list_link_types": ({},),
    "jira_remove_link": ({"from_key": "PMOS-36", "to_key": "PMOS-35", "relation": "is blocked by"},),
    "jira_list_remote_links": ({"key": "PMOS-40"},),
    "jira_add_remote_link": (LINK,),
    "jira_remove_remote_link": ({"key": "PMOS-40", "link": "https://example.org/a"},),
    "jira_get_dependencies": ({"key": "PMOS-30"}, {"sprint": "Phase 4"}, {"jql": "project = PMOS"}),
    "jira_apply_git_event": (
        {"event": "branch_created", "branch": "PMOS-40", "url": PULL},
        {
            "event": "pull_request_merged",
            "title": "NOVA-1999",
            "fields": {"resolution": "Done", "assignee": "Alex Rivera"},
        },
    ),
}
"""For each tool calls that between them lead to all requests that it can make."""


def test_each_tool_is_tried() -> None:
    assert CALLS.keys() == {entry.name for entry in MINE}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def requests_of(tool: str, seeded: Path, folder: Path, held: set[str]) -> list[tuple[str, str]]:
    """What a tool's calls ask, behind a gateway that holds them to the scopes."""
    sent: list[tuple[str, str]] = []
    for number, arguments in enumerate(CALLS[tool]):
        database = fresh(seeded, folder, number)
        if tool == "jira_remove_remote_link":
            async with converse(
                folder / "before", transport=Gateway(database, {"write:jira-work", "read:jira-work"})
            ) as jira:
                await jira.ask("jira_add_remote_link", **LINK)
        gateway = Gateway(database, held)
        async with converse(folder / str(number), transport=gateway, only=tool) as jira:
            await jira.ask(tool, **arguments)
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


def scopes_at(access: Access, toolset: str, *, granular: bool) -> set[str]:
    settings = JiraSettings.model_validate({"toolsets": (toolset,), "access": access})
    profile = settings.second_family() if granular else settings.oauth_profile()
    return set(profile.scopes_for(access)) - set(profile.base_scopes)


@EACH
async def test_a_login_with_granular_scopes_for_the_toolset_may_call_it(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    held = scopes_at(Access(entry.access), entry.toolset, granular=True)
    await requests_of(entry.name, seeded, tmp_path, held)


@pytest.mark.parametrize("toolset", TOOLSETS)
@pytest.mark.parametrize("access", list(Access))
def test_the_classic_scopes_are_enough_for_these_toolsets(toolset: str, access: Access) -> None:
    none = JiraSettings.model_validate({"access": access}).oauth_profile()
    assert scopes_at(access, toolset, granular=False) == set(none.scopes_for(access)) - set(none.base_scopes)


@pytest.mark.parametrize("toolset", TOOLSETS)
async def test_a_login_asks_for_no_granular_scope_that_the_toolset_does_not_need(
    toolset: str, seeded: Path, tmp_path: Path
) -> None:
    none = JiraSettings.model_validate({"access": Access.WRITE}).second_family()
    more = scopes_at(Access.WRITE, toolset, granular=True) - set(none.scopes_for(Access.WRITE))
    everything = scopes_at(Access.WRITE, toolset, granular=True)
    needed: set[str] = set()
    for entry in MINE:
        if entry.toolset == toolset:
            sent = await requests_of(entry.name, seeded, made(tmp_path / entry.name), everything)
            needed |= {scope for method, path in sent for scope in required_scopes(method, path)[1]}
    assert more <= needed


async def test_a_token_without_a_scope_is_told_which(seeded: Path, tmp_path: Path) -> None:
    for number, (tool, scope) in enumerate(
        (
            ("jira_get_history", "read:jira-work"),
            ("jira_add_remote_link", "write:jira-work"),
            ("jira_apply_git_event", "write:jira-work"),
        )
    ):
        entry = TOOLS.get(tool)
        assert entry is not None
        gateway = Gateway(fresh(seeded, tmp_path, number), set(entry.scopes) - {scope})
        async with converse(tmp_path / str(number), transport=gateway, only=tool) as jira:
            text = await jira.refused(tool, **CALLS[tool][0])
        assert scope in text
        assert "make an API token with the scope" in text
