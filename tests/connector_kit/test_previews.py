"""Tokens of previews: for one thing, for a while, for once, for this process."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput, NotPermitted
from connector_kit.previews import SECONDS, Kept, Previews


class Clock:
    """A clock that stands still until it is moved; in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def previews(clock: Clock) -> Previews:
    return Previews(clock)


@pytest.mark.parametrize("rows", [None, 0, 7, 10**15])
def test_a_token_brings_back_the_rows_that_were_shown(previews: Previews, rows: int | None) -> None:
    assert previews.redeem(previews.issue("a", "b", rows=rows), "a", "b") == rows


def test_a_token_is_good_once(previews: Previews) -> None:
    token = previews.issue("a")
    previews.redeem(f" {token}\n", "a")
    with pytest.raises(NotPermitted, match="used already"):
        previews.redeem(token, "a")
    previews.redeem(previews.issue("a"), "a")


def test_a_token_ends_after_a_while(previews: Previews, clock: Clock) -> None:
    token = previews.issue("a")
    clock.now += SECONDS - 1
    other = previews.issue("a")
    previews.redeem(token, "a")
    clock.now += SECONDS + 1
    for each in (token, other):
        with pytest.raises(InvalidInput, match="older than 15 minutes"):
            previews.redeem(each, "a")


@pytest.mark.parametrize("subject", [("a",), ("b", "a"), ("a", "b", ""), ("ab",), ("a", "B"), ()])
def test_a_token_is_for_nothing_else(previews: Previews, subject: tuple[str, ...]) -> None:
    token = previews.issue("a", "b")
    with pytest.raises(InvalidInput, match="was given for something else"):
        previews.redeem(token, *subject)
    previews.redeem(token, "a", "b")


def test_a_token_is_of_one_process(previews: Previews, clock: Clock) -> None:
    with pytest.raises(InvalidInput, match="tokens end when the server does"):
        Previews(clock).redeem(previews.issue("a"), "a")


@given(st.data())
def test_no_token_can_be_forged_from_another(data: st.DataObject) -> None:
    previews = Previews()
    token = previews.issue("a", rows=5)
    place = data.draw(st.integers(0, len(token) - 1))
    forged = token[:place] + data.draw(st.text(max_size=3)) + token[place + 1 :]
    if forged.strip() != token:
        with pytest.raises(InvalidInput, match="is no token"):
            previews.redeem(forged, "a")


def test_what_was_used_is_not_kept_for_ever(previews: Previews, clock: Clock) -> None:
    for _ in range(50):
        previews.redeem(previews.issue("a"), "a")
        clock.now += SECONDS / 10
    kept: dict[str, float] = previews._used  # pyright: ignore[reportPrivateUsage] - what it is about
    assert len(kept) <= 12


@given(st.text())
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no token"):
        Previews().redeem(text, "a")


def test_a_kept_plan_is_looked_at_often_and_taken_once(clock: Clock) -> None:
    kept: Kept[list[int]] = Kept(clock, "resume")
    token = kept.keep(plan := [1])
    assert kept.look(token) is kept.look(f" {token} ") is plan
    assert kept.take(token) is plan
    for ask in (kept.look, kept.take):
        with pytest.raises(NotPermitted, match="used already"):
            ask(token)


def test_a_plan_is_kept_for_a_while_and_while_there_are_few(clock: Clock) -> None:
    kept: Kept[int] = Kept(clock, "resume")
    tokens = [kept.keep(number) for number in range(21)]
    with pytest.raises(InvalidInput, match=r"resume: is not kept any more: 20 others"):
        kept.take(tokens[0])
    assert kept.take(tokens[1]) == 1
    clock.now += SECONDS + 1
    with pytest.raises(InvalidInput, match="older than 15 minutes"):
        kept.take(tokens[2])
