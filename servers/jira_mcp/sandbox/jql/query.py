"""A parsed query: what it says, and how it becomes a search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .binding import Binder, IssueT, Predicate, Sorter
from .context import IssueView, JqlContext
from .errors import JqlError
from .fields import FieldCatalog
from .syntax import Condition, SortKey

UNBOUNDED: Final = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
"""What /search/jql answers to a query that is not bounded."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that follows the grammar; nothing is known yet about its fields and values."""

    where: Condition | None
    order_by: tuple[SortKey, ...]

    @property
    def is_bounded(self) -> bool:
        """Whether it has a restriction; /search/jql refuses the others with `UNBOUNDED`."""
        return self.where is not None

    def compile(self, catalog: FieldCatalog, context: JqlContext) -> Search:
        """Check fields, operators and values against the site; JqlError lists all that is wrong."""
        binder = Binder(catalog, context)
        predicate = binder.predicate(self.where) if self.where else None
        sorters = [sorter for key in self.order_by if (sorter := binder.sorter(key))]
        if binder.messages:
            raise JqlError(dict.fromkeys(binder.messages))
        return Search(predicate, tuple(sorters))


@dataclass(frozen=True, slots=True)
class Search:
    """A query bound to a site, a user and a moment."""

    predicate: Predicate | None
    sorters: tuple[Sorter, ...]

    def matches(self, issue: IssueView) -> bool:
        """Whether the issue meets the restrictions."""
        return self.predicate is None or self.predicate(issue)

    def select(self, issues: Iterable[IssueT]) -> list[IssueT]:
        """The issues that match, in order.

        Newest first, unless ORDER BY says otherwise. An issue whose field is EMPTY sorts as if its value were
        larger than all others, as in Jira: last when ascending, first when descending.
        """
        found = [issue for issue in issues if self.matches(issue)]
        found.sort(key=lambda issue: int(issue.id), reverse=True)
        for sorter in reversed(self.sorters):
            found.sort(key=sorter.key, reverse=sorter.descending)
        return found


def parse(text: str) -> Query:
    """Read a query; JqlError says where it does not follow the grammar."""
    # Loading lark costs more than answering most requests: only who searches pays for it.
    from .grammar import parse_syntax

    return Query(*parse_syntax(text))
