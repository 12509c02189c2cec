"""Moving an issue to another status."""

import pytest

from connector_kit.errors import InvalidInput
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue

pytestmark = pytest.mark.anyio


async def test_an_issue_moves_to_a_status_by_its_name(jira: JiraClient, story: str) -> None:
    done = await jira.transition(story, "in progress", comment="On *it*.")
    assert (done.before, done.after, done.moved) == ("Backlog", "In Progress", True)
    found = await jira.issue(story, include=["comments"])
    assert found.issue.status == "In Progress"
    assert found.comments is not None
    assert found.comments.items[0].body == "On *it*."


async def test_an_issue_that_is_there_already_is_left_alone(jira: JiraClient, story: str, recorder: Recorder) -> None:
    recorder.clear()
    done = await jira.transition(story, "BACKLOG")
    assert not done.moved
    assert {method for method, _ in recorder.sent} == {"GET"}


async def test_a_transition_can_be_named_itself(jira: JiraClient, story: str) -> None:
    assert (await jira.transition(story, "start work")).after == "In Progress"
    assert (await jira.transition(story, "41")).after == "In Review"


async def test_a_status_out_of_reach_lists_those_within(jira: JiraClient, story: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.transition(story, "In Review")
    assert f"{story} is Backlog and cannot go to 'In Review'" in caught.value.message
    assert "In Progress" in caught.value.fields["status"]
    with pytest.raises(InvalidInput, match="Did you mean In Progress"):
        await jira.transition(story, "In Progres")


async def test_fields_that_a_transition_requires_are_told_and_can_be_given(jira: JiraClient) -> None:
    created = await jira.create(NewIssue("NOVA", "Task", "Resolve me"))
    key = str(created.key)
    with pytest.raises(InvalidInput) as caught:
        await jira.transition(key, "Resolved")
    assert "required, resolution: one of Done" in caught.value.fields["Resolution"]
    done = await jira.transition(key, "resolved", values={"resolution": "won't do"})
    assert done.changed == {"Resolution": "Won't Do"}
    assert (await jira.issue(key)).resolution == "Won't Do"
    with pytest.raises(InvalidInput, match="is not on the screen of the transition"):
        await jira.transition(key, "to do", values={"Story Points": 1})
