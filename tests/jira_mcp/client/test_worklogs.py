"""Logged work: read from the latest on, put right, taken away; and what becomes of the estimate."""

import json
from typing import Any

import httpx2
import pytest

from connector_kit.errors import Conflict, InvalidInput, NotFound
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient

from .rich_documents import RICH, Colleague, document

pytestmark = pytest.mark.anyio
KEY = "PMOS-40"


@pytest.fixture
def colleague(sandbox_transport: httpx2.ASGITransport) -> Colleague:
    return Colleague(sandbox_transport)


async def log(colleague: Colleague, *days: int) -> list[str]:
    """The ids of work logged on days of March."""
    found: list[str] = []
    for day in days:
        body = {"timeSpentSeconds": 3_600, "started": f"2026-03-{day:02}T09:00:00.000+0000"}
        found.append((await colleague.ask("POST", f"/issue/{KEY}/worklog", body))["id"])
    return found


async def remaining(colleague: Colleague) -> Any:
    return (await colleague.field(KEY, "timetracking")).get("remainingEstimate")


@pytest.fixture
async def estimated(colleague: Colleague) -> Colleague:
    """The issue with eight hours to go."""
    await colleague.put(KEY, timetracking={"originalEstimate": "8h", "remainingEstimate": "8h"})
    return colleague


async def test_the_latest_work_comes_first_and_pages_reach_the_rest(jira: JiraClient, colleague: Colleague) -> None:
    ids = await log(colleague, 1, 2, 3, 4, 5, 6, 7)
    found: list[str] = []
    sizes: list[int] = []
    cursor: str | None = None
    while True:
        page = await jira.worklogs(KEY, limit=3, cursor=cursor)
        found += [item.id for item in page.items]
        sizes.append(len(page.items))
        cursor = page.cursor
        if cursor is None:
            break
    assert found == ids[::-1]
    assert sizes == [3, 3, 1]


async def test_work_is_found_by_the_days_on_which_it_began(jira: JiraClient, colleague: Colleague) -> None:
    ids = await log(colleague, 1, 2, 3, 4, 5)

    async def between(first: str = "", last: str = "") -> list[str]:
        return [item.id for item in (await jira.worklogs_between(KEY, first=first, last=last)).items]

    assert await between("2026-03-02", "2026-03-04") == ids[3:0:-1]
    assert await between("2026-03-04") == ids[:2:-1]
    assert await between(last="2026-03-01") == ids[:1]
    assert await between("2026-03-03T09:00", "2026-03-03T09:30") == [ids[2]]
    assert await between("2026-03-03T10:00+02:00", "2026-03-03T10:30+02:00") == []
    page = await jira.worklogs_between(KEY, first="2026-03-02", limit=2)
    with pytest.raises(InvalidInput, match="cursor"):
        await jira.worklogs_between(KEY, first="2026-03-03", limit=2, cursor=page.cursor)
    with pytest.raises(InvalidInput, match="started_until"):
        await between(last="tomorrow")


@pytest.mark.parametrize(("how", "left"), [("", "6h 30m"), ("keep", "1d"), ("4h", "4h"), ("-3h", "5h"), ("0m", "0m")])
async def test_what_remains_after_work_is_as_it_was_said(
    how: str, left: str, jira: JiraClient, estimated: Colleague
) -> None:
    done = await jira.add_worklog(KEY, "1h 30m", remaining=how)
    assert done.time_spent == "1h 30m"
    assert await remaining(estimated) == left


async def test_work_that_was_logged_wrong_is_put_right(jira: JiraClient, estimated: Colleague) -> None:
    made = await jira.add_worklog(KEY, "1h", comment="Half of it.")
    done, changed = await jira.update_worklog(
        KEY, made.id, time_spent="2.5h", started="2026-03-05T08:00", comment="All of *it*."
    )
    assert (done.seconds, done.started[:16], done.comment) == (9_000, "2026-03-05T08:00", "All of *it*.")
    assert [name.partition(" ")[0] for name in changed] == ["time_spent", "started", "comment"]
    assert await remaining(estimated) == "5h 30m"
    await jira.update_worklog(KEY, made.id, time_spent="3h", remaining="keep")
    assert await remaining(estimated) == "5h 30m"
    await jira.update_worklog(KEY, made.id, time_spent="1h", remaining="2h")
    assert await remaining(estimated) == "2h"


@pytest.mark.parametrize(("how", "left"), [("", "1d"), ("keep", "6h"), ("3h", "3h"), ("+1h", "7h")])
async def test_what_remains_after_a_deletion_is_as_it_was_said(
    how: str, left: str, jira: JiraClient, estimated: Colleague
) -> None:
    made = await jira.add_worklog(KEY, "2h")
    await jira.delete_worklog(KEY, made.id, remaining=how)
    assert await remaining(estimated) == left
    assert (await jira.worklogs(KEY)).items == ()
    with pytest.raises(NotFound):
        await jira.delete_worklog(KEY, made.id)


async def test_what_was_said_about_work_is_edited_without_loss(jira: JiraClient, colleague: Colleague) -> None:
    body = {"timeSpent": "1h", "comment": RICH}
    made = (await colleague.ask("POST", f"/issue/{KEY}/worklog", body))["id"]
    text = (await jira.worklogs(KEY)).items[0].comment
    await jira.update_worklog(KEY, made, comment=text.replace("last", "very last"))
    now = await colleague.ask("GET", f"/issue/{KEY}/worklog/{made}")
    assert now["comment"]["content"][:4] == RICH["content"][:4]
    with pytest.raises(InvalidInput, match="burndown"):
        await jira.update_worklog(KEY, made, comment="Short.")
    await colleague.ask("PUT", f"/issue/{KEY}/worklog/{made}", {"comment": document("Theirs.")})
    with pytest.raises(Conflict, match="Theirs"):
        await jira.update_worklog(KEY, made, comment="Mine.")
    _, changed = await jira.update_worklog(KEY, made, comment="Mine.", accept_loss=True)
    assert changed[0].startswith("comment (5 characters, 7 before")


async def test_what_was_said_about_work_is_sent_again_with_its_correction(
    jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    made = (await colleague.ask("POST", f"/issue/{KEY}/worklog", {"timeSpent": "1h", "comment": RICH}))["id"]
    await jira.update_worklog(KEY, made, time_spent="2h")
    (sent,) = [json.loads(each.request_body) for each in recorder.exchanges if each.method == "PUT"]
    assert sent == {"timeSpentSeconds": 7_200, "comment": RICH}


async def test_nothing_is_sent_when_nothing_is_different(
    jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    made = await jira.add_worklog(KEY, "1h", comment="Well.", visible_to="Administrators")
    _, changed = await jira.update_worklog(KEY, made.id, comment="Well.", visible_to="role:Administrators")
    assert changed == ()
    with pytest.raises(InvalidInput, match="Nothing to change"):
        await jira.update_worklog(KEY, made.id)
    assert "PUT" not in {method for method, _ in recorder.sent}


async def test_who_may_see_work_stays_when_it_is_put_right(jira: JiraClient) -> None:
    made = await jira.add_worklog(KEY, "1h", visible_to="Administrators")
    done, _ = await jira.update_worklog(KEY, made.id, time_spent="2h")
    assert done.visible_to == "role Administrators"
    done, changed = await jira.update_worklog(KEY, made.id, visible_to="everyone")
    assert done.visible_to is None
    assert changed == ("visible_to",)
    with pytest.raises(InvalidInput) as caught:
        await jira.add_worklog(KEY, "1h", visible_to="Admins")
    assert "Administrators" in caught.value.fields["visible_to"]


@pytest.mark.parametrize("worklog_id", ["", "x", "1/../../2", "9" * 30])
async def test_what_is_no_id_is_refused_before_it_reaches_a_path(
    worklog_id: str, jira: JiraClient, recorder: Recorder
) -> None:
    for call in (
        jira.worklog(KEY, worklog_id),
        jira.update_worklog(KEY, worklog_id, time_spent="1h"),
        jira.delete_worklog(KEY, worklog_id),
    ):
        with pytest.raises(InvalidInput, match="no worklog id"):
            await call
    assert recorder.sent == []
