"""The marks of inline comments in a body: set, found, and taken away."""

from __future__ import annotations

from confluence_mcp.sandbox.markup import MARKER, Source, scan

_SPACES = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\N{NO-BREAK SPACE}": " "})


def matches(source: Source, selection: str) -> list[tuple[int, int]]:
    """Where the words of a selection are: the places in the joined text of the pieces."""
    text = "".join("\n" * len(each.text) if each.start == each.end else _plain(each.text) for each in source.pieces)
    wanted, found = _plain(selection), list[tuple[int, int]]()
    at = text.find(wanted) if wanted.strip() else -1
    while at >= 0:
        found.append((at, at + len(wanted)))
        at = text.find(wanted, at + len(wanted))
    return found


def marked(source: Source, match: tuple[int, int], reference: str) -> str:
    """The body with a match marked, piece by piece where it goes over the ends of elements."""
    spans: list[tuple[int, int]] = []
    at = 0
    for piece in source.pieces:
        first, last = max(match[0] - at, 0), min(match[1] - at, len(piece.text))
        at += len(piece.text)
        if first >= last or piece.start == piece.end:
            continue
        start, end = piece.start, piece.end
        if piece.plain:
            start = piece.start + len(piece.text[:first].encode())
            end = piece.start + len(piece.text[:last].encode())
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    changes: list[tuple[int, int, str]] = []
    for start, end in spans:
        words = source.content[start:end].decode()
        changes.append((start, end, f'<{MARKER} ac:ref="{reference}">{words}</{MARKER}>'))
    return source.replaced(changes)


def references_in(source: Source) -> set[str]:
    """The references of the marks around some words."""
    return {
        each.attributes.get("ac:ref", "")
        for each in source.named(MARKER)
        if any(
            piece.text.strip() and each.inner_start <= piece.start < each.inner_end
            for piece in source.pieces
            if piece.start != piece.end
        )
    }


def unmarked(body: str, reference: str) -> str:
    """The body without the marks of one comment; the words stay."""
    source = scan(body)
    changes: list[tuple[int, int, str]] = []
    for each in source.named(MARKER):
        if each.attributes.get("ac:ref") == reference:
            changes += [(each.start, each.inner_start, ""), (each.inner_end, each.end, "")]
    return source.replaced(changes)


def _plain(text: str) -> str:
    return text.translate(_SPACES)
