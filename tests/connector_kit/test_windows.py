"""Spans of time as people say them, as two moments."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from connector_kit.windows import FORMS, Window, parse_window

NOW = datetime(2026, 2, 2, 12, 30, 15, 123_456, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def window(text: str, tz: ZoneInfo | None = None) -> Window:
    return parse_window(text, now=NOW, tz=tz or UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_all_forms_fit_into_what_is_told() -> None:
    with pytest.raises(InvalidInput) as refused:
        window("next week")
    assert refused.value.fields == {"window": FORMS}


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2d", "2026-01-31T12:30:15.123456", ""),
        ("-2d", "2026-01-31T12:30:15.123456", ""),
        ("36h", "2026-02-01T00:30:15.123456", ""),
        ("2w", "2026-01-19T12:30:15.123456", ""),
        ("90m", "2026-02-02T11:00:15.123456", ""),
        ("last 2 days", "2026-01-31T12:30:15.123456", ""),
        ("3 hours ago", "2026-02-02T09:30:15.123456", ""),
        ("today", "2026-02-02", ""),
        ("Yesterday", "2026-02-01", "2026-02-01T23:59:59.999999"),
        ("2026-01-31", "2026-01-31", "2026-01-31T23:59:59.999999"),
        ("2026-01-31T09:00", "2026-01-31T09:00", ""),
        ("2026-01-31 09:00:30.5Z", "2026-01-31T09:00:30.5", ""),
        ("2026-01-31T09:00+01:00", "2026-01-31T08:00", ""),
        ("2026-01-31T09:00 UTC", "2026-01-31T09:00", ""),
        ("2026-01-31..2026-02-01", "2026-01-31", "2026-02-01T23:59:59.999999"),
        ("2026-01-31 .. 2026-01-31T12:00", "2026-01-31", "2026-01-31T12:00"),
        ("3d..1d", "2026-01-30T12:30:15.123456", "2026-02-01T12:30:15.123456"),
        ("2026-01-31..now", "2026-01-31", "2026-02-02T12:30:15.123456"),
        ("2026-01-31..today", "2026-01-31", "2026-02-02T23:59:59.999999"),
        ("2026-01-31..", "2026-01-31", ""),
        ("..2026-01-31", "", "2026-01-31T23:59:59.999999"),
    ],
)
def test_a_span_is_its_first_and_last_moment(said: str, first: str, last: str) -> None:
    assert window(said) == (at(first) if first else None, at(last) if last else None)


def test_a_day_begins_where_the_user_is_and_is_told_in_utc() -> None:
    assert window("2026-01-31", BERLIN) == (at("2026-01-30T23:00"), at("2026-01-31T22:59:59.999999"))
    assert window("2026-01-31T09:00", BERLIN).first == at("2026-01-31T08:00")
    assert window("2026-03-29", BERLIN) == (at("2026-03-28T23:00"), at("2026-03-29T21:59:59.999999"))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this machine cannot be set")
def test_days_of_this_machine_begin_an_hour_earlier_in_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        assert parse_window("2026-01-31..", now=NOW, tz=None).first == at("2026-01-30T23:00:00")
        assert parse_window("2025-07-01..", now=NOW, tz=None).first == at("2025-06-30T22:00:00")
        assert parse_window("2025-07-01T09:00", now=NOW, tz=None).first == at("2025-07-01T07:00:00")
        assert parse_window("today", now=NOW, tz=None).first == at("2026-02-01T23:00:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_time_back_counts_hours_over_a_change_of_the_clock() -> None:
    now = datetime(2026, 3, 29, 12, 0, tzinfo=BERLIN)
    assert parse_window("24h", now=now, tz=BERLIN).first == at("2026-03-28T10:00")


def test_a_service_reads_moments_of_its_own() -> None:
    def moment(said: str) -> datetime | None:
        return at("2026-01-01") if said == "the beginning" else None

    found = parse_window("the beginning..1d", now=NOW, tz=UTC, moment=moment)
    assert found == (at("2026-01-01"), at("2026-02-01T12:30:15.123456"))


@pytest.mark.parametrize(
    "said",
    ["", "..", "soon", "2x", "d", "--2d", "2026-13-01", "2026-02-30", "2026-01-31T25:00", "999999w", "1.5d",
     "2026-01-31T09:00+99:99", "0001-01-01..x", "9999-12-31", "a..b", "٢d"],
)  # fmt: skip
def test_what_is_no_span_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput, match="36h"):
        window(said)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ends before it begins"):
        window("2026-02-01..2026-01-31")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(said: str) -> None:
    try:
        first, last = window(said)
    except InvalidInput:
        return
    assert first is None or last is None or first <= last
