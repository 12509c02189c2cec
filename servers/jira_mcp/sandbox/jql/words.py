"""Text search: the small language inside `summary ~ "…"`.

Follows Atlassian's reference "Search syntax for text fields": words are joined by AND; OR, NOT, + and - work;
"exact phrases"; `?` and `*` inside a word, not at its start. Words are compared without case and ending (a light
stemmer, not Lucene's), and the commonest English words are left out on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .errors import JqlError

TextTest = Callable[[str], bool]
"""Whether a text matches; it must be casefolded."""

_WORD: Final = re.compile(r"\w+")
_PIECE: Final = re.compile(r'[+\-!]?"[^"]*"|[^\s"]+')
_SUFFIX: Final = re.compile(r"(?:ing|edly|ed)$")
_VOWEL: Final = re.compile(r"[aeiouy]")
_IGNORED: Final = frozenset(
    _WORD.findall(
        """
        a an and are as at be but by for if in into is it no not of on or such that the their then there
        these they this to was will with
        """
    )
)


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    """The word without its English ending: always one of its own beginnings."""
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


def text_test(query: str, field: str) -> TextTest:
    """The test that `field ~ "query"` makes of one text; JqlError where Jira refuses the query."""
    unreadable = JqlError(f"Unable to parse the text '{query}' for field '{field}'.")
    if not query.strip():
        raise JqlError(f"The field '{field}' does not support searching for an empty string.")
    if query.count('"') % 2:
        raise unreadable
    groups: list[list[_Term]] = [[]]
    negative = False
    operator_pending = True
    for piece in _pieces(query):
        if piece in {"AND", "OR", "NOT"}:
            if piece != "NOT" and operator_pending:
                raise unreadable
            operator_pending = True
            negative = piece == "NOT"
            if piece == "OR":
                groups.append([])
            continue
        operator_pending = False
        sign = piece[0] if piece[0] in "+-!" else ""
        body = piece[len(sign) :]
        if body[:1] in {"*", "?"}:
            raise JqlError(f"The text '{body}' for field '{field}' is not allowed to start with character '{body[0]}'.")
        test = _term_test(body)
        if test:
            groups[-1].append(_Term(test, negative or sign in {"-", "!"}))
        negative = False
    if operator_pending or not any(groups):
        raise unreadable
    return _any_group([tuple(group) for group in groups if group])


@dataclass(frozen=True, slots=True)
class _Term:
    test: TextTest
    negative: bool


def _pieces(query: str) -> Iterable[str]:
    return _PIECE.findall(query)


def _any_group(groups: list[tuple[_Term, ...]]) -> TextTest:
    def test(text: str) -> bool:
        for group in groups:
            for term in group:
                if term.test(text) is term.negative:
                    break
            else:
                return True
        return False

    return test


def _term_test(body: str) -> TextTest | None:
    """The test of one term; None if there is nothing in it to look for."""
    if not body.startswith('"') and ("*" in body or "?" in body):
        return _wildcard_test(body.casefold())
    words = _significant(_WORD.findall(body.casefold()))
    if not words:
        return None
    return _word_test(words[0]) if len(words) == 1 else _phrase_test(words)


def _significant(words: Iterable[str]) -> list[str]:
    return [_stem(word) for word in words if word not in _IGNORED]


def _word_test(root: str) -> TextTest:
    candidates = re.compile(rf"(?<!\w){re.escape(root)}\w*")

    def test(text: str) -> bool:
        # Most texts lack the word: the plain search rules them out many times faster than the pattern.
        return root in text and any(_stem(word) == root for word in candidates.findall(text))

    return test


def _phrase_test(roots: list[str]) -> TextTest:
    phrase = " ".join(("", *roots, ""))

    def test(text: str) -> bool:
        if not all(root in text for root in roots):
            return False
        return phrase in " ".join(("", *_significant(_WORD.findall(text)), ""))

    return test


def _wildcard_test(body: str) -> TextTest | None:
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
    pattern = re.compile(rf"(?<!\w){parts[0]}{middle}{last}(?!\w)")
    return lambda text: pattern.search(text) is not None
