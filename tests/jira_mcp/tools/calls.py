"""Calls of the usual tools that lead to all requests that each can make."""

from collections.abc import Mapping
from typing import Any

from sandbox_kit.atlassian.accounts import DATA_ANALYST

PERSON = "data analyst"
FIELDS = {"assignee": PERSON, "Reviewers": ["Human PM"], "Sprint": "Phase 4", "Story Points": 3}
STORY = {"type": "Story", "summary": "One", "parent": "PMOS-26", "fields": FIELDS}
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "jira_search_issues": (
        {"project": "PMOS", "assignee": PERSON, "sprint": "Phase 4", "fields": ["Story Points"], "limit": 1},
        {"assignee": "me", "type": "Bug", "status": "Done", "parent": "PMOS-26", "text": "a"},
        {"project": "PMOS", "count_only": True},
        {"jql": "issuetype = Stroy"},
        {"jql": "status = Doen"},
        {"jql": "priority = Hihg"},
        {"jql": "project = PMSO"},
        {"jql": "sumary ~ x"},
    ),
    "jira_get_issue": (
        {
            "key": "PMOS-5",
            "include": ["comments", "worklogs", "children", "changes", "transitions", "all_fields"],
            "fields": ["Story Points"],
        },
        {"key": "PMOS-99999"},
    ),
    "jira_update_issue": (
        {
            "key": "PMOS-40",
            "fields": {**FIELDS, "description": "[@Data Analyst](mention:x)", "Original estimate": "1d"},
        },
        {"key": "PMOS-40", "fields": {"Sprint": "No such sprint", "labels": {"add": ["a"]}}},
        {"key": "NOVA-1990", "fields": {"Approving group": "Legal", "Team": "Payments", "Sprint": "active"}},
        {"key": "PMOS-40", "fields": {"assignee": "me", "Reviewers": [DATA_ANALYST.account_id]}},
    ),
    "jira_delete_issue": ({"key": "PMOS-40", "confirm": True},),
    "jira_create_issue": ({"project": "PMOS", **STORY}, {"project": "PMOS", "type": "No such type", "summary": "x"}),
    "jira_create_issues": ({"project": "PMOS", "issues": [STORY, STORY]},),
    "jira_transition_issue": (
        {
            "key": "NOVA-1999",
            "status": "Resolved",
            "comment": "Well.",
            "fields": {"resolution": "Done", "assignee": "me"},
        },
        {"key": "PMOS-40", "status": "No such status"},
    ),
    "jira_list_comments": ({"key": "PMOS-8"},),
    "jira_add_comment": (
        {"key": "PMOS-40", "body": "Well, @[Data Analyst].", "visible_to": "Administrators"},
        {"key": "PMOS-40", "body": "Well.", "visible_to": "No such role"},
        {"key": "PMOS-40", "body": "Well.", "visible_to": "group:No such group"},
    ),
    "jira_update_comment": ({"key": "PMOS-8", "comment_id": "10003", "body": "Well, @[Data Analyst]."},),
    "jira_delete_comment": ({"key": "PMOS-8", "comment_id": "10003", "confirm": True},),
    "jira_get_attachment": (
        {"key": "PMOS-22", "attachment": "velocity.csv"},
        {"key": "PMOS-22", "attachment": "velocity.png"},
        {"key": "PMOS-21", "attachment": "adf:100000"},
    ),
    "jira_add_attachment": ({"key": "PMOS-40", "text": "Well.", "name": "well.txt"},),
    "jira_delete_attachment": ({"key": "PMOS-22", "attachment": "velocity.csv", "confirm": True},),
    "jira_add_link": ({"from_key": "PMOS-40", "relation": "blocks", "to_key": "PMOS-39"},),
    "jira_list_projects": ({"query": "PM"},),
    "jira_list_issue_types": ({"project": "PMOS"},),
    "jira_list_fields": (
        {"key": "NOVA-1990", "field": "Approving group", "query": "store"},
        {"key": "NOVA-1990", "field": "assignee", "query": "alex"},
        {"key": "NOVA-1990", "field": "Product owner", "query": "alex"},
        {"project": "PMOS", "type": "Story", "field": "sprint"},
        {"field": "Team"},
        {"query": "severity"},
    ),
    "jira_search_users": ({"query": "Data"}, {"query": "Data", "project": "PMOS"}),
}
"""For each tool calls that between them lead to all requests that it can make."""
