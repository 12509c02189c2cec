"""New issues: fields by name, all that is wrong at once, many at a time."""

import pytest

from connector_kit.errors import InvalidInput
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue

from ..conftest import values_of

pytestmark = pytest.mark.anyio


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
