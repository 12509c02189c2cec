"""The scopes that the tools for boards and sprints declare: all that their requests need, and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector_kit.access import Access
from connector_kit.serving.toolset import ToolEntry
from jira_mcp.sandbox import required_scopes
from jira_mcp.server import SERVER
from jira_mcp.settings import JiraSettings
from jira_mcp.tools import TOOLS

from .conversation import converse
from .test_scopes_enforced import Gateway, fresh

pytestmark = pytest.mark.anyio

AGILE = [entry for entry in TOOLS if entry.toolset == "agile"]
EACH = pytest.mark.parametrize("entry", AGILE, ids=lambda entry: entry.name)
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "jira_list_boards": ({"project": "PMOS"}, {}),
    "jira_get_board": ({"board": "PM OS delivery"}, {"board": "1"}),
    "jira_list_sprints": ({"board": "PM OS delivery"}, {"board": "1"}),
    "jira_list_board_issues": (
        {"of": "board", "board": "PM OS delivery"},
        {"of": "backlog", "board": "1"},
        {"of": "sprint", "sprint": "Phase 4"},
        {"of": "sprint", "sprint": "5", "jql": "project = PMOS"},
        {"of": "epic", "epic": "PMOS-26"},
    ),
    "jira_get_sprint_report": ({"sprint": "Phase 2"}, {"sprint": "3", "board": "1"}),
    "jira_get_capacity": ({"board": "PM OS delivery", "availability": {"Alex Rivera": 1}},),
    "jira_create_sprint": ({"name": "x", "board": "PM OS delivery", "end": "2036-01-01"}, {"name": "x", "board": "1"}),
    "jira_update_sprint": (
        {"sprint": "Phase 5", "goal": "x", "end": "2036-01-01"},
        {"sprint": "5", "action": "complete", "open_issues_to": "6", "confirm": True},
        {"sprint": "6", "action": "start", "end": "2036-01-01"},
    ),
    "jira_move_issues": (
        {"keys": ["PMOS-40"], "to": "Phase 5", "after": "PMOS-39"},
        {"keys": ["PMOS-40"], "to": "backlog", "before": "PMOS-39"},
        {"keys": ["PMOS-40"], "before": "PMOS-39"},
        {"keys": ["PMOS-40"], "to": "next", "board": "1"},
    ),
}
"""For each tool calls that between them lead to all requests that it can make."""


def test_each_tool_is_tried() -> None:
    assert CALLS.keys() == {entry.name for entry in AGILE}


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


def scopes_at(access: Access, *, granular: bool, toolsets: tuple[str, ...] = ("agile",)) -> set[str]:
    settings = JiraSettings.model_validate({"toolsets": toolsets, "access": access})
    profile = settings.second_family() if granular else settings.oauth_profile()
    return set(profile.scopes_for(access)) - set(profile.base_scopes)


@pytest.mark.parametrize("access", list(Access))
def test_a_login_asks_for_what_the_toolset_needs_only_where_it_is_on(access: Access) -> None:
    offered = [entry for entry in TOOLS if access.allows(entry.effect) and entry.toolset in ("", "agile")]
    usual = {scope for entry in offered if not entry.toolset for scope in entry.scopes}
    assert scopes_at(access, granular=False) == {scope for entry in offered for scope in entry.scopes}
    assert scopes_at(access, granular=False, toolsets=()) == usual


@EACH
async def test_a_login_with_granular_scopes_may_call_every_tool(entry: ToolEntry, seeded: Path, tmp_path: Path) -> None:
    held = scopes_at(Access(entry.access), granular=True)
    await requests_of(entry.name, seeded, tmp_path, held)


def test_a_login_asks_for_fewer_scopes_than_atlassian_recommends() -> None:
    """With toolsets, granular scopes are more: the guide says to use the classic ones then."""
    assert len(scopes_at(Access.DELETE, granular=True, toolsets=())) < 50
    assert len(scopes_at(Access.DELETE, granular=False, toolsets=tuple(SERVER.toolset.optional))) < 50


async def test_a_token_without_a_scope_is_told_which(seeded: Path, tmp_path: Path) -> None:
    calls: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("jira_list_boards", {}, "read:board-scope:jira-software"),
        ("jira_list_sprints", {"board": "1"}, "read:sprint:jira-software"),
        ("jira_create_sprint", {"board": "1", "name": "x"}, "write:sprint:jira-software"),
    )
    for number, (tool, arguments, scope) in enumerate(calls):
        entry = TOOLS.get(tool)
        assert entry is not None
        gateway = Gateway(fresh(seeded, tmp_path, number), set(entry.scopes) - {scope})
        async with converse(tmp_path / str(number), transport=gateway, only=tool) as jira:
            text = await jira.refused(tool, **arguments)
        assert scope in text
        assert "make an API token with the scope" in text


def test_toolsets_are_named_in_any_case() -> None:
    assert JiraSettings.model_validate({"toolsets": " Agile, "}).toolsets == ("agile",)
    with pytest.raises(ValueError, match="agile"):
        JiraSettings.model_validate({"toolsets": "scrum"})
