"""Turning blocks into what their place in an ADF document can hold, without losing text."""

import json
from collections.abc import Mapping
from typing import Final

from atlassian_kit.adf.nodes import (
    MAX_DEPTH,
    Node,
    attrs_of,
    children_of,
    code_block,
    joined,
    marks_of,
    node,
    paragraph,
    string,
    strong,
    text_node,
    type_of,
    whole,
)
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.adf.schema import CONTENT, INLINE, may_hold

ALERTS: Final[Mapping[str, str]] = {
    "info": "NOTE",
    "success": "TIP",
    "note": "IMPORTANT",
    "warning": "WARNING",
    "error": "CAUTION",
    "tip": "TIP",
    "custom": "NOTE",
}
"""The alert that stands for each type of panel."""

_LIST_ITEM_STARTS: Final = frozenset({"paragraph", "mediaSingle", "codeBlock", "extension"})
_DEFAULT_TITLE: Final = "Details"
_RULE: Final = "———"
_BOXES: Final = {"DONE": "☑ ", "TODO": "☐ "}


def box(state: object) -> str:
    """Return the character that shows a task's state where no task can be."""
    return _BOXES["DONE" if state == "DONE" else "TODO"]


def fit(blocks: list[Node], parent: str) -> list[Node]:
    """Return valid blocks as a container can hold them; never empty, except for a document.

    What cannot stand in the container becomes the nearest thing that can: a heading a bold paragraph,
    a quote its contents, tasks a list with boxes, a table a paragraph for each row. A stand-in (with a
    `token`) stays where its like may be, or was (`places`), and is left out elsewhere. The last resort is
    a code block with the node as JSON.
    """
    fitted: list[Node] = []
    for block in blocks:
        fitted += [block] if may_hold(parent, block) or parent in block.get("places", ()) else _replaced(block, parent)
    if parent == "listItem" and fitted and fitted[0]["type"] not in _LIST_ITEM_STARTS:
        # Editors want something to put the cursor in beside the bullet.
        fitted.insert(0, paragraph())
    return fitted if fitted or parent == "doc" else [paragraph()]


def _replaced(block: Node, parent: str) -> list[Node]:
    type_, content = block["type"], children_of(block)
    if "token" in block:
        return fit(content, parent) if content else []
    if type_ in CONTENT[parent]:
        return [{name: value for name, value in block.items() if name != "marks"}]
    if type_ == "heading":
        return [paragraph(strong(content))]
    if type_ == "rule":
        return [paragraph([text_node(_RULE)])]
    if type_ == "taskList":
        return [_boxed_list(block)]
    if type_ == "mediaGroup":
        return [node("mediaSingle", [media], layout="center") for media in content]
    if type_ == "decisionList":
        return fit([node("bulletList", [node("listItem", [paragraph(children_of(item))]) for item in content])], parent)
    if type_ in ("blockCard", "embedCard") and "url" in block["attrs"]:
        return [paragraph([node("inlineCard", url=block["attrs"]["url"])])]
    if type_ == "table":
        return [paragraph(_row_as_inline(row, 0)) for row in content]
    if type_ == "blockquote":
        return fit(content, parent)
    if type_ == "panel":
        name = ALERTS[block["attrs"]["panelType"]].capitalize()
        return [paragraph(strong([text_node(name)])), *fit(content, parent)]
    return [code_block(json.dumps(block, ensure_ascii=False, default=sorted), "adf")]


def titled(title: object) -> Node:
    """Return the paragraph that opens a section which cannot be an expand."""
    return paragraph(strong([text_node(string(title) or _DEFAULT_TITLE)]))


def _boxed_list(tasks: Node) -> Node:
    items: list[Node] = []
    for child in children_of(tasks):
        if child["type"] == "taskList":
            if not items:
                items.append(node("listItem", [paragraph()]))
            items[-1]["content"].append(_boxed_list(child))
            continue
        label = text_node(box(child["attrs"]["state"]))
        if child["type"] == "taskItem":
            items.append(node("listItem", [paragraph(joined([label, *children_of(child)]))]))
        else:
            items.append(node("listItem", [paragraph([label]), *fit(children_of(child), "listItem")]))
    return node("bulletList", items)


def as_inline(blocks: list[Node], depth: int = 0) -> list[Node]:
    """Return blocks as inline nodes, a hard break between one line and the next.

    Takes any nodes that a server may send; what they hold deeper than `MAX_DEPTH` is read as text.
    """
    lines: list[list[Node]] = []
    for block in blocks:
        lines += _lines(block, depth)
    return _broken(lines)


def _broken(lines: list[list[Node]]) -> list[Node]:
    made: list[Node] = []
    for line in lines:
        if made:
            made.append(node("hardBreak"))
        made += line
    return made


def _lines(block: Node, depth: int) -> list[list[Node]]:
    type_, content, attrs = type_of(block), children_of(block), attrs_of(block)
    if depth > MAX_DEPTH:
        text = plain_text(block)
        return [[text_node(line)] for line in text.split("\n")] if text else []
    if type_ in INLINE:
        return [[block]]
    if type_ == "codeBlock":
        code = "".join(string(child.get("text")) for child in content)
        return [[text_node(line, [{"type": "code"}])] if line else [] for line in code.split("\n")]
    if type_ == "heading":
        return [strong([child for child in content if _is_text(child)])] if all(map(_is_text, content)) else [content]
    if type_ == "rule":
        return [[text_node(_RULE)]]
    if type_ == "media":
        return [[media_as_inline(block)]]
    if type_ == "tableRow":
        return [_row_as_inline(block, depth + 1)]
    lines = [[text_node(string(attrs["title"]), [{"type": "strong"}])]] if string(attrs.get("title")) else []
    if content and all(type_of(child) in INLINE for child in content):
        lines.append(content)
        return [[text_node(box(attrs.get("state"))), *lines[-1]]] if type_ == "taskItem" else lines
    number = whole(attrs.get("order"), 1, 0, 999_999_999)
    for position, child in enumerate(content):
        inner = _lines(child, depth + 1)
        if type_ in ("bulletList", "orderedList") and inner:
            bullet = f"{number + position}. " if type_ == "orderedList" else "- "
            inner[0] = [text_node(bullet), *inner[0]]
        lines += inner
    if not lines and not content:
        text = plain_text(block)
        return [[text_node(text.replace("\n", " "))]] if text else []
    return lines


def _is_text(value: Node) -> bool:
    return type_of(value) == "text" and isinstance(value.get("text"), str)


def _row_as_inline(row: Node, depth: int) -> list[Node]:
    made: list[Node] = []
    for position, cell in enumerate(children_of(row)):
        if position:
            made.append(text_node(" | "))
        made += as_inline(children_of(cell), depth + 1)
    return joined(made) if all(_is_text(child) for child in made) else made


def media_as_inline(media: Node) -> Node:
    """Return a picture or file as an inline node: a link to one on the web, a `mediaInline` to one of ours."""
    attrs = attrs_of(media)
    alt = string(attrs.get("alt"))
    if attrs.get("type") == "external":
        url = string(attrs.get("url"))
        links = [mark for mark in marks_of(media) if mark["type"] == "link"]
        return text_node(alt or url or "image", links or ([{"type": "link", "attrs": {"href": url}}] if url else []))
    return node(
        "mediaInline",
        type="file",
        id=string(attrs.get("id")) or "unknown",
        collection=string(attrs.get("collection")),
        alt=alt or None,
    )
