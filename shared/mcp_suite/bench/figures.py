"""What was measured, against which target."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


class MeasurementError(Exception):
    """A figure could not be measured; the text says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `target` is the most that it may be (`least` reverses that); None is no target.

    A `value` of None could not be had on this machine; `note` says why, or what stands beside it. `server` is
    the script that was measured.
    """

    group: str
    name: str
    value: float | None
    unit: str
    target: float | None = None
    least: bool = False
    note: str = ""
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    runs: int = 0
    server: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target or a value."""
        if self.value is None or self.target is None:
            return None
        return self.value >= self.target if self.least else self.value <= self.target

    @property
    def ratio(self) -> float | None:
        """The value by its baseline, where there is one."""
        return None if self.value is None or not self.baseline else self.value / self.baseline


def spread(
    group: str,
    name: str,
    values: Sequence[float],
    unit: str,
    *,
    target: float | None = None,
    baseline: Sequence[float] = (),
    note: str = "",
) -> Figure:
    """The median with its extremes, and the baseline's median."""
    return Figure(
        group,
        name,
        statistics.median(values),
        unit,
        target,
        note=note,
        baseline=statistics.median(baseline) if baseline else None,
        low=min(values),
        high=max(values),
        runs=len(values),
    )


def tokens(byte_count: int) -> int:
    """Tokens of a text by the rule of thumb of four bytes each, rounded up."""
    return -(-byte_count // 4)
