"""Every answer of the sandbox's REST API v2 against the vendor's own description of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.v2.table import API, V2
from confluence_mcp.sandbox.visitor import Visitor, storage
from connector_kit.testing import inspection
from connector_kit.testing.inspection import Inspector
from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec

_SPEC = find_spec("confluence-v2.2026-07-21.json")
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

UNLIKE_THE_FILE = {
    r"\.parent(Id|Type): None ": "the description of parentId says that it is null when there is no parent",
    r"\.(homepageId|personalSpaceId): None ": "a space may have no homepage, a person no space",
    r"\.(description|icon): None ": "what of a space was not asked for is null",
    r"\.resolutionLastModifi(erId|edAt): None ": "null until the comment is resolved, the description says",
    r"path\.(attachment-)?id: 'att\d+' ": "ids of files begin with att wherever they are told; both forms are taken",
    r"response\.results\['1'\]: None ": "null for what there is not, the description of the conversion says",
    r"\.(assignedTo|completedBy|updatedAt|dueAt|completedAt): None ": "a task may lack them",
}


class InspectorOfV2(Inspector):
    """Knows where the sandbox is right and the file is not; all refusals of v2 have the same shape."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract, lambda path: path.startswith(API), unlike=UNLIKE_THE_FILE)

    def of_answer(self, exchange: inspection.Exchange) -> list[str]:
        if exchange.answer.status < 400:
            return super().of_answer(exchange)
        body: Any = exchange.answer.body
        error = body["errors"][0]
        assert set(error) == {"status", "code", "title", "detail"}
        assert error["status"] == exchange.answer.status
        return []


@pytest.fixture(scope="module")
def contract() -> Contract:
    assert _SPEC
    return Contract(_SPEC, API)


@pytest.fixture
def inspector(contract: Contract) -> Inspector:
    return InspectorOfV2(contract)


@pytest.fixture
async def wiki(database: Path, inspector: Inspector) -> AsyncIterator[Visitor]:
    app = create_app(database, search_lag=0.0)
    visitor = Visitor(app, listen=inspector)
    yield visitor
    await visitor.aclose()
    app.close()


async def first(wiki: Visitor, path: str, **query: Any) -> str:
    return (await wiki.get(path, limit=1, **query))["results"][0]["id"]


async def read_everything(wiki: Visitor) -> None:
    space, page, post = await wiki.space(), await first(wiki, "/pages"), await first(wiki, "/blogposts")
    footer, inline = await first(wiki, "/footer-comments"), await first(wiki, "/inline-comments")
    file, label, task = await first(wiki, "/attachments"), await first(wiki, "/labels"), await first(wiki, "/tasks")
    everything = "&".join(
        f"include-{each}=true"
        for each in ("labels", "properties", "operations", "likes", "versions", "favorited-by-current-user-status")
    )
    for path in (
        f"/pages?space-id={space}&body-format=storage&limit=250",
        f"/pages?space-id={space}&body-format=atlas_doc_format&limit=50&sort=-modified-date",
        f"/pages/{page}?body-format=storage&{everything}",
        f"/pages/{page}?body-format=view",
        f"/pages/{page}?get-draft=true",
        f"/blogposts/{post}?body-format=storage&{everything}",
        f"/spaces/{space}?description-format=plain&include-labels=true&include-properties=true"
        "&include-operations=true&include-permissions=true",
        f"/footer-comments/{footer}?body-format=storage&include-versions=true&include-operations=true",
        f"/inline-comments/{inline}?body-format=storage&include-properties=true&include-likes=true",
        f"/attachments/{file}?include-labels=true&include-versions=true&include-operations=true",
        f"/attachments/{file}?version=1",
        "/spaces?description-format=view&limit=250",
        "/tasks?body-format=storage&status=incomplete",
        f"/tasks/{task}?body-format=atlas_doc_format",
        "/footer-comments?body-format=storage&sort=-created-date",
        "/inline-comments?body-format=atlas_doc_format",
        *(f"/labels/{label}/{each}" for each in ("pages", "blogposts", "attachments")),
        *(f"/spaces/{space}/{each}" for each in ("pages", "blogposts", "permissions", "operations", "properties")),
        *(f"/spaces/{space}/{each}" for each in ("labels", "content/labels")),
        *(f"/attachments/{file}/{each}" for each in ("labels", "operations", "versions", "versions/1")),
        *(f"/attachments/{file}/{each}" for each in ("properties", "footer-comments")),
        *(f"/pages/{page}/{each}?limit=2" for each in ("children", "direct-children", "descendants", "ancestors")),
        *(f"/comments/{each}/properties" for each in (footer, inline)),
    ):
        await wiki.get(path)
    for container in (f"/pages/{page}", f"/blogposts/{post}"):
        for part in ("attachments", "labels", "likes/users", "likes/count", "operations", "properties", "versions/1"):
            await wiki.get(f"{container}/{part}")
        for part in ("versions", "footer-comments", "inline-comments"):
            await wiki.get(f"{container}/{part}?body-format=storage")
    for comment in (f"/footer-comments/{footer}", f"/inline-comments/{inline}"):
        for part in ("children", "versions", "versions/1", "operations", "likes/count", "likes/users"):
            await wiki.get(f"{comment}/{part}")


async def write_everything(wiki: Visitor) -> None:
    space = await wiki.space()
    page = await wiki.create("A new page", "<p>Some words to mark.</p>")
    number = page["id"]
    fresh = {"spaceId": space, "body": storage("<p>x</p>")}
    post = await wiki.send("POST", "/blogposts", {**fresh, "title": "A post"})
    draft = await wiki.send("POST", "/pages", {**fresh, "status": "draft"})
    folder = await wiki.send("POST", "/folders", {"spaceId": space, "title": "A folder"})
    child = await wiki.create("Below", parentId=folder["id"])
    chosen = {"textSelection": "words", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    anchored = {"pageId": number, "body": storage("<p>?</p>"), "inlineCommentProperties": chosen}
    inline = await wiki.send("POST", "/inline-comments", anchored)
    footer = await wiki.send("POST", "/footer-comments", {"blogPostId": post["id"], "body": storage("<p>!</p>")})
    update: dict[str, Any] = {"id": number, "status": "current", "title": "A new title", "version": {"number": 2}}
    changed = {"id": post["id"], "status": "current", "title": "Post", "version": {"number": 2, "message": "Why"}}
    prop, second = {"key": "k", "value": {"a": [1]}}, {"key": "k", "value": 2, "version": {"number": 2}}
    made = {"body": storage("<p>changed</p>"), "version": {"number": 2}}
    task = await first(wiki, "/tasks", status="incomplete")
    file = await first(wiki, "/attachments")
    for status, method, path, body in (
        (200, "PUT", f"/pages/{number}", {**update, "body": storage("<p>Other</p>")}),
        (409, "PUT", f"/pages/{number}", {**update, "body": storage("<p>Other</p>")}),
        (200, "PUT", f"/pages/{number}/title", {"status": "current", "title": "Third title"}),
        (200, "PUT", f"/blogposts/{post['id']}", {**changed, "body": {"storage": storage("<p>Other</p>")}}),
        (200, "GET", f"/pages/{child['id']}", None),
        (200, "GET", f"/folders/{folder['id']}", None),
        *((200, "GET", f"/folders/{folder['id']}/{each}", None) for each in ("direct-children", "ancestors")),
        (200, "GET", f"/folders/{folder['id']}/descendants", None),
        (204, "DELETE", f"/folders/{folder['id']}", None),
        (201, "POST", "/inline-comments", {"parentCommentId": inline["id"], "body": storage("<p>reply</p>")}),
        (200, "GET", f"/inline-comments/{inline['id']}/children?body-format=storage", None),
        (200, "PUT", f"/inline-comments/{inline['id']}", {"version": {"number": 2}, "resolved": True}),
        (200, "PUT", f"/footer-comments/{footer['id']}", made),
        (201, "POST", "/footer-comments", {"attachmentId": file, "body": storage("<p>on a file</p>")}),
        (200, "GET", f"/attachments/{file}/footer-comments?body-format=storage", None),
        (200, "PUT", f"/tasks/{task}", {"status": "complete"}),
        (200, "POST", "/users-bulk", {"accountIds": ["712020:5a9d1c0e-0000-4000-8000-000000000003", "nobody"]}),
        (200, "POST", "/content/convert-ids-to-types", {"contentIds": [number, inline["id"], file, "1"]}),
        (
            201,
            "POST",
            "/spaces",
            {"name": "New", "key": "NEW", "description": {"value": "d", "representation": "plain"}},
        ),
        (204, "DELETE", f"/footer-comments/{footer['id']}", None),
        (204, "DELETE", f"/inline-comments/{inline['id']}", None),
        (204, "DELETE", f"/pages/{draft['id']}?draft=true", None),
        (204, "DELETE", f"/attachments/{file}", None),
    ):
        answer = await wiki.ask(method, path, body)
        assert answer.status == status, (method, path, answer.body)
    other = await wiki.send("POST", "/footer-comments", {"pageId": number, "body": storage("<p>!</p>")})
    file = await first(wiki, "/attachments")
    for owner in (f"/pages/{number}", f"/blogposts/{post['id']}", f"/comments/{other['id']}", f"/attachments/{file}"):
        await with_property(wiki, owner, prop, second)
    await with_property(wiki, f"/spaces/{space}", prop, second)
    for path in (f"/pages/{number}", f"/pages/{number}?purge=true", f"/blogposts/{post['id']}"):
        await wiki.send("DELETE", path, None)


async def with_property(wiki: Visitor, owner: str, prop: object, second: object) -> None:
    made = await wiki.send("POST", f"{owner}/properties", prop)
    one = f"{owner}/properties/{made['id']}"
    assert (await wiki.get(one))["value"] == {"a": [1]}
    assert (await wiki.send("PUT", one, second))["version"]["number"] == 2
    assert (await wiki.ask("PUT", one, second)).status == 409
    assert [each["value"] for each in (await wiki.get(f"{owner}/properties?key=k"))["results"]] == [2]
    await wiki.send("DELETE", one, None)
    assert (await wiki.ask("GET", one)).status == 404


async def test_every_operation_answers_as_the_vendor_describes_it(
    wiki: Visitor, inspector: Inspector, contract: Contract
) -> None:
    await read_everything(wiki)
    await write_everything(wiki)
    assert not inspector.complaints, "\n".join(sorted(set(inspector.complaints))[:40])
    offered = {
        (method, contract.operation(method, path.replace("{", "").replace("}", "")) or path)
        for path, handlers in V2.items()
        for method in handlers
    }
    assert offered - inspector.asked == set(), "every operation of the sandbox is asked above"


async def test_every_page_of_the_sample_can_be_read_in_every_format(wiki: Visitor, inspector: Inspector) -> None:
    space = await wiki.space()
    for page in await wiki.all("/pages", space_id=space, limit=250):
        for body_format in ("storage", "atlas_doc_format", "view"):
            await wiki.get(f"/pages/{page['id']}", body_format=body_format)
    assert not inspector.complaints, "\n".join(inspector.complaints[:40])


async def test_strangers_are_refused(wiki: Visitor) -> None:
    stranger = Visitor(wiki.app, None)
    for path in ("/pages", "/spaces", "/wiki/rest/api/user/current"):
        assert (await stranger.ask("GET", path)).status == 401
    assert (await stranger.ask("GET", "/_edge/tenant_info")).status == 200
    await stranger.aclose()
