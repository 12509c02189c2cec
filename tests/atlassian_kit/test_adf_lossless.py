"""Markdown that can be edited and written back without loss."""

from typing import Any

import pytest

from atlassian_kit.adf import to_adf, to_markdown

Node = dict[str, Any]


def doc(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(content)}


def para(*content: Node, **more: Any) -> Node:
    return {"type": "paragraph", "content": list(content), **more}


def text(value: str, *marks: Node) -> Node:
    return {"type": "text", "text": value, **({"marks": list(marks)} if marks else {})}


STRONG: Node = {"type": "strong"}
RED: Node = {"type": "textColor", "attrs": {"color": "#ff0000"}}
COLOURED = para(text("red", RED))
PLAIN = para(text("plain"))

EXACT: dict[str, tuple[Node, int]] = {
    "what Markdown can say needs no JSON": (
        doc(PLAIN, {"type": "panel", "attrs": {"panelType": "note"}, "content": [PLAIN]}, {"type": "rule"}),
        0,
    ),
    "blanks inside bold text": (doc(para(text("bold ", STRONG), text("x"))), 0),
    "an address that is no link": (doc(para(text("see https://a.b"))), 0),
    "a break at the end": (doc(para(text("a"), {"type": "hardBreak"})), 0),
    "an emoji": (
        doc(para({"type": "emoji", "attrs": {"shortName": ":smile:", "id": "1f604", "text": "😄"}})),
        0,
    ),
    "a mention as Jira sends it": (
        doc(para({"type": "mention", "attrs": {"id": "1", "text": "@A", "accessLevel": ""}})),
        0,
    ),
    "a colour": (doc(PLAIN, COLOURED, PLAIN), 1),
    "alignment": (doc(para(text("a"), marks=[{"type": "alignment", "attrs": {"align": "center"}}])), 1),
    "an id": (doc(para(text("a"), attrs={"localId": "7"})), 1),
    "an empty paragraph": (doc(PLAIN, para(marks=[]), PLAIN), 1),
    "code that would be read as JSON": (
        doc({"type": "codeBlock", "attrs": {"language": "adf"}, "content": [text('{"type": "rule"}')]}),
        1,
    ),
    "one coloured item of a list": (
        doc(
            {
                "type": "bulletList",
                "content": [
                    {"type": "listItem", "content": [PLAIN]},
                    {"type": "listItem", "content": [COLOURED, PLAIN]},
                ],
            }
        ),
        1,
    ),
    "one coloured paragraph in sections": (
        doc(
            {
                "type": "expand",
                "attrs": {"title": "T"},
                "content": [
                    PLAIN,
                    {"type": "nestedExpand", "attrs": {}, "content": [COLOURED, PLAIN]},
                    {"type": "blockquote", "content": [PLAIN, COLOURED]},
                ],
            }
        ),
        2,
    ),
    "a container that has more than its contents": (
        doc({"type": "panel", "attrs": {"panelType": "custom", "panelColor": "#fff"}, "content": [PLAIN]}),
        1,
    ),
    "a legacy panel with a colour in it": (
        doc({"type": "panel", "attrs": {"panelType": "tip"}, "content": [COLOURED]}),
        1,
    ),
    "a table with a merged cell": (
        doc(
            {
                "type": "table",
                "content": [
                    {
                        "type": "tableRow",
                        "content": [{"type": "tableCell", "attrs": {"colspan": 2}, "content": [PLAIN]}],
                    }
                ],
            }
        ),
        1,
    ),
    "an extension": (
        doc(
            {
                "type": "extension",
                "attrs": {"extensionKey": "k", "extensionType": "t", "parameters": {"a": "```\n- x"}},
            }
        ),
        1,
    ),
    "a list that spells out its start": (
        doc({"type": "orderedList", "attrs": {"order": 1}, "content": [{"type": "listItem", "content": [PLAIN]}]}),
        0,
    ),
    "nothing at all": (doc(), 0),
}


@pytest.mark.parametrize("what", EXACT)
def test_a_document_comes_back_as_it_was(what: str) -> None:
    original, fences = EXACT[what]
    markdown = to_markdown(original, lossless=True)
    assert markdown.count("```adf") == fences
    assert to_markdown(to_adf(markdown), lossless=True) == markdown
    assert to_adf(markdown)["content"] == _bare(original)["content"]


def test_blocks_that_are_exact_only_by_themselves_are_fenced_together() -> None:
    # Two tasks of the same text have ids of their own, which depend on where they stand.
    (tasks,) = list[Any](to_adf("- [ ] a")["content"])  # pyright: ignore[reportArgumentType]
    original = doc(tasks, PLAIN, tasks)
    markdown = to_markdown(original, lossless=True)
    assert to_adf(markdown) == original
    assert markdown.count("```adf") == 3


def test_a_document_that_is_not_valid_is_written_as_in_the_default() -> None:
    broken = doc({"type": "panel", "content": [PLAIN]}, COLOURED)
    assert to_markdown(broken, lossless=True) == to_markdown(broken) == "> [!NOTE]\n> plain\n\nred"


def _bare(value: Any) -> Any:
    """Return a document without empty marks and the one default that is written as nothing."""
    if isinstance(value, list):
        return [_bare(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, dict):
        return value
    pairs: list[tuple[str, Any]] = list(value.items())  # pyright: ignore[reportUnknownArgumentType]
    return {
        name: _bare(inner)
        for name, inner in pairs
        if inner != [] or name != "marks"
        if (name, inner) not in [("accessLevel", ""), ("attrs", {"order": 1})]
    }
