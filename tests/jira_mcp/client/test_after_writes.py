"""What was just written is what the next read and search show."""

import pytest

from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue

from ..conftest import Connect

pytestmark = pytest.mark.anyio


async def test_a_search_sees_an_issue_right_after_it_was_created(jira: JiraClient) -> None:
    assert (await jira.search('summary ~ "Zanzibar"')).items == ()
    created = await jira.create(NewIssue("PMOS", "Task", "Zanzibar"))
    assert [issue.key for issue in (await jira.search('summary ~ "Zanzibar"')).items] == [created.key]


async def test_a_read_sees_a_change_at_once(jira: JiraClient, story: str) -> None:
    assert (await jira.issue(story)).issue.summary == "A story for a test"
    await jira.update(story, {"summary": "Another title"})
    assert (await jira.issue(story)).issue.summary == "Another title"
    assert (await jira.search(f"key = {story}")).items[0].summary == "Another title"


async def test_only_the_last_fifty_writes_are_reconciled_and_for_a_minute(
    connected: Connect, recorder: Recorder
) -> None:
    jira = await connected()
    now = 0.0
    jira._clock = lambda: now  # pyright: ignore[reportPrivateUsage]  # time passes only when the test says so
    await jira.create_many([NewIssue("PMOS", "Task", f"task {number}") for number in range(60)])
    await jira.search("project = PMOS")
    (body,) = recorder.bodies("/rest/api/3/search/jql")
    assert len(body["reconcileIssues"]) == 50
    now = 61.0
    recorder.clear()
    await jira.search("project = PMOS AND created >= -1d")
    (body,) = recorder.bodies("/rest/api/3/search/jql")
    assert "reconcileIssues" not in body


async def test_later_pages_reconcile_the_same_issues_as_the_first(jira: JiraClient, recorder: Recorder) -> None:
    first = await jira.create(NewIssue("PMOS", "Task", "first"))
    page = await jira.search("project = PMOS ORDER BY created DESC", limit=2)
    await jira.create(NewIssue("PMOS", "Task", "second"))
    await jira.search("project = PMOS ORDER BY created DESC", limit=2, cursor=page.cursor)
    bodies = recorder.bodies("/rest/api/3/search/jql")
    assert bodies[0]["reconcileIssues"] == bodies[1]["reconcileIssues"] == [int(first.id or 0)]
