"""Words of texts, and whether they are meant by the words of a query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_mcp.sandbox.search.grammar import Term

_TOKEN = re.compile(r"<(?P<mention>[@#!][^>|]+)(?:\|[^>]*)?>|\w+")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_ENDINGS = ("ing", "ies", "ed", "es", "s", "y", "e")
_SHORTEST_STEM = 4
_BEGIN, _END = "\ue000", "\ue001"
_ASKING = (
    " a about an and any are as at be been by can did do does for from had has have how i in is it its me my of on or"
    " our please show tell that the their there they this to was we were what when where which who why will with"
    " you your "
)


def tokens(text: str) -> list[str]:
    """The words of a text in lower case; a mention counts as a word, such as <@u123>."""
    plain = _ENTITY.sub(" ", text)
    return [
        f"<{found['mention'].lower()}>" if found["mention"] else found[0].casefold() for found in _TOKEN.finditer(plain)
    ]


def stem(word: str) -> str:
    """A word without its ending, so that "deployed" finds "deploys"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def telling(word: str) -> bool:
    """Whether a word of a question says what the question is about."""
    return f" {word} " not in _ASKING


def count(term: Term, words: Sequence[str], stems: Sequence[str]) -> int:
    """How often a term occurs in a text that has these words and these stems of them."""
    if len(term.words) == 1 and not term.exact:
        if term.prefix:
            return sum(word.startswith(term.words[0]) for word in words)
        return stems.count(stem(term.words[0]))
    width = len(term.words)
    last = term.words[-1]
    return sum(
        tuple(words[at : at + width - 1]) == term.words[:-1]
        and (words[at + width - 1].startswith(last) if term.prefix else words[at + width - 1] == last)
        for at in range(len(words) - width + 1)
    )


def highlighted(text: str, terms: Sequence[Term]) -> str:
    """A text with marks around the words that were looked for."""
    wanted = {stem(word) for term in terms for word in term.words}

    def mark(found: re.Match[str]) -> str:
        if found["mention"] or stem(found[0].casefold()) not in wanted:
            return found[0]
        return f"{_BEGIN}{found[0]}{_END}"

    return _TOKEN.sub(mark, text)
