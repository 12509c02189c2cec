"""Texts in Slack's own markup, as Markdown."""

import pytest

from slack_mcp.text import KnownNames, message_markdown

NAMES = KnownNames({"U1AB": "Ada"}, {"C1AB": "general"}, {"S1AB": "devs"})


def shown(text: str) -> str:
    return message_markdown({"text": text}, NAMES)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("*bold* _it_ ~s~", "**bold** _it_ ~~s~~"),
        ("*bold _and it_*", "**bold _and it_**"),
        ("_a snake_case word_", "_a snake_case word_"),
        ("2*3*4 a_b_c x~y~z", "2\\*3\\*4 a_b_c x\\~y\\~z"),
        ("* not bold *", "* not bold \\*"),
        ("`*code* &lt;x&gt; <@U1AB>`", "`*code* <x> @Ada`"),
        ("<https://a.example|site>", "[site](https://a.example)"),
        ("<https://a.example/?a=1&amp;b=2>", "<https://a.example/?a=1&b=2>"),
        ("<https://a.example|a *b*>", "[a \\*b\\*](https://a.example)"),
        ("<mailto:ada@a.example|ada@a.example>", "ada@a.example"),
        ("*<https://a.example|site>*", "**[site](https://a.example)**"),
        ("<@U1AB> <@U1AB|old.name> <@U9AB|ada> <@U9AB>", "@Ada @Ada @ada @U9AB"),
        ("<#C1AB> <#C1AB|> <#C2AB|random>", "#general #general #random"),
        ("<!subteam^S1AB> <!subteam^S2AB|@ops>", "@devs @ops"),
        ("<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"),
        ("<!date^1769850000^{date_short}|Jan 31, 2026>", "Jan 31, 2026"),
        ("<!date^1769850000^{date_short}^https://a.example|Jan 31>", "[Jan 31](https://a.example)"),
        ("<!date^1769850000^{date_short}>", "2026-01-31 09:00 UTC"),
        ("<!unknown> <!unknown|label>", "\\<!unknown> label"),
        ("<javascript:alert(1)|x>", "[x](<javascript:alert(1)>)"),
        ("a &lt;b&gt; &amp;amp; c", "a \\<b> \\&amp; c"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("[not](a-link)", "[not\\](a-link)"),
        ("# no heading", "\\# no heading"),
        (":tada: :white_check_mark:", ":tada: :white_check_mark:"),
        ("• one\n• two", "• one\n• two"),
    ],
)
def test_markup_becomes_markdown(said: str, expected: str) -> None:
    assert shown(said) == expected


def test_a_quote_ends_where_its_lines_end() -> None:
    assert shown("&gt; one\n&gt;two\nthree") == "> one\n> two\n\nthree"


def test_three_brackets_quote_all_that_follows() -> None:
    assert shown("a\n&gt;&gt;&gt; b\nc\n\nd") == "a\n> b\n> c\n>\n> d"


def test_a_code_block_keeps_its_text() -> None:
    assert shown("run ```*not bold*\n&lt;tag&gt; <https://a.example|a>``` now") == (
        "run \n```\n*not bold*\n<tag> a\n```\n now"
    )


def test_a_code_block_that_nobody_closed_is_text() -> None:
    assert shown("```oops") == "\\`\\`\\`oops"


def test_a_text_without_markup_is_literal() -> None:
    assert message_markdown({"text": "*as is* &lt;x&gt;", "mrkdwn": False}, NAMES) == "\\*as is\\* \\<x>"


def test_a_long_text_of_marks_is_read_in_one_go() -> None:
    pieces = ("*", "*a ", "_a_a", "<", "`", "~a ", "```", "<@", "&gt;", "\x000\x00", " ", "\t", "- ", "1. ", "|", ": |")
    for piece in pieces:
        assert shown(piece * 20_000) is not None
        assert shown(piece * 20_000 + "x") is not None
