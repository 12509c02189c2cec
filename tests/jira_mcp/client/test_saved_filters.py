"""Saved filters while others work on them, and names that only resemble theirs."""

from typing import Any

import httpx2
import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client import JiraClient

pytestmark = pytest.mark.anyio
MINE = "10001"
NEWER = "project = PMOS AND labels = roadmap"


@pytest.fixture
def browser(sandbox_transport: httpx2.ASGITransport) -> httpx2.AsyncClient:
    """The same account at work elsewhere."""
    who = httpx2.BasicAuth("human.pm@pm-os.example", "sandbox-token-human-pm")
    return httpx2.AsyncClient(transport=sandbox_transport, base_url="http://site/rest/api/3", auth=who)


async def test_what_was_changed_elsewhere_meanwhile_stays(jira: JiraClient, browser: httpx2.AsyncClient) -> None:
    known = await jira.saved_filter(MINE)
    body: dict[str, Any] = {"name": known.name, "jql": NEWER, "description": "Changed in the browser"}
    async with browser:
        assert (await browser.put(f"/filter/{MINE}", json=body)).status_code == 200
    done, _ = await jira.update_filter(known.name, name="Planned")
    assert (done.name, done.jql, done.description) == ("Planned", NEWER, "Changed in the browser")


async def test_a_part_of_a_name_is_enough_to_read_but_not_to_write(jira: JiraClient) -> None:
    whole = (await jira.saved_filter("what is planned")).name
    assert whole == "PM OS: what is planned"
    with pytest.raises(InvalidInput, match=r"no filter called 'what is planned'.*Nothing was changed"):
        await jira.update_filter("what is planned", jql=NEWER)
    with pytest.raises(InvalidInput, match="PM OS: what is planned"):
        await jira.delete_filter("what is planned")
    assert (await jira.saved_filter(MINE)).name == whole
    assert (await jira.update_filter(whole.upper(), jql=NEWER))[0].jql == NEWER
