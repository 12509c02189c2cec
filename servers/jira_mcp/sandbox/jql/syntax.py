"""What a query says, as the grammar reads it: nothing here is checked against a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sandbox_kit.query_language import conditions

from .fields import Operator


def quoted(text: str) -> str:
    """The text as a quoted string of JQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Value:
    """A string, or an integer that was not quoted: Jira takes that for an id first."""

    text: str
    is_number: bool = False

    def __str__(self) -> str:
        return self.text if self.is_number else quoted(self.text)


@dataclass(frozen=True, slots=True)
class Empty:
    """EMPTY or NULL."""

    def __str__(self) -> str:
        return "EMPTY"


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Listing:
    """Values in parentheses."""

    items: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.items))})"


Operand = Value | Empty | Call | Listing


@dataclass(frozen=True, slots=True)
class Clause:
    """One restriction."""

    field: str
    operator: Operator
    operand: Operand


Condition: TypeAlias = conditions.Condition[Clause]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field of ORDER BY; `descending` is None where the query gives no direction."""

    field: str
    descending: bool | None = None
