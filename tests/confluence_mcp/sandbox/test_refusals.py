"""What the REST API v2 does not do, and what it says then."""

from collections.abc import Callable
from typing import Any

import pytest

from confluence_mcp.sandbox import attachment_store
from confluence_mcp.sandbox.attachment_store import Upload
from confluence_mcp.sandbox.model import Content
from confluence_mcp.sandbox.visitor import Visitor, storage, title_of

pytestmark = pytest.mark.anyio


async def refused(wiki: Visitor, method: str, path: str, body: object, status: int = 400) -> str:
    answer = await wiki.ask(method, path, body)
    assert answer.status == status, (method, path, answer.body)
    return title_of(answer)


async def test_what_is_archived_is_read_and_not_changed(wiki: Visitor) -> None:
    page = await wiki.create("Put away")
    space = await wiki.send("POST", "/spaces", {"name": "Old", "key": "OLD"})
    with wiki.app.store.writing() as session:
        content, old = session.content(int(page["id"])), session.space("OLD")
        assert content is not None
        assert old is not None
        content.status, old.status = "archived", "archived"
        session.save(content)
        session.update("space", old)
    assert (await wiki.get(f"/pages/{page['id']}"))["status"] == "archived"
    assert [each["id"] for each in (await wiki.get("/pages?title=Put away"))["results"]] == [page["id"]]
    answer = await wiki.update(page, "<p/>")
    assert (answer.status, title_of(answer)) == (400, "Archived content cannot be changed")
    said = await refused(wiki, "POST", "/pages", {"spaceId": space["id"], "title": "T"})
    assert said == "The space is archived"
    assert "already exists" in await refused(wiki, "POST", "/pages", {"spaceId": page["spaceId"], "title": "Put away"})


async def test_bodies_of_requests_that_are_not_what_they_should_be(wiki: Visitor) -> None:
    space = await wiki.space()
    page: dict[str, Any] = {"spaceId": space, "title": "T"}
    wrong: tuple[dict[str, Any], ...] = (
        {**page, "title": 5},
        {**page, "body": "text"},
        {**page, "body": {}},
        {**page, "body": {"html": {"value": ""}}},
        {**page, "subtype": "dead"},
        {**page, "parentId": True},
    )
    for body in wrong:
        await refused(wiki, "POST", "/pages", body)
    await refused(wiki, "POST", "/pages", {**page, "body": storage("<p>" + "x" * 5 * 1024 * 1024 + "</p>")}, 413)
    await refused(wiki, "POST", "/blogposts", {"spaceId": space})
    await refused(wiki, "POST", "/folders", {"spaceId": space})
    await refused(wiki, "POST", "/users-bulk", {"accountIds": [str(number) for number in range(251)]})
    await refused(wiki, "POST", "/content/convert-ids-to-types", {"contentIds": "1"})
    await refused(wiki, "GET", "/pages/1?get-draft=maybe", None)
    for content in (b'{"spaceId": NaN}', b"\xff", b"[" * 100_000):
        answer = await wiki.client.post(
            "/wiki/api/v2/pages", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400
    half = b'{"spaceId": "%s", "title": "a\\ud800b"}' % space.encode()
    answer = await wiki.client.post("/wiki/api/v2/pages", content=half, headers={"Content-Type": "application/json"})
    assert answer.json()["title"] == "a?b", "half a character cannot be stored"


async def test_blog_posts_and_drafts_have_rules_of_their_own(wiki: Visitor) -> None:
    space = await wiki.space()
    post = await wiki.send("POST", "/blogposts?private=true", {"spaceId": space, "title": "Mine"})
    path = f"/blogposts/{post['id']}"
    change: dict[str, Any] = {
        "id": post["id"],
        "status": "current",
        "title": "T",
        "body": storage(""),
        "version": {"number": 2},
    }
    await refused(wiki, "PUT", path, {**change, "id": "1"})
    await refused(wiki, "PUT", path, {**change, "body": None})
    await refused(wiki, "PUT", path, {**change, "spaceId": await wiki.space("KB")})
    draft = await wiki.send("POST", "/pages", {"spaceId": space, "status": "draft", "title": "D"})
    assert (await wiki.update(draft, "<p>1</p>", number=2, status="draft")).status == 400
    kept = await wiki.update(draft, "<p>2</p>", number=1, status="draft", title="D2")
    assert (kept.body["title"], kept.body["status"]) == ("D2", "draft")
    rename = f"/pages/{draft['id']}/title"
    await refused(wiki, "PUT", rename, {"status": "current", "title": "E"}, 404)
    assert (await wiki.send("PUT", rename, {"status": "draft", "title": "E"}))["title"] == "E"
    page = await wiki.create("Trashed")
    await wiki.send("DELETE", f"/pages/{page['id']}", None)
    assert (await wiki.update(page, "<p/>", status="draft")).status == 400


async def test_comments_on_files_and_settling_them(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    page = (await wiki.create("With a file", "<p>Words</p>"))["id"]
    with wiki.app.store.writing() as session:
        content = session.content(int(page))
        assert isinstance(content, Content)
        file = attachment_store.add(session, content, "a.txt", Upload(b"a", content.author))
    wish = {"attachmentId": f"att{file.id}", "body": storage("<p>?</p>")}
    comment = await wiki.send("POST", "/footer-comments", wish)
    assert comment["attachmentId"] == f"att{file.id}"
    operations = await wiki.get(f"/footer-comments/{comment['id']}/operations")
    assert [each["operation"] for each in operations["operations"]] == ["read", "update", "delete"]
    reader = visit("Sam Okafor")
    operations = await reader.get(f"/footer-comments/{comment['id']}/operations")
    assert [each["operation"] for each in operations["operations"]] == ["read"]
    assert comment["id"] in [each["id"] for each in await reader.all("/footer-comments", limit=250)]
    await refused(wiki, "POST", "/footer-comments", {"customContentId": "1", "body": storage("")}, 404)
    chosen = {"textSelection": "Words", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    fine = {"pageId": page, "body": storage(""), "inlineCommentProperties": chosen}
    inline = await wiki.send("POST", "/inline-comments", fine)
    reply = {"parentCommentId": inline["id"], "body": storage(""), "inlineCommentProperties": chosen}
    await refused(wiki, "POST", "/inline-comments", reply)
    path = f"/inline-comments/{inline['id']}"
    await refused(wiki, "PUT", path, {"version": {"number": 2}, "resolved": "yes"})
    await refused(wiki, "PUT", path, {"version": {"number": 2}})
    assert (await wiki.ask("GET", f"{path}?version=9")).status == 404
    assert "version" not in await wiki.get(f"{path}?include-version=false")
    assert "version" not in await wiki.get(f"/pages/{page}?include-version=false")


async def test_properties_are_small_have_one_key_and_are_for_those_who_write(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    page = (await wiki.create("With properties"))["id"]
    comment = await wiki.send("POST", "/footer-comments", {"pageId": page, "body": storage("")})
    path = f"/pages/{page}/properties"
    made = await wiki.send("POST", path, {"key": "k", "value": None})
    await refused(wiki, "POST", path, {"key": "k", "value": 1}, 409)
    await refused(wiki, "POST", path, {"key": "l"})
    await refused(wiki, "POST", path, {"key": "l", "value": "x" * 40_000}, 413)
    await refused(wiki, "PUT", f"{path}/{made['id']}", {"key": "l", "value": 1, "version": {"number": 2}})
    reader = visit("Sam Okafor")
    for owner in (f"/pages/{page}", f"/comments/{comment['id']}", f"/spaces/{await wiki.space()}"):
        await refused(reader, "POST", f"{owner}/properties", {"key": "r", "value": 1}, 404)
    assert (await reader.get(f"{path}/{made['id']}"))["value"] is None


async def test_lists_take_only_what_they_know(wiki: Visitor) -> None:
    page = await wiki.create("Listed", "<p>x</p>")
    assert (await wiki.update(page, "<p>y</p>")).status == 200
    shown = await wiki.get(f"/pages/{page['id']}/versions/2")
    assert (shown["prevVersion"], "nextVersion" in shown) == (1, False)
    assert (await wiki.ask("GET", f"/pages/{page['id']}/versions/3")).status == 404
    live = await wiki.send("POST", "/pages", {"spaceId": page["spaceId"], "title": "Live", "subtype": "live"})
    found = (await wiki.get("/pages?subtype=live"))["results"]
    assert [(each["id"], each["subtype"]) for each in found] == [(live["id"], "live")]
    home = live["parentId"]
    by_change = (await wiki.get(f"/pages/{home}/direct-children?sort=-modified-date"))["results"]
    assert by_change[0]["id"] == live["id"]
    number = "9" * 30
    for path in (f"/pages/{number}", f"/spaces/{number}/pages", f"/attachments/att{number}", "/pages?id=1,x"):
        await refused(wiki, "GET", path, None)
