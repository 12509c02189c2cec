"""Markdown that wants to break the converter: too long, too deep, too clever."""

from collections.abc import Callable
from typing import Any

import pytest

from atlassian_kit.adf import plain_text, to_adf, to_editable, to_markdown, write_back

SIZE = 50_000

CLEVER: dict[str, str] = {
    "one long word": "a" * SIZE,
    "one long line of bold words": "**a** " * (SIZE // 6),
    "quotes in quotes": ">" * SIZE,
    "lists in lists on one line": "- " * (SIZE // 2) + "a",
    "lists in lists": "\n".join("  " * level + "- a" for level in range(200)),
    "brackets": "[" * SIZE,
    "brackets in short paragraphs": ("[" * 5000 + "]" * 100 + "\n\n") * (SIZE // 5000),
    "pictures in pictures": "![" * 5000 + "](u)" * 5000,
    "links that never end": "[a](" * (SIZE // 4),
    "stars": "*a " * (SIZE // 3),
    "stars in stars": "**a " * 5000 + "**" * 5000,
    "ticks": "`a``b```c " * (SIZE // 10),
    "tags": "<a " * (SIZE // 3),
    "comments": "<!--" * (SIZE // 4),
    "sections": "<details>\n" * (SIZE // 50),
    "summaries": "<details><summary>" * (SIZE // 50),
    "entities": "&a" * (SIZE // 2),
    "addresses": "http:// " * (SIZE // 8),
    "a wide table": "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "|b\n" * 30,
    "a row wider than its table": "|a|\n|-|\n" + "|b" * 300 + "|\n" + "|c|\n" * 30,
    "definitions": "[a]: /u\n" * (SIZE // 50),
    "escapes": "\\*" * (SIZE // 2),
    "frames in frames": "::: layout\n" * (SIZE // 11),
    "columns in columns": "::: layout\n\n::: column\n\n" * (SIZE // 25),
    "names": "@[" * (SIZE // 2),
    "coloured tags": '<font color="#ff0000">' * (SIZE // 50),
    "cells that reach up": "|a" * 99 + "|\n" + "|-" * 99 + "|\n" + ("|^" * 99 + "|\n") * 99,
    "cells that reach left": "|a" + "|<" * 200 + "|\n" + "|-" * 201 + "|\n",
    "cells with blocks": "|a|b|\n|-|-|\n" + "|- a<br>- b|> c<br>> [\n" * (SIZE // 50),
    "placeholders": "[x](adf:123456) " * (SIZE // 50),
    "an endless array": "```adf\n" + "[" * SIZE + "\n```",
}


@pytest.mark.parametrize("what", CLEVER)
def test_clever_markdown_is_converted_both_ways(what: str, adf_errors: Callable[[object], list[str]]) -> None:
    doc = to_adf(CLEVER[what])
    assert to_markdown(to_adf(to_markdown(doc))) == to_markdown(doc)
    if len(str(doc)) < 200_000:
        assert adf_errors(doc) == []


@pytest.mark.parametrize("what", CLEVER)
def test_clever_markdown_can_be_edited(what: str, adf_errors: Callable[[object], list[str]]) -> None:
    doc = write_back(None, CLEVER[what][: SIZE // 4]).document
    edit = write_back(doc, f"{to_editable(doc)}\n\nmore")
    content: Any = edit.document["content"]
    assert content[:-1] == doc["content"]
    if len(str(doc)) < 200_000:
        assert adf_errors(doc) == []


def list_in_lists(levels: int, words: str) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "paragraph", "content": [{"type": "text", "text": words}]}
    for _ in range(levels):
        block = {"type": "bulletList", "content": [{"type": "listItem", "content": [block]}]}
    return block


@pytest.mark.parametrize(("levels", "words"), [(14, "a\x07b"), (14, "a"), (100, "a"), (200, "\x07")])
def test_documents_nested_deep_can_be_edited(levels: int, words: str) -> None:
    doc = {"type": "doc", "version": 1, "content": [list_in_lists(levels, words)] * 20}
    edit = write_back(doc, f"{to_editable(doc)}\n\nmore")
    content: Any = edit.document["content"]
    assert (edit.lost, edit.unknown, content[:-1]) == ((), (), doc["content"])


def test_a_long_line_of_which_every_word_moved_is_merged_at_once() -> None:
    words = "a b c d " * 4000
    doc = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}],
    }
    assert plain_text(write_back(doc, words[::-1]).document) == words[::-1].strip()


def test_what_is_nested_too_deep_stays_as_text() -> None:
    deep = "\n".join("  " * level + f"- item{level}" for level in range(100))
    shown = plain_text(to_adf(deep))
    assert all(f"item{level}" in shown for level in range(100))


def test_too_many_lines_stay_as_text() -> None:
    content: Any = to_adf("\n" * 39_999 + "# a\n- the *rest*\n")["content"]
    assert len(content) == 2
    assert content[-1]["type"] == "codeBlock"
    assert plain_text(content[-1]) == "- the *rest*"


def test_a_paragraph_too_long_to_be_parsed_at_once_is_parsed_in_parts() -> None:
    assert plain_text(to_adf("word *x*\n" * 5_000)) == " ".join(["word x"] * 5_000)
    assert plain_text(to_adf("\\*" * 30_000)) == "*" * 30_000
    assert plain_text(to_adf("a" + "\\*" * 30_000)) == "a" + "*" * 30_000


def test_what_the_service_refuses_is_taken_out() -> None:
    doc = to_adf("a\x00b\x1b[31mc\x7f\x85\ufffed \ud83d\ude00 \ud800 &#1; &#xd800;\r\ne\rf")
    assert plain_text(doc) == "ab[31mcd 😀 � � � e f"
