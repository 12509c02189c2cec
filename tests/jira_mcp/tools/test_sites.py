"""Two sites in one session: the same keys on both, and nothing of one is taken for the other's."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp_types import TextContent, TextResourceContents

from connector_kit.access import Access
from connector_kit.testing.contract import catalogue
from connector_kit.testing.sandboxes import Internet
from jira_mcp.sandbox import SECOND_CLOUD_ID, create_app
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.server import SERVER
from jira_mcp.settings import JiraSettings

from .calls import CALLS
from .conversation import ERAS, SITE, Conversation, answering, converse, cursor_in, rows
from .toolset_calls import CALLS as TOOLSET_CALLS

pytestmark = pytest.mark.anyio
OPS = "https://ops.sandbox.invalid"
BOTH = pytest.mark.parametrize("mode", ERAS)


@pytest.fixture(scope="session")
def seeded_ops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("seeded-ops") / "jira.sqlite3"
    create_app(database, site_url=OPS, data="ops").close()
    return database


@pytest.fixture
def ops(seeded_ops: Path, tmp_path: Path) -> Iterator[Sandbox]:
    database = tmp_path / "ops.sqlite3"
    shutil.copyfile(seeded_ops, database)
    site = create_app(database, site_url=OPS, data="ops")
    yield site
    site.close()


@pytest.fixture
def internet(library: Sandbox, ops: Sandbox) -> Internet:
    """The usual site, which is only read here, and a second one of the test's own."""
    return Internet({SITE: library, OPS: ops})


def settings(**more: Any) -> JiraSettings:
    given = {"sandbox": True, "access": Access.DELETE, "sites": OPS, "toolsets": SERVER.toolset.optional}
    return JiraSettings.model_validate({**given, **more})


@pytest.fixture
async def jira(internet: Internet, tmp_path: Path) -> AsyncIterator[Conversation]:
    async with converse(tmp_path, transport=internet, settings=settings()) as jira:
        yield jira


async def test_the_same_key_is_another_issue_on_the_other_site(jira: Conversation) -> None:
    usual = await jira.ask("jira_get_issue", key="PMOS-1", include=[])
    other = await jira.ask("jira_get_issue", key="PMOS-1", include=[], site="ops")
    assert "# Create directory structure" in usual
    assert f"{SITE}/browse/PMOS-1" in usual
    assert "# Runbook: restoring the workspace" in other
    assert f"{OPS}/browse/PMOS-1" in other
    assert usual.endswith(f"\n(site pm-os: {SITE})")
    assert other.endswith(f"\n(site ops: {OPS})")
    again = await jira.ask("jira_get_issue", key="PMOS-1", include=[])
    assert again == usual, "what one site answered is not kept for the other"
    assert [record["site"] for record in jira.audited()] == ["pm-os", "ops", "pm-os"]


async def test_an_issue_of_one_site_only_is_told_with_the_other_as_a_possibility(jira: Conversation) -> None:
    told = await jira.refused("jira_get_issue", key="PMOS-30", site="ops")
    assert f"(site ops: {OPS}; not looked for on pm-os ({SITE}))" in told


def with_links(arguments: dict[str, Any], site: str) -> dict[str, Any] | None:
    """The arguments with links to issues of a site in the place of their keys; None if there are no keys."""
    text = json.dumps(arguments)
    linked = re.sub(r'"([A-Z]+-[0-9]+)"', rf'"{site}/browse/\1"', text)
    return None if linked == text else json.loads(linked)


KEYED = [
    (tool, linked)
    for table in (CALLS, TOOLSET_CALLS)
    for tool, calls in table.items()
    for arguments in calls
    if (linked := with_links(arguments, OPS))
]


def test_every_tool_that_takes_keys_is_tried_with_links() -> None:
    keys = {"key", "keys", "from_key", "to_key", "parent", "epic"}
    taking = {tool.name for tool in catalogue(SERVER) if keys & tool.input_schema["properties"].keys()}
    assert taking <= {tool for tool, _ in KEYED}


@pytest.mark.parametrize(("tool", "arguments"), KEYED, ids=[tool for tool, _ in KEYED])
async def test_a_link_into_the_other_site_is_refused_with_its_name(
    jira: Conversation, tool: str, arguments: dict[str, Any]
) -> None:
    told, _ = await jira.attempt(tool, arguments)
    assert "It is on the site ops: call again with site='ops'." in told
    assert [each.url for each in jira.exchanges if each.method != "GET" and "/search" not in each.url] == []
    assert not any(OPS in each.url for each in jira.exchanges)
    unknown = json.loads(json.dumps(arguments).replace(OPS, "https://other.atlassian.net"))
    told, _ = await jira.attempt(tool, unknown)
    assert "The user can add the link's site with JIRA_SITES" in told


async def test_a_link_on_the_other_site_is_read_there(jira: Conversation) -> None:
    link = f"{OPS}/browse/PMOS-1"
    assert "# Runbook" in await jira.ask("jira_get_issue", key=link, site="ops")


async def test_a_file_of_the_other_site_is_not_taken_for_one_of_this(jira: Conversation) -> None:
    link = f"{OPS}/rest/api/3/attachment/content/10000"
    for tool in ("jira_get_attachment", "jira_delete_attachment"):
        told = await jira.refused(tool, key="PMOS-1", attachment=link, **({} if "get" in tool else {"confirm": True}))
        assert "That file is not on this call's site" in told
        assert "call again with site='ops'" in told


async def test_with_one_site_a_link_elsewhere_is_not_read_here(library: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library)) as jira:
        told = await jira.refused("jira_get_issue", key=f"{OPS}/browse/PMOS-1")
        assert f"This server reaches {SITE}. The user can add the link's site with JIRA_SITES" in told
        assert jira.exchanges == []
        assert "PMOS-1" in await jira.ask("jira_get_issue", key=f"{SITE}/browse/PMOS-1")
        assert "site pm-os" not in jira.audit_text()


@BOTH
async def test_a_list_goes_on_only_on_its_site(internet: Internet, tmp_path: Path, mode: str) -> None:
    async with converse(tmp_path, transport=internet, settings=settings(), mode=mode) as jira:
        first = await jira.ask("jira_search_issues", project="PMOS", limit=2, site="ops")
        cursor = cursor_in(first)
        assert cursor
        for wrong in ({}, {"site": "pm-os"}):
            told = await jira.refused("jira_search_issues", project="PMOS", limit=2, cursor=cursor, **wrong)
            assert "belongs to another site's list" in told
        rest = await jira.ask("jira_search_issues", project="PMOS", limit=2, cursor=cursor, site="ops")
        assert [row[0] for row in rows(first) + rows(rest)] == ["PMOS-3", "PMOS-2", "PMOS-1"]


async def test_what_was_shown_of_one_site_is_run_there_only(jira: Conversation) -> None:
    shown = await jira.ask("jira_update_issues", jql="project = PMOS", fields={"priority": "High"}, site="ops")
    token = shown.partition("run=")[2].split()[0]
    assert f"jira_update_issues with run={token} and site=ops alone" in shown
    told = await jira.refused("jira_update_issues", run=token)
    assert "is no token of a preview on the site pm-os; pass the site with which it was given" in told
    assert "High" not in await jira.ask("jira_get_issue", key="PMOS-3", include=[], site="ops")
    await jira.ask("jira_update_issues", run=token, site="ops")
    assert "priority: High" in await jira.ask("jira_get_issue", key="PMOS-3", include=[], site="ops")


async def test_issues_and_projects_of_both_sites_can_be_attached(jira: Conversation) -> None:
    for address, told in (
        ("jira://issue/PMOS-2", "Identity Layer"),
        ("jira://ops/issue/PMOS-2", "an agent that does not answer"),
        ("jira://ops/project/PMOS", "On-call rota"),
    ):
        [content] = (await jira.client.read_resource(address)).contents
        assert isinstance(content, TextResourceContents)
        assert told in content.text


@BOTH
async def test_the_question_before_a_deletion_names_the_site(internet: Internet, tmp_path: Path, mode: str) -> None:
    questions: list[str] = []
    person = answering("accept", questions=questions)
    async with converse(tmp_path, transport=internet, settings=settings(), mode=mode, elicitation=person) as jira:
        await jira.ask("jira_delete_issue", key="PMOS-3", site="ops")
        assert "PMOS-3" in await jira.ask("jira_get_issue", key="PMOS-3", include=[])
        await jira.refused("jira_get_issue", key="PMOS-3", site="ops")
    assert questions == [f'On ops ({OPS}): Delete Story PMOS-3 "On-call rota for March" (Backlog) for good?']


async def test_what_is_written_on_one_site_is_on_that_site(jira: Conversation) -> None:
    made = await jira.ask("jira_create_issue", project="PMOS", type="Task", summary="Only here", site="ops")
    assert f"created PMOS-4 {OPS}/browse/PMOS-4" in made
    assert "Only here" in await jira.ask("jira_get_issue", key="PMOS-4", site="ops")
    assert "Only here" not in await jira.ask("jira_get_issue", key="PMOS-4")


async def test_the_allowed_projects_are_those_of_the_site(internet: Internet, tmp_path: Path) -> None:
    limited = settings(projects="PMOS,ops/DESK")
    async with converse(tmp_path, transport=internet, settings=limited) as jira:
        assert "PMOS-1" in await jira.ask("jira_get_issue", key="PMOS-1")
        assert "DESK-1" in await jira.ask("jira_get_issue", key="DESK-1", site="ops")
        for key, site in (("PMOS-1", "ops"), ("DESK-1", "pm-os")):
            told = await jira.refused("jira_get_issue", key=key, site=site)
            assert "outside of the projects that JIRA_PROJECTS allows" in told
        listed = {site: await jira.ask("jira_list_projects", site=site) for site in ("pm-os", "ops")}
        assert [row[0] for row in rows(listed["pm-os"])] == ["PMOS"]
        assert [row[0] for row in rows(listed["ops"])] == ["DESK"]
        found = await jira.ask("jira_search_issues", jql="created is not EMPTY", site="ops")
        assert {row[0] for row in rows(found)} == {"DESK-1", "DESK-2"}


async def test_a_site_that_is_down_leaves_the_other_alone(internet: Internet, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=internet, settings=settings()) as jira:
        internet.down.add("ops.sandbox.invalid")
        told = await jira.refused("jira_get_issue", key="PMOS-1", site="ops")
        assert f"(site ops: {OPS})" in told
        assert "PMOS-1" in await jira.ask("jira_get_issue", key="PMOS-1")
        internet.down.clear()
        assert "Runbook" in await jira.ask("jira_get_issue", key="PMOS-1", site="ops")


async def test_many_calls_to_both_sites_at_once_stay_apart(jira: Conversation) -> None:
    async def read(number: int) -> None:
        site, key, told = (("pm-os", "PMOS-2", "Identity Layer"), ("ops", "PMOS-2", "an agent that does not answer"))[
            number % 2
        ]
        answer = await jira.ask("jira_get_issue", key=key, include=[], site=site)
        assert told in answer
        assert f"(site {site}:" in answer

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(read, number)


async def test_every_tool_takes_the_site(jira: Conversation) -> None:
    tools = (await jira.client.list_tools()).tools
    assert len(tools) == len(SERVER.toolset)
    for tool in tools:
        assert tool.input_schema["properties"]["site"]["enum"] == ["pm-os", "ops"]
    assert f"There are 2 sites: pm-os ({SITE}), ops ({OPS})" in str(jira.client.instructions)


async def test_the_second_sandbox_is_a_site_of_its_own(ops: Sandbox) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(ops), base_url=OPS) as http:
        assert (await http.get("/_edge/tenant_info")).json() == {"cloudId": SECOND_CLOUD_ID}
        assert (await http.get("/rest/api/3/serverInfo")).json()["baseUrl"] == OPS


async def test_every_answer_of_several_parts_tells_the_site_last(jira: Conversation) -> None:
    result = await jira.client.call_tool("jira_list_projects", {"site": "ops"})
    last = result.content[-1]
    assert isinstance(last, TextContent)
    assert last.text.endswith(f"(site ops: {OPS})")
