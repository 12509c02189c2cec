"""Markdown's inline tokens to ADF's inline nodes."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from atlassian_kit.adf.dialects import dialect
from atlassian_kit.adf.links import is_of_dialect, split_own, unquoted
from atlassian_kit.adf.nodes import Node, clean, iso_date, joined, node, scheme_of, text_node, timestamp_of

if TYPE_CHECKING:
    from markdown_it.token import Token

PICTURE: Final = "picture"
"""Type of the stand-in for a picture, until it is known whether it can be a block of its own."""
FILE: Final = "file"
"""Type of the stand-in for a link to an attachment."""
PLACEHOLDER: Final = "adf"
"""Type of the stand-in for a placeholder, which is a link of this scheme where the grammar lets it pass."""
PLACEHOLDER_SCHEME: Final = "adf:"

_MARKUP: Final = {"strong": "strong", "em": "em", "s": "strike"}
_TAGS: Final = {
    "u": "underline",
    "ins": "underline",
    "sub": "sub",
    "sup": "sup",
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "code": "code",
    "kbd": "code",
}
_TAG: Final = re.compile(r"<(/?)(\w+)")
_STATUS_COLOURS: Final = re.compile("neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6}", re.ASCII)
_COLOURS: Final = {"font": "textColor", "mark": "backgroundColor"}
_FORMATS: Final = ("strong", "em", "strike", "underline")


def inline_nodes(tokens: list["Token"]) -> list[Node]:
    """Return the inline nodes of a block's tokens; pictures and files are stand-ins (see `settled`)."""
    return _InlineWriter(tokens).write()


def settled(content: list[Node]) -> list[Node]:
    """Return inline nodes with stand-ins made into what can stand in a line of text."""
    made: list[Node] = []
    for child in content:
        if child["type"] == PICTURE and not child["id"]:
            marks = child["marks"] or _link(child["url"], child["title"])
            made.append(text_node(child["alt"] or child["title"] or child["url"] or "image", marks))
        elif child["type"] in (PICTURE, FILE):
            made.append(_media_inline(child))
            if child["title"]:
                made.append(text_node(f" {child['title']}"))
        else:
            made.append(child)
    return joined(made)


def _media_inline(stand_in: Node) -> Node:
    made = node(
        "mediaInline",
        type="file",
        id=stand_in["id"],
        collection=stand_in["collection"],
        alt=stand_in["alt"] or None,
    )
    if stand_in["marks"]:
        made["marks"] = stand_in["marks"]
    return made


def _link(href: str, title: str = "") -> list[Node]:
    if not href:
        return []
    return [{"type": "link", "attrs": {"href": href, **({"title": title} if title else {})}}]


class _InlineWriter:
    def __init__(self, tokens: list["Token"]) -> None:
        self._tokens = tokens
        self._paired = _paired_tags(tokens)
        self._active = dict.fromkeys([*_FORMATS, "sub", "sup", "code"], 0)
        self._colours: dict[str, list[str]] = {name: [] for name in _COLOURS.values()}
        self._link: list[Node] = []
        self._made: list[Node] = []

    def write(self) -> list[Node]:
        position = 0
        while position < len(self._tokens):
            token = self._tokens[position]
            if token.type == "link_open":
                end = _link_end(self._tokens, position)
                position = self._write_link(token, self._tokens[position + 1 : end], position, end)
                continue
            self._write_token(token, position)
            position += 1
        return self._made

    def _write_token(self, token: "Token", position: int) -> None:
        kind = token.type
        if kind == "text":
            self._text(token.content)
        elif kind == "softbreak":
            self._text(" ")
        elif kind == "hardbreak":
            self._made.append(node("hardBreak"))
        elif kind == "code_inline":
            self._active["code"] += 1
            self._text(token.content)
            self._active["code"] -= 1
        elif kind == "image":
            self._picture(token)
        elif kind == "html_inline":
            self._tag(token.content, position)
        elif kind == "mention":
            self._made.append({"type": "mention", "name": clean(token.content)})
        elif kind not in ("link_open", "link_close"):
            self._active[_MARKUP[kind.rpartition("_")[0]]] += token.nesting

    def _text(self, content: str) -> None:
        text = clean(content)
        if text:
            self._made.append(text_node(text, self._marks()))

    def _marks(self) -> Iterable[Node]:
        yield from self._link
        if self._active["code"]:
            yield {"type": "code"}
            return
        for name in _FORMATS:
            if self._active[name]:
                yield {"type": name}
        name = next((name for name in ("sub", "sup") if self._active[name]), "")
        if name:
            yield {"type": "subsup", "attrs": {"type": name}}
        for name, colours in self._colours.items():
            if colours:
                yield {"type": name, "attrs": {"color": colours[-1]}}

    def _tag(self, tag: str, position: int) -> None:
        parts = _TAG.match(tag)
        if parts is None:
            return
        name = parts[2].lower()
        if name == "br":
            self._made.append(node("hardBreak"))
        elif position in self._paired and name in _COLOURS:
            self._colour(name, tag)
        elif position in self._paired:
            self._active[_TAGS[name]] += -1 if parts[1] else 1
        else:
            self._text(tag)

    def _colour(self, name: str, tag: str) -> None:
        colours = self._colours[_COLOURS[name]]
        if tag.startswith("</"):
            colours.pop()
        else:
            colours.append(tag.partition('"')[2].partition('"')[0].lower())

    def _write_link(self, token: "Token", inside: list["Token"], position: int, end: int) -> int:
        """Write a link; return the position to go on from."""
        href = dialect().address(clean(str(token.attrGet("href") or "")))
        scheme, rest = ("", "") if is_of_dialect(href) else split_own(href)
        if href.startswith(PLACEHOLDER_SCHEME):
            self._placeholder(href, label_of(inside), token)
        elif scheme:
            self._made += _own_node(scheme, rest, clean(label_of(inside)), clean(str(token.attrGet("title") or "")))
        elif token.markup == "autolink" and scheme_of(href) in ("http", "https"):
            self._made.append(node("inlineCard", url=href))
        elif not inside:
            self._link = _link(href, clean(str(token.attrGet("title") or "")))
            self._text(href)
            self._link = []
        else:
            self._link = _link(href, clean(str(token.attrGet("title") or "")))
            before = len(self._made)
            for offset, child in enumerate(inside):
                self._write_token(child, position + 1 + offset)
            if len(self._made) == before:
                self._text(href)
            self._link = []
        return end + 1

    def _placeholder(self, address: str, label: str, token: "Token") -> None:
        title = clean(str(token.attrGet("title") or ""))
        said = {"label": clean(label), "title": title, "picture": token.type == "image"}
        self._made.append({"type": PLACEHOLDER, "id": address.removeprefix(PLACEHOLDER_SCHEME), **said})

    def _picture(self, token: "Token") -> None:
        source = dialect().picture(clean(str(token.attrGet("src") or "")))
        scheme, rest = split_own(source)
        alt, title = clean(label_of(token.children or [])), clean(str(token.attrGet("title") or ""))
        if source.startswith(PLACEHOLDER_SCHEME):
            self._placeholder(source, label_of(token.children or []), token)
            return
        if scheme and scheme != "attachment":
            self._made += _own_node(scheme, rest, alt, title)
            return
        identity, collection = _media_id(rest) if scheme else ("", "")
        self._made.append(
            {
                "type": PICTURE,
                "url": "" if scheme else source,
                "id": identity,
                "collection": collection,
                "alt": alt,
                "title": title,
                "marks": self._link,
            }
        )


def _link_end(tokens: list["Token"], start: int) -> int:
    """Return the position where a link ends; an address in brackets may be a link within it."""
    level = tokens[start].level
    return next(
        place
        for place in range(start + 1, len(tokens))
        if tokens[place].type == "link_close" and tokens[place].level == level
    )


def _paired_tags(tokens: list["Token"]) -> set[int]:
    """Return the positions of opening and closing tags that belong together; the others are text."""
    paired: set[int] = set()
    waiting: dict[str, list[int]] = {}
    for position, token in enumerate(tokens):
        parts = _TAG.match(token.content) if token.type == "html_inline" else None
        if parts is None:
            continue
        opened = waiting.setdefault(parts[2].lower(), [])
        if not parts[1]:
            opened.append(position)
        elif opened:
            paired |= {opened.pop(), position}
    return paired


def label_of(tokens: list["Token"]) -> str:
    """Return the text of inline tokens without their markup."""
    parts: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(label_of(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)


def _media_id(rest: str) -> tuple[str, str]:
    identity, _, collection = rest.partition("?collection=")
    return unquoted(identity) or "unknown", unquoted(collection)


def _own_node(scheme: str, rest: str, label: str, title: str) -> list[Node]:
    after = [text_node(f" {title}")] if title else []
    if scheme == "mention":
        return [node("mention", id=unquoted(rest), text=label or None), *after]
    if scheme == "status":
        colour = rest if _STATUS_COLOURS.fullmatch(rest) else "neutral"
        return [node("status", text=label or rest, color=colour), *after]
    if scheme == "emoji":
        short_name, _, identity = rest.partition("/")
        return [
            node("emoji", shortName=unquoted(short_name), id=unquoted(identity) or None, text=label or None),
            *after,
        ]
    if scheme == "date":
        timestamp = timestamp_of(rest)
        shown = [node("date", timestamp=timestamp or rest), *after]
        day = iso_date(timestamp or rest)
        return shown if label in ("", day) else [text_node(f"{label} "), *shown]
    identity, collection = _media_id(rest)
    return [
        {"type": FILE, "id": identity, "collection": collection, "alt": label, "title": title, "marks": []},
    ]
