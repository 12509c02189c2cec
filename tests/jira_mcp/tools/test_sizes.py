"""What typical answers cost a model. Bytes are counted, so that the figures are the same on every machine."""

import pytest

from .conversation import Conversation, rows, tokens

pytestmark = pytest.mark.anyio

WRITES = [
    ("jira_create_issue", {"project": "PMOS", "type": "Story", "summary": "Search that forgives", "assignee": "me"}),
    ("jira_update_issue", {"key": "PMOS-40", "fields": {"summary": "A guide", "priority": "High", "labels": ["docs"]}}),
    ("jira_transition_issue", {"key": "PMOS-40", "status": "In Progress", "comment": "Begun."}),
    ("jira_add_comment", {"key": "PMOS-40", "body": "Half of it is written."}),
    ("jira_add_worklog", {"key": "PMOS-40", "time_spent": "1h 30m"}),
    ("jira_add_link", {"from_key": "PMOS-40", "relation": "blocks", "to_key": "PMOS-39"}),
    ("jira_delete_issue", {"key": "PMOS-40", "confirm": True}),
    (
        "jira_create_issues",
        {"project": "PMOS", "issues": [{"type": "Task", "summary": f"Part {part}"} for part in range(50)]},
    ),
]


@pytest.mark.parametrize("project", ["PMOS", "NOVA"])
async def test_twenty_five_issues_cost_at_most_1500_tokens(reader: Conversation, project: str) -> None:
    text = await reader.ask("jira_search_issues", project=project)
    assert len(rows(text)) == 25
    assert tokens(text) <= 1_500


async def test_an_issue_with_five_comments_costs_at_most_800_tokens(jira: Conversation) -> None:
    remark = (
        "Looked at it again: the proxy drops idle connections after an hour. A keep-alive of 60 s would do.\n\n" * 2
    )
    for number in range(5):
        await jira.ask("jira_add_comment", key="PMOS-35", body=f"{number}. {remark}")
    text = await jira.ask("jira_get_issue", key="PMOS-35")
    assert text.count("Looked at it again") == 10
    assert tokens(text) <= 800


@pytest.mark.parametrize(("tool", "arguments"), WRITES, ids=[tool for tool, _ in WRITES])
async def test_a_write_costs_at_most_150_tokens(jira: Conversation, tool: str, arguments: dict[str, object]) -> None:
    assert tokens(await jira.ask(tool, **arguments)) <= 150


async def test_a_short_refusal_is_enough(reader: Conversation) -> None:
    assert tokens(await reader.refused("jira_get_issue", key="PMOS-4711")) <= 100
    assert tokens(await reader.refused("jira_search_issues", jql="stauts = Done")) <= 150
