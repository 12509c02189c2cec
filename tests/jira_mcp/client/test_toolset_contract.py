"""What the client sends for releases, people and filters, held against Atlassian's description of the platform."""

import pytest

from connector_kit.errors import NotPermitted
from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder, complaints
from connector_kit.testing.specs import REASON
from jira_mcp.client import JiraClient

from ..conftest import Connect
from ..named_operations import operations, requests_of

pytestmark = pytest.mark.anyio

MODULES = (
    "components.py",
    "dashboards.py",
    "members.py",
    "parts.py",
    "releasing.py",
    "saved_filters.py",
    "versions.py",
    "votes.py",
    "watchers.py",
)
FAVOURITES = ("set_favourite_for_filter", "delete_favourite_for_filter")
"""Operations that the modules name before they are called."""


async def use_everything(jira: JiraClient) -> None:
    """Call every method of these modules."""
    page = await jira.versions("PMOS", "0", state="unreleased", limit=1)
    await jira.versions("PMOS", "0", state="unreleased", limit=1, cursor=page.cursor)
    await jira.version_detail("PMOS", "0.4", limit=2)
    made = await jira.create_version("PMOS", "0.5", description="Next", start="2036-01-01", release="2036-02-01")
    await jira.update_version("PMOS", made.id, name="0.5.0", start="2036-01-02", description="none")
    await jira.update_version("PMOS", "0.4", action="release", unresolved="0.5.0", release="2036-01-05")
    for action in ("archive", "unarchive", "unrelease"):
        await jira.update_version("PMOS", "0.4", action=action)
    await jira.delete_version("PMOS", "0.5.0", move_to="0.4")
    await jira.delete_version("PMOS", "0.4")
    await jira.components("PMOS", "a", limit=1)
    await jira.create_component("PMOS", "Docs", description="Texts", lead="me", assignee="component lead")
    await jira.update_component("PMOS", "Docs", lead="none", description="none", assignee="unassigned")
    await jira.component_use("PMOS", "Docs")
    await jira.delete_component("PMOS", "Docs", move_to="Quality")
    await jira.delete_component("PMOS", "Quality")
    await jira.project_detail("PMOS")
    await jira.following("PMOS-34")
    await jira.watch("PMOS-40", ["me", "Alex Rivera"])
    await jira.watch("PMOS-40", stop=True)
    await jira.vote("PMOS-40")
    await jira.vote("PMOS-40", take_back=True)
    await jira.members("PMOS")
    page_of_filters = await jira.saved_filters("o", limit=1)
    await jira.saved_filters("o", limit=1, cursor=page_of_filters.cursor)
    await jira.saved_filters(whose="mine")
    await jira.saved_filters(whose="favourites")
    await jira.saved_filter("10002")
    saved, problem = await jira.create_filter("New", "project = PMOS", description="x", favourite=True)
    assert (saved.favourite, problem) == (True, "")
    await jira.update_filter(saved.id, name="Newer", jql="project = NOVA", favourite=False)
    await jira.delete_filter("Newer")
    await jira.dashboards("a", owner="Alex Rivera", gadgets=True)


async def test_every_request_fits_the_description_and_every_operation_is_used(
    jira: JiraClient, recorder: Recorder, platform: Contract | None
) -> None:
    if platform is None:
        pytest.skip(REASON)
    await use_everything(jira)
    assert complaints(platform, recorder) == []
    used = {(method, platform.operation(method, path)) for method, path in recorder.sent}
    names = {*operations(*MODULES), *FAVOURITES}
    assert len(names) > 25
    named = {(method, platform.operation(method, path)) for method, path in requests_of(names)}
    assert [method for method, template in named if template is None] == []
    assert named - used == set()


async def test_no_scope_or_header_is_needed_to_know_whose_filter_it_is(jira: JiraClient, recorder: Recorder) -> None:
    with pytest.raises(Exception, match="It belongs to Alex Rivera"):
        await jira.update_filter("10003", name="x")
    assert ("GET", "/rest/api/3/myself") not in recorder.sent


@pytest.mark.parametrize("project", ["PMOS", "DESK"])
async def test_a_project_that_is_not_allowed_is_not_asked_for(
    project: str, connected: Connect, recorder: Recorder
) -> None:
    jira = await connected(projects=("NOVA",))
    for call in (
        jira.versions(project),
        jira.version_detail(project, "0.4"),
        jira.create_version(project, "x"),
        jira.components(project),
        jira.create_component(project, "x"),
        jira.project_detail(project),
        jira.members(project),
        jira.following(f"{project}-1"),
        jira.watch(f"{project}-1"),
        jira.vote(f"{project}-1"),
    ):
        with pytest.raises(NotPermitted, match="JIRA_PROJECTS allows: NOVA"):
            await call
    assert recorder.sent == []


async def test_an_issue_that_was_moved_out_of_the_allowed_projects_is_left_alone(
    connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    jira = await connected(projects=("NOVA",))

    async def moved(_asked: str) -> tuple[str, str]:
        return "PMOS-1", "10001"

    monkeypatch.setattr(jira, "_where", moved)
    for call in (jira.following("NOVA-1"), jira.watch("NOVA-1"), jira.vote("NOVA-1")):
        with pytest.raises(NotPermitted, match="JIRA_PROJECTS"):
            await call
