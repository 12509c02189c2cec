"""Watchers, votes, roles, saved filters and dashboards in the sandbox, and who may do what."""

from collections.abc import Callable

import pytest

from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_votes_count_and_are_searched_for(jira: Visitor) -> None:
    assert await jira.found("voter = currentUser()") == ["PMOS-42", "PMOS-34"]
    assert (await jira.ask("POST", "/issue/PMOS-40/votes")).status == 204
    assert (await jira.ask("POST", "/issue/PMOS-40/votes")).status == 204
    assert (await jira.fields("PMOS-40", "votes"))["votes"]["votes"] == 1
    assert "PMOS-40" in await jira.found("voter = currentUser() AND votes = 1")
    assert (await jira.ask("DELETE", "/issue/PMOS-40/votes")).status == 204
    assert (await jira.ask("DELETE", "/issue/PMOS-40/votes")).status == 404


async def test_nobody_votes_for_what_they_reported_or_what_is_done(visit: Callable[..., Visitor]) -> None:
    human, member = visit("Human PM"), visit("Alex Rivera")
    answer = await human.ask("POST", "/issue/PMOS-1/votes")
    assert (answer.status, answer.body["errorMessages"]) == (404, ["You cannot vote for an issue you have reported."])
    answer = await member.ask("POST", "/issue/PMOS-1/votes")
    assert answer.body["errorMessages"] == ["You cannot vote for an issue that has been resolved."]


async def test_watchers_are_searched_for(jira: Visitor) -> None:
    mine = await jira.found("project = PMOS AND watcher = currentUser()")
    assert "PMOS-34" in mine
    await jira.ask("DELETE", "/issue/PMOS-34/watchers?accountId=712020:5a9d1c0e-0000-4000-8000-000000000001")
    assert set(mine) - set(await jira.found("project = PMOS AND watcher = currentUser()")) == {"PMOS-34"}


async def test_who_may_only_read_sees_how_many_voted_but_not_who(visit: Callable[..., Visitor]) -> None:
    seen = await visit("Sam Okafor").get("/issue/PMOS-34/votes")
    assert (seen["votes"], seen["voters"]) == (3, [])


async def test_roles_are_for_administrators(visit: Callable[..., Visitor]) -> None:
    roles = await visit("Human PM").get("/project/PMOS/role")
    assert list(roles) == ["Administrators", "Members", "Reporters", "Viewers"]
    actors = (await visit("Human PM").get("/project/PMOS/role/10003"))["actors"]
    assert [each["displayName"] for each in actors if "actorGroup" in each] == ["product-team"]
    assert (await visit("Engineering Partner").ask("GET", "/project/PMOS/role")).status == 401
    assert (await visit("Noor Haddad").ask("GET", "/project/PMOS/role")).status == 404


async def test_a_filter_is_seen_by_whom_it_is_shared_with(visit: Callable[..., Visitor]) -> None:
    async def seen_by(name: str) -> set[str]:
        return {each["id"] for each in (await visit(name).get("/filter/search"))["values"]}

    assert await seen_by("Human PM") == {"10000", "10001", "10002", "10003", "10004", "10006"}
    assert await seen_by("Sam Okafor") == {"10001", "10003", "10006"}
    assert await seen_by("Noor Haddad") == {"10003", "10006"}
    assert (await visit("Sam Okafor").ask("GET", "/filter/10000")).status == 400


async def test_only_its_owner_changes_a_filter_and_everybody_may_star_it(visit: Callable[..., Visitor]) -> None:
    member = visit("Engineering Partner")
    assert (await member.ask("PUT", "/filter/10001", {"name": "x"})).status == 400
    assert (await member.ask("DELETE", "/filter/10001")).status == 400
    assert (await member.ask("PUT", "/filter/10001/favourite")).body["favouritedCount"] == 3
    assert [each["id"] for each in await member.get("/filter/favourite")] == ["10001"]


async def test_a_filter_is_part_of_a_query(jira: Visitor) -> None:
    planned = await jira.found('filter = "PM OS: what is planned"')
    assert len(planned) > 20
    assert await jira.found("filter = 10001") == planned
    rest = await jira.found('project = PMOS AND NOT filter = "PM OS: what is planned"')
    assert set(rest) | set(planned) == set(await jira.found("project = PMOS"))
    assert set(await jira.found("filter in (10001, 10003) AND project = PMOS")) == set(planned)
    answer = await jira.ask("POST", "/search/jql", {"jql": "filter = 10005"})
    assert answer.body["errorMessages"] == ["The value '10005' does not exist for the field 'filter'."]


async def test_a_filter_that_refers_to_itself_is_refused(jira: Visitor) -> None:
    await jira.ask("PUT", "/filter/10001", {"jql": "filter = 10000"})
    answer = await jira.ask("PUT", "/filter/10000", {"jql": "filter = 10001"})
    assert answer.status == 200  # the one it refers to is still in order when it is checked
    answer = await jira.ask("POST", "/search/jql", {"jql": "filter = 10001"})
    assert answer.status == 400
    assert "refers to itself" in answer.body["errorMessages"][0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": ""}, {"filterName": "You must specify a name to save this filter as."}),
        ({"name": "my open WORK", "jql": ""}, {"filterName": "Filter with same name already exists."}),
    ],
)
async def test_a_filter_needs_a_name_of_its_own(body: dict[str, str], said: dict[str, str], jira: Visitor) -> None:
    answer = await jira.ask("POST", "/filter", body)
    assert (answer.status, answer.body["errors"]) == (400, said)


async def test_dashboards_are_listed_with_what_is_on_them(visit: Callable[..., Visitor]) -> None:
    jira = visit("Human PM")
    assert [each["name"] for each in (await jira.get("/dashboard/search"))["values"]] == [
        "Nova health",
        "PM OS delivery",
    ]
    assert len((await jira.get("/dashboard/10000/gadget"))["gadgets"]) == 3
    assert (await jira.ask("GET", "/dashboard/10002/gadget")).status == 404
    assert [each["id"] for each in (await visit("Orchestrator").get("/dashboard/search"))["values"]] == [
        "10001",
        "10000",
        "10002",
    ]
