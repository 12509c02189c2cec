"""What is asked of each server in a full run: texts are written, and secrets and addresses are in the arguments."""

from typing import Any

from .planted import Planted

Calls = list[tuple[str, dict[str, Any]]]


def calls_of(service: str, planted: Planted) -> Calls:
    """Tools and arguments; some of them are wrong."""
    return {"jira": _jira, "confluence": _confluence, "slack": _slack, "snowflake": _snowflake}[service](planted)


def _jira(planted: Planted) -> Calls:
    text, mail, token = planted.text("issue"), planted.address("asked"), planted.secret("jira")
    return [
        ("jira_search_users", {"query": mail}),
        ("jira_create_issue", {"project": "PMOS", "type": "Task", "summary": text, "description": f"{text} {mail}"}),
        ("jira_search_issues", {"project": "PMOS", "text": text}),
        ("jira_search_issues", {"jql": f'summary ~ "{text}" AND assignee = "{mail}"'}),
        ("jira_add_comment", {"key": "PMOS-40", "body": f"{planted.text('comment')} {mail}"}),
        ("jira_get_issue", {"key": "PMOS-40"}),
        ("jira_update_issue", {"key": "PMOS-40", "fields": {"assignee": mail, "labels": [text]}}),
        ("jira_get_issue", {"key": f"PMOS-1 {token}"}),
        ("jira_get_issue", {"key": "PMOS-1", token: "x"}),
        ("jira_search_issues", {"jql": f'summary ~ "{token}'}),
        ("jira_get_issue", {"key": mail}),
        (token, {}),
    ]


def _confluence(planted: Planted) -> Calls:
    text, mail, token = planted.text("page"), planted.address("asked"), planted.secret("refresh")
    return [
        ("confluence_search_users", {"query": mail}),
        ("confluence_create_page", {"title": text, "body": f"{planted.text('body')} {mail}", "space": "PMOS"}),
        ("confluence_get_page", {"page": f"PMOS/{text}"}),
        ("confluence_search", {"text": text}),
        ("confluence_search", {"cql": f'text ~ "{text}" AND contributor = "{mail}'}),
        ("confluence_add_comment", {"page": f"PMOS/{text}", "body": f"{planted.text('reply')} {mail}"}),
        ("confluence_get_page", {"page": token}),
        ("confluence_search", {"text": token, token: "x"}),
        ("confluence_update_page", {"page": f"PMOS/{text}", "find": planted.text("body"), "body": planted.text("new")}),
    ]


def _slack(planted: Planted) -> Calls:
    text, mail, token = planted.text("message"), planted.address("asked"), planted.secret("user", "xoxp-")
    return [
        ("slack_search_users", {"query": mail}),
        ("slack_post_message", {"channel": "#pm-os-dev", "text": f"{text} {mail}"}),
        ("slack_read_channel", {"channel": "#pm-os-dev"}),
        ("slack_search_messages", {"query": text}),
        ("slack_post_alert", {"channel": "#pm-os-alerts", "title": planted.text("alert"), "text": mail}),
        ("slack_post_message", {"channel": mail, "text": text}),
        ("slack_read_channel", {"channel": token}),
        ("slack_post_message", {"channel": "#pm-os-dev", "text": text, token: "x"}),
    ]


def _snowflake(planted: Planted) -> Calls:
    text, mail, token = planted.text("row"), planted.address("asked"), planted.secret("pat")
    insert = f"INSERT INTO artifact_catalog (artifact_id, artifact_name) VALUES (4711, '{text} {mail}')"  # noqa: S608
    return [
        ("snowflake_run_query", {"sql": f"SELECT '{text}' AS said, '{mail}' AS who"}),
        ("snowflake_run_query", {"sql": f"SELEC '{text}' {mail}"}),
        ("snowflake_run_query", {"sql": f'DESCRIBE TABLE "{text}"'}),
        ("snowflake_run_change", {"sql": insert}),
        ("snowflake_run_change", {"sql": insert, "run": token}),
        ("snowflake_list_objects", {"kind": "tables", "like": text, "within": "NOWHERE"}),
        ("snowflake_run_query", {"sql": "SELECT 1", token: "x"}),
    ]
