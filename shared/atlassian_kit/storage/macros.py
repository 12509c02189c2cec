"""The macros of storage format that Markdown has a form for, as ADF's nodes."""

from typing import TYPE_CHECKING, Final

from atlassian_kit.adf.nodes import Node, clean, node, text_node
from atlassian_kit.storage.inline_reading import is_inline
from atlassian_kit.storage.origins import Origin, from_source
from atlassian_kit.storage.tree import Element, Text

if TYPE_CHECKING:
    from atlassian_kit.storage.reading import Reader

PANELS: Final = {"info": "info", "tip": "success", "note": "warning", "warning": "error"}
"""From the name of a macro to the type of ADF's panel that it is."""
CODE: Final = frozenset({"code", "noformat"})
_ADF_PANELS: Final = frozenset({"info", "note", "tip", "warning", "error", "success", "custom"})


def read(element: Element, origin: Origin, reader: "Reader", depth: int) -> Node | None:
    """Return the node of a macro, of which `origin` says what it takes up; None where Markdown has no form."""
    if element.name == "ac:adf-extension":
        return _adf(element, origin, reader, depth)
    body = element.body
    if not element.macro or body is None:
        return None
    origin.holder = body
    if body.name == "ac:plain-text-body":
        return from_source(_code(element, body), origin) if element.macro in CODE else _none(origin)
    title = clean(element.parameter("title").strip())
    content = reader.blocks(body.children, depth + 1)
    if element.macro == "expand":
        return from_source(node("expand", content, title=clean(element.parameter("title"))), origin)
    if element.macro in PANELS and not title:
        return from_source(node("panel", content, panelType=PANELS[element.macro]), origin)
    if element.macro == "panel" and not title:
        colour = element.parameter("bgColor") or None
        return from_source(node("panel", content, panelType="custom", panelColor=colour), origin)
    named = f"{element.macro} {title}" if title else clean(element.macro)
    return from_source(node("bodiedExtension", content, extensionType="storage", extensionKey=named), origin)


def _none(origin: Origin) -> None:
    origin.holder = None


def _code(element: Element, body: Element) -> Node:
    text = clean(body.text)
    language = clean(element.parameter("language").strip()) or None
    return node("codeBlock", [text_node(text)] if text else [], language=language)


def adf_attribute(element: Element, key: str) -> str:
    """Return an attribute of a node that stands in storage format as ADF."""
    found = (child for child in element.elements if child.name == "ac:adf-attribute" and child.attrs.get("key") == key)
    return next((child.text for child in found), "")


def _adf(element: Element, origin: Origin, reader: "Reader", depth: int) -> Node | None:
    inner = element.first("ac:adf-node")
    kind = inner.attrs.get("type") if inner is not None else ""
    content = inner.first("ac:adf-content") if inner is not None else None
    if inner is not None and kind == "panel" and content is not None:
        shown = adf_attribute(inner, "panel-type")
        if shown not in _ADF_PANELS:
            return None
        origin.holder = content
        return from_source(node("panel", reader.blocks(content.children, depth + 1), panelType=shown), origin)
    if inner is not None and kind == "decision-list":
        items = [_decision(child, reader) for child in inner.elements if child.name == "ac:adf-node"]
        if items and None not in items:
            origin.holder = inner
            return from_source(node("decisionList", [item for item in items if item], localId=""), origin)
    return None


def _decision(item: Element, reader: "Reader") -> Node | None:
    content = item.first("ac:adf-content")
    if content is None or not all(isinstance(child, Text) or is_inline(child) for child in content.children):
        return None
    made = node(
        "decisionItem",
        reader.line(content.children),
        localId=adf_attribute(item, "local-id"),
        state=adf_attribute(item, "state") or "DECIDED",
    )
    return from_source(made, Origin(item.source, item.start, item.end, item, content))
