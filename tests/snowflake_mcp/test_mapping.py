"""Columns of a file and of a table: which goes where, in which form, and why it cannot."""

from __future__ import annotations

import io

import pytest

from connector_kit.errors import InvalidInput
from snowflake_mcp.inference import Inference, infer
from snowflake_mcp.mapping import Mapped, TableColumn, definition, in_order, into_table, new_table, plain_name
from snowflake_mcp.tabular import Cell, Digits, Layout, Nested, records


def of_csv(*lines: str) -> Inference:
    """What is in a CSV file of these lines."""
    return infer(records(io.BytesIO("\n".join(lines).encode()), Layout("csv", "utf-8", ",")), cells=True)


def of_json(*lines: str) -> Inference:
    """What is in a JSON lines file of these lines."""
    return infer(records(io.BytesIO("\n".join(lines).encode()), Layout("jsonl", "utf-8")), cells=False)


def into(type_: str, *values: str, nullable: bool = True) -> Mapped:
    """A column A of these cells on its way into one of this type; a second column keeps lines from being blank."""
    table = [TableColumn("A", type_, nullable), TableColumn("X", "VARCHAR(16777216)")]
    return into_table(of_csv("A,x", *(f"{value},x" for value in values)), table)


def text_of(type_: str, value: str) -> str | None:
    """What is staged for a cell of CSV."""
    [pair, _] = into(type_, value).pairs
    assert not pair.problem
    return pair.text(next(iter(of_csv("A,x", f"{value},x").sample[0].cells.values())))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Order ID", "ORDER_ID"),
        (" total (CHF) ", "TOTAL_CHF"),
        ("2nd", "_2ND"),
        ("größe", "GRÖSSE"),
        ("a$b", "A$B"),
        ("--", ""),
        ("x" * 300, "X" * 255),
    ],
)
def test_names_of_a_new_table_need_no_quotes_where_that_can_be(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_new_table_has_the_types_of_the_file() -> None:
    mapped = new_table(of_csv("Order ID,größe,--,select,when", "1,x,2.5,true,2026-01-31"))
    assert definition(mapped.pairs) == (
        'ORDER_ID NUMBER(38,0), "GRÖSSE" VARCHAR, COLUMN_3 NUMBER(38,1), "SELECT" BOOLEAN, "WHEN" DATE'
    )
    assert not mapped.problems


def test_two_columns_cannot_have_the_same_name() -> None:
    with pytest.raises(InvalidInput, match="'Order ID' and 'order_id' would both be ORDER_ID"):
        new_table(of_csv("Order ID,order_id", "1,2"))
    with pytest.raises(InvalidInput, match="both go to ID"):
        into_table(of_json('{"ID": 1, "id": 2}'), [TableColumn("ID", "NUMBER(38,0)")])


def test_columns_find_their_partners_by_name() -> None:
    table = [
        TableColumn("id", "NUMBER(38,0)"),
        TableColumn("ID", "NUMBER(38,0)"),
        TableColumn("ORDER_ID", "NUMBER(38,0)"),
        TableColumn("Unit Price", "FLOAT"),
        TableColumn("NOTE", "VARCHAR(10)", nullable=False),
        TableColumn("AT", "DATE", nullable=False, default="CURRENT_DATE()"),
    ]
    mapped = into_table(of_csv("id,Order ID,unit_price,other", "1,2,3,4"), table)
    assert [(pair.source.name, pair.target) for pair in mapped.pairs] == [
        ("id", "id"),
        ("Order ID", "ORDER_ID"),
        ("unit_price", "Unit Price"),
    ]
    assert mapped.left_out == ("other",)
    assert [column.name for column in mapped.unfilled] == ["ID", "NOTE", "AT"]
    assert mapped.problems == {"NOTE": "must not be NULL, and the file has no column for it"}


def test_a_file_without_any_partner_is_refused_with_both_lists() -> None:
    with pytest.raises(InvalidInput) as caught:
        into_table(of_csv("a,b", "1,2"), [TableColumn("X", "DATE"), TableColumn("Y", "DATE")])
    assert caught.value.fields == {"file": "a, b", "table": "X, Y"}


def test_a_file_without_names_goes_by_the_order_of_columns() -> None:
    table = [TableColumn("ID", "NUMBER(38,0)"), TableColumn("DAY", "DATE"), TableColumn("NOTE", "VARCHAR(5)")]
    mapped = in_order(of_csv("C1,C2", "1,2026-01-31"), table)
    assert [pair.target for pair in mapped.pairs] == ["ID", "DAY"]
    assert mapped.unfilled == (table[2],)
    with pytest.raises(InvalidInput, match="The file has 4 columns, and the table 3"):
        in_order(of_csv("a,b,c,d", "1,2,3,4"), table)


@pytest.mark.parametrize(
    ("type_", "values", "problem"),
    [
        ("NUMBER(38,0)", ["1", "x"], "takes numbers, and line 3 has 'x'"),
        ("NUMBER(38,0)", ["1", "1e5"], "takes numbers, and line 3 has '1e5'"),
        ("NUMBER(5,2)", ["1234.5"], "is NUMBER(5,2), and the file has numbers of 4 digits before the point"),
        ("NUMBER(5,2)", ["999.99"], ""),
        ("NUMBER(38,0)", ["007", "+5", "5."], ""),
        ("FLOAT", ["1e5", "NaN"], ""),
        ("FLOAT", ["007"], ""),
        ("FLOAT", ["x"], "takes numbers, and line 2 has 'x'"),
        ("BOOLEAN", ["yes", "OFF", "1", "true"], ""),
        ("BOOLEAN", ["2"], "takes true and false, and line 2 has '2'"),
        ("DATE", ["2026-01-31", "31.01.2026"], "takes dates like 2026-01-31, and line 3 has '31.01.2026'"),
        ("DATE", ["2026-01-31 10:00"], "takes dates like 2026-01-31, and line 2 has '2026-01-31 10:00'"),
        ("TIME(9)", ["10:00"], ""),
        ("TIMESTAMP_NTZ(9)", ["2026-01-31", "2026-01-31T10:00"], ""),
        ("TIMESTAMP_NTZ(9)", ["2026-01-31T10:00Z"], "takes times like 2026-01-31 23:59:00, all with an offset or none"),
        (
            "TIMESTAMP_TZ(9)",
            ["2026-01-31T10:00Z", "2026-01-31T10:00"],
            "takes times like 2026-01-31 23:59:00, all with",
        ),
        ("VARCHAR(3)", ["abc", "abcd"], "is VARCHAR(3), and line 3 has 4 characters"),
        ("VARCHAR", ["x" * 5_000], ""),
        ("VARCHAR(3) COLLATE 'en-ci'", ["abcd"], "is VARCHAR(3) COLLATE 'en-ci', and line 2 has 4 characters"),
        ("BINARY(8388608)", ["00"], "is BINARY(8388608), which no file is loaded into"),
        ("VECTOR(FLOAT, 3)", ["1"], "is VECTOR(FLOAT, 3), which no file is loaded into"),
        ("ARRAY(NUMBER)", ["1"], "is ARRAY(NUMBER), which no file is loaded into"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line_and_value(type_: str, values: list[str], problem: str) -> None:
    problems = into(type_, *values).problems
    if problem:
        assert problems["A"].startswith(problem)
    else:
        assert problems == {}


def test_a_column_that_must_not_be_null_needs_a_value_in_every_line() -> None:
    assert into("NUMBER(38,0)", "1", "", nullable=False).problems == {
        "A": "must not be NULL, and line 3 has no value for it"
    }
    assert into("NUMBER(38,0)", '""', "1", nullable=False).problems == {
        "A": "must not be NULL, and line 2 has no value for it"
    }
    assert into("VARCHAR(5)", '""', nullable=False).problems == {}


def test_what_becomes_of_values_is_noted() -> None:
    [pair, _] = into("NUMBER(10,1)", "1.25", "2").pairs
    assert pair.note == "rounded: up to 2 decimals, the column keeps 1"
    [pair, _] = into("NUMBER(10,2)", "1", '""', '""').pairs
    assert pair.note == "2 empty values become NULL"
    [pair, _] = into("TIMESTAMP_TZ(9)", "2026-01-31 10:00").pairs
    assert pair.note == "in the time zone of the session: the file has no offsets"
    [pair, _] = into("VARCHAR(5)", "1", '""').pairs
    assert pair.note == ""


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        ("NUMBER(38,0)", "+5", "5"),
        ("NUMBER(38,0)", "-5", "-5"),
        ("NUMBER(38,0)", "", None),
        ("NUMBER(38,0)", '""', None),
        ("VARCHAR", '""', ""),
        ("VARCHAR", "", None),
        ("FLOAT", "nan", "NaN"),
        ("FLOAT", "-Infinity", "-inf"),
        ("BOOLEAN", "Yes", "true"),
        ("BOOLEAN", "0", "false"),
        ("DATE", "2026-01-31", "2026-01-31"),
        ("TIME(9)", "10:30", "10:30:00.000000000"),
        ("TIMESTAMP_NTZ(9)", "2026-01-31", "2026-01-31 00:00:00.000000000"),
        ("TIMESTAMP_TZ(9)", "2026-01-31T10:00:00.5Z", "2026-01-31 10:00:00.500000000 +00:00"),
        ("VARIANT", '"{""a"": 1}"', '{"a": 1}'),
        ("VARIANT", "1", '"1"'),
        ("VARIANT", "it's", '"it\'s"'),
    ],
)
def test_text_is_brought_into_the_form_that_is_converted(type_: str, value: str, text: str | None) -> None:
    assert text_of(type_, value) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None),
        (True, "true"),
        (Digits("1.50"), "1.50"),
        (Nested('{"a":1}'), '{"a":1}'),
        ('{"a":1}', '"{\\"a\\":1}"'),
        ("", '""'),
    ],
)
def test_json_values_stay_what_they_are_in_a_variant(cell: Cell, text: str | None) -> None:
    [pair] = new_table(of_json('{"a": 1}', '{"a": "x"}')).pairs
    assert (pair.type, pair.expression) == ("VARIANT", "PARSE_JSON({})")
    assert pair.text(cell) == text


def test_an_object_takes_nested_values_only() -> None:
    table = [TableColumn("A", "OBJECT")]
    assert into_table(of_json('{"a": {"b": 1}}'), table).problems == {}
    assert into_table(of_json('{"a": 1}'), table).problems == {"A": "takes nested values, and the file has others"}


def test_dates_are_converted_by_a_format_that_no_setting_changes() -> None:
    mapped = new_table(of_csv("d,t,n,z", "2026-01-31,10:00,2026-01-31 10:00,2026-01-31T10:00Z"))
    assert [pair.expression for pair in mapped.pairs] == [
        "TO_DATE({}, 'YYYY-MM-DD')",
        "TO_TIME({}, 'HH24:MI:SS.FF9')",
        "TO_TIMESTAMP_NTZ({}, 'YYYY-MM-DD HH24:MI:SS.FF9')",
        "TO_TIMESTAMP_TZ({}, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM')",
    ]
