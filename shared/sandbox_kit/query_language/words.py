"""Text search: the small language inside `text ~ "…"`.

Words are joined by AND; OR, NOT, + and - work; "exact phrases"; `?` and `*` inside a word, not at its start. Words
are compared without case and ending (a light stemmer, not Lucene's), and the commonest English words are left out on
both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

TermT = TypeVar("TermT")

_WORD: Final = re.compile(r"\w+")
_SUFFIX: Final = re.compile(r"(?:ing|edly|ed)$")
_VOWEL: Final = re.compile(r"[aeiouy]")
_IGNORED: Final = frozenset(
    _WORD.findall(
        """
        a an and are as at be but by for if in into is it no not of on or such that the their then there these they
        this to was will with
        """
    )
)


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """The casefolded word without its English ending: always one of its own beginnings."""
    root = word
    if len(root) > 3 and root.endswith("s") and not root.endswith("ss"):
        root = root[:-1]
    shorter = _SUFFIX.sub("", root)
    if shorter != root and len(shorter) >= 3 and _VOWEL.search(shorter):
        root = shorter
        if root[-1] == root[-2] and root[-1] not in "lsz":
            root = root[:-1]
    while len(root) > 3 and root[-1] in "eiy":
        root = root[:-1]
    return root


def words_of(text: str) -> list[str]:
    """The words of a text as they are written."""
    return _WORD.findall(text)


def stems_of(words: Iterable[str]) -> tuple[str, ...]:
    """The stems of casefolded words, without those that are left out."""
    return tuple(stem(word) for word in words if word not in _IGNORED)


@dataclass(frozen=True, slots=True)
class Wish(Generic[TermT]):
    """A term that a text must have or, if `negative`, must not have."""

    term: TermT
    negative: bool


def read_wishes(
    pieces: Iterable[str], read_term: Callable[[str], TermT | None], misplaced: Callable[[str], Exception]
) -> tuple[tuple[Wish[TermT], ...], ...]:
    """Groups of wishes, of which one group has to be met as a whole.

    `read_term` gives None for what there is nothing in to look for; `misplaced` makes the error of an operator (""
    for one at the end of the text) that joins nothing.
    """
    groups: list[list[Wish[TermT]]] = [[]]
    negative, operator_pending = False, True
    for piece in pieces:
        if piece in {"AND", "OR", "NOT"}:
            if piece != "NOT" and operator_pending:
                raise misplaced(piece)
            operator_pending, negative = True, piece == "NOT"
            if piece == "OR":
                groups.append([])
            continue
        operator_pending = False
        sign = piece[0] if piece[0] in "+-!" else ""
        term = read_term(piece[len(sign) :])
        if term:
            groups[-1].append(Wish(term, negative or sign in {"-", "!"}))
        negative = False
    if operator_pending:
        raise misplaced("")
    return tuple(tuple(group) for group in groups if group)


def wildcard_pattern(body: str) -> str:
    """The regular expression of `deploy*` and `t?st`: whole words as they are written, without regard to their ending.

    Empty when there is nothing in it to look for.
    """
    parts = [
        "".join(r"\w" if character == "?" else re.escape(character) for character in part)
        for part in re.split(r"\*+", re.sub(r"[^\w*?]", "", body))
    ]
    if not any(parts):
        return ""
    # Atomic groups: with plain ones, many stars in one query would make the search exponential.
    middle = "".join(rf"(?>\w*?{part})" for part in parts[1:-1])
    last = rf"\w*{parts[-1]}" if len(parts) > 1 else ""
    return f"{parts[0]}{middle}{last}"
