"""What no disguise may change, and that nothing but an answer comes out, whatever goes in."""

# ruff: noqa: S608 - statements put together are what is tested; none is run

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snowflake_mcp.guard import Statement, examine
from snowflake_mcp.guard.lexing import MAX_CHARACTERS, MAX_DEPTH, MAX_TOKENS
from snowflake_mcp.guard.words import words

from .test_corpus import OTHERS, READS

GAPS = st.sampled_from([" ", "  ", "\t", "\n", "\r\n", "/**/", "/* x */", " -- x\n", " // it's\n", "/*';*/"])
STRANGE_GAPS = st.sampled_from(
    ["\u00a0", "\u3000", "\u2028", "\u200b", "\ufeff", "\x0b", "\x0c", "\x85", "\0", "\u1680"]
)
QUOTED = re.compile(r"""("[^"]*"|'(?:[^'\\]|\\.)*'|\$\$.*?\$\$)""")
VOCABULARY = words(
    """
    SELECT FROM WHERE WITH AS ( ) [ ] { } , ; . : :: ' " $$ -- /* */ // -> ->> => = <> ! @ $ ? * + - / %
    t u x 1 2.5 'a' "b" $1 DELETE INSERT INTO UPDATE SET MERGE USING ON WHEN MATCHED THEN CREATE TABLE DROP CALL p()
    EXECUTE IMMEDIATE BEGIN END SHOW TABLES DESCRIBE EXPLAIN LIMIT VALUES UNION ALL CASE NOT IN OVER PARTITION BY ORDER
    LATERAL FLATTEN( TABLE( SYSTEM$WAIT( f( IDENTIFIER( CAST( INTERVAL PIVOT( FOR AT( SAMPLE QUALIFY JOIN
    """
)


def disguised(sql: str, gaps: list[str]) -> str:
    """The statement with its blanks replaced by the gaps, one after the other."""
    parts = sql.split(" ")
    return parts[0] + "".join(
        gap + part for gap, part in zip((gaps * len(parts))[: len(parts)], parts[1:], strict=False)
    )


def with_case(sql: str, flips: list[bool]) -> str:
    pieces = QUOTED.split(sql)
    chars = "".join(piece if index % 2 else piece.swapcase() for index, piece in enumerate(pieces))
    return "".join(
        new if flips[index % len(flips)] else old for index, (new, old) in enumerate(zip(chars, sql, strict=True))
    )


@given(st.sampled_from(OTHERS), st.lists(GAPS, min_size=1, max_size=8))
def test_other_gaps_between_words_never_make_a_read(case: tuple[str, str], gaps: list[str]) -> None:
    assert examine(disguised(case[0], gaps)).kind != "read"


@given(st.sampled_from(OTHERS), st.lists(STRANGE_GAPS, min_size=1, max_size=4))
def test_blanks_beyond_ascii_never_make_a_read(case: tuple[str, str], gaps: list[str]) -> None:
    assert examine(disguised(case[0], gaps)).kind != "read"


@given(st.sampled_from(OTHERS), st.lists(st.booleans(), min_size=1, max_size=12))
def test_upper_and_lower_case_never_make_a_read(case: tuple[str, str], flips: list[bool]) -> None:
    sql, kind = case
    assert examine(with_case(sql, flips)).kind == kind


@given(st.sampled_from(OTHERS), st.integers(1, 4))
def test_brackets_around_a_statement_never_make_a_read(case: tuple[str, str], depth: int) -> None:
    assert examine("(" * depth + case[0].rstrip("; ") + ")" * depth).kind != "read"


@given(st.sampled_from(OTHERS), st.sampled_from(READS))
def test_a_read_does_not_hide_what_goes_along_with_it(case: tuple[str, str], read: str) -> None:
    for joint in (";", "\n;\n", " ->> ", "; --\n"):
        assert examine(f"{read}\n{joint}{case[0]}").kind != "read"
        assert examine(f"{case[0]}\n{joint}{read}").kind != "read"


@given(st.sampled_from([sql for sql, kind in OTHERS if kind != "refused"]))
def test_a_change_inside_of_a_query_is_no_read(sql: str) -> None:
    bare = sql.rstrip("; ").split(" -- ")[0]
    for around in (
        "WITH x AS ({}) SELECT 1",
        "SELECT * FROM ({})",
        "SELECT ({})",
        "EXPLAIN {}",
        "SELECT 1 UNION ALL {}",
    ):
        assert examine(around.format(bare)).kind == "refused"


@given(
    st.sampled_from(OTHERS),
    st.sampled_from("\uff24\u017f\u212a\u0131\uff33\uff1b\uff07\u2019\u2018`\u00b4\u0430\u0435"),
    st.integers(0, 40),
)
def test_letters_that_look_alike_never_make_a_read(case: tuple[str, str], char: str, place: int) -> None:
    sql = case[0]
    pieces = QUOTED.split(sql)
    cut = min(place, len(pieces[0]))
    assert examine(pieces[0][:cut] + char + pieces[0][cut + 1 :] + "".join(pieces[1:])).kind != "read"


@given(st.sampled_from(READS), st.lists(GAPS, min_size=1, max_size=5), st.lists(st.booleans(), min_size=1, max_size=7))
def test_a_read_stays_one_with_other_gaps_and_case(sql: str, gaps: list[str], flips: list[bool]) -> None:
    if "--" in sql or "/" in sql:  # a gap behind a division sign would make another comment of it
        return
    pieces = QUOTED.split(sql)
    changed = "".join(piece if index % 2 else disguised(piece, gaps) for index, piece in enumerate(pieces))
    assert examine(with_case(changed, flips)).kind == "read"


@given(st.text(max_size=200))
@example("\ud800")
@example("SELECT \ud800")
@example("")
@example("(")
@example("EXPLAIN (")
@example("DESC")
@example("SELECT :")
@example("SELECT a.")
@example("SHOW TABLES IN SCHEMA")
@example("COMMENT ON COLUMN a IS 'x'")
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(examine(text), Statement)


@given(st.lists(st.sampled_from(sorted(VOCABULARY)), max_size=30))
def test_any_words_of_sql_get_an_answer(tokens: list[str]) -> None:
    statement = examine(" ".join(tokens))
    assert isinstance(statement, Statement)
    if statement.kind == "read":
        first = next(word for word in tokens if word not in ("(", ";"))
        assert first in ("SELECT", "WITH", "VALUES", "SHOW", "DESCRIBE", "EXPLAIN", "--", "//", "/*")
        assert (
            not {"->>", "@"} & set(re.findall(r"->>|@", QUOTED.sub("", statement.sql.split("--")[0]))) or "/*" in tokens
        )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1),
        "SELECT " + "(" * 50_000,
        "SELECT " + "[" * 90_000,
        "SELECT " + "NOT " * 10_000 + "a",
        "SELECT " + "- " * 10_000 + "1",
        "SELECT " + "CASE WHEN a THEN " * 2_000 + "1" + " END" * 2_000,
        "SELECT " + "a," * MAX_TOKENS + "a",
        "SELECT '" + "a" * MAX_CHARACTERS + "'",
        "SELECT '" + "''" * 40_000,
        "SELECT '" + "\\" * 80_001,
        "SELECT $$" + "$ " * 40_000,
        "SELECT /*" + "*" * 90_000,
        "SELECT " + "/**/" * 20_000,
        "SELECT 1" + ";" * 10_000 + "2",
        "SELECT " + "@" * 10_000,
        "SELECT 1 WHERE " + "a = ANY (SELECT " * 60,
        "EXPLAIN " * 10_000 + "SELECT 1",
        "DELETE FROM t WHERE " + "NOT " * 5_000 + "a",
    ],
)
def test_a_text_made_to_exhaust_the_parser_is_refused(sql: str) -> None:
    assert examine(sql).kind == "refused"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE " + " OR ".join(f"id = {number}" for number in range(3_000)),
        "SELECT a FROM t WHERE id IN (" + ", ".join(str(number) for number in range(9_000)) + ")",
        " UNION ALL ".join(f"SELECT {number} AS n FROM t{number % 7}" for number in range(1_000)),
        "SELECT " + ", ".join(f"c{number}" for number in range(2_000)) + " FROM t",
        "WITH " + ", ".join(f"c{n} AS (SELECT * FROM c{n - 1})" for n in range(1, 200)) + " SELECT * FROM c199",
        "SELECT " + "(" * 40 + "1" + ")" * 40,
    ],
)
def test_a_long_but_plain_query_is_read(sql: str) -> None:
    assert examine(sql).kind == "read"
