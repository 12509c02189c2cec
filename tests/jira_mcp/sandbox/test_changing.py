"""Changing, assigning and deleting issues, and the history that this leaves."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[[str], Visitor]

PARTNER = {"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000004"}


async def edit(jira: Visitor, key: str, body: dict[str, Any], status: int = 204) -> Any:
    answer = await jira.ask("PUT", f"/issue/{key}", body)
    assert answer.status == status, answer.body
    return answer.body


async def test_verbs_change_lists_entry_by_entry(jira: Visitor) -> None:
    key = await jira.create(labels=["one"], components=[{"name": "Agents"}])
    operations = {
        "labels": [{"add": "two"}, {"add": "two"}, {"remove": "one"}, {"remove": "never-there"}],
        "components": [{"add": {"name": "Quality"}}, {"remove": {"name": "Agents"}}],
        "fixVersions": [{"set": [{"name": "0.4"}]}],
        "customfield_10106": [{"add": PARTNER}],
        "timetracking": [{"edit": {"remainingEstimate": "3h"}}],
    }
    await edit(jira, key, {"update": operations})
    fields = await jira.fields(key)
    assert fields["labels"] == ["two"]
    assert [each["name"] for each in fields["components"]] == ["Quality"]
    assert [each["name"] for each in fields["fixVersions"]] == ["0.4"]
    assert [each["displayName"] for each in fields["customfield_10106"]] == ["Engineering Partner"]
    assert fields["timetracking"] == {"remainingEstimate": "3h", "remainingEstimateSeconds": 10800}


async def test_null_clears_a_field(jira: Visitor) -> None:
    key = await jira.create(
        description=document("x"),
        labels=["a"],
        duedate="2031-01-01",
        parent={"key": "PMOS-30"},
        customfield_10016=3,
        customfield_10020=5,
        timetracking={"originalEstimate": "1h"},
    )
    names = ("description", "duedate", "parent", "customfield_10016", "customfield_10020", "assignee", "priority")
    await edit(jira, key, {"fields": dict.fromkeys((*names, "labels"))})
    await edit(jira, key, {"fields": {"timetracking": {"originalEstimate": "", "remainingEstimate": None}}})
    fields = await jira.fields(key)
    assert [fields[name] for name in names] == [None] * len(names)
    assert fields["labels"] == []
    assert fields["timetracking"] == {}


async def test_a_sprint_that_has_ended_stays_with_the_issue(jira: Visitor) -> None:
    await edit(jira, "PMOS-1", {"fields": {"customfield_10020": 5}})
    sprints = (await jira.fields("PMOS-1"))["customfield_10020"]
    assert [each["name"] for each in sprints] == ["Phase 0", "Phase 4"]
    assert sprints[0]["completeDate"] == "2026-01-31T18:00:00.000Z"


async def test_an_edit_can_answer_with_the_issue(jira: Visitor) -> None:
    answer = await jira.ask("PUT", "/issue/PMOS-2?returnIssue=true&expand=names", {"fields": {"summary": "Renamed"}})
    assert answer.status == 200
    assert answer.body["fields"]["summary"] == "Renamed"
    assert answer.body["names"]["customfield_10101"] == "pm_os_phase"


async def test_an_edit_moves_updated_and_is_written_into_the_history(jira: Visitor) -> None:
    key = await jira.create(summary="Before", labels=["a"], components=[{"name": "Agents"}], parent={"key": "PMOS-30"})
    created = (await jira.fields(key, "updated"))["updated"]
    changes = {
        "summary": "After",
        "description": document("New text"),
        "priority": {"name": "Low"},
        "assignee": PARTNER,
        "labels": ["a", "b"],
        "components": [{"name": "Quality"}],
        "duedate": "2031-01-01",
        "issuetype": {"name": "Bug"},
        "parent": {"key": "PMOS-31"},
        "project": {"key": "PMOS"},
        "customfield_10101": {"value": "Phase 5"},
        "customfield_10016": 5,
        "customfield_10020": 6,
        "timetracking": {"originalEstimate": "2h"},
    }
    await edit(jira, key, {"fields": changes})
    assert (await jira.fields(key, "updated"))["updated"] > created
    history = (await jira.get(f"/issue/{key}/changelog"))["values"]
    assert len(history) == 1
    assert history[0]["author"]["displayName"] == "Human PM"
    said = {(each["field"], each["fromString"], each["toString"]) for each in history[0]["items"]}
    assert said == {
        ("summary", "Before", "After"),
        ("description", None, "New text"),
        ("priority", "Medium", "Low"),
        ("assignee", None, "Engineering Partner"),
        ("labels", "a", "a b"),
        ("Component", "Agents", None),
        ("Component", None, "Quality"),
        ("duedate", None, "2031-01-01"),
        ("issuetype", "Story", "Bug"),
        ("IssueParentAssociation", None, None),
        ("pm_os_phase", None, "Phase 5"),
        ("Story Points", None, "5"),
        ("Sprint", None, "Phase 5"),
        ("timeoriginalestimate", None, "7200"),
        ("timeestimate", None, "7200"),
    }


async def test_a_rich_custom_field_is_in_the_history_as_words(visit: Visit) -> None:
    desk = visit("Orchestrator")
    await edit(desk, "DESK-4", {"fields": {"customfield_10108": document("A leak")}})
    history = (await desk.get("/issue/DESK-4/changelog"))["values"]
    assert history[-1]["items"][0]["toString"] == "A leak"


async def test_an_edit_that_changes_nothing_leaves_no_entry(jira: Visitor) -> None:
    before = (await jira.get("/issue/PMOS-2/changelog"))["total"]
    await edit(jira, "PMOS-2", {"fields": {"labels": ["phase-0", "agent-generated"]}})
    assert (await jira.get("/issue/PMOS-2/changelog"))["total"] == before


@pytest.mark.parametrize(
    ("key", "fields", "reason"),
    [
        ("PMOS-1", {"issuetype": {"name": "Epic"}}, "The issue type selected is invalid."),
        (
            "PMOS-1",
            {"project": {"key": "NOVA"}},
            "The project of an issue cannot be changed here; move the issue instead.",
        ),
        ("PMOS-55", {"parent": None}, "Issue type is a sub-task but parent issue key or id not specified."),
        (
            "PMOS-1",
            {"status": {"name": "Done"}},
            "Field 'status' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
        (
            "PMOS-1",
            {"worklog": 1},
            "Field with id 'worklog' and field name 'Log Work' does not support operation 'set' "
            "Supported operation(s) are: 'add'",
        ),
    ],
)
async def test_what_cannot_be_changed_is_refused(jira: Visitor, key: str, fields: dict[str, Any], reason: str) -> None:
    assert reason in (await edit(jira, key, {"fields": fields}, 400))["errors"].values()


async def test_the_desk_lets_askers_look_and_comment_but_not_change(jira: Visitor) -> None:
    for method, path, body in (
        ("DELETE", "/issue/DESK-1", None),
        ("PUT", "/issue/DESK-1/assignee", {"accountId": None}),
    ):
        answer = await jira.ask(method, path, body)
        assert answer.status == 403, path
        assert "permission" in answer.body["errorMessages"][0]
    assert (await jira.get("/issue/DESK-1/editmeta"))["fields"] == {}
    refused = await edit(jira, "DESK-1", {"fields": {"summary": "x"}}, 400)
    assert "It is not on the appropriate screen, or unknown" in refused["errors"]["summary"]
    assert (await jira.ask("POST", "/issue/DESK-1/comment", {"body": document("Any news?")})).status == 201


async def test_what_cannot_be_seen_is_not_there(jira: Visitor, visit: Visit) -> None:
    sentence = "Issue does not exist or you do not have permission to see it."
    for visitor, key in ((jira, "RISK-1"), (jira, "PMOS-999"), (jira, "9" * 30), (visit("Noor Haddad"), "PMOS-1")):
        for method in ("GET", "PUT", "DELETE"):
            answer = await visitor.ask(method, f"/issue/{key}", {"fields": {}} if method == "PUT" else None)
            assert answer.status == 404
            assert answer.body == {"errorMessages": [sentence], "errors": {}}


async def test_an_issue_can_be_named_by_id_and_in_any_case(jira: Visitor) -> None:
    assert {(await jira.get(f"/issue/{name}"))["key"] for name in ("PMOS-2", "pmos-2", "10002")} == {"PMOS-2"}


async def test_assigning_takes_an_account_or_nobody(jira: Visitor) -> None:
    async def assign(body: Any) -> Any:
        answer = await jira.ask("PUT", "/issue/PMOS-42/assignee", body)
        if answer.status != 204:
            return answer.body["errors"]["assignee"]
        assignee = (await jira.fields("PMOS-42", "assignee"))["assignee"]
        return assignee and assignee["displayName"]

    assert await assign(PARTNER) == "Engineering Partner"
    assert await assign({"accountId": "-1"}) is None
    assert await assign(PARTNER) == "Engineering Partner"
    assert await assign({"accountId": None}) is None
    assert await assign({"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000013"}) == (
        "User 'Sam Okafor' cannot be assigned issues."
    )


async def test_deleting_spares_subtasks_unless_told_and_frees_children(jira: Visitor) -> None:
    refused = await jira.ask("DELETE", "/issue/PMOS-35")
    assert refused.status == 400
    assert "deleteSubtasks" in refused.body["errorMessages"][0]
    assert (await jira.ask("DELETE", "/issue/PMOS-35?deleteSubtasks=true")).status == 204
    for key in ("PMOS-35", "PMOS-55", "PMOS-56"):
        assert (await jira.ask("GET", f"/issue/{key}")).status == 404
    assert (await jira.ask("DELETE", "/issue/PMOS-30")).status == 204
    fields = await jira.fields("PMOS-36")
    assert fields["parent"] is None
    assert [each["outwardIssue"]["key"] for each in fields["issuelinks"] if "outwardIssue" in each] == ["PMOS-39"]
    assert await jira.found("parent = PMOS-31") == ["PMOS-45", "PMOS-44", "PMOS-43", "PMOS-42"]


async def test_the_edit_screen_lists_operations(jira: Visitor) -> None:
    fields = (await jira.get("/issue/PMOS-2/editmeta"))["fields"]
    assert fields["labels"]["operations"] == ["add", "set", "remove"]
    assert "project" not in fields
    assert fields["summary"]["required"]


async def test_issues_are_fetched_together_and_the_missing_ones_named(jira: Visitor) -> None:
    wish = {"issueIdsOrKeys": ["PMOS-2", "10001", "RISK-1", "PMOS-2"], "fields": ["summary"], "expand": ["names"]}
    answer = await jira.ask("POST", "/issue/bulkfetch", wish)
    assert [each["key"] for each in answer.body["issues"]] == ["PMOS-1", "PMOS-2"]
    assert [each["id"] for each in answer.body["issueErrors"]] == ["RISK-1"]
    too_many: list[Any] = ["PMOS-1"] * 101
    for wrong in (list[Any](), too_many, [1]):
        assert (await jira.ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": wrong})).status == 400
