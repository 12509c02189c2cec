"""Block Kit's blocks, known and unknown, as Markdown."""

from typing import Any

import pytest

from slack_mcp.text import KnownNames, message_markdown

NAMES = KnownNames({"U1AB": "Ada"}, {"C1AB": "general"})


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def button(text: str, **more: str) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": "a1", "value": "secret-value", **more}


def shown(*blocks: object) -> str:
    return message_markdown({"text": "fallback", "blocks": list(blocks)}, NAMES)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "header", "text": plain("Q&amp;A # 1")}, "## Q&A # 1"),
        ({"type": "section", "text": mrkdwn("*hi* <@U1AB>")}, "**hi** @Ada"),
        ({"type": "section", "text": plain("*hi*")}, "\\*hi\\*"),
        ({"type": "section", "fields": [mrkdwn("*Status*\nup"), plain("x")]}, "**Status**\nup\nx"),
        ({"type": "section", "text": plain("Go"), "accessory": button("Open", url="https://a.example")},
         "Go\n[Open](https://a.example)"),
        ({"type": "section", "text": plain("See"), "accessory":
            {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "a chart"}},
         "See\n![a chart](https://a.example/i.png)"),
        ({"type": "section", "text": plain("Pick"), "accessory": {"type": "static_select", "placeholder": plain("Size"),
            "options": [{"text": plain("S"), "value": "1"}, {"text": plain("L"), "description": plain("big")}]}},
         "Pick\n[Size; S, L (big)]"),
        ({"type": "context", "elements": [mrkdwn("by <@U1AB>"), plain("now")]}, "by @Ada · now"),
        ({"type": "image", "image_url": "https://a.example/i.png", "alt_text": "bars", "title": plain("Sales")},
         "![Sales: bars](https://a.example/i.png)"),
        ({"type": "image", "slack_file": {"id": "F1AB"}, "alt_text": "bars"}, "![bars](F1AB)"),
        ({"type": "actions", "elements": [button("Yes"), button("Docs", url="https://a.example/d")]},
         "[Yes] [Docs](https://a.example/d)"),
        ({"type": "input", "label": plain("Name"), "hint": plain("as in the passport"),
          "element": {"type": "plain_text_input", "placeholder": plain("Ada")}},
         "Name: [Ada] (as in the passport)"),
        ({"type": "video", "title": plain("Demo"), "title_url": "https://a.example/v", "author_name": "Ada",
          "provider_name": "Tube", "description": plain("How it works")},
         "[video] [Demo](https://a.example/v) (Ada, Tube)\nHow it works"),
        ({"type": "file", "external_id": "ABC", "source": "remote"}, "[file ABC]"),
        ({"type": "markdown", "text": "**as** _is_ <@U1AB> `<@U1AB>`"}, "**as** _is_ @Ada `<@U1AB>`"),
        ({"type": "markdown", "text": "```py\nx"}, "```py\nx\n```"),
        ({"type": "call", "call_id": "R1", "call": {"v1": {"name": "Stand-up", "join_url": "https://a.example/j",
          "date_start": 1769850000}}}, "[call] [Stand-up](https://a.example/j) (2026-01-31 09:00 UTC)"),
        ({"type": "call", "call_id": "R1"}, "[call] call"),
    ],
)  # fmt: skip
def test_a_block_is_shown_whole(block: dict[str, Any], expected: str) -> None:
    assert shown(block) == expected


def test_a_table_is_a_table() -> None:
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "a|b\nc"}]}]}  # fmt: skip
    rows = [[{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Count"}], [rich],
            [{"type": "raw_text", "text": "x"}, {"type": "raw_number", "value": 3}]]  # fmt: skip
    assert shown({"type": "table", "rows": rows}) == "| Name | Count |\n| --- | --- |\n| a\\|b c |  |\n| x | 3 |"
    assert shown({"type": "data_table", "rows": rows[:1], "caption": "Stock"}) == (
        "Stock\n\n| Name | Count |\n| --- | --- |"
    )


def test_an_unknown_block_gives_all_its_texts() -> None:
    card = {
        "type": "card",
        "block_id": "b1",
        "title": mrkdwn("*Order* 1"),
        "subtitle": plain("paid"),
        "body": mrkdwn("ships <!date^1769850000^{date}|today>"),
        "hero_image": {"type": "image", "image_url": "https://a.example/h.png", "alt_text": "a box"},
        "actions": [button("Track", url="https://a.example/t")],
    }
    assert shown({"type": "carousel", "elements": [card]}) == (
        "**Order** 1\npaid\nships today\n![a box](https://a.example/h.png)\n[Track](https://a.example/t)"
    )


def test_blocks_within_an_unknown_block_keep_their_form() -> None:
    container = {"type": "container", "title": plain("Report"), "child_blocks": [
        {"type": "header", "text": plain("Head")}, {"type": "divider"}]}  # fmt: skip
    assert shown(container) == "Report\n## Head\n---"


def test_newer_blocks_say_what_they_say() -> None:
    task = {"type": "task_card", "task_id": "t1", "title": "Look up", "status": "complete",
            "sources": [{"type": "url", "url": "https://a.example", "text": "Docs"}]}  # fmt: skip
    assert shown({"type": "alert", "level": "error", "text": mrkdwn("*Disk* full")}) == "**Disk** full"
    assert shown({"type": "plan", "title": "Steps", "tasks": [task]}) == (
        "**Steps**\n**Look up**\nDocs\n<https://a.example>"
    )


def test_a_block_that_says_nothing_is_named() -> None:
    assert shown({"type": "holo_deck", "block_id": "b1"}) == "[holo_deck]"


def test_the_text_stands_in_when_blocks_show_nothing() -> None:
    assert shown({"type": "section"}) == "fallback"
    assert shown({"type": "divider"}) == "fallback"
    assert shown() == "fallback"
    assert message_markdown({"blocks": [{"type": "divider"}]}, NAMES) == "---"


def test_blocks_are_shown_instead_of_the_text() -> None:
    assert shown({"type": "section", "text": plain("real")}, {"type": "section", "text": plain("more")}) == (
        "real\n\nmore"
    )


def test_nesting_without_end_ends() -> None:
    block: dict[str, Any] = {"type": "section", "text": plain("core")}
    for _ in range(200):
        block = {"type": "container", "child_blocks": [block]}
    assert "[nested too deep to show]" in shown(block)
    empty: dict[str, Any] = {"type": "context", "elements": []}
    for _ in range(200):
        empty = {"type": "context", "elements": [empty, empty]}
    message_markdown({"blocks": [empty]}, NAMES)
