"""How the clauses of a query are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

ClauseT = TypeVar("ClauseT")


@dataclass(frozen=True, slots=True)
class Not(Generic[ClauseT]):
    """The opposite of a condition."""

    part: Condition[ClauseT]


@dataclass(frozen=True, slots=True)
class And(Generic[ClauseT]):
    """Conditions that must all hold."""

    parts: tuple[Condition[ClauseT], ...]


@dataclass(frozen=True, slots=True)
class Or(Generic[ClauseT]):
    """Conditions of which one must hold."""

    parts: tuple[Condition[ClauseT], ...]


Condition: TypeAlias = ClauseT | Not[ClauseT] | And[ClauseT] | Or[ClauseT]
"""A clause, or several that are joined."""
