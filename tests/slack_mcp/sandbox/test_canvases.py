"""Canvases: writing, changing by sections, reading, and who may."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.sample import channels, documents, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


def markdown(text: str) -> dict[str, str]:
    return {"type": "markdown", "markdown": text}


async def written(visitor: Visitor, text: str = "## One\n\nfirst\n\n## Two\n\nsecond", **more: Any) -> str:
    body = await visitor.call("canvases.create", title="Plan", document_content=markdown(text), **more)
    return body["canvas_id"]


async def content(visitor: Visitor, canvas: str) -> str:
    return (await visitor.call("canvases.getContent", canvas_id=canvas))["content"]


async def change(visitor: Visitor, canvas: str, operation: str, text: str = "", **more: str) -> None:
    each: dict[str, Any] = {"operation": operation, **more}
    if text:
        each["document_content"] = markdown(text)
    await visitor.call("canvases.edit", canvas_id=canvas, changes=[each])


async def section(visitor: Visitor, canvas: str, text: str, *types: str) -> str:
    criteria: dict[str, Any] = {"contains_text": text}
    if types:
        criteria["section_types"] = list(types)
    (found,) = (await visitor.call("canvases.sections.lookup", canvas_id=canvas, criteria=criteria))["sections"]
    return found["id"]


async def test_a_canvas_is_read_as_it_was_written(slack: Visitor) -> None:
    parts = (
        "## Steps",
        "1. one\n2. two",
        "- [ ] open\n- [x] done",
        "> quoted",
        "```\ncode\n```",
        "| a | b |\n| - | - |",
    )
    text = "\n\n".join(parts)
    canvas = await written(slack, text)
    assert await content(slack, canvas) == f"# Plan\n\n{text}"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("insert_at_start", "new\n\n## One\n\nfirst\n\n## Two\n\nsecond"),
        ("insert_at_end", "## One\n\nfirst\n\n## Two\n\nsecond\n\nnew"),
        ("replace", "new"),
    ],
)
async def test_a_whole_canvas_is_changed(slack: Visitor, operation: str, expected: str) -> None:
    canvas = await written(slack)
    await change(slack, canvas, operation, "new")
    assert await content(slack, canvas) == f"# Plan\n\n{expected}"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("insert_before", "## One\n\nfirst\n\nnew\n\n## Two\n\nsecond"),
        ("insert_after", "## One\n\nfirst\n\n## Two\n\nnew\n\nsecond"),
        ("replace", "## One\n\nfirst\n\nnew\n\nsecond"),
        ("delete", "## One\n\nfirst\n\nsecond"),
    ],
)
async def test_a_section_is_changed_by_its_id(slack: Visitor, operation: str, expected: str) -> None:
    canvas = await written(slack)
    place = await section(slack, canvas, "two", "h2")
    await change(slack, canvas, operation, "" if operation == "delete" else "new", section_id=place)
    assert await content(slack, canvas) == f"# Plan\n\n{expected}"


async def test_a_canvas_is_renamed(slack: Visitor) -> None:
    canvas = await written(slack)
    edit = {"operation": "rename", "title_content": markdown("Better")}
    await slack.call("canvases.edit", canvas_id=canvas, changes=[edit])
    assert (await slack.call("files.info", file=canvas))["file"]["title"] == "Better"


async def test_an_item_of_a_list_is_a_section_of_its_own(slack: Visitor) -> None:
    canvas = await written(slack, "- [ ] one\n- [ ] two")
    await change(slack, canvas, "replace", "- [x] two", section_id=await section(slack, canvas, "two"))
    assert await content(slack, canvas) == "# Plan\n\n- [ ] one\n- [x] two"


async def test_headings_are_looked_up_by_their_level(slack: Visitor) -> None:
    canvas = await written(slack, "# A\n\n## B\n\n### C\n\ntext")
    for types, amount in ((["h1"], 2), (["h2"], 1), (["any_header"], 4), (["h2", "h3"], 2)):
        found = await slack.call("canvases.sections.lookup", canvas_id=canvas, criteria={"section_types": types})
        assert len(found["sections"]) == amount, types


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("#### deep", "Unsupported heading depth (4)"),
        ("> - item", "Unsupported nesting: a list inside of a blockquote"),
        ("\n".join(["| a | b | c |"] * 101), "Table exceeds 300 cells"),
    ],
)
async def test_what_a_canvas_cannot_hold_is_refused_with_a_reason(slack: Visitor, text: str, detail: str) -> None:
    answer = await slack.ask("canvases.create", document_content=markdown(text))
    assert (answer.body["error"], answer.body["detail"]) == ("canvas_creation_failed", detail)
    canvas = await written(slack)
    edit = {"operation": "insert_at_end", "document_content": markdown(text)}
    answer = await slack.ask("canvases.edit", canvas_id=canvas, changes=[edit])
    assert (answer.body["error"], answer.body["detail"]) == ("canvas_editing_failed", detail)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([], "invalid_arguments"),
        ([{"operation": "delete", "section_id": "x"}] * 2, "invalid_arguments"),
        ([{"operation": "shuffle"}], "invalid_arguments"),
        ([{"operation": "delete"}], "invalid_arguments"),
        ([{"operation": "insert_at_end"}], "invalid_arguments"),
        ([{"operation": "insert_at_end", "document_content": {"type": "html"}}], "invalid_arguments"),
        ([{"operation": "delete", "section_id": "temp:C:gone"}], "canvas_editing_failed"),
    ],
)
async def test_an_edit_that_makes_no_sense_changes_nothing(
    slack: Visitor, changes: list[dict[str, Any]], error: str
) -> None:
    before = await content(slack, documents.CANVAS_ID)
    assert await slack.refused("canvases.edit", canvas_id=documents.CANVAS_ID, changes=changes) == error
    assert await content(slack, documents.CANVAS_ID) == before


async def test_the_sample_canvas_hangs_in_its_channel_and_is_downloaded_as_a_page(slack: Visitor) -> None:
    channel = (await slack.call("conversations.info", channel=channels.DEV))["channel"]
    canvas = channel["properties"]["canvas"]["file_id"]
    file = (await slack.call("files.info", file=canvas))["file"]
    assert (file["filetype"], file["pretty_type"], file["mimetype"]) == (
        "quip",
        "Canvas",
        "application/vnd.slack-docs",
    )
    assert file["permalink"].endswith(f"/docs/T0PMOS00001/{canvas}")
    reply = await slack.client.get(urlsplit(str(file["url_private"])).path)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    page = reply.text
    assert page.startswith('<div class="quip-canvas-content"><h1 id="temp:C:')
    assert f'<control data-remapped="true"><a>@{people.HUMAN_PM.id}</a></control>' in page
    assert "<div data-section-style='7'" in page
    assert "class='checked' value='1'>All deliverables of Phase 3 are reviewed<br/></li>" in page
    assert '<a href="https://pm-os.sandbox.invalid/wiki/spaces/PMOS/pages/98400">the documents</a>' in page
    html = (await slack.call("canvases.getContent", canvas_id=canvas, content_type="html"))["content"]
    assert html == page


async def test_text_in_a_canvas_is_never_markup_of_the_page(slack: Visitor) -> None:
    canvas = await written(slack, '<script>alert(1)</script> [x](https://e.example/"onclick="y)')
    html = (await slack.call("canvases.getContent", canvas_id=canvas, content_type="html"))["content"]
    assert "<script" not in html
    assert 'href="https://e.example/&quot;onclick=&quot;y"' in html


async def test_a_channel_has_one_canvas(slack: Visitor) -> None:
    body = await slack.call("conversations.canvases.create", channel_id=channels.GENERAL)
    refused = await slack.refused("conversations.canvases.create", channel_id=channels.GENERAL)
    assert refused == "channel_canvas_already_exists"
    await slack.call("canvases.delete", canvas_id=body["canvas_id"])
    await slack.call("conversations.canvases.create", channel_id=channels.GENERAL)


async def test_a_canvas_may_have_a_tab_in_a_channel(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    canvas = await written(slack, channel_id=channels.GENERAL)
    channel = (await slack.call("conversations.info", channel=channels.GENERAL))["channel"]
    assert [each["data"]["file_id"] for each in channel["properties"]["tabs"]] == [canvas]
    colleague = visit(accounts.COLLEAGUE_TOKEN)
    await change(colleague, canvas, "insert_at_end", "from a member")
    assert (await colleague.call("files.info", file=canvas))["file"]["last_editor"] == people.ALEX_RIVERA.id
    assert await colleague.refused("canvases.delete", canvas_id=canvas) == "restricted_action"


async def test_a_canvas_is_its_owners_until_it_is_shared(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    canvas = await written(slack)
    colleague = visit(accounts.COLLEAGUE_TOKEN)
    assert await colleague.refused("canvases.getContent", canvas_id=canvas) == "canvas_not_found"
    edit = [{"operation": "insert_at_end", "document_content": markdown("x")}]
    share = {"canvas_id": canvas, "user_ids": [people.ALEX_RIVERA.id]}
    await slack.call("canvases.access.set", access_level="read", **share)
    assert "first" in await content(colleague, canvas)
    assert await colleague.refused("canvases.edit", canvas_id=canvas, changes=edit) == "restricted_action"
    await slack.call("canvases.access.set", access_level="write", **share)
    await colleague.call("canvases.edit", canvas_id=canvas, changes=edit)
    await slack.call("canvases.access.delete", **share)
    assert await colleague.refused("canvases.edit", canvas_id=canvas, changes=edit) == "canvas_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"access_level": "read"}, "invalid_parameters"),
        ({"access_level": "read", "user_ids": ["U0PMOS00010"], "channel_ids": ["C0PMOS00001"]}, "invalid_parameters"),
        ({"access_level": "admire", "user_ids": ["U0PMOS00010"]}, "invalid_arguments"),
        ({"access_level": "read", "user_ids": ["U0NOBODY000"]}, "user_not_found"),
        ({"access_level": "read", "channel_ids": ["C0NOWHERE00"]}, "channel_not_found"),
    ],
)
async def test_access_is_given_to_known_people_or_channels(
    slack: Visitor, arguments: dict[str, Any], error: str
) -> None:
    assert await slack.refused("canvases.access.set", canvas_id=documents.CANVAS_ID, **arguments) == error


async def test_a_canvas_with_another_owner_stays_writable_for_the_first(
    slack: Visitor, visit: Callable[[str], Visitor]
) -> None:
    canvas = await written(slack)
    share = {"canvas_id": canvas, "user_ids": [people.ALEX_RIVERA.id]}
    await slack.call("canvases.access.set", access_level="owner", **share)
    await change(slack, canvas, "insert_at_end", "still me")
    assert await slack.refused("canvases.delete", canvas_id=canvas) == "restricted_action"
    await visit(accounts.COLLEAGUE_TOKEN).call("canvases.delete", canvas_id=canvas)
    assert await slack.refused("canvases.getContent", canvas_id=canvas) == "canvas_not_found"


async def test_a_file_is_no_canvas_and_scopes_are_asked_for(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    assert await slack.refused("canvases.getContent", canvas_id=documents.REPORT) == "canvas_not_found"
    answer = await visit(accounts.READ_TOKEN).ask("canvases.create")
    assert (answer.body["error"], answer.body["needed"]) == ("missing_scope", "canvases:write")
