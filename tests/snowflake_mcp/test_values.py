import datetime
import json
import math
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snowflake_mcp.values import Json, cell, text_of, type_name

UTC = datetime.UTC
CET = datetime.timezone(datetime.timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (False, False),
        (0, 0),
        (-(2**53), -(2**53)),
        (2**53 + 1, "9007199254740993"),
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0E-10"), "0.0000000000"),
        (Decimal("12345678901234567890123456789.123456789"), "12345678901234567890123456789.123456789"),
        (Decimal("NaN"), "NaN"),
        (Decimal("-Infinity"), "-Infinity"),
        (1.5, 1.5),
        (1e300, 1e300),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
        ("", ""),
        ("it's", "it's"),
        (datetime.date(2025, 2, 3), "2025-02-03"),
        (datetime.date(9999, 12, 31), "9999-12-31"),
        (datetime.time(1, 2, 3), "01:02:03"),
        (datetime.time(1, 2, 3, 450_000), "01:02:03.45"),
        (datetime.datetime(2025, 2, 3, 4, 5, 6, tzinfo=None), "2025-02-03T04:05:06"),  # noqa: DTZ001 - TIMESTAMP_NTZ has no zone
        (datetime.datetime(2025, 2, 3, 4, 5, 6, 7, tzinfo=None), "2025-02-03T04:05:06.000007"),  # noqa: DTZ001
        (datetime.datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC), "2025-02-03T04:05:06Z"),
        (datetime.datetime(2025, 2, 3, 4, 5, 6, 100_000, tzinfo=CET), "2025-02-03T04:05:06.1+01:00"),
        (b"", ""),
        (b"Hello", "48656C6C6F"),
        (bytearray(b"\x00\xff"), "00FF"),
        (b"a" * 2_000, "61" * 16 + "… (2,000 bytes)"),
        ([1, Decimal("2.0"), None, {"a": b"\x01"}], [1, "2.0", None, {"a": "01"}]),
        ((1, 2), [1, 2]),
        ({1: datetime.date(2025, 1, 1)}, {"1": "2025-01-01"}),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_says_the_same_as_json(value: object, shown: Json) -> None:
    answer = cell(value)
    assert answer == shown
    assert type(answer) is type(shown)
    json.dumps(answer, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a": [1, 2.5, null, true], "b": "x"}', {"a": [1, 2.5, None, True], "b": "x"}),
        ('"text"', "text"),
        ("12", 12),
        ("null", None),
        ("1.10", 1.1),
        ("0.1234567890123456789", "0.1234567890123456789"),
        ("1e999", "1e999"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("9007199254740993", "9007199254740993"),
        ("9" * 5_000, "9" * 1_000 + "… (5,000 characters)"),
        ("NaN", "NaN"),
        ("[1, undefined]", "[1, undefined]"),
        ("not json", "not json"),
        ("", ""),
    ],
)
def test_a_semi_structured_value_is_parsed_as_far_as_it_is_exact(text: str, shown: Json) -> None:
    assert cell(text, "VARIANT") == shown
    assert cell(text, "OBJECT") == shown


def test_text_that_looks_like_json_stays_text_in_a_column_of_text() -> None:
    assert cell('{"a": 1}', "VARCHAR") == '{"a": 1}'


def test_a_long_value_is_cut_and_says_how_long_it_is() -> None:
    assert cell("x" * 2_000, limit=5) == "xxxxx… (2,000 characters)"
    assert cell([1, 2, 3, 4], limit=4) == "[1,2… (9 characters)"
    assert cell('{"a":1}', "VARIANT", limit=7) == {"a": 1}


def test_a_value_nested_without_end_is_no_trouble() -> None:
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    json.dumps(cell(deep))
    assert isinstance(cell("[" * 100_000 + "]" * 100_000, "ARRAY"), str)


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (1, "1"), (1.5, "1.5"), ("a", "a"), ([1, "ä"], '[1,"ä"]')]
)
def test_a_cell_is_written_as_text(value: Json, text: str) -> None:
    assert text_of(value) == text


def test_a_type_has_the_name_that_a_statement_would_use() -> None:
    assert type_name(0, 10, 2) == "NUMBER(10,2)"
    assert type_name(0, 38) == "NUMBER(38,0)"
    assert type_name(0) == "NUMBER"
    assert [type_name(code) for code in (1, 2, 3, 5, 8, 11, 13)] == [
        "FLOAT",
        "VARCHAR",
        "DATE",
        "VARIANT",
        "TIMESTAMP_NTZ",
        "BINARY",
        "BOOLEAN",
    ]
    assert type_name(99) == "TYPE 99"
    assert type_name(-1) == "TYPE -1"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_a_decimal_comes_back_from_its_text(value: Decimal) -> None:
    assert Decimal(str(cell(value))) == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(["", "VARIANT", "VARCHAR"]),
)
def test_any_value_is_json_within_the_limit(value: object, name: str) -> None:
    answer = cell(value, name, limit=60)
    json.dumps(answer, allow_nan=False)
    assert len(text_of(answer)) <= 60 + len("… (1,000,000 characters)")
