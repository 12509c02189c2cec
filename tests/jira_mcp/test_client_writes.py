"""Writing through the client: change, comment, log, link, delete, and reading it back."""

from collections.abc import Awaitable, Callable

import pytest

from connector_kit.errors import InvalidInput, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue

from .conftest import Connect, values_of

pytestmark = pytest.mark.anyio


async def test_fields_are_changed_by_name_and_cleared_by_none(jira: JiraClient, story: str) -> None:
    done = await jira.update(
        story,
        {
            "Story Points": 5,
            "description": "# New\n\ntext",
            "assignee": "me",
            "reporter": "Orchestrator",
            "parent": "PMOS-30",
            "environment": "staging",
            "Time tracking": {"original": "3h", "remaining": "1h"},
            "sprint": 5,
        },
    )
    assert done.key == story
    assert done.changed["Assignee"] == "Human PM"
    assert done.changed["Original estimate"] == "3h"
    assert done.changed["Description"] == "11 characters"
    found = await jira.issue(story)
    assert (found.description, found.issue.assignee, found.original_estimate) == ("# New\n\ntext", "Human PM", "3h")
    cleared = {"Story Points": None, "description": "", "assignee": "unassigned", "parent": None, "sprint": None}
    await jira.update(story, {**cleared, "labels": None})
    found = await jira.issue(story)
    assert (found.description, found.issue.assignee, found.parent) == ("", None, None)
    assert await values_of(jira, story, "Story Points", "Sprint") == {"Story Points": None, "Sprint": None}


async def test_lists_can_be_added_to_and_taken_from(jira: JiraClient, story: str) -> None:
    await jira.update(story, {"labels": ["a", "b"], "components": ["Agents"]})
    done = await jira.update(story, {"labels": {"add": ["c"], "remove": ["a"]}, "components": {"add": ["Quality"]}})
    assert done.changed["Labels"] == {"remove": ["a"], "add": ["c"]}
    assert await values_of(jira, story, "labels", "components") == {
        "labels": ["b", "c"],
        "components": ["Agents", "Quality"],
    }


async def test_a_field_that_takes_no_additions_says_so(jira: JiraClient, story: str) -> None:
    with pytest.raises(InvalidInput, match="holds one value"):
        await jira.update(story, {"summary": {"add": ["x"]}})


async def test_an_update_without_fields_is_refused(jira: JiraClient, story: str) -> None:
    with pytest.raises(InvalidInput, match="Nothing to change"):
        await jira.update(story, {})


async def test_an_issue_that_the_account_may_not_edit_is_told_as_such(jira: JiraClient, recorder: Recorder) -> None:
    with pytest.raises(NotPermitted, match="may not edit DESK-1"):
        await jira.update("DESK-1", {"summary": "x"})
    assert "PUT" not in {method for method, _ in recorder.sent}


async def test_a_write_to_a_missing_issue_is_told_as_such(jira: JiraClient) -> None:
    with pytest.raises(NotFound, match="jira_search_issues"):
        await jira.update("PMOS-99999", {"summary": "x"})


async def test_a_comment_may_be_for_a_role_only(jira: JiraClient) -> None:
    comment = await jira.add_comment("PMOS-1", "for [@Human PM](mention:712020:5a9d)", visible_to="Administrators")
    assert comment.visible_to == "role Administrators"
    assert comment.url.endswith(f"?focusedCommentId={comment.id}")
    with pytest.raises(InvalidInput, match="needs text"):
        await jira.add_comment("PMOS-1", " \n")


async def test_a_text_that_jira_would_not_take_is_refused_before_it_is_converted(
    jira: JiraClient, recorder: Recorder
) -> None:
    with pytest.raises(InvalidInput, match="100,000 characters is too long"):
        await jira.add_comment("PMOS-1", "x" * 100_000)
    assert recorder.exchanges == []
    long = await jira.add_comment("PMOS-1", "- item\n" * 200)
    assert long.body.count("- item") == 200


async def test_work_is_logged_in_words_or_seconds(jira: JiraClient, story: str, recorder: Recorder) -> None:
    log = await jira.add_worklog(story, "1h 30m", started="2026-02-03T09:00+01:00", comment="**Thinking**")
    assert (log.seconds, log.comment) == (5400, "**Thinking**")
    assert log.started.startswith("2026-02-03T08:00")
    assert (await jira.add_worklog(story, 600)).seconds == 600
    assert (await jira.add_worklog(story, "1d", started="2026-02-03")).time_spent == "1d"
    bodies = recorder.bodies(f"/rest/api/3/issue/{story}/worklog")
    assert bodies[0]["timeSpentSeconds"] == 5400
    assert bodies[2]["timeSpent"] == "1d"
    page = await jira.worklogs(story)
    assert page.total == 3


@pytest.mark.parametrize("text", ["", "soon", "90", "1h soon", "30s", "99999w 1h 1x"])
async def test_a_duration_that_is_none_is_refused(jira: JiraClient, text: str, recorder: Recorder) -> None:
    with pytest.raises(InvalidInput, match="is not a duration"):
        await jira.add_worklog("PMOS-1", text)
    assert recorder.exchanges == []


async def test_a_number_of_seconds_out_of_range_is_refused(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="at least 60 seconds"):
        await jira.add_worklog("PMOS-1", 30)
    with pytest.raises(InvalidInput, match="is not a moment"):
        await jira.add_worklog("PMOS-1", 60, started="yesterday")


@pytest.mark.parametrize(
    ("phrase", "here", "there"),
    [
        ("blocks", "blocks", "is blocked by"),
        ("is blocked by", "is blocked by", "blocks"),
        ("Blocks", "blocks", "is blocked by"),
        ("duplicate", "duplicates", "is duplicated by"),
        ("relates to", "relates to", "relates to"),
    ],
)
async def test_a_link_reads_the_way_it_was_said(jira: JiraClient, phrase: str, here: str, there: str) -> None:
    one = str((await jira.create(NewIssue("PMOS", "Task", "one"))).key)
    two = str((await jira.create(NewIssue("PMOS", "Task", "two"))).key)
    done = await jira.link(one, phrase, two)
    assert (done.source, done.phrase, done.target) == (one, here, two)
    assert [(link.phrase, link.issue.key) for link in (await jira.issue(one)).links] == [(here, two)]
    assert [(link.phrase, link.issue.key) for link in (await jira.issue(two)).links] == [(there, one)]


async def test_an_unknown_relation_lists_those_there_are(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="Did you mean blocks") as caught:
        await jira.link("PMOS-1", "blokcs", "PMOS-2")
    assert "is blocked by" in caught.value.fields["relation"]
    with pytest.raises(InvalidInput, match="linked to itself"):
        await jira.link("PMOS-1", "blocks", "pmos-1")


async def test_a_deletion_is_shown_before_and_gone_after(jira: JiraClient, story: str) -> None:
    subtask = await jira.create(NewIssue("PMOS", "Sub-task", "A part", parent=story))
    await jira.add_comment(story, "hello")
    preview = await jira.deletion_preview(story)
    assert (preview.key, preview.summary, preview.comments) == (story, "A story for a test", 1)
    assert [ref.key for ref in preview.subtasks] == [subtask.key]
    with pytest.raises(InvalidInput):
        await jira.delete(story)
    await jira.delete(story, delete_subtasks=True)
    with pytest.raises(NotFound):
        await jira.issue(story)


async def test_the_children_that_an_epic_leaves_behind_are_counted(jira: JiraClient) -> None:
    preview = await jira.deletion_preview("PMOS-26")
    assert preview.children > 0
    assert preview.subtasks == ()


async def test_writes_outside_of_the_allowed_projects_are_refused(connected: Connect, recorder: Recorder) -> None:
    jira = await connected(projects=("PMOS",))
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: jira.update("NOVA-1", {"summary": "x"}),
        lambda: jira.transition("NOVA-1", "Done"),
        lambda: jira.add_comment("NOVA-1", "x"),
        lambda: jira.add_worklog("NOVA-1", "1h"),
        lambda: jira.link("PMOS-1", "blocks", "NOVA-1"),
        lambda: jira.delete("NOVA-1"),
        lambda: jira.deletion_preview("NOVA-1"),
        lambda: jira.children("NOVA-1"),
        lambda: jira.comments("NOVA-1"),
    ]
    for write in writes:
        with pytest.raises(NotPermitted, match="JIRA_PROJECTS"):
            await write()
    assert {path for _, path in recorder.sent} <= {"/rest/api/3/issue/PMOS-1"}
    assert (await jira.add_comment("PMOS-1", "allowed")).body == "allowed"


async def test_links_into_other_projects_show_nothing_but_the_key(connected: Connect) -> None:
    await (await connected()).link("PMOS-3", "relates to", "NOVA-1")
    jira = await connected(projects=("PMOS",))
    link = next(link for link in (await jira.issue("PMOS-3")).links if link.issue.key == "NOVA-1")
    assert link.issue.summary == link.issue.status == ""
