"""A parsed query: what it says, and how it becomes a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from .context import IssueView, JqlContext
from .fields import FieldCatalog


IssueT = TypeVar("IssueT", bound=IssueView)


class Query:
    """A query that follows the grammar; nothing is known yet about its fields and values."""

    @property
    def is_bounded(self) -> bool:
        """Whether it has a restriction; /search/jql refuses the others with UNBOUNDED."""
        raise NotImplementedError

    def compile(self, catalog: FieldCatalog, context: JqlContext) -> Search:
        """Check fields, operators and values against the site; JqlError lists all that is wrong."""
        raise NotImplementedError


class Search:
    """A query bound to a site, a user and a moment."""

    def matches(self, issue: IssueView) -> bool:
        """Whether the issue meets the restrictions."""
        raise NotImplementedError

    def select(self, issues: Iterable[IssueT]) -> list[IssueT]:
        """The issues that match, in order."""
        raise NotImplementedError


UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


def parse(text: str) -> Query:
    """Read a query; JqlError says where it does not follow the grammar."""
    raise NotImplementedError
