"""Saved filters and dashboards as a model uses them."""

from pathlib import Path

import httpx2
import pytest

from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings

from .conversation import SITE, Conversation, answering, converse, cursor_in, rows

pytestmark = pytest.mark.anyio


async def test_filters_are_listed_with_their_jql_and_run_by_search(reader: Conversation) -> None:
    text = await reader.ask("jira_list_filters", query="nova")
    jql = "project = NOVA AND issuetype = Bug AND statusCategory != Done ORDER BY created DESC"
    assert rows(text) == [["10003", "Nova: open bugs", "Alex Rivera", "yes", "everybody with an account", jql]]
    assert "Bug" in await reader.ask("jira_search_issues", jql=jql, limit=3)


async def test_filters_are_narrowed_to_ones_own_favourites_or_a_persons(reader: Conversation) -> None:
    async def ids(**given: object) -> list[str]:
        return [row[0] for row in rows(await reader.ask("jira_list_filters", **given))]

    assert await ids(whose="mine") == ["10000", "10001"]
    assert await ids(whose="favourites") == ["10000", "10003", "10001"]
    assert await ids(whose="favourites", query="nova") == ["10003"]
    assert await ids(owner="Alex Rivera") == ["10006", "10003"]
    assert await reader.ask("jira_list_filters", query="nothing like it") == "No filter matches."


@pytest.mark.parametrize("whose", ["all", "favourites"])
async def test_filters_come_in_pages(whose: str, reader: Conversation) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        text = await reader.ask("jira_list_filters", whose=whose, limit=2, cursor=cursor)
        seen += [row[0] for row in rows(text)]
        if "more: no" in text:
            break
        cursor = cursor_in(text)
    assert len(seen) == len(set(seen)) == (6 if whose == "all" else 3)
    assert "cursor" in await reader.refused("jira_list_filters", query="x", cursor=cursor)


async def test_a_filter_is_read_with_all_that_is_known(reader: Conversation) -> None:
    text = await reader.ask("jira_get_filter", filter="phase 4 scope")
    assert text == (
        "filter 10002 · owner: Orchestrator · shared with: Administrators of project PMOS, group product-team · "
        f"a favourite of 1 person · {SITE}/issues/?filter=10002\n"
        '<data from="filter 10002">\n'
        "Phase 4 scope\n"
        'JQL: project = PMOS AND fixVersion = "0.4" ORDER BY Rank\n'
        "What 0.4 will bring.\n"
        "</data>\n"
        "To run it, pass its JQL to jira_search_issues."
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("My open work", "10006: My open work, of Alex Rivera"),
        ("10005", "jira_list_filters shows the filters"),
        ("Nova bugs", "Did you mean Nova: open bugs?"),
        ("o", "may mean 5 filters"),
    ],
)
async def test_a_name_that_means_none_or_several_is_told_with_what_there_is(
    name: str, said: str, reader: Conversation
) -> None:
    assert said in await reader.refused("jira_get_filter", filter=name)


async def test_a_filter_is_saved_changed_starred_and_deleted(jira: Conversation) -> None:
    text = await jira.ask("jira_create_filter", name="Stories", jql="project = PMOS AND type = Story", favourite=True)
    assert text.startswith(
        "created filter 10100 · owner: Human PM · shared with: nobody · a favourite of 1 person, yours too"
    )
    text = await jira.ask("jira_update_filter", filter="stories", jql="type = Story", favourite="no")
    assert "JQL: type = Story\n" in text
    assert "favourite" not in text
    text = await jira.refused("jira_delete_filter", filter="stories")
    assert 'Delete the filter "Stories" of Human PM for good? It is shared with nobody, (JQL: type = Story).' in text
    assert await jira.ask("jira_delete_filter", filter="stories", confirm=True) == "deleted filter 10100 Stories"


async def test_what_is_not_given_stays(jira: Conversation) -> None:
    before = await jira.ask("jira_get_filter", filter="10001")
    text = await jira.ask("jira_update_filter", filter="10001", name="Planned")
    assert "shared with: project PMOS" in text
    assert "Everything that the roadmap still holds." in text
    assert before.splitlines()[3] in text
    text = await jira.ask("jira_update_filter", filter="10001", description="none")
    assert "roadmap" not in text


@pytest.mark.parametrize(
    ("jql", "said"),
    [
        ("project = PMOS AND issuetype = Stroy", "Did you mean Story?"),
        ("project = PMOS AND AND", "⟨here⟩"),
        ("sumary ~ x", "Did you mean summary?"),
    ],
)
async def test_jql_is_checked_before_anything_is_saved(jql: str, said: str, jira: Conversation) -> None:
    assert said in await jira.refused("jira_create_filter", name="New", jql=jql)
    assert said in await jira.refused("jira_update_filter", filter="10001", jql=jql)
    assert not jira.sent("POST", f"{SITE}/rest/api/3/filter")
    assert not jira.sent("PUT", f"{SITE}/rest/api/3/filter/10001")


async def test_somebody_elses_filter_is_told_as_theirs(jira: Conversation) -> None:
    text = await jira.refused("jira_update_filter", filter="10003", name="Mine now")
    assert "It belongs to Alex Rivera: ask them, or save one of your own (jira_create_filter)." in text
    assert "yours too" not in await jira.ask("jira_update_filter", filter="10003", favourite="no")


async def test_a_name_that_is_taken_is_refused_by_its_argument(jira: Conversation) -> None:
    text = await jira.refused("jira_create_filter", name="my open work", jql="project = PMOS")
    assert "[name: Filter with same name already exists.]" in text
    assert "Nothing was given to change" in await jira.refused("jira_update_filter", filter="10001")


async def test_deleting_a_shared_filter_says_who_would_miss_it(site: Sandbox, tmp_path: Path) -> None:
    questions: list[str] = []
    dialog = answering("decline", questions=questions)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=dialog) as jira:
        await jira.refused("jira_delete_filter", filter="10001", confirm=True)
        assert {each.method for each in jira.exchanges} == {"GET"}
    assert "It is shared with project PMOS, a favourite of 2, (JQL: project = PMOS" in questions[0]


async def test_dashboards_are_listed_and_their_gadgets_if_asked_for(reader: Conversation) -> None:
    text = await reader.ask("jira_list_dashboards")
    assert [row[1] for row in rows(text)] == ["Nova health", "PM OS delivery"]
    assert f"{SITE}/jira/dashboards/10000" in text
    text = await reader.ask("jira_list_dashboards", query="delivery", gadgets=True)
    assert "PM OS: what is planned, Sprint burndown, Issues by phase" in text
    text = await reader.ask("jira_list_dashboards", owner="Alex Rivera")
    assert [row[0] for row in rows(text)] == ["10001"]
    assert await reader.ask("jira_list_dashboards", query="nothing") == "No dashboard matches."


async def test_projects_that_are_not_allowed_are_not_named_in_shares(site: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings.model_validate({"sandbox": True, "projects": "NOVA"})
    async with converse(
        tmp_path, transport=httpx2.ASGITransport(site), settings=settings, only="jira_list_filters"
    ) as jira:
        text = await jira.ask("jira_list_filters", whose="mine")
        assert rows(text)[1][4] == "another project"
