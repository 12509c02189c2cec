"""Small parts of the client: keys, JQL text, durations, values both ways, and the in-process sandbox."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.access import Access
from connector_kit.errors import InvalidInput
from connector_kit.testing.faults import Fault, FaultServer
from jira_mcp.client import JiraClient, connect, durations, ids
from jira_mcp.client.fields import FieldNames, field_info
from jira_mcp.client.jql import quote, split_order, within_projects
from jira_mcp.client.jql_errors import explain, position
from jira_mcp.client.matching import listing
from jira_mcp.client.values import issue_ref, markdown, names_of, plain, user
from jira_mcp.models import PlainValue
from jira_mcp.settings import JiraSettings

API = "/rest/api/3"
TEAM = "36885b3c-1bf0-4f85-a357-c5b858c31de4"
GOAL = {
    "goalDuration": {"friendly": "4h"},
    "remainingTime": {"friendly": "1h"},
    "elapsedTime": {"friendly": "3h"},
}


def test_a_link_to_an_issue_is_as_good_as_its_key() -> None:
    assert ids.issue_key("https://x.atlassian.net/browse/ab_2-10?focused=1") == "AB_2-10"
    assert ids.issue_key("https://x.atlassian.net/jira/software/projects/AB/boards/1?selectedIssue=AB-3") == "AB-3"
    assert ids.project_of("AB_2-10") == "AB_2"


def test_ids_of_jira_are_numbers() -> None:
    assert ids.numeric_id(" 10001 ", "issue type") == "10001"
    with pytest.raises(InvalidInput, match="is not the id of a issue type"):
        ids.numeric_id("1/../2", "issue type")


@pytest.mark.parametrize(
    ("jql", "condition", "order"),
    [
        ("project = A ORDER BY key", "project = A", "ORDER BY key"),
        ("project = A order  by key", "project = A", "order  by key"),
        ("ORDER BY key", "", "ORDER BY key"),
        ('summary ~ "x ORDER BY y"', 'summary ~ "x ORDER BY y"', ""),
        (r'summary ~ "a \" ORDER BY y" ORDER BY z', r'summary ~ "a \" ORDER BY y"', "ORDER BY z"),
        ("summary ~ 'it (' AND (a = b)", "summary ~ 'it (' AND (a = b)", ""),
    ],
)
def test_jql_is_divided_outside_of_its_strings(jql: str, condition: str, order: str) -> None:
    assert split_order(jql) == (condition, order)


def test_a_restriction_keeps_the_order_and_says_how_far_it_moved_the_query() -> None:
    assert within_projects("a = 1", ()) == ("a = 1", 0)
    assert within_projects(" a = 1 ORDER BY b", ("P", "Q")) == ('( a = 1) AND project in ("P", "Q") ORDER BY b', 1)
    assert within_projects("order by b", ("P",)) == ('project in ("P") order by b', 0)


def test_a_text_cannot_leave_its_quotes() -> None:
    assert quote('a" OR "b\\') == r'"a\" OR \"b\\"'
    assert quote("two\nlines") == '"two lines"'


def test_the_place_of_an_error_counts_lines() -> None:
    assert position("Error (line 2, character 3).", "ab\ncd ef") == 5
    assert position("Error (line 9, character 99).", "ab\ncd") == 5
    assert position("no place", "ab") is None


def test_a_complaint_that_is_not_understood_passes_as_it_is() -> None:
    error = InvalidInput("Something else.", next_step="Do that.", status=400)
    explained = explain(error, "a = b", 0)
    assert (explained.message, explained.next_step, explained.status) == ("Something else.", "Do that.", 400)
    told = explain(InvalidInput("The value 'x' does not exist for the field 'f'."), "f = x", 0, ["alpha", "beta"])
    assert told.next_step == "Values: alpha, beta."


def test_a_long_list_of_names_is_cut() -> None:
    assert listing(["a", "b", "a", "", "c"], 2) == "a, b and 1 more"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("2026-01-31", "2026-01-31T12:00:00.000+0000"),
        ("2026-01-31T09:30:15.5", "2026-01-31T09:30:15.500+0000"),
        ("2026-01-31T09:30+02:00", "2026-01-31T09:30:00.000+0200"),
    ],
)
def test_moments_are_written_as_jira_reads_them(text: str, sent: str) -> None:
    assert durations.stamp(durations.moment(text, "started")) == sent


def test_durations_may_be_seconds_or_words() -> None:
    assert durations.spent("1.5h", "t") == {"timeSpentSeconds": 5400}
    assert durations.spent("2 hours and 5 min", "t") == {"timeSpentSeconds": 7500}
    assert durations.spent("1w 2d", "t") == {"timeSpent": "1w 2d"}
    assert durations.words(3600, "t") == "60m"
    with pytest.raises(InvalidInput, match="not a duration"):
        durations.words([1], "t")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        ([{"value": "a"}, {"name": "b"}], ["a", "b"]),
        ({"accountId": "1", "displayName": "Ann"}, "Ann"),
        ({"value": "A", "child": {"value": "B"}}, "A / B"),
        ({"watchCount": 3, "isWatching": True}, 3),
        ({"votes": 2, "hasVoted": False}, 2),
        ({"id": "1", "key": "A-1", "fields": {"summary": "x"}}, "A-1"),
        ({"id": 5, "name": "S1", "state": "active", "boardId": 1}, "S1 (active)"),
        ({"timeSpent": "1h", "remainingEstimate": "2h"}, {"spent": "1h", "remaining": "2h"}),
        ({"comments": [], "total": 4}, 4),
        ({"worklogs": [], "total": 2}, 2),
        ({"progress": 1, "odd": {"name": "x"}}, {"progress": 1, "odd": "x"}),
        ({}, None),
        ({"type": "doc", "version": 1, "content": []}, ""),
        ({"id": TEAM, "name": "Core", "avatarUrl": "", "isVisible": True, "title": "Core"}, "Core"),
        ([{"name": "ops", "groupId": "276f955c"}], ["ops"]),
        ({"self": "x", "id": "10000", "description": "Of us.", "name": "Staff"}, "Staff"),
        ({"requestType": {"id": "1", "name": "Ask"}, "currentStatus": {"status": "Open"}}, "Ask"),
        ({"id": "1", "name": "First", "finalDecision": "approved"}, "First: approved"),
        ({"id": "1", "name": "First", "canAnswerApproval": True}, "First: pending"),
        ({"rating": 4}, 4),
        ({"issuerestrictions": {"projectrole": [{"id": "1", "name": "Admins"}]}, "shouldDisplay": True}, ["Admins"]),
        ([{"workspaceId": "w", "id": "w:7", "objectId": "7"}], ["w:7"]),
        ("{pullrequest={dataType=pullrequest, state=OPEN, stateCount=2}, json={}}", "pullrequest 2 OPEN"),
        ("{not=that}", "{not=that}"),
        ({"name": "Time to resolution", "completedCycles": []}, None),
        (
            {"completedCycles": [], "ongoingCycle": {**GOAL, "breached": False, "paused": True}},
            "running: 1h left of 4h, paused",
        ),
        ({"completedCycles": [], "ongoingCycle": {**GOAL, "breached": True}}, "breached: 1h left of 4h"),
        ({"completedCycles": [{**GOAL, "breached": False}]}, "met: 3h of 4h"),
        ({"completedCycles": [{**GOAL, "breached": True}]}, "missed: 3h of 4h"),
    ],
)
def test_any_value_becomes_plain(value: object, shown: PlainValue) -> None:
    assert plain(value) == shown


def test_rich_text_may_be_missing_or_plain() -> None:
    assert (markdown(None), markdown("text"), markdown(7)) == ("", "text", "")


def test_people_and_issues_may_be_half_known() -> None:
    assert user({"displayName": "Ann"}) is None
    assert issue_ref({"key": "A-1"}).summary == ""
    person = user({"accountId": "5b10"})
    assert person is not None
    assert (person.name, person.active) == ("5b10", True)


def test_permitted_values_show_their_second_level() -> None:
    values: list[object] = [{"value": "A", "children": [{"value": "x"}]}, {"id": "7"}, {"key": "P"}]
    assert names_of(values) == ("A", "A / x", "P")


def test_fields_are_found_by_name_alias_and_id() -> None:
    fields: list[dict[str, Any]] = [
        {"id": "duedate", "name": "Fällig am", "schema": {"type": "date"}},
        {"id": "summary", "name": "Summary", "schema": {"type": "string"}},
        {"id": "customfield_1", "name": "Summary", "schema": {"type": "string"}},
        {"id": "customfield_2", "name": "Team", "schema": {"type": "option-with-child"}},
        {"key": "odd"},
    ]
    names = FieldNames(field_info(entry) for entry in fields)
    assert names.resolve("Due date").id == "duedate"
    assert names.resolve("fällig_am").id == "duedate"
    assert names.resolve("SUMMARY").id == "summary"
    assert names.resolve("CUSTOMFIELD_2").kind == "option with a second level"
    assert names.name("odd") == "odd"
    assert names.name("nowhere") == "nowhere"
    assert names.get("nowhere") is None


def entry(name: str, schema: dict[str, Any], *operations: str, allowed: list[Any] | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "key": name,
        "required": False,
        "operations": list(operations or ("set",)),
        "schema": schema,
        **({"allowedValues": allowed} if allowed is not None else {}),
    }


SCREEN: dict[str, Any] = {
    "customfield_1": entry(
        "Place",
        {"type": "option-with-child"},
        allowed=[
            {"id": "1", "value": "Asia", "children": [{"id": "2", "value": "Seoul"}]},
            {"id": "3", "value": "Mars"},
        ],
    ),
    "customfield_2": entry("When", {"type": "datetime"}),
    "customfield_3": entry("Team", {"type": "team", "custom": "x:atlassian-team"}),
    "customfield_4": entry("Group", {"type": "group"}),
    "customfield_5": entry("Sizes", {"type": "array", "items": "number"}),
    "customfield_6": entry("Tag", {"type": "string"}),
    "customfield_7": entry("Tag", {"type": "string"}),
    "customfield_8": entry("Sprint", {"type": "array", "items": "json", "custom": "x:gh-sprint"}),
    "labels": entry("Labels", {"type": "array", "items": "string", "system": "labels"}, "set"),
    "assignee": entry("Assignee", {"type": "user"}),
    "timetracking": entry("Time tracking", {"type": "timetracking"}),
    "customfield_9": entry("Ratio", {"type": "number"}),
}


@pytest.fixture
async def site() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        server.queue(f"{API}/issue/A1-1/editmeta", *[Fault.json({"fields": SCREEN})] * 2)
        fields = [{"id": field_id, **field} for field_id, field in SCREEN.items()]
        server.queue(f"{API}/field", Fault.json(fields))
        yield server


@pytest.fixture
async def live(site: FaultServer) -> AsyncIterator[JiraClient]:
    settings = JiraSettings.model_validate({"url": site.url, "email": "me@example.com", "api_token": "secret"})
    client = await connect(settings)
    yield client
    await client.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("Place", "asia / seoul", {"customfield_1": {"id": "1", "child": {"id": "2"}}}),
        ("Place", ["Asia", "Seoul"], {"customfield_1": {"id": "1", "child": {"id": "2"}}}),
        ("Place", "Mars", {"customfield_1": {"id": "3"}}),
        ("Place", {"value": "Asia", "child": {"value": "Seoul"}}, {"customfield_1": {"id": "1", "child": {"id": "2"}}}),
        ("When", "2026-01-31T09:30Z", {"customfield_2": "2026-01-31T09:30:00.000+0000"}),
        ("Team", {"id": TEAM}, {"customfield_3": TEAM}),
        ("Team", TEAM, {"customfield_3": TEAM}),
        ("Group", {"groupId": "g"}, {"customfield_4": {"groupId": "g"}}),
        ("Sizes", [1, "2.5", 3.0], {"customfield_5": [1, 2.5, 3.0]}),
        ("customfield_7", 1.5, {"customfield_7": "1.5"}),
        ("Sprint", ["7"], {"customfield_8": 7}),
        ("Ratio", "7.0", {"customfield_9": 7}),
        ("assignee", {"name": "nobody"}, {"assignee": None}),
        ("Time tracking", "3h", {"timetracking": {"originalEstimate": "3h"}}),
        ("Time tracking", {"remaining": None}, {"timetracking": {"remainingEstimate": "0m"}}),
    ],
)
async def test_values_are_written_as_their_field_takes_them(
    live: JiraClient, site: FaultServer, name: str, value: object, sent: dict[str, object]
) -> None:
    await live.update("A1-1", {name: value})
    assert site.requests[-1].json() == {"fields": sent}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Place", "Asia / Tokyo", "is not among its values"),
        ("Tag", "x", "There are 2 fields called 'Tag'"),
        ("Ratio", True, "takes a number"),
        ("customfield_6", True, "takes a text"),
        ("labels", {"add": ["x"]}, "give the whole list"),
        ("Time tracking", {"spent": "1h"}, 'takes "original" and "remaining"'),
    ],
)
async def test_values_that_do_not_fit_are_refused(live: JiraClient, name: str, value: object, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await live.update("A1-1", {name: value})
    assert told in caught.value.fields[name]


@pytest.mark.anyio
async def test_sprints_without_issues_are_found_through_the_suggestions(live: JiraClient, site: FaultServer) -> None:
    suggestions = [
        {"value": "8", "displayName": "<b>Sprint 4</b>2"},
        {"value": "7", "displayName": "<b>Sprint 4</b>"},
        {"value": "odd", "displayName": "Sprint 4"},
    ]
    site.queue(f"{API}/search/jql", Fault.json({"errorMessages": ["no such sprint"]}, 400))
    site.queue(f"{API}/jql/autocompletedata/suggestions", Fault.json({"results": suggestions}))
    await live.update("A1-1", {"Sprint": "sprint 4"})
    assert site.requests[-1].json() == {"fields": {"customfield_8": 7}}


@pytest.mark.anyio
async def test_a_sprint_is_never_taken_for_another_whose_name_begins_alike(live: JiraClient, site: FaultServer) -> None:
    suggestions = [{"value": "8", "displayName": "<b>Phase 1</b>0"}]
    site.queue(f"{API}/search/jql", Fault.json({"issues": []}))
    site.queue(f"{API}/jql/autocompletedata/suggestions", Fault.json({"results": suggestions}))
    with pytest.raises(InvalidInput) as caught:
        await live.update("A1-1", {"Sprint": "Phase 1"})
    assert "No sprint called 'Phase 1' was found. Did you mean Phase 10 (8)?" in caught.value.fields["Sprint"]


@pytest.mark.anyio
async def test_sprints_that_share_a_name_are_told_by_number(live: JiraClient, site: FaultServer) -> None:
    suggestions = [{"value": "8", "displayName": "Sprint"}, {"value": "9", "displayName": "Sprint"}]
    site.queue(f"{API}/search/jql", Fault.json({"issues": []}))
    site.queue(f"{API}/jql/autocompletedata/suggestions", Fault.json({"results": suggestions}))
    with pytest.raises(InvalidInput) as caught:
        await live.update("A1-1", {"Sprint": "sprint"})
    assert "There are 2 sprints called 'sprint'" in caught.value.fields["Sprint"]
    assert "8: Sprint; 9: Sprint" in caught.value.fields["Sprint"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("zone", "sent"),
    [("America/New_York", "2026-01-31T09:30:00.000-0500"), ("Nowhere/At_All", "2026-01-31T09:30:00.000+0000")],
)
async def test_a_moment_without_a_zone_is_meant_where_the_account_lives(
    live: JiraClient, site: FaultServer, zone: str, sent: str
) -> None:
    site.queue(f"{API}/myself", Fault.json({"accountId": "712020:1", "displayName": "Ann", "timeZone": zone}))
    await live.update("A1-1", {"When": "2026-01-31T09:30"})
    assert site.requests[-1].json() == {"fields": {"customfield_2": sent}}


@pytest.mark.anyio
async def test_a_moment_is_taken_as_utc_when_the_profile_cannot_be_read(live: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/myself", Fault(403))
    await live.update("A1-1", {"When": "2026-01-31"})
    assert site.requests[-1].json() == {"fields": {"customfield_2": "2026-01-31T12:00:00.000+0000"}}


@pytest.mark.anyio
async def test_the_embedded_sandbox_answers_inside_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    jira = await connect(JiraSettings(sandbox=True, access=Access.WRITE))
    assert "Human PM" in await jira.check()
    await jira.aclose()
    assert (tmp_path / "sandbox" / "jira.sqlite3").is_file()
