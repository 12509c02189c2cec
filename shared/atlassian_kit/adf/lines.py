"""What the Markdown that is edited shows of a line of text, piece by piece."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from atlassian_kit.adf.book import Book
from atlassian_kit.adf.links import normalized
from atlassian_kit.adf.nodes import Node, attrs_of, iso_date, marks_of, string, text_node, type_of
from atlassian_kit.adf.pieces import WEB_ADDRESS, Finished, Mark, attachment, label_of, may_link

_COLOUR: Final = re.compile("#[0-9a-fA-F]{6}", re.ASCII)
_DEFAULT_COLOURS: Final = frozenset({"#172b4d", "#292a2e", "#091e42", "#000000"})
"""What Atlassian's editor paints pasted text with though it looks like any other."""
_STATUS_COLOUR: Final = re.compile("neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6}", re.ASCII)
_NAME: Final = re.compile(r"[^\s\[\]\\@|][^\[\]\n\\|]{0,118}")
_SYMBOLS: Final = re.compile(r"[^\x00-\u203b\w\s]{1,12}")
_COLOURED: Final = {"textColor": "font", "backgroundColor": "mark"}
_PLAIN_MARKS: Final = frozenset({"strong", "em", "strike", "underline", "code"})


@dataclass(frozen=True, slots=True)
class Bit:
    """A node of a line: text with the marks that are shown, or (with a `key`) a node of another kind."""

    node: Node
    key: str = ""
    text: str = ""
    marks: tuple[Mark, ...] = ()


def line_key(line: list[Bit]) -> tuple[object, ...]:
    """Return what is the same for two lines that show the same, however their text is cut up."""
    made: list[tuple[object, ...]] = []
    parts: list[str] = []
    for bit in line:
        if not bit.key and made and made[-1][0] == "" and made[-1][1] == bit.marks:
            parts.append(bit.text)
            continue
        if parts:
            made[-1] = (*made[-1], *_whole(parts))
        parts = [bit.text] if not bit.key else []
        made.append((bit.key, bit.marks))
    if parts:
        made[-1] = (*made[-1], *_whole(parts))
    return tuple(made)


def _whole(parts: list[str]) -> list[str]:
    return ["".join(parts)]


def _trimmed(line: list[Bit]) -> list[Bit]:
    """Return a line without what shows nowhere: blanks at the ends of its lines, and breaks at its own."""
    return _trimmed_left(_trimmed_left(line, str.lstrip)[::-1], str.rstrip)[::-1]


def _trimmed_left(line: list[Bit], strip: Callable[[str], str]) -> list[Bit]:
    made: list[Bit] = []
    starts = True
    for bit in line:
        if bit.key == "br":
            starts = True
            if made:
                made.append(bit)
            continue
        text = strip(bit.text) if starts and not bit.key else bit.text
        if bit.key or text:
            # Most need no other: making one costs as much as all the rest of this.
            made.append(bit if text == bit.text else replace(bit, text=text))
            starts = False
    return made


class LineViewer:
    """Makes bits of inline nodes."""

    def __init__(self, book: Book, *, original: bool) -> None:
        self._book = book
        self._original = original

    def line(self, content: list[Node], *, plain: bool, place: str) -> list[Bit]:
        """Return the bits of a line; with `plain` only its text is shown, and a placeholder for all else."""
        return _trimmed([bit for node in content for bit in self._bits(node, plain, place)])

    def _bits(self, node: Node, plain: bool, place: str) -> Iterator[Bit]:
        text = node.get("text")
        if "token" in node or type_of(node) != "text" or not isinstance(text, str) or "\n" not in text:
            yield self._bit(node, plain, place)
            return
        for number, part in enumerate(text.split("\n")):
            if number:
                yield Bit({**node, "text": "\n"}, "br")
            if part:
                yield self._bit({**node, "text": part}, plain, place)

    def _bit(self, node: Node, plain: bool, place: str) -> Bit:
        if "token" in node:
            return Bit(node, f"adf {node['token']}")
        type_ = type_of(node)
        if type_ == "text" and isinstance(node.get("text"), str):
            return Bit(node, text=node["text"], marks=() if plain else shown_marks(marks_of(node)))
        key = "" if plain else _identity(type_, attrs_of(node))
        if key == "text":
            return Bit(node, text=string(attrs_of(node)["text"]))
        if key:
            return Bit(node, key)
        if not self._original:
            return Bit(node, "new " + json.dumps(node, sort_keys=True))
        return Bit(node, f"adf {self._book.enter(node, 'line', place)}")

    def drawn(self, line: list[Bit]) -> list[Node]:
        """Return the nodes that write a line as Markdown."""
        made: list[Node] = []
        for position, bit in enumerate(line):
            if not bit.key:
                made.append(text_node(bit.text, map(_drawn_mark, bit.marks)))
            elif bit.key.startswith("adf "):
                made.append(placeholder(self._book, bit.key.removeprefix("adf ")))
            elif bit.key.startswith("mention "):
                following = line[position + 1].text if position + 1 < len(line) else ""
                made.append(self._mention(bit, following[:1]))
            else:
                made.append(bit.node)
        return made

    def _mention(self, bit: Bit, following: str) -> Node:
        attrs = attrs_of(bit.node)
        name, account = string(attrs.get("text")).removeprefix("@"), string(attrs.get("id"))
        if not is_sayable_name(name) or self._book.account(name) != account:
            return {"type": "mention", "attrs": attrs}
        return Finished(type="mention", text=f"@[{name}]" + ("<!-- -->" if following in ("(", "[") else ""))


def placeholder(book: Book, identity: str, *, picture: bool = False, title: str = "") -> Finished:
    """Return the link (or picture) that stands for a node."""
    entry = book.find(identity)
    label = entry.label if entry else ""
    named = type_of(entry.node) if entry else ""
    if entry and book.is_named(identity):
        attrs = attrs_of(entry.node)
        return Finished(type="paragraph", text=f"![{label_of(attrs.get('alt'))}]({attachment(attrs)}{title})")
    shown = label if label == named or named in ("media", "mediaInline") else f"{named}: {label}"
    return Finished(type="paragraph", text=f"{'!' * picture}[{label_of(shown)}](adf:{identity}{title})")


def is_sayable_name(name: str) -> bool:
    """Whether `@[name]` is read as that name."""
    return _NAME.fullmatch(name) is not None and name == name.strip() and name.isprintable()


def shown_marks(marks: Iterable[Node]) -> tuple[Mark, ...]:
    """Return the marks of a text that Markdown shows, in an order that is always the same."""
    made: dict[str, Mark] = {}
    for mark in marks:
        type_, attrs = mark["type"], attrs_of(mark)
        if type_ in _PLAIN_MARKS:
            made[type_] = (type_, "", "")
        elif type_ == "subsup" and attrs.get("type") in ("sub", "sup"):
            made[type_] = (type_, str(attrs["type"]), "")
        elif type_ == "link":
            href = string(attrs.get("href"))
            if href and href == normalized(href) and may_link(href):
                made[type_] = (type_, href, " ".join(string(attrs.get("title")).split()))
        elif type_ in _COLOURED and _COLOUR.fullmatch(string(attrs.get("color"))):
            colour = str(attrs["color"]).lower()
            if type_ == "backgroundColor" or colour not in _DEFAULT_COLOURS:
                made[type_] = (type_, colour, "")
    kept = ("code", "link") if "code" in made else tuple(sorted(made))
    return tuple(made[type_] for type_ in kept if type_ in made)


def _drawn_mark(mark: Mark) -> Node:
    kind, value, title = mark
    if kind in _COLOURED:
        tag = _COLOURED[kind]
        return Finished(type="tag", open=f'<{tag} color="{value}">', close=f"</{tag}>")
    if kind == "link":
        return {"type": kind, "attrs": {"href": value, "title": title}}
    return {"type": kind, "attrs": {"type": value}} if value else {"type": kind}


def _identity(type_: str, attrs: dict[str, object]) -> str:
    """Return what a node of a line is, as far as Markdown shows it; "" for what Markdown cannot say."""
    if type_ == "hardBreak":
        return "br"
    if type_ == "mention" and string(attrs.get("id")):
        return f"mention {string(attrs['id'])}"
    if type_ == "status" and string(attrs.get("text")) and _STATUS_COLOUR.fullmatch(string(attrs.get("color"))):
        return f"status {attrs['color']} {attrs['text']}"
    if type_ == "date" and iso_date(attrs.get("timestamp")):
        return f"date {attrs['timestamp']}"
    if type_ == "emoji" and string(attrs.get("shortName")):
        if _SYMBOLS.fullmatch(string(attrs.get("text"))):
            return "text"
        return f"emoji {json.dumps([string(attrs.get(name)) for name in ('shortName', 'id', 'text')])}"
    if type_ == "inlineCard" and "data" not in attrs and WEB_ADDRESS.fullmatch(string(attrs.get("url"))):
        return f"card {attrs['url']}"
    return ""
