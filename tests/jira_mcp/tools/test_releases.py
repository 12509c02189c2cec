"""Versions, components and projects as a model uses them."""

from pathlib import Path

import httpx2
import pytest

from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.sandbox.visitor import Visitor
from jira_mcp.settings import JiraSettings

from .conversation import SITE, Conversation, answering, converse, cursor_in, rows, tokens

pytestmark = pytest.mark.anyio

URL = f"{SITE}/projects/PMOS/versions"


async def test_versions_are_listed_with_dates_and_progress(reader: Conversation) -> None:
    text = await reader.ask("jira_list_versions", project="pmos")
    assert rows(text)[1:3] == [
        ["10003", "0.4", "unreleased, overdue", "2026-02-03", "2026-02-12", "0 of 11 done", "Integrations"],
        ["10002", "0.3", "released", "2026-02-01", "2026-02-02", "8 of 8 done", "Self-improvement"],
    ]
    assert text.endswith("returned 5 versions; more: no")


async def test_versions_come_in_pages_and_by_state(reader: Conversation) -> None:
    first = await reader.ask("jira_list_versions", project="PMOS", state="released", limit=2)
    assert [row[1] for row in rows(first)] == ["0.3", "0.2"]
    second = await reader.ask("jira_list_versions", project="PMOS", state="released", limit=2, cursor=cursor_in(first))
    assert [row[1] for row in rows(second)] == ["0.1"]
    assert "more: no" in second
    assert await reader.ask("jira_list_versions", project="PMOS", query="nothing like it") == "No version matches."
    assert await reader.ask("jira_list_versions", project="DESK") == "DESK has no version."


async def test_release_notes_are_written_from_a_versions_issues_by_type(reader: Conversation) -> None:
    text = await reader.ask("jira_get_version", project="PMOS", version="0.3")
    assert text.startswith("version 10002 0.3 · PMOS · released · 2026-02-01 to 2026-02-02 · issues: 8 of 8 done")
    assert "Story:\n- PMOS-19 [Done]" in text
    assert "\nEpic:\n- PMOS-29 [Done]" in text
    assert text.index('<data from="0.3">') < text.index("PMOS-19") < text.index("</data>")
    assert text.endswith("returned 8 issues; more: no")
    text = await reader.ask("jira_get_version", project="PMOS", version="0.3", limit=2)
    assert "returned 2 of about 8 issues; more: yes" in text


async def test_a_large_version_stays_within_its_budget_and_goes_on(reader: Conversation) -> None:
    first = await reader.ask("jira_get_version", project="NOVA", version="2025.4", limit=50)
    assert tokens(first) < 6_000
    keys = [line.split()[1] for line in first.splitlines() if line.startswith("- ")]
    assert len(keys) == 50
    second = await reader.ask("jira_get_version", project="NOVA", version="2025.4", limit=50, cursor=cursor_in(first))
    more = [line.split()[1] for line in second.splitlines() if line.startswith("- ")]
    assert more
    assert not set(keys) & set(more)


async def test_a_version_is_made_filled_released_and_archived(jira: Conversation) -> None:
    text = await jira.ask(
        "jira_create_version", project="PMOS", name="0.5", description="Evals", release_date="2036-04-01"
    )
    assert text == f"created version 10100 0.5 · PMOS · unreleased · ? to 2036-04-01 · {URL}/10100"
    await jira.ask("jira_update_issue", key="PMOS-42", fields={"Fix versions": ["0.5"]})
    text = await jira.ask("jira_get_version", project="PMOS", version="0.5")
    assert "PMOS-42" in text
    assert "written within the last minute" in text
    text = await jira.ask("jira_update_version", project="PMOS", version="0.5", action="release", unresolved="keep")
    assert text.splitlines()[1] == "1 of 1 issue were not resolved: they stay in it"
    text = await jira.ask("jira_update_version", project="PMOS", version="0.5", action="archive")
    assert "archived version 10100" in text
    assert "released, archived" in text


async def test_releasing_with_open_issues_asks_what_becomes_of_them(jira: Conversation, site: Sandbox) -> None:
    text = await jira.refused("jira_update_version", project="PMOS", version="0.4", action="release")
    assert text.startswith("11 of the 11 issues of '0.4' are not resolved; nothing was changed.")
    assert 'unresolved: "keep" leaves them in it' in text
    assert jira.sent("PUT", f"{SITE}/rest/api/3/version/10003") == []
    text = await jira.refused("jira_update_version", project="PMOS", version="0.4", action="release", unresolved="0.1")
    assert "'0.1' is released already" in text
    text = await jira.refused("jira_update_version", project="PMOS", version="0.4", action="release", unresolved="0.4")
    assert "cannot go to itself" in text
    text = await jira.ask("jira_update_version", project="PMOS", version="0.4", action="release", unresolved="1.0")
    assert text.splitlines()[1] == "11 of 11 issues were not resolved: they moved to 1.0"
    visitor = Visitor(site)
    assert [each["name"] for each in (await visitor.fields("PMOS-34"))["fixVersions"]] == ["1.0"]
    await visitor.aclose()


async def test_a_version_without_a_date_is_released_today(jira: Conversation) -> None:
    await jira.ask("jira_create_version", project="PMOS", name="0.5")
    text = await jira.ask("jira_update_version", project="PMOS", version="0.5", action="release")
    assert "? to 20" in text
    text = await jira.ask("jira_update_version", project="PMOS", version="0.5", action="unrelease")
    assert text.startswith("unreleased version 10100 0.5 · PMOS · unreleased")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"version": "0.9", "name": "x"}, "Did you mean 0.4 or 0.3"),
        ({"version": "10011", "name": "x"}, "PMOS has no version called '10011'"),
        ({"version": "0.4"}, "Nothing was given to change"),
        ({"version": "0.4", "name": "0.3"}, "name: A version with this name already exists"),
        ({"version": "0.4", "start": "tomorrow"}, "start: should be like"),
        ({"version": "0.4", "start": "2026-03-01"}, "start: 2026-03-01 is after 2026-02-12"),
        ({"version": "0.4", "name": "two\nlines"}, "one line of at most 255 characters"),
        ({"version": "0.3", "action": "release"}, "'0.3' is released already"),
        ({"version": "0.4", "action": "unarchive"}, "'0.4' is not archived; nothing was changed"),
    ],
)
async def test_a_wrong_change_of_a_version_is_told_with_the_way_out(
    given: dict[str, str], said: str, jira: Conversation
) -> None:
    assert said in await jira.refused("jira_update_version", project="PMOS", **given)


async def test_a_description_can_be_emptied_and_a_date_moved(jira: Conversation) -> None:
    text = await jira.ask(
        "jira_update_version", project="PMOS", version="0.4", release_date="2036-01-31", description="none"
    )
    assert text == f"updated version 10003 0.4 · PMOS · unreleased · 2026-02-03 to 2036-01-31 · {URL}/10003"
    assert "Integrations" not in await jira.ask("jira_get_version", project="PMOS", version="0.4", limit=1)


async def test_deleting_a_version_is_asked_with_what_hangs_on_it(site: Sandbox, tmp_path: Path) -> None:
    questions: list[str] = []
    transport = httpx2.ASGITransport(site)
    async with converse(
        tmp_path / "no", transport=transport, elicitation=answering("decline", questions=questions)
    ) as jira:
        text = await jira.refused("jira_delete_version", project="PMOS", version="0.4", confirm=True)
        assert "nothing was changed" in text
    assert questions == [
        'Delete version "0.4" of PMOS for good? 11 issues to be fixed in it, 0 affected. They lose it.'
    ]
    async with converse(tmp_path / "yes", transport=transport, elicitation=answering("accept")) as jira:
        text = await jira.ask("jira_delete_version", project="PMOS", version="0.4", move_to="1.0")
        assert text == "deleted version 10003 0.4 of PMOS"
        assert "0 of 27 done" in await jira.ask("jira_list_versions", project="PMOS")


async def test_deleting_needs_a_yes_where_nobody_can_be_asked(jira: Conversation) -> None:
    text = await jira.refused("jira_delete_version", project="PMOS", version="0.4", move_to="1.0")
    assert 'They get "1.0" instead.' in text
    assert "call again with confirm=true" in text
    text = await jira.refused("jira_delete_component", project="PMOS", component="Quality")
    assert 'Delete component "Quality" of PMOS for good? 15 issues lose it.' in text
    assert not [each for each in jira.exchanges if each.method != "GET"]
    await jira.ask("jira_create_version", project="PMOS", name="0.5")
    text = await jira.refused("jira_delete_version", project="PMOS", version="0.5")
    assert 'Delete version "0.5" of PMOS for good? No issue has it.' in text


async def test_other_fields_that_hold_a_version_are_counted_and_moved(jira: Conversation, site: Sandbox) -> None:
    visitor = Visitor(site)
    key = await visitor.create(project={"key": "NOVA"}, customfield_10128={"id": "10011"})
    text = await jira.refused("jira_delete_version", project="NOVA", version="2026.1")
    used = int(text.partition(" in other fields")[0].rpartition(" ")[2])
    assert used >= 1
    await jira.ask("jira_delete_version", project="NOVA", version="2026.1", move_to="2026.2", confirm=True)
    assert (await visitor.fields(key))["customfield_10128"]["name"] == "2026.2"
    await visitor.aclose()


async def test_a_refusal_that_may_mean_a_lacking_permission_says_so(jira: Conversation, site: Sandbox) -> None:
    await break_it(site, "/rest/api/3/version", "POST", status=404)
    text = await jira.refused("jira_create_version", project="PMOS", name="0.5")
    assert "may not administer the project. jira_list_versions PMOS shows what there is." in text


async def test_components_are_listed_made_changed_and_deleted(jira: Conversation) -> None:
    text = await jira.ask("jira_list_components", project="PMOS", query="int")
    assert rows(text) == [
        ["10001", "Integrations", "Engineering Partner", "component lead", "10", "Connections to other tools."]
    ]
    text = await jira.ask("jira_create_component", project="PMOS", name="Docs", lead="me", assignee="component lead")
    assert text == "created component 10100 Docs · PMOS · lead: Human PM · new issues go to: component lead"
    text = await jira.ask("jira_update_component", project="PMOS", component="docs", lead="none", name="Texts")
    assert text == "updated component 10100 Texts · PMOS · new issues go to: component lead"
    text = await jira.ask("jira_delete_component", project="PMOS", component="Texts", move_to="Quality", confirm=True)
    assert text == "deleted component 10100 Texts of PMOS"


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("jira_create_component", {"name": "quality"}, "already exists in this project"),
        ("jira_create_component", {"name": "x", "lead": "alex"}, "'alex' may mean 2 people"),
        ("jira_create_component", {"name": "x", "lead": "Nobody At All"}, "Nobody called 'Nobody At All' was found"),
        ("jira_update_component", {"component": "Qualty", "name": "x"}, "Did you mean Quality?"),
        ("jira_update_component", {"component": "Quality"}, "Nothing was given to change"),
        ("jira_delete_component", {"component": "10011"}, "PMOS has no component called '10011'"),
        ("jira_delete_component", {"component": "Quality", "move_to": "quality"}, "cannot go to itself"),
        ("jira_delete_version", {"version": "0.4", "move_to": "2026.1"}, "PMOS has no version called '2026.1'"),
    ],
)
async def test_a_wrong_value_is_told_with_the_way_out(
    tool: str, given: dict[str, str], said: str, jira: Conversation
) -> None:
    assert said in await jira.refused(tool, project="PMOS", **given)


async def test_a_project_is_shown_at_a_glance(reader: Conversation) -> None:
    text = await reader.ask("jira_get_project", project="NOVA")
    for part in (
        "NOVA Nova Storefront · software · https://pm-os.sandbox.invalid/browse/NOVA",
        "lead: Alex Rivera",
        "issue types: Epic, Story, Task, Bug, Sub-task",
        "components: Checkout, Search, Catalogue, Accounts, Shipping",
        "versions to come: 2026.1 (2026-03-27), 2026.2 (2026-06-26)",
        "released or archived: 1 version",
    ):
        assert part in text
    assert "jira_list_projects" in await reader.refused("jira_get_project", project="NOWHERE")


async def test_projects_that_are_not_allowed_are_neither_read_nor_changed(site: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings.model_validate({"sandbox": True, "access": "delete", "projects": "NOVA"})
    calls: tuple[tuple[str, dict[str, object]], ...] = (
        ("jira_get_project", {}),
        ("jira_list_versions", {}),
        ("jira_get_version", {"version": "0.4"}),
        ("jira_create_version", {"name": "x"}),
        ("jira_update_version", {"version": "0.4", "name": "x"}),
        ("jira_delete_version", {"version": "0.4", "confirm": True}),
        ("jira_list_components", {}),
        ("jira_create_component", {"name": "x"}),
        ("jira_update_component", {"component": "Quality", "name": "x"}),
        ("jira_delete_component", {"component": "Quality", "confirm": True}),
        ("jira_list_members", {}),
    )
    for number, (tool, given) in enumerate(calls):
        folder = tmp_path / str(number)
        async with converse(folder, transport=httpx2.ASGITransport(site), settings=settings, only=tool) as jira:
            text = await jira.refused(tool, project="PMOS", **given)
            assert "outside of the projects that JIRA_PROJECTS allows: NOVA" in text
            assert jira.exchanges == []
            if "version" in given or "component" in given:  # ids of another project's do not help
                named = {name: "10003" for name in given if name in ("version", "component")}
                assert "NOVA has no" in await jira.refused(tool, project="NOVA", **{**given, **named})
                assert {each.method for each in jira.exchanges} == {"GET"}
