"""Durations and moments as Jira writes them."""

import pytest

from jira_mcp.sandbox.clock import is_day, parse_stamp, stamp
from jira_mcp.sandbox.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 30m", 5400),
        ("1.5h", 5400),
        ("90", 5400),
        ("1w 2d", 7 * 28800),
        ("2D", 57600),
        ("", None),
        ("soon", None),
        ("1h soon", None),
        ("-1h", None),
    ],
)
def test_durations_are_read(text: str, seconds: int | None) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(5400, "1h 30m"), (0, "0m"), (180_000, "1w 1d 2h"), (59, "0m")])
def test_durations_are_written(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text


def test_moments_are_read_and_written_in_utc() -> None:
    moment = parse_stamp("2026-01-31T10:00:58.120+0100")
    assert moment is not None
    assert stamp(moment) == "2026-01-31T09:00:58.120+0000"
    for text in ("2026-01-31", "2026-02-30T00:00:00.000+0000", "0001-01-01T00:00:00.000+1400", None):
        assert parse_stamp(text) is None


def test_days_have_to_exist() -> None:
    assert is_day("2028-02-29")
    assert not any(is_day(text) for text in ("2026-02-29", "2026-2-1", None))
