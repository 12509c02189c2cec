"""The syntax tree of a statement, by sqlglot, which is imported when the first statement is read."""

import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from snowflake_mcp.guard.lexing import Token
from snowflake_mcp.guard.refusal import SPLIT, RefusedError

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token as ParserToken

_UNREADABLE: Final = (
    "Correct it if it is a mistake; a construct that is not understood is not run, so write it otherwise."
)
_QUOTED: Final = frozenset({"IDENTIFIER", "STRING", "RAW_STRING", "HEX_STRING"})


def tree_of(sql: str, tokens: Sequence[Token]) -> "exp.Expr":
    """The one statement that `tokens` (as `tokens_of` gave them) are, as a tree.

    Raises RefusedError for what is not valid, not known to sqlglot, nested too deeply, or read by it in another way
    than by `tokens_of`.
    """
    from sqlglot.dialects.snowflake import Snowflake
    from sqlglot.errors import ErrorLevel, ParseError, TokenError

    # It reports what it cannot parse, with the text of the statement.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    text = sql[: tokens[-1].end]
    dialect = Snowflake()
    try:
        _check_agreement(tokens, dialect.tokenize(text))
        plain = without_comments(text, tokens)
        parser_tokens = dialect.tokenize(plain)
        _check_agreement(tokens, parser_tokens)
        trees = dialect.parser(error_level=ErrorLevel.IMMEDIATE).parse(parser_tokens, plain)
    except RefusedError:
        raise
    except ParseError as error:
        raise RefusedError("The statement cannot be read", _UNREADABLE, _offset(error, text, tokens)) from None
    except TokenError:
        raise RefusedError("The statement cannot be read", _UNREADABLE) from None
    except RecursionError:
        raise RefusedError("The statement is nested too deeply", SPLIT) from None
    except Exception as error:  # noqa: BLE001 - whatever the parser stumbles over, the statement was not understood
        raise RefusedError(f"The statement cannot be read ({type(error).__name__})", _UNREADABLE) from None
    if len(trees) != 1 or trees[0] is None:
        raise RefusedError("There is more than one statement", "Send one statement a call.")
    return trees[0]


def without_comments(sql: str, tokens: Sequence[Token]) -> str:
    """The text with blanks for all that is no token, at the same places: GROUP /* … */ BY reads like GROUP BY."""
    parts: list[str] = []
    place = 0
    for token in tokens:
        parts.append(re.sub(r"[^\n]", " ", sql[place : token.start]))
        parts.append(token.text)
        place = token.end
    return "".join(parts)


@cache
def parser_functions() -> frozenset[str]:
    """The names, in upper case, that sqlglot makes nodes of their own of when a bracket follows."""
    from sqlglot.dialects.snowflake import Snowflake

    parser: Any = Snowflake.Parser  # its tables hold functions without types
    return frozenset({*parser.FUNCTIONS, *parser.FUNCTION_PARSERS, *parser.NO_PAREN_FUNCTION_PARSERS})


def _offset(error: "Exception", text: str, tokens: Sequence[Token]) -> int | None:
    """Where the parser gave up: it tells the line, and the column of the last character of a token."""
    from sqlglot.errors import ParseError

    assert isinstance(error, ParseError)
    if not error.errors or not (line := error.errors[0].get("line")):
        return None
    begin = sum(len(row) + 1 for row in text.split("\n")[: line - 1])
    last = begin + (error.errors[0].get("col") or 1) - 1
    return next((token.start for token in tokens if token.start <= last < token.end), min(last, len(text)))


def _check_agreement(ours: Sequence[Token], theirs: "Sequence[ParserToken]") -> None:
    """Both must see the same strings and names in the same places, and nothing where the other sees a comment."""
    mine, other = 0, 0
    while mine < len(ours) and other < len(theirs):
        first_mine, first_other = mine, other
        if ours[mine].start != theirs[other].start:
            break
        while ours[mine].end != theirs[other].end + 1:
            if ours[mine].end < theirs[other].end + 1:
                mine += 1
            else:
                other += 1
            if mine == len(ours) or other == len(theirs):
                raise _disagreement(ours[first_mine])
        ours_here = ours[first_mine : mine + 1]
        quoted = [token for token in theirs[first_other : other + 1] if token.token_type.name in _QUOTED]
        if any(token.kind in ("name", "string") for token in ours_here) or quoted:
            hexadecimal = len(ours_here) == 2 and ours_here[0].upper == "X"
            if first_other != other or not quoted or not (len(ours_here) == 1 or hexadecimal):
                raise _disagreement(ours[first_mine])
        mine, other = mine + 1, other + 1
    if mine != len(ours) or other != len(theirs):
        raise _disagreement(ours[min(mine, len(ours) - 1)])


def _disagreement(token: Token) -> RefusedError:
    return RefusedError("The statement can be read in more than one way", "Write it more plainly.", token.start)
