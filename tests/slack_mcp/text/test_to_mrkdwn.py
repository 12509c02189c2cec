"""Markdown as mrkdwn, for the texts of blocks."""

import pytest

from slack_mcp.text import MentionPolicy, to_mrkdwn


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**bold** *it* _it_ __bold__ ~~s~~", "*bold* _it_ _it_ *bold* ~s~"),
        ("**bold _and it_**", "*bold _and it_*"),
        ("# Head **x** #", "*Head x*"),
        ("- a\n  * b\n+ [ ] c\n- [x] d", "• a\n  • b\n• ☐ c\n• ☑ d"),
        ("1. one", "1. one"),
        ("> said **so**", "> said *so*"),
        ("---", "───"),
        ("[site](https://a.example/?a=1&b=2)", "<https://a.example/?a=1&amp;b=2|site>"),
        ('[site](<https://a.example/(x)> "t")', "<https://a.example/(x)|site>"),
        ("![chart](https://a.example/i.png)", "<https://a.example/i.png|chart>"),
        ("<https://a.example>", "<https://a.example>"),
        ("[x](relative)", "x (relative)"),
        ("[a|b>](https://a.example/<x>)", "[a|b&gt;](https://a.example/&lt;x&gt;)"),
        ("`a < b & *c*`", "`a &lt; b &amp; *c*`"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<@U1AB> <#C1AB> <!date^1^{date}|x>", "<@U1AB> <#C1AB> <!date^1^{date}|x>"),
        ("\\*as is\\* 2 * 3", "*as is* 2 * 3"),
        ("snake_case_word", "snake_case_word"),
        ("```py\na < b\n**c**\n```\nend", "```\na &lt; b\n**c**\n```\nend"),
        ("~~~\nopen", "```\nopen\n```"),
    ],
)
def test_markdown_becomes_mrkdwn(markdown: str, expected: str) -> None:
    assert to_mrkdwn(markdown) == expected


@pytest.mark.parametrize("text", ["# <!ch**annel>", "> ## <!he__re>", "# <!sub__team^S1AB|x>", "# @every**one now"])
def test_marks_that_are_dropped_leave_no_mention_behind(text: str) -> None:
    written = to_mrkdwn(text)
    assert "<!" not in written
    assert "@everyone" not in written


def test_a_mention_that_is_allowed_stays() -> None:
    assert to_mrkdwn("# <!here>", mentions=MentionPolicy(broadcast=True)) == "*<!here>*"


def test_a_long_text_of_marks_is_read_in_one_go() -> None:
    for piece in ("*", "**a", "_", "[", "[a](", "`", "``a", "<@", "~~", "\\", "![x]"):
        assert to_mrkdwn(piece * 5_000) is not None
