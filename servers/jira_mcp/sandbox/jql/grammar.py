"""From text to syntax: lark's LALR parser over our tokens, and its errors in Jira's words.

Importing this loads lark and building the parser takes some milliseconds: both wait for the first query.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final, cast

from lark import (
    Lark,
    Token,
    UnexpectedToken,
    v_args,  # pyright: ignore[reportUnknownVariableType] # lark leaves the wrapper's type open
)
from lark.common import LexerConf
from lark.lexer import Lexer

from sandbox_kit.query_language.grammar import Builder, Parser

from .errors import JqlSyntaxError
from .fields import Operator
from .lexer import lexemes
from .syntax import Call, Clause, Condition, Empty, Listing, Operand, SortKey, Value

Syntax = tuple[Condition | None, tuple[SortKey, ...]]

_OPERATORS: Final = (
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
)


_SINGLE: Final = {
    frozenset({"_LSQB"}): "'['",
    frozenset({"_RSQB"}): "']'",
    frozenset({"NUMBER"}): "a custom field id (a positive number)",
    frozenset({"_BY"}): "'by'",
    frozenset({"_IN"}): "'IN'",
    frozenset({"_COMMA", "$END"}): "','",
}


def parse_syntax(text: str) -> Syntax:
    """The condition and the sort keys of a query; JqlError where it follows no rule."""
    try:
        return cast("Syntax", _parser().parse(text))
    except UnexpectedToken as error:
        raise _explained(error, text) from None
    except _MisnamedError as error:
        raise JqlSyntaxError(error.detail, text, error.offset) from None


class _MisnamedError(Exception):
    """A name that the grammar accepts and Jira does not."""

    def __init__(self, detail: str, token: Token) -> None:
        super().__init__(detail)
        self.detail = detail
        self.offset = token.start_pos


class _Lexer(Lexer):
    def __init__(self, lexer_conf: LexerConf) -> None:
        """Lark passes its configuration; the tokens need none."""

    def lex(self, text: str) -> Iterator[Token]:  # pyright: ignore[reportIncompatibleMethodOverride] # lark wraps lexers of its older interface, which take the text
        for lexeme in lexemes(text):
            yield Token(lexeme.type, lexeme.text, lexeme.offset)


@v_args(inline=True)
class _Builder(Builder[Clause, SortKey, Syntax]):
    def query(self, where: Condition | None, ordering: tuple[SortKey, ...] | None) -> Syntax:
        return where, ordering or ()

    def clause(self, field: str, operator: Operator, operand: Operand) -> Clause:
        return Clause(field, operator, operand)

    def field_name(self, name: Token) -> str:
        if not name.strip():
            raise _MisnamedError("A field name cannot be empty.", name)
        return str(name)

    def custom_field(self, number: Token) -> str:
        if number.startswith("-"):
            raise _MisnamedError(f"Expecting a custom field id (a positive number) but got '{number}'.", number)
        return f"cf[{int(number)}]"

    def relation(self, symbol: Token) -> Operator:
        return cast("Operator", str(symbol))

    def is_in(self) -> Operator:
        return "in"

    def is_not_in(self) -> Operator:
        return "not in"

    def is_same(self) -> Operator:
        return "is"

    def is_not(self) -> Operator:
        return "is not"

    def text(self, value: Token) -> Value:
        return Value(str(value))

    def number(self, value: Token) -> Value:
        return Value(str(int(value)), is_number=True)

    def empty(self, _keyword: Token) -> Empty:
        return Empty()

    def call(self, name: Token, arguments: tuple[str, ...] | None) -> Call:
        if not name.strip():
            raise _MisnamedError("A function name cannot be empty.", name)
        return Call(str(name), arguments or ())

    def listing(self, *items: Operand) -> Listing:
        return Listing(items)

    def argument(self, value: Token) -> str:
        return str(value)

    def sort_key(self, field: str, direction: Token | None) -> SortKey:
        return SortKey(field, None if direction is None else direction.type == "DESC")


@cache
def _parser() -> Parser:
    grammar = files(__package__ or "").joinpath("jql.lark").read_text("utf-8")
    return Lark(grammar, start="query", parser="lalr", lexer=_Lexer, transformer=_Builder())


def _explained(error: UnexpectedToken, text: str) -> JqlSyntaxError:
    token: Token = error.token  # pyright: ignore[reportUnknownMemberType] # it has no annotation
    if token.type == "$END":
        return JqlSyntaxError(_missing(error.expected, text), text)
    return JqlSyntaxError(_unexpected(error.expected, token, text), text, token.start_pos)


def _missing(expected: set[str], text: str) -> str:
    """What is wrong with a query that ends too early."""
    if "_CF" in expected:
        return "Expecting a field name at the end of the query."
    if "RELATION" in expected:
        return f"Expecting operator before the end of the query. {_OPERATORS}"
    if "EMPTY" in expected:
        return "Expecting either a value, list or function before the end of the query."
    if "WORD" in expected and "_RPAR" not in expected:
        return "Expecting a function argument at the end of the query."
    return f"Expecting {_single(expected) or _closing(text)} before the end of the query."


def _unexpected(expected: set[str], token: Token, text: str) -> str:
    """What is wrong with a query that has something else there."""
    got = f"but got '{token}'."
    if "_CF" in expected:
        if token.type == "_LSQB":
            return f"Expecting a field name {got} Did you mean 'cf['?"
        return f"Expecting a field name {got} You must surround '{token}' in quotation marks to use it as a field name."
    if "RELATION" in expected:
        if token.type == "HISTORY":
            return f"The sandbox does not search the history of issues: the operator '{token}' is not supported."
        return f"Expecting operator {got} {_OPERATORS}"
    if "EMPTY" in expected:
        if "_NOT" in expected and token.type == "_BANG":
            return f"Expecting 'NOT' {got}"
        return (
            f"Expecting either a value, list or function {got}"
            f" You must surround '{token}' in quotation marks to use it as a value."
        )
    if "WORD" in expected:
        if token.type == "_RPAR":
            return "Function argument must be specified."
        if token.type == "_COMMA" and "_RPAR" in expected:
            return f"Expecting ')' {got}"
        return (
            f"Expecting a function argument {got}"
            f" You must surround '{token}' in quotation marks to use it as an argument."
        )
    if "ASC" in expected:
        return f"Expecting either 'ASC' or 'DESC' {got}"
    return f"Expecting {_single(expected) or _closing(text, token.start_pos, before_more=True)} {got}"


def _single(expected: set[str]) -> str:
    """The only thing that could have come, if it is one of those that Jira names."""
    return _SINGLE.get(frozenset(expected), "")


def _closing(text: str, offset: int | None = None, *, before_more: bool = False) -> str:
    """What ends the innermost thing that is open at `offset`."""
    open_calls: list[bool] = []
    previous = ""
    for lexeme in lexemes(text):
        if lexeme.offset == offset:
            break
        if lexeme.type == "_LPAR":
            open_calls.append(previous in {"WORD", "QUOTED", "NUMBER"})
        elif lexeme.type == "_RPAR":
            open_calls.pop()
        previous = lexeme.type
    if not open_calls:
        return "either 'OR' or 'AND'"
    return "')' or ','" if open_calls[-1] and before_more else "')'"
