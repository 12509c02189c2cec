"""Sprints made, started, completed; issues moved and ranked."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest
from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.errors import InvalidInput, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, connect
from jira_mcp.sandbox.visitor import Visitor
from jira_mcp.settings import JiraSettings
from sandbox_kit.atlassian.accounts import VIEWER

pytestmark = pytest.mark.anyio

Connect = Callable[..., Awaitable[JiraClient]]


@pytest.fixture
def platform() -> None:
    """These requests are not the platform's: `test_agile_contract` holds them against their own description."""


async def in_sprint(jira: JiraClient, number: int) -> list[str]:
    page = await jira.contents(await jira.target("sprint", sprint=str(number)), limit=100)
    return [issue.key for issue in page.items]


async def backlog(jira: JiraClient) -> list[str]:
    page = await jira.contents(await jira.target("backlog", board="1"), limit=100)
    return [issue.key for issue in page.items]


async def test_a_sprint_is_created_with_what_is_given(jira: JiraClient, recorder: Recorder) -> None:
    made = await jira.create_sprint("PM OS delivery", " Later ", goal="More", end="2026-03-06")
    assert (made.name, made.state, made.goal, made.board) == ("Later", "future", "More", 1)
    assert recorder.bodies("/rest/agile/1.0/sprint")[0].keys() == {"name", "originBoardId", "goal", "endDate"}
    assert (await jira.sprint("later")).id == made.id


async def test_a_kanban_board_takes_no_sprint(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="kanban board: it has no sprints"):
        await jira.create_sprint("3", "x")
    with pytest.raises(InvalidInput, match="end after it begins"):
        await jira.create_sprint("1", "x", start="2026-03-06", end="2026-03-06")


async def test_who_may_not_manage_sprints_is_told_whom_to_ask(sandbox_transport: httpx2.ASGITransport) -> None:
    assert VIEWER.token is not None
    settings = JiraSettings(
        url="https://pm-os.sandbox.invalid", email=VIEWER.email, api_token=SecretStr(VIEWER.token), access=Access.WRITE
    )
    jira = await connect(settings, transport=sandbox_transport)
    with pytest.raises(NotPermitted, match="permissions to manage sprints and to schedule issues"):
        await jira.create_sprint("1", "x")
    await jira.aclose()


async def test_only_what_is_given_is_changed(jira: JiraClient) -> None:
    done = await jira.update_sprint(await jira.sprint("6"), goal="Answers")
    assert (done.name, done.goal) == ("Phase 5", "Answers")
    with pytest.raises(InvalidInput, match="Nothing to change"):
        await jira.update_sprint(done)


async def test_of_a_closed_sprint_the_name_changes_and_the_dates_do_not(jira: JiraClient) -> None:
    closed = await jira.sprint("1")
    assert (await jira.update_sprint(closed, name="Phase zero")).name == "Phase zero"
    with pytest.raises(InvalidInput, match="closed: its dates cannot be changed any more"):
        await jira.update_sprint(closed, end="2026-03-06")
    with pytest.raises(InvalidInput, match="is closed: only a future sprint can be started"):
        await jira.start_sprint(closed, end="2026-03-06")
    with pytest.raises(InvalidInput, match="is closed: only an active one can be completed"):
        await jira.complete_sprint(closed)


async def test_a_second_active_sprint_is_refused_with_the_one_that_runs(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match=r"active sprint 'Phase 4' \(5\): complete it\s+first"):
        await jira.start_sprint(await jira.sprint("6"), end="2036-03-06")


async def test_a_sprint_without_an_end_is_not_started(jira: JiraClient, recorder: Recorder) -> None:
    sprint = await jira.sprint("6")
    recorder.clear()
    with pytest.raises(InvalidInput, match="has no end date"):
        await jira.start_sprint(sprint)
    assert recorder.sent == []


async def test_a_sprint_begins_now_or_when_it_was_planned_to(jira: JiraClient) -> None:
    await jira.complete_sprint(await jira.sprint("5"))
    started = await jira.start_sprint(await jira.sprint("6"), end="2036-03-06", goal="Go")
    assert (started.state, started.goal) == ("active", "Go")
    assert started.start is not None and started.start > "2026-03"
    await jira.complete_sprint(started)
    planned = await jira.create_sprint("1", "Planned", start="2026-02-16", end="2036-03-06")
    begun = await jira.start_sprint(planned)
    assert begun.start is not None and begun.start.startswith("2026-02-16")


async def test_completing_leaves_open_issues_in_the_backlog(jira: JiraClient) -> None:
    plan = await jira.completion(await jira.sprint("5"))
    assert (plan.done, plan.open, plan.target) == (0, ("PMOS-34", "PMOS-35", "PMOS-36"), None)
    done = await jira.complete_sprint(await jira.sprint("5"), "backlog")
    assert (done.sprint.state, done.open, done.left) == ("closed", plan.open, ())
    assert set(plan.open) <= set(await backlog(jira))


@pytest.mark.parametrize("target", ["next", "Phase 5", "6"])
async def test_completing_carries_open_issues_into_another_sprint(jira: JiraClient, target: str) -> None:
    await jira.transition("PMOS-34", "In Progress")
    await jira.transition("PMOS-34", "Done")
    done = await jira.complete_sprint(await jira.sprint("active", board="1"), target)
    assert (done.done, done.open) == (1, ("PMOS-35", "PMOS-36"))
    assert done.target is not None and done.target.id == 6
    assert set(done.open) <= set(await in_sprint(jira, 6))
    report = await jira.sprint_report("5")
    assert {issue.key: issue.outcome for issue in report.issues} == {
        "PMOS-34": "done",
        "PMOS-35": "open",
        "PMOS-36": "open",
    }


@pytest.mark.parametrize(("target", "said"), [("5", "cannot go into the sprint that"), ("1", "is closed")])
async def test_open_issues_go_nowhere_else(jira: JiraClient, recorder: Recorder, target: str, said: str) -> None:
    sprint = await jira.sprint("5")
    with pytest.raises(InvalidInput, match=said):
        await jira.complete_sprint(sprint, target)
    assert not [method for method, _ in recorder.sent if method == "POST"]


async def test_what_cannot_be_carried_over_is_told(jira: JiraClient, sandbox_transport: httpx2.ASGITransport) -> None:
    async with httpx2.AsyncClient(transport=sandbox_transport, base_url="http://sandbox") as control:
        fault = {"status": 400, "path": "/rest/agile/1.0/sprint/6/issue", "count": 5}
        await control.post("/_sandbox/faults", json=fault)
    done = await jira.complete_sprint(await jira.sprint("5"), "6")
    assert (done.sprint.state, done.left) == ("closed", done.open)
    assert done.problem


async def test_issues_move_into_a_sprint_and_back(jira: JiraClient) -> None:
    done = await jira.move_issues(["PMOS-40", "pmos-41"], "Phase 5")
    assert (done.moved, done.where, done.refused) == (("PMOS-40", "PMOS-41"), "sprint Phase 5", {})
    assert await in_sprint(jira, 6) == ["PMOS-40", "PMOS-41"]
    done = await jira.move_issues(["PMOS-40"], "backlog", after="PMOS-38")
    listed = await backlog(jira)
    assert listed[listed.index("PMOS-38") + 1] == "PMOS-40"


async def test_issues_are_ranked_in_the_order_given(jira: JiraClient) -> None:
    await jira.move_issues(["PMOS-41", "PMOS-40"], before="PMOS-37")
    assert (await backlog(jira))[:3] == ["PMOS-41", "PMOS-40", "PMOS-37"]
    await jira.move_issues(["PMOS-37"], "6", before="PMOS-41")
    assert await in_sprint(jira, 6) == ["PMOS-37"]


async def test_more_than_fifty_issues_keep_their_order(jira: JiraClient, recorder: Recorder) -> None:
    keys = [f"NOVA-{number}" for number in range(120, 60, -1)]
    done = await jira.move_issues(keys, "Nova 43", after="NOVA-200")
    assert list(done.moved) == keys
    bodies = recorder.bodies("/rest/agile/1.0/sprint/23/issue")
    assert [len(body["issues"]) for body in bodies] == [50, 10]
    assert [body["rankAfterIssue"] for body in bodies] == ["NOVA-200", keys[49]]
    assert jira.lists_lag()


@pytest.mark.parametrize(
    ("keys", "more", "said"),
    [
        (["PMOS-40"], {}, "Say where to"),
        (["PMOS-40"], {"to": "1"}, "'Phase 0' .1. is closed: issues can go into"),
        (["PMOS-40"], {"before": "PMOS-1", "after": "PMOS-2"}, "not both"),
        (["PMOS-40"], {"before": "PMOS-40"}, "next to itself"),
        ([f"PMOS-{number}" for number in range(1, 202)], {"to": "6"}, "at most 200"),
        (["PMOS-30"], {"to": "6"}, "is an epic"),
        (["PMOS-9999"], {"to": "6"}, "PMOS-9999"),
    ],
)
async def test_a_move_that_makes_no_sense_is_refused(
    jira: JiraClient, keys: list[str], more: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        await jira.move_issues(keys, **more)


async def test_issues_of_other_projects_stay_where_they_are(connected: Connect) -> None:
    limited = await connected(projects=["PMOS"])
    with pytest.raises(NotPermitted, match="JIRA_PROJECTS"):
        await limited.move_issues(["NOVA-30"], "backlog")
    with pytest.raises((InvalidInput, NotPermitted)):
        await limited.move_issues(["PMOS-40"], "23")


async def test_a_later_part_that_fails_is_told_by_issue(
    jira: JiraClient, sandbox_transport: httpx2.ASGITransport
) -> None:
    site = Visitor(sandbox_transport.app)  # pyright: ignore[reportArgumentType] - the sandbox that the fixture built
    await site.ask("DELETE", "/issue/NOVA-70")
    await site.aclose()
    keys = [f"NOVA-{number}" for number in range(120, 60, -1)]
    with pytest.raises(InvalidInput, match="NOVA-70"):
        await jira.move_issues(keys, "23")
    keys.remove("NOVA-70")
    keys[52] = "NOVA-1"
    done = await jira.move_issues(keys, "23")
    assert len(done.moved) == 50
    assert set(done.refused) == set(keys[50:])
    assert "epic" in done.refused["NOVA-1"]
