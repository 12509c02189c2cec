"""Comments, logged work, links, remote links and watchers."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[[str], Visitor]
ARCHITECT = "712020:5a9d1c0e-0000-4000-8000-000000000003"


async def comment(visitor: Visitor, key: str, words: str, **more: Any) -> str:
    answer = await visitor.ask("POST", f"/issue/{key}/comment", {"body": document(words), **more})
    assert answer.status == 201, answer.body
    return answer.body["id"]


async def test_comments_come_in_pages_in_either_order(jira: Visitor) -> None:
    key = await jira.create()
    made = [await comment(jira, key, f"Number {number}") for number in range(3)]
    page = await jira.get(f"/issue/{key}/comment", startAt=1, maxResults=1)
    assert (page["total"], [each["id"] for each in page["comments"]]) == (3, made[1:2])
    newest = await jira.get(f"/issue/{key}/comment", orderBy="-created", expand="renderedBody")
    assert newest["comments"][0]["renderedBody"].startswith("<p>Number")
    assert (await jira.ask("GET", f"/issue/{key}/comment?orderBy=author")).status == 400
    assert (await jira.ask("GET", f"/issue/{key}/comment?startAt=one")).status == 400


@pytest.mark.parametrize(
    "limit",
    [{"type": "role", "value": "Nobodies"}, {"type": "group", "value": "x"}, {"value": "Viewers"}, "Viewers", {}],
)
async def test_a_comment_cannot_be_limited_to_a_role_that_does_not_exist(jira: Visitor, limit: object) -> None:
    key = await jira.create()
    answer = await jira.ask("POST", f"/issue/{key}/comment", {"body": document("x"), "visibility": limit})
    assert answer.status == (400 if limit else 201)
    assert not limit or "commentLevel" in answer.body["errors"]


async def test_a_comment_can_be_limited_edited_and_deleted(jira: Visitor) -> None:
    key = await jira.create()
    limit = {"type": "role", "value": "Administrators", "identifier": "Administrators"}
    number = await comment(jira, key, "First", visibility=limit)
    path = f"/issue/{key}/comment/{number}"
    assert (await jira.get(path))["visibility"] == limit
    changed = await jira.ask("PUT", path, {"body": document("Second"), "visibility": None})
    assert changed.body["body"] == document("Second")
    assert "visibility" not in changed.body
    assert changed.body["updateAuthor"]["displayName"] == "Human PM"
    assert (await jira.ask("DELETE", path)).status == 204
    for method, body in (("GET", None), ("PUT", {"body": document("x")}), ("DELETE", None)):
        assert (await jira.ask(method, path, body)).status == 404


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "Comment body is not valid!"),
        ("words", "Comment body is not valid!"),
        ({"type": "doc", "version": 1, "content": []}, "Comment body can not be empty!"),
        ({"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]}, "INVALID_INPUT"),
    ],
)
async def test_a_comment_has_to_be_a_document(jira: Visitor, body: object, reason: str) -> None:
    answer = await jira.ask("POST", "/issue/PMOS-1/comment", {"body": body})
    assert answer.status == 400
    assert answer.body["errors"] == {"comment": reason}


async def test_members_change_their_own_comments_only(jira: Visitor, visit: Visit) -> None:
    partner = visit("Engineering Partner")
    key = await jira.create()
    theirs, own = await comment(jira, key, "By the PM"), await comment(partner, key, "By the partner")
    for method, body in (("PUT", {"body": document("x")}), ("DELETE", None)):
        refused = await partner.ask(method, f"/issue/{key}/comment/{theirs}", body)
        assert refused.status == 400
        assert "do not have the permission" in refused.body["errorMessages"][0]
        assert (await partner.ask(method, f"/issue/{key}/comment/{own}", body)).status in (200, 204)


async def test_readers_may_not_comment_or_log_work(visit: Visit) -> None:
    reader = visit("Sam Okafor")
    for what, body in (("comment", {"body": document("x")}), ("worklog", {"timeSpent": "1h"})):
        answer = await reader.ask("POST", f"/issue/PMOS-1/{what}", body)
        assert answer.status == 400
        assert answer.body["errorMessages"][0].startswith("Sam Okafor, you do not have the permission")


async def worked(jira: Visitor, key: str) -> tuple[str | None, str | None]:
    tracking = (await jira.fields(key, "timetracking"))["timetracking"]
    return tracking.get("timeSpent"), tracking.get("remainingEstimate")


async def test_work_adds_up_and_uses_the_estimate(jira: Visitor) -> None:
    key = await jira.create(timetracking={"originalEstimate": "1d"})
    path = f"/issue/{key}/worklog"
    first = (await jira.ask("POST", path, {"timeSpent": "1h 30m", "comment": document("Dug")})).body
    assert (first["timeSpentSeconds"], first["comment"]) == (5400, document("Dug"))
    assert await worked(jira, key) == ("1h 30m", "6h 30m")
    second = (await jira.ask("POST", path, {"timeSpentSeconds": 7230})).body
    assert (second["timeSpent"], await worked(jira, key)) == ("2h", ("3h 30m", "4h 30m"))
    await jira.ask("PUT", f"{path}/{second['id']}", {"timeSpent": "1h", "started": "2026-02-03T10:00:00.000+0000"})
    assert await worked(jira, key) == ("2h 30m", "5h 30m")
    await jira.ask("PUT", f"{path}/{second['id']}", {"comment": document("Only words")})
    assert await worked(jira, key) == ("2h 30m", "5h 30m")
    await jira.ask("DELETE", f"{path}/{first['id']}")
    assert await worked(jira, key) == ("1h", "7h")
    await jira.ask("DELETE", f"{path}/{second['id']}")
    assert await worked(jira, key) == (None, "1d")


async def test_the_estimate_is_adjusted_as_told(jira: Visitor) -> None:
    for query, remaining in (
        ("adjustEstimate=leave", "1d"),
        ("adjustEstimate=new&newEstimate=2h", "2h"),
        ("adjustEstimate=manual&reduceBy=3h", "5h"),
    ):
        key = await jira.create(timetracking={"originalEstimate": "1d"})
        answer = await jira.ask("POST", f"/issue/{key}/worklog?{query}", {"timeSpent": "1h"})
        assert (answer.status, await worked(jira, key)) == (201, ("1h", remaining))
    number = answer.body["id"]
    await jira.ask("DELETE", f"/issue/{key}/worklog/{number}?adjustEstimate=manual&increaseBy=1h")
    assert await worked(jira, key) == (None, "6h")
    for query in ("adjustEstimate=odd", "adjustEstimate=new"):
        assert (await jira.ask("POST", f"/issue/{key}/worklog?{query}", {"timeSpent": "1h"})).status == 400
    assert await worked(jira, key) == (None, "6h")


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({}, "timeLogged", "You must indicate the time spent working."),
        ({"timeSpent": "a while"}, "timeLogged", "Invalid time duration entered."),
        ({"timeSpent": 5}, "timeLogged", "Invalid time duration entered."),
        ({"timeSpentSeconds": 30}, "timeLogged", "Invalid time duration entered."),
        (
            {"timeSpent": "1h", "comment": "words"},
            "comment",
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
    ],
)
async def test_wrong_work_is_refused(jira: Visitor, body: dict[str, Any], field: str, reason: str) -> None:
    assert (await jira.ask("POST", "/issue/PMOS-1/worklog", body)).body["errors"] == {field: reason}


async def test_a_wrong_start_of_work_is_refused(jira: Visitor) -> None:
    for started in ("yesterday", "2026-02-30T10:00:00.000+0000", 5):
        answer = await jira.ask("POST", "/issue/PMOS-1/worklog", {"timeSpent": "1h", "started": started})
        assert "expected a date" in answer.body["errorMessages"][0]


async def test_work_is_found_by_when_it_was_done_and_kept_by_who_did_it(jira: Visitor, visit: Visit) -> None:
    page = await jira.get("/issue/PMOS-2/worklog", startedAfter=1769800000000, startedBefore=1769900000000)
    (log,) = page["worklogs"]
    assert log["author"]["displayName"] == "Product Architect"
    assert (await jira.get("/issue/PMOS-2/worklog", startedAfter=1800000000000))["total"] == 0
    partner = visit("Engineering Partner")
    assert (await partner.ask("DELETE", f"/issue/PMOS-2/worklog/{log['id']}")).status == 400
    own = await partner.ask("POST", "/issue/PMOS-2/worklog", {"timeSpent": "1h"})
    assert (await partner.ask("DELETE", f"/issue/PMOS-2/worklog/{own.body['id']}")).status == 204
    assert (await jira.ask("GET", "/issue/PMOS-2/worklog/1")).status == 404


def link_of(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"type": {"name": "blocks"}, "inwardIssue": {"key": source}, "outwardIssue": {"key": target}, **more}


async def test_a_link_reads_from_both_sides_and_is_made_once(jira: Visitor) -> None:
    one, two = await jira.create(), await jira.create()
    wish = link_of(one, two, comment={"body": document("Because")})
    first, second = await jira.ask("POST", "/issueLink", wish), await jira.ask("POST", "/issueLink", wish)
    assert first.status == 201
    assert first.headers["location"] == second.headers["location"]
    here, there = await jira.fields(one), await jira.fields(two)
    assert here["issuelinks"][0]["outwardIssue"]["key"] == two
    assert here["issuelinks"][0]["type"]["outward"] == "blocks"
    assert there["issuelinks"][0]["inwardIssue"]["key"] == one
    assert here["comment"]["total"] == 2
    number = here["issuelinks"][0]["id"]
    shown = await jira.get(f"/issueLink/{number}")
    assert (shown["inwardIssue"]["key"], shown["outwardIssue"]["key"]) == (one, two)
    assert (await jira.ask("DELETE", f"/issueLink/{number}")).status == 204
    assert (await jira.fields(one))["issuelinks"] == []
    for method in ("GET", "DELETE"):
        assert (await jira.ask(method, f"/issueLink/{number}")).status == 404
    said = [
        item["toString"] for entry in (await jira.get(f"/issue/{two}/changelog"))["values"] for item in entry["items"]
    ]
    assert said == [f"This issue is blocked by {one}"] * 2 + [None]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        (link_of("PMOS-1", "PMOS-1"), 400),
        (link_of("PMOS-1", "PMOS-999"), 404),
        (link_of("PMOS-1", "RISK-1"), 404),
        (link_of("PMOS-1", "DESK-1"), 404),
        ({**link_of("PMOS-1", "PMOS-2"), "type": {"name": "Marries"}}, 404),
        ({"type": {"id": "10000"}, "inwardIssue": {"key": "PMOS-1"}}, 400),
    ],
)
async def test_a_link_that_cannot_be_is_refused(jira: Visitor, wish: dict[str, Any], status: int) -> None:
    assert (await jira.ask("POST", "/issueLink", wish)).status == status


async def test_a_link_needs_the_permission_on_update_too(jira: Visitor, visit: Visit) -> None:
    update = {"issuelinks": [{"add": {"type": {"name": "Relates"}, "outwardIssue": {"key": "DESK-2"}}}]}
    fields = {"project": {"key": "DESK"}, "issuetype": {"name": "Task"}, "summary": "x"}
    answer = await jira.ask("POST", "/issue", {"fields": fields, "update": update})
    assert "No Link Issue Permission" in answer.body["errors"]["issuelinks"]


async def test_remote_links_are_found_by_their_global_id(jira: Visitor) -> None:
    path = "/issue/PMOS-1/remotelink"
    target = {"url": "https://wiki.example/page", "title": "Page"}
    made = await jira.ask("POST", path, {"globalId": "page-1", "object": target, "relationship": "described in"})
    again = await jira.ask("POST", path, {"globalId": "page-1", "object": {**target, "title": "New title"}})
    plain = await jira.ask("POST", path, {"object": target})
    assert (made.status, again.status, plain.status) == (201, 200, 201)
    assert made.body["id"] == again.body["id"] != plain.body["id"]
    assert (await jira.get(path, globalId="page-1"))["object"]["title"] == "New title"
    assert len(await jira.get(path)) == 2
    assert (await jira.ask("GET", path + "?globalId=other")).status == 404
    assert (await jira.ask("DELETE", f"{path}/{plain.body['id']}")).status == 204
    assert (await jira.ask("GET", f"{path}/{plain.body['id']}")).status == 404
    assert set((await jira.ask("POST", path, {"object": {}})).body["errors"]) == {"title", "url"}


async def test_watchers_come_and_go(jira: Visitor, visit: Visit) -> None:
    path = "/issue/PMOS-1/watchers"
    assert (await jira.get(path))["isWatching"]
    await jira.ask("DELETE", f"{path}?accountId=712020:5a9d1c0e-0000-4000-8000-000000000001")
    await jira.ask("POST", path, ARCHITECT)
    shown = await jira.get(path)
    assert (shown["isWatching"], shown["watchCount"]) == (False, 1)
    assert (await jira.ask("POST", path)).status == 204
    assert (await jira.get(path))["watchCount"] == 2
    assert (await jira.ask("POST", path, "nobody")).status == 400
    partner = visit("Engineering Partner")
    assert (await partner.ask("POST", path, ARCHITECT)).status == 403
    assert (await partner.ask("POST", path)).status == 204
