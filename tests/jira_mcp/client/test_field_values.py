"""Values of fields against a site that answers as it is told: what changes meanwhile, what shares a name."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from atlassian_kit.client import CATALOGUE_TTL
from connector_kit.errors import InvalidInput, NotAuthenticated
from connector_kit.testing.faults import Fault, FaultServer
from connector_kit.wire import as_object
from jira_mcp.client import JiraClient, NewIssue, connect
from jira_mcp.settings import JiraSettings

pytestmark = pytest.mark.anyio
API = "/rest/api/3"
TYPES = f"{API}/issue/createmeta/A1/issuetypes"
TEAMS = ("36885b3c-1bf0-4f85-a357-c5b858c31de4", "36885b3c-1bf0-4f85-a357-c5b858c31de5")


def entry(name: str, schema: dict[str, Any], *options: str, operations: tuple[str, ...] = ("set",)) -> dict[str, Any]:
    allowed = [{"id": str(number + 1), "value": value} for number, value in enumerate(options)]
    return {
        "name": name,
        "key": name,
        "required": False,
        "operations": list(operations),
        "schema": schema,
        **({"allowedValues": allowed} if options else {}),
    }


def edit_screen(**fields: dict[str, Any]) -> Fault:
    return Fault.json({"fields": fields})


def create_screen(**fields: dict[str, Any]) -> Fault:
    return Fault.json({"fields": [{"fieldId": key, **field} for key, field in fields.items()], "total": len(fields)})


def catalogue(**fields: dict[str, Any]) -> Fault:
    return Fault.json([{"id": key, **field} for key, field in fields.items()])


NUMBER = {"type": "number", "custom": "x:float"}
SELECT = {"type": "option", "custom": "x:select"}
TEAM = {"type": "team", "custom": "x:atlassian-team"}
SPRINT = {"type": "array", "items": "json", "custom": "x:gh-sprint"}
SUMMARY = entry("Summary", {"type": "string", "system": "summary"})


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def site() -> AsyncIterator[FaultServer]:
    async with FaultServer() as server:
        server.queue(TYPES, Fault.json({"issueTypes": [{"id": "1", "name": "Task"}], "total": 1}))
        yield server


@pytest.fixture
async def jira(site: FaultServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[JiraClient]:
    settings = JiraSettings.model_validate({"url": site.url, "email": "me@example.com", "api_token": "secret"})
    client = await connect(settings)
    monkeypatch.setattr(client, "_clock", Clock())
    yield client
    await client.aclose()


def later(jira: JiraClient, seconds: float) -> None:
    clock = jira._clock  # pyright: ignore[reportPrivateUsage] - the test's own clock
    assert isinstance(clock, Clock)
    clock.now += seconds


def asked(site: FaultServer, path: str) -> int:
    return sum(request.path == path for request in site.requests)


async def test_an_option_that_is_new_since_the_screen_was_read_is_taken(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Size", SELECT)))
    site.queue(
        f"{TYPES}/1",
        create_screen(summary=SUMMARY, customfield_1=entry("Size", SELECT, "S")),
        create_screen(summary=SUMMARY, customfield_1=entry("Size", SELECT, "S", "XL")),
    )
    site.queue(f"{API}/issue", *[Fault.json({"id": "1", "key": "A1-1"}, 201)] * 2)
    await jira.create(NewIssue("A1", "Task", "One", fields={"Size": "S"}))
    later(jira, 60)
    await jira.create(NewIssue("A1", "Task", "Two", fields={"Size": "XL"}))
    assert as_object(as_object(site.requests[-1].json())["fields"])["customfield_1"] == {"id": "2"}
    assert asked(site, f"{TYPES}/1") == 2


async def test_a_wrong_value_does_not_read_the_screen_again_and_again(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Size", SELECT)))
    site.queue(f"{TYPES}/1", *[create_screen(summary=SUMMARY, customfield_1=entry("Size", SELECT, "S"))] * 3)
    for _ in range(3):
        with pytest.raises(InvalidInput) as caught:
            await jira.create(NewIssue("A1", "Task", "One", fields={"Size": "XL"}))
        assert "'XL' is not among its values. Values: S" in caught.value.fields["Size"]
    assert asked(site, f"{TYPES}/1") == 1
    assert asked(site, f"{API}/issue") == 0


async def test_an_option_deleted_meanwhile_is_answered_with_those_that_are_left(
    jira: JiraClient, site: FaultServer
) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Size", SELECT)))
    site.queue(
        f"{TYPES}/1",
        create_screen(summary=SUMMARY, customfield_1=entry("Size", SELECT, "S", "XL")),
        create_screen(summary=SUMMARY, customfield_1=entry("Size", SELECT, "S")),
    )
    await jira.screen_fields(project="A1", type_name="Task")
    later(jira, 60)
    refusal: dict[str, object] = {"errorMessages": [], "errors": {"customfield_1": "Option id '2' is not valid"}}
    site.queue(f"{API}/issue", Fault.json(refusal, 400))
    with pytest.raises(InvalidInput) as caught:
        await jira.create(NewIssue("A1", "Task", "One", fields={"Size": "XL"}))
    assert caught.value.fields == {"Size": "Option id '2' is not valid Values: S."}
    assert asked(site, f"{API}/issue") == 1


async def test_a_field_that_is_new_since_the_catalogue_was_read_is_found(jira: JiraClient, site: FaultServer) -> None:
    size, weight = entry("Size", SELECT), entry("Weight", NUMBER)
    site.queue(f"{API}/field", catalogue(customfield_1=size), catalogue(customfield_1=size, customfield_2=weight))
    assert (await jira.field("Size")).id == "customfield_1"
    with pytest.raises(InvalidInput, match="no field called 'Weight'"):
        await jira.field("Weight")
    assert asked(site, f"{API}/field") == 1
    later(jira, 60)
    assert (await jira.field("Weight")).id == "customfield_2"
    later(jira, 1)
    with pytest.raises(InvalidInput):
        await jira.field("Breadth")
    assert asked(site, f"{API}/field") == 2


async def test_the_catalogue_is_kept_for_its_time(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", *[catalogue(customfield_1=entry("Size", SELECT))] * 2)
    await jira.field("Size")
    later(jira, CATALOGUE_TTL - 1)
    await jira.field("size")
    assert asked(site, f"{API}/field") == 1


async def test_a_name_of_another_field_is_not_taken_for_one_that_is_also_called_so(
    jira: JiraClient, site: FaultServer
) -> None:
    versions = entry("Fix versions", {"type": "array", "items": "version", "system": "fixVersions"}, "1.0")
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Release", SELECT), fixVersions=versions))
    site.queue(f"{API}/issue/A1-1/editmeta", edit_screen(fixVersions=versions))
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Release": "1.0"})
    assert "is not on the edit screen of A1-1" in caught.value.fields["Release"]


@pytest.mark.parametrize(("asked_for", "held"), [("Story Points", "Story point estimate"), ("points", "Story Points")])
async def test_story_points_are_found_under_either_name(
    jira: JiraClient, site: FaultServer, asked_for: str, held: str
) -> None:
    site.queue(
        f"{API}/field",
        catalogue(customfield_1=entry("Story Points", NUMBER), customfield_2=entry("Story point estimate", NUMBER)),
    )
    number = "customfield_1" if held == "Story Points" else "customfield_2"
    site.queue(f"{API}/issue/A1-1/editmeta", edit_screen(**{number: entry(held, NUMBER)}))
    done = await jira.update("A1-1", {asked_for: "5"})
    assert site.requests[-1].json() == {"fields": {number: 5}}
    assert done.changed == {held: 5}


async def test_an_epic_link_is_written_as_the_parent(jira: JiraClient, site: FaultServer) -> None:
    link = entry("Epic Link", {"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link"})
    parent = entry("Parent", {"type": "issuelink", "system": "parent"})
    site.queue(f"{API}/field", catalogue(customfield_1=link, parent=parent))
    site.queue(
        f"{API}/issue/A1-1/editmeta",
        edit_screen(customfield_1=link, parent=parent),
        edit_screen(parent=parent),
        edit_screen(customfield_1=link),
    )
    for _ in range(2):
        await jira.update("A1-1", {"Epic Link": "a1-7"})
        assert site.requests[-1].json() == {"fields": {"parent": {"key": "A1-7"}}}
    await jira.update("A1-1", {"Epic Link": {"key": "A1-7"}})
    assert site.requests[-1].json() == {"fields": {"customfield_1": "A1-7"}}


def issues_with(field: str, *values: object) -> Fault:
    return Fault.json(
        {"issues": [{"key": f"A1-{number}", "fields": {field: value}} for number, value in enumerate(values)]}
    )


async def test_teams_that_share_a_name_are_told_by_id(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Team", TEAM)))
    site.queue(f"{API}/issue/A1-1/editmeta", *[edit_screen(customfield_1=entry("Team", TEAM))] * 2)
    teams = [{"id": number, "name": "Core"} for number in TEAMS]
    site.queue(f"{API}/search/jql", issues_with("customfield_1", *teams, {"id": "x", "name": "Web"}))
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Team": "core"})
    assert "There are 2 teams called 'core'" in caught.value.fields["Team"]
    assert TEAMS[1] in caught.value.fields["Team"]
    await jira.update("A1-1", {"Team": "web"})
    assert site.requests[-1].json() == {"fields": {"customfield_1": "x"}}


async def test_a_team_is_looked_for_though_jql_may_refuse_the_field(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Team", TEAM)))
    site.queue(f"{API}/issue/A1-1/editmeta", edit_screen(customfield_1=entry("Team", TEAM)))
    site.queue(f"{API}/search/jql", Fault.json({"errorMessages": ["Field 'cf[1]' does not exist."]}, 400))
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Team": "Core"})
    assert caught.value.fields["Team"] == "No issue has a team called 'Core'"
    assert "after /team/" in caught.value.next_step


def sprint(number: int, state: str, board: int, name: str = "Sprint 1") -> dict[str, Any]:
    return {"id": number, "name": name, "state": state, "boardId": board}


async def test_sprints_that_share_a_name_are_told_with_their_board(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", *[catalogue(customfield_1=entry("Sprint", SPRINT))] * 2)
    site.queue(f"{API}/issue/A1-1/editmeta", *[edit_screen(customfield_1=entry("Sprint", SPRINT))] * 2)
    site.queue(
        f"{API}/search/jql",
        issues_with("customfield_1", [sprint(7, "active", 3), sprint(9, "future", 4)], [sprint(5, "closed", 3)]),
        issues_with("customfield_1", [sprint(7, "closed", 3), sprint(9, "future", 4)]),
    )
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Sprint": "sprint 1"})
    assert "7: Sprint 1 (active, board 3); 9: Sprint 1 (future, board 4)" in caught.value.fields["Sprint"]
    assert "5:" not in caught.value.fields["Sprint"]
    await jira.update("A1-1", {"Sprint": "Sprint 1 "})
    assert site.requests[-1].json() == {"fields": {"customfield_1": 9}}


async def test_the_active_sprint_is_that_of_the_project(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Sprint", SPRINT)))
    site.queue(f"{API}/issue/A1-1/editmeta", *[edit_screen(customfield_1=entry("Sprint", SPRINT))] * 2)
    nothing = Fault.json({"issues": []})
    two = issues_with("customfield_1", [sprint(7, "active", 3), sprint(5, "closed", 3)], [sprint(8, "active", 4)])
    site.queue(f"{API}/search/jql", nothing, two, nothing, nothing)
    site.queue(f"{API}/jql/autocompletedata/suggestions", *[Fault.json({"results": []})] * 2)
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Sprint": "active"})
    assert "7: Sprint 1 (active, board 3); 8: Sprint 1 (active, board 4)" in caught.value.fields["Sprint"]
    asked_for = [as_object(each.json())["jql"] for each in site.requests if each.path == f"{API}/search/jql"]
    assert asked_for[1] == 'project = "A1" AND cf[1] in openSprints() ORDER BY updated DESC'
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Sprint": "current"})
    assert "No issue of A1 is in an active sprint" in caught.value.fields["Sprint"]


async def test_a_group_is_sent_as_it_is_where_the_account_may_not_look_for_groups(
    jira: JiraClient, site: FaultServer
) -> None:
    group = entry("Owners", {"type": "group", "custom": "x:grouppicker"})
    site.queue(f"{API}/field", catalogue(customfield_1=group))
    site.queue(f"{API}/issue/A1-1/editmeta", *[edit_screen(customfield_1=group)] * 2)
    site.queue(
        f"{API}/groups/picker", Fault.json({"groups": [], "total": 0}), Fault.json({"groups": [{"name": "ops"}]})
    )
    await jira.update("A1-1", {"Owners": "admins"})
    assert site.requests[-1].json() == {"fields": {"customfield_1": {"name": "admins"}}}
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Owners": "op"})
    assert caught.value.fields["Owners"] == "There is no group called 'op'. Did you mean ops?"


async def test_a_field_of_another_app_takes_what_only_that_app_knows(jira: JiraClient, site: FaultServer) -> None:
    schema = {"type": "object", "custom": "ari:cloud:ecosystem::extension/a/b/static/c"}
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Risk", schema)))
    site.queue(f"{API}/issue/A1-1/editmeta", *[edit_screen(customfield_1=entry("Risk", schema))] * 2)
    await jira.update("A1-1", {"Risk": {"level": 3}})
    assert site.requests[-1].json() == {"fields": {"customfield_1": {"level": 3}}}
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Risk": '{"level": 3}'})
    assert caught.value.fields["Risk"] == "takes an object: give it as one, not as a text"


async def test_options_that_differ_by_a_hyphen_only_are_not_mixed_up(jira: JiraClient, site: FaultServer) -> None:
    screen = edit_screen(customfield_1=entry("Size", SELECT, "A-B", "AB", "TCP/IP"))
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Size", SELECT)))
    site.queue(f"{API}/issue/A1-1/editmeta", *[screen] * 3)
    await jira.update("A1-1", {"Size": "ab"})
    assert site.requests[-1].json() == {"fields": {"customfield_1": {"id": "2"}}}
    with pytest.raises(InvalidInput) as caught:
        await jira.update("A1-1", {"Size": "a b"})
    assert "'a b' is not among its values. Did you mean A-B" in caught.value.fields["Size"]
    await jira.update("A1-1", {"Size": "tcp/ip"})
    assert site.requests[-1].json() == {"fields": {"customfield_1": {"id": "3"}}}


async def test_an_empty_sprint_is_found_though_a_closed_one_has_its_name(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Sprint", SPRINT)))
    site.queue(f"{API}/issue/A1-1/editmeta", edit_screen(customfield_1=entry("Sprint", SPRINT)))
    site.queue(f"{API}/search/jql", issues_with("customfield_1", [sprint(5, "closed", 3)]))
    offered = [{"value": "5", "displayName": "Sprint 1 - Team A"}, {"value": "6", "displayName": "Sprint 1 - Team B"}]
    site.queue(f"{API}/jql/autocompletedata/suggestions", Fault.json({"results": offered}))
    await jira.update("A1-1", {"Sprint": "Sprint 1"})
    assert site.requests[-1].json() == {"fields": {"customfield_1": 6}}


async def test_a_sprint_is_looked_for_once_for_many_issues(jira: JiraClient, site: FaultServer) -> None:
    screen = create_screen(summary=SUMMARY, customfield_1=entry("Sprint", SPRINT))
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Sprint", SPRINT)))
    site.queue(f"{TYPES}/1", screen)
    site.queue(f"{API}/search/jql", issues_with("customfield_1", [sprint(7, "active", 3)]))
    site.queue(f"{API}/issue/bulk", Fault.json({"issues": [{"id": "1", "key": "A1-1"}] * 20, "errors": []}, 201))
    await jira.create_many([NewIssue("A1", "Task", f"{number}", fields={"Sprint": "Sprint 1"}) for number in range(20)])
    assert asked(site, f"{API}/search/jql") == 1


async def test_a_site_that_is_down_is_not_taken_for_one_without_the_sprint(jira: JiraClient, site: FaultServer) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Sprint", SPRINT)))
    site.queue(f"{API}/issue/A1-1/editmeta", edit_screen(customfield_1=entry("Sprint", SPRINT)))
    site.queue(f"{API}/search/jql", Fault.json({"issues": []}))
    site.queue(f"{API}/jql/autocompletedata/suggestions", Fault(401))
    with pytest.raises(NotAuthenticated):
        await jira.update("A1-1", {"Sprint": "Sprint 1"})


@pytest.mark.parametrize(
    ("schema", "value", "sent"),
    [
        ({"type": "priority", "system": "priority"}, "High", {"name": "High"}),
        ({"type": "version"}, "1.0", {"name": "1.0"}),
        ({"type": "array", "items": "component"}, ["Web"], [{"name": "Web"}]),
        (SELECT, "S", {"value": "S"}),
        ({"type": "array", "items": "option"}, "S", [{"value": "S"}]),
        (SELECT, {"id": "7"}, {"id": "7"}),
        ({"type": "option-with-child"}, "A / B", {"value": "A", "child": {"value": "B"}}),
        ({"type": "project"}, "b2", {"key": "B2"}),
        ({"type": "boolean"}, "yes", True),
        ({"type": "array", "items": "any", "custom": "x:sd-customer-organizations"}, [1, 2], [1, 2]),
    ],
)
async def test_where_the_screen_lists_no_values_the_name_is_sent(
    jira: JiraClient, site: FaultServer, schema: dict[str, Any], value: object, sent: object
) -> None:
    site.queue(f"{API}/field", catalogue(customfield_1=entry("Thing", schema)))
    site.queue(f"{API}/issue/A1-1/editmeta", edit_screen(customfield_1=entry("Thing", schema)))
    await jira.update("A1-1", {"Thing": value})
    assert site.requests[-1].json() == {"fields": {"customfield_1": sent}}
