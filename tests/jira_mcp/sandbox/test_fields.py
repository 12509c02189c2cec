"""Fields of every type in the sandbox: what screens list, what is taken, shown, searched and told."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.sample import shop_fields as shop
from jira_mcp.sandbox.sample.directory import GROUPS, TEAMS
from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[..., Visitor]
KEY = "NOVA-1995"
OFF_SCREEN = "cannot be set. It is not on the appropriate screen, or unknown."


async def screen(jira: Visitor) -> dict[str, Any]:
    return (await jira.get(f"/issue/{KEY}/editmeta"))["fields"]


async def edited(jira: Visitor, field: str, value: object) -> Any:
    answer = await jira.ask("PUT", f"/issue/{KEY}", {"fields": {field: value}})
    assert answer.status == 204, answer.body
    return (await jira.fields(KEY))[field]


async def refused(jira: Visitor, field: str, value: object, verb: str = "") -> str:
    body = {"update": {field: [{verb: value}]}} if verb else {"fields": {field: value}}
    answer = await jira.ask("PUT", f"/issue/{KEY}", body)
    assert answer.status == 400, answer.body
    assert list(answer.body["errors"]) == [field]
    return answer.body["errors"][field]


async def test_a_screen_lists_the_values_of_both_levels(jira: Visitor) -> None:
    region = (await screen(jira))[shop.REGION]
    assert region["schema"]["type"] == "option-with-child"
    assert [each["value"] for each in region["allowedValues"]] == ["Europe", "Americas", "Asia/Pacific"]
    assert [each["value"] for each in region["allowedValues"][0]["children"]] == ["France", "Germany", "Norway"]


async def test_a_screen_lists_a_long_list_whole_and_says_where_to_search_the_rest(jira: Visitor) -> None:
    fields = await screen(jira)
    assert len(fields[shop.SUPPLIER]["allowedValues"]) == 500
    for field, part in (
        (shop.OWNER, "/users/picker?fieldName=customfield_10123"),
        (shop.APPROVERS, "/groups/picker?query="),
        (shop.TEAM, "/gateway/api/v1/recommendations"),
        (shop.KEYWORDS, "labels/suggest?customFieldId=10127&query="),
        ("labels", "labels/suggest?query="),
        ("assignee", "/user/assignable/search?project=NOVA"),
    ):
        assert part in fields[field]["autoCompleteUrl"]
        assert "allowedValues" not in fields[field]


async def test_a_project_picker_lists_the_projects_that_one_sees(jira: Visitor) -> None:
    related = (await screen(jira))[shop.RELATED]
    assert [each["key"] for each in related["allowedValues"]] == ["PMOS", "NOVA", "DESK"]


async def test_an_app_s_field_lists_no_operation(jira: Visitor) -> None:
    fields = await screen(jira)
    assert fields[shop.HEALTH]["operations"] == []
    assert fields[shop.EFFORT]["schema"]["custom"].startswith("ari:cloud:ecosystem::extension/")
    assert "does not support operation 'set'" in await refused(jira, shop.HEALTH, {"status": "red"})


async def test_values_are_shown_as_jira_shows_them(jira: Visitor) -> None:
    assert await edited(jira, shop.TEAM, TEAMS[1].id) == {
        "id": TEAMS[1].id,
        "name": "Payments",
        "avatarUrl": "",
        "isVisible": True,
        "isVerified": False,
        "title": "Payments",
        "isShared": True,
    }
    region = await edited(jira, shop.REGION, {"value": "Europe", "child": {"value": "France"}})
    assert (region["value"], region["child"]["value"]) == ("Europe", "France")
    assert "child" not in await edited(jira, shop.REGION, {"value": "Asia/Pacific"})
    group = await edited(jira, shop.APPROVERS, {"groupId": GROUPS[4].id})
    assert (group["name"], group["groupId"]) == ("Legal", GROUPS[4].id)
    assert [each["name"] for each in await edited(jira, shop.INFORMED, [{"name": "Legal"}])] == ["Legal"]
    assert (await edited(jira, shop.RELATED, {"key": "PMOS"}))["name"] == "PM OS"
    assert (await edited(jira, shop.FOUND_IN, {"name": "2025.4"}))["id"] == "10010"
    assert (await edited(jira, "security", {"name": "Staff"}))["name"] == "Staff"
    assert await edited(jira, shop.GO_LIVE, "2031-01-01T10:00:00.000+0100") == "2031-01-01T09:00:00.000+0000"
    assert await edited(jira, shop.NOTES, document("Tried.")) == document("Tried.")
    assert await edited(jira, shop.COLOUR, "dark_teal") == "dark_teal"
    for field in (shop.TEAM, shop.REGION, shop.APPROVERS, shop.RELATED, shop.FOUND_IN, "security", shop.COLOUR):
        assert await edited(jira, field, None) is None
    assert not await edited(jira, shop.INFORMED, None)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (shop.TEAM, {"id": TEAMS[0].id}, "Team Id 'JsonData{data={'id'"),
        (shop.TEAM, "Storefront", "Team Id 'Storefront' is not valid"),
        (shop.REGION, {"value": "Europe", "child": {"value": "Japan"}}, "Option value 'Japan' is not valid"),
        (shop.REGION, "Europe / France", "Specify a valid 'id' or 'name' for Region"),
        (shop.SUPPLIER, {"id": "1"}, "Option id '1' is not valid"),
        (shop.APPROVERS, {"name": "legal"}, "Could not find group with name 'legal'"),
        (shop.APPROVERS, "Legal", "data was not an object"),
        (shop.INFORMED, {"name": "Legal"}, "data was not an array"),
        (shop.RELATED, {"key": "RISK"}, "No project could be found with key or id 'RISK'."),
        (shop.FOUND_IN, {"name": "9.9"}, "Version name '9.9' is not valid"),
        ("security", {"id": "9"}, "Security level id '9' is not valid"),
        (shop.COLOUR, "pink", "The color is invalid."),
        (shop.CONTRACT, "x.example", "Not a valid URL"),
        (shop.GO_LIVE, "tomorrow", "Error parsing time"),
        (shop.LEGACY_ID, "x", "does not support operation 'set'"),
        ("customfield_10101", {"value": "Phase 1"}, OFF_SCREEN),
    ],
)
async def test_a_value_that_does_not_fit_is_refused_by_field(
    jira: Visitor, field: str, value: object, told: str
) -> None:
    assert told in await refused(jira, field, value)


async def test_lists_of_groups_and_versions_are_added_to(jira: Visitor) -> None:
    for field, name in ((shop.INFORMED, "Legal"), (shop.SHIPS_IN, "2026.2")):
        answer = await jira.ask("PUT", f"/issue/{KEY}", {"update": {field: [{"add": {"name": name}}]}})
        assert answer.status == 204
        assert [each["name"] for each in (await jira.fields(KEY))[field]] == [name]
        await jira.ask("PUT", f"/issue/{KEY}", {"update": {field: [{"remove": {"name": name}}]}})
        assert not (await jira.fields(KEY))[field]
    assert "does not support operation 'add'" in await refused(jira, shop.FOUND_IN, {"name": "2025.4"}, "add")


@pytest.mark.parametrize(
    "clause",
    [
        "Team = Storefront AND key = NOVA-1990",
        f"cf[10001] = {TEAMS[0].id} AND key = NOVA-1990",
        "Region = Europe",
        "Region = Norway",
        "Region in cascadeOption(Europe, Norway)",
        "Region in cascadeOption(Europe)",
        "'Approving group' = storefront-approvers",
        "'Informed groups' in (Legal)",
        "'Product owner' = 'Alex Rivera'",
        "Keywords = mobile",
        "'Found in' = '2025.4'",
        "'Ships in' = '2026.1'",
        "'Related project' = PMOS",
        "'Sales channel' = App",
        "'Go-live' > '2026-01-01'",
        "Supplier = 'Boxes Ghent 3'",
        "level = Staff",
        "'Effort score' > 3",
        "'Acceptance notes' ~ customers",
        "Contract = 'https://contracts.pm-os.example/nova/17'",
    ],
)
async def test_a_query_knows_every_type_of_field(jira: Visitor, clause: str) -> None:
    assert await jira.found(clause) == ["NOVA-1990"]


async def test_a_second_level_belongs_to_its_first(jira: Visitor) -> None:
    answer = await jira.ask("GET", "/search/jql", jql="Region in cascadeOption(Americas, Norway)")
    assert answer.status == 400
    assert "The option 'Norway' specified in function 'cascadeOption' does not exist." in answer.body["errorMessages"]


async def test_the_history_tells_values_by_name(jira: Visitor) -> None:
    owner = {"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000010"}
    values: dict[str, Any] = {
        shop.REGION: {"value": "Europe", "child": {"value": "France"}},
        shop.OWNER: owner,
        shop.KEYWORDS: ["a", "b"],
        shop.SHIPS_IN: [{"name": "2026.1"}],
        shop.RELATED: {"key": "PMOS"},
        shop.TEAM: TEAMS[2].id,
        shop.GO_LIVE: "2031-01-01T10:00:00.000+0000",
        shop.INFORMED: [{"name": "Legal"}],
    }
    assert (await jira.ask("PUT", f"/issue/{KEY}", {"fields": values})).status == 204
    newest = (await jira.get(f"/issue/{KEY}", expand="changelog"))["changelog"]["histories"][0]
    told = {item["fieldId"]: item["toString"] for item in newest["items"]}
    assert told == {
        shop.REGION: "Parent values: Europe(1012200)Level 1 values: France(101220000)",
        shop.OWNER: "Alex Rivera",
        shop.KEYWORDS: "a b",
        shop.SHIPS_IN: "2026.1",
        shop.RELATED: "PM OS",
        shop.TEAM: "Platform",
        shop.GO_LIVE: "2031-01-01T10:00:00.000+0000",
        shop.INFORMED: "Legal",
    }


async def test_groups_are_found_by_a_part_of_their_name(jira: Visitor) -> None:
    page = await jira.get("/groups/picker", query="STORE", caseInsensitive="true", maxResults=1)
    assert (page["total"], page["header"]) == (2, "Showing 1 of 2 matching groups")
    assert page["groups"][0]["html"] == "<b>store</b>front-developers"
    assert (await jira.get("/groups/picker", query="STORE"))["groups"] == []
    assert (await jira.get("/groups/picker", exclude="Legal"))["total"] == len(GROUPS) - 1


async def test_the_editor_of_queries_offers_labels_options_and_versions(jira: Visitor) -> None:
    async def offered(field: str, value: str = "") -> list[str]:
        page = await jira.get("/jql/autocompletedata/suggestions", fieldName=field, fieldValue=value)
        return [each["value"] for each in page["results"]]

    assert await offered("cf[10127]") == ["gift-cards", "mobile", "returns"]
    assert await offered("Supplier", "boxes gh") == [f'"Boxes Ghent {number}"' for number in range(1, 6)]
    assert len(await offered("Supplier")) == 15
    assert "0.4" in await offered("fixVersion")
    assert await offered("Approving group", "leg") == ["Legal"]
    assert await offered("summary") == await offered("no such field") == []


async def test_what_the_desk_keeps_is_shown_and_cannot_be_written(visit: Visit) -> None:
    desk = visit("Orchestrator")
    fields = await desk.fields("DESK-2")
    assert fields["customfield_10010"]["requestType"]["name"] == "Ask for access"
    assert fields["customfield_10030"]["ongoingCycle"]["remainingTime"]["friendly"] == "9h 30m"
    answer = await desk.ask("PUT", "/issue/DESK-2", {"fields": {"customfield_10010": "1"}})
    assert "does not support operation 'set'" in answer.body["errors"]["customfield_10010"]


ODD: list[Any] = [
    *(None, True, -1, 10**30, "", "\x00", [], [None], [{}], {}),
    *({"id": []}, {"value": {}}, {"name": []}, {"groupId": []}, {"key": []}),
    *({"id": "1012200", "child": 5}, {"value": "Europe", "child": {"id": {}}}),
]


async def test_no_value_of_any_field_of_the_shop_makes_the_sandbox_fail(jira: Visitor) -> None:
    for name in [field.id for field in shop.SHOP_FIELDS] + ["security"]:
        for value in ODD:
            for body in (
                {"fields": {name: value}},
                {"update": {name: [{"add": value}]}},
                {"update": {name: [{"set": value}]}},
            ):
                answer = await jira.ask("PUT", f"/issue/{KEY}", body)
                assert answer.status < 500, body
                assert (await jira.ask("GET", f"/issue/{KEY}")).status == 200, body
