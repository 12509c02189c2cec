"""Spans of time as people say them."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from slack_mcp.text import is_after, parse_window, time_of, ts_of

NOW = datetime(2026, 2, 2, 12, 30, 15, 123_456, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def window(text: str, tz: ZoneInfo | None = None) -> tuple[str, str]:
    return parse_window(text, now=NOW, tz=tz or UTC)


def at(text: str) -> str:
    return ts_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_all_forms_fit_into_what_is_told() -> None:
    with pytest.raises(InvalidInput) as refused:
        window("next week")
    assert not refused.value.fields["window"].endswith("…")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this machine cannot be set")
def test_days_of_this_machine_begin_an_hour_earlier_in_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        assert parse_window("2026-01-31..", now=NOW, tz=None)[0] == at("2026-01-30T23:00:00")
        assert parse_window("2025-07-01..", now=NOW, tz=None)[0] == at("2025-06-30T22:00:00")
        assert parse_window("2025-07-01T09:00", now=NOW, tz=None)[0] == at("2025-07-01T07:00:00")
        assert parse_window("today", now=NOW, tz=None)[0] == at("2026-02-01T23:00:00")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("said", "oldest", "latest"),
    [
        ("2d", "2026-01-31T12:30:15.123456", ""),
        ("36h", "2026-02-01T00:30:15.123456", ""),
        ("2w", "2026-01-19T12:30:15.123456", ""),
        ("90m", "2026-02-02T11:00:15.123456", ""),
        ("last 2 days", "2026-01-31T12:30:15.123456", ""),
        ("3 hours ago", "2026-02-02T09:30:15.123456", ""),
        ("today", "2026-02-02T00:00:00", ""),
        ("Yesterday", "2026-02-01T00:00:00", "2026-02-01T23:59:59.999999"),
        ("2026-01-31", "2026-01-31T00:00:00", "2026-01-31T23:59:59.999999"),
        ("2026-01-31T09:00", "2026-01-31T09:00:00", ""),
        ("2026-01-31 09:00:30.5Z", "2026-01-31T09:00:30.5", ""),
        ("2026-01-31T09:00+01:00", "2026-01-31T08:00:00", ""),
        ("2026-01-31T09:00 UTC", "2026-01-31T09:00:00", ""),
        ("2026-01-31..2026-02-01", "2026-01-31T00:00:00", "2026-02-01T23:59:59.999999"),
        ("2026-01-31 .. 2026-01-31T12:00", "2026-01-31T00:00:00", "2026-01-31T12:00:00"),
        ("3d..1d", "2026-01-30T12:30:15.123456", "2026-02-01T12:30:15.123456"),
        ("2026-01-31..now", "2026-01-31T00:00:00", "2026-02-02T12:30:15.123456"),
        ("2026-01-31..today", "2026-01-31T00:00:00", "2026-02-02T23:59:59.999999"),
    ],
)
def test_a_span_is_two_timestamps_within_it(said: str, oldest: str, latest: str) -> None:
    assert window(said) == (at(oldest), at(latest) if latest else "")


def test_a_range_may_be_open_on_a_side() -> None:
    assert window("2026-01-31..") == (at("2026-01-31"), "")
    assert window("..yesterday") == ("", at("2026-02-01T23:59:59.999999"))


def test_a_ts_stays_exact() -> None:
    assert window("1769850000.123457..1769850000.123458") == ("1769850000.123457", "1769850000.123458")
    assert window("1769850000.000001") == ("1769850000.000001", "")


def test_a_day_is_a_day_where_the_user_is() -> None:
    assert window("2026-01-31", BERLIN) == (at("2026-01-30T23:00"), at("2026-01-31T22:59:59.999999"))
    assert window("2026-01-31T09:00", BERLIN)[0] == at("2026-01-31T08:00")
    assert window("2026-03-29", BERLIN) == (at("2026-03-28T23:00"), at("2026-03-29T21:59:59.999999"))


def test_a_time_back_counts_hours_over_a_change_of_the_clock() -> None:
    now = datetime(2026, 3, 29, 12, 0, tzinfo=BERLIN)
    assert parse_window("24h", now=now, tz=BERLIN)[0] == at("2026-03-28T10:00")


@pytest.mark.parametrize(
    "said",
    ["", "..", "soon", "2x", "d", "-2d", "2026-13-01", "2026-02-30", "2026-01-31T25:00", "999999w", "1.5d",
     "2026-01-31T09:00+99:99", "0001-01-01", "9999-12-31", "a..b", "٢d"],
)  # fmt: skip
def test_what_is_no_span_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput, match="36h"):
        window(said)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ends before it begins"):
        window("2026-02-01..2026-01-31")


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
