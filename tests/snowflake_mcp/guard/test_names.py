"""Names that reach a statement cannot become anything else."""

# ruff: noqa: S608 - statements put together are what is tested; none is run

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from snowflake_mcp.guard import ObjectName, examine, identifier, parse_name, written


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("ORDERS", "ORDERS"),
        ("orders", "ORDERS"),
        ("_a$1", "_A$1"),
        ('"orders"', '"orders"'),
        ('"ORDERS"', "ORDERS"),
        ("My Table", '"My Table"'),
        ("größe", '"größe"'),
        ("1st", '"1st"'),
        ("select", '"SELECT"'),
        ("undrop", '"UNDROP"'),
        ('a"b', '"a""b"'),
        ('"a""b"', '"a""b"'),
        ("t; DROP TABLE x", '"t; DROP TABLE x"'),
        ('t" ; DROP TABLE x --', '"t"" ; DROP TABLE x --"'),
        ("t.u", '"t.u"'),
        ("@stage", '"@stage"'),
        ("$$x$$", '"$$x$$"'),
        ("IDENTIFIER('x')", "\"IDENTIFIER('x')\""),
        ("a" * 255, "A" * 255),
    ],
)
def test_a_name_is_quoted_where_it_must_be(name: str, sql: str) -> None:
    assert identifier(name) == sql


@pytest.mark.parametrize(
    "name",
    ["", " ", '""', '" "', '"', '"a', '"a"b"', '"a" -- ', "a\nb", "a\x00", "a\u202eb", "a\u200b", "\ud800", "a" * 256],
)
def test_a_name_that_no_object_has_is_refused_by_its_parameter(name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        identifier(name, parameter="table")
    assert "table" in raised.value.fields


@given(st.text(min_size=1, max_size=40))
def test_whatever_a_name_holds_it_stays_one_table_of_a_query(name: str) -> None:
    try:
        sql = f"SELECT * FROM {identifier(name)}"
    except InvalidInput:
        return
    statement = examine(sql)
    assert statement.kind == "read"
    assert len(statement.reads) == 1
    assert statement.reads[0].database is None
    assert str(statement.reads[0]) == identifier(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("t", ObjectName(None, None, "T")),
        ("s.t", ObjectName(None, "S", "T")),
        ("db.s.t", ObjectName("DB", "S", "T")),
        ("db..t", ObjectName("DB", "PUBLIC", "T")),
        ('"My Db".s."a.b"', ObjectName("My Db", "S", "a.b")),
        ('"a""b"', ObjectName(None, None, 'a"b')),
        ("select", ObjectName(None, None, "SELECT")),
    ],
)
def test_a_dotted_name_is_taken_apart(text: str, name: ObjectName) -> None:
    assert parse_name(text) == name
    assert parse_name(str(name)) == name


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a.b.c.d", "a b", "a;b", "a--", 'a."b', "a...b", "a.b..c", "@s", "a.f(1)", "größe", "'a'"],
)
def test_text_that_is_no_dotted_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_name(text)


def test_a_kept_name_is_written_so_that_it_comes_back() -> None:
    assert written("ORDERS") == "ORDERS"
    assert written("orders") == '"orders"'
    assert written("TABLE") == '"TABLE"'
