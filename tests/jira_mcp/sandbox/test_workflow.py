"""Moving issues: what may follow what, and what the screens on the way ask for."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[[str], Visitor]


async def names(visitor: Visitor, key: str) -> dict[str, str]:
    """The transitions of an issue: name and target."""
    answer = await visitor.get(f"/issue/{key}/transitions")
    return {each["name"]: each["to"]["name"] for each in answer["transitions"]}


async def move(visitor: Visitor, key: str, name: str, **body: Any) -> Any:
    answer = await visitor.get(f"/issue/{key}/transitions")
    number = next(each["id"] for each in answer["transitions"] if each["name"] == name)
    return await visitor.ask("POST", f"/issue/{key}/transitions", {"transition": {"id": number}, **body})


async def test_only_the_allowed_transitions_are_offered(jira: Visitor) -> None:
    assert await names(jira, "PMOS-37") == {"Select for sprint": "To Do", "Start work": "In Progress"}
    assert (await move(jira, "PMOS-37", "Start work")).status == 204
    assert await names(jira, "PMOS-37") == {
        "Put aside": "Backlog",
        "Ask for review": "In Review",
        "Complete": "Done",
        "Mark as blocked": "Blocked",
    }
    wrong = await jira.ask("POST", "/issue/PMOS-37/transitions", {"transition": {"id": "71"}})
    assert wrong.status == 400
    assert "not valid for the current state" in wrong.body["errorMessages"][0]


async def test_completing_sets_resolution_and_date_and_reopening_clears_them(jira: Visitor) -> None:
    await move(jira, "PMOS-37", "Start work")
    await move(jira, "PMOS-37", "Complete")
    fields = await jira.fields("PMOS-37")
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Done", "Done")
    assert fields["resolutiondate"] == fields["statuscategorychangedate"]
    assert await jira.found("key = PMOS-37 and resolved >= -1d and resolution = Done") == ["PMOS-37"]
    await move(jira, "PMOS-37", "Reopen")
    fields = await jira.fields("PMOS-37")
    assert (fields["status"]["name"], fields["resolution"], fields["resolutiondate"]) == ("In Progress", None, None)
    history = (await jira.get("/issue/PMOS-37/changelog"))["values"]
    assert [(item["field"], item["toString"]) for entry in history for item in entry["items"]] == [
        ("status", "In Progress"),
        ("resolution", "Done"),
        ("status", "Done"),
        ("resolution", None),
        ("status", "In Progress"),
    ]


async def test_a_screen_takes_its_fields_and_a_comment(jira: Visitor) -> None:
    await move(jira, "PMOS-37", "Start work")
    await move(jira, "PMOS-37", "Ask for review")
    answer = await jira.get("/issue/PMOS-37/transitions", expand="transitions.fields", transitionId="71")
    (approve,) = answer["transitions"]
    assert approve["hasScreen"]
    assert set(approve["fields"]) == {"customfield_10104", "resolution"}
    done = await move(
        jira,
        "PMOS-37",
        "Approve",
        fields={"customfield_10104": 80, "resolution": {"name": "Won't Do"}},
        update={"comment": [{"add": {"body": document("Not this year")}}]},
    )
    assert done.status == 204
    fields = await jira.fields("PMOS-37")
    assert fields["customfield_10104"] == 80
    assert fields["resolution"]["name"] == "Won't Do"
    assert fields["comment"]["total"] == 1


async def test_a_required_resolution_is_asked_for(jira: Visitor) -> None:
    (key,) = (await jira.found("project = NOVA and status = 'To Do'"))[:1]
    refused = await move(jira, key, "Resolve issue")
    assert refused.status == 400
    assert refused.body["errors"] == {"resolution": "Resolution is required."}
    assert (await jira.fields(key, "status"))["status"]["name"] == "To Do"
    assert (await move(jira, key, "Resolve issue", fields={"resolution": {"name": "Done"}})).status == 204
    assert (await jira.fields(key, "status"))["status"]["name"] == "Resolved"


async def test_a_required_custom_field_is_asked_for(visit: Visit) -> None:
    desk = visit("Orchestrator")
    refused = await move(desk, "DESK-1", "Resolve", fields={"resolution": {"name": "Done"}})
    assert refused.body["errors"] == {"customfield_10108": "Root cause is required."}
    filled = {"resolution": {"id": "10000"}, "customfield_10108": document("A proxy")}
    assert (await move(desk, "DESK-1", "Resolve", fields=filled)).status == 204


async def test_a_field_that_is_not_on_the_screen_is_refused(jira: Visitor) -> None:
    answer = await move(jira, "PMOS-37", "Start work", fields={"summary": "x"})
    assert answer.body["errors"] == {
        "summary": "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown."
    }
    assert (await move(jira, "PMOS-37", "Start work", fields=[1])).status == 400


@pytest.mark.parametrize(
    ("transition", "sentence"),
    [
        (None, "Missing 'transition' identifier"),
        ({"name": "Start work"}, "Missing 'transition' identifier"),
        ({"id": "Start work"}, "'transition' identifier must be an integer"),
    ],
)
async def test_a_transition_is_named_by_its_number(jira: Visitor, transition: object, sentence: str) -> None:
    answer = await jira.ask("POST", "/issue/PMOS-37/transitions", {"transition": transition})
    assert answer.body["errorMessages"] == [sentence]


async def test_who_may_not_move_is_offered_nothing(jira: Visitor) -> None:
    assert await names(jira, "DESK-1") == {}
    assert (await jira.ask("POST", "/issue/DESK-1/transitions", {"transition": {"id": "21"}})).status == 400


async def test_moving_within_a_column_keeps_the_date_of_the_column(jira: Visitor) -> None:
    before = await jira.fields("PMOS-37", "statuscategorychangedate")
    await move(jira, "PMOS-37", "Select for sprint")
    assert await jira.fields("PMOS-37", "statuscategorychangedate") == before
