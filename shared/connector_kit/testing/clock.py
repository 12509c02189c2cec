"""A clock that tests turn by hand."""

from __future__ import annotations

import anyio.lowlevel


class FakeClock:
    """Stands in for `time.monotonic` (call it) and `anyio.sleep` (`sleep`): waiting takes no time.

    `waits` are the seconds that were slept, in order.
    """

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        """Note the wait, let the time pass, and let other tasks run."""
        self.waits.append(seconds)
        self.now += seconds
        await anyio.lowlevel.checkpoint()
