"""An Atlassian document as storage format."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from confluence_mcp.sandbox.bodies.grammar import Node, is_legacy
from confluence_mcp.sandbox.bodies.inline import MACRO, PLAIN_BODY
from confluence_mcp.sandbox.bodies.inline_source import (
    INLINE_WRITERS,
    attributes,
    card,
    image,
    image_layout,
    macro,
    marks,
)
from confluence_mcp.sandbox.bodies.tree import InvalidBodyError, cdata, element, parse, text_source

_TAGS = {
    "bulletList": "ul", "listItem": "li", "blockquote": "blockquote", "tableRow": "tr",
    "tableHeader": "th", "tableCell": "td",
}  # fmt: skip
_PANELS = {"info": "info", "warning": "note", "success": "tip", "error": "warning"}
_PANEL_PARAMETERS = ("panelIcon", "panelIconId", "panelIconText")
_SECTIONS = {
    (50, 50): "two_equal", (33, 67): "two_left_sidebar", (67, 33): "two_right_sidebar",
    (25, 50, 25): "three_with_sidebars", (25, 25, 50): "three_left_sidebars", (50, 25, 25): "three_right_sidebars",
}  # fmt: skip


def adf_to_storage(document: Mapping[str, Any]) -> str:
    """The document as storage format. Raises `InvalidBodyError` for what is no document."""
    if document.get("type") != "doc" or not isinstance(document.get("content"), list):
        raise InvalidBodyError("Error parsing adf: not a document")
    try:
        made = [_node(node) for node in cast("list[Node]", document["content"])]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as trouble:
        raise InvalidBodyError(f"Error parsing adf: {type(trouble).__name__}: {trouble}") from trouble
    return _joined_layouts(made)


def _joined_layouts(blocks: list[str]) -> str:
    """The blocks, with sections of a layout that follow each other in one."""
    joined: list[str] = []
    for block in blocks:
        if block.startswith("<ac:layout>") and joined and joined[-1].endswith("</ac:layout>"):
            block = joined.pop().removesuffix("</ac:layout>") + block.removeprefix("<ac:layout>")  # noqa: PLW2901
        joined.append(block)
    return "".join(joined)


def _node(node: Node) -> str:
    kind: str = node["type"]
    if kind in _WRITERS:
        return _WRITERS[kind](node)
    return element(_TAGS[kind], {}, _content(node)) if kind in _TAGS else _content(node)


def _content(node: Node) -> str:
    return "".join(map(_node, _children(node)))


def _children(node: Node) -> list[Node]:
    return node.get("content") or []


def _style(node: Node) -> dict[str, str]:
    for mark in marks(node):
        if mark["type"] == "alignment":
            return {"style": f"text-align: {'right' if mark['attrs']['align'] == 'end' else 'center'};"}
        if mark["type"] == "indentation":
            return {"style": f"margin-left: {30.0 * mark['attrs']['level']}px;"}
    return {}


def _paragraph(node: Node) -> str:
    return element("p", _style(node), _content(node))


def _heading(node: Node) -> str:
    return element(f"h{int(attributes(node)['level'])}", _style(node), _content(node))


def _ordered(node: Node) -> str:
    order = attributes(node).get("order", 1)
    return element("ol", {"start": order if order != 1 else None}, _content(node))


def _rule(_node: Node) -> str:
    return "<hr />"


def _block_card(node: Node) -> str:
    return element("p", {}, card(node, "block"))


def _embed_card(node: Node) -> str:
    return element("p", {}, card(node, "embed"))


def _rich(node: Node) -> str:
    return element("ac:rich-text-body", {}, _content(node))


def _adf(kind: str, told: Mapping[str, str], *content: str) -> str:
    """A node that the storage format has no element of its own for."""
    inner = "".join(element("ac:adf-attribute", {"key": key}, text_source(value)) for key, value in told.items())
    return element("ac:adf-node", {"type": kind}, inner, *content)


def _panel(node: Node) -> str:
    told = attributes(node)
    kind: str = told.get("panelType", "info")
    if kind in _PANELS:
        return macro(_PANELS[kind], {}, _rich(node))
    if kind == "custom":
        named = {name: str(told[name]) for name in _PANEL_PARAMETERS if name in told}
        return macro("panel", {**named, "bgColor": told.get("panelColor", "#F4F5F7")}, _rich(node))
    return element("ac:adf-extension", {}, _adf("panel", {"panel-type": kind}, _adf_content(node)))


def _adf_content(node: Node) -> str:
    return element("ac:adf-content", {}, _content(node))


def _decisions(node: Node) -> str:
    items = [
        _adf("decision-item", {"local-id": told["localId"], "state": told["state"]}, _adf_content(item))
        for item, told in ((item, attributes(item)) for item in _children(node))
    ]
    made = _adf("decision-list", {"local-id": attributes(node)["localId"]}, *items)
    return element("ac:adf-extension", {}, made)


def _code(node: Node) -> str:
    language = attributes(node).get("language")
    words = "".join(str(each.get("text", "")) for each in _children(node))
    return macro("code", {"language": language} if language else {}, element("ac:plain-text-body", {}, cdata(words)))


def _expand(node: Node) -> str:
    title = attributes(node).get("title", "")
    return macro("expand", {"title": title} if title else {}, _rich(node))


def _table(node: Node) -> str:
    layout: str = attributes(node).get("layout", "default")
    widths = [width for cell in _children(_children(node)[0]) for width in _widths(cell)]
    columns = "".join(element("col", {"style": f"width: {float(width)}px;"}) for width in widths)
    body = element("tbody", {}, _content(node))
    return element("table", {"data-layout": layout}, element("colgroup", {}, columns) if columns else "", body)


def _widths(cell: Node) -> list[float]:
    return attributes(cell).get("colwidth") or []


def _cell(node: Node) -> str:
    told = attributes(node)
    named = {name: told[name] for name in ("colspan", "rowspan") if told.get(name, 1) != 1}
    if told.get("background"):
        named["data-highlight-colour"] = told["background"]
    return element(_TAGS[node["type"]], named, _content(node))


def _tasks(node: Node) -> str:
    items: list[list[str]] = []
    for item in _children(node):
        if item["type"] == "taskList":
            nested = _tasks(item)
            if items:
                items[-1].append(nested)
            else:
                items.append([nested])
            continue
        told = attributes(item)
        number, state = str(told.get("localId", "")), "complete" if told.get("state") == "DONE" else "incomplete"
        id_tag = "ac:task-id" if number.isdecimal() else "ac:task-uuid"
        body = element("ac:task-body", {}, _content(item))
        items.append([element(id_tag, {}, text_source(number)), element("ac:task-status", {}, state), body])
    return element("ac:task-list", {}, *(element("ac:task", {}, *item) for item in items))


def _layout(node: Node) -> str:
    columns = _children(node)
    widths = tuple(round(attributes(column).get("width", 0)) for column in columns)
    kind = _SECTIONS.get(widths, "three_equal" if len(columns) == 3 else "two_equal" if len(columns) == 2 else "single")
    cells = [element("ac:layout-cell", {}, _content(column)) for column in columns]
    breakout = next((mark["attrs"]["mode"] for mark in marks(node) if mark["type"] == "breakout"), None)
    return element(
        "ac:layout", {}, element("ac:layout-section", {"ac:type": kind, "ac:breakout-mode": breakout}, *cells)
    )


def _media_single(node: Node) -> str:
    caption = ""
    for child in _children(node):
        if child["type"] == "caption" and child.get("content"):
            caption = element("ac:caption", {}, element("p", {}, _content(child)))
    return image(_children(node)[0], image_layout(attributes(node)), caption)


def _media_group(node: Node) -> str:
    made = ""
    for media in _children(node):
        file = element("ri:attachment", {"ri:filename": attributes(media)["id"]})
        made += macro("view-file", {"name": file})
    return made


def _extension(node: Node) -> str:
    told = attributes(node)
    parameters: Node = told.get("parameters") or {}
    if is_legacy(node):
        kept: str = parameters["cxhtml"]
        parse(kept)
        return kept
    if told["extensionType"] != MACRO:
        return _of_an_app(node, told)
    given: dict[str, Node] = parameters.get("macroParams") or {}
    values = {name: str(each.get("value", "")) for name, each in given.items()}
    plain = values.pop(PLAIN_BODY, None)
    about = {
        attribute: str(parameters["macroMetadata"][name]["value"])
        for name, attribute in (("schemaVersion", "ac:schema-version"), ("macroId", "ac:macro-id"))
        if name in (parameters.get("macroMetadata") or {})
    }
    body = element("ac:plain-text-body", {}, cdata(plain)) if plain is not None else ""
    return macro(told["extensionKey"], values, _rich(node) if node["type"] == "bodiedExtension" else body, about)


def _of_an_app(node: Node, told: Node) -> str:
    named = {"extension-key": str(told["extensionKey"]), "extension-type": str(told["extensionType"])}
    if "parameters" in told:
        named["parameters"] = json.dumps(told["parameters"], ensure_ascii=False)
    content = _adf_content(node) if node["type"] == "bodiedExtension" else ""
    kind = "inline-extension" if node["type"] == "inlineExtension" else "extension"
    return element("ac:adf-extension", {}, _adf(kind, named, content))


_WRITERS: dict[str, Callable[[Node], str]] = {
    **INLINE_WRITERS,
    "paragraph": _paragraph,
    "heading": _heading,
    "orderedList": _ordered,
    "rule": _rule,
    "blockCard": _block_card,
    "embedCard": _embed_card,
    "panel": _panel,
    "decisionList": _decisions,
    "codeBlock": _code,
    "expand": _expand,
    "nestedExpand": _expand,
    "table": _table,
    "tableHeader": _cell,
    "tableCell": _cell,
    "taskList": _tasks,
    "layoutSection": _layout,
    "mediaSingle": _media_single,
    "mediaGroup": _media_group,
    "extension": _extension,
    "inlineExtension": _extension,
    "bodiedExtension": _extension,
}
