"""Showing audit records: the latest calls as a table, or as the lines that they are."""

import json
import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import typer

from connector_kit.audit import read_records
from connector_kit.paths import state_dir
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find
from mcp_suite.terminal import console

_AGE = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_OUTCOME_STYLES = {"ok": "green", "error": "red", "cancelled": "yellow", "asked": "cyan"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records to show: from `since` on, with these values, the `limit` latest."""

    since: str
    server: str | None
    tool: str | None
    outcome: str | None
    effect: str | None
    limit: int


def moment(since: str, now: datetime) -> datetime:
    """When `since` was: an age like 45m, 12h, 2d, 3w before `now`, or a date or time in local time.

    Raises:
        SuiteError: it is neither.
    """
    if age := _AGE.fullmatch(since.strip().lower()):
        return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
    try:
        return datetime.fromisoformat(since.strip()).astimezone()
    except ValueError:
        raise SuiteError(
            f"--since {since!r}: give an age like 45m, 12h, 2d, 3w, or a date like 2026-01-31.", status=2
        ) from None


def show_audit(wanted: Wanted, *, as_json: bool) -> None:
    """Print the records that are wanted, the oldest of them first.

    Raises:
        SuiteError: `since` cannot be read, or there is no such server.
    """
    directory = state_dir() / "audit"
    records = read_records(
        directory,
        since=moment(wanted.since, datetime.now().astimezone()),
        server=find(wanted.server).name if wanted.server else None,
        tool=wanted.tool,
        outcome=wanted.outcome,
        effect=wanted.effect,
    )
    latest = deque(records, maxlen=wanted.limit + 1)
    more = len(latest) > wanted.limit
    shown = list(latest)[-wanted.limit :]
    if as_json:
        for record in shown:
            typer.echo(json.dumps(record, ensure_ascii=False))
        return
    if not shown:
        typer.echo(f"No such calls since {wanted.since}. Records are in {directory}.")
        return
    _print(shown)
    if more:
        typer.echo(f"The {wanted.limit} latest are shown; --limit shows more.")


def _print(records: list[dict[str, object]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in ("time", "tool", "effect", "outcome", "ms", "client", "arguments"):
        table.add_column(column, overflow="fold", justify="right" if column == "ms" else "left")
    for record in records:
        outcome = str(record.get("outcome", ""))
        kind = record.get("error_kind")
        table.add_row(
            _local(str(record.get("time"))),
            str(record.get("tool", "")),
            str(record.get("effect", "")),
            Text(f"{outcome} {kind}" if kind else outcome, style=_OUTCOME_STYLES.get(outcome, "")),
            _milliseconds(record.get("duration_ms")),
            str(record.get("client") or ""),
            _arguments(record.get("arguments")),
        )
    console().print(table)


def _local(time: str) -> str:
    return datetime.fromisoformat(time).astimezone().strftime("%m-%d %H:%M:%S")


def _milliseconds(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, int | float) else ""


def _arguments(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    arguments = cast("dict[str, Any]", value)
    return "  ".join(f"{name}={_argument(kept)}" for name, kept in arguments.items())


def _argument(kept: Any) -> str:
    """A kept value, or in its place how much text or how many items there were."""
    if isinstance(kept, dict):
        hashed = cast("dict[str, Any]", kept)
        if "items" in hashed:
            return f"({hashed['items']} items)"
        if "chars" in hashed:
            return f"({hashed['chars']} chars)"
    return kept if isinstance(kept, str) else json.dumps(kept, ensure_ascii=False)
