"""Writing through the client: create, change, move, comment, log, link, delete, and reading it back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from connector_kit.errors import InvalidInput, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[JiraClient]]


@pytest.fixture
async def story(jira: JiraClient) -> str:
    """The key of a new story in the backlog."""
    created = await jira.create(NewIssue("PMOS", "Story", "A story for a test"))
    assert created.key is not None
    return created.key


async def values_of(jira: JiraClient, key: str, *names: str) -> dict[str, Any]:
    """Fields of an issue as they are read back."""
    return dict((await jira.issue(key, fields=list(names))).issue.fields)


async def test_an_issue_is_created_with_fields_by_name(jira: JiraClient, recorder: Recorder) -> None:
    created = await jira.create(
        NewIssue(
            "pmos",
            "story",
            "Answers within budget",
            "Small **answers**.\n\n- one\n- two",
            parent="PMOS-30",
            fields={
                "Story Points": "3",
                "pm_os_phase": "phase 4",
                "assignee": "Engineering Partner",
                "labels": ["phase-4", "api"],
                "components": ["integrations"],
                "Fix versions": "0.4",
                "priority": "high",
                "due": "2026-02-12",
                "Original estimate": "1d 4h",
                "remaining estimate": 7200,
                "Sprint": "Phase 4",
                "Reviewers": ["Data Analyst", "me"],
                "Target date": "2026-02-20",
            },
        )
    )
    assert created.key is not None
    assert created.url == f"https://pm-os.sandbox.invalid/browse/{created.key}"
    assert created.changed["Assignee"] == "Engineering Partner"
    assert created.changed["Priority"] == "High"
    found = await jira.issue(created.key, fields=["Story Points", "pm_os_phase", "components", "fix versions"])
    assert found.description == "Small **answers**.\n\n- one\n- two"
    assert found.parent is not None
    assert found.parent.key == "PMOS-30"
    assert (found.issue.assignee, found.issue.priority, found.issue.due) == (
        "Engineering Partner",
        "High",
        "2026-02-12",
    )
    assert found.issue.labels == ("phase-4", "api")
    assert dict(found.issue.fields) == {
        "Story Points": 3,
        "pm_os_phase": "Phase 4",
        "components": ["Integrations"],
        "fix versions": ["0.4"],
    }
    assert await values_of(jira, created.key, "Sprint", "Reviewers", "Target date") == {
        "Sprint": ["Phase 4 (active)"],
        "Reviewers": ["Data Analyst", "Human PM"],
        "Target date": "2026-02-20",
    }
    assert found.original_estimate is not None
    assert found.remaining_estimate == "2h"


async def test_a_search_sees_an_issue_right_after_it_was_created(jira: JiraClient) -> None:
    assert (await jira.search('summary ~ "Zanzibar"')).items == ()
    created = await jira.create(NewIssue("PMOS", "Task", "Zanzibar"))
    assert [issue.key for issue in (await jira.search('summary ~ "Zanzibar"')).items] == [created.key]


async def test_a_read_sees_a_change_at_once(jira: JiraClient, story: str) -> None:
    assert (await jira.issue(story)).issue.summary == "A story for a test"
    await jira.update(story, {"summary": "Another title"})
    assert (await jira.issue(story)).issue.summary == "Another title"
    assert (await jira.search(f"key = {story}")).items[0].summary == "Another title"


async def test_only_the_last_fifty_writes_are_reconciled_and_for_a_minute(
    connected: Connect, recorder: Recorder
) -> None:
    jira = await connected()
    now = 0.0
    jira._clock = lambda: now  # pyright: ignore[reportPrivateUsage]  # time passes only when the test says so
    await jira.create_many([NewIssue("PMOS", "Task", f"task {number}") for number in range(60)])
    await jira.search("project = PMOS")
    (body,) = recorder.bodies("/rest/api/3/search/jql")
    assert len(body["reconcileIssues"]) == 50
    now = 61.0
    recorder.clear()
    await jira.search("project = PMOS AND created >= -1d")
    (body,) = recorder.bodies("/rest/api/3/search/jql")
    assert "reconcileIssues" not in body


async def test_later_pages_reconcile_the_same_issues_as_the_first(jira: JiraClient, recorder: Recorder) -> None:
    first = await jira.create(NewIssue("PMOS", "Task", "first"))
    page = await jira.search("project = PMOS ORDER BY created DESC", limit=2)
    await jira.create(NewIssue("PMOS", "Task", "second"))
    await jira.search("project = PMOS ORDER BY created DESC", limit=2, cursor=page.cursor)
    bodies = recorder.bodies("/rest/api/3/search/jql")
    assert bodies[0]["reconcileIssues"] == bodies[1]["reconcileIssues"] == [int(first.id or 0)]


async def test_all_that_is_wrong_with_a_new_issue_is_told_at_once(jira: JiraClient, recorder: Recorder) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.create(
            NewIssue(
                "PMOS",
                "Story",
                "x",
                fields={
                    "Story Points": "many",
                    "pm_os_phase": "Phase 9",
                    "assignee": "Alex",
                    "labels": ["two words"],
                    "Severity": "SEV-1",
                    "stroy points": 1,
                    "status": "Done",
                    "qqqqqq": 1,
                    "due": "soon",
                    "Original estimate": "long",
                    "Sprint": "No such sprint",
                    "environment": {"a": 1},
                },
            )
        )
    wrong = caught.value.fields
    assert "takes a number" in wrong["Story Points"]
    assert "Did you mean Phase" in wrong["pm_os_phase"]
    assert "may mean 2 people" in wrong["assignee"]
    assert "a label has no spaces" in wrong["labels"]
    assert "is not on the create screen of Story in PMOS" in wrong["Severity"]
    assert "Did you mean Story Points" in wrong["stroy points"]
    assert "jira_transition_issue" in wrong["status"]
    assert "is no field of this site" in wrong["qqqqqq"]
    assert "is not a date" in wrong["due"]
    assert "is not a duration" in wrong["Original estimate"]
    assert "No sprint called" in wrong["Sprint"]
    assert "takes Markdown" in wrong["environment"]
    assert "POST" not in {method for method, path in recorder.sent if path == "/rest/api/3/issue"}


async def test_a_field_that_jira_requires_is_told_by_its_name_with_its_values(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.create(NewIssue("DESK", "Incident", "The shop is down"))
    (name, reason) = next(iter(caught.value.fields.items()))
    assert name == "Severity"
    assert "Values: SEV-1, SEV-2" in reason


async def test_an_ambiguous_name_means_the_field_on_the_screen(jira: JiraClient) -> None:
    created = await jira.create(NewIssue("DESK", "Incident", "The shop is down", fields={"Severity": "SEV-1"}))
    assert created.changed["Severity"] == "SEV-1"


async def test_an_empty_summary_is_refused_before_anything_is_sent(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="needs a summary"):
        await jira.create(NewIssue("PMOS", "Task", "  "))


async def test_many_issues_are_created_in_order_with_a_result_each(jira: JiraClient, recorder: Recorder) -> None:
    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int) -> None:
        told.append((done, total))

    wanted = [NewIssue("PMOS", "Task", f"task {number}") for number in range(60)]
    wanted[3] = NewIssue("PMOS", "Tsak", "wrong type")
    wanted[7] = NewIssue("PMOS", "Task", "wrong points", fields={"Story Points": "many"})
    wanted[9] = NewIssue("DESK", "Incident", "no severity")
    wanted[11] = NewIssue("PMOS", "Sub-task", "no parent")
    results = await jira.create_many(wanted, on_progress=progress)
    assert [result.index for result in results] == list(range(60))
    failed = {result.index: result for result in results if result.key is None}
    assert set(failed) == {3, 7, 9, 11}
    assert "Did you mean Task" in str(failed[3].error)
    assert "takes a number" in failed[7].fields["Story Points"]
    assert "Values: SEV-1" in failed[9].fields["Severity"]
    assert failed[11].fields
    for result in results:
        if result.key:
            assert (await jira.issue(result.key)).issue.summary == result.summary
            break
    assert (await jira.issue(str(results[59].key))).issue.summary == "task 59"
    assert [len(body["issueUpdates"]) for body in recorder.bodies("/rest/api/3/issue/bulk")] == [50, 8]
    assert told[-1] == (60, 60)


async def test_when_all_are_refused_each_says_why(jira: JiraClient) -> None:
    results = await jira.create_many([NewIssue("DESK", "Incident", "one"), NewIssue("PMOS", "Sub-task", "two")])
    assert [result.key for result in results] == [None, None]
    assert "Severity" in results[0].fields
    assert results[1].fields


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


async def test_an_issue_moves_to_a_status_by_its_name(jira: JiraClient, story: str) -> None:
    done = await jira.transition(story, "in progress", comment="On *it*.")
    assert (done.before, done.after, done.moved) == ("Backlog", "In Progress", True)
    found = await jira.issue(story, include=["comments"])
    assert found.issue.status == "In Progress"
    assert found.comments is not None
    assert found.comments.items[0].body == "On *it*."


async def test_an_issue_that_is_there_already_is_left_alone(jira: JiraClient, story: str, recorder: Recorder) -> None:
    recorder.clear()
    done = await jira.transition(story, "BACKLOG")
    assert not done.moved
    assert {method for method, _ in recorder.sent} == {"GET"}


async def test_a_transition_can_be_named_itself(jira: JiraClient, story: str) -> None:
    assert (await jira.transition(story, "start work")).after == "In Progress"
    assert (await jira.transition(story, "41")).after == "In Review"


async def test_a_status_out_of_reach_lists_those_within(jira: JiraClient, story: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.transition(story, "In Review")
    assert f"{story} is Backlog and cannot go to 'In Review'" in caught.value.message
    assert "In Progress" in caught.value.fields["status"]
    with pytest.raises(InvalidInput, match="Did you mean In Progress"):
        await jira.transition(story, "In Progres")


async def test_fields_that_a_transition_requires_are_told_and_can_be_given(jira: JiraClient) -> None:
    created = await jira.create(NewIssue("NOVA", "Task", "Resolve me"))
    key = str(created.key)
    with pytest.raises(InvalidInput) as caught:
        await jira.transition(key, "Resolved")
    assert "required, resolution: one of Done" in caught.value.fields["Resolution"]
    done = await jira.transition(key, "resolved", values={"resolution": "won't do"})
    assert done.changed == {"Resolution": "Won't Do"}
    assert (await jira.issue(key)).resolution == "Won't Do"
    with pytest.raises(InvalidInput, match="is not on the screen of the transition"):
        await jira.transition(key, "to do", values={"Story Points": 1})


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
