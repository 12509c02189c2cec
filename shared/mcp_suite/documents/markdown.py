"""Pieces of Markdown."""

import re
from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and line breaks in cells are escaped."""
    lines = [_row(columns), _row(["---"] * len(columns))]
    lines += [_row([_cell(value) for value in row]) for row in rows]
    return "\n".join(lines)


def code(text: str) -> str:
    """Text in code type."""
    return f"`{text}`"


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join(text.split("\n\n", 1)[0].split())
    end = re.search(r"\.(?= [A-Z])", paragraph)
    return paragraph[: end.end()] if end else paragraph


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
