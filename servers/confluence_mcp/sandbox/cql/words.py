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
from typing import Final, Protocol

from sandbox_kit.query_language.words import Wish, read_wishes, stem, stems_of, wildcard_pattern, words_of

from .errors import CqlError

_PIECE: Final = re.compile(r'[+\-!]?"[^"]*"(?:~\d+)?|[()]|[^\s"()]+')
_MODIFIER: Final = re.compile(r"(?:~[\d.]*|\^[\d.]+)$")
_TITLE_WEIGHT: Final = 4.0
_LABEL_WEIGHT: Final = 2.0


class TextIndex:
    """The words of one text."""

    def __init__(self, text: str) -> None:
        words = words_of(text.casefold())
        self.words = frozenset(words)
        self.stems = stems_of(words)
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
class TextQuery:
    """What a text is searched for: groups of terms, of which one group has to be met as a whole."""

    groups: tuple[tuple[Wish[Term], ...], ...]

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
    return TextQuery(read_wishes(_pieces(query), _term, _misplaced))


def _misplaced(operator: str) -> CqlError:
    return CqlError(f"{operator} joins nothing." if operator else "The text ends in an operator.")


def _pieces(query: str) -> Iterable[str]:
    return (piece for piece in _PIECE.findall(query) if piece not in "()")


def _term(body: str) -> Term | None:
    """One term; None if there is nothing in it to look for."""
    body = _MODIFIER.sub("", body)
    if body[:1] in {"*", "?"}:
        raise CqlError(f"'{body}' begins with a wildcard.")
    if not body.startswith('"') and ("*" in body or "?" in body):
        return _wildcard(body.casefold())
    stems = stems_of(words_of(body.casefold()))
    return _Words(stems) if stems else None


def _wildcard(body: str) -> Term | None:
    """`deploy*` and `t?st`: whole words as they are written, without regard to their ending."""
    pattern = wildcard_pattern(body)
    return _Wildcard(re.compile(pattern)) if pattern else None
