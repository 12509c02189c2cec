"""Spans of time as people say them, as two moments."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from connector_kit.windows import Window, parse_window

NOW = datetime(2026, 2, 2, 12, 30, 15, 123_456, tzinfo=UTC)


def window(text: str, tz: ZoneInfo | None = None) -> Window:
    return parse_window(text, now=NOW, tz=tz or UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2d", "2026-01-31T12:30:15.123456", ""),
        ("today", "2026-02-02", ""),
        ("yesterday", "2026-02-01", "2026-02-01T23:59:59.999999"),
        ("2026-01-31", "2026-01-31", "2026-01-31T23:59:59.999999"),
        ("2026-01-31T09:00+01:00", "2026-01-31T08:00", ""),
        ("3d..1d", "2026-01-30T12:30:15.123456", "2026-02-01T12:30:15.123456"),
        ("2026-01-31..", "2026-01-31", ""),
        ("..2026-01-31", "", "2026-01-31T23:59:59.999999"),
    ],
)
def test_a_span_is_its_first_and_last_moment(said: str, first: str, last: str) -> None:
    assert window(said) == (at(first) if first else None, at(last) if last else None)


def test_a_day_begins_where_the_user_is_and_is_told_in_utc() -> None:
    assert window("2026-01-31", ZoneInfo("Europe/Berlin")).first == at("2026-01-30T23:00")


def test_a_service_reads_moments_of_its_own() -> None:
    def moment(said: str) -> datetime | None:
        return at("2026-01-01") if said == "the beginning" else None

    found = parse_window("the beginning..1d", now=NOW, tz=UTC, moment=moment)
    assert found == (at("2026-01-01"), at("2026-02-01T12:30:15.123456"))


@pytest.mark.parametrize("said", ["", "..", "soon", "2026-13-01", "999999w", "0001-01-01..x", "9999-12-31"])
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
