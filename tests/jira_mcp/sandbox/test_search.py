"""Search: pages, tokens, limits, and the moment that it lags behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.resources import search
from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[[str], Visitor]


async def refused(visitor: Visitor, **wish: Any) -> str:
    answer = await visitor.ask("POST", "/search/jql", wish)
    assert answer.status == 400
    return answer.body["errorMessages"][0]


async def test_two_thousand_issues_come_in_pages_without_a_gap_or_a_repeat(jira: Visitor) -> None:
    wish: dict[str, Any] = {"jql": "project = NOVA ORDER BY key ASC", "fields": ["key"], "maxResults": 700}
    keys: list[str] = []
    pages = 0
    while True:
        page = (await jira.ask("POST", "/search/jql", wish)).body
        pages += 1
        keys += [issue["key"] for issue in page["issues"]]
        assert page["isLast"] is ("nextPageToken" not in page)
        if page["isLast"]:
            break
        wish["nextPageToken"] = page["nextPageToken"]
    assert pages == 3
    assert keys == [f"NOVA-{number}" for number in range(1, 2001)]


async def test_a_page_token_is_good_for_its_query_and_its_account_only(jira: Visitor, visit: Visit) -> None:
    wish = {"jql": "project = NOVA", "maxResults": 10}
    token = (await jira.ask("POST", "/search/jql", wish)).body["nextPageToken"]
    again = await jira.ask("GET", "/search/jql", jql="project = NOVA", maxResults=10, nextPageToken=token)
    assert again.status == 200
    sentence = "The provided next page token is invalid or expired."
    assert await refused(jira, jql="project = PMOS", nextPageToken=token) == sentence
    assert await refused(visit("Alex Rivera"), jql="project = NOVA", nextPageToken=token) == sentence
    for forged in ("x", "####", token[:-4] + "AAAA", "A" * 60):
        assert await refused(jira, jql="project = NOVA", nextPageToken=forged) == sentence


async def test_a_page_token_does_not_last_forever(jira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_TOKEN_LIFE", -1)
    token = (await jira.ask("POST", "/search/jql", {"jql": "project = NOVA"})).body["nextPageToken"]
    assert "expired" in await refused(jira, jql="project = NOVA", nextPageToken=token)


async def test_without_fields_only_ids_come_back(jira: Visitor) -> None:
    page = await jira.get("/search/jql", jql="key = PMOS-1")
    assert page == {"issues": [{"id": "10001"}], "isLast": True}


async def test_fields_can_be_chosen_in_groups_and_left_out(jira: Visitor) -> None:
    for fields, present, absent in (
        ("summary", {"summary"}, {"status"}),
        ("*all", {"comment", "timetracking", "customfield_10101"}, set[str]()),
        ("*all,-comment", {"summary"}, {"comment"}),
        ("-summary", set[str](), {"summary"}),
        ("*navigable", {"summary"}, {"comment", "worklog"}),
        ("nonsense,summary", {"summary"}, {"nonsense"}),
    ):
        page = await jira.get("/search/jql", jql="key = PMOS-1", fields=fields)
        names = set(page["issues"][0].get("fields", {}))
        assert present <= names, fields
        assert not absent & names, fields


async def test_names_and_schemas_come_once_for_the_chosen_fields(jira: Visitor) -> None:
    page = await jira.get("/search/jql", jql="key = PMOS-1", fields="customfield_10101", expand="names,schema")
    assert page["names"] == {"customfield_10101": "pm_os_phase"}
    assert page["schema"]["customfield_10101"]["customId"] == 10101


async def test_pages_are_smaller_when_more_than_keys_is_asked_for(jira: Visitor) -> None:
    many = await jira.get("/search/jql", jql="project = NOVA", fields="id,key", maxResults=9999)
    few = await jira.get("/search/jql", jql="project = NOVA", fields="summary", maxResults=9999)
    assert (len(many["issues"]), len(few["issues"])) == (2000, 100)


async def test_an_unbounded_query_is_refused(jira: Visitor) -> None:
    assert "Unbounded JQL" in await refused(jira, jql="order by created")
    assert "Unbounded JQL" in await refused(jira)


async def test_a_wrong_query_is_refused_with_its_reason(jira: Visitor) -> None:
    assert "line 1, character" in await refused(jira, jql="project = PMOS AND AND status = Done")
    assert "'Nobody'" in await refused(jira, jql="project = PMOS and pm_os_phase = Nobody")


@pytest.mark.parametrize(
    "wish",
    [
        {"jql": "project = PMOS", "maxResults": "ten"},
        {"jql": "project = PMOS", "fields": "summary"},
        {"jql": "project = PMOS", "reconcileIssues": ["10001"]},
        {"jql": "project = PMOS", "reconcileIssues": 5},
        {"jql": "project = PMOS", "startAt": 5},
        {"jql": "project = PMOS", "reconcileIssues": list(range(51))},
    ],
)
async def test_a_malformed_wish_is_refused(jira: Visitor, wish: dict[str, Any]) -> None:
    await refused(jira, **wish)


async def test_a_get_checks_its_parameters_too(jira: Visitor) -> None:
    for query in ({"reconcileIssues": "x"}, {"maxResults": "x"}):
        assert (await jira.ask("GET", "/search/jql", jql="project = PMOS", **query)).status == 400


async def test_counts_are_of_what_the_account_may_see(jira: Visitor, visit: Visit) -> None:
    async def count(visitor: Visitor, jql: str) -> int:
        return (await visitor.ask("POST", "/search/approximate-count", {"jql": jql})).body["count"]

    assert await count(jira, "project = NOVA") == 2000
    assert await count(jira, "project = PMOS") == 56
    assert await count(jira, "created > 2000-01-01") == 2060
    assert await count(visit("Sam Okafor"), "created > 2000-01-01") == 56


async def test_a_change_shows_after_a_moment_unless_reconciled(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(database, search_lag=60.0)
    jira = Visitor(app)
    key = await jira.create(summary="Brand new")
    number = int((await jira.get(f"/issue/{key}", fields="summary"))["id"])
    await jira.ask("PUT", "/issue/PMOS-1", {"fields": {"summary": "Renamed folders"}})

    assert await jira.found("summary ~ 'Brand new'") == []
    assert await jira.found("summary ~ 'Brand new'", reconcileIssues=[number]) == [key]
    assert await jira.found("summary ~ Renamed") == []
    assert await jira.found("summary ~ 'directory structure'") == ["PMOS-1"]
    assert await jira.found("summary ~ Renamed", reconcileIssues=[10001]) == ["PMOS-1"]

    await jira.ask("PUT", "/issue/PMOS-1", {"fields": {"summary": "Renamed again"}})
    assert await jira.found("summary ~ 'directory structure'") == ["PMOS-1"]

    monkeypatch.setattr("time.time", lambda: 4e9)
    assert await jira.found("summary ~ 'Brand new'") == [key]
    assert await jira.found("summary ~ again") == ["PMOS-1"]
    await jira.aclose()
    app.close()


async def test_projects_that_an_account_may_not_browse_do_not_exist_for_it(jira: Visitor, visit: Visit) -> None:
    assert "RISK" in await refused(jira, jql="project = RISK")
    assert await visit("Orchestrator").found("project = RISK") == ["RISK-2", "RISK-1"]
    assert "RISK-1" in await refused(jira, jql="issue in linkedIssues(RISK-1)")


async def test_queries_reach_every_kind_of_field(jira: Visitor) -> None:
    key = await jira.create(
        summary="All of it",
        description=document("Something unmistakable"),
        environment=document("Laptop"),
        labels=["odd-label"],
        components=[{"name": "Quality"}],
        fixVersions=[{"name": "1.0"}],
        versions=[{"name": "0.1"}],
        duedate="2031-05-05",
        parent={"key": "PMOS-30"},
        timetracking={"originalEstimate": "2h"},
        customfield_10016=7,
        customfield_10020=5,
        customfield_10106=[{"accountId": "712020:5a9d1c0e-0000-4000-8000-000000000010"}],
        customfield_10107="2031-06-06",
    )
    await jira.ask("POST", f"/issue/{key}/worklog", {"timeSpent": "30m", "comment": document("Dug")})
    await jira.ask("POST", f"/issue/{key}/comment", {"body": document("Remarkable")})
    link = {"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": "PMOS-1"}}
    await jira.ask("POST", "/issueLink", link)
    for clause in (
        "text ~ unmistakable",
        "environment ~ laptop",
        "comment ~ remarkable",
        "worklogComment ~ dug",
        "labels = odd-label",
        "component = Quality and fixVersion = '1.0' and affectedVersion = '0.1'",
        "fixVersion in unreleasedVersions(PMOS) and affectedVersion in releasedVersions()",
        "due = 2031-05-05 and 'Target date' = 2031-06-06",
        "parent = PMOS-30 and 'Story Points' = 7",
        "sprint in openSprints() and Reviewers = 'Alex Rivera'",
        "watcher = currentUser() and worklogAuthor = currentUser() and worklogDate <= now()",
        "creator = currentUser() and reporter = currentUser() and assignee is EMPTY",
        "issueLinkType = blocks and issue in linkedIssues(PMOS-1, 'is blocked by')",
        "timeSpent = 30m and originalEstimate = 2h and remainingEstimate = '1h 30m' and workRatio = 25",
        "issuetype in standardIssueTypes() and priority = Medium and status = Backlog",
        "category = Product and statusCategory = 'To Do' and resolution = Unresolved",
        "watchers = 1 and votes = 0 and updated >= -1d and resolved is EMPTY",
        "statusCategoryChangedDate > -1d and 'Root cause' is EMPTY and 'Incident start' is EMPTY",
    ):
        assert await jira.found(f"id = {key} and {clause}") == [key], clause
    assert "Nonsense" in await refused(jira, jql="issue in linkedIssues(PMOS-1, Nonsense)")


async def test_custom_fields_of_every_type_can_be_searched(visit: Visit) -> None:
    desk = visit("Orchestrator")
    key = await desk.create(
        project={"key": "DESK"},
        issuetype={"name": "Incident"},
        customfield_10105={"value": "SEV-1"},
        customfield_10108=document("A cable"),
        customfield_10109=[{"value": "Search"}, {"value": "Data"}],
        customfield_10110="https://runbook.example/1",
        customfield_10111="REF 7",
        customfield_10113="2031-01-01T10:00:00.000+0000",
    )
    for clause in (
        "cf[10105] = SEV-1",
        "'Root cause' ~ cable",
        "'Affected teams' = Data",
        "Runbook = 'https://runbook.example/1'",
        "'Customer reference' ~ REF",
        "'Incident start' >= 2031-01-01",
    ):
        assert await desk.found(f"id = {key} and {clause}") == [key], clause


async def test_queries_can_be_checked_without_running_them(jira: Visitor) -> None:
    queries = ["project = PMOS", "project = NOPE", "project ="]
    for validation, outcome in (
        ("strict", [set[str](), {"errors"}, {"errors"}]),
        ("warn", [set[str](), {"warnings"}, {"errors"}]),
        ("none", [set[str](), set[str](), {"errors"}]),
    ):
        answer = await jira.ask("POST", f"/jql/parse?validation={validation}", {"queries": queries})
        found = [set(each) & {"errors", "warnings"} for each in answer.body["queries"]]
        assert found == outcome, validation
    assert (await jira.ask("POST", "/jql/parse?validation=odd", {"queries": queries})).status == 400
    assert (await jira.ask("POST", "/jql/parse", {"queries": "project = PMOS"})).status == 400


async def test_the_old_search_says_that_it_is_gone(jira: Visitor) -> None:
    answer = await jira.ask("GET", "/search", jql="project = PMOS")
    assert answer.status == 410
    assert "/rest/api/3/search/jql" in answer.body["errorMessages"][0]
