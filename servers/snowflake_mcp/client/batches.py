"""Records on their way, as many at a time as a statement may carry, and whether they will be there in time."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from connector_kit.errors import InvalidInput

if TYPE_CHECKING:
    from snowflake_mcp.mapping import Pair
    from snowflake_mcp.tabular import Record

BATCH_CELLS: Final = 60_000
"""From 65,280 on the connector would upload a file of its own."""
BATCH_CHARS: Final = 4_000_000
"""Compressed that is about the megabyte that Snowflake recommends for a statement at most
(https://docs.snowflake.com/en/user-guide/query-size-limits)."""
FIRST_CELLS: Final = 6_000
BATCH_SECONDS: Final = 3.0
"""What a batch should take: the first is small, those after it are as large as that allows."""
_MEASURED: Final = 3
"""Batches after which it is clear how fast they go."""


class Pace:
    """How fast records are taken, and whether all of them will be by `ends`, in seconds of the monotonic clock."""

    def __init__(self, total: int, ends: float) -> None:
        self._total = total
        self._ends = ends
        self._last = time.monotonic()
        self._sent = 0
        self._batches = 0
        self._each = 0.0

    def sent(self, rows: int, columns: int) -> int:
        """Note a batch that has arrived; answers how many cells the next should have."""
        now = time.monotonic()
        took, self._last = max(now - self._last, 0.001), now
        self._sent += rows
        self._batches += 1
        self._each = took / rows
        return int(min(max(rows * columns * min(BATCH_SECONDS / took, 4.0), 1_000), BATCH_CELLS))

    def check(self) -> None:
        """Raise InvalidInput as soon as it is clear that there is not enough time."""
        now = time.monotonic()
        left = (self._total - self._sent) * self._each
        if now <= self._ends and (self._batches < _MEASURED or now + left <= self._ends):
            return
        fit = int(self._sent + max(self._ends - now, 0) / self._each) if self._each else 0
        raise InvalidInput(
            f"Nothing was loaded: {self._total:,} records cannot be sent in the time of a call.",
            next_step=f"Load the file in parts of about {max(fit // 2, 1):,} records, or ask the user to load it by a "
            "stage and COPY INTO.",
        )


class Batches:
    """Records as columns of text, as many at a time as a statement may carry."""

    def __init__(self, pairs: "Sequence[Pair]", source: "Iterator[Record]") -> None:
        self._pairs = pairs
        self._source = source
        self.cells = FIRST_CELLS
        """Of the next batch, at most."""

    def next(self) -> list[list[object]] | None:
        """The next batch: lines, then a list for each column; None when there is no more. Blocks."""
        lines: list[object] = []
        columns: list[list[object]] = [[] for _ in self._pairs]
        chars = 0
        most = max(self.cells // (len(self._pairs) + 1), 1)
        for record in self._source:
            lines.append(record.line)
            for column, pair in zip(columns, self._pairs, strict=True):
                text = pair.text(record.cells.get(pair.source.name))
                column.append(text)
                chars += len(text) if text else 0
            if len(lines) >= most or chars >= BATCH_CHARS:
                break
        return [lines, *columns] if lines else None
