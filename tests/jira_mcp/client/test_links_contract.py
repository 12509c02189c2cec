"""What the client sends for histories, links, dependencies and Git events, held against Atlassian's description."""

from urllib.parse import urlsplit

import pytest

from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder, complaints
from connector_kit.testing.specs import REASON
from jira_mcp.client import JiraClient

from ..named_operations import operations

pytestmark = pytest.mark.anyio
MODULES = ("history.py", "statuses.py", "status_times.py", "remote_links.py", "dependencies.py", "git_events.py")


async def use_everything(jira: JiraClient) -> None:
    """Call every method that these modules have."""
    first = await jira.history("PMOS-5", fields=("status",), person="me", since="2026-01-01", until="1h", limit=1)
    await jira.history("PMOS-5", limit=1)
    assert first.cursor is None
    await jira.status_times(["PMOS-5", "PMOS-4711"])
    await jira.status_times(jql="project = PMOS", limit=2)
    await jira.dependencies("PMOS-30")
    await jira.dependencies(sprint="open", side="blockers")
    await jira.add_remote_link("PMOS-40", "https://example.org/a", title="A", relation="design", summary="said")
    await jira.add_remote_link("PMOS-40", "https://example.org/" + "x" * 500, resolved=True)
    await jira.add_remote_link("PMOS-40", "https://example.org/a", title="B", resolved=True)
    await jira.remote_links("PMOS-40")
    await jira.remove_remote_link("PMOS-40", "https://example.org/a")
    await jira.remove_link("PMOS-36", "PMOS-35")
    for event in ("branch_created", "pull_request_opened", "pull_request_merged"):
        await jira.apply_git_event(event, branch="PMOS-40", url="https://example.org/pull/1")


async def test_every_request_fits_the_description_of_the_platform(
    jira: JiraClient, recorder: Recorder, platform: Contract | None
) -> None:
    if platform is None:
        pytest.skip(REASON)
    await use_everything(jira)
    assert complaints(platform, recorder) == []
    used = {
        (exchange.method, platform.operation(exchange.method, urlsplit(exchange.url).path))
        for exchange in recorder.exchanges
    }
    issue = "/rest/api/3/issue/{issueIdOrKey}"
    assert used >= {
        ("GET", f"{issue}/changelog"),
        ("POST", "/rest/api/3/changelog/bulkfetch"),
        ("POST", "/rest/api/3/issue/bulkfetch"),
        ("POST", "/rest/api/3/search/jql"),
        ("GET", f"{issue}/remotelink"),
        ("POST", f"{issue}/remotelink"),
        ("DELETE", f"{issue}/remotelink/{{linkId}}"),
        ("DELETE", "/rest/api/3/issueLink/{linkId}"),
        ("POST", f"{issue}/transitions"),
    }
    assert operations(*MODULES) == {
        "bulk_fetch_issues",
        "create_or_update_remote_issue_link",
        "delete_issue_link",
        "delete_remote_issue_link_by_id",
        "get_bulk_changelogs",
        "get_change_logs",
        "get_issue",
        "get_remote_issue_links",
        "get_statuses",
        "get_transitions",
    }, "every operation that is named is used above"


async def test_reads_cost_few_requests_and_are_kept_a_while(jira: JiraClient, recorder: Recorder) -> None:
    await jira.history("PMOS-5", limit=1)
    assert len(recorder.exchanges) == 1
    await jira.history("PMOS-5", limit=5, newest=False)
    await jira.remote_links("PMOS-5")
    await jira.remote_links("PMOS-5")
    assert len(recorder.exchanges) == 2
    await jira.add_remote_link("PMOS-5", "https://example.org/a")
    assert [link.url for link in await jira.remote_links("PMOS-5")] == ["https://example.org/a"]
