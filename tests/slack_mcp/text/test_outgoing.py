"""Long texts in parts that Slack accepts."""

import pytest

from slack_mcp.text import PART_LIMIT, outgoing
from slack_mcp.text.posting import length


def test_a_short_text_is_one_part_and_a_blank_one_is_none() -> None:
    assert outgoing("# Hi\n\nyou") == ["# Hi\n\nyou"]
    assert outgoing(" \n\n ") == []


def test_a_long_text_is_cut_between_paragraphs() -> None:
    paragraphs = [f"{number} " + "word " * 300 for number in range(20)]
    parts = outgoing("\n\n".join(paragraphs))
    assert len(parts) == 3
    assert all(length(part) <= PART_LIMIT for part in parts)
    assert "\n\n".join(parts) == "\n\n".join(paragraphs)


def test_a_paragraph_that_is_too_long_is_cut_at_a_line_end_then_at_a_blank() -> None:
    lines = "\n".join(f"- item {number} " + "x" * 80 for number in range(20))
    parts = outgoing(lines, limit=500)
    assert "\n".join(parts) == lines
    words = "word " * 300
    parts = outgoing(words, limit=500)
    assert all(part.startswith("word") for part in parts)
    assert "".join(parts) == words


def test_a_fence_is_closed_and_opened_again() -> None:
    code = "\n".join(f"line {number} = {'x' * 40}" for number in range(40))
    parts = outgoing(f"Before\n\n```python\n{code}\n```\n\nAfter", limit=600)
    assert len(parts) > 3
    assert all(part.count("```") % 2 == 0 for part in parts)
    assert all(part.startswith("```python\n") for part in parts[1:])
    body = "\n".join(part.removeprefix("```python\n").removesuffix("\n```") for part in parts)
    assert code in body.replace("\n```\n\nAfter", "")


def test_a_fence_within_a_fence_is_code() -> None:
    code = "\n".join(["```", "inner", "```", ""] * 60)
    parts = outgoing(f"````\n{code}\n````", limit=300)
    assert all(part.startswith("````\n") and part.endswith("\n````") for part in parts)


def test_a_quoted_fence_is_opened_again_in_a_quote() -> None:
    code = "\n".join(f"> line {number} {'x' * 30}" for number in range(30))
    parts = outgoing(f"> ~~~\n{code}\n> ~~~", limit=400)
    assert all(part.startswith("> ~~~\n") and part.endswith("\n> ~~~") for part in parts)


@pytest.mark.parametrize("visible", ["👩🏽\u200d🚀", "🇩🇪", "e\u0301", "1️⃣", "👍🏾", "🏴\U000e0067\U000e0062\U000e007f"])
def test_a_visible_character_is_never_cut(visible: str) -> None:
    parts = outgoing("x" + visible * 500, limit=200)
    assert len(parts) > 2
    assert "".join(parts) == "x" + visible * 500
    assert all(part.removeprefix("x").replace(visible, "") == "" for part in parts)


def test_halves_of_characters_and_control_characters_are_not_sent() -> None:
    assert outgoing("a\ud83db\x00\x1b[0m\tc\r\nd") == ["a\ufffdb[0m\tc\nd"]


def test_an_emoji_counts_as_slack_may_count_it() -> None:
    assert len(outgoing("😀" * (PART_LIMIT // 2))) == 1
    assert len(outgoing("😀" * (PART_LIMIT // 2 + 1))) == 2


def test_a_cut_makes_no_mention_out_of_an_address() -> None:
    for shift in range(12):
        parts = outgoing("x" * (190 + shift) + "@here.example" + "y" * 200, limit=200)
        assert not any(part.startswith("@") for part in parts)


def test_a_large_text_is_cut_in_one_go() -> None:
    assert len(outgoing("```\n" + "line\n" * 100_000)) > 40
    assert len(outgoing("para\n\n" * 100_000)) > 40
