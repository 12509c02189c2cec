"""Writing: what changed is told, and whoever looks right afterwards sees it, although Jira's search lags behind."""

import json
from pathlib import Path

import httpx2
import pytest

from jira_mcp.sandbox.app import Sandbox

from .conversation import ERAS, SITE, Conversation, converse, rows

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("era", ERAS)
async def test_a_story_from_creation_to_done(site: Sandbox, tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era) as jira:
        epic = await jira.ask("jira_create_issue", project="PMOS", type="Epic", summary="Offline mode")
        epic_key = epic.split()[1]
        assert epic == f"created {epic_key} {SITE}/browse/{epic_key}"
        story = await jira.ask(
            "jira_create_issue",
            project="PMOS",
            type="Story",
            summary="Read without a network",
            description="Works **everywhere**:\n\n- train\n- cellar",
            parent=epic_key,
            assignee="me",
            fields={"Story Points": 3, "labels": ["offline"], "pm_os_phase": "phase 4", "Sprint": "Phase 4"},
        )
        key = story.split()[1]
        moved = await jira.ask("jira_transition_issue", key=key, status="in progress", comment="Off we go")
        assert moved == f"moved {key} {SITE}/browse/{key}\nstatus: Backlog → In Progress"
        assert "commented on" in await jira.ask("jira_add_comment", key=key, body="First *light*")
        assert "logged 1h 30m" in await jira.ask("jira_add_worklog", key=key, time_spent="90m", comment="Spike")
        linked = await jira.ask("jira_add_link", from_key=key, relation="is blocked by", to_key="PMOS-35")
        assert f"linked {key} is blocked by PMOS-35" in linked
        read = await jira.ask("jira_get_issue", key=key, include=["comments", "worklogs", "changes", "all_fields"])
    assert f"{key} · Story · In Progress" in read
    for told in (
        "assignee: Human PM",
        f"parent: {epic_key} [Backlog] Offline mode",
        "labels: offline",
        "pm_os_phase: Phase 4",
        "Story Points: 3",
        "Sprint: Phase 4",
        "Works **everywhere**",
        "- train",
        "Off we go",
        "First *light*",
        "1h 30m by Human PM",
        "Spike",
        "is blocked by PMOS-35",
        "status: Backlog → In Progress",
    ):
        assert told in read


async def test_search_finds_a_new_issue_at_once(jira: Conversation) -> None:
    await jira.ask("jira_search_issues", project="PMOS", text="zeppelin")
    key = (await jira.ask("jira_create_issue", project="PMOS", type="Task", summary="Build a zeppelin")).split()[1]
    assert rows(await jira.ask("jira_search_issues", project="PMOS", text="zeppelin"))[0][0] == key


async def test_search_shows_a_changed_issue_as_it_is_now(jira: Conversation) -> None:
    before = await jira.ask("jira_search_issues", jql="key = PMOS-40")
    assert "Backlog" in before
    await jira.ask("jira_update_issue", key="PMOS-40", fields={"summary": "Guides", "priority": "Low"})
    await jira.ask("jira_transition_issue", key="PMOS-40", status="To Do")
    (row,) = rows(await jira.ask("jira_search_issues", jql="key = PMOS-40"))
    assert [row[2], row[3], row[-1]] == ["To Do", "Low", "Guides"]
    found = await jira.ask("jira_search_issues", jql='project = PMOS AND status = "To Do" AND priority = Low')
    assert "PMOS-40" in [row[0] for row in rows(found)]


async def test_children_of_an_epic_include_the_one_created_a_moment_ago(jira: Conversation) -> None:
    key = (
        await jira.ask("jira_create_issue", project="PMOS", type="Task", summary="Late child", parent="PMOS-26")
    ).split()[1]
    assert f"{key} [Backlog] Late child" in await jira.ask("jira_get_issue", key="PMOS-26", include=["children"])


async def test_a_deleted_issue_is_gone_from_reading_and_search(jira: Conversation) -> None:
    key = (await jira.ask("jira_create_issue", project="PMOS", type="Task", summary="Short life")).split()[1]
    await jira.ask("jira_get_issue", key=key)
    await jira.ask("jira_search_issues", project="PMOS", text="Short life")
    assert await jira.ask("jira_delete_issue", key=key, confirm=True) == f"deleted {key}"
    await jira.refused("jira_get_issue", key=key)
    assert "No issue matches" in await jira.ask("jira_search_issues", project="PMOS", text="Short life")


async def test_what_was_read_before_a_write_is_not_repeated_after_it(jira: Conversation) -> None:
    await jira.ask("jira_get_issue", key="PMOS-41")
    await jira.ask("jira_add_comment", key="PMOS-41", body="news of the day")
    assert "news of the day" in await jira.ask("jira_get_issue", key="PMOS-41")
    await jira.ask("jira_add_worklog", key="PMOS-41", time_spent="2h")
    assert "2h by Human PM" in await jira.ask("jira_get_issue", key="PMOS-41", include=["worklogs"])
    await jira.ask("jira_add_link", from_key="PMOS-41", relation="relates to", to_key="PMOS-42")
    assert "relates to PMOS-42" in await jira.ask("jira_get_issue", key="PMOS-41")
    assert "relates to PMOS-41" in await jira.ask("jira_get_issue", key="PMOS-42")


async def test_an_update_tells_the_new_values_as_they_were_understood(jira: Conversation) -> None:
    text = await jira.ask(
        "jira_update_issue",
        key="PMOS-43",
        fields={
            "Summary": "Anomalies",
            "assignee": "data analyst",
            "priority": "high",
            "story points": "5",
            "due": "2026-12-24",
            "Reviewers": ["Human PM", "ux.strategist@pm-os.example"],
            "Target date": "2026-12-01",
            "epic": "PMOS-30",
        },
    )
    assert text.startswith(f"updated PMOS-43 {SITE}/browse/PMOS-43\n")
    for told in (
        "Summary: Anomalies",
        "Assignee: Data Analyst",
        "Priority: High",
        "Story Points: 5",
        "Due date: 2026-12-24",
        "Reviewers: Human PM, UX Strategist",
        "Parent: PMOS-30",
    ):
        assert told in text


async def test_a_list_is_edited_without_naming_what_stays(jira: Conversation) -> None:
    await jira.ask("jira_update_issue", key="PMOS-44", fields={"labels": ["one", "two"], "components": ["Quality"]})
    text = await jira.ask(
        "jira_update_issue",
        key="PMOS-44",
        fields={"labels": {"add": ["three"], "remove": ["one"]}, "components": {"add": ["Agents"]}},
    )
    assert "Labels: remove one; add three" in text
    read = await jira.ask("jira_get_issue", key="PMOS-44", fields=["Components"])
    assert "labels: three, two" in read or "labels: two, three" in read
    assert "Components: " in read
    assert "Agents" in read
    assert "Quality" in read


async def test_null_empties_a_field(jira: Conversation) -> None:
    await jira.ask("jira_update_issue", key="PMOS-44", fields={"assignee": "me", "due": "2026-12-24", "labels": ["a"]})
    text = await jira.ask("jira_update_issue", key="PMOS-44", fields={"assignee": None, "due": None, "labels": None})
    assert "Assignee: (empty)" in text
    assert "Labels: (empty)" in text
    read = await jira.ask("jira_get_issue", key="PMOS-44")
    assert "assignee: nobody" in read
    assert "due:" not in read
    assert "labels:" not in read


async def test_everything_wrong_with_an_update_is_told_at_once_and_nothing_is_written(jira: Conversation) -> None:
    text = await jira.refused(
        "jira_update_issue",
        key="PMOS-45",
        fields={"priority": "Urgentest", "assignee": "Zaphod", "due": "soon", "Nope": 1, "summary": "kept back"},
    )
    for name in ("priority", "assignee", "due", "Nope"):
        assert f"{name}: " in text
    assert "Highest, High, Medium" in text
    assert not jira.sent("PUT", "/rest/api/3/issue/PMOS-45")
    assert "kept back" not in await jira.ask("jira_get_issue", key="PMOS-45")


@pytest.mark.parametrize(
    ("field", "tool"),
    [
        ("status", "jira_transition_issue"),
        ("comment", "jira_add_comment"),
        ("worklog", "jira_add_worklog"),
        ("Linked Issues", "jira_add_link"),
    ],
)
async def test_what_another_tool_writes_is_sent_there(jira: Conversation, field: str, tool: str) -> None:
    assert tool in await jira.refused("jira_update_issue", key="PMOS-45", fields={field: "x"})


async def test_a_status_that_cannot_be_reached_lists_those_that_can(jira: Conversation) -> None:
    text = await jira.refused("jira_transition_issue", key="PMOS-35", status="Done")
    assert "PMOS-35 is To Do and cannot go to 'Done'" in text
    assert "In Progress" in text
    assert not jira.sent("POST", "/rest/api/3/issue/PMOS-35/transitions")


async def test_a_transition_by_its_own_name_is_understood(jira: Conversation) -> None:
    assert "To Do → In Progress" in await jira.ask("jira_transition_issue", key="PMOS-35", status="start work")


async def test_a_status_that_the_issue_has_already_changes_nothing(jira: Conversation) -> None:
    text = await jira.ask("jira_transition_issue", key="PMOS-35", status="to do")
    assert text == f"PMOS-35 is To Do already; nothing was changed {SITE}/browse/PMOS-35"
    assert not jira.sent("POST", "/rest/api/3/issue/PMOS-35/transitions")


async def test_a_transition_names_the_fields_that_its_screen_requires(jira: Conversation) -> None:
    text = await jira.refused("jira_transition_issue", key="NOVA-1999", status="Resolved")
    assert "Resolution: required" in text
    assert "Done" in text
    assert not jira.sent("POST", "/rest/api/3/issue/NOVA-1999/transitions")
    moved = await jira.ask(
        "jira_transition_issue", key="NOVA-1999", status="Resolved", fields={"resolution": "done"}, comment="Solved"
    )
    assert "status: To Do → Resolved\nResolution: Done" in moved
    read = await jira.ask("jira_get_issue", key="NOVA-1999")
    assert "resolution: Done" in read
    assert "Solved" in read


async def test_a_comment_is_told_with_its_own_address(jira: Conversation) -> None:
    text = await jira.ask("jira_add_comment", key="PMOS-46", body="# Title\n\n`code` and [a link](https://example.org)")
    comment = text.split("comment ")[1].split()[0]
    assert text == f"commented on PMOS-46: comment {comment} {SITE}/browse/PMOS-46?focusedCommentId={comment}"
    read = await jira.ask("jira_get_issue", key="PMOS-46")
    assert "`code` and [a link](https://example.org)" in read


async def test_rich_text_goes_over_the_wire_as_a_document(jira: Conversation) -> None:
    await jira.ask("jira_add_comment", key="PMOS-46", body="**bold**")
    (exchange,) = jira.sent("POST", "/rest/api/3/issue/PMOS-46/comment")
    document = json.loads(exchange.request_body)["body"]
    assert document["type"] == "doc"
    assert document["content"][0]["content"][0] == {"type": "text", "text": "bold", "marks": [{"type": "strong"}]}


async def test_work_can_be_logged_for_another_day(jira: Conversation) -> None:
    text = await jira.ask("jira_add_worklog", key="PMOS-46", time_spent="1d", started="2026-02-01T09:30:00+01:00")
    assert "logged 1d on PMOS-46" in text
    assert "2026-02-01T" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("jira_add_comment", {"key": "PMOS-46", "body": "  "}, "needs text"),
        ("jira_add_worklog", {"key": "PMOS-46", "time_spent": "a while"}, "1h 30m"),
        ("jira_add_worklog", {"key": "PMOS-46", "time_spent": "1h", "started": "yesterday"}, "started"),
        ("jira_add_link", {"from_key": "PMOS-46", "relation": "loves", "to_key": "PMOS-47"}, "is blocked by"),
        ("jira_add_link", {"from_key": "PMOS-46", "relation": "blocks", "to_key": "PMOS-46"}, "itself"),
        ("jira_update_issue", {"key": "PMOS-46", "fields": {}}, "Nothing to change"),
        ("jira_create_issue", {"project": "PMOS", "type": "Saga", "summary": "x"}, "Epic, Story"),
        ("jira_create_issue", {"project": "PMOS", "type": "Story", "summary": " "}, "summary"),
        ("jira_create_issue", {"project": "DESK", "type": "Incident", "summary": "x"}, "Severity"),
        ("jira_create_issue", {"project": "PMOS", "type": "Sub-task", "summary": "x"}, "parent"),
    ],
)
async def test_a_write_that_cannot_be_meant_says_what_it_takes(
    jira: Conversation, tool: str, arguments: dict[str, object], told: str
) -> None:
    assert told in await jira.refused(tool, **arguments)


async def test_a_refusal_by_jira_names_the_field_and_its_values(jira: Conversation) -> None:
    text = await jira.refused("jira_create_issue", project="DESK", type="Incident", summary="Nothing works")
    assert "Severity: " in text
    assert "customfield_" not in text
    assert "SEV-1, SEV-2" in text


async def test_a_project_where_the_account_may_not_write_says_so(jira: Conversation) -> None:
    text = await jira.refused("jira_update_issue", key="DESK-1", fields={"summary": "mine"})
    assert "permission" in text or "is not on the edit screen" in text
    text = await jira.refused("jira_transition_issue", key="DESK-1", status="Resolved")
    assert "no status can be reached by this account" in text


async def test_the_record_of_a_write_holds_keys_but_no_text(jira: Conversation) -> None:
    await jira.ask("jira_add_comment", key="PMOS-46", body="between you and me")
    record = jira.audited()[-1]
    assert record["tool"] == "jira_add_comment"
    assert record["effect"] == "adds"
    assert record["arguments"]["key"] == "PMOS-46"
    assert "between you" not in jira.audit_text()
    assert record["vendor_request_id"]
