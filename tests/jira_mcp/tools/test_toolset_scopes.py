"""The scopes that the tools of toolsets declare: all that their requests need, and nothing else."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector_kit.access import Access
from connector_kit.serving.toolset import ToolEntry
from jira_mcp.client import bulk_tasks
from jira_mcp.sandbox import required_scopes
from jira_mcp.server import SERVER
from jira_mcp.settings import JiraSettings
from jira_mcp.tools import TOOLS

from .bulk_calls import token_in
from .conversation import converse
from .gateway import behind, fresh
from .toolset_calls import CALLS, LINK

pytestmark = pytest.mark.anyio

ENTRIES = [entry for entry in TOOLS if entry.toolset]
BULK = [entry for entry in ENTRIES if entry.toolset == "bulk"]
CLASSIC = ("history", "links", "development")
"""Toolsets for which the classic scopes of the usual tools are enough, and whose calls must all work."""

EACH = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
EACH_ACCESS = pytest.mark.parametrize("access", list(Access))
EACH_TOOLSET = pytest.mark.parametrize("toolset", SERVER.toolset.optional)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))


def test_each_tool_is_tried() -> None:
    assert CALLS.keys() == {entry.name for entry in ENTRIES}


async def requests_of(entry: ToolEntry, seeded: Path, folder: Path, held: set[str]) -> list[tuple[str, str]]:
    """What a tool's calls ask, previews and runs, behind a gateway that holds them to the scopes."""
    tool = entry.name
    sent: list[tuple[str, str]] = []
    for number, arguments in enumerate(CALLS[tool]):
        database = fresh(seeded, folder, number)
        if tool == "jira_remove_remote_link":
            before = behind(database, {"write:jira-work", "read:jira-work"})
            async with converse(folder / "before", transport=before) as jira:
                await jira.ask("jira_add_remote_link", **LINK)
        gateway = behind(database, held)
        async with converse(folder / str(number), transport=gateway, only=tool) as jira:
            text, is_error = await jira.attempt(tool, arguments)
            assert not (is_error and entry.toolset in CLASSIC), text
            if entry.toolset == "bulk" and "run=" in text:
                assert "done: " in await jira.ask(tool, run=token_in(text), **certainty(entry))
            sent += [(each.method, urlsplit(each.url).path) for each in jira.exchanges]
        assert gateway.refused == []
    return sent


def certainty(entry: ToolEntry) -> dict[str, Any]:
    """What the run of a preview takes besides its token."""
    return {"confirm": True} if entry.effect == "destroys" else {}


@EACH
async def test_a_tool_declares_just_the_scopes_that_its_requests_need(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    sent = await requests_of(entry, seeded, tmp_path, set(entry.scopes))
    needed = {scope for method, path in sent for scope in required_scopes(method, path)[0]}
    assert needed == set(entry.scopes)


def scopes_at(access: Access, *toolsets: str, granular: bool = False) -> set[str]:
    """The scopes that a login asks for on behalf of the tools."""
    settings = JiraSettings.model_validate({"toolsets": toolsets, "access": access})
    profile = settings.second_family() if granular else settings.oauth_profile()
    return set(profile.scopes_for(access)) - set(profile.base_scopes)


@EACH_ACCESS
@EACH_TOOLSET
def test_a_login_asks_for_what_a_toolset_needs_only_where_it_is_on(toolset: str, access: Access) -> None:
    offered = [entry for entry in TOOLS if access.allows(entry.effect) and entry.toolset in ("", toolset)]
    usual = {scope for entry in offered if not entry.toolset for scope in entry.scopes}
    assert scopes_at(access, toolset) == {scope for entry in offered for scope in entry.scopes}
    assert scopes_at(access) == usual


@EACH
async def test_a_login_with_granular_scopes_may_call_every_tool(entry: ToolEntry, seeded: Path, tmp_path: Path) -> None:
    held = scopes_at(Access(entry.access), entry.toolset, granular=True)
    await requests_of(entry, seeded, tmp_path, held)


@EACH_ACCESS
@EACH_TOOLSET
def test_a_login_with_granular_scopes_is_taken_for_one_with_the_classic_scopes(toolset: str, access: Access) -> None:
    settings = JiraSettings.model_validate({"toolsets": (toolset,), "access": access})
    granted = settings.second_family().scopes_for(access)
    for entry in TOOLS:
        if entry.toolset == toolset and access.allows(entry.effect):
            assert settings.oauth_profile().lacking(granted, entry.scopes) == (), entry.name


@EACH_ACCESS
@pytest.mark.parametrize("toolset", CLASSIC)
def test_the_classic_scopes_are_enough_for_these_toolsets(toolset: str, access: Access) -> None:
    assert scopes_at(access, toolset) == scopes_at(access)


@pytest.mark.parametrize("toolset", CLASSIC)
async def test_a_login_asks_for_no_granular_scope_that_the_toolset_does_not_need(
    toolset: str, seeded: Path, tmp_path: Path
) -> None:
    everything = scopes_at(Access.WRITE, toolset, granular=True)
    more = everything - scopes_at(Access.WRITE, granular=True)
    needed: set[str] = set()
    for entry in ENTRIES:
        if entry.toolset == toolset:
            folder = tmp_path / entry.name
            folder.mkdir()
            sent = await requests_of(entry, seeded, folder, everything)
            needed |= {scope for method, path in sent for scope in required_scopes(method, path)[1]}
    assert more <= needed


def test_a_login_asks_for_fewer_scopes_than_atlassian_recommends() -> None:
    """With toolsets, granular scopes are more: the guide says to use the classic ones then."""
    assert len(scopes_at(Access.DELETE, granular=True)) < 50
    assert len(scopes_at(Access.DELETE, *SERVER.toolset.optional)) < 50


@pytest.mark.parametrize(
    ("tool", "arguments", "scope"),
    [
        ("jira_list_boards", {}, "read:board-scope:jira-software"),
        ("jira_list_sprints", {"board": "1"}, "read:sprint:jira-software"),
        ("jira_create_sprint", {"board": "1", "name": "x"}, "write:sprint:jira-software"),
        ("jira_list_versions", {"project": "PMOS"}, "read:jira-work"),
        ("jira_create_version", {"project": "PMOS", "name": "x"}, "manage:jira-project"),
        ("jira_delete_component", {"project": "PMOS", "component": "Quality", "confirm": True}, "manage:jira-project"),
        ("jira_list_members", {"project": "PMOS"}, "read:jira-work"),
        ("jira_vote_issue", {"key": "PMOS-40"}, "write:jira-work"),
        ("jira_watch_issue", {"key": "PMOS-40"}, "write:jira-work"),
        ("jira_create_filter", {"name": "x", "jql": "project = PMOS"}, "write:jira-work"),
        ("jira_get_history", CALLS["jira_get_history"][0], "read:jira-work"),
        ("jira_add_remote_link", LINK, "write:jira-work"),
        ("jira_apply_git_event", CALLS["jira_apply_git_event"][0], "write:jira-work"),
    ],
)
async def test_a_token_without_a_scope_is_told_which(
    tool: str, arguments: dict[str, Any], scope: str, seeded: Path, tmp_path: Path
) -> None:
    entry = TOOLS.get(tool)
    assert entry is not None
    gateway = behind(fresh(seeded, tmp_path, 0), set(entry.scopes) - {scope})
    async with converse(tmp_path, transport=gateway, only=tool) as jira:
        text = await jira.refused(tool, **arguments)
    assert scope in text
    assert "make an API token with the scope" in text


@pytest.mark.parametrize("entry", BULK, ids=lambda entry: entry.name)
async def test_a_token_without_a_scope_is_told_which_before_or_after_the_preview(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    for number, scope in enumerate(entry.scopes):
        gateway = behind(fresh(seeded, tmp_path, number), set(entry.scopes) - {scope})
        async with converse(tmp_path / str(number), transport=gateway, only=entry.name) as jira:
            text, is_error = await jira.attempt(entry.name, CALLS[entry.name][0])
            if not is_error:
                text = await jira.refused(entry.name, run=token_in(text), **certainty(entry))
        assert scope in text
        assert "make an API token with the scope" in text


def test_toolsets_are_named_in_any_case() -> None:
    assert JiraSettings.model_validate({"toolsets": " Agile, "}).toolsets == ("agile",)
    with pytest.raises(ValueError, match="agile"):
        JiraSettings.model_validate({"toolsets": "scrum"})
