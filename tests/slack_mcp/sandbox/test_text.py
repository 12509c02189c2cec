"""What Slack makes of mrkdwn, of Markdown and of blocks."""

from typing import Any

import pytest

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.text import block_kit, fallback, markdown, mrkdwn
from slack_mcp.sandbox.text.inline import plain

Element = dict[str, Any]


def run(text: str, *styles: str) -> Element:
    element: Element = {"type": "text", "text": text}
    return {**element, "style": dict.fromkeys(styles, True)} if styles else element


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("*bold* _it_ ~no~ `a*b*`", [run("bold", "bold"), run(" "), run("it", "italic"), run(" "), run("no", "strike"),
                                    run(" "), run("a*b*", "code")]),
        ("*_both_*", [run("both", "bold", "italic")]),
        ("2*3*4 snake_case_name", [run("2*3*4 snake_case_name")]),
        ("<#C01|general> <!subteam^S01>", [{"type": "channel", "channel_id": "C01"}, run(" "),
                                          {"type": "usergroup", "usergroup_id": "S01"}]),
        ("<https://x.example|*label*>", [{"type": "link", "url": "https://x.example", "text": "*label*"}]),
        ("<mailto:a@x.example|a@x.example>", [{"type": "link", "url": "mailto:a@x.example", "text": "a@x.example"}]),
        (":wave::skin-tone-3: 10:30:15", [{"type": "emoji", "name": "wave", "skin_tone": 3}, run(" 10:30:15")]),
        ("&lt;b&gt; &amp;amp;", [run("<b> &amp;")]),
        ("<!date^1770000000^{date}|2 February>", [
            {"type": "date", "timestamp": 1770000000, "format": "{date}", "fallback": "2 February"}]),
    ],
)  # fmt: skip
def test_marks_inside_a_line(text: str, elements: list[Element]) -> None:
    assert mrkdwn.rich_text(text)[0]["elements"] == elements


def test_quotes_and_code_are_elements_of_their_own() -> None:
    kinds = [each["type"] for each in mrkdwn.rich_text("Look:\n&gt; said\n> more\nand\n```x = 1\ny```\nend")]
    assert kinds == [
        "rich_text_section",
        "rich_text_quote",
        "rich_text_section",
        "rich_text_preformatted",
        "rich_text_section",
    ]


def test_no_text_makes_no_elements() -> None:
    assert mrkdwn.rich_text("") == []


def test_markdown_becomes_rich_blocks() -> None:
    blocks = markdown.blocks(
        "# Title *x*\n\nA **bold** [link](https://x.example) and ~~old~~ *it* __b__ _i_\nsame paragraph\n\n"
        "- one\n- two\n  1. deep\n3. three\n\n> quoted\n> more\n\n```python\nx = 1\n```\n---\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert [each["type"] for each in blocks] == ["header", "rich_text", "divider", "table"]
    assert blocks[0]["text"]["text"] == "Title x"
    rich = blocks[1]["elements"]
    assert [each["type"] for each in rich] == [
        "rich_text_section",
        "rich_text_list",
        "rich_text_list",
        "rich_text_list",
        "rich_text_quote",
        "rich_text_preformatted",
    ]
    assert [(each["style"], each["indent"], each.get("offset")) for each in rich[1:4]] == [
        ("bullet", 0, None),
        ("ordered", 1, None),
        ("ordered", 0, 2),
    ]
    assert {"type": "link", "url": "https://x.example", "text": "link"} in rich[0]["elements"]
    assert rich[5]["elements"] == [run("x = 1")]
    assert blocks[3]["rows"][1] == [{"type": "raw_text", "text": "1"}, {"type": "raw_text", "text": "2"}]


def test_markdown_without_an_end_of_its_code_is_code_to_the_end() -> None:
    blocks = markdown.blocks("```\na\n\nb")
    assert blocks[0]["elements"][0]["elements"] == [run("a\n\nb")]


def test_signs_that_are_escaped_or_in_an_address_are_only_signs() -> None:
    elements = markdown.blocks(r"\*no\* https://x.example/_a_/*b* 2 \< 3")[0]["elements"][0]["elements"]
    assert [each.get("text", each.get("url")) for each in elements] == [
        "*", "no", "*", " ", "https://x.example/_a_/*b*", " 2 ", "<", " 3"
    ]  # fmt: skip


def test_mentions_work_in_markdown() -> None:
    blocks = markdown.blocks("Hello <@U01>, `<!here>`")
    assert blocks[0]["elements"][0]["elements"][1] == {"type": "user", "user_id": "U01"}
    assert blocks[0]["elements"][0]["elements"][3] == run("<!here>", "code")


@pytest.mark.parametrize(
    "text",
    [
        "*bold* and `code`, <https://x.example|label> :tada: <@U01> <#C01> <!here> <!subteam^S01>",
        "one\n&gt; two\n```\nthree\n```",
        "a &lt; b &amp; c",
    ],
)
def test_rich_text_reads_back_as_it_was_written(text: str) -> None:
    assert fallback.text_of([{"type": "rich_text", "elements": mrkdwn.rich_text(text)}]) == text


def test_the_text_of_blocks_holds_all_that_can_be_read() -> None:
    blocks: list[Element] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}, {"type": "mrkdwn", "text": "b"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "c"}, {"type": "image", "alt_text": "d"}]},
        {"type": "image", "alt_text": "picture"},
        {"type": "divider"},
        {"type": "markdown", "text": "**e**"},
        *markdown.blocks("1. x\n2. y\n\n|a|b|\n|-|-|\n|1|2|"),
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"}]}]},
    ]  # fmt: skip
    text = fallback.text_of(blocks)
    assert text == "Title\na\nb\nc \npicture\n**e**\n1. x\n2. y\na | b\n1 | 2\nthen"


def test_a_bare_link_is_a_link() -> None:
    assert plain("see https://x.example/a?b=1.", []) == [
        run("see "),
        {"type": "link", "url": "https://x.example/a?b=1"},
        run("."),
    ]


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


FAULTY_BLOCKS: list[tuple[object, str]] = [
    ("text", "[ERROR] must be an object [json-pointer:/blocks/0]"),
    ({"type": "shout"}, "[ERROR] unsupported type: shout [json-pointer:/blocks/0/type]"),
    ({"type": "section"}, "[ERROR] missing required field: text or fields [json-pointer:/blocks/0]"),
    ({"type": "actions"}, "[ERROR] missing required field: elements [json-pointer:/blocks/0]"),
    (
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "section", "text": "x"}, "[ERROR] must be an object [json-pointer:/blocks/0/text]"),
    (
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
        "[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "[ERROR] unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    ({"type": "markdown", "text": 1}, "[ERROR] must be a string [json-pointer:/blocks/0/text]"),
    (
        {"type": "context", "elements": [{}] * 11},
        "[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    ({"type": "image", "alt_text": "x"}, "[ERROR] missing required field: image_url [json-pointer:/blocks/0]"),
    (
        {**SECTION, "block_id": "x" * 256},
        "[ERROR] must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
]


@pytest.mark.parametrize(("block", "complaint"), FAULTY_BLOCKS)
def test_a_block_that_breaks_a_rule_is_pointed_at(block: object, complaint: str) -> None:
    with pytest.raises(ApiError) as refusal:
        block_kit.checked([block])
    assert refusal.value.code == "invalid_blocks"
    assert refusal.value.messages == [complaint]


def test_only_so_many_blocks_are_taken_and_only_as_a_list() -> None:
    with pytest.raises(ApiError) as refusal:
        block_kit.checked([SECTION] * 51)
    assert refusal.value.messages == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    with pytest.raises(ApiError, match="invalid_blocks_format"):
        block_kit.checked(SECTION)
    assert block_kit.checked([SECTION, {"type": "divider"}])
