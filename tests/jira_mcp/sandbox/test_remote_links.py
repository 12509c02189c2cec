"""The sandbox's remote links: a global id names the far end, once for each issue."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

PATH = "/issue/PMOS-40/remotelink"


def link(title: str = "A page", url: str = "https://example.org/page", **more: Any) -> dict[str, Any]:
    return {"object": {"title": title, "url": url}, **more}


async def test_a_known_global_id_changes_the_link_and_adds_none(jira: Visitor) -> None:
    first = await jira.ask("POST", PATH, link(globalId="g", relationship="mentioned in"))
    again = await jira.ask("POST", PATH, link("Another title", globalId="g"))
    assert (first.status, again.status) == (201, 200)
    assert first.body["id"] == again.body["id"]
    [only] = await jira.get(PATH)
    assert only["object"]["title"] == "Another title"
    assert "relationship" not in only
    assert (await jira.ask("POST", "/issue/PMOS-39/remotelink", link(globalId="g"))).status == 201


async def test_without_a_global_id_the_same_address_is_linked_twice(jira: Visitor) -> None:
    for _ in range(2):
        assert (await jira.ask("POST", PATH, link())).status == 201
    assert len(await jira.get(PATH)) == 2


async def test_a_link_is_found_changed_and_deleted_by_its_id_or_global_id(jira: Visitor) -> None:
    number = (await jira.ask("POST", PATH, link(globalId="system=x&id=1"))).body["id"]
    assert (await jira.get(PATH, globalId="system=x&id=1"))["id"] == number
    assert (await jira.ask("PUT", f"{PATH}/{number}", link("Changed"))).status == 204
    assert (await jira.get(f"{PATH}/{number}"))["object"]["title"] == "Changed"
    assert (await jira.ask("GET", PATH, globalId="system=x&id=1")).status == 404
    assert (await jira.ask("POST", PATH, link(globalId="h"))).status == 201
    assert (await jira.ask("DELETE", PATH, globalId="h")).status == 204
    assert (await jira.ask("DELETE", PATH, globalId="h")).status == 404
    assert (await jira.ask("DELETE", PATH)).status == 400
    assert (await jira.ask("DELETE", f"{PATH}/{number}")).status == 204
    assert (await jira.ask("DELETE", f"{PATH}/{number}")).status == 404
    assert await jira.get(PATH) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"object": {"title": "x"}}, "url"),
        (link(url="not an address"), "url"),
        (link("x" * 256), "title"),
        (link(globalId="x" * 256), "globalId"),
        (link(relationship="x" * 256), "relationship"),
    ],
)
async def test_what_a_link_lacks_is_told_by_field(jira: Visitor, body: dict[str, Any], field: str) -> None:
    answer = await jira.ask("POST", PATH, body)
    assert answer.status == 400
    assert field in answer.body["errors"]


async def test_links_are_for_those_who_may_link(visit: Callable[..., Visitor]) -> None:
    viewer, outsider = visit("Sam Okafor"), visit("Noor Haddad")
    assert (await viewer.ask("GET", PATH)).status == 200
    assert (await viewer.ask("POST", PATH, link())).status == 403
    assert (await outsider.ask("GET", PATH)).status == 404


async def test_the_history_tells_of_links_that_came_and_went(jira: Visitor) -> None:
    number = (await jira.ask("POST", PATH, link())).body["id"]
    await jira.ask("DELETE", f"{PATH}/{number}")
    items = [item for each in (await jira.get("/issue/PMOS-40/changelog"))["values"] for item in each["items"]]
    told = [(each["fromString"], each["toString"]) for each in items if each["field"] == "RemoteIssueLink"]
    text = 'This issue links to "A page (Web Link)"'
    assert told == [(None, text), (text, None)]


async def test_a_link_to_an_issue_that_may_not_be_seen_is_left_out(visit: Callable[..., Visitor]) -> None:
    for name, expected in (("Orchestrator", ["PMOS-35", "RISK-1"]), ("Human PM", ["PMOS-35"])):
        links = (await visit(name).fields("PMOS-34", "issuelinks"))["issuelinks"]
        ends = [each.get("outwardIssue") or each["inwardIssue"] for each in links]
        assert sorted(end["key"] for end in ends if end["key"] in ("PMOS-35", "RISK-1")) == expected


async def test_the_sample_has_pages_and_pull_requests(jira: Visitor) -> None:
    links = await jira.get("/issue/PMOS-35/remotelink")
    assert [each["relationship"] for each in links] == ["mentioned in", "development", "development"]
    assert [each["object"]["status"]["resolved"] for each in links] == [False, True, False]
