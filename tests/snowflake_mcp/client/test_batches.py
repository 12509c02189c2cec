"""How many records go at a time, and when it is clear that they will not all be there in time."""

from __future__ import annotations

import io

import pytest

from connector_kit.errors import InvalidInput
from snowflake_mcp.client import batches
from snowflake_mcp.client.batches import Batches, Pace
from snowflake_mcp.inference import infer
from snowflake_mcp.mapping import new_table
from snowflake_mcp.tabular import Layout, records

LAYOUT = Layout("csv", "utf-8", ",")


class Clock:
    """A clock that stands still until it is moved; in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time as a pace sees it."""
    clock = Clock()
    monkeypatch.setattr(batches, "time", clock)
    return clock


def of(content: str) -> Batches:
    """The batches of a CSV file on its way into a table of its own."""

    def read() -> io.BytesIO:
        return io.BytesIO(content.encode())

    mapped = new_table(infer(records(read(), LAYOUT), cells=True))
    return Batches(mapped.pairs, records(read(), LAYOUT))


def test_a_batch_has_a_list_for_the_lines_and_for_each_column() -> None:
    made = of("a,b\n1,x\n2,\n")
    assert made.next() == [[2, 3], ["1", "2"], ["x", None]]
    assert made.next() is None


def test_a_batch_has_no_more_cells_than_it_may() -> None:
    made = of("a,b\n" + "1,x\n" * 10)
    made.cells = 9
    assert [len(batch[0]) for batch in iter(made.next, None)] == [3, 3, 3, 1]
    made = of("a,b\n" + "1,x\n" * 2)
    made.cells = 1
    assert [len(batch[0]) for batch in iter(made.next, None)] == [1, 1]


def test_long_cells_end_a_batch_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_CHARS", 25)
    made = of("a,b\n" + "1,xxxxxxxxx\n" * 6)
    assert [len(batch[0]) for batch in iter(made.next, None)] == [3, 3]


def test_a_batch_grows_while_there_is_time_for_it(clock: Clock) -> None:
    pace = Pace(1_000_000, clock.now + 1_000)
    sizes: list[int] = []
    for seconds in (0.1, 1.5, 3.0, 30.0, 0.0):
        clock.now += seconds
        sizes.append(pace.sent(1_000, 6))
    assert sizes == [24_000, 12_000, 6_000, 1_000, 24_000]
    clock.now += 0.1
    assert pace.sent(10_000, 6) == batches.BATCH_CELLS


def test_time_that_is_over_ends_it(clock: Clock) -> None:
    pace = Pace(10, clock.now + 5)
    pace.check()
    clock.now += 6
    with pytest.raises(InvalidInput, match="10 records cannot be sent in the time of a call"):
        pace.check()


def test_what_cannot_be_done_in_time_ends_as_soon_as_that_is_clear(clock: Clock) -> None:
    pace = Pace(100_000, clock.now + 30)
    for _ in range(2):
        clock.now += 1
        pace.sent(1_000, 6)
        pace.check()
    clock.now += 1
    pace.sent(1_000, 6)
    with pytest.raises(InvalidInput) as caught:
        pace.check()
    assert "parts of about 15,000 records" in str(caught.value)


def test_what_can_be_done_in_time_goes_on(clock: Clock) -> None:
    pace = Pace(100_000, clock.now + 30)
    for _ in range(10):
        clock.now += 1
        pace.sent(10_000, 6)
        pace.check()
