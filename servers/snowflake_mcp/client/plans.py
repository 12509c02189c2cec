"""Snowflake's plan of a statement, pared: its steps as a tree, what it would read, what is wrong with it.

https://docs.snowflake.com/en/sql-reference/sql/explain
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector_kit.errors import clean_text

PRUNABLE: Final = 10
"""Partitions from which on it is worth telling that none was left out."""


@dataclass(frozen=True, slots=True)
class Step:
    """An operation of a plan. `depth` is its distance from the root; counts are None where they are not told."""

    operation: str
    depth: int
    object: str = ""
    alias: str = ""
    expressions: str = ""
    partitions: int | None = None
    of_partitions: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a plan, each before those it takes its rows from; `partitions` and `bytes` are read at most."""

    steps: tuple[Step, ...]
    partitions: int | None = None
    of_partitions: int | None = None
    bytes: int | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes it slow or dear, each with what to do about it."""
        found: list[str] = []
        if any(re.search("cartesian", step.operation, re.IGNORECASE) for step in self.steps):
            found.append(
                "Cartesian join: every row of one side meets every row of the other. Join on a condition with =."
            )
        found += [
            f"Full scan: all {step.of_partitions:,} partitions of {clean_text(step.object, 200)} are read. "
            "Filter on the columns that it is clustered or loaded by, such as its date."
            for step in self.steps
            if step.of_partitions and step.of_partitions >= PRUNABLE and step.partitions == step.of_partitions
        ]
        return tuple(dict.fromkeys(found))


def plan_of(records: Sequence[Mapping[str, object]]) -> Plan:
    """The plan in the rows of EXPLAIN USING TABULAR, by the lower-case names of their columns."""
    nothing: Mapping[str, object] = {}
    totals = next((row for row in records if _operation(row).lower() == "globalstats"), nothing)
    rows = [row for row in records if row is not totals and _operation(row)]
    depths: dict[tuple[int | None, int], int] = {}
    steps: list[Step] = []
    for row in rows:
        parents = _numbers(row.get("parentoperators", row.get("parent")))
        of_step = _number(row.get("step"))
        depth = 1 + max((depths.get((of_step, parent), 0) for parent in parents), default=-1)
        if (own := _number(row.get("id"))) is not None:
            depths[(of_step, own)] = depth
        steps.append(
            Step(
                _operation(row),
                depth,
                object=_text(row.get("objects")),
                alias=_text(row.get("alias")),
                expressions=_text(row.get("expressions")),
                partitions=_assigned(row),
                of_partitions=_total(row),
                bytes=_bytes(row),
            )
        )
    return Plan(tuple(steps), _assigned(totals), _total(totals), _bytes(totals))


def _operation(row: Mapping[str, object]) -> str:
    return _text(row.get("operation"))


# The names of the columns as they are answered, and as the page of the documentation has them.
def _assigned(row: Mapping[str, object]) -> int | None:
    return _number(row.get("partitionsassigned", row.get("assignedpartitions")))


def _total(row: Mapping[str, object]) -> int | None:
    return _number(row.get("partitionstotal", row.get("totalpartitions")))


def _bytes(row: Mapping[str, object]) -> int | None:
    return _number(row.get("bytesassigned", row.get("assignedbytes")))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> int | None:
    found = _numbers(value)
    return found[0] if found else None


def _numbers(value: object) -> list[int]:
    """The whole numbers in a value: 3, "3", "[1, 2]"."""
    return [int(digits) for digits in re.findall(r"\d{1,18}", _text(value))]
