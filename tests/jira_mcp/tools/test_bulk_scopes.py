"""The scopes that the tools for many issues declare: all that their requests need, and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector_kit.access import Access
from connector_kit.serving.toolset import ToolEntry
from jira_mcp.client import bulk_tasks
from jira_mcp.sandbox import required_scopes
from jira_mcp.settings import JiraSettings
from jira_mcp.tools import TOOLS

from .bulk_calls import token_in
from .conversation import converse
from .test_scopes_enforced import Gateway, fresh

pytestmark = pytest.mark.anyio

BULK = [entry for entry in TOOLS if entry.toolset == "bulk"]
EACH = pytest.mark.parametrize("entry", BULK, ids=lambda entry: entry.name)
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "jira_update_issues": (
        {"keys": ["PMOS-40"], "fields": {"assignee": "Data Analyst", "labels": ["x"]}},
        {"jql": "project = PMOS", "fields": {"priority": "High"}},
    ),
    "jira_transition_issues": (
        {"keys": ["PMOS-40"], "status": "In Progress"},
        {"jql": "key = NOVA-1999", "status": "Resolved"},
    ),
    "jira_move_issues_to_project": (
        {"keys": ["PMOS-40"], "project": "NOVA", "fields": {"assignee": "Data Analyst"}},
        {"jql": "key = PMOS-40", "project": "DESK", "type": "Incident"},
    ),
    "jira_delete_issues": ({"keys": ["PMOS-40", "PMOS-26"]}, {"jql": "key = PMOS-41"}),
    "jira_get_bulk_task": ({"task": "10641"},),
}
"""For each tool calls that between them lead to all requests that it can make."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))


def test_each_tool_is_tried() -> None:
    assert CALLS.keys() == {entry.name for entry in BULK}


async def requests_of(tool: str, seeded: Path, folder: Path, held: set[str]) -> list[tuple[str, str]]:
    """What a tool's calls ask, previews and runs, behind a gateway that holds them to the scopes."""
    sent: list[tuple[str, str]] = []
    for number, arguments in enumerate(CALLS[tool]):
        gateway = Gateway(fresh(seeded, folder, number), held)
        async with converse(folder / str(number), transport=gateway, only=tool) as jira:
            text, _ = await jira.attempt(tool, arguments)
            if "run=" in text:
                sure = {"confirm": True} if tool == "jira_delete_issues" else {}
                assert "done: " in await jira.ask(tool, run=token_in(text), **sure)
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


@EACH
async def test_a_login_with_granular_scopes_may_call_every_tool(entry: ToolEntry, seeded: Path, tmp_path: Path) -> None:
    settings = JiraSettings.model_validate({"toolsets": ("bulk",), "access": Access(entry.access)})
    held = set(settings.second_family().scopes_for(Access(entry.access)))
    await requests_of(entry.name, seeded, tmp_path, held)


@EACH
async def test_a_token_without_a_scope_is_told_which(entry: ToolEntry, seeded: Path, tmp_path: Path) -> None:
    for number, scope in enumerate(entry.scopes):
        gateway = Gateway(fresh(seeded, tmp_path, number), set(entry.scopes) - {scope})
        async with converse(tmp_path / str(number), transport=gateway, only=entry.name) as jira:
            text, is_error = await jira.attempt(entry.name, CALLS[entry.name][0])
            if not is_error:
                sure = {"confirm": True} if entry.effect == "destroys" else {}
                text = await jira.refused(entry.name, run=token_in(text), **sure)
        assert scope in text
        assert "make an API token with the scope" in text
