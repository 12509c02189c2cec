"""What the client sends to the agile and software APIs, held against their exported schemas."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder, body_of, complaints_about
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.client import JiraClient

from ..agile_contract import EDGES, SOFTWARE, AgileContract

pytestmark = pytest.mark.anyio


@pytest.fixture
def platform() -> None:
    """The fixture's own check knows the platform's operations only."""


async def use_everything(jira: JiraClient) -> None:
    """Call every method that asks the agile and software APIs."""
    await jira.boards("o", project="PMOS", limit=1)
    await jira.board_detail("PM OS delivery")
    await jira.board_detail("2")
    await jira.sprints("1")
    await jira.sprint("5")
    for place, names in (
        ("board", {"board": "1"}),
        ("backlog", {"board": "1"}),
        ("sprint", {"sprint": "5"}),
        ("epic", {"epic": "PMOS-26"}),
    ):
        target = await jira.target(place, **names)  # pyright: ignore[reportArgumentType] - literals of the parameters
        page = await jira.contents(target, jql="project = PMOS", fields=await jira.estimate_field_of(target), limit=1)
        if page.cursor:
            await jira.contents(
                target, jql="project = PMOS", fields=await jira.estimate_field_of(target), limit=1, cursor=page.cursor
            )
    await jira.sprint_report("Phase 2")
    await jira.capacity("1")
    made = await jira.create_sprint("1", "Later", goal="x", start="2036-01-01", end="2036-01-10")
    await jira.update_sprint(made, goal="y", end="2036-01-11T09:00+01:00")
    await jira.move_issues(["PMOS-40", "PMOS-41"], str(made.id), after="PMOS-39")
    await jira.move_issues(["PMOS-40"], "backlog", before="PMOS-37")
    await jira.complete_sprint(await jira.sprint("5"), "Later")
    await jira.start_sprint(made, end="2036-01-12")


async def test_every_request_fits_the_exported_schemas(jira: JiraClient, recorder: Recorder) -> None:
    spec, platform_spec = find_spec(SOFTWARE), find_spec("jira-platform-v3.2026-07-21.json")
    if spec is None or platform_spec is None:
        pytest.skip(REASON)
    agile, platform = AgileContract(spec), Contract(platform_spec)
    await use_everything(jira)
    wrong: list[str] = []
    used: set[str | None] = set()
    for exchange in recorder.exchanges:
        parts = urlsplit(exchange.url)
        path = unquote(parts.path)
        if path.startswith(EDGES):
            query = [name for name, _ in parse_qsl(parts.query)]
            wrong += agile.request(exchange.method, path, query, body_of(exchange))
            if exchange.status == 200:
                wrong += agile.response(exchange.method, path, json.loads(exchange.response_body))
            used.add(agile.operation(exchange.method, path))
        else:
            wrong += complaints_about(exchange, platform)
    assert wrong == []
    assert used == {
        "getAllBoards",
        "getBoard",
        "getConfiguration",
        "getAllSprints",
        "getSprint",
        "getIssuesForBoard",
        "getIssuesForBacklog",
        "getIssuesForSprint",
        "getIssuesForEpic",
        "createSprint",
        "partiallyUpdateSprint",
        "moveIssuesToSprintAndRank",
        "moveIssuesToBacklog",
        "rankIssues",
    }
    assert ("POST", "/rest/api/3/changelog/bulkfetch") in recorder.sent
