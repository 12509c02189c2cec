"""The piece of a text that a result shows, with its hits marked as Confluence marks them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final, Literal, get_args

from .words import Term

Strategy = Literal["highlight", "indexed", "none", "highlight_unescaped", "indexed_unescaped"]
STRATEGIES: Final[tuple[str, ...]] = get_args(Strategy)

LENGTH: Final = 300
"""Characters of an excerpt, without its marks."""
_LEAD: Final = 80
_WORD: Final = re.compile(r"\w+")
_OPEN, _CLOSE = "@@@hl@@@", "@@@endhl@@@"


def excerpt(text: str, terms: Sequence[Term], strategy: Strategy) -> str:
    """The text around the first hit, or its beginning; escaped as HTML unless the strategy says otherwise."""
    if strategy == "none":
        return ""
    highlights = strategy.startswith("highlight")
    flat = " ".join(text.split())
    piece = _around(flat, terms) if highlights else flat[:LENGTH]
    escaped = not strategy.endswith("_unescaped")
    return mark(piece, terms if highlights else (), escaped=escaped)


def mark(text: str, terms: Sequence[Term], *, escaped: bool = False) -> str:
    """The text with the words that were found between marks."""
    parts: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        if terms and any(term.hits(word.group().casefold()) for term in terms):
            parts += (_plain(text[end : word.start()], escaped), _OPEN, _plain(word.group(), escaped), _CLOSE)
            end = word.end()
    return "".join((*parts, _plain(text[end:], escaped)))


def _plain(text: str, escaped: bool) -> str:
    return html.escape(text, quote=False) if escaped else text


def _around(text: str, terms: Sequence[Term]) -> str:
    for word in _WORD.finditer(text):
        if any(term.hits(word.group().casefold()) for term in terms):
            start = max(0, word.start() - _LEAD)
            if start:  # at a word's beginning
                start = text.find(" ", start, word.start()) + 1 or start
            return text[start : start + LENGTH]
    return text[:LENGTH]
