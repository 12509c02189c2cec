"""Any ADF node as nodes that Markdown has a form for."""

from typing import Final

from atlassian_kit.adf.fitting import as_inline
from atlassian_kit.adf.nodes import MAX_DEPTH, Node, attrs_of, children_of, node, paragraph, text_node, type_of
from atlassian_kit.adf.pieces import Finished, named
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.adf.schema import INLINE

_KNOWN: Final = frozenset({"paragraph", "heading", "rule", "codeBlock", "blockquote", "panel", "table"}) | frozenset(
    {"bulletList", "orderedList", "taskList", "mediaSingle", "mediaGroup", "expand", "nestedExpand"}
)
_TRANSPARENT: Final = frozenset({"doc", "layoutSection", "layoutColumn", "listItem"}) | frozenset(
    {"tableRow", "tableCell", "tableHeader"}
)
_CARDS: Final = frozenset({"blockCard", "embedCard"})
_ITEMS: Final = frozenset({"taskItem", "blockTaskItem", "decisionItem", "caption"})


def simplified(value: Node, depth: int) -> list[Node]:
    """Return the blocks that say in Markdown what a node says; `depth` counts the nodes around it.

    Layouts and extensions with a body give way to their contents, other nodes that Markdown does not
    know to a paragraph with their type and text; what is too deep becomes text.
    """
    type_ = type_of(value)
    if isinstance(value, Finished):
        return [value]
    if depth > MAX_DEPTH:
        text = plain_text([value])
        return [paragraph([text_node(text)])] if text else []
    if type_ in _KNOWN:
        return [value]
    if type_ in INLINE:
        return [paragraph([value])]
    if type_ in _TRANSPARENT:
        return [block for child in children_of(value) for block in simplified(child, depth + 1)]
    if type_ in _CARDS:
        return [paragraph([{"type": "inlineCard", "attrs": attrs_of(value)}])]
    if type_ == "media":
        return [node("mediaSingle", [value])]
    if type_ == "decisionList":
        return [node("bulletList", [_decision(child) for child in children_of(value)])]
    if type_ in _ITEMS:
        return [paragraph(as_inline([value], depth))]
    shown = paragraph([text_node(named(value))])
    return [shown, *(block for child in children_of(value) for block in simplified(child, depth + 1))]


def _decision(item: Node) -> Node:
    return node("listItem", [paragraph([text_node("Decision: "), *as_inline(children_of(item))])])
