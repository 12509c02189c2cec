"""Every text that a tool takes, found in the catalogue, and a call in which all else is in order."""

from typing import Any

from connector_kit.testing import texts
from connector_kit.testing.texts import Spot
from jira_mcp.server import SERVER

IN_ORDER: dict[str, dict[str, Any]] = {
    "jira_search_issues": {"project": "PMOS", "limit": 3},
    "jira_get_issue": {"key": "PMOS-5"},
    "jira_list_projects": {},
    "jira_list_issue_types": {"project": "PMOS"},
    "jira_list_fields": {"project": "PMOS", "type": "Story"},
    "jira_search_users": {"query": "Alex"},
    "jira_create_issue": {"project": "PMOS", "type": "Task", "summary": "In order"},
    "jira_create_issues": {"project": "PMOS", "issues": [{"type": "Task", "summary": "In order"}]},
    "jira_update_issue": {"key": "PMOS-40", "fields": {"summary": "In order"}},
    "jira_transition_issue": {"key": "PMOS-40", "status": "In Progress"},
    "jira_add_comment": {"key": "PMOS-40", "body": "In order."},
    "jira_list_comments": {"key": "PMOS-8"},
    "jira_update_comment": {"key": "PMOS-8", "comment_id": "10003", "body": "In order."},
    "jira_delete_comment": {"key": "PMOS-8", "comment_id": "10003", "confirm": False},
    "jira_add_worklog": {"key": "PMOS-40", "time_spent": "1h"},
    "jira_list_worklogs": {"key": "PMOS-8"},
    "jira_update_worklog": {"key": "PMOS-8", "worklog_id": "10007", "time_spent": "2h"},
    "jira_delete_worklog": {"key": "PMOS-8", "worklog_id": "10007", "confirm": False},
    "jira_get_attachment": {"key": "PMOS-22", "attachment": "velocity.csv"},
    "jira_add_attachment": {"key": "PMOS-40", "text": "In order.", "name": "in-order.txt"},
    "jira_delete_attachment": {"key": "PMOS-22", "attachment": "velocity.csv", "confirm": False},
    "jira_add_link": {"from_key": "PMOS-40", "relation": "blocks", "to_key": "PMOS-39"},
    "jira_delete_issue": {"key": "PMOS-40", "confirm": False},
    "jira_list_boards": {},
    "jira_get_board": {"board": "1"},
    "jira_list_sprints": {"board": "1"},
    "jira_list_board_issues": {"of": "sprint", "board": "1", "limit": 3},
    "jira_get_sprint_report": {"sprint": "Phase 0"},
    "jira_get_capacity": {"board": "1", "sprints": 1},
    "jira_create_sprint": {"name": "In order", "board": "1"},
    "jira_update_sprint": {"sprint": "6", "goal": "In order"},
    "jira_move_issues": {"keys": ["PMOS-40"], "to": "6"},
    "jira_update_issues": {"keys": ["PMOS-40"], "fields": {"labels": ["in-order"]}},
    "jira_transition_issues": {"keys": ["PMOS-40"], "status": "In Progress"},
    "jira_move_issues_to_project": {"keys": ["PMOS-40"], "project": "NOVA"},
    "jira_delete_issues": {"keys": ["PMOS-40"]},
    "jira_get_bulk_task": {"task": "10641", "wait": False},
    "jira_get_history": {"key": "PMOS-40"},
    "jira_get_status_times": {"keys": ["PMOS-40"]},
    "jira_remove_link": {"from_key": "PMOS-36", "to_key": "PMOS-35"},
    "jira_list_remote_links": {"key": "PMOS-40"},
    "jira_add_remote_link": {"key": "PMOS-40", "url": "https://example.org/in/order"},
    "jira_remove_remote_link": {"key": "PMOS-40", "link": "https://example.org/in/order"},
    "jira_get_dependencies": {"key": "PMOS-40"},
    "jira_apply_git_event": {"event": "branch_created", "branch": "feature/PMOS-40-in-order"},
    "jira_get_project": {"project": "PMOS"},
    "jira_list_versions": {"project": "PMOS"},
    "jira_get_version": {"project": "PMOS", "version": "0.4"},
    "jira_create_version": {"project": "PMOS", "name": "In order"},
    "jira_update_version": {"project": "PMOS", "version": "0.4", "description": "In order."},
    "jira_delete_version": {"project": "PMOS", "version": "0.4", "confirm": False},
    "jira_list_components": {"project": "PMOS"},
    "jira_create_component": {"project": "PMOS", "name": "In order"},
    "jira_update_component": {"project": "PMOS", "component": "Quality", "description": "In order."},
    "jira_delete_component": {"project": "PMOS", "component": "Quality", "confirm": False},
    "jira_list_watchers": {"key": "PMOS-34"},
    "jira_watch_issue": {"key": "PMOS-40", "people": ["me"]},
    "jira_vote_issue": {"key": "PMOS-40"},
    "jira_list_members": {"project": "PMOS"},
    "jira_list_filters": {},
    "jira_get_filter": {"filter": "10001"},
    "jira_create_filter": {"name": "In order", "jql": "project = PMOS"},
    "jira_update_filter": {"filter": "10001", "description": "In order."},
    "jira_delete_filter": {"filter": "10001", "confirm": False},
    "jira_list_dashboards": {},
}
"""For each tool, arguments that work."""

SPOTS: list[Spot] = texts.spots(SERVER, of_map="Summary")
READING: list[Spot] = texts.spots(SERVER, of_map="Summary", effects=("reads",))


def with_text(spot: Spot, text: object) -> dict[str, Any]:
    """Arguments that are in order but for `text` at the spot."""
    tool, path = spot
    in_order = {name: value for name, value in IN_ORDER[tool].items() if (name, path) != ("project", "jql")}
    return texts.with_text(in_order, path, text)
