"""Searching: rows, filters, pages, cursors, and queries that are wrong."""

import json

import pytest

from .conversation import SITE, Conversation, cursor_in, rows

pytestmark = pytest.mark.anyio


async def test_a_row_has_what_a_model_chooses_by(reader: Conversation) -> None:
    text = await reader.ask("jira_search_issues", jql="key = PMOS-5", fields=["pm_os_phase"])
    assert text.splitlines()[0] == "key | type | status | priority | assignee | updated | pm_os_phase | summary"
    (row,) = rows(text)
    assert row == [
        "PMOS-5",
        "Story",
        "Done",
        "Medium",
        "Product Architect",
        "2026-01-31",
        "Phase 0",
        "Create MCP integration plan template",
    ]
    assert f"returned 1 issue; more: no; each at {SITE}/browse/<key>" in text


async def test_paging_visits_each_of_two_thousand_issues_once(reader: Conversation) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        text = await reader.ask(
            "jira_search_issues", jql="project = NOVA ORDER BY created ASC", limit=100, cursor=cursor
        )
        if not pages:
            assert "of about 2,000 issues; more: yes" in text
        table = rows(text)
        assert f"returned {len(table)}" in text
        seen += [row[0] for row in table]
        pages += 1
        cursor = cursor_in(text)
        assert pages <= 30
    assert pages == 20
    assert len(seen) == 2_000
    assert set(seen) == {f"NOVA-{number}" for number in range(1, 2_001)}


async def test_rows_that_do_not_fit_are_on_the_next_page(jira: Conversation) -> None:
    wide = "W" * 5_000
    keys = [f"PMOS-{number}" for number in range(1, 21)]
    for key in keys:
        await jira.ask("jira_update_issue", key=key, fields={"Environment": wide})
    question = {"jql": "project = PMOS AND key <= PMOS-20 ORDER BY key ASC", "fields": ["Environment"], "limit": 20}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        text = await jira.ask("jira_search_issues", **question, cursor=cursor)
        seen += [row[0] for row in rows(text)]
        cursor = cursor_in(text)
    assert seen == keys


async def test_a_cursor_of_another_query_is_refused_by_name(reader: Conversation) -> None:
    cursor = cursor_in(await reader.ask("jira_search_issues", jql="project = NOVA", limit=5))
    text = await reader.refused("jira_search_issues", jql="project = PMOS", limit=5, cursor=cursor)
    assert "cursor: belongs to a question with other arguments" in text


async def test_a_cursor_of_another_list_is_refused_by_name(reader: Conversation) -> None:
    cursor = cursor_in(await reader.ask("jira_list_projects", limit=1))
    text = await reader.refused("jira_search_issues", jql="project = PMOS", cursor=cursor)
    assert "cursor: belongs to another tool's list" in text


@pytest.mark.parametrize("cursor", ["forged", "eyJ0b2tlbiI6ICIxIn0", "..", "A" * 4_000, "ä", "\x00"])
async def test_a_forged_cursor_is_refused_by_name(reader: Conversation, cursor: str) -> None:
    text = await reader.refused("jira_search_issues", jql="project = PMOS", cursor=cursor)
    assert "cursor: is not one that this server gave" in text


async def test_all_plain_filters_hold_together(reader: Conversation) -> None:
    text = await reader.ask(
        "jira_search_issues",
        project="pmos",
        type="Story",
        status="Done",
        category="done",
        assignee="Product Architect",
        parent="PMOS-26",
        sprint="Phase 0",
        updated_after="2026-01-01",
        text="template",
    )
    assert "PMOS-5" in [row[0] for row in rows(text)]


async def test_people_and_sprints_have_words_of_their_own(reader: Conversation) -> None:
    mine = await reader.ask("jira_search_issues", project="PMOS", assignee="me", limit=100)
    assert {row[4] for row in rows(mine)} == {"Human PM"}
    nobodys = await reader.ask("jira_search_issues", project="PMOS", assignee="unassigned", limit=100)
    assert {row[4] for row in rows(nobodys)} == {""}
    running = await reader.ask("jira_search_issues", sprint="open", project="PMOS", limit=100)
    assert "PMOS-35" in [row[0] for row in rows(running)]


async def test_done_and_not_done_share_out_all_issues(reader: Conversation) -> None:
    async def count(**filters: str) -> int:
        text = await reader.ask("jira_search_issues", project="PMOS", count_only=True, **filters)
        return int(text.split()[1].replace(",", ""))

    assert await count(category="done") + await count(category="not done") == await count()
    assert await count(category="done") > 20


async def test_only_a_count_can_be_asked_for(reader: Conversation) -> None:
    text = await reader.ask("jira_search_issues", jql="project = NOVA", count_only=True)
    assert text == "about 2,000 issues match project = NOVA"


async def test_no_hit_repeats_the_query_that_was_made_of_the_filters(reader: Conversation) -> None:
    text = await reader.ask("jira_search_issues", project="PMOS", text="zeppelin", status="Done")
    assert text.startswith('No issue matches project = "PMOS" AND status = "Done" AND text ~ "zeppelin"')


async def test_a_search_needs_a_query_or_a_filter(reader: Conversation) -> None:
    assert "at least one filter" in await reader.refused("jira_search_issues")


async def test_a_query_and_filters_together_are_refused(reader: Conversation) -> None:
    text = await reader.refused("jira_search_issues", jql="project = PMOS", status="Done")
    assert "nothing was searched" in text
    assert reader.exchanges == []


async def test_wrong_jql_is_answered_with_the_place(reader: Conversation) -> None:
    text = await reader.refused("jira_search_issues", jql="project = PMOS AND stauts = Done")
    assert "stauts" in text
    assert "Did you mean status" in text.replace("Status", "status")
    assert "⟨here⟩" in await reader.refused("jira_search_issues", jql="project = PMOS AND status = = Done")
    assert "Expecting ')'" in await reader.refused("jira_search_issues", jql="project = PMOS AND (status = Done")


async def test_an_unknown_value_is_answered_with_the_likely_one(reader: Conversation) -> None:
    text = await reader.refused("jira_search_issues", jql='status = "In Progres"')
    assert "In Progress" in text
    assert "NOVA" in await reader.refused("jira_search_issues", jql="project = NOVVA")


async def test_a_query_without_bounds_is_told_how_to_bound_it(reader: Conversation) -> None:
    assert "updated >= -30d" in await reader.refused("jira_search_issues", jql="ORDER BY created")


async def test_a_custom_field_that_two_share_is_answered_with_both_ids(reader: Conversation) -> None:
    text = await reader.refused("jira_search_issues", project="DESK", fields=["Severity"])
    assert "customfield_10105" in text
    assert "customfield_10112" in text


async def test_an_ambiguous_name_lists_the_people_it_may_mean(reader: Conversation) -> None:
    text = await reader.refused("jira_search_issues", project="PMOS", assignee="Alex")
    assert "Alex Rivera <alex.rivera@pm-os.example>" in text
    assert "Alex Moreau" in text
    assert "712020:" in text


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"category": "finished"}, "category"),
        ({"updated_after": "yesterday"}, "2026"),
        ({"parent": "no key"}, "PROJ-123"),
        ({"project": "no key"}, "PROJ"),
        ({"assignee": "Zaphod"}, "Zaphod"),
    ],
)
async def test_a_filter_that_cannot_be_meant_says_what_it_takes(
    reader: Conversation, filters: dict[str, str], field: str
) -> None:
    text = await reader.refused("jira_search_issues", **filters)
    assert field in text
    assert not reader.sent("POST", "/rest/api/3/search/jql")


INJECTIONS = [
    'x" OR project = DESK',
    'x" OR project = "DESK',
    'x") OR (project = DESK',
    "x\\",
    'x\\" OR project = DESK OR text ~ "',
    "') OR project = DESK ORDER BY key --",
    "x\n OR project = DESK",
    "currentUser()",
    "EMPTY",
]


@pytest.mark.parametrize("filter_name", ["text", "type", "status", "assignee", "sprint", "project", "parent"])
@pytest.mark.parametrize("payload", INJECTIONS)
async def test_a_filter_cannot_add_conditions_of_its_own(reader: Conversation, filter_name: str, payload: str) -> None:
    given = {"project": "PMOS", filter_name: payload}
    text, _ = await reader.attempt("jira_search_issues", dict(given))
    assert "DESK-" not in text.partition("returned")[0]
    assert reader.audited()[-1]["error_kind"] in (None, "invalid_input")
    for exchange in reader.sent("POST", "/rest/api/3/search/jql"):
        jql = json.loads(exchange.request_body)["jql"]
        outside, inside, escaped = "", False, False
        for char in jql:
            if escaped:
                escaped = False
            elif inside and char == "\\":
                escaped = True
            elif char == '"':
                inside = not inside
            elif not inside:
                outside += char
        assert not inside
        assert "DESK" not in outside
        assert " OR " not in outside
