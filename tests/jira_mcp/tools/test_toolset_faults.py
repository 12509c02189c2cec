"""Every way in which Jira may fail, for the tools for releases, people and filters: reads repeated, writes not."""

from pathlib import Path

import httpx2
import pytest

from connector_kit.testing.families import Family, Recordings, record_all
from connector_kit.testing.faults import FaultCase
from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox.app import Sandbox

from .conversation import Conversation, converse
from .families import API, visit
from .test_faults import CASES, complaints_of_all

pytestmark = pytest.mark.anyio

_VERSION = {"project": "PMOS", "version": "0.4"}
_COMPONENT = {"project": "PMOS", "component": "Quality"}
FAMILIES = (
    Family("project", "jira_get_project", {"project": "PMOS"}, "GET", f"{API}/project/PMOS", writes=False),
    Family("versions", "jira_list_versions", {"project": "PMOS"}, "GET", f"{API}/project/PMOS/version", writes=False),
    Family("version", "jira_get_version", _VERSION, "GET", f"{API}/version/10003", writes=False),
    Family("new version", "jira_create_version", {"project": "PMOS", "name": "0.5"}, "POST", f"{API}/version"),
    Family(
        "release",
        "jira_update_version",
        {**_VERSION, "action": "release", "unresolved": "1.0"},
        "PUT",
        f"{API}/version/10003",
    ),
    Family(
        "no version",
        "jira_delete_version",
        {**_VERSION, "confirm": True},
        "POST",
        f"{API}/version/10003/removeAndSwap",
    ),
    Family(
        "components", "jira_list_components", {"project": "PMOS"}, "GET", f"{API}/project/PMOS/component", writes=False
    ),
    Family("new component", "jira_create_component", {"project": "PMOS", "name": "Docs"}, "POST", f"{API}/component"),
    Family("component", "jira_update_component", {**_COMPONENT, "name": "Q"}, "PUT", f"{API}/component/10003"),
    Family(
        "no component", "jira_delete_component", {**_COMPONENT, "confirm": True}, "DELETE", f"{API}/component/10003"
    ),
    Family("watchers", "jira_list_watchers", {"key": "PMOS-34"}, "GET", f"{API}/issue/PMOS-34/watchers", writes=False),
    Family("watch", "jira_watch_issue", {"key": "PMOS-40"}, "POST", f"{API}/issue/PMOS-40/watchers"),
    Family(
        "unwatch",
        "jira_watch_issue",
        {"key": "PMOS-40", "action": "unwatch"},
        "DELETE",
        f"{API}/issue/PMOS-40/watchers",
    ),
    Family("vote", "jira_vote_issue", {"key": "PMOS-40"}, "POST", f"{API}/issue/PMOS-40/votes"),
    Family("filters", "jira_list_filters", {}, "GET", f"{API}/filter/search", writes=False),
    Family("new filter", "jira_create_filter", {"name": "New", "jql": "project = PMOS"}, "POST", f"{API}/filter"),
    Family("filter", "jira_update_filter", {"filter": "10001", "name": "Planned"}, "PUT", f"{API}/filter/10001"),
    Family("no filter", "jira_delete_filter", {"filter": "10001", "confirm": True}, "DELETE", f"{API}/filter/10001"),
    Family("dashboards", "jira_list_dashboards", {}, "GET", f"{API}/dashboard/search", writes=False),
)


@pytest.fixture(scope="module")
def recorded(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """The exchanges of each family's call with a healthy site."""
    return record_all(FAMILIES, visit, seeded, tmp_path_factory.mktemp("recorded"))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_fault_is_told_and_a_write_is_never_sent_twice(
    case: FaultCase, recorded: Recordings, tmp_path: Path
) -> None:
    assert not (found := await complaints_of_all(FAMILIES, recorded, case, tmp_path)), "\n".join(found)


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
@pytest.mark.parametrize(
    "body", [[1, "x"], {"values": {"a": 1}, "queries": 7, "watchers": [None], "actors": "x", "gadgets": 1, "id": [2]}]
)
async def test_an_answer_that_makes_no_sense_is_no_crash(
    family: Family, body: object, site: Sandbox, jira: Conversation
) -> None:
    await break_it(site, family.path, family.method, count=20, status=200, body=body)
    await jira.attempt(family.tool, family.arguments)
    assert '"crash"' not in jira.audit_text()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_who_may_not_see_the_roles_of_a_project_is_told_what_to_try(
    status: int, site: Sandbox, jira: Conversation
) -> None:
    await break_it(site, f"{API}/project/PMOS/role", "GET", status=status)
    text = await jira.refused("jira_list_members", project="PMOS")
    assert "members of PMOS to its administrators only" in text
    assert "jira_search_users with project=PMOS" in text


async def test_a_token_that_is_not_good_is_told_as_that_where_roles_are_asked(
    site: Sandbox, jira: Conversation
) -> None:
    await break_it(site, f"{API}/project/PMOS", "GET", count=5, status=401)
    assert "API token" in await jira.refused("jira_list_members", project="PMOS")


async def test_votes_that_are_switched_off_do_not_hide_the_watchers(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, f"{API}/issue/PMOS-34/votes", "GET", status=404)
    text = await jira.ask("jira_list_watchers", key="PMOS-34")
    assert "watched by 4" in text
    assert "voting is switched off" in text


@pytest.mark.parametrize(
    ("status", "said", "step"),
    [(500, "perhaps not changed", "look: jira_get_filter"), (403, "not changed", "403 (Forbidden)")],
)
async def test_a_filter_that_was_saved_but_not_starred_is_told_as_that(
    site: Sandbox, jira: Conversation, status: int, said: str, step: str
) -> None:
    await break_it(site, f"{API}/filter/10100/favourite", "PUT", count=5, status=status)
    text = await jira.ask("jira_create_filter", name="New", jql="project = PMOS", favourite=True)
    assert text.startswith("created filter")
    assert f"Only the star was {said}: " in text
    assert step in text


async def test_of_several_watchers_those_that_jira_refuses_are_told(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, f"{API}/issue/PMOS-40/watchers", "POST", status=403, body={"errorMessages": ["No."]})
    text = await jira.ask("jira_watch_issue", key="PMOS-40", people=["Alex Rivera", "me"])
    assert "watching now: Human PM" in text
    assert "Alex Rivera not: Jira answered 403" in text


async def test_what_was_read_before_a_write_is_not_believed_after_it(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site)) as jira:
        assert "0.5" not in await jira.ask("jira_get_project", project="PMOS")
        await jira.ask("jira_create_version", project="PMOS", name="0.5")
        assert "0.5" in await jira.ask("jira_get_project", project="PMOS")
        assert "0.5" in await jira.ask("jira_list_versions", project="PMOS")
