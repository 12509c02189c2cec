"""Where in a text of storage format a node comes from."""

from typing import Final

from atlassian_kit.adf.nodes import Node
from atlassian_kit.storage.tree import Element

KEY: Final = "origin"
"""The key of a node under which its origin stands, which no document of ADF has."""


class Origin:
    """The source of a node: a span of the text, with the element that holds its contents.

    `start` and `end` are the span of all that is replaced with the node; `element` is what the node was
    made of, None for a line of text that stands in its container without an element of its own; `holder`
    is the element whose contents the node's contents were made of, None where there is no such.
    """

    __slots__ = ("element", "end", "holder", "node", "source", "start")

    def __init__(
        self, source: str, start: int, end: int, element: Element | None = None, holder: Element | None = None
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.element = element
        self.holder = holder
        self.node: Node = {}

    def __repr__(self) -> str:
        # Placeholders have ids made of this: the same whatever happens inside.
        if self.holder is None:
            return self.raw
        return self.source[self.start : self.holder.inner] + self.source[self.holder.inner_end : self.end]

    @property
    def raw(self) -> str:
        """The source."""
        return self.source[self.start : self.end]

    @property
    def span(self) -> tuple[int, int]:
        """Where the contents stand."""
        return (self.holder.inner, self.holder.inner_end) if self.holder is not None else (self.start, self.end)


def origin_of(node: Node) -> Origin | None:
    """Return the origin of a node, None for one that is new."""
    found = node.get(KEY)
    return found if isinstance(found, Origin) else None


def from_source(node: Node, origin: Origin) -> Node:
    """Give a node its origin; return the node."""
    node[KEY] = origin
    origin.node = node
    return node


def is_untouched(node: Node) -> bool:
    """Whether a node is as it was read."""
    origin = origin_of(node)
    return origin is not None and origin.node is node
