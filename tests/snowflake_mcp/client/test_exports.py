"""Files while they are written: one part in memory, nothing left of what fails, the time of a call kept."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from connector_kit.allowed_folder import AllowedFolder
from connector_kit.errors import BadAnswer, Conflict, TimedOut, Unavailable
from snowflake_mcp.client import exports
from snowflake_mcp.client.exports import Target, export
from snowflake_mcp.models import Column

if TYPE_CHECKING:
    from snowflake_mcp.client.engine import Stream

pytestmark = pytest.mark.anyio


class Part(list[tuple[object, ...]]):
    """Rows that can be watched."""


class Rows:
    """A result of `parts` times 1,000 rows; `meanwhile` is called before each part."""

    query_id = "01b2"
    columns = (Column("N", "NUMBER(38,0)"),)

    def __init__(self, parts: int, *, total: int | None = None, meanwhile: Callable[[int], object] = id) -> None:
        self._parts = parts
        self._meanwhile = meanwhile
        self.total = parts * 1_000 if total is None else total
        self._made: list[weakref.ref[Part]] = []
        self.most = 0
        """How many parts were in memory at a time."""

    async def __aiter__(self) -> AsyncIterator[Part]:
        for number in range(self._parts):
            waited = self._meanwhile(number)
            if asyncio.iscoroutine(waited):
                await waited
            part = Part((row,) for row in range(number * 1_000, number * 1_000 + 1_000))
            self._made.append(weakref.ref(part))
            self.most = max(self.most, sum(each() is not None for each in self._made))
            yield part
            del part


@asynccontextmanager
async def served(rows: Rows) -> AsyncGenerator[Stream]:
    yield cast("Stream", rows)


@pytest.fixture
def to(tmp_path: Path) -> Target:
    """A file that is not there yet."""
    folder = AllowedFolder.of(tmp_path, variable="FOLDER", guide="", refused="Nothing was exported")
    return Target(folder, "n.csv", "csv")


async def test_parts_are_let_go_of_as_they_are_written(to: Target) -> None:
    rows = Rows(100)
    done = await export(served(rows), to, limit=10**9, seconds=60)
    assert (done.rows, done.bytes, done.notes) == (100_000, to.path.stat().st_size, ())
    assert rows.most <= 2


async def test_when_the_time_is_over_the_file_says_how_far_it_came(to: Target) -> None:
    done = await export(
        served(Rows(5, meanwhile=lambda number: asyncio.sleep(600 if number == 3 else 0))), to, limit=10**9, seconds=0.5
    )
    assert done.rows == 3_000
    assert done.notes[0].startswith("Incomplete: the first 3,000 rows of 5,000, because of the time of a call.")
    assert len(to.path.read_text().splitlines()) == 3_001


async def test_a_file_ends_before_it_is_too_large(to: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LARGEST", 10_000)
    done = await export(served(Rows(10)), to, limit=10**9, seconds=60)
    assert 10_000 <= done.bytes < 10_010
    assert done.notes[0].startswith(f"Incomplete: the first {done.rows:,} rows of 10,000, because of 10,000 bytes.")


async def test_fewer_rows_than_there_are_is_no_file(to: Target) -> None:
    with pytest.raises(BadAnswer, match="2,000 rows of 2,500"):
        await export(served(Rows(2, total=2_500)), to, limit=10**9, seconds=60)
    assert list(to.folder.path.iterdir()) == []


async def test_a_failure_in_between_leaves_nothing(to: Target) -> None:
    def fail(number: int) -> None:
        if number == 2:
            raise Unavailable("Snowflake cannot be reached.")

    with pytest.raises(Unavailable):
        await export(served(Rows(5, meanwhile=fail)), to, limit=10**9, seconds=60)
    assert list(to.folder.path.iterdir()) == []


async def test_a_cancelled_export_leaves_nothing(to: Target) -> None:
    reached = asyncio.Event()

    async def wait(number: int) -> None:
        if number == 2:
            reached.set()
            await asyncio.sleep(600)

    running = asyncio.create_task(export(served(Rows(5, meanwhile=wait)), to, limit=10**9, seconds=60))
    await reached.wait()
    assert [path.suffix for path in to.folder.path.iterdir()] == [".part"]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert list(to.folder.path.iterdir()) == []


async def test_a_name_that_is_taken_meanwhile_stays_with_its_owner(to: Target) -> None:
    with pytest.raises(Conflict, match="never overwritten"):
        await export(served(Rows(1, meanwhile=lambda _: to.path.write_text("mine"))), to, limit=10**9, seconds=60)
    assert [(path.name, path.read_text()) for path in to.folder.path.iterdir()] == [("n.csv", "mine")]


async def test_nothing_in_time_is_no_file(to: Target) -> None:
    @asynccontextmanager
    async def late() -> AsyncGenerator[Stream]:
        await asyncio.sleep(600)
        yield cast("Stream", Rows(0))

    with pytest.raises(TimedOut, match="nothing was written"):
        await export(late(), to, limit=1, seconds=0.1)
    assert list(to.folder.path.iterdir()) == []
