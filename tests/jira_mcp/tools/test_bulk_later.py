"""What happens between a preview and its run, and what a client keeps of plans meanwhile."""

import pytest

from jira_mcp.client import bulk_tasks

from .bulk_calls import preview, submitted
from .conversation import Conversation

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))


@pytest.mark.parametrize("along", [False, True])
async def test_a_sub_task_that_nobody_was_shown_is_not_deleted(jira: Conversation, along: bool) -> None:
    if along:
        await jira.ask("jira_create_issue", project="PMOS", type="Sub-task", summary="Known", parent="PMOS-40")
    text, token = await preview(jira, "jira_delete_issues", keys=["PMOS-40", "PMOS-41"], delete_subtasks=along)
    assert ("go with them" in text or "goes with them" in text) is along
    made = await jira.ask("jira_create_issue", project="PMOS", type="Sub-task", summary="New", parent="PMOS-40")
    key = made.split()[1]
    said = await jira.refused("jira_delete_issues", run=token, confirm=True)
    assert f"sub-tasks that nobody was shown: {key}" in said
    assert "Nothing was changed. Call again without run" in said
    assert submitted(jira, "jira_delete_issues") == 0
    assert "New" in await jira.ask("jira_get_issue", key=key)


async def test_sub_tasks_that_were_shown_are_deleted(jira: Conversation) -> None:
    await jira.ask("jira_create_issue", project="PMOS", type="Sub-task", summary="Known", parent="PMOS-40")
    _, token = await preview(jira, "jira_delete_issues", keys=["PMOS-40"], delete_subtasks=True)
    assert (await jira.ask("jira_delete_issues", run=token, confirm=True)).startswith("done: deleted")
