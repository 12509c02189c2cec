"""Which documents Jira takes, and how it reads and shows them."""

from typing import Any

import pytest

from jira_mcp.sandbox.adf import is_document, is_valid, plain_text, to_html
from jira_mcp.sandbox.sample.text import (
    code,
    doc,
    h,
    link,
    mention,
    ol,
    p,
    panel,
    table,
    tasks,
    text,
    ul,
)

RICH = doc(
    h(2, "Title"),
    p("Plain ", text("bold", "strong"), " ", link("a <link>", "https://x.example?a=1&b=2"), text("odd", "underline")),
    ul("one", p("two")),
    ol("first"),
    panel("info", "boxed"),
    code("python", "x < 1"),
    table(("A", "B"), ("1", "2")),
    tasks("t", ("do", False)),
    p(mention("712020:x", "Ada"), {"type": "hardBreak"}, "after"),
)


def paragraph(*content: Any) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": [{"type": "paragraph", "content": list(content)}]}


def block(**node: Any) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": [node]}


def nested(depth: int) -> dict[str, Any]:
    """A list in a list in a list."""
    inner: dict[str, Any] = p("deep")
    for _ in range(depth):
        inner = {"type": "bulletList", "content": [{"type": "listItem", "content": [inner]}]}
    return {"version": 1, "type": "doc", "content": [inner]}


def test_a_rich_document_is_taken_read_and_shown() -> None:
    assert is_valid(RICH)
    words = "Title Plain bold a <link>odd one two first boxed x < 1 A B 1 2 do @Ada after"
    assert plain_text(RICH).split() == words.split()
    html = to_html(RICH)
    for part in (
        "<h2>Title</h2>",
        "<b>bold</b>",
        '<a href="https://x.example?a=1&amp;b=2">a &lt;link&gt;</a>',
        "<ins>odd</ins>",
        "<ul><li><p>one</p></li>",
        "<pre>x &lt; 1</pre>",
        "<tr><th><p>A</p></th>",
        "@Ada<br/>after",
    ):
        assert part in html
    assert plain_text(None) == ""


@pytest.mark.parametrize("value", [None, "words", {}, {"type": "paragraph"}, ["doc"]])
def test_what_is_no_document(value: object) -> None:
    assert not is_document(value)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "doc", "version": 2, "content": []},
        {"type": "doc", "version": 1},
        {"type": "doc", "version": 1, "content": ["words"]},
        {"type": "doc", "version": 1, "content": [{"type": "marquee"}]},
        {"type": "doc", "version": 1, "content": [{"type": ["paragraph"]}]},
        paragraph({"type": "text", "text": "x", "marks": [{"type": ["strong"]}]}),
        {"type": "doc", "version": 1, "content": [text("loose")]},
        block(type="heading", content=[text("no level")]),
        block(type="heading", attrs="2", content=[text("x")]),
        block(type="bulletList", content=[]),
        block(type="bulletList", content=[{"type": "listItem", "content": [h(1, "heading in a list")]}]),
        block(type="blockquote", content=[h(1, "heading in a quote")]),
        block(type="paragraph", content="words"),
        block(type="codeBlock", content=[text("x", "strong")]),
        block(type="panel", attrs={"panelType": "info"}, content=[table(("a",))]),
        paragraph({"type": "text"}),
        paragraph({"type": "text", "text": ""}),
        paragraph({"type": "text", "text": "x", "marks": ["strong"]}),
        paragraph(text("x", "shiny")),
        paragraph(text("x", "strong", "strong")),
        paragraph(text("x", "code", "strong")),
        paragraph({"type": "text", "text": "x", "marks": [{"type": "link"}]}),
        paragraph({"type": "mention", "attrs": {}}),
        nested(60),
    ],
)
def test_what_breaks_the_rules_is_refused(document: dict[str, Any]) -> None:
    assert not is_valid(document)


def test_code_may_be_a_link() -> None:
    marks = [{"type": "code"}, {"type": "link", "attrs": {"href": "https://x.example"}}]
    assert is_valid(paragraph({"type": "text", "text": "x", "marks": marks}))
