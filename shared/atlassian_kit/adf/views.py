"""What the Markdown that is edited shows of a document, kept beside the nodes that it shows."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from atlassian_kit.adf.book import Book
from atlassian_kit.adf.lines import Bit, LineViewer, line_key
from atlassian_kit.adf.nodes import (
    Node,
    attrs_of,
    children_of,
    is_clean,
    is_script_link,
    marks_of,
    scheme_of,
    string,
    type_of,
)
from atlassian_kit.adf.pieces import may_link
from atlassian_kit.adf.schema import CONTENT

MAX_VIEWED: Final = 16
"""Levels of nested nodes that are shown; what lies deeper is one placeholder."""
MAX_SPAN: Final = 100

FRAMES: Final = frozenset({"bodiedExtension", "bodiedSyncBlock"})
_PARTS: Final = {
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "taskList": frozenset({"taskItem", "taskList"}),
    "decisionList": frozenset({"decisionItem"}),
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "layoutSection": frozenset({"layoutColumn"}),
    "mediaSingle": frozenset({"media", "caption"}),
    "mediaGroup": frozenset({"media"}),
}
_PANELS: Final = {"tip": "success", "custom": "info"}
_SHOWN_PANELS: Final = frozenset({"info", "success", "note", "warning", "error"})
_LANGUAGE: Final = re.compile(r"[^\s`]{1,60}")
_CARD_URL: Final = re.compile(r"\S{1,5000}")
_HIGHEST_NUMBER: Final = 900_000_000


@dataclass(slots=True, eq=False)
class View:
    """What Markdown shows of a node: attributes (`said`), and blocks or a line; or a placeholder (`token`).

    Paragraphs without text show nowhere: they go with the block that they follow (`after`) or with the
    container that they open (`lead`).
    """

    type: str
    node: Node
    said: tuple[tuple[str, object], ...] = ()
    blocks: "list[View] | None" = None
    line: list[Bit] | None = None
    token: str = ""
    lead: list[Node] = field(default_factory=list[Node])
    after: list[Node] = field(default_factory=list[Node])
    _key: str = ""

    @property
    def key(self) -> str:
        """The same for two views that show the same."""
        if not self._key:
            inner = [block.key for block in self.blocks or ()]
            shown = (self.type, self.said, self.token, inner, line_key(self.line) if self.line else None)
            self._key = _digest(repr(shown))
        return self._key

    def walk(self) -> "Iterator[View]":
        """Yield this view and all within it."""
        waiting: list[View] = [self]
        while waiting:
            view = waiting.pop()
            yield view
            waiting.extend(reversed(view.blocks or ()))


def _digest(text: str) -> str:
    from hashlib import blake2b

    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Viewer:
    """Makes views of an original, whose placeholders it enters in a book, or of what was read from Markdown."""

    def __init__(self, book: Book, *, original: bool = True) -> None:
        self._book = book
        self._original = original
        self._lines = LineViewer(book, original=original)
        self.plain: set[int] = set()
        """The nodes (by `id`) of whose lines only the text is shown."""
        self.opaque: set[int] = set()
        """The nodes (by `id`) that are placeholders, though Markdown could say them."""

    def document(self, content: list[Node]) -> View:
        """Return the view of a document's blocks."""
        made = View("doc", {"type": "doc"}, blocks=[])
        self._fill(made, content, "doc", 1)
        return made

    def _fill(self, view: View, content: list[Node], parent: str, depth: int) -> None:
        shown: list[View] = []
        for child in content:
            made = self._block(child, parent, depth)
            if made.type == "paragraph" and not made.token and not made.line:
                (shown[-1].after if shown else view.lead).append(child)
            else:
                shown.append(made)
        view.blocks = shown

    def _block(self, node: Node, parent: str, depth: int) -> View:
        if "token" in node:
            return self._stand_in(node, depth)
        type_ = type_of(node)
        content = node.get("content", [])
        allowed = type_ in (_PARTS[parent] if parent in _PARTS else CONTENT.get(parent, ()))
        children = children_of(node)
        regular = isinstance(content, list) and len(children) == len(content)  # pyright: ignore[reportUnknownArgumentType]
        if not allowed or not regular or depth > MAX_VIEWED or id(node) in self.opaque:
            return self._unsaid(node, parent)
        view = View(type_, node)
        if type_ in ("paragraph", "heading", "taskItem", "decisionItem"):
            view.line = self._lines.line(children, plain=id(node) in self.plain, place=type_)
        if type_ in ("codeBlock", "caption"):
            if any(type_of(child) != "text" or (type_ == "caption" and marks_of(child)) for child in children):
                return self._unsaid(node, parent)
        elif type_ in FRAMES:
            if self._original:
                shell = {name: value for name, value in node.items() if name != "content"}
                view.token = self._book.enter(shell, "frame", parent)
            self._fill(view, children, type_, depth + 1)
        elif type_ in _PARTS:
            view.blocks = [self._block(child, type_, depth + 1) for child in children]
            if any(child.token and child.type != "media" for child in view.blocks):
                return self._unsaid(node, parent)
        elif type_ in CONTENT:
            self._fill(view, children, type_, depth + 1)
        said = self._said(view)
        if said is None:
            return self._unsaid(node, parent)
        view.said = tuple(sorted(said.items()))
        return view

    def _stand_in(self, node: Node, depth: int) -> View:
        view = View(node["type"], node, said=_description(attrs_of(node)), token=node["token"])
        if "content" in node:
            self._fill(view, children_of(node), node["type"], depth + 1)
        return view

    def _unsaid(self, node: Node, parent: str) -> View:
        type_ = type_of(node)
        if not self._original:
            return View(type_, node, said=(("json", json.dumps(node, sort_keys=True, default=sorted)),))
        token = self._book.enter(node, "media" if type_ == "media" else "block", parent)
        return View(type_, node, said=_description(attrs_of(node)) if self._book.is_named(token) else (), token=token)

    def _said(self, view: View) -> dict[str, object] | None:
        """Return the attributes that Markdown shows of a node, None where that would not do."""
        type_, attrs = view.type, attrs_of(view.node)
        if type_ == "heading":
            level = attrs.get("level")
            return {"level": level} if isinstance(level, int) and 1 <= level <= 6 else None
        if type_ == "codeBlock":
            language = string(attrs.get("language"))
            return {"language": language if _LANGUAGE.fullmatch(language) else "", "text": _text(view.node)}
        if type_ == "orderedList":
            order = attrs.get("order", 1)
            return {"order": order} if type(order) is int and 0 <= order <= _HIGHEST_NUMBER else None
        if type_ == "panel":
            shown = string(attrs.get("panelType"))
            shown = _PANELS.get(shown, shown)
            return {"panelType": shown if shown in _SHOWN_PANELS else "info"}
        if type_ in ("expand", "nestedExpand"):
            title = attrs.get("title")
            return {"title": " ".join(title.split()) if isinstance(title, str) else ""}
        if type_ == "taskItem":
            return {"state": "DONE" if attrs.get("state") == "DONE" else "TODO"}
        if type_ == "caption":
            return {"text": " ".join(_text(view.node).split())}
        if type_ in ("tableCell", "tableHeader"):
            return _span_of(attrs)
        if type_ == "layoutColumn":
            width = attrs.get("width")
            return {"width": width} if isinstance(width, int | float) else None
        if type_ in ("blockCard", "embedCard"):
            return _card(attrs)
        return self._said_of_media(view, attrs)

    def _said_of_media(self, view: View, attrs: dict[str, object]) -> dict[str, object] | None:
        if view.type == "mediaSingle":
            types = [child.type for child in view.blocks or ()]
            return {} if types in (["media"], ["media", "caption"]) else None
        if view.type == "mediaGroup":
            return {} if view.blocks and all(child.token for child in view.blocks) else None
        if view.type == "media":
            url, alt = string(attrs.get("url")), string(attrs.get("alt"))
            links = [string(attrs_of(mark).get("href")) for mark in marks_of(view.node) if mark["type"] == "link"]
            sayable = (
                attrs.get("type") == "external" and scheme_of(url) in ("http", "https") and all(map(may_link, links))
            )
            return {"url": url, "alt": alt, "link": links} if sayable else None
        return {} if view.type in _SAID_BY_CONTENT else None


_SAID_BY_CONTENT: Final = (
    frozenset({"paragraph", "decisionItem", "rule", "blockquote", "bulletList", "listItem", "taskList", "decisionList"})
    | frozenset({"table", "tableRow", "layoutSection"})
    | FRAMES
)


def _description(attrs: dict[str, object]) -> tuple[tuple[str, object], ...]:
    """Return what a file that is shown by its name says of itself."""
    return (("alt", " ".join(string(attrs.get("alt")).split())),) if "alt" in attrs else ()


def _text(node: Node) -> str:
    return "".join(str(child.get("text", "")) for child in children_of(node))


def _span_of(attrs: dict[str, object]) -> dict[str, object] | None:
    spans = {name: attrs.get(name, 1) for name in ("colspan", "rowspan")}
    return spans if all(type(span) is int and 1 <= span <= MAX_SPAN for span in spans.values()) else None


def _card(attrs: dict[str, object]) -> dict[str, object] | None:
    url = attrs.get("url")
    if not isinstance(url, str) or attrs.keys() & {"data", "datasource"}:
        return None
    return {"url": url} if _CARD_URL.fullmatch(url) and is_clean(url) and not is_script_link(url) else None
