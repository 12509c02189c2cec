"""Atlassian documents: what Jira accepts as one, what search finds in it, and how it looks as HTML.

Documentation: developer.atlassian.com/cloud/jira/platform/apis/document/structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, cast

from jira_mcp.sandbox.model import JsonObject

_INLINE = frozenset(
    {
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "inlineExtension",
        "placeholder",
        "mediaInline",
    }
)
_LEAF_BLOCKS = frozenset(["rule", "blockCard", "embedCard", "extension", "bodiedExtension"])
_MEDIA = frozenset({"mediaSingle", "mediaGroup"})
_LISTS = frozenset({"bulletList", "orderedList", "taskList", "decisionList"})
_IN_LIST_ITEM = frozenset({"paragraph", "codeBlock", "extension", "bulletList", "orderedList", "taskList"}) | _MEDIA
_IN_QUOTE = frozenset({"paragraph", "codeBlock", "extension", "bulletList", "orderedList"}) | _MEDIA
_IN_PANEL = frozenset({"paragraph", "heading", "codeBlock", "rule", "blockCard", "extension"}) | _LISTS | _MEDIA
_IN_CELL = _IN_PANEL | {"panel", "blockquote", "embedCard", "nestedExpand"}
_TOP = _IN_CELL - {"nestedExpand"} | _LEAF_BLOCKS | {"table", "expand", "layoutSection", "multiBodiedExtension"}

_CHILDREN: dict[str, frozenset[str]] = {
    "doc": _TOP,
    "paragraph": _INLINE,
    "heading": _INLINE,
    "codeBlock": frozenset({"text"}),
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "listItem": _IN_LIST_ITEM,
    "taskList": frozenset({"taskItem", "taskList", "blockTaskItem"}),
    "taskItem": _INLINE,
    "decisionList": frozenset({"decisionItem"}),
    "decisionItem": _INLINE,
    "blockquote": _IN_QUOTE,
    "panel": _IN_PANEL,
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "tableCell": _IN_CELL,
    "tableHeader": _IN_CELL,
    "expand": _IN_CELL,
    "nestedExpand": _IN_PANEL | {"blockquote", "panel"},
    "mediaSingle": frozenset({"media", "caption"}),
    "mediaGroup": frozenset({"media"}),
    "caption": _INLINE,
    "layoutSection": frozenset({"layoutColumn"}),
    "layoutColumn": _TOP - {"layoutSection"},
    "bodiedExtension": _TOP,
    "multiBodiedExtension": frozenset({"extensionFrame"}),
    "extensionFrame": _TOP,
    "blockTaskItem": frozenset({"paragraph", "extension"}),
}
_NOT_EMPTY = frozenset(
    {"bulletList", "orderedList", "listItem", "panel", "table", "tableRow", "taskList", "blockquote"}
)
_REQUIRED: dict[str, tuple[str, ...]] = {
    "heading": ("level",),
    "panel": ("panelType",),
    "mention": ("id",),
    "emoji": ("shortName",),
    "date": ("timestamp",),
    "status": ("text", "color"),
    "taskList": ("localId",),
    "taskItem": ("localId", "state"),
    "media": ("type",),
    "extension": ("extensionKey", "extensionType"),
}
_MARKS = frozenset(
    ["strong", "em", "underline", "strike", "code", "link", "subsup", "textColor", "backgroundColor", "annotation"]
)
_DEEPEST = 50
_WITH_CODE = frozenset({"link", "code", "annotation"})


def is_document(value: object) -> bool:
    """Whether Jira would take this as rich text at all: an object that says it is a document."""
    return isinstance(value, dict) and cast("JsonObject", value).get("type") == "doc"


def is_valid(document: JsonObject) -> bool:
    """Whether the document follows the rules on which node may stand where, and with what."""
    return document.get("version") == 1 and isinstance(document.get("content"), list) and _valid(document, 0)


def _valid(node: JsonObject, depth: int) -> bool:
    kind: str = node["type"]
    attributes = node.get("attrs", {})
    if not isinstance(attributes, dict) or any(name not in attributes for name in _REQUIRED.get(kind, ())):
        return False
    if kind == "text":
        return _valid_text(node)
    children: Any = node.get("content", [])
    if not isinstance(children, list) or (kind in _NOT_EMPTY and not children) or depth > _DEEPEST:
        return False
    allowed = _CHILDREN.get(kind, frozenset[str]())
    for child in cast("list[object]", children):
        if not isinstance(child, dict):
            return False
        inner = cast("JsonObject", child)
        if not _is_one_of(inner.get("type"), allowed) or not _valid(inner, depth + 1):
            return False
        if kind == "codeBlock" and inner.get("marks"):
            return False
    return True


def _valid_text(node: JsonObject) -> bool:
    if not isinstance(node.get("text"), str) or not node["text"]:
        return False
    kinds: set[str] = set()
    for mark in node.get("marks", []):
        if not isinstance(mark, dict):
            return False
        kind: Any = cast("JsonObject", mark).get("type")
        if not _is_one_of(kind, _MARKS - kinds):
            return False
        if kind == "link" and not isinstance(cast("JsonObject", mark).get("attrs", {}).get("href"), str):
            return False
        kinds.add(kind)
    return "code" not in kinds or kinds <= _WITH_CODE


def _is_one_of(kind: object, known: frozenset[str]) -> bool:
    return isinstance(kind, str) and kind in known


def plain_text(document: JsonObject | None) -> str:
    """The words of a document, a line per block."""
    if not document:
        return ""
    return "".join(_words(document)).strip()


def _words(node: JsonObject) -> Iterator[str]:
    kind = node.get("type")
    if kind == "text":
        yield node.get("text", "")
    elif kind in ("mention", "status", "emoji"):
        yield str(node.get("attrs", {}).get("text", ""))
    elif kind in ("hardBreak",):
        yield "\n"
    for child in node.get("content", []):
        yield from _words(child)
    if kind not in _INLINE:
        yield "\n"


_TAGS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
    "codeBlock": "pre",
}
_MARK_TAGS = {"strong": "b", "em": "em", "code": "tt", "underline": "ins", "strike": "del"}


def to_html(node: JsonObject) -> str:
    """The document as the field renderer shows it (`renderedFields`)."""
    kind = node.get("type", "")
    if kind == "text":
        html = escape(node["text"])
        for mark in node.get("marks", []):
            tag = _MARK_TAGS.get(mark["type"])
            if tag:
                html = f"<{tag}>{html}</{tag}>"
            elif mark["type"] == "link":
                html = f'<a href="{escape(mark["attrs"]["href"])}">{html}</a>'
        return html
    if kind == "hardBreak":
        return "<br/>"
    if kind == "mention":
        return escape(str(node["attrs"].get("text", "")))
    inner = "".join(to_html(child) for child in node.get("content", []))
    tag = f"h{node['attrs']['level']}" if kind == "heading" else _TAGS.get(kind)
    return f"<{tag}>{inner}</{tag}>" if tag else inner
