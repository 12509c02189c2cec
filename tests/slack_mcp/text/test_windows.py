"""Spans of time in Slack's timestamps, and these as times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from connector_kit.windows import FORMS
from slack_mcp.text import is_after, parse_window, time_of, ts_of

NOW = datetime(2026, 2, 2, 12, 30, 15, 123_456, tzinfo=UTC)


def window(text: str) -> tuple[str, str]:
    return parse_window(text, now=NOW, tz=UTC)


def at(text: str) -> str:
    return ts_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("said", "oldest", "latest"),
    [
        ("2d", "2026-01-31T12:30:15.123456", ""),
        ("2026-01-31..yesterday", "2026-01-31", "2026-02-01T23:59:59.999999"),
        ("..yesterday", "", "2026-02-01T23:59:59.999999"),
    ],
)
def test_a_span_is_two_timestamps_within_it(said: str, oldest: str, latest: str) -> None:
    assert window(said) == (at(oldest) if oldest else "", at(latest) if latest else "")


def test_a_ts_stays_exact() -> None:
    assert window("1769850000.123457..1769850000.123458") == ("1769850000.123457", "1769850000.123458")
    assert window("1769850000.000001") == ("1769850000.000001", "")


@pytest.mark.parametrize("said", ["soon", "0001-01-01", "999999999999.000000"])
def test_what_is_no_span_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        window(said)
    assert refused.value.fields == {"window": FORMS}


@given(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)))  # noqa: DTZ001 - given their zone below
def test_a_time_survives_as_a_ts(moment: datetime) -> None:
    known = moment.replace(tzinfo=UTC)
    assert time_of(ts_of(known)) == known


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(said: str) -> None:
    try:
        oldest, latest = window(said)
    except InvalidInput:
        return
    assert not is_after(oldest, latest)


def test_what_is_no_ts_has_no_time() -> None:
    for said in ("soon", "1769850000", "999999999999.000000"):
        with pytest.raises(InvalidInput):
            time_of(said)


def test_timestamps_compare_as_numbers() -> None:
    assert is_after("1000000000.000000", "999999999.999999")
    assert not is_after("", "1.000000")
