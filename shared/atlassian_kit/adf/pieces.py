"""ADF's inline nodes as pieces of a line of Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from atlassian_kit.adf.escaping import EDGE, escaped
from atlassian_kit.adf.links import OWN_SCHEMES, destination, is_markdown_link, is_of_dialect, quoted
from atlassian_kit.adf.nodes import (
    Node,
    attrs_of,
    children_of,
    is_script_link,
    iso_date,
    marks_of,
    scheme_of,
    string,
    timestamp_of,
    type_of,
)
from atlassian_kit.adf.plain import plain_text

Mark: TypeAlias = tuple[str, str, str]
"""Kind of a mark and up to two values: ("link", href, title), ("subsup", "sub", ""), ("strong", "", "")."""

_STATUS_COLOURS: Final = re.compile("neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6}", re.ASCII)
WEB_ADDRESS: Final = re.compile(r"https?://[^<>\[\]\s\x00-\x20\x7f]+", re.IGNORECASE)


class Finished(Node):
    """A stand-in for a node, which holds its Markdown as `text`; or for a mark, with the tags `open` and `close`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: text with marks, or finished Markdown, or the break to the next line."""

    text: str
    marks: frozenset[Mark] = frozenset()
    kind: str = "text"  # text | code | markdown | break
    before: str = " "
    after: str = " "
    preceding: str = ""
    following: str = ""
    joined: bool = False

    @property
    def is_text(self) -> bool:
        return self.kind in ("text", "code")


def pieces_of(node: Node, exact: bool) -> Iterator[Piece]:
    """Yield the pieces that say an inline node."""
    type_, attrs = type_of(node), attrs_of(node)
    if isinstance(node, Finished):
        yield _markdown(node["text"])
    elif type_ == "text":
        yield from _text_pieces(node, exact)
    elif type_ == "hardBreak":
        yield Piece("", kind="break")
    elif type_ == "mention" and string(attrs.get("id")):
        yield _markdown(f"[{label_of(attrs.get('text'))}](mention:{quoted(string(attrs['id']))})")
    elif type_ == "status" and string(attrs.get("text")):
        colour = string(attrs.get("color"))
        colour = colour if _STATUS_COLOURS.fullmatch(colour) else "neutral"
        yield _markdown(f"[{label_of(attrs['text'])}](status:{colour})")
    elif type_ == "date" and iso_date(attrs.get("timestamp")):
        day, timestamp = iso_date(attrs["timestamp"]), string(attrs["timestamp"])
        yield _markdown(f"[{day}](date:{day if timestamp_of(day) == timestamp else timestamp})")
    elif type_ == "emoji" and string(attrs.get("shortName")):
        yield _emoji(attrs, exact)
    elif type_ == "inlineCard":
        yield from _card(attrs)
    elif type_ == "mediaInline":
        yield from picture_pieces(node)
    else:
        yield from _lines(named(node), frozenset(), "text")


def named(node: Node) -> str:
    """Return what stands for a node that Markdown does not know: its type, then its text."""
    attrs = attrs_of(node)
    key = string(attrs.get("extensionKey"))
    text = plain_text([node]) if not children_of(node) else ""
    label = f"[{type_of(node)}: {key}]" if key else f"[{type_of(node)}]"
    return f"{label} {text}" if text else label


def _markdown(text: str) -> Piece:
    return Piece(text, kind="markdown")


def label_of(value: object) -> str:
    """Return what stands in the brackets of a link."""
    return escaped(" ".join(string(value).split("\n")), EDGE, EDGE, in_link=True)


def title_of(text: str) -> str:
    """Return the title of a link with the blank before it, "" for an empty one."""
    quoted_text = re.sub(r'\\(?=[!-/:-@\[-`{-~]|$)|&(?=#?\w{1,40};)|"', r"\\\g<0>", " ".join(text.split()))
    return f' "{quoted_text}"' if quoted_text else ""


def _emoji(attrs: dict[str, object], exact: bool) -> Piece:
    short_name, text = string(attrs["shortName"]), string(attrs.get("text"))
    if text and not exact and not text.startswith(":"):
        return Piece(text.replace("\n", " "))
    identity = string(attrs.get("id"))
    address = quoted(short_name) + (f"/{quoted(identity)}" if identity else "")
    return _markdown(f"[{label_of(text)}](emoji:{address})")


def _card(attrs: dict[str, object]) -> Iterator[Piece]:
    url, name = string(attrs.get("url")), ""
    data = attrs.get("data")
    if not url and isinstance(data, dict):
        url, name = (string(attrs_of({"attrs": data}).get(key)) for key in ("url", "name"))
    elif WEB_ADDRESS.fullmatch(url):
        yield _markdown(f"<{url}>")
        return
    marks: list[Node] = [{"type": "link", "attrs": {"href": url}}]
    yield from _text_pieces({"type": "text", "text": name or url or "[inlineCard]", "marks": marks}, False)


def picture_pieces(media: Node, caption: str = "") -> Iterator[Piece]:
    """Yield a picture or file as Markdown's image, within its link if it has one.

    A picture that is neither on the web nor one of ours is a link, or just its description.
    """
    attrs = attrs_of(media)
    alt, url, identity = (string(attrs.get(key)) for key in ("alt", "url", "id"))
    if identity and attrs.get("type") != "external":
        shown = f"![{label_of(alt)}]({attachment(attrs)}{title_of(caption)})"
    elif scheme_of(url) in ("http", "https"):
        shown = f"![{label_of(alt)}]({destination(url.strip())}{title_of(caption)})"
    else:
        marks: list[Node] = [{"type": "link", "attrs": {"href": url}}]
        known = "" if is_script_link(url) else url
        text = " ".join(" ".join(part for part in (alt or known or f"[{type_of(media)}]", caption) if part).split("\n"))
        yield from _text_pieces({"type": "text", "text": text, "marks": marks if known else []}, False)
        return
    links = [mark for mark in marks_of(media) if mark["type"] == "link"]
    href = string(attrs_of(links[0]).get("href")).strip() if links else ""
    yield _markdown(f"[{shown}]({destination(href)})" if href and may_link(href) else shown)


def attachment(attrs: dict[str, object]) -> str:
    """Return the address that stands for a file of the site."""
    collection = string(attrs.get("collection"))
    return f"attachment:{quoted(string(attrs.get('id')))}" + (f"?collection={quoted(collection)}" if collection else "")


def file_link(media: Node) -> str:
    """Return a file as a link."""
    attrs = attrs_of(media)
    return f"[{label_of(attrs.get('alt'))}]({attachment(attrs)})"


def may_link(href: str) -> bool:
    """Whether a link can be said in Markdown so that it is read as that link."""
    return is_of_dialect(href) or (is_markdown_link(href) and scheme_of(href) not in OWN_SCHEMES)


def _text_pieces(node: Node, exact: bool) -> Iterator[Piece]:
    text = string(node.get("text"))
    marks: set[Mark] = set()
    kind, note = "text", ""
    for mark in marks_of(node):
        type_, attrs = mark["type"], attrs_of(mark)
        if type_ in ("strong", "em", "strike", "underline"):
            marks.add((type_, "", ""))
        elif isinstance(mark, Finished):
            marks.add(("tag", mark["open"], mark["close"]))
        elif type_ == "subsup" and attrs.get("type") in ("sub", "sup"):
            marks = {known for known in marks if known[0] != "subsup"} | {(type_, str(attrs["type"]), "")}
        elif type_ == "code":
            kind = "code"
        elif type_ == "link":
            href = string(attrs.get("href")).strip()
            marks = {known for known in marks if known[0] != "link"}
            if href and may_link(href):
                marks.add((type_, href, " ".join(string(attrs.get("title")).split())))
            elif href and not exact and not is_script_link(href):
                note = f" ({href})"
    if kind == "code":
        marks = {mark for mark in marks if mark[0] == "link"}
    yield from _lines(text, frozenset(marks), kind)
    if note:
        yield from _lines(note, frozenset(), "text")


def _lines(text: str, marks: frozenset[Mark], kind: str) -> Iterator[Piece]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield Piece("", kind="break")
        if line:
            yield Piece(line, marks, kind)
