"""ADF's inline nodes to Markdown."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from atlassian_kit.adf.escaping import EDGE, binds, code_span, escaped, stands_alone, with_addresses
from atlassian_kit.adf.links import destination, joins_address
from atlassian_kit.adf.nodes import Node
from atlassian_kit.adf.pieces import WEB_ADDRESS, Mark, Piece, picture_pieces, pieces_of, title_of

_DELIMITERS: Final = {"strong": ("**", "b"), "em": ("*", "i"), "strike": ("~~", "s")}
_ORDER: Final = ("link", "tag", "underline", "subsup", "strong", "em", "strike")
_MAIL_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)


def inline_markdown(nodes: list[Node], *, breaks: str = "\\\n", exact: bool = False) -> str:
    """Return inline nodes as Markdown.

    `breaks` is what stands for a hard break. By default blanks at the ends of lines and marks on
    blanks are dropped; `exact` keeps them, with HTML tags where Markdown has no other way.
    """
    pieces = _merged([piece for node in nodes for piece in pieces_of(node, exact)])
    if not exact:
        pieces = _merged(list(_unmarked_blanks(pieces)))
        pieces = _trimmed(pieces)
    return _Renderer(breaks, exact).render(_framed(pieces), frozenset())


def picture(media: Node, caption: str = "") -> str:
    """Return a picture or file as Markdown, within its link if it has one."""
    return _Renderer("<br>", False).render(_framed(_trimmed(list(picture_pieces(media, caption)))), frozenset())


def _merged(pieces: list[Piece]) -> list[Piece]:
    made: list[Piece] = []
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


def _unmarked_blanks(pieces: list[Piece]) -> Iterator[Piece]:
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


def _shared(marked: set[Mark], neighbour: Piece | None) -> set[Mark]:
    return marked & neighbour.marks if neighbour is not None else set()


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """Drop the blanks at the ends of lines, and the empty lines at both ends."""
    made: list[Piece] = []
    for piece in pieces:
        if piece.kind == "break":
            if made:
                made.append(piece)
        elif piece.kind == "text" and (not made or made[-1].kind == "break"):
            text = piece.text.lstrip(" \t") if made else piece.text.lstrip()
            if text:
                made.append(_with_text(piece, text))
        else:
            made.append(piece)
    while made and made[-1].kind in ("break", "text"):
        text = made[-1].text.rstrip()
        if text:
            made[-1] = _with_text(made[-1], text)
            break
        made.pop()
    return made


def _with_text(piece: Piece, text: str) -> Piece:
    return piece if text == piece.text else replace(piece, text=text)


def _framed(pieces: list[Piece]) -> list[Piece]:
    """Tell every piece what stands beside it."""
    made: list[Piece] = []
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


def _formats(piece: Piece) -> set[Mark]:
    return {mark for mark in piece.marks if mark[0] != "link"}


def _after(piece: Piece, later: Piece | None) -> str:
    if piece.marks or (later is not None and later.kind != "break"):
        return EDGE
    return " " if later is None else "\n"


class _Renderer:
    def __init__(self, breaks: str, exact: bool) -> None:
        self._breaks = breaks
        self._exact = exact

    def render(self, pieces: list[Piece], applied: frozenset[Mark]) -> str:
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

    def _groups(self, pieces: list[Piece], applied: frozenset[Mark]) -> Iterator[tuple[Mark | None, str]]:
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
                yield None, inside[0].text if WEB_ADDRESS.match(mark[1]) else f"<{inside[0].text}>"
            else:
                yield mark, self.render(inside, applied | {mark})
            position = ends[mark] + 1

    @staticmethod
    def _is_bare(piece: Piece, mark: Mark, applied: frozenset[Mark]) -> bool:
        if piece.kind != "text" or mark[2] or piece.marks != applied | {mark}:
            return False
        if mark[1] == "mailto:" + piece.text:
            return _MAIL_ADDRESS.fullmatch(piece.text) is not None
        return mark[1] == piece.text and stands_alone(piece.text, piece.preceding, piece.following, joined=piece.joined)

    def _leaf(self, piece: Piece, in_link: bool, ends_block: bool) -> str:
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
            return f"[{inner}]({destination(value)}{title_of(title)})"
        if kind == "tag":
            return f"{value}{inner}{title}"
        if kind == "underline":
            return f"<u>{inner}</u>"
        if kind == "subsup":
            return f"<{value}>{inner}</{value}>"
        delimiter, tag = _DELIMITERS[kind]
        if binds(delimiter, inner, previous, following):
            return f"{delimiter}{inner}{delimiter}"
        return f"<{tag}>{inner}</{tag}>"


def _rank(mark: Mark, piece: Piece) -> int:
    """Return how far inside a mark stands among others of the same extent; a bare address is innermost."""
    is_address = mark[0] == "link" and mark[1].removeprefix("mailto:") == piece.text
    return len(_ORDER) if is_address else _ORDER.index(mark[0])


def _extent(pieces: list[Piece], start: int, mark: Mark) -> int:
    """Return the position of the last piece that a mark reaches without interruption."""
    last = start
    for position in range(start + 1, len(pieces)):
        piece = pieces[position]
        if mark in piece.marks:
            last = position
        elif piece.is_text or (mark[0] == "link" and piece.kind == "markdown"):
            break
    return last
