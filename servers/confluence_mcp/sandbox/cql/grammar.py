"""From text to syntax. Importing this loads lark: it waits for the first query."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final, cast

from lark import (
    Lark,
    Token,
    v_args,  # pyright: ignore[reportUnknownVariableType] # lark leaves the wrapper's type open
)
from lark.exceptions import UnexpectedInput

from sandbox_kit.query_language.grammar import Builder, Parser

from .errors import CqlError
from .syntax import Call, Clause, Condition, Operand, Operator, SortKey, Value

Syntax = tuple[Condition, tuple[SortKey, ...]]
_Comparison = tuple[Operator, tuple[Operand, ...]]

MAX_LENGTH: Final = 16_384
"""Characters of a query."""
_MAX_DEPTH: Final = 50
_RESERVED: Final = frozenset(
    re.findall(
        r"\w+",
        """
        after and as avg before begin by commit contains count distinct else empty end explain from having if in
        inner insert into is isnull left like limit max min not null or order outer right select sum then was where
        update
        """,
    )
)
"""Words that have to be quoted as values, from the reference "Advanced searching using CQL"."""
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)
_NEGATIONS: Final = re.compile(r"(?:(?:\bnot\b|!(?![=~]))\s*){6}", re.IGNORECASE)


def parse_syntax(text: str) -> Syntax:
    """The condition and the sort keys of a query; CqlError where it follows no rule."""
    if len(text) > MAX_LENGTH:
        raise CqlError(f"The query is longer than {MAX_LENGTH} characters.", text)
    if _is_deep(_QUOTED.sub("", text)):
        raise CqlError(f"The query nests more than {_MAX_DEPTH} levels deep.", text)
    try:
        return cast("Syntax", _parser().parse(text))
    except UnexpectedInput as error:
        raise CqlError(f"Unexpected text at line {error.line}, column {error.column}.", text) from None
    except CqlError as error:  # raised while the tree is built
        raise CqlError(error.detail, text) from None


def _is_deep(text: str) -> bool:
    """Whether parentheses or NOTs stand in one another more often than is good: what follows recurses that deep."""
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth > _MAX_DEPTH:
            return True
    return _NEGATIONS.search(text) is not None


@v_args(inline=True)
class _Builder(Builder[Clause, SortKey, Syntax]):
    def query(self, where: Condition, ordering: tuple[SortKey, ...] | None) -> Syntax:
        return where, ordering or ()

    def clause(self, field: Token, comparison: _Comparison) -> Clause:
        return Clause(str(field), *comparison)

    def relation(self, symbol: Token, operand: Operand) -> _Comparison:
        return cast("Operator", str(symbol)), (operand,)

    def is_in(self, operands: tuple[Operand, ...]) -> _Comparison:
        return "in", operands

    def is_not_in(self, operands: tuple[Operand, ...]) -> _Comparison:
        return "not in", operands

    def listing(self, *operands: Operand) -> tuple[Operand, ...]:
        return operands

    def text(self, token: Token) -> Value:
        return Value(_read(token))

    def call(self, name: Token, arguments: tuple[str, ...] | None) -> Call:
        return Call(str(name), arguments or ())

    def argument(self, token: Token) -> str:
        return _read(token)

    def sort_key(self, field: Token, direction: Token | None) -> SortKey:
        return SortKey(str(field), direction is not None and direction.type == "DESC")


def _read(token: Token) -> str:
    if token.type == "QUOTED":
        return _ESCAPE.sub(r"\1", token[1:-1])
    if token.lower() in _RESERVED:
        raise CqlError(f"'{token}' is a reserved word and has to be quoted.")
    return str(token)


@cache
def _parser() -> Parser:
    grammar = files(__package__ or "").joinpath("cql.lark").read_text("utf-8")
    return Lark(
        grammar, start="query", parser="lalr", lexer="contextual", maybe_placeholders=True, transformer=_Builder()
    )
