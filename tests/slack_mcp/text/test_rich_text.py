"""`rich_text` blocks: what people write in Slack's editor, as Markdown."""

from typing import Any

import pytest

from slack_mcp.text import KnownNames, message_markdown, wanted

NAMES = KnownNames({"U1AB": "Ada Lovelace"}, {"C1AB": "general"}, {"S1AB": "developers"})


def text(said: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": said, **({"style": style} if style else {})}


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def bullets(*items: str, style: str = "bullet", **more: int) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": style, "elements": [section(text(item)) for item in items], **more}


def shown(*elements: dict[str, Any]) -> str:
    return message_markdown({"blocks": [{"type": "rich_text", "elements": list(elements)}]}, NAMES)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (text("strong", bold=True), "**strong**"),
        (text("soft", italic=True), "_soft_"),
        (text("gone", strike=True), "~~gone~~"),
        (text("both ", bold=True, italic=True), "**_both_** "),
        (text("a*b", bold=True), "**a\\*b**"),
        (text("x = `1`", code=True), "`` x = `1` ``"),
        (text("two\nlines", bold=True), "**two**\n**lines**"),
        ({"type": "link", "url": "https://a.example/x_y"}, "<https://a.example/x_y>"),
        ({"type": "link", "url": "https://a.example", "text": "the [docs]"}, "[the \\[docs\\]](https://a.example)"),
        ({"type": "link", "url": "https://a.example/(b)", "text": "c"}, "[c](<https://a.example/(b)>)"),
        ({"type": "link", "url": "mailto:ada@a.example", "text": "ada@a.example"}, "ada@a.example"),
        ({"type": "link", "url": "https://a.example", "text": "cmd", "style": {"code": True}},
         "`cmd` (<https://a.example>)"),
        ({"type": "user", "user_id": "U1AB"}, "@Ada Lovelace"),
        ({"type": "user", "user_id": "U2AB"}, "@U2AB"),
        ({"type": "usergroup", "usergroup_id": "S1AB"}, "@developers"),
        ({"type": "channel", "channel_id": "C1AB"}, "#general"),
        ({"type": "broadcast", "range": "channel"}, "@channel"),
        ({"type": "emoji", "name": "wave", "skin_tone": 3, "unicode": "1f44b-1f3fc"}, "👋🏼"),
        ({"type": "emoji", "name": "ship_it", "skin_tone": 3}, ":ship_it::skin-tone-3:"),
        ({"type": "emoji", "name": "hash", "unicode": "0023-fe0f-20e3"}, "#️⃣"),
        ({"type": "date", "timestamp": 1769850000, "format": "{date}", "fallback": "Jan 31"}, "Jan 31"),
        ({"type": "date", "timestamp": 1769850000, "format": "{date}"}, "2026-01-31 09:00 UTC"),
        ({"type": "color", "value": "#F405B3"}, "#F405B3"),
        ({"type": "team", "team_id": "T1AB"}, "team T1AB"),
        ({"type": "message_mention", "channel_id": "C1AB", "message_ts": "1"}, "[message_mention C1AB]"),
        ({"type": "citation", "title": "Handbook", "url": "https://a.example"}, "Handbook (https://a.example)"),
        ({"type": "brand_new", "elements": [text("in "), {"type": "user", "user_id": "U1AB"}]}, "in @Ada Lovelace"),
    ],
)  # fmt: skip
def test_an_element_is_shown_as_slack_shows_it(element: dict[str, Any], expected: str) -> None:
    assert shown(section(text("so "), element)) == f"so {expected}".rstrip()


def test_an_emoji_code_that_is_no_emoji_is_not_smuggled_in_as_characters() -> None:
    for code in ("2a-2a", "61", "202e", "0a", "d83d", "110000", "x"):
        assert shown(section({"type": "emoji", "name": "odd", "unicode": code})) == ":odd:"


def test_runs_of_one_style_are_one_run() -> None:
    assert shown(section(text("a", bold=True), text("b", bold=True), text("c"))) == "**ab**c"


def test_a_mention_within_bold_text_is_part_of_it() -> None:
    mention = {"type": "user", "user_id": "U1AB", "style": {"bold": True}}
    assert shown(section(text("ask ", bold=True), mention)) == "**ask @Ada Lovelace**"


def test_lists_nest_below_the_text_of_their_parents() -> None:
    markdown = shown(
        section(text("Plan:")),
        bullets("first", "second", style="ordered"),
        bullets("a detail", indent=1),
        bullets("its detail", indent=2),
        bullets("third", style="ordered", offset=2),
    )
    assert markdown == "Plan:\n\n1. first\n2. second\n    - a detail\n        - its detail\n3. third"


def test_a_list_without_a_parent_is_not_indented_into_code() -> None:
    assert shown(bullets("deep", indent=5)) == "- deep"


def test_a_bullet_list_follows_its_sentence_directly() -> None:
    assert shown(section(text("Two things:\n")), bullets("one", "two"), section(text("Done."))) == (
        "Two things:\n- one\n- two\n\nDone."
    )


def test_a_line_end_in_an_item_stays_in_the_item() -> None:
    assert shown(bullets("one\nmore")) == "- one\n  more"


def test_code_keeps_a_fence_that_is_in_it() -> None:
    code = {"type": "rich_text_preformatted", "elements": [text("```\nx\n```"), {"type": "link", "url": "https://a.b"}]}
    assert shown(code) == "````\n```\nx\n```https://a.b\n````"


def test_code_names_its_language_if_it_is_one() -> None:
    block: dict[str, Any] = {"type": "rich_text_preformatted", "elements": [text("x = 1")]}
    assert shown({**block, "language": "python"}) == "```python\nx = 1\n```"
    assert shown({**block, "language": "x\n```\n# out"}) == "```\nx = 1\n```"


def test_a_quote_quotes_every_line() -> None:
    quoted = {"type": "rich_text_quote", "elements": [text("one\n\ntwo")]}
    assert shown(section(text("He said")), quoted, section(text("and left"))) == "He said\n> one\n>\n> two\n\nand left"


def test_a_border_is_a_quote_too() -> None:
    assert shown(bullets("a", "b", border=1)) == "> - a\n> - b"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("# not a heading", "\\# not a heading"),
        ("a\n> not a quote", "a\n\\> not a quote"),
        ("a\n---", "a\n\\---"),
        ("a\n===", "a\n\\==="),
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("*stars*", "\\*stars\\*"),
        ("`ticks`", "\\`ticks\\`"),
        ("[x](https://evil.example)", "[x\\](https://evil.example)"),
        ("<b>bold</b> <@U1AB>", "\\<b>bold\\</b> \\<@U1AB>"),
        ("&lt; as it is", "\\&lt; as it is"),
        ("C:\\new\\*", "C:\\new\\\\\\*"),
        ("see https://a.example/x_y_z?a=*", "see https://a.example/x_y_z?a=\\*"),
        ("HEAD~1", "HEAD~1"),
        ("~~no~~", "\\~\\~no\\~\\~"),
    ],
)
def test_literal_text_does_not_become_markup(said: str, expected: str) -> None:
    assert shown(section(text(said))) == expected


def test_an_exclamation_mark_does_not_make_the_link_after_it_an_image() -> None:
    link = {"type": "link", "url": "https://a.example", "text": "here"}
    assert shown(section(text("Look!"), link)) == "Look\\![here](https://a.example)"


def test_a_name_is_shown_as_text_whatever_it_is() -> None:
    names = KnownNames({"U1AB": "**Boss**\n# Obey"})
    message = {"blocks": [{"type": "rich_text", "elements": [section({"type": "user", "user_id": "U1AB"})]}]}
    assert message_markdown(message, names) == "@\\*\\*Boss\\*\\* # Obey"


def test_ids_that_need_a_name_are_wanted_once_and_in_order() -> None:
    elements = [{"type": "user", "user_id": user} for user in ("U2AB", "U1AB", "U2AB")]
    block = {"type": "rich_text", "elements": [section(*elements, {"type": "channel", "channel_id": "C1AB"})]}
    found = wanted([{"user": "U3AB", "blocks": [block]}])
    assert found.users == ("U3AB", "U2AB", "U1AB")
    assert found.channels == ("C1AB",)


def test_an_id_that_is_none_is_not_looked_up() -> None:
    message = {"text": "<@not an id> <@U1AB>", "user": "../../etc"}
    assert wanted([message]).users == ("U1AB",)
