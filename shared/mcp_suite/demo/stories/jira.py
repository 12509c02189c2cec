"""What is done in the demonstration of Jira: one piece of work from the first look to the last check."""

import re
from collections.abc import Sequence
from typing import Any

from mcp_suite.demo.steps import Player, StepError

PROJECT = "PMOS"
CHECKLIST = 120
"""Issues created in bulk: more than Jira takes in one request, so that progress is seen."""

_KEY = re.compile(r"\b[A-Z][A-Z0-9_]+-[1-9][0-9]*\b")


def first_key(answer: str) -> str:
    """The first issue key in an answer.

    Raises:
        StepError: there is none.
    """
    found = _KEY.search(answer)
    if found is None:
        raise StepError("the answer names no issue")
    return found.group()


async def work(player: Player) -> None:
    """Search, read, plan an epic with children, work on one, link, create many, and look at the result.

    Raises:
        StepError: a step went wrong; those after it are not tried.
    """
    call = player.call
    found = await call(
        "Which epics does PM OS have?",
        "jira_search_issues",
        {"jql": f"project = {PROJECT} AND issuetype = Epic ORDER BY key ASC", "limit": 5},
        shows=f"{PROJECT}-",
    )
    known = first_key(found)
    await call(
        f"What is {known} about, and what was said on it?",
        "jira_get_issue",
        {"key": known, "include": ["comments", "children"], "comments": 3},
        shows=known,
    )
    epic = first_key(
        await call(
            "Open an epic for a pilot.",
            "jira_create_issue",
            {
                "project": PROJECT,
                "type": "Epic",
                "summary": "Pilot with the first customer team",
                "description": "## Goal\n\nTwo weeks, **one team**, one decision:\n\n- go on\n- turn back",
            },
            shows="created",
        )
    )
    children = [
        first_key(
            await call(
                f"Add a story below it: {summary}.",
                "jira_create_issue",
                {
                    "project": PROJECT,
                    "type": "Story",
                    "summary": summary,
                    "parent": epic,
                    "fields": {"labels": ["pilot"]},
                },
                shows="created",
            )
        )
        for summary in ("Interview the team", "Measure a first week")
    ]
    first, second = children
    await call(
        f"I am starting on {first}.",
        "jira_transition_issue",
        {"key": first, "status": "In Progress"},
        shows="In Progress",
    )
    await call(
        "Note what we agreed.",
        "jira_add_comment",
        {"key": first, "body": "Agreed with the team: **Tuesday**, 30 minutes, `notes.md` afterwards."},
        shows=first,
    )
    await call(
        "Attach what to ask them.",
        "jira_add_attachment",
        {"key": first, "name": "questions.md", "text": "1. What slows you down?\n2. What would you do first?\n"},
        shows="questions.md",
    )
    await call(
        f"{first} must be done before {second}.",
        "jira_add_link",
        {"from_key": first, "relation": "blocks", "to_key": second},
        shows=second,
    )
    await call(
        "Which of the pilot's stories are in progress?",
        "jira_search_issues",
        {"jql": f'parent = {epic} AND status = "In Progress"'},
        shows=first,
    )
    await call(
        f"Create the pilot's checklist, {CHECKLIST} tasks.",
        "jira_create_issues",
        {"project": PROJECT, "issues": checklist(epic)},
        shows=f"{PROJECT}-",
    )
    await call(
        f"How does {first} look now?",
        "jira_get_issue",
        {"key": first, "include": ["comments", "worklogs"]},
        shows="In Progress",
    )
    await call(
        "What was added to the pilot last?",
        "jira_search_issues",
        {"jql": f"parent = {epic} ORDER BY key DESC", "limit": 3},
        shows=f"Pilot checklist, item {CHECKLIST}",
    )


def checklist(epic: str) -> Sequence[dict[str, Any]]:
    """The issues that are created in bulk."""
    return [
        {"type": "Task", "summary": f"Pilot checklist, item {number}", "parent": epic}
        for number in range(1, CHECKLIST + 1)
    ]
