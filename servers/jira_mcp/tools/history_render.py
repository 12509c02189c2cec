"""Histories and times in the few lines that a model needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import one_line, table
from jira_mcp.tools.render import CELL_CHARS, counted, minute

if TYPE_CHECKING:
    from jira_mcp.history_models import IssueTimes, StatusTimes
    from jira_mcp.models import Change

VALUE_CHARS = 120
UNTOLD = "no history of how they got done: their lead time ends when they were resolved, and no status counts."
NOTE = "Calendar time: nights and weekends count, a day is 24 hours."
_TIMES_BUDGET = 6_000
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def change_line(change: Change) -> str:
    """What somebody changed in one go."""
    fields = (
        f"{each.field}: {clean_text(each.before, VALUE_CHARS) or '(empty)'} → "
        f"{clean_text(each.after, VALUE_CHARS) or '(empty)'}"
        for each in change.fields
    )
    return one_line(f"{minute(change.created)} {change.author or '(nobody)'}: {'; '.join(fields)}")


def span(seconds: float | None) -> str:
    """A span of time by its two largest units."""
    if seconds is None:
        return ""
    rest, parts = round(seconds), list[str]()
    for unit, length in _UNITS:
        number, rest = divmod(rest, length)
        if number or parts:
            parts.append(f"{number}{unit}" if number else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0m"


def times_text(found: StatusTimes, *, wanted: str) -> str:
    """The times of one issue stay by stay, of several in sums and a line each; `wanted` is what was asked for."""
    missing = [f"(cannot be seen: {', '.join(found.missing)})"] if found.missing else []
    if not found.issues:
        return "\n".join([f"No issue {wanted}.", *missing])
    if len(found.issues) == 1:
        return "\n".join([*_one(found.issues[0]), *missing, NOTE])
    return "\n".join([*_many(found), *missing, NOTE])


def _one(issue: IssueTimes) -> Iterator[str]:
    yield f"{issue.key} [{one_line(issue.status.name)}] created {_moment(issue.created)}; {_spans(issue)}"
    rows = (
        (
            stay.status.name,
            span(stay.seconds) if stay.end or not stay.status.done else "",
            _moment(stay.start),
            _moment(stay.end) if stay.end else "now",
            stay.by or "(created)",
        )
        for stay in issue.stays
    )
    shown = table(("status", "stayed", "from", "until", "moved there by"), rows, budget=_TIMES_BUDGET)
    yield shown.text
    if shown.shown < len(issue.stays):
        yield f"({len(issue.stays) - shown.shown} later stays are left out)"
    if issue.untold:
        yield "(Its history does not tell how it got done; the lead time ends when it was resolved, if Jira knows.)"
    sums = issue.by_status
    if len(sums) < len(issue.stays):
        yield "in all: " + "; ".join(f"{one_line(name)} {span(seconds)}" for name, seconds in sums.items())


def _many(found: StatusTimes) -> Iterator[str]:
    yield f"{counted(len(found.issues), 'issue')}{', more match' if found.more else ''}; {found.finished} done"
    if found.finished:
        cycle = f", cycle time {span(found.cycle)}" if found.cycle is not None else ""
        yield f"median of those done: lead time {span(found.lead)}{cycle}"
    if untold := sum(issue.untold for issue in found.issues):
        yield f"({counted(untold, 'issue')} with {UNTOLD})"
    rows = (
        (
            each.status.name,
            each.issues,
            each.visits,
            *(map(span, (each.total, each.median)) if each.total else ("", "")),
        )
        for each in found.sums
    )
    yield table(("status", "issues", "visits", "time in all", "median per issue"), rows).text
    yield ""
    issues = sorted(found.issues, key=lambda issue: -sum(issue.by_status.values()))
    lines = (
        (
            issue.key,
            issue.status.name,
            span(issue.lead),
            span(issue.cycle),
            "; ".join(f"{name} {span(seconds)}" for name, seconds in issue.by_status.items() if seconds),
            clean_text(issue.summary, CELL_CHARS // 2),
        )
        for issue in issues
    )
    shown = table(("key", "status", "lead", "cycle", "stayed", "summary"), lines, budget=_TIMES_BUDGET)
    yield shown.text
    if shown.shown < len(issues):
        yield f"({len(issues) - shown.shown} more issues, which stayed less long, are counted in the sums above)"


def _spans(issue: IssueTimes) -> str:
    if issue.lead is None:
        return "not done yet"
    cycle = f", cycle time {span(issue.cycle)}" if issue.cycle is not None else ", never in progress"
    return f"lead time {span(issue.lead)}{cycle}"


def _moment(text: str) -> str:
    return minute(text.replace("+00:00", "+0000"))
