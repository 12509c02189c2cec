"""Which node of an Atlassian document may stand where, and what becomes of one that may not.

Documentation: developer.atlassian.com/cloud/jira/platform/apis/document/structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Node = dict[str, Any]

INLINE = frozenset(
    [
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "placeholder",
        "inlineExtension",
        "mediaInline",
    ]
)
_NOT_NESTING = frozenset(
    [
        "paragraph",
        "panel",
        "blockquote",
        "orderedList",
        "bulletList",
        "rule",
        "heading",
        "codeBlock",
        "mediaGroup",
        "mediaSingle",
        "decisionList",
        "taskList",
        "table",
        "blockCard",
        "embedCard",
        "extension",
    ]
)
_BLOCK = _NOT_NESTING | {"expand", "bodiedExtension"}
_CELL = _NOT_NESTING - {"table"} | {"nestedExpand"}
_CHILDREN = {
    "doc": _BLOCK | {"layoutSection"},
    "layoutColumn": _BLOCK,
    "panel": _NOT_NESTING - {"panel", "blockquote", "table", "embedCard"},
    "blockquote": frozenset(
        ["paragraph", "orderedList", "bulletList", "codeBlock", "mediaSingle", "mediaGroup", "extension"]
    ),
    "listItem": frozenset(
        ["paragraph", "bulletList", "orderedList", "taskList", "mediaSingle", "codeBlock", "extension"]
    ),
    "tableCell": _CELL,
    "tableHeader": _CELL,
    "expand": _NOT_NESTING | {"nestedExpand"},
    "nestedExpand": _NOT_NESTING - {"table", "blockCard", "embedCard"},
    "bodiedExtension": _NOT_NESTING,
}
_BOTH = ("alignment", "indentation")
_STYLES = {
    ("doc", "paragraph"): _BOTH,
    ("doc", "heading"): _BOTH,
    ("layoutColumn", "paragraph"): _BOTH,
    ("layoutColumn", "heading"): _BOTH,
    ("tableCell", "paragraph"): ("alignment",),
    ("tableCell", "heading"): _BOTH,
    ("tableHeader", "paragraph"): ("alignment",),
    ("tableHeader", "heading"): _BOTH,
}
_LEGACY = ("com.atlassian.confluence.migration", "legacy-content")
"""The extension in which the vendor keeps what has no node where it stands."""


def fitted(parent: str, nodes: Iterable[Node], as_storage: Callable[[Node], str]) -> list[Node]:
    """The nodes as this parent may have them: at least one, and each of a kind that may stand there."""
    allowed = _CHILDREN[parent]
    fit: list[Node] = []
    line: list[Node] = []
    for node in nodes:
        if node["type"] in INLINE:
            line.append(node)
            continue
        fit += paragraphs(line)
        line = []
        fit += [_plainer(parent, node)] if node["type"] in allowed else _instead(parent, allowed, node, as_storage)
    fit += paragraphs(line)
    return fit or ([] if parent == "doc" else [{"type": "paragraph"}])


def _plainer(parent: str, node: Node) -> Node:
    """The node without the marks that its kind may not have below this parent."""
    if node["type"] not in ("paragraph", "heading") or "marks" not in node:
        return node
    allowed = _STYLES.get((parent, node["type"]), ())
    marks = [mark for mark in node["marks"] if mark["type"] in allowed]
    plain = {name: value for name, value in node.items() if name != "marks"}
    return plain | {"marks": marks} if marks else plain


def paragraphs(line: list[Node]) -> list[Node]:
    """A line of inline nodes as a paragraph; none for white space alone."""
    trimmed = trim(line)
    return [{"type": "paragraph", "content": trimmed}] if trimmed else []


def trim(line: list[Node]) -> list[Node]:
    """The line without white space at its ends."""
    line = list(line)
    while line and line[0]["type"] == "text":
        words = line[0]["text"].lstrip(" \t\r\n")
        if words:
            line[0] = {**line[0], "text": words}
            break
        line.pop(0)
    while line and line[-1]["type"] == "text":
        words = line[-1]["text"].rstrip(" \t\r\n")
        if words:
            line[-1] = {**line[-1], "text": words}
            break
        line.pop()
    return line


def _instead(parent: str, allowed: frozenset[str], node: Node, as_storage: Callable[[Node], str]) -> list[Node]:
    kind = node["type"]
    if kind == "expand" and "nestedExpand" in allowed:
        return [{**node, "type": "nestedExpand", "content": fitted("nestedExpand", node["content"], as_storage)}]
    if kind == "heading":
        return [{"type": "paragraph", "content": node["content"]}] if node.get("content") else []
    if kind in ("layoutSection", "layoutColumn"):
        return [inner for child in node["content"] for inner in fitted(parent, [child], as_storage)]
    if kind == "rule":
        return []
    if "extension" in allowed:
        return [extension("extension", *_LEGACY, {"cxhtml": as_storage(node)})]
    return fitted(parent, node.get("content", ()), as_storage)


def extension(kind: str, type_: str, key: str, parameters: Node) -> Node:
    """A node for what only an app or a macro knows."""
    return {"type": kind, "attrs": {"extensionType": type_, "extensionKey": key, "parameters": parameters}}


def is_legacy(node: Node) -> bool:
    """Whether this is storage format in an extension's clothes."""
    attributes = node.get("attrs", {})
    return (attributes.get("extensionType"), attributes.get("extensionKey")) == _LEGACY


def legacy(storage: str) -> Node:
    """Storage format that has no node of its own."""
    return extension("extension", *_LEGACY, {"cxhtml": storage})


def merged_marks(marks: list[Node], mark: Node) -> list[Node]:
    """One more mark on words that have some: the innermost of a kind wins, and code stands almost alone."""
    kept = [each for each in marks if each["type"] != mark["type"]]
    kept.append(mark)
    if any(each["type"] == "code" for each in kept):
        return [each for each in kept if each["type"] in ("code", "link", "annotation")]
    return kept
