"""What v1 changes: labels, the page tree, copies, long tasks, versions, restrictions, templates, spaces."""

from collections.abc import Callable
from typing import Any

import pytest

from confluence_mcp.sandbox.v1 import task_list
from confluence_mcp.sandbox.visitor import Visitor, storage

pytestmark = pytest.mark.anyio
R = "/wiki/rest/api"
HUMAN_PM, ENGINEER = (f"712020:5a9d1c0e-0000-4000-8000-00000000000{number}" for number in (1, 4))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long tasks go on when they are asked for only, however slow the machine is."""
    monkeypatch.setattr(task_list, "HEAD_START", 10**9)


async def children(wiki: Visitor, page: str) -> list[str]:
    return [each["id"] for each in await wiki.all(f"/pages/{page}/direct-children")]


async def labels(wiki: Visitor, page: str) -> set[str]:
    return {each["name"] for each in await wiki.all(f"/pages/{page}/labels")}


async def refused(wiki: Visitor, status: int, method: str, path: str, body: Any = None) -> str:
    answer = await wiki.ask(method, R + path, body)
    assert answer.status == status, (method, path, body, answer.body)
    return answer.body["message"] if answer.body else ""


async def finished(wiki: Visitor, accepted: Any) -> Any:
    states: list[int] = []
    while True:
        status = await wiki.get("/wiki" + accepted["links"]["status"])
        states.append(status["percentageComplete"])
        if status["finished"]:
            assert states == sorted(states)
            return status


async def test_labels_are_added_and_taken_away(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    before = await labels(wiki, "98411")
    path = f"{R}/content/98411/label"
    answer = await wiki.send("POST", path, [{"prefix": "global", "name": "Q2"}, {"name": "a/b"}])
    assert {each["name"] for each in answer["results"]} == before | {"q2", "a/b"}
    assert (await wiki.ask("DELETE", f"{path}/q2")).status == 204
    assert (await wiki.ask("DELETE", f"{path}/a%2Fb")).status == 400
    assert (await wiki.ask("DELETE", f"{path}?name=a/b")).status == 204
    assert (await wiki.ask("DELETE", f"{path}?name=never-there")).status == 204
    assert await labels(wiki, "98411") == before
    wrongs: tuple[Any, ...] = ([], [{"prefix": "global", "name": "a b"}], [{"prefix": "x", "name": "a"}], [{}], ["a"])
    for wrong in (*wrongs, "a"):
        assert (await wiki.ask("POST", path, wrong)).status == 400, wrong
    assert (await wiki.ask("POST", path, [{"prefix": "global", "name": "x" * 256}])).status == 400
    assert (await visit("Sam Okafor").ask("POST", path, [{"prefix": "global", "name": "x"}])).status == 403
    assert (await wiki.ask("POST", f"{R}/content/98481/label", [{"prefix": "global", "name": "x"}])).status == 403


async def test_a_page_moves_beside_and_below_others(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    first, second, third, *rest = await children(wiki, "98401")
    await wiki.send("PUT", f"{R}/content/{third}/move/before/{first}", None)
    assert await children(wiki, "98401") == [third, first, second, *rest]
    await wiki.send("PUT", f"{R}/content/{third}/move/after/{second}", None)
    assert await children(wiki, "98401") == [first, second, third, *rest]
    await wiki.send("PUT", f"{R}/content/{first}/move/append/98406", None)
    assert (await children(wiki, "98406"))[-1] == first
    page = await wiki.get(f"/pages/{first}")
    assert (page["parentId"], page["version"]["number"]) == ("98406", 2), "moving makes no version"
    assert "itself" in await refused(wiki, 400, "PUT", "/content/98400/move/append/98406")
    assert "itself" in await refused(wiki, 400, "PUT", f"/content/{first}/move/before/{first}")
    await refused(wiki, 400, "PUT", f"/content/{first}/move/inside/98406")
    await refused(wiki, 404, "PUT", f"/content/{first}/move/append/1")
    await refused(visit("Sam Okafor"), 403, "PUT", f"/content/{first}/move/append/98406")


async def test_a_tree_moves_to_another_space_unless_a_title_is_taken_there(wiki: Visitor) -> None:
    parent = await wiki.create("Movers", parentId="98402")
    child = await wiki.create("Mover", parentId=parent["id"])
    home = (await wiki.get("/spaces", keys="KB"))["results"][0]
    await wiki.send("PUT", f"{R}/content/{parent['id']}/move/append/{home['homepageId']}", None)
    assert (await wiki.get(f"/pages/{child['id']}"))["spaceId"] == home["id"]
    await wiki.create("Mover", parentId="98402")
    message = await refused(wiki, 400, "PUT", f"/content/{parent['id']}/move/append/98402")
    assert "already exists with the same TITLE" in message


async def test_a_page_is_copied_with_the_parts_that_are_wished_for(wiki: Visitor) -> None:
    wish: Any = {"destination": {"type": "parent_page", "value": "98402"}, "pageTitle": "Bare"}
    bare = await wiki.send("POST", f"{R}/content/98415/copy", wish)
    assert (bare["space"]["key"], bare["version"]["number"]) == ("PMOS", 1)
    assert await labels(wiki, bare["id"]) == set()
    assert "ac:inline-comment-marker" in await wiki.body("98415")
    assert "ac:inline-comment-marker" not in await wiki.body(bare["id"])
    parts = dict.fromkeys(("copyLabels", "copyAttachments", "copyProperties", "copyPermissions"), True)
    full = await wiki.send("POST", f"{R}/content/98415/copy", {**wish, **parts, "pageTitle": "Full"})
    assert await labels(wiki, full["id"]) == await labels(wiki, "98415")
    names = {each["title"] for each in await wiki.all(f"/pages/{full['id']}/attachments")}
    assert names == {"phase-4.png", "phase-4-plan.csv", "plan.md"}
    onto = {"destination": {"type": "existing_page", "value": bare["id"]}, "body": {"storage": storage("<p>New</p>")}}
    again = await wiki.send("POST", f"{R}/content/98411/copy", onto)
    assert (again["id"], again["title"], again["version"]["number"]) == (bare["id"], "Bare", 2)
    assert await wiki.body(bare["id"]) == "<p>New</p>"
    root = {"destination": {"type": "space", "value": "KB"}}
    assert (await wiki.send("POST", f"{R}/content/98411/copy", root))["title"].startswith("Phase 0 PRD")
    for status, wrong in (
        (400, {"destination": {"type": "parent_page"}}),
        (400, {"destination": {"type": "moon", "value": "1"}}),
        (400, {}),
        (400, {"destination": {"type": "parent_page", "value": "98402"}, "copyLabels": "yes"}),
        (400, {"destination": {"type": "parent_page", "value": "98402"}}),
        (404, {"destination": {"type": "parent_page", "value": "1"}}),
    ):
        await refused(wiki, status, "POST", "/content/98411/copy", wrong)


async def test_a_tree_is_copied_bit_by_bit(wiki: Visitor) -> None:
    wish = {"destinationPageId": "98404", "copyLabels": True, "titleOptions": {"search": "Phase", "replace": "Stage"}}
    message = await refused(wiki, 400, "POST", "/content/98401/pagehierarchy/copy", wish)
    assert "same TITLE" in message, "the root itself is not renamed by that"
    wish["titleOptions"] = {"prefix": "Copy of "}
    accepted = await wiki.send("POST", f"{R}/content/98401/pagehierarchy/copy", wish)
    assert (await children(wiki, "98404"))[-1] == "98446", "nothing is copied before time passes or somebody asks"
    status = await finished(wiki, accepted)
    assert status["successful"]
    assert status["additionalDetails"]["totalPageNeedToCopy"] == 6
    root = status["additionalDetails"]["destinationId"]
    titles = [each["title"] for each in await wiki.all(f"/pages/{root}/direct-children")]
    assert titles[0] == "Copy of Phase 0 PRD: Bootstrap Foundation"
    assert len(titles) == 5
    below = {"destinationPageId": "98411", "titleOptions": {"prefix": "x"}}
    await refused(wiki, 400, "POST", "/content/98401/pagehierarchy/copy", below)


async def test_pages_are_archived_and_trees_deleted_in_time(
    wiki: Visitor, monkeypatch: pytest.MonkeyPatch, visit: Callable[..., Visitor]
) -> None:
    accepted = await wiki.send("POST", f"{R}/content/archive", {"pages": [{"id": 98461}, {"id": 98462}]})
    await refused(wiki, 400, "POST", "/content/archive", {"pages": [{"id": 98463}]})
    assert (await finished(wiki, accepted))["successful"]
    assert (await wiki.get("/pages/98461"))["status"] == "archived"
    pages: tuple[Any, ...] = ([{"id": 98461}], [{"id": 1}], [], None, [{"id": "x"}])
    for wrong in ({"pages": each} for each in pages):
        await refused(wiki, 400, "POST", "/content/archive", wrong)
    await refused(wiki, 400, "POST", "/content/archive", {"pages": [{"id": number} for number in range(301)]})
    await wiki.ask("DELETE", f"{R}/content/98404/pageTree")
    monkeypatch.setattr(task_list, "HEAD_START", -60_000)  # a minute has gone by
    assert (await wiki.get("/pages/98441", status="trashed"))["status"] == "trashed"
    assert "98404" not in await children(wiki, "98400")
    other = visit("Engineering Partner")
    await refused(other, 404, "GET", "/longtask/" + accepted["id"])
    await refused(wiki, 400, "DELETE", "/content/98471/pageTree")


async def test_an_earlier_version_comes_back_as_a_new_one(wiki: Visitor) -> None:
    page = await wiki.create("First title", "<p>One</p>")
    assert (await wiki.update(page, "<p>Two</p>", title="Second title")).status == 200
    wish: Any = {"operationKey": "restore", "params": {"versionNumber": 1, "message": "Back", "restoreTitle": True}}
    restored = await wiki.send("POST", f"{R}/content/{page['id']}/version", wish)
    assert (restored["number"], restored["message"], restored["content"]["title"]) == (3, "Back", "First title")
    assert await wiki.body(page["id"]) == "<p>One</p>"
    assert (await wiki.ask("DELETE", f"{R}/content/{page['id']}/version/1")).status == 204
    assert (await wiki.get(f"/pages/{page['id']}"))["version"]["number"] == 2
    for number in (2, 9):
        await refused(wiki, 400, "DELETE", f"/content/{page['id']}/version/{number}")
        wish["params"] = {"versionNumber": number, "message": ""}
        await refused(wiki, 400, "POST", f"/content/{page['id']}/version", wish)


async def test_a_restriction_hides_a_page_and_never_from_its_maker(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    path, engineer = f"{R}/content/98411/restriction", visit("Engineering Partner")
    mine = {"operation": "read", "restrictions": {"user": [{"type": "known", "accountId": HUMAN_PM}]}}
    listed = await wiki.send("PUT", path, [mine])
    assert [each["restrictions"]["user"]["size"] for each in listed["results"]] == [1, 0]
    assert (await engineer.ask("GET", "/pages/98411")).status == 404
    assert (await engineer.ask("GET", path)).status == 404
    assert (await wiki.ask("PUT", f"{path}/byOperation/read/user?accountId={ENGINEER}")).status == 200
    assert (await engineer.ask("GET", "/pages/98411")).status == 200
    theirs = {"operation": "read", "restrictions": {"user": [{"type": "known", "accountId": ENGINEER}]}}
    await refused(wiki, 400, "PUT", "/content/98411/restriction", [theirs])
    await refused(wiki, 400, "DELETE", f"/content/98411/restriction/byOperation/read/user?accountId={HUMAN_PM}")
    unknown = {"operation": "read", "restrictions": {"group": [{"type": "group", "id": "x"}]}}
    await refused(wiki, 400, "POST", "/content/98411/restriction", [unknown])
    await refused(wiki, 400, "POST", "/content/98411/restriction", [{"operation": "delete", "restrictions": {}}])
    await refused(visit("Alex Rivera"), 404, "DELETE", "/content/98411/restriction")
    cleared = await wiki.send("DELETE", path, None)
    assert cleared["restrictionsHash"] != listed["restrictionsHash"]


async def test_permissions_are_told_for_oneself_and_by_administrators_for_others(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    async def may(visitor: Visitor, kind: str, identifier: str, operation: str, page: str = "98411") -> Any:
        body = {"subject": {"type": kind, "identifier": identifier}, "operation": operation}
        answer = await visitor.ask("POST", f"{R}/content/{page}/permission/check", body)
        return answer.body["hasPermission"] if answer.status == 200 else answer.status

    guests, users = (f"276f955c-63d7-42c8-9520-92d01dca060{number}" for number in (8, 6))
    viewer = "712020:5a9d1c0e-0000-4000-8000-000000000013"
    assert [await may(wiki, "user", viewer, each) for each in ("read", "update", "delete")] == [True, False, False]
    assert [await may(wiki, "group", guests, each) for each in ("read", "update", "delete")] == [True, False, False]
    assert [await may(wiki, "group", users, each) for each in ("read", "update", "delete")] == [True, True, True]
    assert await may(wiki, "user", HUMAN_PM, "update", "98465") is False
    assert await may(visit("Sam Okafor"), "user", viewer, "read") is True
    assert await may(visit("Sam Okafor"), "user", HUMAN_PM, "read") == 403
    assert await may(wiki, "group", "x", "read") == 400


async def test_templates_are_made_and_changed_by_administrators(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    wish: Any = {"name": "Retro", "templateType": "page", "body": {"storage": storage("<p>Went well</p>")}}
    wish |= {"space": {"key": "PMOS"}, "labels": [{"prefix": "global", "name": "retro"}]}
    made = await wiki.send("POST", f"{R}/template", wish)
    assert made["body"]["storage"]["value"] == "<p>Went well</p>"
    assert [each["name"] for each in made["labels"]] == ["retro"]
    names = [each["name"] for each in (await wiki.get(f"{R}/template/page?spaceKey=PMOS"))["results"]]
    assert names == ["Product requirement", "Retro", "Weekly report"]
    changed = await wiki.send("PUT", f"{R}/template", {**wish, "templateId": made["templateId"], "name": "Retro 2"})
    assert changed["name"] == "Retro 2"
    wrongs: tuple[Any, ...] = ({"name": ""}, {"templateType": "x"}, {"body": {"storage": storage("<p>")}}, {"body": {}})
    for wrong in wrongs:
        await refused(wiki, 400, "POST", "/template", {**wish, **wrong})
    await refused(visit("Engineering Partner"), 403, "POST", "/template", wish)
    await refused(visit("Noor Haddad"), 403, "GET", f"/template/{made['templateId']}")


async def test_a_space_is_made_with_a_homepage_and_deleted_in_time(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    made = await wiki.send("POST", f"{R}/space", {"name": "Team Room", "key": "TEAM"})
    assert made["key"] == "TEAM"
    home = (await wiki.get(f"/spaces/{made['id']}"))["homepageId"]
    assert (await wiki.get(f"/pages/{home}"))["title"] == "Team Room"
    assert (await visit("Engineering Partner").ask("GET", f"/spaces/{made['id']}")).status == 200
    for wrong in ({"key": "TEAM", "name": "x"}, {"key": "a b", "name": "x"}, {"key": "X"}, {"key": "Y", "name": " "}):
        await refused(wiki, 400, "POST", "/space", wrong)
    await refused(visit("Sam Okafor"), 403, "POST", "/space", {"key": "SAM", "name": "Sam"})
    await wiki.send("POST", f"{R}/space/_private", {"name": "Own Thoughts"})
    await refused(visit("Engineering Partner"), 404, "GET", "/space/OT/watch")
    await refused(visit("Engineering Partner"), 404, "PUT", "/space/TEAM", {"name": "Ours"})
    assert (await finished(wiki, (await wiki.ask("DELETE", f"{R}/space/TEAM")).body))["successful"]
    assert (await wiki.ask("GET", f"/spaces/{made['id']}")).status == 404


async def test_views_and_watches_are_counted_for_those_who_may_ask(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    path = f"{R}/analytics/content/98400"
    viewers: Any = await wiki.get(f"{path}/viewers")
    assert (await wiki.get(f"{path}/views"))["count"] > viewers["count"] > 0
    assert (await wiki.get(f"{path}/views?fromDate=2030-01-01"))["count"] == 0
    watch = f"{R}/user/watch/content/98411"
    assert (await wiki.ask("POST", watch)).status == 403, "without the header against forgery"
    reply = await wiki.client.post(f"{watch}?accountId={ENGINEER}", headers={"X-Atlassian-Token": "no-check"})
    assert reply.status_code == 204
    engineer = visit("Engineering Partner")
    assert (await engineer.get(watch))["watching"] is True
    assert (await engineer.ask("GET", f"{watch}?accountId={HUMAN_PM}")).status == 403
    watched = f"{R}/search?cql=watcher = currentUser() and id = 98411"
    assert (await engineer.get(watched))["totalSize"] == 1
    assert (await wiki.ask("DELETE", f"{watch}?accountId={ENGINEER}")).status == 403
    await wiki.client.delete(f"{watch}?accountId={ENGINEER}", headers={"X-Atlassian-Token": "no-check"})
    assert (await engineer.get(watched))["totalSize"] == 0
