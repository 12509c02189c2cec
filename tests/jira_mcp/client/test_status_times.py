"""Times in statuses, worked out from histories as real sites have them: reopened, moved on, imported, odd."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from connector_kit.errors import InvalidInput, ServiceError
from jira_mcp.client import JiraClient, connect
from jira_mcp.client.status_times import moves_in, times_of
from jira_mcp.history_models import IssueTimes, StatusInfo
from jira_mcp.settings import JiraSettings

from ..conftest import QUICK, Connect

HOUR = 3600.0
TO_DO, WORK, REVIEW, DONE, RELEASED = (
    StatusInfo(number, name, category)
    for number, name, category in (
        ("1", "To Do", "new"),
        ("2", "In Progress", "indeterminate"),
        ("3", "In Review", "indeterminate"),
        ("4", "Done", "done"),
        ("5", "Released", "done"),
    )
)
KNOWN = {status.id: status for status in (TO_DO, WORK, REVIEW, DONE, RELEASED)}
CREATED = "2026-03-02T09:00:00.000+0100"
NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)


def move(hour: int, before: StatusInfo, after: StatusInfo, who: str = "Ann") -> dict[str, Any]:
    """A change as Jira writes it; hours are those of Berlin."""
    item = {"field": "status", "fieldId": "status", "from": before.id, "to": after.id}
    item |= {"fromString": before.name, "toString": after.name}
    author = {"accountId": f"id-{who}", "displayName": who}
    return {"created": f"2026-03-02T{hour:02}:00:00.000+0100", "author": author, "items": [item]}


def times(present: StatusInfo, *changes: dict[str, Any], **fields: Any) -> IssueTimes:
    shown = {"id": present.id, "name": present.name, "statusCategory": {"key": present.category}}
    entry = {"key": "P-1", "fields": {"summary": "x", "status": shown, "created": CREATED, **fields}}
    found = times_of(entry, sorted(moves_in(changes), key=lambda each: each[0]), KNOWN, NOW)
    assert found is not None
    return found


def test_an_issue_that_went_straight_through() -> None:
    found = times(DONE, move(11, TO_DO, WORK), move(14, WORK, REVIEW, "Bo"), move(15, REVIEW, DONE))
    assert found.by_status == {"To Do": 2 * HOUR, "In Progress": 3 * HOUR, "In Review": HOUR, "Done": 0.0}
    assert (found.lead, found.cycle) == (6 * HOUR, 4 * HOUR)
    assert [stay.by for stay in found.stays] == ["", "Ann", "Bo", "Ann"]
    assert found.stays[-1].end is None


def test_an_issue_that_came_back_counts_both_stays_and_ends_the_last_time() -> None:
    found = times(DONE, move(10, TO_DO, WORK), move(11, WORK, DONE), move(13, DONE, WORK), move(16, WORK, DONE))
    assert found.by_status["In Progress"] == 4 * HOUR
    assert found.by_status["Done"] == 2 * HOUR
    assert (found.lead, found.cycle) == (7 * HOUR, 6 * HOUR)


def test_what_follows_after_done_does_not_make_the_work_longer() -> None:
    found = times(RELEASED, move(10, TO_DO, WORK), move(12, WORK, DONE), move(18, DONE, RELEASED))
    assert (found.lead, found.cycle) == (3 * HOUR, 2 * HOUR)
    assert found.by_status["Released"] == 0.0


def test_an_open_issue_has_no_lead_time_and_is_counted_until_now() -> None:
    found = times(WORK, move(10, TO_DO, WORK))
    assert (found.lead, found.cycle) == (None, None)
    assert found.by_status["In Progress"] == 11 * HOUR
    assert times(TO_DO).by_status == {"To Do": 12 * HOUR}


def test_an_issue_that_skipped_the_work_has_no_cycle_time() -> None:
    found = times(DONE, move(12, TO_DO, DONE))
    assert (found.lead, found.cycle) == (3 * HOUR, None)


def test_an_imported_issue_is_done_when_it_was_resolved_or_nobody_knows_when() -> None:
    assert times(DONE, resolutiondate="2026-03-02T10:00:00.000+0100").lead == HOUR
    assert times(DONE).lead is None


def test_a_deleted_status_keeps_the_name_that_the_history_has() -> None:
    gone = StatusInfo("99", "Waiting for Godot", "")
    found = times(DONE, move(10, TO_DO, gone), move(12, gone, DONE))
    assert found.by_status["Waiting for Godot"] == 2 * HOUR
    assert found.cycle is None


def test_odd_entries_are_left_out() -> None:
    odd: list[dict[str, Any]] = [
        {"created": "never", "items": [{"fieldId": "status", "from": "1", "to": "2"}]},
        {"items": [{"fieldId": "status"}]},
        {"created": CREATED, "items": "none"},
        {"created": CREATED, "items": [{"fieldId": "assignee", "to": "x"}, 7]},
    ]
    assert list(moves_in(odd)) == []
    assert times_of({"fields": {"created": 5.5}}, [], KNOWN, NOW) is not None
    assert times_of({"fields": {"created": ""}}, [], KNOWN, NOW) is None
    assert times_of({}, [], KNOWN, NOW) is None


def test_moments_in_numbers_are_understood() -> None:
    entry = move(11, TO_DO, WORK)
    entry["created"] = 1772445600  # 10:00 UTC, as the bulk operation writes it
    assert times(WORK, entry).by_status["To Do"] == 2 * HOUR


@pytest.mark.anyio
async def test_many_issues_cost_few_requests(connected: Connect, jira: JiraClient, recorder: Any) -> None:
    found = await jira.status_times(jql="project = NOVA", limit=1_000)
    assert len(found.issues) == 1_000
    assert found.more
    assert len([path for _, path in recorder.sent if path.endswith("/changelog/bulkfetch")]) == 1
    few = await jira.status_times([f"PMOS-{number}" for number in (5, 2, 4711)])
    assert [issue.key for issue in few.issues] == ["PMOS-5", "PMOS-2"]
    assert few.missing == ("PMOS-4711",)


@pytest.mark.anyio
async def test_neither_and_both_ways_to_say_which_are_refused(jira: JiraClient) -> None:
    for keys, jql in (([], " "), (["PMOS-1"], "project = PMOS")):
        with pytest.raises(InvalidInput, match="one of the two"):
            await jira.status_times(keys, jql=jql)
    with pytest.raises(InvalidInput, match="at most 1,000"):
        await jira.status_times([f"PMOS-{number}" for number in range(1, 1_002)])
    assert len((await jira.status_times(["PMOS-1", "PMOS-2", "PMOS-3"], limit=2)).issues) == 3


@pytest.mark.anyio
async def test_the_allowed_projects_hold_for_keys_and_queries(connected: Connect) -> None:
    jira = await connected(projects=("PMOS",))
    found = await jira.status_times(jql="project in (PMOS, DESK)", limit=1_000)
    assert {issue.key.partition("-")[0] for issue in found.issues} == {"PMOS"}
    with pytest.raises(ServiceError, match="JIRA_PROJECTS"):
        await jira.status_times(["DESK-1"])
    with pytest.raises(ServiceError, match="JIRA_PROJECTS"):
        await jira.history("DESK-1")


class _Endless(httpx2.AsyncBaseTransport):
    """A site whose histories never end."""

    def __init__(self, site: httpx2.ASGITransport) -> None:
        self._site = site

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/changelog/bulkfetch"):
            return httpx2.Response(200, json={"issueChangeLogs": [], "nextPageToken": "more"})
        return await self._site.handle_async_request(request)


@pytest.mark.anyio
async def test_times_are_not_told_from_half_of_a_history(sandbox_transport: httpx2.ASGITransport) -> None:
    jira = await connect(JiraSettings(sandbox=True), transport=_Endless(sandbox_transport), policy=QUICK)
    with pytest.raises(InvalidInput, match="too long to be read at once"):
        await jira.status_times(["PMOS-1"])
    await jira.aclose()
