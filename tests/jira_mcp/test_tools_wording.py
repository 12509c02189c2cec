"""Answers read by somebody who has nothing but their text: would they know what happened, and what to do next?"""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from connector_kit.testing.faults import Fault, FaultServer
from jira_mcp.settings import JiraSettings

from .tools.conversation import Conversation, converse

pytestmark = pytest.mark.anyio

SITE = "https://pm-os.sandbox.invalid"


@pytest.fixture
async def tools(sandbox_transport: httpx2.ASGITransport, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with all tools on a sandbox of the test's own."""
    async with converse(tmp_path, transport=sandbox_transport) as conversation:
        yield conversation


async def test_a_new_issue_is_told_with_the_values_as_they_were_understood(tools: Conversation) -> None:
    text = await tools.ask(
        "jira_create_issue",
        project="PMOS",
        type="story",
        summary="Offline",
        description="**Everywhere**",
        parent="PMOS-30",
        assignee="me",
        fields={"priority": "high", "due": "2026-12-24", "Sprint": "phase 4"},
    )
    head, changed = text.splitlines()
    assert head == f"created PMOS-57 {SITE}/browse/PMOS-57"
    assert (
        changed == "Parent: PMOS-30; Assignee: Human PM; Priority: High; Due date: 2026-12-24; Sprint: Phase 4 (active)"
    )


async def test_a_count_right_after_a_write_says_that_it_may_be_old(tools: Conversation) -> None:
    assert "minute" not in await tools.ask("jira_search_issues", project="PMOS", count_only=True)
    await tools.ask("jira_create_issue", project="PMOS", type="Task", summary="x")
    assert "written within the last minute may not be counted yet" in await tools.ask(
        "jira_search_issues", project="PMOS", count_only=True
    )


async def test_a_search_says_when_more_was_written_than_jira_can_look_at_again(tools: Conversation) -> None:
    await tools.ask(
        "jira_create_issues", project="PMOS", issues=[{"type": "Task", "summary": f"t{n}"} for n in range(51)]
    )
    assert "More than 50 issues were written within the last minute" in await tools.ask(
        "jira_search_issues", project="PMOS", text="t0"
    )


async def test_open_issues_are_those_that_are_not_done(tools: Conversation) -> None:
    text = await tools.ask("jira_search_issues", project="PMOS", category="open", count_only=True)
    assert 'statusCategory != "Done"' in text


async def test_one_value_that_does_not_fit_is_told_in_one_sentence(tools: Conversation) -> None:
    text = await tools.refused("jira_update_issue", key="PMOS-36", fields={"due": "next friday"})
    assert text == (
        "Nothing was written. [due: 'next friday' is not a date: it should be like 2026-01-31. "
        "Work out the date first: words are not read]"
    )


async def test_a_field_that_is_not_on_the_screen_is_told_with_those_that_are(tools: Conversation) -> None:
    text = await tools.refused("jira_create_issue", project="NOVA", type="Bug", summary="x", fields={"Severity": "x"})
    assert "Severity: is not on the create screen of Bug in NOVA. Fields there: Description, Priority" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"description": "a", "fields": {"description": "b"}}, "description: is given twice"),
        ({"assignee": "me", "fields": {"assignee": "Alex Rivera"}}, "assignee: is given twice"),
        ({"assignee": "me", "fields": {"Assignee": "Alex Rivera"}}, "is the same field as 'assignee': give it once"),
        ({"fields": {"due": "2026-12-24", "Due date": "2026-12-25"}}, "is the same field as 'due': give it once"),
    ],
)
async def test_a_field_given_twice_is_refused(tools: Conversation, arguments: dict[str, object], told: str) -> None:
    text = await tools.refused("jira_create_issue", project="PMOS", type="Task", summary="x", **arguments)
    assert told in text
    assert not tools.sent("POST", f"{SITE}/rest/api/3/issue")


async def test_both_estimates_can_be_set_at_once(tools: Conversation) -> None:
    text = await tools.ask("jira_update_issue", key="PMOS-36", fields={"original estimate": "2d", "remaining": "3h"})
    assert "Original estimate: 2d; Remaining estimate: 3h" in text


async def test_items_that_fail_are_told_without_padding(tools: Conversation) -> None:
    text = await tools.ask(
        "jira_create_issues",
        project="PMOS",
        issues=[
            {"type": "Task", "summary": "a", "fields": {"priority": "Urgent"}},
            {"type": "Sub-task", "summary": "b"},
            {"type": "Task", "summary": "c", "assignee": "Alex"},
            {"type": "Task", "summary": "d"},
        ],
    )
    rows = text.splitlines()
    assert rows[3] == (
        "issues[0] | a | priority: 'Urgent' is not among its values. Values: Highest, High, Medium, Low, Lowest"
    )
    assert rows[4].startswith("issues[1] | b | Issue Type: Issue type is a sub-task but parent")
    assert "Values: Sub-task" not in rows[4]
    assert rows[5].endswith("Name the one you mean by the account id, or ask the user.")


async def test_work_is_logged_with_the_time_and_the_address(tools: Conversation) -> None:
    text = await tools.ask("jira_add_worklog", key="PMOS-36", time_spent="90m", started="2026-11-20T09:30+05:30")
    assert text.startswith("logged 1h 30m on PMOS-36: worklog ")
    assert text.endswith(f"started 2026-11-20T04:00+0000 {SITE}/browse/PMOS-36")


async def test_a_link_to_a_missing_issue_names_both(tools: Conversation) -> None:
    text = await tools.refused("jira_add_link", from_key="PMOS-35", relation="blocks", to_key="PMOS-9999")
    assert text.startswith("PMOS-35 or PMOS-9999: ")


@pytest.mark.parametrize(
    ("status", "told"),
    [("Done", "Go there through one of these."), ("Flying", "The site has no status of this name.")],
)
async def test_a_status_out_of_reach_says_whether_it_exists(tools: Conversation, status: str, told: str) -> None:
    text = await tools.refused("jira_transition_issue", key="PMOS-35", status=status)
    assert "status: one of Backlog, In Progress, Blocked" in text
    assert text.endswith(told)


async def test_an_issue_that_is_there_already_says_that_the_comment_was_not_added(tools: Conversation) -> None:
    text = await tools.ask("jira_transition_issue", key="PMOS-35", status="To Do", comment="hi")
    assert "nothing was changed, comment not used" in text


@pytest.mark.parametrize(
    ("jql", "told"),
    [
        ("assignee = 'Nobody Atall'", "jira_search_users finds people"),
        ("project = PMOS LIMIT 10", "JQL has no LIMIT"),
        ("project = PMOS ORDER BY updatd", "Did you mean updated"),
        ("project = PMOS AND status = Doing", "Values: Backlog, To Do, In Progress"),
    ],
)
async def test_a_slip_in_jql_says_what_to_do(tools: Conversation, jql: str, told: str) -> None:
    assert told in await tools.refused("jira_search_issues", jql=jql)


async def test_a_date_that_is_none_says_that_it_may_be_relative(tools: Conversation) -> None:
    text = await tools.refused("jira_search_issues", project="PMOS", updated_after="last week")
    assert "updated_after: should be like" in text
    assert "-7d" in text


async def test_the_parts_of_an_issue_stand_apart_from_its_description(tools: Conversation) -> None:
    text = await tools.ask("jira_get_issue", key="PMOS-1", include=["all_fields"])
    assert "\n\nlinks:\n" in text
    assert "Resolved: 2026-01-31 10:00;" in text


async def test_links_in_a_list_read_like_sentences(tools: Conversation) -> None:
    text = await tools.ask("jira_search_issues", jql="key = PMOS-35", fields=["Linked Issues"])
    assert "is blocked by PMOS-34" in text
    assert "self http" not in text


async def test_the_fields_of_a_type_say_how_estimates_are_written(tools: Conversation) -> None:
    text = await tools.ask("jira_list_fields", project="PMOS", type="Story")
    assert '- Time tracking: {"original": "2d", "remaining": "4h"}' in text


async def test_a_role_that_a_comment_cannot_be_limited_to_is_named_by_its_parameter(tools: Conversation) -> None:
    text = await tools.refused("jira_add_comment", key="PMOS-36", body="secret", visible_to="Nobodies")
    assert "visible_to: " in text


async def test_a_refusal_with_reasons_by_field_says_that_these_were_refused(tools: Conversation) -> None:
    text = await tools.refused("jira_update_issue", key="PMOS-36", fields={"summary": ""})
    assert text == (
        "Jira answered 400 (Bad Request): these values were refused. "
        "[Summary: You must specify a summary of the issue.]"
    )


@pytest.mark.parametrize("key", ["NOPE-1", "RISK-1"])
async def test_an_issue_that_cannot_be_seen_is_told_in_few_words(tools: Conversation, key: str) -> None:
    text = await tools.refused("jira_get_issue", key=key)
    assert text == (
        "Jira answered 404 (Not Found): Issue does not exist or you do not have permission to see it. "
        "Check the key; jira_search_issues finds issues by what they say."
    )


async def test_a_link_that_is_not_permitted_is_not_called_a_missing_issue(tools: Conversation) -> None:
    text = await tools.refused("jira_add_link", from_key="DESK-1", relation="blocks", to_key="PMOS-1")
    assert "No Link Issue Permission for issue 'DESK-1'. Ask an administrator" in text
    assert tools.audited()[-1]["error_kind"] == "not_permitted"


async def test_people_of_a_missing_project_lead_to_the_list_of_projects(tools: Conversation) -> None:
    text = await tools.refused("jira_search_users", query="alex", project="XXX")
    assert text.endswith("'XXX'. jira_list_projects shows the projects that this account may see.")


async def test_what_is_wrong_with_an_item_is_told_in_sentences(tools: Conversation) -> None:
    text = await tools.ask(
        "jira_create_issues", project="PMOS", issues=[{"type": "Task", "summary": "a", "parent": "nonsense"}]
    )
    assert text.splitlines()[-1] == (
        "issues[0] | a | parent: That is not an issue key: 'nonsense' should look like PROJ-123. "
        "jira_search_issues finds issues by what they say."
    )


@pytest.mark.parametrize("jql", ["component = Nope AND project = PMOS", "fixVersion = 99"])
async def test_a_value_of_a_project_leads_to_its_fields(tools: Conversation, jql: str) -> None:
    text = await tools.refused("jira_search_issues", jql=jql)
    assert text.endswith("jira_list_fields with project, type and field lists a field's values.")


async def test_issues_can_be_ordered_by_rank(tools: Conversation) -> None:
    text = await tools.ask("jira_search_issues", jql="project = PMOS ORDER BY rank", limit=2)
    assert [line.split(" | ")[0] for line in text.splitlines()[1:3]] == ["PMOS-1", "PMOS-2"]


async def test_more_children_than_are_shown_are_not_passed_over(tools: Conversation) -> None:
    await tools.ask(
        "jira_create_issues",
        project="PMOS",
        issues=[{"type": "Task", "summary": f"t{n}", "parent": "PMOS-33"} for n in range(25)],
    )
    text = await tools.ask("jira_get_issue", key="PMOS-33", include=["children"])
    assert "\nchildren (the first 20), more by jira_search_issues with parent=PMOS-33:\n" in text


async def test_changes_made_in_one_go_are_told_in_one_line_newest_first(tools: Conversation) -> None:
    await tools.ask("jira_update_issue", key="PMOS-36", fields={"priority": "Low", "labels": []})
    await tools.ask("jira_update_issue", key="PMOS-36", fields={"summary": "Pages"})
    text = await tools.ask("jira_get_issue", key="PMOS-36", include=["changes"])
    lines = text[text.index("\nchanges") :].splitlines()
    assert "summary: Confluence MCP server → Pages" in lines[2]
    assert "labels: phase-4 → (empty); priority: High → Low" in lines[3]


async def test_a_page_without_issues_that_has_a_next_one_is_not_taken_for_no_match(tmp_path: Path) -> None:
    async with FaultServer(Fault.json({"count": 9})) as site:
        site.queue("/rest/api/3/search/jql", Fault.json({"issues": [], "nextPageToken": "more"}))
        settings = JiraSettings.model_validate({"url": site.url, "email": "me@example.com", "api_token": "secret"})
        async with converse(tmp_path, settings=settings) as tools:
            text = await tools.ask("jira_search_issues", project="A1")
    assert "No issue matches" not in text
    assert "returned 0 of about 9 issues; more: yes, next cursor: " in text
