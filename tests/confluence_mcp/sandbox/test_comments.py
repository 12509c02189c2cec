"""Comments: below pages, at their words, answered, settled, and left hanging."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from confluence_mcp.sandbox.visitor import Visitor, storage, title_of
from sandbox_kit.visitor import Answer

pytestmark = pytest.mark.anyio
BODY = "<p>The <strong>plan</strong> is old. The plan is new &amp; caf&eacute;.</p><p>The plan</p>"


async def comment_on(wiki: Visitor, page: str, selection: str, count: int = 1, index: int = 0) -> Answer:
    chosen: dict[str, Any] = {
        "textSelection": selection,
        "textSelectionMatchCount": count,
        "textSelectionMatchIndex": index,
    }
    wish = {"pageId": page, "body": storage("<p>Why?</p>"), "inlineCommentProperties": chosen}
    return await wiki.ask("POST", "/inline-comments", wish)


async def test_an_inline_comment_marks_the_match_that_was_chosen(wiki: Visitor) -> None:
    page = (await wiki.create("Marked", BODY))["id"]
    answer = await comment_on(wiki, page, "plan", 3, 1)
    assert answer.status == 201
    reference = answer.body["properties"]["inlineMarkerRef"]
    mark = f'<ac:inline-comment-marker ac:ref="{reference}">plan</ac:inline-comment-marker>'
    assert await wiki.body(page) == BODY.replace("The plan is", f"The {mark} is", 1)
    assert (await wiki.get(f"/pages/{page}"))["version"]["number"] == 1, "a mark makes no version"
    assert answer.body["resolutionStatus"] == "open"
    await wiki.send("DELETE", f"/inline-comments/{answer.body['id']}", None)
    assert await wiki.body(page) == BODY


async def test_a_selection_may_go_over_the_ends_of_elements_and_over_named_characters(wiki: Visitor) -> None:
    page = (await wiki.create("Across", BODY))["id"]
    answer = await comment_on(wiki, page, "plan is old")
    body = await wiki.body(page)
    marks = re.findall(r'<ac:inline-comment-marker ac:ref="([^"]+)">(.*?)</ac:inline-comment-marker>', body)
    assert marks == [(answer.body["properties"]["inlineMarkerRef"], words) for words in ("plan", " is old")]
    assert (await comment_on(wiki, page, "new & café")).status == 201
    assert ">new &amp; caf&eacute;</ac:inline-comment-marker>" in await wiki.body(page)


async def test_words_that_are_not_there_so_often_are_refused(wiki: Visitor) -> None:
    page = (await wiki.create("Not there", BODY))["id"]
    for selection, count, index in (("nowhere", 1, 0), ("plan", 2, 0), ("plan", 3, 3), ("plan", 3, -1), (" ", 1, 0)):
        assert (await comment_on(wiki, page, selection, count, index)).status == 400
    assert (await comment_on(wiki, page, "café. The plan")).status == 400, "blocks do not run together"
    assert await wiki.body(page) == BODY
    assert (await wiki.get(f"/pages/{page}/inline-comments"))["results"] == []


async def test_a_comment_whose_words_go_is_dangling_until_they_are_back(wiki: Visitor) -> None:
    page = await wiki.create("Gone", BODY)
    comment = (await comment_on(wiki, page["id"], "is old")).body
    marked = await wiki.body(page["id"])
    second = (await wiki.update(page, "<p>Nothing of that</p>")).body

    async def state() -> str:
        return (await wiki.get(f"/inline-comments/{comment['id']}"))["resolutionStatus"]

    assert await state() == "dangling"
    hanging = await wiki.get(f"/pages/{page['id']}/inline-comments?resolution-status=dangling")
    assert [each["id"] for each in hanging["results"]] == [comment["id"]]
    third = (await wiki.update(second, marked)).body
    assert await state() == "open"
    empty = marked.replace("> is old<", "><").replace(">is old<", "><")
    assert (await wiki.update(third, empty)).status == 200
    assert await state() == "dangling", "a mark around nothing marks nothing"


async def test_an_inline_comment_is_answered_settled_and_opened_again(wiki: Visitor) -> None:
    page = (await wiki.create("Talk", BODY))["id"]
    comment = (await comment_on(wiki, page, "is old")).body
    path = f"/inline-comments/{comment['id']}"
    reply = await wiki.send(
        "POST", "/inline-comments", {"parentCommentId": comment["id"], "body": storage("<p>So</p>")}
    )
    assert reply["parentCommentId"] == comment["id"]
    settled = await wiki.send("PUT", path, {"version": {"number": 2}, "resolved": True})
    assert (settled["resolutionStatus"], settled["body"]["storage"]["value"]) == ("resolved", "<p>Why?</p>")
    assert settled["resolutionLastModifierId"].endswith("0001")
    assert (await wiki.get(f"/pages/{page}/inline-comments?resolution-status=open"))["results"] == []
    again = {"version": {"number": 3}, "resolved": False, "body": storage("<p>Still?</p>")}
    assert (await wiki.send("PUT", path, again))["resolutionStatus"] == "reopened"
    assert (await wiki.ask("PUT", path, again)).status == 409
    answer = await wiki.ask("PUT", f"/inline-comments/{reply['id']}", {"version": {"number": 2}, "resolved": True})
    assert title_of(answer) == "Only top level inline comments can be resolved"
    children = (await wiki.get(f"{path}/children", body_format="storage"))["results"]
    assert [each["body"]["storage"]["value"] for each in children] == ["<p>So</p>"]
    versions = await wiki.get(f"{path}/versions?body-format=storage")
    assert [each["number"] for each in versions["results"]] == [3, 2, 1]
    assert (await wiki.get(f"{path}?version=1&body-format=storage"))["body"]["storage"]["value"] == "<p>Why?</p>"
    await wiki.send("DELETE", path, None)
    assert (await wiki.ask("GET", f"/inline-comments/{reply['id']}")).status == 404, "answers go with it"


async def test_footer_comments_are_listed_without_their_answers(wiki: Visitor) -> None:
    page = (await wiki.create("Below"))["id"]
    first = await wiki.send("POST", "/footer-comments", {"pageId": page, "body": storage("<p>1</p>")})
    reply = {"parentCommentId": first["id"], "body": storage("<p>2</p>")}
    answer = await wiki.send("POST", "/footer-comments", reply)
    found = (await wiki.get(f"/pages/{page}/footer-comments"))["results"]
    assert [each["id"] for each in found] == [first["id"]]
    assert first["title"] == "Re: Below"
    everywhere = [each["id"] for each in await wiki.all("/footer-comments", limit=100)]
    assert {first["id"], answer["id"]} <= set(everywhere)
    assert (await wiki.ask("GET", f"/inline-comments/{first['id']}")).status == 404


async def test_what_a_comment_must_not_be_is_refused(wiki: Visitor) -> None:
    page = (await wiki.create("Strict"))["id"]
    fine = {"pageId": page, "body": storage("<p>x</p>")}
    chosen = {"textSelection": "Text", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    for path, body in (
        ("/footer-comments", {"body": storage("<p/>")}),
        ("/footer-comments", {"pageId": page}),
        ("/footer-comments", {**fine, "parentCommentId": "1"}),
        ("/footer-comments", {**fine, "body": storage("<p>")}),
        ("/footer-comments", {**fine, "body": {"representation": "view", "value": ""}}),
        ("/inline-comments", fine),
        ("/inline-comments", {**fine, "inlineCommentProperties": {"textSelection": "Text"}}),
        ("/inline-comments", {**fine, "inlineCommentProperties": {**chosen, "textSelectionMatchIndex": True}}),
    ):
        assert (await wiki.ask("POST", path, body)).status == 400, (path, body)
    assert (await wiki.ask("POST", "/footer-comments", {**fine, "pageId": "1"})).status == 404
    made = await wiki.send("POST", "/footer-comments", fine)
    answer = await wiki.ask("PUT", f"/footer-comments/{made['id']}", {"version": {"number": 2}})
    assert title_of(answer) == "'body' is required"


async def test_only_authors_and_administrators_change_a_comment(visit: Callable[..., Visitor]) -> None:
    human, partner, reader = visit("Human PM"), visit("Engineering Partner"), visit("Sam Okafor")
    page = (await human.create("Whose"))["id"]
    wish = {"pageId": page, "body": storage("<p>Mine</p>")}
    made = await human.send("POST", "/footer-comments", wish)
    path, change = f"/footer-comments/{made['id']}", {"version": {"number": 2}, "body": storage("<p>Yours</p>")}
    assert (await partner.ask("PUT", path, change)).status == 404
    assert (await partner.ask("DELETE", path)).status == 404
    assert (await reader.ask("POST", "/footer-comments", wish)).status == 404
    own = await partner.send("POST", "/footer-comments", wish)
    assert (await human.ask("PUT", f"/footer-comments/{own['id']}", change)).status == 200
    assert (await partner.ask("DELETE", f"/footer-comments/{own['id']}")).status == 204
