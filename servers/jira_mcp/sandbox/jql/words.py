"""Text search: the small language inside `summary ~ "…"`.

Follows Atlassian's reference "Search syntax for text fields": words are joined by AND; OR, NOT, + and - work;
"exact phrases"; `?` and `*` inside a word, not at its start. Words are compared without case and ending (a light
stemmer, not Lucene's), and the commonest English words are left out on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from sandbox_kit.query_language.words import Wish, read_wishes, stem, stems_of, wildcard_pattern, words_of

from .errors import JqlError

TextTest = Callable[[str], bool]
"""Whether a text matches; it must be casefolded."""

_PIECE: Final = re.compile(r'[+\-!]?"[^"]*"|[^\s"]+')


def text_test(query: str, field: str) -> TextTest:
    """The test that `field ~ "query"` makes of one text; JqlError where Jira refuses the query."""
    unreadable = JqlError(f"Unable to parse the text '{query}' for field '{field}'.")
    if not query.strip():
        raise JqlError(f"The field '{field}' does not support searching for an empty string.")
    if query.count('"') % 2:
        raise unreadable

    def term(body: str) -> TextTest | None:
        if body[:1] in {"*", "?"}:
            first = body[0]
            raise JqlError(f"The text '{body}' for field '{field}' is not allowed to start with character '{first}'.")
        return _term_test(body)

    groups = read_wishes(_PIECE.findall(query), term, lambda _: unreadable)
    if not groups:
        raise unreadable
    return _any_group(groups)


def _any_group(groups: Iterable[tuple[Wish[TextTest], ...]]) -> TextTest:
    def test(text: str) -> bool:
        for group in groups:
            for wish in group:
                if wish.term(text) is wish.negative:
                    break
            else:
                return True
        return False

    return test


def _term_test(body: str) -> TextTest | None:
    """The test of one term; None if there is nothing in it to look for."""
    if not body.startswith('"') and ("*" in body or "?" in body):
        return _wildcard_test(body.casefold())
    words = stems_of(words_of(body.casefold()))
    if not words:
        return None
    return _word_test(words[0]) if len(words) == 1 else _phrase_test(words)


def _word_test(root: str) -> TextTest:
    candidates = re.compile(rf"(?<!\w){re.escape(root)}\w*")

    def test(text: str) -> bool:
        # Most texts lack the word: the plain search rules them out many times faster than the pattern.
        return root in text and any(stem(word) == root for word in candidates.findall(text))

    return test


def _phrase_test(roots: tuple[str, ...]) -> TextTest:
    phrase = " ".join(("", *roots, ""))

    def test(text: str) -> bool:
        if not all(root in text for root in roots):
            return False
        return phrase in " ".join(("", *stems_of(words_of(text)), ""))

    return test


def _wildcard_test(body: str) -> TextTest | None:
    """`deploy*` and `t?st`: whole words as they are written, without regard to their ending."""
    source = wildcard_pattern(body)
    if not source:
        return None
    pattern = re.compile(rf"(?<!\w){source}(?!\w)")
    return lambda text: pattern.search(text) is not None
