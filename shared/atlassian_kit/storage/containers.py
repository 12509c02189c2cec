"""Writing the children of a container with what stands between them in the source."""

import re
from collections.abc import Callable
from typing import Final

from atlassian_kit.adf.nodes import Node
from atlassian_kit.storage.origins import Origin, origin_of

_STRUCTURE: Final = re.compile(r"<(?![!?])")
_LAYOUT_TAG: Final = re.compile(r"<(/?)ac:layout(-section|-cell)?(?=[\s>])[^>]*>")
_OPEN_CELL: Final = '<ac:layout-section ac:type="fixed-width" ac:breakout-mode="default"><ac:layout-cell>'
_LAYOUT: Final = "<ac:layout>"
_END: Final = "</ac:layout>"
_CLOSE_CELL: Final = "</ac:layout-cell></ac:layout-section>"

Write = Callable[[Node], str]


def written(nodes: list[Node], write: Write, origin: Origin | None) -> str:
    """Return the blocks of a container; those that were read from `origin` keep what stood around them."""
    gathering = _Gathering(write)
    if origin is None:
        for node in nodes:
            gathering.add_new(node)
    else:
        gathering.fill(nodes, origin)
    return gathering.text()


class _Gathering:
    """Puts blocks one after the other.

    A layout has no blocks beside its sections, and a section stands in nothing but a layout; `_place`
    tells where the next block would stand: "" outside of layouts, "layout" between sections, "cell" in
    a section of one cell, which is shown as if it were not there.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._out: list[str] = []
        self._place = ""
        self._wrapped = ""
        self._last_is_gap = False

    def text(self) -> str:
        self._settle("")
        return "".join(self._out)

    def fill(self, nodes: list[Node], origin: Origin) -> None:
        start, end = origin.span
        known = [found for node in origin.node.get("content", []) if (found := origin_of(node)) is not None]
        places = {id(found): place for place, found in enumerate(known)}
        edges = [start, *(found.end for found in known)]
        gaps = [origin.source[edge : found.start] for edge, found in zip(edges, known, strict=False)]
        gaps.append(origin.source[edges[-1] : end])
        due = 0
        if known:
            self._gap(gaps[0])
            due = 1
        first = True
        for node in nodes:
            found = origin_of(node)
            place = places.pop(id(found), -1) if found is not None else -1
            if place + 1 < due and not (place == 0 and first):
                if place >= 0 and not _STRUCTURE.search(gaps[place]):
                    self._settle("")
                    self._out.append(gaps[place])
                self.add_new(node)
                continue
            first = False
            for gap in range(due, place + 1):
                if gap == place or _STRUCTURE.search(gaps[gap]):
                    self._gap(gaps[gap])
            due = max(due, place + 1)
            self._settle("")
            self._add(node)
        for gap in range(due, len(gaps)):
            if gap == len(gaps) - 1 or _STRUCTURE.search(gaps[gap]):
                self._gap(gaps[gap])

    def _gap(self, gap: str) -> None:
        if self._wrapped == "section" and not self._place and gap.lstrip().startswith(_LAYOUT):
            # The new sections open the layout that begins here.
            self._wrapped = ""
            gap = gap.replace(_LAYOUT, "", 1)
            self._place = "layout"
        self._settle("")
        if self._last_is_gap and self._place == "cell" and gap.lstrip().startswith("</ac:layout-cell>"):
            # A cell needs a block, if all that it had are gone.
            self._out.append("<p />")
        self._out.append(gap)
        self._last_is_gap = True
        for tag in _LAYOUT_TAG.finditer(gap):
            closes, part = tag[1] == "/", tag[2]
            if part == "-cell":
                self._place = "layout" if closes else "cell"
            elif part is None:
                self._place = "" if closes else "layout"

    def add_new(self, node: Node) -> None:
        """Add a block that has no place in the source."""
        wanted = "section" if node["type"] == "layoutSection" else "block"
        self._settle(wanted)
        if self._wrapped != wanted:
            opening = self._edges(wanted)[0]
            if opening == _LAYOUT and self._out and self._out[-1].rstrip().endswith(_END):
                # They go on with the layout that ends here.
                self._out[-1] = self._out[-1].rstrip().removesuffix(_END)
                opening = ""
            self._out.append(opening)
            self._wrapped = wanted
        self._add(node)

    def _add(self, node: Node) -> None:
        self._out.append(self._write(node))
        self._last_is_gap = False

    def _settle(self, wanted: str) -> None:
        """End what was opened for new blocks, unless the next is of the same kind."""
        if self._wrapped and self._wrapped != wanted:
            self._out.append(self._edges(self._wrapped)[1])
            self._wrapped = ""

    def _edges(self, wanted: str) -> tuple[str, str]:
        if wanted == "section":
            return {"": (_LAYOUT, _END), "cell": (_CLOSE_CELL, _OPEN_CELL)}.get(self._place, ("", ""))
        return (_OPEN_CELL, _CLOSE_CELL) if self._place == "layout" else ("", "")
