"""Text search: the small language inside `text ~ "…"`, relevance, and where the hits are.

Follows Atlassian's references "Performing text searches using CQL" and "Confluence search syntax": words are joined
by AND; OR, NOT, + and - work; "exact phrases"; `?` and `*` inside a word, not at its start. Words are compared
without case and ending (a light stemmer, not Lucene's), and the commonest English words are left out on both sides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from .errors import CqlError

_WORD: Final = re.compile(r"\w+")
_PIECE: Final = re.compile(r'[+\-!]?"[^"]*"(?:~\d+)?|[()]|[^\s"()]+')
_MODIFIER: Final = re.compile(r"(?:~[\d.]*|\^[\d.]+)$")
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
_TITLE_WEIGHT: Final = 4.0
_LABEL_WEIGHT: Final = 2.0


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


class TextIndex:
    """The words of one text."""

    def __init__(self, text: str) -> None:
        words = _WORD.findall(text.casefold())
        self.words = frozenset(words)
        self.stems = tuple(stem(word) for word in words if word not in _IGNORED)
        self.counts = Counter(self.stems)
        self.phrase = " ".join(("", *self.stems, ""))


class Term(Protocol):
    """One thing to look for."""

    def count(self, index: TextIndex, /) -> int:
        """How often it is in a text."""
        ...

    def hits(self, word: str, /) -> bool:
        """Whether a casefolded word is (a part of) it."""
        ...


@dataclass(frozen=True, slots=True)
class _Words:
    stems: tuple[str, ...]

    def count(self, index: TextIndex, /) -> int:
        if len(self.stems) == 1:
            return index.counts[self.stems[0]]
        return index.phrase.count(" ".join(("", *self.stems, "")))

    def hits(self, word: str, /) -> bool:
        return stem(word) in self.stems


@dataclass(frozen=True, slots=True)
class _Wildcard:
    pattern: re.Pattern[str]

    def count(self, index: TextIndex, /) -> int:
        return sum(1 for word in index.words if self.pattern.fullmatch(word))

    def hits(self, word: str, /) -> bool:
        return self.pattern.fullmatch(word) is not None


@dataclass(frozen=True, slots=True)
class _Wish:
    term: Term
    negative: bool


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What a text is searched for: groups of terms, of which one group has to be met as a whole."""

    groups: tuple[tuple[_Wish, ...], ...]

    def matches(self, texts: Mapping[str, TextIndex]) -> bool:
        """Whether the texts of a document, taken together, meet the query."""
        return any(
            all(any(wish.term.count(index) for index in texts.values()) is not wish.negative for wish in group)
            for group in self.groups
        )

    def score(self, texts: Mapping[str, TextIndex]) -> float:
        """How well they meet it: a hit in the title weighs more than in labels, and there more than in the body."""
        total = 0.0
        for term in self.terms():
            for name, index in texts.items():
                count = term.count(index)
                if count and name == "title":
                    total += _TITLE_WEIGHT / (1 + math.log(1 + len(index.stems)))
                elif count and name == "labels":
                    total += _LABEL_WEIGHT
                elif count:
                    total += (1 + math.log(count)) / (1 + math.log(1 + len(index.stems)))
        return total

    def terms(self) -> Iterator[Term]:
        """What is looked for, without what must be absent."""
        return (wish.term for group in self.groups for wish in group if not wish.negative)


def read_text_query(query: str) -> TextQuery:
    """Read the text of `~`; CqlError where Confluence refuses it."""
    if not query.strip():
        raise CqlError("The text to search for is empty.")
    if query.count('"') % 2:
        raise CqlError("A quotation mark is missing.")
    groups: list[list[_Wish]] = [[]]
    negative, operator_pending = False, True
    for piece in _pieces(query):
        if piece in {"AND", "OR", "NOT"}:
            if piece != "NOT" and operator_pending:
                raise CqlError(f"{piece} joins nothing.")
            operator_pending, negative = True, piece == "NOT"
            if piece == "OR":
                groups.append([])
            continue
        operator_pending = False
        sign = piece[0] if piece[0] in "+-!" else ""
        term = _term(piece[len(sign) :])
        if term:
            groups[-1].append(_Wish(term, negative or sign in {"-", "!"}))
        negative = False
    if operator_pending:
        raise CqlError("The text ends in an operator.")
    return TextQuery(tuple(tuple(group) for group in groups if group))


def _pieces(query: str) -> Iterable[str]:
    return (piece for piece in _PIECE.findall(query) if piece not in "()")


def _term(body: str) -> Term | None:
    """One term; None if there is nothing in it to look for."""
    body = _MODIFIER.sub("", body)
    if body[:1] in {"*", "?"}:
        raise CqlError(f"'{body}' begins with a wildcard.")
    if not body.startswith('"') and ("*" in body or "?" in body):
        return _wildcard(body.casefold())
    stems = tuple(stem(word) for word in _WORD.findall(body.casefold()) if word not in _IGNORED)
    return _Words(stems) if stems else None


def _wildcard(body: str) -> Term | None:
    """`deploy*` and `t?st`: whole words as they are written, without regard to their ending."""
    parts = [
        "".join(r"\w" if character == "?" else re.escape(character) for character in part)
        for part in re.split(r"\*+", re.sub(r"[^\w*?]", "", body))
    ]
    if not any(parts):
        return None
    # Atomic groups: with plain ones, many stars in one query would make the search exponential.
    middle = "".join(rf"(?>\w*?{part})" for part in parts[1:-1])
    last = rf"\w*{parts[-1]}" if len(parts) > 1 else ""
    return _Wildcard(re.compile(f"{parts[0]}{middle}{last}"))
