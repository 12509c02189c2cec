"""Which failures are repeated, and after how long."""

import math
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.retry import Backoff, asked_wait, is_ambiguous, is_quota, was_refused

NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC).timestamp()


def later(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOW + seconds, UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": format_datetime(later(12), usegmt=True)}, 12),
        ({"retry-after": format_datetime(later(-12), usegmt=True)}, 0),
        ({"beta-retry-after": "4"}, 4),
        ({"retry-after": "soon", "beta-retry-after": "4"}, 4),
        ({"x-ratelimit-reset": str(int(NOW) + 9)}, 9),
        ({"x-ratelimit-reset": str((int(NOW) + 9) * 1000)}, 9),
        ({"x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-reset": "2026-11-21T10:00:05Z"}, 5),
        ({"x-ratelimit-reset": "2026-11-21T12:00:05+02:00"}, 5),
        ({"x-ratelimit-reset": "2026-11-21T10:00"}, 0),
        ({"retry-after": "2", "x-ratelimit-reset": "30"}, 2),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
        ({"x-ratelimit-reset": "tomorrow"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_a_429_asks_for_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    asked = asked_wait(429, headers, NOW)
    assert asked == (None if seconds is None else pytest.approx(seconds))


def test_the_reset_of_a_window_asks_nothing_of_other_answers() -> None:
    assert asked_wait(500, {"x-ratelimit-reset": "30"}, NOW) is None
    assert asked_wait(503, {"retry-after": "30"}, NOW) == 30


@given(st.text(), st.text(), st.sampled_from([429, 500, 503]))
def test_no_header_makes_the_wait_negative_or_infinite(after: str, reset: str, status: int) -> None:
    wait = asked_wait(status, {"retry-after": after, "x-ratelimit-reset": reset}, NOW)
    assert wait is None or (wait >= 0 and math.isfinite(wait))


@given(st.integers(0, 10**6))
def test_seconds_and_dates_say_the_same(seconds: int) -> None:
    date = format_datetime(later(seconds), usegmt=True)
    assert asked_wait(429, {"retry-after": str(seconds)}, NOW) == asked_wait(429, {"retry-after": date}, NOW) == seconds


@pytest.mark.parametrize(
    ("reason", "quota"),
    [("jira-quota-global-based", True), ("Jira-Quota-Tenant-Based", True), ("jira-burst-based", False), ("", False)],
)
def test_an_exhausted_quota_is_told_from_a_burst(reason: str, quota: bool) -> None:
    assert is_quota({"ratelimit-reason": reason}) is quota


@pytest.mark.parametrize(
    ("status", "headers", "refused", "ambiguous"),
    [
        (429, {}, True, False),
        (503, {"retry-after": "1"}, True, False),
        (503, {}, False, True),
        (500, {}, False, True),
        (502, {}, False, True),
        (504, {}, False, True),
        (599, {}, False, True),
        (501, {}, False, False),
        (408, {}, False, True),
        (404, {}, False, False),
    ],
)
def test_a_refused_request_did_not_run_and_other_server_errors_leave_doubt(
    status: int, headers: dict[str, str], refused: bool, ambiguous: bool
) -> None:
    assert was_refused(status, headers) is refused
    assert is_ambiguous(status, headers) is ambiguous


def after(
    status: int, headers: dict[str, str] | None = None, *, tries: int = 1, repeatable: bool = True
) -> float | None:
    steady = Backoff(jitter=lambda: 0.5)
    return steady.after_answer(status, headers or {}, tries=tries, repeatable=repeatable, remaining=40)


def test_waits_double_from_one_second_and_end_after_three_retries() -> None:
    assert [after(503, tries=tries) for tries in (1, 2, 3, 4)] == [1, 2, 4, None]


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_jitter_stays_within_a_quarter_of_the_step(tries: int, jitter: float) -> None:
    delay = Backoff(jitter=lambda: jitter).own_delay(tries)
    step = min(8.0, 2.0 ** min(tries - 1, 10))
    assert 0.75 * step <= delay <= 1.25 * step


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_passing_trouble_is_repeated_only_if_that_is_safe(status: int) -> None:
    assert after(status) is not None
    assert after(status, repeatable=False) is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422, 501])
def test_a_request_that_is_wrong_is_not_repeated(status: int) -> None:
    assert after(status) is None


def test_a_refused_request_is_repeated_whatever_its_method() -> None:
    assert after(429, repeatable=False) == 1
    assert after(503, {"retry-after": "2"}, repeatable=False) == pytest.approx(2.15)


@given(st.floats(0, 100), st.floats(0, 1), st.floats(0, 60))
def test_a_retry_never_comes_earlier_than_asked_nor_later_than_there_is_time(
    asked: float, jitter: float, remaining: float
) -> None:
    wait = Backoff(jitter=lambda: jitter).after_answer(
        429, {"retry-after": repr(asked)}, tries=1, repeatable=True, remaining=remaining
    )
    assert wait is None or (asked <= wait < remaining and wait <= asked + 1 and asked <= 30)


def test_a_wait_beyond_the_cap_is_the_callers_to_know() -> None:
    assert after(429, {"retry-after": "31"}) is None


def test_an_exhausted_quota_is_waited_for_only_if_it_is_back_in_a_moment() -> None:
    quota = {"ratelimit-reason": "jira-quota-tenant-based"}
    assert after(429, quota) is None
    assert after(429, {**quota, "retry-after": "20"}) is None
    assert after(429, {**quota, "retry-after": "3"}) is not None


@pytest.mark.parametrize(
    ("sent", "repeatable", "repeated"),
    [(False, False, True), (False, True, True), (True, True, True), (True, False, False)],
)
def test_a_broken_connection_is_repeated_if_nothing_was_sent_or_it_does_no_harm(
    sent: bool, repeatable: bool, repeated: bool
) -> None:
    steady = Backoff(jitter=lambda: 0.5)
    wait = steady.after_failure(sent=sent, tries=1, repeatable=repeatable, remaining=40)
    assert (wait is not None) is repeated
    assert steady.after_failure(sent=False, tries=4, repeatable=True, remaining=40) is None
    assert steady.after_failure(sent=False, tries=1, repeatable=True, remaining=0.5) is None
