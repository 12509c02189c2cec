"""Types of columns: named only when every value of the file can be kept in them exactly."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from snowflake_mcp.inference import ColumnTypes, Inference, families_of, infer, moment
from snowflake_mcp.tabular import Layout, layout_of, records


def of_csv(*values: str, header: str = "A") -> ColumnTypes:
    """A column of a CSV file with these cells, as they are written. A second one keeps lines from being blank."""
    content = "\n".join([f"{header},x", *(f"{value},x" for value in values)])
    return found(content, Layout("csv", "utf-8", ",")).columns[0]


def of_json(*values: str) -> ColumnTypes:
    """A column of a JSON lines file with these values."""
    return found("\n".join(f'{{"a": {value}}}' for value in values), Layout("jsonl", "utf-8")).columns[0]


def found(content: str, layout: Layout) -> Inference:
    """What is found out about a file."""
    return infer(records(io.BytesIO(content.encode()), layout), cells=layout.format == "csv")


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "2"], "NUMBER(38,0)"),
        (["-1", "0"], "NUMBER(38,0)"),
        (["0", "1"], "NUMBER(38,0)"),
        (["1", "2.50", "-3.125"], "NUMBER(38,3)"),
        (["0.1", "100"], "NUMBER(38,1)"),
        (["9" * 38], "NUMBER(38,0)"),
        (["9" * 39], "VARCHAR"),
        (["9" * 30, "0." + "1" * 9], "VARCHAR"),
        (["00501", "10001"], "VARCHAR"),
        (["1", "+5"], "VARCHAR"),
        (["+41791234567"], "VARCHAR"),
        (['"1,000"'], "VARCHAR"),
        (["5."], "VARCHAR"),
        (["1 "], "VARCHAR"),
        (["12%"], "VARCHAR"),
        (["0x1F"], "VARCHAR"),
        (["١٢"], "VARCHAR"),
        (["1e5", "2.5"], "FLOAT"),
        (["1.5", "NaN", "-inf"], "FLOAT"),
        (["007", "1e5"], "VARCHAR"),
        (["1e5", "007"], "VARCHAR"),
        (["true", "FALSE", "True"], "BOOLEAN"),
        (["yes", "no"], "VARCHAR"),
        (["true", "1"], "VARCHAR"),
        (["2026-01-31", "0001-01-01"], "DATE"),
        (["2024-02-29"], "DATE"),
        (["2026-02-29"], "VARCHAR"),
        (["2026-13-01"], "VARCHAR"),
        (["31.01.2026"], "VARCHAR"),
        (["01/02/2026"], "VARCHAR"),
        (["2026-1-1"], "VARCHAR"),
        (["20260131"], "NUMBER(38,0)"),
        (["2026-01-31 10:00", "2026-01-31T10:00:59.123456789"], "TIMESTAMP_NTZ"),
        (["2026-01-31", "2026-01-31 10:00:00"], "TIMESTAMP_NTZ"),
        (["2026-01-31T10:00:00Z", "2026-01-31 10:00:00 +02:00", "2026-01-31T10:00-0530"], "TIMESTAMP_TZ"),
        (["2026-01-31T10:00:00Z", "2026-01-31T10:00:00"], "VARCHAR"),
        (["2026-01-31T10:00:00Z", "2026-01-31"], "VARCHAR"),
        (["2026-01-31T24:00:00"], "VARCHAR"),
        (["2026-01-31T10:00:00+19:00"], "VARCHAR"),
        (["10:30", "23:59:59.5"], "TIME"),
        (["24:00"], "VARCHAR"),
        (["Ann", "1"], "VARCHAR"),
        (["", ""], "VARCHAR"),
        (['""', '""'], "VARCHAR"),
        (["1", "", "3"], "NUMBER(38,0)"),
        (["1", '""', "3"], "NUMBER(38,0)"),
        (["1", "\\N"], "NUMBER(38,0)"),
        (["1", "NULL"], "VARCHAR"),
        (["1", "N/A"], "VARCHAR"),
        (['"1"', '"2"'], "NUMBER(38,0)"),
        (['"{""a"": 1}"'], "VARCHAR"),
    ],
)
def test_cells_of_csv_have_the_type(values: list[str], type_: str) -> None:
    assert of_csv(*values).type == type_


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "2"], "NUMBER(38,0)"),
        (["1.50"], "NUMBER(38,2)"),
        (["1e5", "1"], "FLOAT"),
        (["true", "false"], "BOOLEAN"),
        (['"true"'], "VARCHAR"),
        (['"1"', '"2"'], "VARCHAR"),
        (['"2026-01-31"'], "DATE"),
        (['"2026-01-31T10:00:00Z"', "null"], "TIMESTAMP_TZ"),
        (['"x"', '""'], "VARCHAR"),
        (['"2026-01-31"', '""'], "VARCHAR"),
        (["{}", "[1]"], "VARIANT"),
        (["1", '"x"'], "VARIANT"),
        (["1", "true"], "VARIANT"),
        (["1", "null", "[]"], "VARIANT"),
        (["null"], "VARCHAR"),
        (["9" * 39], "VARCHAR"),
    ],
)
def test_values_of_json_have_the_type_that_keeps_their_kind(values: list[str], type_: str) -> None:
    assert of_json(*values).type == type_


def test_nulls_and_empty_text_are_told_apart() -> None:
    column = of_csv("", '""', "x", "\\N", '""')
    assert (column.values, column.nulls, column.empties) == (3, 2, 2)
    assert (column.first_null, column.first_empty) == (2, 3)


def test_why_a_column_is_text_is_the_first_value_that_is_not_like_those_before() -> None:
    assert str(of_csv("1", "2", "N/A", "x").odd) == "line 4 has 'N/A'"
    assert str(of_csv("80331", "00501").odd) == "line 3 has '00501'"
    assert of_csv("00501", "80331").odd is None
    assert of_csv("Ann", "1").odd is None
    assert of_csv("1", "2").odd is None
    assert str(of_csv("2026-01-31", "31.01.2026").odd) == "line 3 has '31.01.2026'"


def test_sizes_are_the_largest_of_all_values() -> None:
    column = of_csv("-12.5", "0.125", "1234")
    assert (column.whole, column.scale, column.longest, column.longest_at) == (4, 3, 5, 2)


def test_keys_that_come_late_or_are_left_out_are_null_elsewhere() -> None:
    content = '{"a": 1}\n\n{"b": "x"}\n{"a": 2, "b": "y", "c": null}\n'
    result = found(content, Layout("jsonl", "utf-8"))
    assert [(column.name, column.nulls, column.first_null) for column in result.columns] == [
        ("a", 1, 3),
        ("b", 1, 1),
        ("c", 3, 1),
    ]
    assert result.records == 3
    assert [record.line for record in result.sample] == [1, 3, 4]


def test_the_first_records_are_kept_to_be_shown_and_no_more_of_them_than_that() -> None:
    content = "".join(f'{{"a": "{"x" * 1_000}", "b": true, "c": null, "d": 1.50}}\n' for _ in range(10))
    sample = found(content, Layout("jsonl", "utf-8")).sample
    assert len(sample) == 3
    assert sample[0].cells == {"a": "x" * 200, "b": "true", "c": None, "d": "1.50"}


@pytest.mark.parametrize("content", ["a,b\n", "a,b"])
def test_a_file_without_records_is_refused(content: str) -> None:
    with pytest.raises(InvalidInput, match="no records"):
        found(content, Layout("csv", "utf-8", ","))
    with pytest.raises(InvalidInput, match="no records"):
        found("{}\n{}\n", Layout("jsonl", "utf-8"))


def test_keys_without_end_are_refused() -> None:
    lines = "\n".join(f'{{"k{number}": 1}}' for number in range(1_001))
    with pytest.raises(InvalidInput, match="more than 1,000 columns by line 1,001"):
        found(lines, Layout("jsonl", "utf-8"))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20))
def test_every_plain_decimal_is_a_number_of_its_digits(value: Decimal) -> None:
    text = f"{value:f}"
    column = of_csv(text)
    assert column.type == "NUMBER(38,4)"
    assert column.whole == len(text.lstrip("-").partition(".")[0].lstrip("0"))


@given(st.datetimes(timezones=st.none() | st.just(datetime.UTC)))
def test_every_moment_in_iso_8601_is_a_timestamp(value: datetime.datetime) -> None:
    column = of_csv(value.isoformat())
    assert column.type == ("TIMESTAMP_TZ" if value.tzinfo else "TIMESTAMP_NTZ")


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_breaks_the_reading_of_types(text: str) -> None:
    families = families_of(text)
    assert "number" not in families or "digits" in families
    assert "date" not in families or "timestamp_ntz" in families


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_any_file_is_read_or_refused_with_a_sentence(content: str) -> None:
    try:
        layout = layout_of(content.encode())
        found(content, layout)
    except InvalidInput as error:
        assert error.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2026-01-31", ("2026-01-31", "", "")),
        ("2026-01-31 10:00", ("2026-01-31", "10:00:00.000000000", "")),
        ("2026-01-31T10:00:01.5z", ("2026-01-31", "10:00:01.500000000", "+00:00")),
        ("2026-01-31T10:00:01 -0330", ("2026-01-31", "10:00:01.000000000", "-03:30")),
        ("2026-01-31T10:00:01+02", ("2026-01-31", "10:00:01.000000000", "+02:00")),
        ("2026-01-31T10:00:01+14:30", None),
        ("2026-01-31+02:00", None),
        ("2026-01-31T", None),
    ],
)
def test_a_moment_is_taken_apart(text: str, parts: tuple[str, str, str] | None) -> None:
    assert moment(text) == parts
