"""Reading: projects, issue types, people and issues, as a model gets to see them."""

from pathlib import Path

import httpx2
import pytest

from jira_mcp.sandbox.app import Sandbox

from .conversation import ERAS, SITE, Conversation, converse, cursor_in, rows

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("era", ERAS)
async def test_an_issue_is_read_in_every_era(library: Sandbox, tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), mode=era) as jira:
        text = await jira.ask("jira_get_issue", key="PMOS-5")
    head, _, rest = text.partition("\n")
    assert head == f"PMOS-5 · Story · Done · {SITE}/browse/PMOS-5"
    assert "assignee: Product Architect" in rest
    assert "parent: PMOS-26 [Done] Phase 0 - Bootstrap Foundation" in rest
    assert "blocks PMOS-11" in rest


async def test_what_people_wrote_stands_inside_data_marks(reader: Conversation) -> None:
    text = await reader.ask("jira_get_issue", key="DESK-1", include=["comments"])
    before, _, inside = text.partition('<data from="DESK-1">')
    assert "Audit stream stops after midnight UTC" not in before
    assert "Audit stream stops after midnight UTC" in inside
    assert "Looking at the proxy" in inside
    assert inside.endswith("</data>")


async def test_a_key_is_understood_in_lower_case_and_as_a_link(reader: Conversation) -> None:
    plain = await reader.ask("jira_get_issue", key="PMOS-5")
    assert await reader.ask("jira_get_issue", key=" pmos-5 ") == plain
    assert await reader.ask("jira_get_issue", key=f"{SITE}/browse/PMOS-5?focusedCommentId=1") == plain


async def test_every_part_of_an_issue_can_be_asked_for(reader: Conversation) -> None:
    parts = ["comments", "worklogs", "children", "changes", "transitions", "all_fields"]
    text = await reader.ask("jira_get_issue", key="PMOS-26", include=parts)
    for part in ("comments", "worklogs", "children", "changes"):
        assert f"\n{part}" in text
    assert "PMOS-5 [Done]" in text
    assert "possible transitions:\n- Backlog (by Put aside)" in text
    assert "pm_os_phase: Phase 0" in text


async def test_a_further_field_is_shown_by_its_name(reader: Conversation) -> None:
    text = await reader.ask("jira_get_issue", key="PMOS-5", include=[], fields=["pm_os_phase", "story points"])
    assert "pm_os_phase: Phase 0; story points: " in text


async def test_the_newest_comments_come_first_and_the_rest_is_counted(jira: Conversation) -> None:
    for number in range(7):
        await jira.ask("jira_add_comment", key="PMOS-30", body=f"remark {number}")
    text = await jira.ask("jira_get_issue", key="PMOS-30", comments=3)
    assert "comments (3 of 7), newest first:" in text
    assert text.index("remark 6") < text.index("remark 5") < text.index("remark 4")
    assert "remark 3" not in text


async def test_a_long_description_is_read_in_parts_that_join_without_a_gap(jira: Conversation) -> None:
    words = " ".join(f"word{number}" for number in range(3_000))
    await jira.ask("jira_update_issue", key="PMOS-30", fields={"description": words})
    first = await jira.ask("jira_get_issue", key="PMOS-30")
    assert "include=[] and description_offset=" in first
    offset, seen = 0, ""
    while True:
        text = await jira.ask("jira_get_issue", key="PMOS-30", include=[], description_offset=offset)
        marked, _, note = text.partition('<data from="PMOS-30">\n')[2].partition("\n</data>")
        part = marked.partition("…")[0].strip("\n")
        seen += part if offset else part[part.index("word0") :]
        if "description_offset=" not in note:
            break
        offset = int(note.partition("description_offset=")[2].strip(".)"))
    assert "".join(seen.split()) == "".join(words.split())


async def test_a_missing_issue_tells_what_to_try(reader: Conversation) -> None:
    text = await reader.refused("jira_get_issue", key="PMOS-4711")
    assert "does not exist or you do not have permission" in text
    assert "jira_search_issues" in text


async def test_a_missing_field_is_answered_with_the_one_that_was_meant(reader: Conversation) -> None:
    text = await reader.refused("jira_get_issue", key="PMOS-5", fields=["Story Pionts"])
    assert "Did you mean Story Points?" in text


async def test_projects_are_listed_with_key_and_lead(reader: Conversation) -> None:
    text = await reader.ask("jira_list_projects")
    assert ["PMOS", "PM OS", "software", "Human PM"] in rows(text)
    assert "returned 3 projects; more: no" in text


async def test_projects_that_the_account_cannot_see_are_not_listed(reader: Conversation) -> None:
    assert "RISK" not in await reader.ask("jira_list_projects")


async def test_projects_are_found_by_a_part_of_the_name(reader: Conversation) -> None:
    assert [row[0] for row in rows(await reader.ask("jira_list_projects", query="Storefront"))] == ["NOVA"]
    assert await reader.ask("jira_list_projects", query="no such thing") == "No project matches."


async def test_projects_come_in_pages(reader: Conversation) -> None:
    first = await reader.ask("jira_list_projects", limit=2)
    assert "returned 2 of about 3 projects; more: yes" in first
    second = await reader.ask("jira_list_projects", limit=2, cursor=cursor_in(first))
    keys = [row[0] for answer in (first, second) for row in rows(answer)]
    assert keys == ["DESK", "NOVA", "PMOS"]
    assert "more: no" in second


async def test_issue_types_tell_their_level(reader: Conversation) -> None:
    table = rows(await reader.ask("jira_list_issue_types", project="PMOS"))
    assert [row[:2] for row in table] == [
        ["Epic", "epic"],
        ["Story", "standard"],
        ["Task", "standard"],
        ["Bug", "standard"],
        ["Sub-task", "sub-task"],
    ]


async def test_the_fields_of_a_type_tell_what_they_take_required_ones_first(reader: Conversation) -> None:
    text = await reader.ask("jira_list_fields", project="DESK", type="incident")
    fields = text.splitlines()[1:]
    assert fields[0] == "- Severity (required): option; one of SEV-1, SEV-2, SEV-3, SEV-4"
    assert fields[1] == "- Summary (required): text"
    assert "- Root cause: Markdown" in fields


async def test_an_unknown_type_or_project_lists_what_there_is(reader: Conversation) -> None:
    assert "Epic, Story, Task, Bug, Sub-task" in await reader.refused("jira_list_fields", project="PMOS", type="Saga")
    assert "jira_list_projects" in await reader.refused("jira_list_issue_types", project="NOPE")


async def test_people_are_found_with_the_ids_that_mentions_need(reader: Conversation) -> None:
    table = rows(await reader.ask("jira_search_users", query="alex"))
    assert [row[1] for row in table] == ["Alex Rivera", "Alex Moreau"]
    assert all(row[0].startswith("712020:") for row in table)


async def test_only_people_who_can_be_assigned_are_found_when_a_project_is_named(reader: Conversation) -> None:
    everywhere = await reader.ask("jira_search_users", query="Noor")
    assert "Noor Haddad" in everywhere
    assert "Nobody matches 'Noor'" in await reader.ask("jira_search_users", query="Noor", project="PMOS")
