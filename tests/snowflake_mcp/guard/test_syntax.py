"""Two readers must see the same tokens, or nothing is run."""

import pytest
from sqlglot import exp

from snowflake_mcp.guard.lexing import Token, tokens_of
from snowflake_mcp.guard.refusal import RefusedError
from snowflake_mcp.guard.syntax import parser_functions, tree_of, without_comments


def token(kind: str, text: str, start: int) -> Token:
    assert kind in ("word", "name", "string", "number", "symbol")
    return Token(kind, text, start, start + len(text))


@pytest.mark.parametrize(
    ("sql", "tokens"),
    [
        # A comment for one, words for the other.
        ("SELECT 1 -- x", [token("word", "SELECT", 0), token("number", "1", 7), token("word", "x", 12)]),
        # A string for one, words for the other.
        ("SELECT 'a b'", [token("word", "SELECT", 0), token("word", "'a", 7), token("word", "b'", 10)]),
        ("SELECT a b", [token("word", "SELECT", 0), token("string", "a b", 7)]),
        ("SELECT ab", [token("word", "SELECT", 0), token("string", "ab", 7)]),
        # Strings that end in different places.
        ("SELECT 'a' 'b'", [token("word", "SELECT", 0), token("string", "'a' 'b'", 7)]),
        ("SELECT 'ab'", [token("word", "SELECT", 0), token("string", "'a", 7)]),
        ("SELECT 1", [token("word", "SEL", 0), token("number", "1", 7)]),
    ],
)
def test_a_text_read_in_two_ways_is_refused(sql: str, tokens: list[Token]) -> None:
    with pytest.raises(RefusedError):
        tree_of(sql, tokens)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT x'0F', 'a''b', 'a\\'b', $$a'b$$, \"a\"\"b\", a::int, a||b",
        "SELECT 1 /* GROUP */ GROUP /* x */ BY 1 -- it's",
        "SELECT $1, t.$2, a:b.c[0]['d'] FROM t",
        "SELECT 1.5, .5, 1e5, 5.",
    ],
)
def test_a_text_read_in_one_way_has_a_tree(sql: str) -> None:
    assert isinstance(tree_of(sql, tokens_of(sql)), exp.Select)


def test_comments_become_blanks_so_that_places_stay() -> None:
    sql = "SELECT /* a\nb */ 1 -- c\n + 2"
    assert without_comments(sql, tokens_of(sql)) == "SELECT     \n     1     \n + 2"


def test_names_that_the_parser_treats_on_its_own_are_known() -> None:
    assert {"READ_CSV", "UNNEST", "SUM"} <= parser_functions()
