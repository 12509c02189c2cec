"""Versions and components in the sandbox: they change, and issues, histories, screens and searches follow."""

from collections.abc import Callable

import pytest

from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

SELF = "https://pm-os.sandbox.invalid/rest/api/3/version/"


async def test_a_new_version_can_be_set_searched_and_seen_everywhere(jira: Visitor) -> None:
    made = (await jira.ask("POST", "/version", {"projectId": 10000, "name": "2.0", "releaseDate": "2036-01-31"})).body
    assert made["overdue"] is False
    key = await jira.create(fixVersions=[{"name": "2.0"}])
    assert [each["name"] for each in (await jira.fields(key))["fixVersions"]] == ["2.0"]
    assert await jira.found('fixVersion = "2.0"') == [key]
    assert await jira.found(f"fixVersion = {made['id']}") == [key]
    assert key in await jira.found("project = PMOS AND fixVersion in unreleasedVersions(PMOS)")
    meta = await jira.get(f"/issue/{key}/editmeta")
    assert "2.0" in [each["name"] for each in meta["fields"]["fixVersions"]["allowedValues"]]
    assert "2.0" in [each["name"] for each in (await jira.get("/project/PMOS"))["versions"]]


async def test_a_new_name_shows_at_once_and_the_old_one_is_gone(jira: Visitor) -> None:
    assert (await jira.ask("PUT", "/version/10003", {"name": "0.4 final"})).status == 200
    assert [each["name"] for each in (await jira.fields("PMOS-34"))["fixVersions"]] == ["0.4 final"]
    assert len(await jira.found('fixVersion = "0.4 final"')) == 11
    answer = await jira.ask("POST", "/search/jql", {"jql": 'fixVersion = "0.4"'})
    assert answer.body["errorMessages"] == ["The value '0.4' does not exist for the field 'fixVersion'."]


async def test_releasing_moves_what_is_open_and_leaves_what_is_done(jira: Visitor) -> None:
    await jira.ask("PUT", "/issue/PMOS-1", {"update": {"fixVersions": [{"add": {"name": "0.4"}}]}})
    body = {"released": True, "moveUnfixedIssuesTo": f"{SELF}10004"}
    assert (await jira.ask("PUT", "/version/10003", body)).body["released"] is True
    assert await jira.found('fixVersion = "0.4"') == ["PMOS-1"]
    assert [each["name"] for each in (await jira.fields("PMOS-34"))["fixVersions"]] == ["1.0"]
    history = await jira.get("/issue/PMOS-34/changelog")
    items = {(each["fromString"], each["toString"]) for each in history["values"][-1]["items"]}
    assert items == {("0.4", None), (None, "1.0")}


async def test_a_deleted_version_leaves_its_issues_or_hands_them_on(jira: Visitor) -> None:
    assert (await jira.get("/version/10003/relatedIssueCounts"))["issuesFixedCount"] == 11
    assert (await jira.ask("POST", "/version/10003/removeAndSwap", {"moveFixIssuesTo": 10004})).status == 204
    assert [each["name"] for each in (await jira.fields("PMOS-34"))["fixVersions"]] == ["1.0"]
    assert (await jira.ask("POST", "/version/10004/removeAndSwap", {})).status == 204
    assert (await jira.fields("PMOS-34"))["fixVersions"] == []
    assert len(await jira.found("project = PMOS AND fixVersion is EMPTY AND statusCategory != Done")) >= 20
    assert (await jira.ask("GET", "/version/10003")).status == 404


async def test_a_deleted_version_leaves_other_fields_too(jira: Visitor) -> None:
    found, ships = {"id": "10011"}, [{"id": "10011"}]
    key = await jira.create(project={"key": "NOVA"}, customfield_10128=found, customfield_10129=ships)
    counts = await jira.get("/version/10011/relatedIssueCounts")
    used = {each["customFieldId"]: each["issueCountWithVersionInCustomField"] for each in counts["customFieldUsage"]}
    assert used.keys() == {10128, 10129}
    body = {"customFieldReplacementList": [{"customFieldId": 10128, "moveTo": 10012}]}
    assert (await jira.ask("POST", "/version/10011/removeAndSwap", body)).status == 204
    fields = await jira.fields(key, "customfield_10128", "customfield_10129")
    assert fields["customfield_10128"]["id"] == "10012"
    assert not fields["customfield_10129"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "0.1"}, "name"),
        ({"releaseDate": "soon"}, "releaseDate"),
        ({"startDate": "2036-01-02", "releaseDate": "2036-01-01"}, "startDate"),
    ],
)
async def test_a_version_with_wrong_values_is_refused_by_field(body: dict[str, str], field: str, jira: Visitor) -> None:
    answer = await jira.ask("PUT", "/version/10003", body)
    assert (answer.status, list(answer.body["errors"])) == (400, [field])


async def test_issues_do_not_go_to_another_projects_version(jira: Visitor) -> None:
    for body in ({"moveFixIssuesTo": 10011}, {"moveFixIssuesTo": 10003}):
        assert (await jira.ask("POST", "/version/10003/removeAndSwap", body)).status == 400
    answer = await jira.ask("PUT", "/version/10003", {"released": True, "moveUnfixedIssuesTo": f"{SELF}10011"})
    assert answer.status == 400
    assert len(await jira.found('fixVersion = "0.4"')) == 11


async def test_only_administrators_change_versions_and_components(visit: Callable[..., Visitor]) -> None:
    member, viewer, outsider = visit("Engineering Partner"), visit("Sam Okafor"), visit("Noor Haddad")
    assert (await member.ask("POST", "/version", {"projectId": 10000, "name": "x"})).status == 404
    assert (await member.ask("PUT", "/version/10003", {"name": "x"})).status == 400
    assert (await member.ask("POST", "/version/10003/removeAndSwap", {})).status == 404
    assert (await member.ask("POST", "/component", {"project": "PMOS", "name": "x"})).status == 403
    assert (await viewer.ask("DELETE", "/component/10000")).status == 403
    assert (await viewer.ask("GET", "/version/10003")).status == 200
    assert (await outsider.ask("GET", "/version/10003")).status == 404
    assert (await outsider.ask("GET", "/component/10000")).status == 404


async def test_a_component_is_renamed_led_counted_and_deleted(jira: Visitor) -> None:
    assert (await jira.get("/component/10001/relatedIssueCounts"))["issueCount"] == 10
    changed = (await jira.ask("PUT", "/component/10001", {"name": "Links", "assigneeType": "PROJECT_LEAD"})).body
    assert changed["realAssignee"]["displayName"] == "Human PM"
    assert len(await jira.found("component = Links")) == 10
    assert (await jira.ask("DELETE", "/component/10001", moveIssuesTo="10011")).status == 404
    assert (await jira.ask("DELETE", "/component/10001", moveIssuesTo="10003")).status == 204
    assert [each["name"] for each in (await jira.fields("PMOS-34"))["components"]] == ["Quality"]


async def test_versions_are_found_by_text_state_and_date(jira: Visitor) -> None:
    async def names(**query: str) -> list[str]:
        return [each["name"] for each in (await jira.get("/project/PMOS/version", **query))["values"]]

    assert await names(status="unreleased") == ["0.4", "1.0"]
    assert await names(query="enterprise") == ["1.0"]
    assert await names(orderBy="-releaseDate", maxResults="2") == ["1.0", "0.4"]
    assert (await jira.ask("GET", "/project/PMOS/version", status="gone")).status == 400
    shown = await jira.get("/project/PMOS/version", expand="issuesstatus", query="0.4")
    assert shown["values"][0]["issuesStatusForFixVersion"]["done"] == 0
