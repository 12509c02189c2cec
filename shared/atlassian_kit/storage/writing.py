"""ADF's nodes to storage format: what comes from a source unchanged is written as it stands there."""

import re
from typing import Final

from atlassian_kit.adf.nodes import Node, children_of
from atlassian_kit.storage import building, changing
from atlassian_kit.storage.containers import written
from atlassian_kit.storage.inline_writing import line
from atlassian_kit.storage.origins import Origin, is_untouched, origin_of
from atlassian_kit.storage.patching import (
    patched,
    retagged,
)

_LINES: Final = frozenset({"paragraph", "heading", "taskItem", "decisionItem"})
_TASK_ID: Final = re.compile(r"<ac:task-id>\s*([0-9]{1,12})\s*</ac:task-id>", re.ASCII)
_PLAIN: Final = frozenset(
    {"paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote", "tableCell", "tableHeader"}
    | {"table", "tableRow", "layoutSection", "layoutColumn", "taskList"}
)


def write(document: Node, page: str = "") -> str:
    """Return the storage format of a document, or of the part of a `page` that it was read from.

    Takes a document of `reading.read`, edited by replacing nodes with others, or one without origins.
    Blocks that are the very nodes that were read are written as they stand in the source, and so is
    everything about a changed one that did not change: tags, attributes, what stands between blocks.
    """
    origin = origin_of(document)
    if origin is not None and origin.node.get("content") is document.get("content"):
        return origin.raw
    return Writer(page or (origin.source if origin is not None else "")).blocks(document, origin)


class Writer:
    """Writes blocks; `source` is the text that the page had, whose ids of tasks are taken."""

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._last_task = -1

    def blocks(self, node: Node, origin: Origin | None = None) -> str:
        """Return the blocks of a container."""
        return written(children_of(node), self.block, origin)

    def block(self, node: Node) -> str:
        """Return a block."""
        origin = origin_of(node)
        if origin is None:
            return building.block(node, self)
        if is_untouched(node):
            return origin.raw
        if node["type"] in _PLAIN:
            return self._plain(node, origin)
        patches = changing.patches(node, origin, self)
        if patches is None:
            return building.block(node, self)
        return patched(origin.source, origin.start, origin.end, patches)

    def inside(self, node: Node, origin: Origin | None = None) -> str:
        """Return the contents of a node: a line, or blocks."""
        if node["type"] in _LINES:
            before, source = (children_of(origin.node), _contents_of(origin)) if origin is not None else ((), "")
            return line(children_of(node), before, source)
        return self.blocks(node, origin)

    def task_id(self, identity: str) -> str:
        """Return the id of a task, a new one where it has none."""
        if identity.isdecimal() and identity.isascii():
            return identity
        if self._last_task < 0:
            self._last_task = max(map(int, _TASK_ID.findall(self._source)), default=0)
        self._last_task += 1
        return str(self._last_task)

    def _plain(self, node: Node, origin: Origin) -> str:
        """Return an element that is the node, or the line without an element that it stands for."""
        element, type_ = origin.element, node["type"]
        inside = self.inside(node, origin)
        if element is None:
            # A line of its own is in no element; as anything but a paragraph it needs one.
            if type_ == "paragraph" or (type_ == "listItem" and _is_list(node)):
                return inside
            return building.element(node, inside, self)
        if element is not origin.holder:
            return building.element(node, inside, self)
        name, changes = building.tag_of(node)
        if type_ in ("table", "tableRow", "layoutSection", "layoutColumn", "taskList", "listItem", "blockquote"):
            name = element.name
        was = building.tag_of(origin.node)[1]
        differing = {key: changes.get(key) for key in {**was, **changes} if was.get(key) != changes.get(key)}
        return retagged(element, name, inside, differing)


def _contents_of(origin: Origin) -> str:
    start, end = origin.span
    return origin.source[start:end]


def _is_list(node: Node) -> bool:
    content = children_of(node)
    return len(content) == 1 and content[0]["type"] in ("bulletList", "orderedList")
