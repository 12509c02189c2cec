"""ADF's inline nodes to Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from atlassian_kit.adf.escaping import EDGE, binds, code_span, escaped, stands_alone, with_addresses
from atlassian_kit.adf.links import OWN_SCHEMES, destination, is_markdown_link, joins_address, quoted
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

_DELIMITERS: Final = {"strong": ("**", "b"), "em": ("*", "i"), "strike": ("~~", "s")}
_ORDER: Final = ("link", "underline", "subsup", "strong", "em", "strike")
_STATUS_COLOURS: Final = re.compile("neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6}", re.ASCII)
_WEB_ADDRESS: Final = re.compile(r"https?://[^<>\[\]\s\x00-\x20\x7f]+", re.IGNORECASE)
_MAIL_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Piece:
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


def inline_markdown(nodes: list[Node], *, breaks: str = "\\\n", exact: bool = False) -> str:
    """Return inline nodes as Markdown.

    `breaks` is what stands for a hard break. By default blanks at the ends of lines and marks on
    blanks are dropped; `exact` keeps them, with HTML tags where Markdown has no other way.
    """
    pieces = _merged([piece for node in nodes for piece in _pieces(node, exact)])
    if not exact:
        pieces = _merged(list(_unmarked_blanks(pieces)))
        pieces = _trimmed(pieces)
    return _Renderer(breaks, exact).render(_framed(pieces), frozenset())


def _pieces(node: Node, exact: bool) -> Iterator[_Piece]:
    type_, attrs = type_of(node), attrs_of(node)
    if type_ == "text":
        yield from _text_pieces(node, exact)
    elif type_ == "hardBreak":
        yield _Piece("", kind="break")
    elif type_ == "mention" and string(attrs.get("id")):
        yield _markdown(f"[{_label(attrs.get('text'))}](mention:{quoted(string(attrs['id']))})")
    elif type_ == "status" and string(attrs.get("text")):
        colour = string(attrs.get("color"))
        colour = colour if _STATUS_COLOURS.fullmatch(colour) else "neutral"
        yield _markdown(f"[{_label(attrs['text'])}](status:{colour})")
    elif type_ == "date" and iso_date(attrs.get("timestamp")):
        day, timestamp = iso_date(attrs["timestamp"]), string(attrs["timestamp"])
        yield _markdown(f"[{day}](date:{day if timestamp_of(day) == timestamp else timestamp})")
    elif type_ == "emoji" and string(attrs.get("shortName")):
        yield _emoji(attrs, exact)
    elif type_ == "inlineCard":
        yield from _card(attrs)
    elif type_ == "mediaInline":
        yield _markdown(picture(node))
    else:
        yield from _lines(named(node), frozenset(), "text")


def named(node: Node) -> str:
    """Return what stands for a node that Markdown does not know: its type, then its text."""
    attrs = attrs_of(node)
    key = string(attrs.get("extensionKey"))
    text = plain_text([node]) if not children_of(node) else ""
    label = f"[{type_of(node)}: {key}]" if key else f"[{type_of(node)}]"
    return f"{label} {text}" if text else label


def _markdown(text: str) -> _Piece:
    return _Piece(text, kind="markdown")


def _label(value: object) -> str:
    return escaped(" ".join(string(value).split("\n")), EDGE, EDGE, in_link=True)


def _title(text: str) -> str:
    quoted_text = re.sub(r'\\(?=[!-/:-@\[-`{-~]|$)|&(?=#?\w{1,40};)|"', r"\\\g<0>", " ".join(text.split()))
    return f' "{quoted_text}"' if quoted_text else ""


def _emoji(attrs: dict[str, object], exact: bool) -> _Piece:
    short_name, text = string(attrs["shortName"]), string(attrs.get("text"))
    if text and not exact and not text.startswith(":"):
        return _Piece(text.replace("\n", " "))
    identity = string(attrs.get("id"))
    address = quoted(short_name) + (f"/{quoted(identity)}" if identity else "")
    return _markdown(f"[{_label(text)}](emoji:{address})")


def _card(attrs: dict[str, object]) -> Iterator[_Piece]:
    url, name = string(attrs.get("url")), ""
    data = attrs.get("data")
    if not url and isinstance(data, dict):
        url, name = (string(attrs_of({"attrs": data}).get(key)) for key in ("url", "name"))
    elif _WEB_ADDRESS.fullmatch(url):
        yield _markdown(f"<{url}>")
        return
    marks: list[Node] = [{"type": "link", "attrs": {"href": url}}]
    yield from _text_pieces({"type": "text", "text": name or url or "[inlineCard]", "marks": marks}, False)


def picture(media: Node, caption: str = "") -> str:
    """Return a picture or file as Markdown's image, within its link if it has one.

    A picture that is neither on the web nor one of ours is a link, or just its description.
    """
    attrs = attrs_of(media)
    alt, url, identity = (string(attrs.get(key)) for key in ("alt", "url", "id"))
    if identity and attrs.get("type") != "external":
        shown = f"![{_label(alt)}]({attachment(attrs)}{_title(caption)})"
    elif scheme_of(url) in ("http", "https"):
        shown = f"![{_label(alt)}]({destination(url.strip())}{_title(caption)})"
    else:
        marks: list[Node] = [{"type": "link", "attrs": {"href": url}}]
        known = "" if is_script_link(url) else url
        text = " ".join(part for part in (alt or known or f"[{type_of(media)}]", caption) if part)
        return inline_markdown([{"type": "text", "text": text, "marks": marks if known else []}])
    links = [mark for mark in marks_of(media) if mark["type"] == "link"]
    href = string(attrs_of(links[0]).get("href")).strip() if links else ""
    return f"[{shown}]({destination(href)})" if href and _may_link(href) else shown


def attachment(attrs: dict[str, object]) -> str:
    """Return the address that stands for a file of the site."""
    collection = string(attrs.get("collection"))
    return f"attachment:{quoted(string(attrs.get('id')))}" + (f"?collection={quoted(collection)}" if collection else "")


def file_link(media: Node) -> str:
    """Return a file as a link."""
    attrs = attrs_of(media)
    return f"[{_label(attrs.get('alt'))}]({attachment(attrs)})"


def _may_link(href: str) -> bool:
    return is_markdown_link(href) and scheme_of(href) not in OWN_SCHEMES


def _text_pieces(node: Node, exact: bool) -> Iterator[_Piece]:
    text = string(node.get("text"))
    marks: set[Mark] = set()
    kind, note = "text", ""
    for mark in marks_of(node):
        type_, attrs = mark["type"], attrs_of(mark)
        if type_ in ("strong", "em", "strike", "underline"):
            marks.add((type_, "", ""))
        elif type_ == "subsup" and attrs.get("type") in ("sub", "sup"):
            marks = {known for known in marks if known[0] != "subsup"} | {(type_, str(attrs["type"]), "")}
        elif type_ == "code":
            kind = "code"
        elif type_ == "link":
            href = string(attrs.get("href")).strip()
            marks = {known for known in marks if known[0] != "link"}
            if href and _may_link(href):
                marks.add((type_, href, " ".join(string(attrs.get("title")).split())))
            elif href and not exact and not is_script_link(href):
                note = f" ({href})"
    if kind == "code":
        marks = {mark for mark in marks if mark[0] == "link"}
    yield from _lines(text, frozenset(marks), kind)
    if note:
        yield from _lines(note, frozenset(), "text")


def _lines(text: str, marks: frozenset[Mark], kind: str) -> Iterator[_Piece]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield _Piece("", kind="break")
        if line:
            yield _Piece(line, marks, kind)


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    made: list[_Piece] = []
    group: list[str] = []
    for piece in pieces:
        if made and piece.is_text and made[-1].kind == piece.kind and made[-1].marks == piece.marks:
            group.append(piece.text)
            continue
        if len(group) > 1:
            made[-1] = replace(made[-1], text="".join(group))
        made.append(piece)
        group = [piece.text]
    if len(group) > 1:
        made[-1] = replace(made[-1], text="".join(group))
    return made


def _unmarked_blanks(pieces: list[_Piece]) -> Iterator[_Piece]:
    """Take the marks that Markdown cannot put on a blank off those at the ends of marked text."""
    for position, piece in enumerate(pieces):
        marked = {mark for mark in piece.marks if mark[0] in _DELIMITERS}
        core = piece.text.strip(" \t")
        if piece.kind != "text" or not marked or len(core) == len(piece.text):
            yield piece
            continue
        left = _shared(marked, pieces[position - 1] if position else None)
        right = _shared(marked, pieces[position + 1] if position + 1 < len(pieces) else None)
        start = len(piece.text) - len(piece.text.lstrip(" \t"))
        if not core:
            yield replace(piece, marks=piece.marks - (marked - (left & right)))
            continue
        if start:
            yield replace(piece, text=piece.text[:start], marks=piece.marks - (marked - left))
        yield replace(piece, text=core)
        if start + len(core) < len(piece.text):
            yield replace(piece, text=piece.text[start + len(core) :], marks=piece.marks - (marked - right))


def _shared(marked: set[Mark], neighbour: _Piece | None) -> set[Mark]:
    return marked & neighbour.marks if neighbour is not None else set()


def _trimmed(pieces: list[_Piece]) -> list[_Piece]:
    """Drop the blanks at the ends of lines, and the empty lines at both ends."""
    made: list[_Piece] = []
    for piece in pieces:
        if piece.kind == "break":
            if made:
                made.append(piece)
        elif piece.kind == "text" and (not made or made[-1].kind == "break"):
            text = piece.text.lstrip(" \t") if made else piece.text.lstrip()
            if text:
                made.append(replace(piece, text=text))
        else:
            made.append(piece)
    while made and made[-1].kind in ("break", "text"):
        text = made[-1].text.rstrip()
        if text:
            made[-1] = replace(made[-1], text=text)
            break
        made.pop()
    return made


def _framed(pieces: list[_Piece]) -> list[_Piece]:
    """Tell every piece what stands beside it."""
    made: list[_Piece] = []
    joined = False
    for position, piece in enumerate(pieces):
        earlier = pieces[position - 1] if position else None
        # Any markup between two texts also ends an address, but for that of a link, which may be bare.
        joined = (
            earlier is not None
            and earlier.kind == piece.kind == "text"
            and _formats(earlier) == _formats(piece)
            and joins_address(earlier.text, joined)
        )
        later = pieces[position + 1] if position + 1 < len(pieces) else None
        made.append(
            replace(
                piece,
                before=" " if not piece.marks and (earlier is None or earlier.kind == "break") else EDGE,
                after=_after(piece, later),
                preceding=earlier.text[-1:] if earlier is not None and earlier.is_text else "",
                joined=joined,
                following=later.text if later is not None and later.is_text else "",
            )
        )
    return made


def _formats(piece: _Piece) -> set[Mark]:
    return {mark for mark in piece.marks if mark[0] != "link"}


def _after(piece: _Piece, later: _Piece | None) -> str:
    if piece.marks or (later is not None and later.kind != "break"):
        return EDGE
    return " " if later is None else "\n"


class _Renderer:
    def __init__(self, breaks: str, exact: bool) -> None:
        self._breaks = breaks
        self._exact = exact

    def render(self, pieces: list[_Piece], applied: frozenset[Mark]) -> str:
        groups = list(self._groups(pieces, applied))
        out: list[str] = []
        for position, (mark, inner) in enumerate(groups):
            if mark is None:
                out.append(inner)
                continue
            previous = next((text[-1] for text in reversed(out) if text), " ")
            later = groups[position + 1] if position + 1 < len(groups) else None
            following = " " if later is None else later[1][:1] if later[0] is None else "["
            out.append(self._wrapped(mark, inner, previous, following or " "))
        return "".join(out)

    def _groups(self, pieces: list[_Piece], applied: frozenset[Mark]) -> Iterator[tuple[Mark | None, str]]:
        position = 0
        while position < len(pieces):
            piece = pieces[position]
            open_marks = piece.marks - applied
            if not open_marks:
                last = position == len(pieces) - 1
                yield None, self._leaf(piece, any(mark[0] == "link" for mark in applied), last and not applied)
                position += 1
                continue
            ends = {mark: _extent(pieces, position, mark) for mark in open_marks}
            mark = min(open_marks, key=lambda known: (-ends[known], _rank(known, piece)))
            inside = pieces[position : ends[mark] + 1]
            if mark[0] == "link" and len(inside) == 1 and self._is_bare(inside[0], mark, applied):
                yield None, inside[0].text if _WEB_ADDRESS.match(mark[1]) else f"<{inside[0].text}>"
            else:
                yield mark, self.render(inside, applied | {mark})
            position = ends[mark] + 1

    @staticmethod
    def _is_bare(piece: _Piece, mark: Mark, applied: frozenset[Mark]) -> bool:
        if piece.kind != "text" or mark[2] or piece.marks != applied | {mark}:
            return False
        if mark[1] == "mailto:" + piece.text:
            return _MAIL_ADDRESS.fullmatch(piece.text) is not None
        return mark[1] == piece.text and stands_alone(piece.text, piece.preceding, piece.following, joined=piece.joined)

    def _leaf(self, piece: _Piece, in_link: bool, ends_block: bool) -> str:
        if piece.kind == "markdown":
            return piece.text
        if piece.kind == "break":
            return "<br>" if ends_block else self._breaks
        if piece.kind == "code":
            return code_span(piece.text)
        if in_link:
            return escaped(piece.text, EDGE, EDGE, in_link=True)
        return with_addresses(
            piece.text,
            piece.before,
            piece.after,
            preceding=piece.preceding,
            following=piece.following,
            joined=piece.joined,
            keep=not self._exact,
        )

    @staticmethod
    def _wrapped(mark: Mark, inner: str, previous: str, following: str) -> str:
        kind, value, title = mark
        if kind == "link":
            return f"[{inner}]({destination(value)}{_title(title)})"
        if kind == "underline":
            return f"<u>{inner}</u>"
        if kind == "subsup":
            return f"<{value}>{inner}</{value}>"
        delimiter, tag = _DELIMITERS[kind]
        if binds(delimiter, inner, previous, following):
            return f"{delimiter}{inner}{delimiter}"
        return f"<{tag}>{inner}</{tag}>"


def _rank(mark: Mark, piece: _Piece) -> int:
    """Return how far inside a mark stands among others of the same extent; a bare address is innermost."""
    is_address = mark[0] == "link" and mark[1].removeprefix("mailto:") == piece.text
    return len(_ORDER) if is_address else _ORDER.index(mark[0])


def _extent(pieces: list[_Piece], start: int, mark: Mark) -> int:
    """Return the position of the last piece that a mark reaches without interruption."""
    last = start
    for position in range(start + 1, len(pieces)):
        piece = pieces[position]
        if mark in piece.marks:
            last = position
        elif piece.is_text or (mark[0] == "link" and piece.kind == "markdown"):
            break
    return last
