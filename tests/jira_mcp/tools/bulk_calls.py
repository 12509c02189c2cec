"""Calling the tools for many issues: the preview, and what its token runs."""

import re
from typing import Any

from .conversation import Conversation

API = "/rest/api/3"
QUEUE = f"{API}/bulk/queue/"
SUBMITS = {
    "jira_update_issues": f"{API}/bulk/issues/fields",
    "jira_transition_issues": f"{API}/bulk/issues/transition",
    "jira_move_issues_to_project": f"{API}/bulk/issues/move",
    "jira_delete_issues": f"{API}/bulk/issues/delete",
}
"""The tools, and where each submits its operation."""
CHANGES: dict[str, dict[str, Any]] = {
    "jira_update_issues": {"fields": {"labels": {"add": ["bulk"]}}},
    "jira_transition_issues": {"status": "In Progress"},
    "jira_move_issues_to_project": {"project": "NOVA"},
    "jira_delete_issues": {},
}
"""What each is asked to do with PMOS-40 and PMOS-41, which are in the backlog."""
KEYS = ["PMOS-40", "PMOS-41"]


def token_in(text: str) -> str:
    """The token that a preview tells."""
    found = re.search(r"run=(\S+)", text)
    assert found, text
    return found[1]


async def preview(jira: Conversation, tool: str, **arguments: Any) -> tuple[str, str]:
    """A preview's text and its token."""
    text = await jira.ask(tool, **arguments)
    assert text.startswith("preview, nothing is done yet"), text
    return text, token_in(text)


async def run(jira: Conversation, tool: str, **arguments: Any) -> str:
    """What came of a call that was previewed and then run."""
    _, token = await preview(jira, tool, **arguments)
    sure = {"confirm": True} if tool == "jira_delete_issues" else {}
    return await jira.ask(tool, run=token, **sure)


def submitted(jira: Conversation, tool: str) -> int:
    """How often the tool's operation was sent."""
    return len(jira.sent("POST", SUBMITS[tool]))
