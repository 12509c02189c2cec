"""Conditions and keys of order as lark's tree gives them. Importing this loads lark: it waits for the first query."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from lark import (
    Token,
    Transformer,
    v_args,  # pyright: ignore[reportUnknownVariableType] # lark leaves the wrapper's type open
)

from sandbox_kit.query_language.conditions import And, ClauseT, Condition, Not, Or

KeyT = TypeVar("KeyT")
SyntaxT = TypeVar("SyntaxT")


class Parser(Protocol):
    """What of lark's parser is used: with a transformer, it gives what the transformer makes of the tree."""

    def parse(self, text: str) -> object: ...


class Builder(Transformer[Token, SyntaxT], Generic[ClauseT, KeyT, SyntaxT]):
    """Makes conditions and keys of order out of lark's tree; the languages add their clauses and keys."""

    def disjunction(self, *parts: Condition[ClauseT]) -> Or[ClauseT]:
        """Conditions that OR joins."""
        return Or(parts)

    def conjunction(self, *parts: Condition[ClauseT]) -> And[ClauseT]:
        """Conditions that AND joins."""
        return And(parts)

    def negation(self, part: Condition[ClauseT]) -> Not[ClauseT]:
        """A condition after NOT."""
        return Not(part)

    def arguments(self, *arguments: str) -> tuple[str, ...]:
        """What is in the parentheses of a function."""
        return arguments

    def ordering(self, *keys: KeyT) -> tuple[KeyT, ...]:
        """What is after ORDER BY."""
        return keys


v_args(inline=True)(Builder)  # not as a decorator: lark's types would hide the class
