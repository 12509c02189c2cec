"""How fast a service is called, and when it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.limits import CircuitBreaker, TokenBucket
from connector_kit.testing.clock import FakeClock


def test_a_bucket_lets_a_burst_out_and_then_keeps_the_pace() -> None:
    bucket = TokenBucket(60, burst=3, clock=FakeClock())
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, pytest.approx(1), pytest.approx(2)]


def test_a_bucket_refills_with_time_but_not_beyond_its_size() -> None:
    clock = FakeClock()
    bucket = TokenBucket(60, burst=2, clock=clock)
    assert [bucket.take(), bucket.take()] == [0, 0]
    clock.advance(3600)
    assert [bucket.take() for _ in range(3)] == [0, 0, pytest.approx(1)]


def test_a_bucket_holds_a_minutes_worth_unless_told_otherwise() -> None:
    bucket = TokenBucket(100, clock=FakeClock())
    assert [bucket.take() for _ in range(100)] == [0] * 100
    assert bucket.take() == pytest.approx(0.6)


def test_a_call_that_was_not_made_is_given_back() -> None:
    bucket = TokenBucket(60, burst=1, clock=FakeClock())
    bucket.take()
    bucket.take()
    bucket.give_back()
    assert bucket.take() == pytest.approx(1)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_limit_of_nothing_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="fraction"):
        TokenBucket(rate)


@given(st.lists(st.floats(0, 10), max_size=60), st.floats(1, 600), st.floats(1, 20))
def test_no_more_calls_go_out_than_burst_and_pace_allow(gaps: list[float], rate: float, burst: float) -> None:
    clock = FakeClock(0)
    bucket = TokenBucket(rate, burst, clock=clock)
    made: list[float] = []
    for gap in gaps:
        clock.advance(gap)
        made.append(clock() + bucket.take())
    for count, moment in enumerate(made, 1):
        assert count <= burst + moment * rate / 60 + 1e-6


def open_breaker(clock: FakeClock) -> CircuitBreaker:
    breaker = CircuitBreaker(5, 30, clock=clock)
    for _ in range(5):
        assert breaker.refusal() is None
        breaker.leave(breaker.enter(), False)
    return breaker


def test_the_circuit_opens_after_five_failures_in_a_row() -> None:
    breaker = open_breaker(FakeClock())
    assert breaker.refusal() == 30
    assert breaker.failures == 5


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = CircuitBreaker(clock=FakeClock())
    for ok in [False] * 4 + [True] + [False] * 4:
        breaker.leave(breaker.enter(), ok)
    assert breaker.refusal() is None


def test_after_the_pause_exactly_one_probe_goes_out() -> None:
    clock = FakeClock()
    breaker = open_breaker(clock)
    clock.advance(29)
    assert breaker.refusal() == pytest.approx(1)
    clock.advance(1)
    assert breaker.refusal() is None
    breaker.enter()
    assert [breaker.refusal() for _ in range(9)] == [1.0] * 9


def test_a_probe_that_works_closes_the_circuit_and_one_that_fails_opens_it_again() -> None:
    clock = FakeClock()
    breaker = open_breaker(clock)
    clock.advance(30)
    breaker.leave(breaker.enter(), False)
    assert breaker.refusal() == 30
    clock.advance(30)
    breaker.leave(breaker.enter(), True)
    assert breaker.refusal() is None
    assert breaker.failures == 0


def test_a_cancelled_probe_says_nothing_and_leaves_its_place_to_another() -> None:
    clock = FakeClock()
    breaker = open_breaker(clock)
    clock.advance(30)
    breaker.leave(breaker.enter(), None)
    assert breaker.refusal() is None
    breaker.enter()
    assert breaker.refusal() == 1.0


def test_a_straggler_from_before_decides_nothing_while_the_circuit_is_open() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(2, 30, clock=clock)
    late, lost = breaker.enter(), breaker.enter()
    for _ in range(2):
        breaker.leave(breaker.enter(), False)
    breaker.leave(late, True)
    breaker.leave(lost, False)
    assert breaker.refusal() == 30
