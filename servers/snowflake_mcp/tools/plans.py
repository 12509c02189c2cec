"""What a statement would do, as text."""

from typing import TYPE_CHECKING, Final

from connector_kit.errors import clean_text
from connector_kit.output import clip, quoted
from snowflake_mcp.tools.render import ROOM, columns_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snowflake_mcp.client.plans import Plan, Step
    from snowflake_mcp.client.queries import Explained
    from snowflake_mcp.guard import Statement

_EXPRESSIONS: Final = 200
_STEPS: Final = 100
_UNITS: Final = ("bytes", "KB", "MB", "GB", "TB", "PB", "EB")
_KINDS: Final = {"read": "only reads", "write": "changes data or objects", "destroy": "destroys data or an object"}


def explanation(found: "Explained") -> str:
    """A plan as an indented tree with what it would read and warnings, else the columns of the result."""
    lines = ["Not run.", _kind(found.statement)]
    if found.plan is not None:
        lines.append(_reads(found.plan))
        lines += [f"warning: {warning}" for warning in found.plan.warnings]
        lines.append(quoted("EXPLAIN", clip("\n".join(_steps(found.plan)), ROOM)))
    elif found.columns is not None:
        lines.append(f"No plan: {found.why_not} The statement compiles; its result has {len(found.columns):,} columns:")
        lines.append(quoted("DESCRIBE", clip(columns_line(found.columns), ROOM)))
    else:
        lines.append(f"No plan: {found.why_not} Whether its objects exist was not checked.")
    return "\n".join(lines)


def readable_bytes(count: int) -> str:
    """1_500_000 as 1.5 MB; by thousands."""
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1_000, unit + 1
    return f"{count:,} bytes" if unit == 0 else f"{amount:.3g} {_UNITS[unit]}"


def _kind(statement: "Statement") -> str:
    told = f"{statement.verb}: {_KINDS.get(statement.kind, statement.kind)}"
    if statement.reads:
        told += f"; reads {_names(statement.reads)}"
    if statement.writes:
        told += f"; writes {_names(statement.writes)}"
    return f"{told}."


def _names(names: "tuple[object, ...]") -> str:
    shown = ", ".join(clean_text(str(name), 200) for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown


def _reads(plan: "Plan") -> str:
    if plan.bytes is None and plan.partitions is None:
        return "Snowflake does not say how much it would read."
    partitions = "" if plan.partitions is None else f", {_of(plan.partitions, plan.of_partitions)} partitions"
    return f"It would read at most {readable_bytes(plan.bytes or 0)}{partitions}."


def _steps(plan: "Plan") -> "Iterator[str]":
    for step in plan.steps[:_STEPS]:
        yield f"{'  ' * min(step.depth, 20)}{_step(step)}"
    if len(plan.steps) > _STEPS:
        yield f"({len(plan.steps) - _STEPS} more steps)"


def _step(step: "Step") -> str:
    parts = [clean_text(step.operation, 80)]
    if step.object:
        parts.append(clean_text(step.object, 300))
    if step.alias:
        parts.append(f"as {clean_text(step.alias, 100)}")
    if step.partitions is not None:
        size = "" if step.bytes is None else f", {readable_bytes(step.bytes)}"
        parts.append(f"({_of(step.partitions, step.of_partitions)} partitions{size})")
    told = " ".join(parts)
    return f"{told}: {clean_text(step.expressions, _EXPRESSIONS)}" if step.expressions else told


def _of(some: int, all_: int | None) -> str:
    return f"{some:,}" if all_ is None else f"{some:,} of {all_:,}"
