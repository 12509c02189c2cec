"""Bulk operations of the sandbox: they run by and by, and each issue succeeds or fails for itself."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from jira_mcp.sandbox import bulk_choices, bulk_tasks
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio

INFER = {
    "inferClassificationDefaults": True,
    "inferFieldDefaults": True,
    "inferStatusDefaults": True,
    "inferSubtaskTypeDefault": True,
}


def labels(*names: str, option: str = "ADD") -> JsonObject:
    entry = {
        "fieldId": "labels",
        "labels": [{"name": name} for name in names],
        "bulkEditMultiSelectFieldOption": option,
    }
    return {"labelsFields": [entry]}


def edit(keys: list[str], values: JsonObject | None = None, actions: list[str] | None = None) -> JsonObject:
    return {
        "selectedIssueIdsOrKeys": keys,
        "selectedActions": actions or ["labels"],
        "editedFieldsInput": values or labels("bulk"),
    }


def move(keys: list[str], target: str = "NOVA,10002", **more: Any) -> JsonObject:
    return {"targetToSourcesMapping": {target: {"issueIdsOrKeys": keys, **INFER, **more}}}


async def submit(jira: Visitor, what: str, body: JsonObject) -> str:
    """The id of the task that a submission becomes."""
    answer = await jira.ask("POST", f"/bulk/issues/{what}", body)
    assert answer.status == 201, answer.body
    return answer.body["taskId"]


async def end_of(jira: Visitor, task: str) -> JsonObject:
    """What a task comes to."""
    while True:
        answer = await jira.get(f"/bulk/queue/{task}")
        if answer["status"] == "COMPLETE":
            return answer


async def done(jira: Visitor, what: str, body: JsonObject) -> JsonObject:
    return await end_of(jira, await submit(jira, what, body))


async def refused(jira: Visitor, what: str, body: object, status: int = 400) -> str:
    answer = await jira.ask("POST", f"/bulk/issues/{what}", body)
    assert answer.status == status, answer.body
    (error,) = answer.body["errors"]
    return error["message"]


async def test_an_operation_advances_whenever_somebody_asks(jira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_tasks, "HEAD_START", 10**9)  # however slow the machine is
    keys = [f"NOVA-{number}" for number in range(1, 601)]
    task = await submit(jira, "fields", edit(keys))
    seen = [await jira.get(f"/bulk/queue/{task}") for _ in range(4)]
    assert [(each["status"], each["progressPercent"]) for each in seen] == [
        ("RUNNING", 0),
        ("RUNNING", 41),
        ("RUNNING", 83),
        ("COMPLETE", 100),
    ]
    assert len(seen[-1]["processedAccessibleIssues"]) == seen[-1]["totalIssueCount"] == 600
    assert seen[-1]["created"] <= seen[-1]["started"] <= seen[-1]["updated"]


async def test_an_operation_goes_on_with_time(jira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    await submit(jira, "delete", {"selectedIssueIdsOrKeys": ["PMOS-40"]})
    assert (await jira.ask("GET", "/issue/PMOS-40")).status == 200
    monkeypatch.setattr(bulk_tasks, "HEAD_START", -60_000)
    assert (await jira.ask("GET", "/issue/PMOS-40")).status == 404


async def test_an_edit_is_written_into_the_history(jira: Visitor) -> None:
    values = {**labels("bulk"), "priority": {"priorityId": "1"}}
    await done(jira, "fields", edit(["PMOS-40"], values, ["labels", "priority"]))
    fields = await jira.fields("PMOS-40")
    assert fields["labels"] == ["phase-4", "bulk"]
    assert fields["priority"]["name"] == "Highest"
    changes = (await jira.get("/issue/PMOS-40/changelog"))["values"][-1]
    assert changes["author"]["displayName"] == "Human PM"
    assert {each["field"] for each in changes["items"]} == {"labels", "priority"}


@pytest.mark.parametrize(
    ("option", "names", "after"),
    [
        ("ADD", ["b", "phase-4"], ["phase-4", "b"]),
        ("REMOVE", ["phase-4", "x"], []),
        ("REPLACE", ["b"], ["b"]),
        ("REMOVE_ALL", [], []),
    ],
)
async def test_lists_are_added_to_taken_from_and_replaced(
    jira: Visitor, option: str, names: list[str], after: list[str]
) -> None:
    await done(jira, "fields", edit(["PMOS-40"], labels(*names, option=option)))
    assert (await jira.fields("PMOS-40"))["labels"] == after


INPUTS: list[tuple[str, JsonObject, str, object]] = [
    ("customfield_10016", {"clearableNumberFields": [{"fieldId": "customfield_10016", "value": 5}]}, "", 5),
    ("customfield_10016", {"clearableNumberFields": [{"fieldId": "customfield_10016", "value": None}]}, "", None),
    (
        "duedate",
        {"datePickerFields": [{"fieldId": "duedate", "date": {"formattedDate": "5/Jun/26"}}]},
        "",
        "2026-06-05",
    ),
    (
        "duedate",
        {"datePickerFields": [{"fieldId": "duedate", "date": {"formattedDate": "05-06-2026"}}]},
        "",
        "2026-06-05",
    ),
    ("duedate", {"datePickerFields": [{"fieldId": "duedate", "date": {"formattedDate": ""}}]}, "", None),
    ("assignee", {"singleSelectClearableUserPickerFields": [{"fieldId": "assignee", "user": None}]}, "", None),
    (
        "customfield_10101",
        {"singleSelectFields": [{"fieldId": "customfield_10101", "option": {"optionId": 1010106}}]},
        "value",
        "Phase 6",
    ),
    (
        "customfield_10101",
        {"singleSelectFields": [{"fieldId": "customfield_10101", "option": {"optionId": -1}}]},
        "",
        None,
    ),
    ("summary", {"singleLineTextFields": [{"fieldId": "summary", "text": "New"}]}, "", "New"),
    (
        "description",
        {"richTextFields": [{"fieldId": "description", "richText": {"adfValue": document("New")}}]},
        "",
        document("New"),
    ),
    ("description", {"richTextFields": [{"fieldId": "description", "richText": {}}]}, "", None),
    ("issuetype", {"issueType": {"issueTypeId": "10003"}}, "name", "Bug"),
]


@pytest.mark.parametrize(("field", "values", "part", "after"), INPUTS)
async def test_every_kind_of_input_reaches_its_field(
    jira: Visitor, field: str, values: JsonObject, part: str, after: object
) -> None:
    end = await done(jira, "fields", edit(["PMOS-40"], values, [field]))
    assert end["processedAccessibleIssues"] == [10040], end
    value = (await jira.fields("PMOS-40", field))[field]
    assert (value[part] if part else value) == after


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"selectedActions": ["priority"]}, "not listed as selectedActions : labels"),
        ({"selectedActions": ["labels", "priority"]}, "have no editedFieldInput values : priority"),
        ({"selectedActions": []}, "1 to 200"),
        ({"editedFieldsInput": {"nonsense": []}}, "Unrecognized field"),
        ({"editedFieldsInput": {"labelsFields": [{"fieldId": "labels"}]}}, "malformed"),
        ({"editedFieldsInput": labels("x", option="SWAP")}, "bulkEditMultiSelectFieldOption"),
        ({"editedFieldsInput": {"urlFields": [{"fieldId": "labels", "url": "x"}]}}, "cannot be edited by this input"),
        ({"selectedIssueIdsOrKeys": []}, "At least one issue"),
        ({"selectedIssueIdsOrKeys": ["PMOS-4711"]}, "not valid"),
        ({"selectedIssueIdsOrKeys": ["RISK-1"]}, "not valid"),
        ({"selectedIssueIdsOrKeys": [f"NOVA-{number}" for number in range(1, 1_002)]}, "limit of 1000"),
        ({"surprise": 1}, "payload"),
    ],
)
async def test_an_edit_that_makes_no_sense_is_refused_as_a_whole(jira: Visitor, change: JsonObject, said: str) -> None:
    assert said in await refused(jira, "fields", {**edit(["PMOS-40"]), **change})


async def test_each_issue_fails_for_itself(visit: Callable[..., Visitor]) -> None:
    partner = visit("Engineering Partner")  # may edit in PMOS, only ask in DESK
    end = await done(partner, "fields", edit(["PMOS-40", "DESK-1"]))
    assert end["processedAccessibleIssues"] == [10040]
    assert list(end["failedAccessibleIssues"].values()) == [["You do not have permission to edit issues in DESK."]]
    end = await done(partner, "delete", {"selectedIssueIdsOrKeys": ["PMOS-40"]})
    assert "permission to delete issues in PMOS" in str(end["failedAccessibleIssues"])
    end = await done(partner, "move", move(["PMOS-40"]))
    assert "permission to move issues in PMOS" in str(end["failedAccessibleIssues"])


async def test_a_transition_that_is_not_open_fails(jira: Visitor) -> None:
    ways = [
        {"selectedIssueIdsOrKeys": ["PMOS-40", "PMOS-1"], "transitionId": "31"},
        {"selectedIssueIdsOrKeys": ["NOVA-1999"], "transitionId": "31"},
    ]
    end = await done(jira, "transition", {"bulkTransitionInputs": ways})
    assert end["processedAccessibleIssues"] == [10040]
    assert end["failedAccessibleIssues"] == {
        "10001": ["The transition 31 is not valid for the current status of the issue."],
        "21999": ["The transition 'Resolve issue' requires fields."],
    }


async def test_what_can_be_done_is_told_by_workflow(jira: Visitor) -> None:
    answer = await jira.get("/bulk/issues/transition", issueIdsOrKeys="PMOS-40,PMOS-1,NOVA-1999")
    pmos, nova = answer["availableTransitions"]
    assert pmos["issues"] == ["PMOS-40", "PMOS-1"]
    assert pmos["isTransitionsFiltered"]
    assert [each["transitionName"] for each in pmos["transitions"]] == []
    assert "Resolve issue" not in [each["transitionName"] for each in nova["transitions"]]


async def test_the_fields_that_can_be_edited_come_in_pages(jira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (await jira.get("/bulk/issues/fields", issueIdsOrKeys="PMOS-40"))["fields"]
    monkeypatch.setattr(bulk_choices, "PAGE", 7)
    pages: list[JsonObject] = []
    after: dict[str, str] = {}
    while True:
        page = await jira.get("/bulk/issues/fields", issueIdsOrKeys="PMOS-40", **after)
        pages += page["fields"]
        if "startingAfter" not in page:
            break
        after = {"startingAfter": page["startingAfter"]}
    monkeypatch.undo()
    assert pages == whole
    by_id = {each["id"]: each for each in whole}
    assert by_id["labels"]["multiSelectFieldOptions"] == ["ADD", "REMOVE", "REPLACE", "REMOVE_ALL"]
    assert "not available for bulk update" in by_id["parent"]["unavailableMessage"]
    both = (await jira.get("/bulk/issues/fields", issueIdsOrKeys="PMOS-40,NOVA-1"))["fields"]
    assert "different projects" in {each["id"]: each for each in both}["components"]["unavailableMessage"]


async def test_a_move_gives_new_keys_keeps_the_old_ones_and_takes_sub_tasks_along(jira: Visitor) -> None:
    mapping = [{"statuses": {"3": ["10000", "10001"]}}]
    await done(jira, "move", move(["PMOS-35"], inferStatusDefaults=False, targetStatus=mapping))
    moved = await jira.get("/issue/PMOS-35")
    assert moved["key"] == "NOVA-2001"
    assert moved["fields"]["status"]["name"] == "To Do"
    assert moved["fields"]["components"] == []
    assert [each["key"] for each in moved["fields"]["subtasks"]] == ["NOVA-2002", "NOVA-2003"]
    items = (await jira.get("/issue/NOVA-2001/changelog"))["values"][-1]["items"]
    assert {"Key", "project"} <= {each["field"] for each in items}
    assert await jira.found("key = NOVA-2001") == ["NOVA-2001"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("NOVA,10006", "issue type"),
        ("NONE,10002", "target project"),
        ("RISK,10002", "target project"),
        ("NOVA,10004", "parent is required"),
        ("NOVA,10004,PMOS-40", "parent PMOS-40 is not valid"),
        ("NOVA", "issue type"),
    ],
)
async def test_a_move_to_nowhere_is_refused(jira: Visitor, target: str, said: str) -> None:
    assert said in await refused(jira, "move", move(["PMOS-40"], target))


async def test_a_field_that_the_target_requires_must_be_given(visit: Callable[..., Visitor]) -> None:
    orchestrator = visit("Orchestrator")
    end = await done(orchestrator, "move", move(["PMOS-40"], "DESK,10005"))
    assert end["failedAccessibleIssues"] == {"10040": ["Severity is required."]}
    given = {"customfield_10105": {"retain": True, "type": "raw", "value": ["1010501"]}}
    wish = move(["PMOS-40"], "DESK,10005", inferFieldDefaults=False, targetMandatoryFields=[{"fields": given}])
    end = await done(orchestrator, "move", wish)
    assert end["processedAccessibleIssues"] == [10040]
    assert (await orchestrator.fields("PMOS-40"))["customfield_10105"]["value"] == "SEV-2"


async def test_five_operations_run_at_once(jira: Visitor) -> None:
    first, *_ = [await submit(jira, "fields", edit(["PMOS-40"])) for _ in range(5)]
    assert "5 bulk operations running already" in await refused(jira, "fields", edit(["PMOS-41"]))
    await end_of(jira, first)
    await submit(jira, "fields", edit(["PMOS-41"]))


async def test_bulk_changes_need_a_permission_of_their_own(visit: Callable[..., Visitor]) -> None:
    viewer = visit("Sam Okafor")
    tries: tuple[tuple[str, JsonObject, int], ...] = (
        ("fields", edit(["PMOS-40"]), 400),
        ("move", move(["PMOS-40"]), 400),
        ("delete", {"selectedIssueIdsOrKeys": ["PMOS-40"]}, 403),
        ("transition", {"bulkTransitionInputs": []}, 403),
    )
    for what, body, status in tries:
        assert "global permission" in await refused(viewer, what, body, status)
    for what in ("fields", "transition"):
        assert (await viewer.ask("GET", f"/bulk/issues/{what}", issueIdsOrKeys="PMOS-40")).status == 403
    permissions = await viewer.get("/mypermissions", permissions="BULK_CHANGE")
    assert permissions["permissions"]["BULK_CHANGE"]["havePermission"] is False


@pytest.mark.parametrize("task", ["1", "x", "9" * 30])
async def test_an_unknown_task_is_refused(jira: Visitor, task: str) -> None:
    answer = await jira.ask("GET", f"/bulk/queue/{task}")
    assert answer.status == 400
    assert "not a bulk operation task" in str(answer.body)


async def test_an_issue_that_vanished_meanwhile_is_only_counted(jira: Visitor) -> None:
    task = await submit(jira, "fields", edit(["PMOS-40", "PMOS-41"]))
    await jira.ask("DELETE", "/issue/PMOS-41")
    end = await end_of(jira, task)
    assert (end["processedAccessibleIssues"], end["invalidOrInaccessibleIssueCount"]) == ([10040], 1)


async def test_several_operations_do_not_disturb_each_other(jira: Visitor) -> None:
    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(done, jira, "fields", edit([f"PMOS-{30 + number}", "PMOS-40"], labels(f"l{number}")))
    assert set((await jira.fields("PMOS-40"))["labels"]) == {"phase-4", "l0", "l1", "l2", "l3", "l4"}
