"""Reports of the sample's sprints, held against the raw histories, and capacity."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from connector_kit.errors import InvalidInput
from connector_kit.testing.recorder import Recorder
from jira_mcp.agile_models import SprintReport, Tally
from jira_mcp.client import JiraClient, sprints_report

pytestmark = pytest.mark.anyio

Connect = Callable[..., Awaitable[JiraClient]]


@pytest.fixture
def platform() -> None:
    """These requests are not the platform's: `test_agile_contract` holds them against their own description."""


def outcomes(report: SprintReport) -> dict[str, tuple[str, bool]]:
    return {issue.key: (issue.outcome, issue.committed) for issue in report.issues}


async def test_a_closed_sprint_tells_what_was_added_and_removed(jira: JiraClient) -> None:
    report = await jira.sprint_report("Phase 2")
    assert outcomes(report) == {
        "PMOS-14": ("done", True),
        "PMOS-15": ("done", True),
        "PMOS-16": ("done", False),
        "PMOS-17": ("done", True),
        "PMOS-18": ("done", True),
        "PMOS-22": ("removed", True),
        "PMOS-25": ("removed", True),
    }
    assert (report.committed, report.added) == (Tally(6, 19.0), Tally(1, 5.0))
    assert report.tally("done") == Tally(5, 19.0)
    assert report.tally("removed", who="System Evaluator") == Tally(1, 2.0)
    assert report.complete


async def test_an_estimate_that_grew_counts_before_and_after(jira: JiraClient) -> None:
    report = await jira.sprint_report("Phase 3", board="1")
    grown = next(issue for issue in report.issues if issue.key == "PMOS-21")
    assert (grown.points_before, grown.points) == (3, 5)


async def test_what_is_carried_over_is_in_both_sprints(jira: JiraClient) -> None:
    before, after = await jira.sprint_report("Nova 38"), await jira.sprint_report("Nova 39")
    carried = {issue.key for issue in before.issues if issue.outcome == "open"}
    then = {issue.key for issue in after.issues if issue.outcome == "done" and issue.key in carried}
    assert then and all(issue.committed for issue in after.issues if issue.key in then)


async def test_the_sums_of_people_are_the_sum(jira: JiraClient) -> None:
    report = await jira.sprint_report("Nova 41")
    for outcome in ("done", "open", "removed"):
        each = [report.tally(outcome, who=who) for who in report.people]
        assert sum(one.issues for one in each) == report.tally(outcome).issues
        assert sum(one.points for one in each) == report.tally(outcome).points
    every = report.tally("done", "open", "removed").issues
    assert every == report.committed.issues + report.added.issues
    assert report.people[-1] == ""


async def test_the_active_sprint_is_reported_as_it_is_now(jira: JiraClient) -> None:
    await jira.move_issues(["PMOS-40"], "5")
    await jira.move_issues(["PMOS-36"], "backlog")
    await jira.update("PMOS-35", {"Story Points": 13})
    await jira.transition("PMOS-34", "In Progress")
    await jira.transition("PMOS-34", "Done")
    report = await jira.sprint_report("active", board="1")
    assert outcomes(report) == {
        "PMOS-34": ("done", True),
        "PMOS-35": ("open", True),
        "PMOS-36": ("removed", True),
        "PMOS-40": ("open", False),
    }
    assert (report.committed.points, report.tally("open", committed=True).points) == (19, 13)


async def test_subtasks_go_with_their_parents(jira: JiraClient) -> None:
    report = await jira.sprint_report("Phase 4")
    assert "PMOS-55" not in outcomes(report)


async def test_a_sprint_that_has_not_begun_has_no_report(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match=r"has not begun.*jira_list_board_issues"):
        await jira.sprint_report("Phase 5")


async def test_reports_are_read_in_a_few_requests(jira: JiraClient, recorder: Recorder) -> None:
    await jira.sprint_report("Phase 0")
    assert len(recorder.sent) <= 10
    recorder.clear()
    await jira.sprint_report("Phase 0")
    assert recorder.sent == []


async def test_what_cannot_all_be_looked_at_is_said(jira: JiraClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sprints_report, "_MOST_OTHERS", 1)
    monkeypatch.setattr(sprints_report, "_PAGE", 1)
    assert not (await jira.sprint_report("Phase 2")).complete
    monkeypatch.setattr(sprints_report, "_MOST", 1)
    with pytest.raises(InvalidInput, match="too many for a report"):
        await jira.sprint_report("Phase 3")


async def test_changelogs_are_read_page_by_page(jira: JiraClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await jira.sprint_report("Nova 40")
    jira.cache.invalidate("content")
    monkeypatch.setattr(sprints_report, "_LOGS_PAGE", 7)
    monkeypatch.setattr(sprints_report, "_LOGS_OF", 150)
    assert await jira.sprint_report("Nova 40") == whole


async def test_only_issues_of_allowed_projects_are_in_a_report(connected: Connect) -> None:
    limited = await connected(projects=["PMOS"])
    report = await limited.sprint_report("Phase 2")
    assert len(report.issues) == 7


async def test_capacity_is_what_people_finished_times_what_they_have(jira: JiraClient) -> None:
    await jira.move_issues(["PMOS-40", "PMOS-41"], "6")
    await jira.update("PMOS-40", {"Story Points": 5, "assignee": "Data Analyst"})
    found = await jira.capacity("1", sprints=2, available={"data analyst": 0.5, "Alex Rivera": 1})
    assert [report.sprint.name for report in found.past] == ["Phase 2", "Phase 3"]
    assert found.velocity == (19 + 23) / 2
    assert found.sprint is not None and found.sprint.name == "Phase 5"
    loads = {person.who: person for person in found.people}
    analyst = loads["Data Analyst"]
    assert (analyst.usual, analyst.available, analyst.capacity) == (2.5, 0.5, 1.25)
    assert analyst.planned == Tally(1, 5.0)
    assert loads["Alex Rivera"].usual == 0
    assert loads[""].planned.issues == 1
    assert sum(person.usual for person in found.people) == pytest.approx(found.velocity)


async def test_capacity_is_for_the_sprint_named(jira: JiraClient) -> None:
    found = await jira.capacity("1", sprint="Phase 4")
    assert found.sprint is not None and found.sprint.id == 5
    with pytest.raises(InvalidInput, match="is closed: nothing can be planned"):
        await jira.capacity("1", sprint="Phase 1")
    with pytest.raises(InvalidInput, match="Nobody"):
        await jira.capacity("1", available={"Zaphod": 1})


async def test_a_board_without_a_past_or_a_future_says_so(
    jira: JiraClient, sandbox_transport: httpx2.ASGITransport
) -> None:
    await jira.complete_sprint(await jira.sprint("5"))
    await jira.start_sprint(await jira.sprint("6"), end="2036-03-06")
    found = await jira.capacity("1")
    assert found.sprint is not None and found.sprint.state == "active"
    await jira.complete_sprint(await jira.sprint("6"))
    assert (await jira.capacity("1")).sprint is None
