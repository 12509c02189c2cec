"""Documents to the Markdown that is edited, tried until it reads as what it shows."""

from collections.abc import Iterator
from typing import Final

from atlassian_kit.adf.book import Book
from atlassian_kit.adf.drawing import Drawer
from atlassian_kit.adf.edit_writer import read_edited
from atlassian_kit.adf.nodes import (
    Node,
    attrs_of,
    children_of,
    clean,
    content_of,
    paragraph,
    string,
    text_node,
    type_of,
)
from atlassian_kit.adf.views import View, Viewer

_CELLS: Final = frozenset({"tableCell", "tableHeader"})
_WITH_LINES: Final = frozenset({"paragraph", "heading", "taskItem", "decisionItem"})


class Reading:
    """A document with the Markdown that shows it, its view, and the book of its placeholders."""

    def __init__(self, document: object) -> None:
        self.content: list[Node] = _paragraphs(document) if isinstance(document, str) else content_of(document)
        self.book = Book()
        self._meet(self.content)
        self._viewer = Viewer(self.book)
        self.view, self.markdown = self._settled()

    def _meet(self, content: list[Node]) -> None:
        waiting = list(content)
        while waiting:
            node = waiting.pop()
            waiting += children_of(node)
            attrs = attrs_of(node)
            if type_of(node) == "mention" and string(attrs.get("id")):
                self.book.meet(string(attrs.get("text")).removeprefix("@"), string(attrs["id"]))

    def _settled(self) -> tuple[View, str]:
        """Return the view whose Markdown is read as that view.

        What does not come back is shown with its text alone, then as a placeholder, its innermost parts first.
        """
        view, markdown = self._tried()
        if self._reads_as(markdown, view):
            return view, markdown
        for block in view.blocks or ():
            self._mend(block, "doc")
        view, markdown = self._tried()
        if self._reads_as(markdown, view):
            return view, markdown
        # What is exact by itself may not be so beside its neighbours.
        self._viewer.opaque |= {id(block.node) for block in view.blocks or ()}
        return self._tried()

    def _tried(self) -> tuple[View, str]:
        view = self._viewer.document(self.content)
        return view, Drawer(self.book).markdown(view.blocks or [])

    def _reads_as(self, markdown: str, view: View) -> bool:
        return view_of(markdown, self.book).key == view.key

    def _mend(self, block: View, parent: str) -> None:
        node = block.node
        if self._comes_back(node, parent):
            return
        for child, place in _blocks_within(block):
            self._mend(child, place)
        self._viewer.plain |= {id(part.node) for part in block.walk() if part.type in _WITH_LINES and part is block}
        if block.type in ("taskList", "decisionList"):
            self._viewer.plain |= {id(part.node) for part in block.walk() if part.line is not None}
        if not self._comes_back(node, parent):
            self._viewer.opaque.add(id(node))

    def _comes_back(self, node: Node, parent: str) -> bool:
        view = self._viewer.document([_within(node, parent)])
        return self._reads_as(Drawer(self.book).markdown(view.blocks or []), view)


def view_of(markdown: str, book: Book) -> View:
    """Return the view of a text that names nobody but those of the book."""
    content, _ = read_edited(markdown, book, _nobody)
    return Viewer(book, original=False).document(content)


def _paragraphs(text: str) -> list[Node]:
    return [paragraph([text_node(line)]) for line in clean(text).split("\n") if line.strip()]


def _nobody(_: str) -> None:
    return None


def _blocks_within(view: View) -> Iterator[tuple[View, str]]:
    """Yield the blocks that a container holds with the type of what holds them."""
    for child in view.blocks or ():
        if child.type in ("listItem", "tableRow", "layoutColumn") or child.type in _CELLS:
            yield from _blocks_within(child)
        elif child.type not in ("taskItem", "decisionItem", "media", "caption"):
            yield child, view.type


def _within(node: Node, parent: str) -> Node:
    """Return a node inside as much of its container as says how it is read."""
    if parent in _CELLS:
        cell: Node = {"type": "tableCell", "content": [node]}
        return {"type": "table", "content": [{"type": "tableRow", "content": [cell]}]}
    if type_of(node) == "nestedExpand":
        return {"type": "expand", "content": [node]}
    return node
