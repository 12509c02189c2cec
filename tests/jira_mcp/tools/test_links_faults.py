"""Histories, links and Git events when Jira is unwell: told in words, reads repeated, writes not."""

import json
from typing import Any

import pytest

from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox.app import Sandbox

from .conversation import Conversation
from .test_agile_faults import sent

pytestmark = pytest.mark.anyio

API = "/rest/api/3"
REMOTE = f"{API}/issue/PMOS-40/remotelink"
EVENT = {"event": "branch_created", "branch": "PMOS-40"}
PULL = "https://example.org/a/pull/1"
READS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("jira_get_history", {"key": "PMOS-5"}, f"{API}/issue/PMOS-5/changelog"),
    ("jira_get_status_times", {"keys": ["PMOS-5"]}, f"{API}/issue/bulkfetch"),
    ("jira_get_status_times", {"keys": ["PMOS-5"]}, f"{API}/changelog/bulkfetch"),
    ("jira_get_status_times", {"jql": "key = PMOS-5"}, f"{API}/search/jql"),
    ("jira_get_status_times", {"keys": ["PMOS-5"]}, f"{API}/status"),
    ("jira_list_link_types", {}, f"{API}/issueLinkType"),
    ("jira_list_remote_links", {"key": "PMOS-40"}, REMOTE),
    ("jira_get_dependencies", {"key": "PMOS-30"}, f"{API}/issue/bulkfetch"),
    ("jira_get_dependencies", {"key": "PMOS-30"}, f"{API}/search/jql"),
    ("jira_apply_git_event", {**EVENT, "dry_run": True}, f"{API}/issue/bulkfetch"),
    ("jira_apply_git_event", {**EVENT, "dry_run": True}, f"{API}/issue/PMOS-40/transitions"),
    ("jira_apply_git_event", {**EVENT, "dry_run": True, "url": PULL}, REMOTE),
)
WRITES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("jira_remove_link", {"from_key": "PMOS-36", "to_key": "PMOS-35"}, "DELETE", f"{API}/issueLink/"),
    ("jira_add_remote_link", {"key": "PMOS-40", "url": PULL}, "POST", REMOTE),
    ("jira_apply_git_event", EVENT, "POST", f"{API}/issue/PMOS-40/transitions"),
    ("jira_apply_git_event", {**EVENT, "url": PULL}, "POST", REMOTE),
)
SENSELESS = (
    '"<html>"',
    '[1, "x", null]',
    '{"issues": {}, "values": "none", "total": "many", "issueChangeLogs": 5, "issueLinkTypes": 7, "transitions": 1}',
    '{"issues": [{}, {"key": 5}], "values": [[], {}], "total": 3, "issueChangeLogs": [{"changeHistories": [[]]}]}',
    '{"issues": [{"key": "PMOS-40", "fields": {"status": 5, "created": {}, "issuelinks": [[], {"type": 1}]}}]}',
)
IDS = [f"{tool} {path.removeprefix(API)}" for tool, _, path in READS]


@pytest.mark.parametrize(("tool", "arguments", "path"), READS, ids=IDS)
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_read_is_repeated_until_it_succeeds(
    tool: str, arguments: dict[str, Any], path: str, status: int, site: Sandbox, jira: Conversation
) -> None:
    await break_it(site, path, status=status, retry_after=0)
    text = await jira.ask(tool, **arguments)
    assert text
    assert any(each.status == status for each in jira.exchanges)


@pytest.mark.parametrize(("tool", "arguments", "path"), READS, ids=IDS)
@pytest.mark.parametrize("body", SENSELESS, ids=["html", "list", "wrong types", "empty objects", "wrong fields"])
async def test_an_answer_that_makes_no_sense_is_no_crash(
    tool: str, arguments: dict[str, Any], path: str, body: str, site: Sandbox, jira: Conversation
) -> None:
    await break_it(site, path, count=20, status=200, body=json.loads(body))
    await jira.attempt(tool, arguments)
    assert '"crash"' not in "".join(each.read_text() for each in jira.audit_folder.glob("*.jsonl"))


@pytest.mark.parametrize(("tool", "arguments", "method", "path"), WRITES, ids=[f"{w[0]} {w[3]}" for w in WRITES])
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 200, "body": "<html>"}], ids=["500", "garbage"])
async def test_a_write_whose_outcome_is_unknown_is_not_repeated(
    tool: str,
    arguments: dict[str, Any],
    method: str,
    path: str,
    fault: dict[str, Any],
    site: Sandbox,
    jira: Conversation,
) -> None:
    if path.endswith("/issueLink/"):
        path += await link_number(jira)
    await break_it(site, path, method, count=5, **fault)
    text, is_error = await jira.attempt(tool, arguments)
    assert sent(jira, path, method) == 1
    if is_error or "failed" in text:
        assert "Before repeating it, look: jira_" in text


async def link_number(jira: Conversation) -> str:
    """The id of the link from PMOS-35 to PMOS-36."""
    await jira.ask("jira_get_issue", key="PMOS-36", include=[])
    links = json.loads(jira.exchanges[-1].response_body)["fields"]["issuelinks"]
    return next(link["id"] for link in links if link.get("inwardIssue", {}).get("key") == "PMOS-35")


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "jira answered 400"), (401, "token"), (403, "permission"), (404, "jira"), (409, "read the issue again")],
)
@pytest.mark.parametrize(("tool", "arguments", "method", "path"), WRITES[1:], ids=[w[0] + w[3] for w in WRITES[1:]])
async def test_a_refusal_is_told(
    tool: str,
    arguments: dict[str, Any],
    method: str,
    path: str,
    status: int,
    said: str,
    site: Sandbox,
    jira: Conversation,
) -> None:
    await break_it(site, path, method, count=5, status=status)
    text, is_error = await jira.attempt(tool, arguments)
    assert is_error or "failed: " in text
    assert said in text.lower()


async def test_adding_a_remote_link_again_after_a_doubt_makes_no_second_one(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, REMOTE, "POST", status=500)
    text = await jira.refused("jira_add_remote_link", key="PMOS-40", url=PULL)
    assert "adding it again does no harm" in text
    await jira.ask("jira_add_remote_link", key="PMOS-40", url=PULL)
    await jira.ask("jira_add_remote_link", key="PMOS-40", url=PULL)
    assert (await jira.ask("jira_list_remote_links", key="PMOS-40")).count(PULL) == 1
