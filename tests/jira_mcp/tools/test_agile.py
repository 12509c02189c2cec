"""The tools for boards and sprints, as a model meets them."""

from pathlib import Path

import httpx2
import pytest

from connector_kit.access import Access
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.server import SERVER
from jira_mcp.settings import JiraSettings

from .conversation import Conversation, answering, converse, cursor_in, rows, tokens

pytestmark = pytest.mark.anyio

AGILE = [entry.name for entry in SERVER.toolset if entry.toolset == "agile"]


async def test_the_toolset_is_off_until_it_is_asked_for(library: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings(sandbox=True, access=Access.WRITE)
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), settings=settings) as jira:
        text, is_error = await jira.attempt("jira_list_boards", {})
    assert is_error
    assert "JIRA_TOOLSETS=agile" in text


async def test_boards_and_sprints_are_listed(reader: Conversation) -> None:
    boards = await reader.ask("jira_list_boards")
    assert rows(boards)[0] == ["1", "PM OS delivery", "scrum", "PMOS"]
    assert await reader.ask("jira_list_boards", query="nosuch") == "No board matches."
    sprints = await reader.ask("jira_list_sprints", board="nova")
    assert [row[1:3] for row in rows(sprints)] == [["Nova 42", "active"], ["Nova 43", "future"]]
    closed = await reader.ask("jira_list_sprints", board="nova", state="closed", limit=2)
    assert [row[1] for row in rows(closed)] == ["Nova 41", "Nova 40"]
    more = await reader.ask("jira_list_sprints", board="nova", state="closed", limit=2, cursor=cursor_in(closed))
    assert [row[1] for row in rows(more)] == ["Nova 39", "Nova 38"]


async def test_a_board_is_told_in_a_few_lines(reader: Conversation) -> None:
    text = await reader.ask("jira_get_board", board="PM OS delivery")
    assert "columns: To Do (Backlog, To Do) → In Progress (In Progress, Blocked) → In Review (In Review)" in text
    assert "estimates by: Story Points" in text
    assert "sprint 5 Phase 4 · active · 2026-02-03 08:30 to 2026-02-12 18:00 · goal: Jira" in text
    assert "estimates by: nothing" in await reader.ask("jira_get_board", board="Desk queue")


async def test_issues_of_a_place_come_by_rank_and_page(reader: Conversation) -> None:
    text = await reader.ask("jira_list_board_issues", of="backlog", board="1", limit=2)
    assert [row[0] for row in rows(text)] == ["PMOS-37", "PMOS-38"]
    assert "Story Points" in text.splitlines()[0]
    more = await reader.ask("jira_list_board_issues", of="backlog", board="1", limit=2, cursor=cursor_in(text))
    assert [row[0] for row in rows(more)] == ["PMOS-39", "PMOS-40"]
    text = await reader.ask("jira_list_board_issues", of="epic", epic="PMOS-26", jql="'Story Points' > 2", limit=5)
    assert [row[0] for row in rows(text)] == ["PMOS-2", "PMOS-6", "PMOS-7"]
    text = await reader.ask("jira_list_board_issues", of="sprint", sprint="Phase 5")
    assert text == "No issue is in this sprint."


async def test_a_list_that_does_not_fit_goes_on_where_it_ends(reader: Conversation) -> None:
    seen: list[str] = []
    more: dict[str, str | None] = {}
    for _ in range(3):
        text = await reader.ask("jira_list_board_issues", of="sprint", sprint="Nova 42", limit=100, **more)
        seen += [row[0] for row in rows(text)]
        if "more: no" in text:
            break
        more = {"cursor": cursor_in(text)}
    assert len(seen) == len(set(seen)) > 190


async def test_a_sprint_report_says_what_became_of_it(reader: Conversation) -> None:
    text = await reader.ask("jira_get_sprint_report", sprint="Phase 2")
    assert "committed: 6 issues, 19 story points\ndone: 5 issues, 19 story points" in text
    assert "carried over: 0 issues, 0 story points\nadded later: 1 issue, 5 story points" in text
    assert "removed: 2 issues, 5 story points\nof those done, 1 issue, 5 story points had been added later" in text
    assert "System Evaluator |  |  | 1 (2)" in text
    assert "PMOS-16 | done, added later | 5 | Data Analyst" in text
    assert "PMOS-21 | done | 3 → 5 |" in await reader.ask("jira_get_sprint_report", sprint="Phase 3")
    assert tokens(text) < 400


async def test_a_report_of_many_issues_stays_small(reader: Conversation) -> None:
    text = await reader.ask("jira_get_sprint_report", sprint="active", board="nova")
    assert "still open: 19" in text
    assert "more issues, with the same outcomes summed above" in text
    assert tokens(text) < 2_500
    short = await reader.ask("jira_get_sprint_report", sprint="active", board="nova", issues=False)
    assert tokens(short) < 250


async def test_capacity_tells_velocity_and_who_has_what(jira: Conversation) -> None:
    await jira.ask("jira_move_issues", keys=["PMOS-34"], to="next", board="1")
    text = await jira.ask("jira_get_capacity", board="1", availability={"Engineering Partner": 0.5}, sprints=3)
    assert "velocity: 21.7 story points a sprint, over 3 sprints" in text
    assert "open in it: 3 story points" in text
    assert "Engineering Partner | 7 | 0.5 | 3.5 | 3 (1) | 0.5" in text
    assert tokens(text) < 400


async def test_a_sprint_is_created_filled_started_and_completed(jira: Conversation) -> None:
    text = await jira.ask("jira_create_sprint", name="Wave 1", board="1", goal="Go", end="2036-01-01T17:00")
    assert text.startswith("created sprint 100 Wave 1 · future · ? to 2036-01-01 17:00 · goal: Go")
    text = await jira.ask("jira_move_issues", keys=["PMOS-38", "PMOS-37"], to="Wave 1", before="PMOS-39")
    assert text == "moved to sprint Wave 1, ranked before PMOS-39: PMOS-38, PMOS-37"
    listed = await jira.ask("jira_list_board_issues", of="sprint", sprint="Wave 1")
    assert [row[0] for row in rows(listed)] == ["PMOS-38", "PMOS-37"]
    refused = await jira.refused("jira_update_sprint", sprint="Wave 1", action="start")
    assert "active sprint 'Phase 4' (5)" in refused
    text = await jira.ask(
        "jira_update_sprint", sprint="active", board="1", action="complete", open_issues_to="Wave 1", confirm=True
    )
    assert "3 open issues now in sprint Wave 1: PMOS-34, PMOS-35, PMOS-36" in text
    text = await jira.ask("jira_update_sprint", sprint="Wave 1", action="start", goal="Go on")
    assert text.startswith("started sprint 100 Wave 1 · active")
    listed = await jira.ask("jira_list_board_issues", of="sprint", sprint="Wave 1")
    assert [row[0] for row in rows(listed)] == ["PMOS-34", "PMOS-35", "PMOS-36", "PMOS-38", "PMOS-37"]
    assert "updated sprint 100 Wave one" in await jira.ask("jira_update_sprint", sprint="100", name="Wave one")


async def test_completing_is_confirmed_by_the_user(site: Sandbox, tmp_path: Path) -> None:
    arguments = {"sprint": "Phase 4", "action": "complete"}
    async with converse(tmp_path / "a", transport=httpx2.ASGITransport(site)) as jira:
        text = await jira.refused("jira_update_sprint", **arguments)
        assert 'Complete the sprint "Phase 4" for good? 0 issues done, 3 open issues to the backlog.' in text
        assert "confirm=true" in text
    asked = answering("decline")
    async with converse(tmp_path / "b", transport=httpx2.ASGITransport(site), elicitation=asked) as jira:
        assert "did not agree" in await jira.refused("jira_update_sprint", **arguments, confirm=True)
        assert "updated sprint 5" in await jira.ask("jira_update_sprint", sprint="5", goal="No question")


async def test_completing_takes_no_other_change(jira: Conversation) -> None:
    text = await jira.refused("jira_update_sprint", sprint="5", action="complete", goal="x", confirm=True)
    assert "takes no other change; nothing was done" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("jira_update_sprint", {"sprint": "Phase 1", "end": "2036-01-01"}, "is closed: its dates cannot be changed"),
        ("jira_update_sprint", {"sprint": "Phase 1", "action": "complete"}, "only an active one can be completed"),
        (
            "jira_move_issues",
            {"keys": ["PMOS-40"], "to": "Phase 1"},
            "issues can go into active and future sprints only",
        ),
        ("jira_move_issues", {"keys": ["PMOS-40"]}, "Say where to"),
        ("jira_create_sprint", {"name": "x", "board": "Desk queue"}, "is a kanban board"),
        ("jira_get_sprint_report", {"sprint": "Phase 5"}, "has not begun"),
        ("jira_list_board_issues", {"of": "epic"}, "Say which epic"),
        ("jira_list_sprints", {"board": "Desk queue"}, "does not support sprints"),
    ],
)
async def test_what_the_rules_of_sprints_forbid_is_said_in_plain_words(
    jira: Conversation, tool: str, arguments: dict[str, object], said: str
) -> None:
    assert said in await jira.refused(tool, **arguments)


async def test_what_was_ranked_is_told(jira: Conversation) -> None:
    assert await jira.ask("jira_move_issues", keys=["PMOS-41"], after="pmos-37") == "ranked after PMOS-37: PMOS-41"
    text = await jira.ask("jira_move_issues", keys=["PMOS-41"], to="backlog", before="PMOS-37")
    assert text == "moved to backlog, ranked before PMOS-37: PMOS-41"


async def test_an_issue_that_was_not_moved_is_told_with_the_reason(jira: Conversation) -> None:
    keys = [f"NOVA-{number}" for number in range(100, 150)]
    text = await jira.ask("jira_move_issues", keys=[*keys, "NOVA-1"], to="Nova 43")
    assert "and 30 more" in text
    assert "NOVA-1 not: " in text and "is an epic" in text
    listed = await jira.ask("jira_list_board_issues", of="sprint", sprint="Nova 43", limit=5)
    assert [row[0] for row in rows(listed)] == keys[:5]


async def test_a_board_with_no_past_has_no_velocity_yet(site: Sandbox, jira: Conversation) -> None:
    text = await jira.ask("jira_update_sprint", sprint="5", action="complete", confirm=True)
    assert "3 open issues now in the backlog" in text
    assert "has no active sprint" in await jira.refused("jira_get_sprint_report", board="1")
    assert "open in it: 0" in await jira.ask("jira_get_capacity", board="1", sprints=1)


def test_the_catalogue_of_the_toolset_is_small() -> None:
    from connector_kit.testing import contract

    mine = [contract.wire(tool) for tool in contract.catalogue(SERVER) if tool.name in AGILE]
    assert len(mine) == 9
    assert sum(map(contract.tokens, mine)) <= 2_300
