"""Bulk work on one of two sites: tokens and tasks are of their site, and answers say so."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector_kit.access import Access
from connector_kit.testing.sandboxes import Internet
from jira_mcp.client import bulk_tasks
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings

from .bulk_calls import preview
from .conversation import SITE, Conversation, converse
from .test_sites import OPS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def both(site: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Conversation]:
    """A session with two sites, both of the test's own."""
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))
    ops = create_app(tmp_path / "ops.sqlite3", site_url=OPS, data="ops")
    given = {"sandbox": True, "access": Access.DELETE, "sites": OPS, "toolsets": ("bulk",)}
    settings = JiraSettings.model_validate(given)
    async with converse(tmp_path / "c", transport=Internet({SITE: site, OPS: ops}), settings=settings) as jira:
        yield jira
    ops.close()


async def test_what_was_shown_of_a_site_is_run_on_that_site(both: Conversation) -> None:
    change = {"labels": {"add": ["bulk"]}}
    text, token = await preview(both, "jira_update_issues", keys=["PMOS-1"], fields=change, site="ops")
    assert f"with run={token} and site=ops alone" in text
    assert "is no token" in await both.refused("jira_update_issues", run=token)
    assert "edited 1 issue (task 10641): PMOS-1" in await both.ask("jira_update_issues", run=token, site="ops")
    assert "not a bulk operation task" in await both.refused("jira_get_bulk_task", task="10641")
    assert "PMOS-1" in await both.ask("jira_get_bulk_task", task="10641", site="ops")
    assert "bulk" not in await both.ask("jira_get_issue", key="PMOS-1", include=[])
    assert re.search(r"labels: .*bulk", await both.ask("jira_get_issue", key="PMOS-1", include=[], site="ops"))
