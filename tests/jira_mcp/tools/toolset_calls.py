"""Calls of the tools of toolsets that lead to all requests that each can make."""

from collections.abc import Mapping
from typing import Any

PULL = "https://example.org/a/pull/1"
LINK = {"key": "PMOS-40", "url": "https://example.org/a"}
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "jira_list_boards": ({"project": "PMOS"}, {}),
    "jira_get_board": ({"board": "PM OS delivery"}, {"board": "1"}),
    "jira_list_sprints": ({"board": "PM OS delivery"}, {"board": "1"}),
    "jira_list_board_issues": (
        {"of": "board", "board": "PM OS delivery"},
        {"of": "backlog", "board": "1"},
        {"of": "sprint", "sprint": "Phase 4"},
        {"of": "sprint", "sprint": "5", "jql": "project = PMOS"},
        {"of": "epic", "epic": "PMOS-26"},
    ),
    "jira_get_sprint_report": ({"sprint": "Phase 2"}, {"sprint": "3", "board": "1"}),
    "jira_get_capacity": ({"board": "PM OS delivery", "availability": {"Alex Rivera": 1}},),
    "jira_create_sprint": ({"name": "x", "board": "PM OS delivery", "end": "2036-01-01"}, {"name": "x", "board": "1"}),
    "jira_update_sprint": (
        {"sprint": "Phase 5", "goal": "x", "end": "2036-01-01"},
        {"sprint": "5", "action": "complete", "open_issues_to": "6", "confirm": True},
        {"sprint": "6", "action": "start", "end": "2036-01-01"},
    ),
    "jira_move_issues": (
        {"keys": ["PMOS-40"], "to": "Phase 5", "after": "PMOS-39"},
        {"keys": ["PMOS-40"], "to": "backlog", "before": "PMOS-39"},
        {"keys": ["PMOS-40"], "before": "PMOS-39"},
        {"keys": ["PMOS-40"], "to": "next", "board": "1"},
    ),
    "jira_update_issues": (
        {"keys": ["PMOS-40"], "fields": {"assignee": "Data Analyst", "labels": ["x"]}},
        {"jql": "project = PMOS", "fields": {"priority": "High"}},
    ),
    "jira_transition_issues": (
        {"keys": ["PMOS-40"], "status": "In Progress"},
        {"jql": "key = NOVA-1999", "status": "Resolved"},
    ),
    "jira_move_issues_to_project": (
        {"keys": ["PMOS-40"], "project": "NOVA", "fields": {"assignee": "Data Analyst"}},
        {"jql": "key = PMOS-40", "project": "DESK", "type": "Incident"},
    ),
    "jira_delete_issues": ({"keys": ["PMOS-40", "PMOS-26"]}, {"jql": "key = PMOS-41"}),
    "jira_get_bulk_task": ({"task": "10641"},),
    "jira_get_history": ({"key": "PMOS-5", "fields": ["status"], "person": "me", "since": "2026-01-01"},),
    "jira_get_status_times": ({"keys": ["PMOS-5"]}, {"jql": "project = PMOS", "limit": 3}),
    "jira_list_link_types": ({},),
    "jira_remove_link": ({"from_key": "PMOS-36", "to_key": "PMOS-35", "relation": "is blocked by"},),
    "jira_list_remote_links": ({"key": "PMOS-40"},),
    "jira_add_remote_link": (LINK,),
    "jira_remove_remote_link": ({"key": "PMOS-40", "link": "https://example.org/a"},),
    "jira_get_dependencies": ({"key": "PMOS-30"}, {"sprint": "Phase 4"}, {"jql": "project = PMOS"}),
    "jira_apply_git_event": (
        {"event": "branch_created", "branch": "PMOS-40", "url": PULL},
        {
            "event": "pull_request_merged",
            "title": "NOVA-1999",
            "fields": {"resolution": "Done", "assignee": "Alex Rivera"},
        },
    ),
    "jira_add_worklog": (
        {"key": "PMOS-40", "time_spent": "1h", "started": "2026-01-31T10:00"},
        {"key": "PMOS-40", "time_spent": "1h", "comment": "With @[Data Analyst]."},
        {"key": "PMOS-40", "time_spent": "1h", "visible_to": "No such role"},
    ),
    "jira_list_worklogs": ({"key": "PMOS-8"}, {"key": "PMOS-8", "started_from": "2026-01-01"}),
    "jira_update_worklog": (
        {"key": "PMOS-8", "worklog_id": "10007", "comment": "With @[Data Analyst].", "started": "2026-01-31T10:00"},
        {"key": "PMOS-8", "worklog_id": "10007", "visible_to": "No such role"},
        {"key": "PMOS-8", "worklog_id": "10007", "visible_to": "group:No such group"},
    ),
    "jira_delete_worklog": ({"key": "PMOS-8", "worklog_id": "10007", "confirm": True},),
    "jira_get_project": ({"project": "PMOS"},),
    "jira_list_versions": ({"project": "PMOS"},),
    "jira_get_version": ({"project": "PMOS", "version": "0.4"},),
    "jira_create_version": ({"project": "PMOS", "name": "0.5"},),
    "jira_update_version": (
        {"project": "PMOS", "version": "0.4", "action": "release", "unresolved": "1.0"},
        {"project": "PMOS", "version": "0.4", "name": "0.4.1"},
    ),
    "jira_delete_version": ({"project": "PMOS", "version": "0.4", "move_to": "1.0", "confirm": True},),
    "jira_list_components": ({"project": "PMOS"},),
    "jira_create_component": ({"project": "PMOS", "name": "Docs", "lead": "Alex Rivera"},),
    "jira_update_component": ({"project": "PMOS", "component": "Quality", "lead": "me"},),
    "jira_delete_component": ({"project": "PMOS", "component": "Quality", "move_to": "Agents", "confirm": True},),
    "jira_list_watchers": ({"key": "PMOS-34"},),
    "jira_watch_issue": (
        {"key": "PMOS-40", "people": ["Alex Rivera"]},
        {"key": "PMOS-40", "action": "unwatch"},
    ),
    "jira_vote_issue": ({"key": "PMOS-40"}, {"key": "PMOS-34", "action": "unvote"}),
    "jira_list_members": ({"project": "PMOS"}, {"project": "RISK"}),
    "jira_list_filters": ({}, {"whose": "mine"}, {"whose": "favourites"}, {"owner": "Alex Rivera"}),
    "jira_get_filter": ({"filter": "10001"}, {"filter": "Nova"}),
    "jira_create_filter": (
        {"name": "New", "jql": "project = PMOS", "favourite": True},
        {"name": "New", "jql": "issuetype = Stroy"},
        {"name": "New", "jql": "status = Doen"},
    ),
    "jira_update_filter": (
        {"filter": "10001", "name": "Planned", "jql": "project = PMOS", "favourite": "no"},
        {"filter": "10003", "name": "Not mine"},
    ),
    "jira_delete_filter": ({"filter": "10001", "confirm": True},),
    "jira_list_dashboards": ({"gadgets": True}, {"owner": "Alex Rivera"}),
}
"""For each tool calls that between them lead to all requests that it can make."""
