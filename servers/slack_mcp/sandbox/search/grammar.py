"""Queries as people write them into Slack's search field.

slack.com/help/articles/202528808-Search-in-Slack: words, "phrases", prefix*, and modifiers such as from:@ann or
has:pin; a dash in front turns each into its opposite.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slack_mcp.sandbox.search.words import tokens

_MODIFIERS = ("from", "to", "in", "with", "before", "after", "on", "during", "hasmy", "has", "is", "type", "creator")
_PART = re.compile(
    rf"(?P<minus>-)?(?:(?P<name>{'|'.join(_MODIFIERS)}):(?P<value>\"[^\"]*\"|\S+)|\"(?P<phrase>[^\"]*)\"?|(?P<word>\S+))",
    re.IGNORECASE,
)
_SHORTEST_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side. `exact` ones were quoted; with `prefix` the last is the beginning of a word."""

    words: tuple[str, ...]
    exact: bool = False
    prefix: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Modifier:
    """A condition such as in:#general."""

    name: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What has to be in a message, and what else has to be true of it."""

    terms: tuple[Term, ...]
    modifiers: tuple[Modifier, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that have to be there."""
        return tuple(each for each in self.terms if not each.negated)


def parse(text: str) -> Query:
    """Read a query. Nothing is refused: what means nothing is looked for as text."""
    terms: list[Term] = []
    modifiers: list[Modifier] = []
    for found in _PART.finditer(text):
        negated = bool(found["minus"])
        if found["name"]:
            modifiers.append(Modifier(found["name"].lower(), found["value"].strip('"'), negated))
            continue
        phrase = found["phrase"]
        words = tuple(tokens(found["word"] if phrase is None else phrase))
        if words:
            prefix = phrase is None and found["word"].endswith("*") and len(words[-1]) >= _SHORTEST_PREFIX
            terms.append(Term(words, phrase is not None or len(words) > 1, prefix, negated))
    return Query(tuple(terms), tuple(modifiers))
