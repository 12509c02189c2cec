"""Spaces, labels, files, tasks and blog posts, and lists that come in pages."""

from collections.abc import Callable
from typing import Any

import pytest

from confluence_mcp.sandbox import attachment_store, label_store
from confluence_mcp.sandbox.attachment_store import Upload
from confluence_mcp.sandbox.visitor import Visitor, storage, title_of

pytestmark = pytest.mark.anyio
TASKS = (
    "<ac:task-list><ac:task><ac:task-id>4</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>"
    '<ac:link><ri:user ri:account-id="712020:5a9d1c0e-0000-4000-8000-000000000004" /></ac:link> writes by '
    '<time datetime="2026-03-01" /></ac:task-body></ac:task><ac:task><ac:task-status>complete</ac:task-status>'
    "<ac:task-body>Read</ac:task-body></ac:task></ac:task-list>"
)


async def test_a_list_of_many_pages_tells_each_once_in_any_order(wiki: Visitor) -> None:
    space = await wiki.space("KB")
    found: dict[str, list[str]] = {}
    for sort in ("id", "-id", "title", "-modified-date", "created-date"):
        found[sort] = [each["id"] for each in await wiki.all(f"/spaces/{space}/pages", limit=250, sort=sort)]
        assert len(found[sort]) == len(set(found[sort])) >= 1000
    assert found["id"] == found["-id"][::-1]
    assert {frozenset(each) for each in found.values()} == {frozenset(found["id"])}
    roots = await wiki.all(f"/spaces/{space}/pages?depth=root")
    assert roots
    assert all(each["parentId"] is None for each in roots)


async def test_a_page_that_goes_meanwhile_makes_no_other_be_missed(wiki: Visitor) -> None:
    top = await wiki.create("Top")
    made = [await wiki.create(f"Child {number}", parentId=top["id"]) for number in range(5)]
    first = await wiki.get(f"/pages/{top['id']}/children?limit=2")
    await wiki.send("DELETE", f"/pages/{made[1]['id']}", None)
    await wiki.send("DELETE", f"/pages/{made[0]['id']}", None)
    second = await wiki.get(first["_links"]["next"])
    assert [each["title"] for each in second["results"]] == ["Child 2", "Child 3"]
    for cursor in ("!", "e30=", "eyJhZnRlciI6IHt9fQ==", "eyJhZnRlciI6IFsieCJdfQ=="):
        assert title_of(await wiki.ask("GET", f"/pages/{top['id']}/children?cursor={cursor}")) == "Invalid cursor"


async def test_spaces_are_filtered_and_created(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    async def keys(**query: Any) -> list[str]:
        return [each["key"] for each in await wiki.all("/spaces", **query)]

    everything = await keys()
    assert {"PMOS", "KB"} <= set(everything)
    assert await keys(keys="pmos,KB", sort="-key") == ["PMOS", "KB"]
    assert await keys(sort="key") == sorted(everything)
    assert set(await keys(type="personal")) | set(await keys(type="global")) == set(everything)
    assert set(await keys(status="archived")).isdisjoint(await keys(status="current"))
    made = await wiki.send("POST", "/spaces", {"name": "A new one", "key": "NEW1"})
    home = await wiki.get(f"/pages/{made['homepageId']}")
    assert (home["title"], home["spaceId"]) == ("A new one", made["id"])
    partner = visit("Engineering Partner")
    assert (await partner.create("Mine too", spaceId=made["id"]))["spaceId"] == made["id"]
    await wiki.send("POST", "/spaces", {"name": "Mine", "key": "MINE", "createPrivateSpace": True})
    assert (await partner.get("/spaces?keys=MINE"))["results"] == []
    for body, said in (
        ({"key": "X"}, "'name' is required"),
        ({"name": "X"}, "'key' is required"),
        ({"name": "X", "key": "A B"}, "Space key can only contain alphanumeric characters: A B"),
        ({"name": "X", "key": "pmos"}, "A space already exists with key pmos"),
    ):
        answer = await wiki.ask("POST", "/spaces", body)
        assert (answer.status, title_of(answer)) == (400, said)
    reader = visit("Sam Okafor")
    assert (await reader.ask("POST", "/spaces", {"name": "X", "key": "XX"})).status == 404
    assert (await wiki.ask("GET", "/spaces/PMOS")).status == 400, "a space is named by its id"


async def test_labels_are_read_from_pages_and_lead_to_them(wiki: Visitor) -> None:
    page = (await wiki.create("Labelled"))["id"]
    with wiki.app.store.writing() as session:
        for name in ("Zeta", "alpha"):
            label_store.put(session, int(page), name)
        label_store.put(session, int(page), "mine", "my")
    labels = (await wiki.get(f"/pages/{page}/labels?sort=name"))["results"]
    assert [each["name"] for each in labels] == ["alpha", "mine", "zeta"]
    assert [each["name"] for each in (await wiki.get(f"/pages/{page}/labels?prefix=my"))["results"]] == ["mine"]
    number = next(each["id"] for each in labels if each["name"] == "zeta")
    assert [each["id"] for each in (await wiki.get(f"/labels/{number}/pages"))["results"]] == [page]
    assert (await wiki.get(f"/labels/{number}/blogposts"))["results"] == []
    assert (await wiki.get(f"/labels?label-id={number}"))["results"][0]["name"] == "zeta"
    assert (await wiki.ask("GET", "/labels/1/pages")).status == 404
    assert (await wiki.ask("POST", f"/pages/{page}/labels", {"name": "x"})).status == 405, "v2 only reads labels"
    with wiki.app.store.writing() as session:
        assert label_store.take(session, int(page), "ZETA")
        assert not label_store.take(session, int(page), "zeta")
    assert len((await wiki.get(f"/pages/{page}/labels"))["results"]) == 2


async def test_files_keep_their_versions_and_go_to_the_trash_first(wiki: Visitor) -> None:
    page = (await wiki.create("With files"))["id"]
    with wiki.app.store.writing() as session:
        content = session.content(int(page))
        assert content is not None
        file = attachment_store.add(session, content, "notes.md", Upload(b"one", content.author, comment="First"))
        attachment_store.renew(session, file, Upload(b"three", content.author))
        attachment_store.add(session, content, "a.png", Upload(b"png", content.author))
    path = f"/attachments/att{file.id}"
    found = (await wiki.get(f"/pages/{page}/attachments", filename="notes.md"))["results"]
    assert [(each["mediaType"], each["fileSize"], each["version"]["number"]) for each in found] == [
        ("text/markdown", 5, 2)
    ]
    assert len((await wiki.get(f"/pages/{page}/attachments", mediaType="image/png"))["results"]) == 1
    old = await wiki.get(f"{path}?version=1")
    assert (old["fileSize"], old["status"], old["pageId"]) == (3, "historical", page)
    assert (await wiki.ask("GET", f"{path}?version=3")).status == 404
    assert (await wiki.ask("DELETE", f"{path}?purge=true")).status == 400
    await wiki.send("DELETE", path, None)
    assert (await wiki.ask("DELETE", path)).status == 404
    assert len((await wiki.get(f"/pages/{page}/attachments?status=trashed"))["results"]) == 1
    await wiki.send("DELETE", f"{path}?purge=true", None)
    assert (await wiki.ask("GET", path)).status == 404
    assert (await wiki.ask("GET", "/attachments/attx")).status == 400


async def test_tasks_follow_the_body_and_the_body_follows_them(wiki: Visitor) -> None:
    page = await wiki.create("Tasks", TASKS)

    async def tasks(**query: Any) -> list[Any]:
        return (await wiki.get("/tasks", page_id=page["id"], **query))["results"]

    open_task, done = await tasks(body_format="storage")
    assert (open_task["localId"], open_task["status"], done["localId"], done["status"]) == (
        "4", "incomplete", "5", "complete",
    )  # fmt: skip
    assert open_task["assignedTo"].endswith("0004")
    assert open_task["dueAt"] == "2026-03-01T00:00:00.000Z"
    assert done["completedBy"].endswith("0001")
    assert "writes by" in open_task["body"]["storage"]["value"]
    assert await wiki.body(page["id"]) == TASKS.replace(
        "<ac:task><ac:task-status>complete", "<ac:task><ac:task-id>5</ac:task-id><ac:task-status>complete"
    ), "a task without an id gets one"
    changed = await wiki.send("PUT", f"/tasks/{open_task['id']}", {"status": "complete"})
    assert (changed["status"], changed["completedBy"][-4:]) == ("complete", "0001")
    assert "incomplete" not in await wiki.body(page["id"])
    assert (await wiki.get(f"/pages/{page['id']}"))["version"]["number"] == 2
    assert await tasks(status="incomplete") == []
    assert [each["id"] for each in await tasks(assigned_to=open_task["assignedTo"])] == [open_task["id"]]
    assert await tasks(due_at_from=1, due_at_to=2) == []
    assert len(await tasks(completed_at_from=1)) == 2
    assert (await wiki.update(page, "<p>None</p>", number=3)).status == 200
    assert await tasks() == []
    for body in ({}, {"status": "done"}):
        assert (await wiki.ask("PUT", f"/tasks/{open_task['id']}", body)).status == 400
    assert (await wiki.ask("GET", f"/tasks/{open_task['id']}")).status == 404


async def test_blog_posts_are_created_changed_and_restored(wiki: Visitor) -> None:
    space = await wiki.space()
    post = await wiki.send("POST", "/blogposts", {"spaceId": space, "title": "News", "body": storage("<p>1</p>")})
    path = f"/blogposts/{post['id']}"
    again = await wiki.ask("POST", "/blogposts", {"spaceId": space, "title": "News"})
    assert title_of(again).startswith("A blog post with this title already exists")
    change = {"id": post["id"], "status": "current", "title": "News 2", "body": storage("<p>2</p>")}
    assert (await wiki.send("PUT", path, {**change, "version": {"number": 2}}))["title"] == "News 2"
    assert (await wiki.ask("PUT", path, {**change, "version": {"number": 2}})).status == 409
    assert (await wiki.get(f"{path}?version=1"))["title"] == "News"
    drafted = await wiki.send("PUT", path, {**change, "status": "draft", "version": {"number": 1}})
    assert drafted["status"] == "draft"
    assert (await wiki.ask("GET", f"/pages/{post['id']}")).status == 404
    await wiki.send("DELETE", path, None)
    restored = await wiki.send("PUT", path, {**change, "title": "X", "version": {"number": 3}})
    assert (restored["status"], restored["title"]) == ("current", "News 2")
    draft = await wiki.send("POST", "/blogposts", {"spaceId": space, "status": "draft"})
    publish = {**change, "id": draft["id"], "title": "Other news", "version": {"number": 1}}
    assert (await wiki.send("PUT", f"/blogposts/{draft['id']}", publish))["status"] == "current"


async def test_people_and_kinds_of_ids_are_told_in_bulk(wiki: Visitor) -> None:
    people = ["712020:5a9d1c0e-0000-4000-8000-000000000012", "nobody"]
    found = (await wiki.send("POST", "/users-bulk", {"accountIds": people}))["results"]
    assert [(each["displayName"], each["accountStatus"]) for each in found] == [("Jordan Blake", "inactive")]
    assert (await wiki.ask("POST", "/users-bulk", {"accountIds": "x"})).status == 400
    page = await wiki.create("Kinds")
    comment = await wiki.send("POST", "/footer-comments", {"pageId": page["id"], "body": storage("<p>x</p>")})
    with wiki.app.store.writing() as session:
        session.like(int(page["id"]), "712020:5a9d1c0e-0000-4000-8000-000000000001")
    assert (await wiki.get(f"/pages/{page['id']}/likes/count")) == {"count": 1}
    assert len((await wiki.get(f"/pages/{page['id']}/likes/users"))["results"]) == 1
    ids = [page["id"], comment["id"], "12345"]
    kinds = (await wiki.send("POST", "/content/convert-ids-to-types", {"contentIds": ids}))["results"]
    assert kinds == {page["id"]: "page", comment["id"]: "footer-comment", "12345": None}
