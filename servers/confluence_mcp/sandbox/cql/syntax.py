"""What a query says, as the grammar reads it: nothing here is checked against fields or a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox_kit.query_language import conditions

Operator = Literal["=", "!=", "<", ">", "<=", ">=", "~", "!~", "in", "not in"]


@dataclass(frozen=True, slots=True)
class Value:
    """A word or a quoted string."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[str, ...] = ()


Operand = Value | Call


@dataclass(frozen=True, slots=True)
class Clause:
    """One restriction; several operands where the query lists them in parentheses."""

    field: str
    operator: Operator
    operands: tuple[Operand, ...]


Condition: TypeAlias = conditions.Condition[Clause]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field of ORDER BY."""

    field: str
    descending: bool = False
