"""Creating issues, one and many, and what Jira refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[[str], Visitor]


async def errors(visitor: Visitor, update: Any = None, **fields: Any) -> dict[str, str]:
    filled = {"project": {"key": "PMOS"}, "issuetype": {"name": "Story"}, "summary": "A test", **fields}
    sent = {name: value for name, value in filled.items() if value != "absent"}
    answer = await visitor.ask("POST", "/issue", {"fields": sent, "update": update or {}})
    assert answer.status in (400, 403), answer.body
    return answer.body["errors"]


async def test_an_issue_is_created_with_all_that_was_sent(jira: Visitor) -> None:
    answer = await jira.ask(
        "POST",
        "/issue",
        {
            "fields": {
                "project": {"id": "10000"},
                "issuetype": {"id": "10001"},
                "summary": " A story ",
                "description": document("Why"),
                "priority": {"name": "high"},
                "assignee": {"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000004"},
                "reporter": {"id": "712020:5a9d1c0e-0000-4000-8000-000000000003"},
                "labels": ["a", "b", "a"],
                "parent": {"key": "pmos-30"},
                "customfield_10101": {"value": "phase 4"},
                "customfield_10102": {"id": "1010202"},
                "customfield_10016": 2.5,
                "timetracking": {"originalEstimate": "1d", "remainingEstimate": "4h"},
            },
            "update": {
                "comment": [{"add": {"body": document("First")}}],
                "worklog": [{"add": {"timeSpent": "1h", "started": "2026-02-03T09:00:00.000+0100"}}],
                "issuelinks": [{"add": {"type": {"name": "Blocks"}, "inwardIssue": {"key": "PMOS-1"}}}],
                "components": [{"add": {"name": "Agents"}}],
            },
        },
    )
    assert answer.status == 201
    assert set(answer.body) == {"id", "key", "self"}
    fields = await jira.fields(answer.body["key"])
    assert fields["summary"] == "A story"
    assert fields["priority"]["name"] == "High"
    assert fields["assignee"]["displayName"] == "Engineering Partner"
    assert fields["reporter"]["displayName"] == "Product Architect"
    assert fields["creator"]["displayName"] == "Human PM"
    assert fields["labels"] == ["a", "b"]
    assert fields["parent"]["key"] == "PMOS-30"
    assert fields["status"]["name"] == "Backlog"
    assert fields["customfield_10101"]["value"] == "Phase 4"
    assert fields["customfield_10102"]["value"] == "Engineering Partner"
    assert fields["customfield_10016"] == 2.5
    assert fields["components"][0]["name"] == "Agents"
    assert fields["timetracking"] == {
        "originalEstimate": "1d",
        "originalEstimateSeconds": 28800,
        "remainingEstimate": "3h",
        "remainingEstimateSeconds": 10800,
        "timeSpent": "1h",
        "timeSpentSeconds": 3600,
    }
    assert fields["worklog"]["worklogs"][0]["started"] == "2026-02-03T08:00:00.000+0000"
    assert fields["comment"]["total"] == 1
    assert fields["issuelinks"][0]["inwardIssue"]["key"] == "PMOS-1"


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"summary": "absent"}, "summary", "You must specify a summary of the issue."),
        ({"summary": "  "}, "summary", "You must specify a summary of the issue."),
        ({"summary": None}, "summary", "You must specify a summary of the issue."),
        ({"summary": 5}, "summary", "Operation value must be a string"),
        ({"summary": "a\nb"}, "summary", "The summary is invalid because it contains newline characters."),
        ({"summary": "x" * 256}, "summary", "Summary can't exceed 255 characters."),
        ({"project": "absent"}, "project", "Project is required."),
        ({"project": {"key": "NOPE"}}, "project", "Specify a valid project ID or key"),
        ({"project": {"key": "RISK"}}, "project", "Specify a valid project ID or key"),
        ({"issuetype": "absent"}, "issuetype", "Issue type is required."),
        ({"issuetype": {"name": "Incident"}}, "issuetype", "Specify a valid issue type"),
        ({"priority": {"name": "Urgent"}}, "priority", "Priority name 'Urgent' is not valid"),
        ({"priority": {"id": "77"}}, "priority", "Priority id '77' is not valid"),
        ({"priority": {"name": 3}}, "priority", "Specify the Priority (name) in string format"),
        ({"priority": "High"}, "priority", "data was not an object"),
        ({"labels": "one"}, "labels", "data was not an array"),
        ({"labels": ["two words"]}, "labels", "The label 'two words' contains spaces which is invalid."),
        ({"labels": [5]}, "labels", "string expected"),
        ({"components": [{"name": "Engine"}]}, "components", "Component name 'Engine' is not valid"),
        ({"fixVersions": [{"id": "1"}]}, "fixVersions", "Version id '1' is not valid"),
        ({"duedate": "31.12.2026"}, "duedate", "Error parsing date string: 31.12.2026"),
        ({"duedate": "2026-02-30"}, "duedate", "Error parsing date string: 2026-02-30"),
        ({"assignee": {"accountId": "nobody"}}, "assignee", "User 'nobody' does not exist."),
        ({"assignee": {"name": "x"}}, "assignee", "expected 'accountId' property to be present"),
        ({"assignee": "x"}, "assignee", "data was not an object"),
        (
            {"assignee": {"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000012"}},
            "assignee",
            "User 'Jordan Blake' cannot be assigned issues.",
        ),
        ({"customfield_10101": {"value": "Phase 9"}}, "customfield_10101", "Option value 'Phase 9' is not valid"),
        ({"customfield_10101": {"id": 9}}, "customfield_10101", "Option id '9' is not valid"),
        (
            {"customfield_10101": "Phase 4"},
            "customfield_10101",
            "Specify a valid 'id' or 'name' for pm_os_phase",
        ),
        (
            {"customfield_10101": {"name": "Phase 4"}},
            "customfield_10101",
            "Specify a valid 'id' or 'name' for pm_os_phase",
        ),
        ({"customfield_10016": "five"}, "customfield_10016", "Operation value must be a number"),
        ({"customfield_10020": "Phase 4"}, "customfield_10020", "Number value expected as the Sprint id."),
        ({"customfield_10020": 99}, "customfield_10020", "Sprint with id 99 does not exist."),
        ({"customfield_10020": 1}, "customfield_10020", "Sprint 'Phase 0' is closed."),
        ({"parent": {"key": "PMOS-4000"}}, "parent", "Could not find issue by id or key."),
        ({"parent": {"key": "RISK-1"}}, "parent", "Could not find issue by id or key."),
        ({"parent": {}}, "parent", "Specify a valid 'id' or 'key'"),
        ({"parent": "PMOS-30"}, "parent", "data was not an object"),
        (
            {"parent": {"key": "PMOS-1"}},
            "parentId",
            "Given parent work item does not belong to appropriate hierarchy.",
        ),
        (
            {"issuetype": {"name": "Sub-task"}},
            "issuetype",
            "Issue type is a sub-task but parent issue key or id not specified.",
        ),
        (
            {"issuetype": {"name": "Sub-task"}, "parent": {"key": "NOVA-500"}},
            "project",
            "Sub-tasks must be created in the same project as the parent.",
        ),
        (
            {"timetracking": {"originalEstimate": "soon"}},
            "timetracking",
            "The original estimate specified is not valid.",
        ),
        ({"timetracking": {}}, "timetracking", "Specify an originalEstimate or a remainingEstimate."),
        ({"timetracking": "1d"}, "timetracking", "data was not an object"),
        (
            {"description": "plain words"},
            "description",
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
        ({"description": {"type": "doc", "version": 1}}, "description", "INVALID_INPUT"),
        (
            {"description": document("x" * 32_768)},
            "description",
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        ),
        (
            {"resolution": {"name": "Done"}},
            "resolution",
            "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
        (
            {"colour": "red"},
            "colour",
            "Field 'colour' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
    ],
)
async def test_a_wrong_field_is_refused_in_jiras_words(
    jira: Visitor, fields: dict[str, Any], field: str, reason: str
) -> None:
    assert (await errors(jira, **fields)).get(field) == reason


async def test_all_that_is_wrong_is_told_at_once(jira: Visitor) -> None:
    assert set(await errors(jira, summary="", labels=["a b"], colour=1)) == {"summary", "labels", "colour"}


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"labels": "x"}, "data was not an array"),
        ({"labels": ["x"]}, "Each operation must be an object with one verb"),
        ({"labels": [{"add": "x", "remove": "y"}]}, "Each operation must be an object with one verb"),
        ({"labels": [{"add": None}]}, "Operation value must not be null"),
        ({"summary": [{"add": "x"}]}, "Field 'summary' cannot appear in both 'fields' and 'update'"),
        (
            {"duedate": [{"add": "2026-01-01"}]},
            "Field with id 'duedate' and field name 'Due date' does not support operation 'add' "
            "Supported operation(s) are: 'set'",
        ),
        ({"issuelinks": [{"add": "PMOS-1"}]}, "data was not an object"),
        (
            {"issuelinks": [{"add": {"type": {"name": "Odd"}, "outwardIssue": {"key": "PMOS-1"}}}]},
            "No issue link type with name 'Odd' found.",
        ),
        (
            {"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "PMOS-999"}}}]},
            "Issue with key 'PMOS-999' could not be found.",
        ),
    ],
)
async def test_a_wrong_operation_is_refused(jira: Visitor, update: dict[str, Any], reason: str) -> None:
    assert reason in (await errors(jira, update)).values()


async def test_a_comment_that_is_no_document_is_refused(jira: Visitor) -> None:
    assert await errors(jira, {"comment": [{"add": {"body": "words"}}]}) == {"comment": "Comment body is not valid!"}


async def test_a_required_custom_field_is_asked_for(jira: Visitor) -> None:
    incident = {"project": {"key": "DESK"}, "issuetype": {"name": "Incident"}}
    assert await errors(jira, **incident) == {"customfield_10105": "Severity is required."}
    await jira.create(**incident, customfield_10105={"value": "SEV-3"})
    await jira.create(project={"key": "DESK"}, issuetype={"name": "Task"})


async def test_fields_that_need_a_permission_are_off_the_screen_without_it(visit: Visit) -> None:
    partner = visit("Engineering Partner")
    person = {"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000003"}
    assert "reporter" in await errors(partner, reporter=person)
    await partner.create(assignee=person)
    assert "assignee" in await errors(partner, project={"key": "DESK"}, issuetype={"name": "Task"}, assignee=person)


async def test_who_may_not_create_is_told_so(visit: Visit) -> None:
    answer = await visit("Sam Okafor").ask(
        "POST", "/issue", {"fields": {"project": {"key": "PMOS"}, "issuetype": {"name": "Story"}, "summary": "x"}}
    )
    assert answer.status == 403
    assert answer.body["errors"] == {"project": "You do not have permission to create issues in this project."}


async def test_what_the_sandbox_does_not_keep_is_refused_and_not_dropped(jira: Visitor) -> None:
    for extra in ({"properties": [{"key": "a", "value": 1}]}, {"transition": {"id": "31"}}):
        filled = {"project": {"key": "PMOS"}, "issuetype": {"name": "Story"}, "summary": "A test"}
        answer = await jira.ask("POST", "/issue", {"fields": filled, **extra})
        assert answer.status == 400


async def test_bodies_that_are_not_as_described_are_refused(jira: Visitor) -> None:
    bodies: list[Any] = [[], {"field": {}}, {"fields": []}, "x"]
    for body in bodies:
        assert (await jira.ask("POST", "/issue", body)).status == 400
    for content in (b"{", b"\xff", b"[" * 100_000, b'{"fields": NaN}'):
        answer = await jira.send("POST", "/issue", content, "application/json")
        assert "error parsing JSON" in answer.body["errorMessages"][0]
    assert (await jira.send("POST", "/issue", b"{}", "text/plain")).status == 415


async def test_half_a_character_is_stored_as_a_question_mark(jira: Visitor) -> None:
    content = b'{"fields":{"project":{"key":"PMOS"},"issuetype":{"name":"Story"},"summary":"a\\ud800b \\ud83d\\ude00"}}'
    answer = await jira.send("POST", "/issue", content, "application/json")
    assert (await jira.fields(answer.body["key"], "summary"))["summary"] == "a?b \N{GRINNING FACE}"


async def test_many_are_created_and_the_failures_told_one_by_one(jira: Visitor) -> None:
    def element(**fields: Any) -> dict[str, Any]:
        return {"fields": {"project": {"key": "PMOS"}, "issuetype": {"name": "Task"}, **fields}}

    answer = await jira.ask(
        "POST",
        "/issue/bulk",
        {"issueUpdates": [element(summary="One"), element(), "nonsense", element(summary="Two")]},
    )
    assert answer.status == 201
    assert [each["key"] for each in answer.body["issues"]] == ["PMOS-57", "PMOS-58"]
    assert [each["failedElementNumber"] for each in answer.body["errors"]] == [1, 2]
    assert answer.body["errors"][0]["elementErrors"]["errors"] == {
        "summary": "You must specify a summary of the issue."
    }


@pytest.mark.parametrize("count", [0, 2, 51])
async def test_nothing_is_created_when_nothing_can_be(jira: Visitor, count: int) -> None:
    updates: list[Any] = [{"fields": {}}] * count
    answer = await jira.ask("POST", "/issue/bulk", {"issueUpdates": updates})
    assert answer.status == 400
    assert answer.body["issues"] == []
    assert answer.body["errors"]


async def test_the_create_screen_tells_what_is_required_and_allowed(jira: Visitor, visit: Visit) -> None:
    page = await jira.get("/issue/createmeta/DESK/issuetypes/10005", maxResults=200)
    fields = {each["fieldId"]: each for each in page["fields"]}
    assert {name for name, each in fields.items() if each["required"]} == {
        "summary",
        "issuetype",
        "project",
        "customfield_10105",
    }
    assert [each["value"] for each in fields["customfield_10105"]["allowedValues"]] == [
        "SEV-1",
        "SEV-2",
        "SEV-3",
        "SEV-4",
    ]
    assert "assignee" not in fields
    epic = await jira.get("/issue/createmeta/PMOS/issuetypes/10000", maxResults=200)
    assert "parent" not in {each["fieldId"] for each in epic["fields"]}
    subtask = await jira.get("/issue/createmeta/PMOS/issuetypes/10004", startAt=2, maxResults=200)
    assert {each["fieldId"]: each["required"] for each in subtask["fields"]}["parent"]
    assert (await jira.ask("GET", "/issue/createmeta/PMOS/issuetypes/10005")).status == 400
    assert (await jira.ask("GET", "/issue/createmeta/RISK/issuetypes")).status == 400
    assert (await visit("Sam Okafor").ask("GET", "/issue/createmeta/PMOS/issuetypes")).status == 400


ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    10**30,
    "",
    "\x00",
    [],
    [None],
    [{}],
    {},
    {"id": []},
    {"id": {}},
    {"key": None},
    {"name": []},
    {"value": []},
    {"accountId": []},
    {"type": "doc", "version": 1, "content": [None]},
    {"type": "doc", "version": 1, "content": [{"type": "heading", "attrs": {"level": {}}}]},
    {"originalEstimate": 5},
    {"type": {"name": []}, "outwardIssue": []},
    {"type": {"name": "Blocks"}, "outwardIssue": {"key": []}},
    {"body": document("x"), "visibility": 5},
    {"timeSpent": "1h", "started": "9999-12-31T23:59:59.999-1200"},
]


async def test_no_value_of_any_field_makes_the_sandbox_fail(jira: Visitor) -> None:
    for name in FIELD:
        for value in ODD_VALUES:
            filled = {"project": {"key": "PMOS"}, "issuetype": {"name": "Story"}, "summary": "x", name: value}
            for body in ({"fields": filled}, {"fields": {}, "update": {name: [{"add": value}]}}):
                answer = await jira.ask("POST" if "update" not in body else "PUT", _path(body), body)
                assert answer.status < 500, body
    assert len(await jira.found("project = PMOS order by updated, due, parent")) >= 56


def _path(body: dict[str, Any]) -> str:
    return "/issue/PMOS-40" if "update" in body else "/issue"
