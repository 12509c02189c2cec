"""Bulk operations in the few lines that a model needs: issues alike are told together, keys as ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import clip, one_line, quoted, table
from connector_kit.sites import and_site

if TYPE_CHECKING:
    from jira_mcp.bulk_models import BulkOutcome, BulkPreview, Planned, Refused
    from jira_mcp.models import FieldChange

EXAMPLES = 10
_CHANGES_BUDGET = 11_000
_REASONS_BUDGET = 5_000
_KEYS_BUDGET = 3_000
_DOING: Mapping[str, str] = {"edit": "edit", "transition": "transition", "move": "move", "delete": "delete for good"}
_DID: Mapping[str, str] = {"edit": "edited", "transition": "transitioned", "move": "moved", "delete": "deleted"}


def key_ranges(keys: Iterable[str], budget: int = _KEYS_BUDGET) -> str:
    """Keys in few words: `PROJ-1..40, 44; OPS-3`. Over `budget` bytes the rest is only counted."""
    by_project: dict[str, list[int]] = {}
    others: list[str] = []
    for key in keys:
        project, _, number = key.rpartition("-")
        if project and number.isdecimal():
            by_project.setdefault(project, []).append(int(number))
        else:
            others.append(f"id {one_line(key)}")
    parts: list[str] = []
    for project, numbers in by_project.items():
        runs: list[list[int]] = []
        for number in sorted(set(numbers)):
            if runs and number == runs[-1][1] + 1:
                runs[-1][1] = number
            else:
                runs.append([number, number])
        shown = [str(low) if low == high else f"{low}..{high}" for low, high in runs]
        parts.append(f"{project}-{', '.join(shown)}")
    text = "; ".join([*parts, *others[:20], *([f"{len(others) - 20} more ids"] if len(others) > 20 else [])])
    short = clip(text, budget)
    return short if short == text else f"{short.rpartition(',')[0]} and more"


def preview_text(preview: BulkPreview, tool: str) -> str:
    """What an operation would do, and how to run it."""
    doing = _DOING[preview.action]
    if not preview.planned:
        lines = [f"nothing to {doing}: 0 of {_issues(preview.selected)} would change"]
    else:
        number = f"{len(preview.planned):,} of " if len(preview.planned) != preview.selected else ""
        mails = "Jira mails those who watch" if preview.notify else "Jira mails nobody"
        lines = [f"preview, nothing is done yet: {doing} {number}{_issues(preview.selected)}; {mails}"]
        lines.append(quoted("Jira", _planned(preview.planned)))
    lines += [one_line(note) for note in preview.notes]
    if preview.already:
        lines.append(f"so already, left out: {len(preview.already):,} ({key_ranges(preview.already)})")
    if preview.refused:
        lines.append(f"not possible, left out: {len(preview.refused):,}\n{_reasons(preview.refused)}")
    if preview.token:
        lines.append(f"To run just this: {tool} with run={preview.token}{and_site()} alone (15 minutes, once)")
    return "\n".join(lines)


def outcome_text(outcome: BulkOutcome) -> str:
    """How far an operation is, or what it did."""
    task = f"task {outcome.task}"
    again = f"jira_get_bulk_task with task={outcome.task}{and_site()} tells more; do not start the operation again."
    if outcome.state == "unknown":
        trouble = outcome.trouble.rstrip(".")
        return f"Jira took the operation ({task}), but how far it is could not be read: {trouble}. {again}"
    if outcome.state == "running":
        return f"still running, {outcome.percent} per cent are done ({task}). {again}"
    did = _DID.get(outcome.action or "", "processed")
    of = f" of {outcome.total:,}" if outcome.total > len(outcome.done) else ""
    keys = f": {key_ranges(outcome.done)}" if outcome.done else ""
    ended = "done" if outcome.state == "done" else "ended before its time"
    noun = "issue" if max(outcome.total, len(outcome.done)) == 1 else "issues"
    lines = [f"{ended}: {did} {len(outcome.done):,}{of} {noun} ({task}){keys}"]
    if outcome.moved:
        lines.append(f"new keys: {_renamed(outcome.moved)}")
    if outcome.failed:
        lines.append(f"failed: {len(outcome.failed):,}\n{_reasons(outcome.failed)}")
    if outcome.lost:
        lines.append(f"Jira does not say what became of {len(outcome.lost):,}, look: {key_ranges(outcome.lost)}")
    elif outcome.hidden:
        lines.append(f"{_issues(outcome.hidden)} gone meanwhile, or out of this account's sight")
    if outcome.outside:
        lines.append(f"{_issues(outcome.outside)} outside of JIRA_PROJECTS, not shown")
    if outcome.trouble:
        lines.append(f"The present keys could not be read: {outcome.trouble}")
    return "\n".join(lines)


def _planned(planned: Sequence[Planned]) -> str:
    parts = _changes(planned)
    examples = [(item.key, clean_text(item.summary, 100)) for item in planned[:EXAMPLES]]
    parts.append(table((f"the first {len(examples)}" if len(planned) > EXAMPLES else "key", "summary"), examples).text)
    return "\n".join(parts)


def _changes(planned: Sequence[Planned]) -> list[str]:
    """Which issues change alike: all fields together, or field by field where that makes fewer kinds."""
    together = _alike((tuple(map(_change, item.changes)), item.key) for item in planned if item.changes)
    if not together:
        return [key_ranges(item.key for item in planned)]
    apart = _alike(((_change(each),), item.key) for item in planned for each in item.changes)
    groups = together if len(together) <= max(len(apart), EXAMPLES) else apart
    rows = [("; ".join(said), f"{len(keys):,}", key_ranges(keys)) for said, keys in groups]
    shown = table(("before → after", "issues", "keys"), rows, budget=_CHANGES_BUDGET)
    left = sum(len(keys) for _, keys in groups[shown.shown :])
    more = f"({len(rows) - shown.shown:,} more kinds of change, in {left:,} issues, not shown)"
    return [shown.text, more] if left else [shown.text]


def _alike(items: Iterable[tuple[tuple[str, ...], str]]) -> list[tuple[tuple[str, ...], list[str]]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for said, key in items:
        groups.setdefault(said, []).append(key)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _change(change: FieldChange) -> str:
    return f"{change.field}: {_value(change.before)} → {_value(change.after)}"


def _issues(number: int) -> str:
    return f"{number:,} {'issue' if number == 1 else 'issues'}"


def _value(text: str) -> str:
    return one_line(text) or "(empty)"


def _reasons(refused: Sequence[Refused]) -> str:
    groups: dict[str, list[str]] = {}
    for item in refused:
        groups.setdefault(item.reason, []).append(item.key)
    rows = [(key_ranges(keys, 1_500), reason) for reason, keys in groups.items()]
    shown = table(("keys", "why"), rows, budget=_REASONS_BUDGET)
    left = len(rows) - shown.shown
    return shown.text + (f"\n({left:,} more reasons, not shown)" if left else "")


def _renamed(moved: Mapping[str, str]) -> str:
    """Old and new keys, as ranges where both go on by one: `PROJ-1..40 → OPS-7..46`."""
    pairs = sorted((*_split(old), *_split(new)) for old, new in moved.items())
    runs: list[tuple[str, int, str, int, int]] = []
    for old, low, new, number in pairs:
        if runs:
            before, first, after, start, length = runs[-1]
            if (before, first + length, after, start + length) == (old, low, new, number):
                runs[-1] = (before, first, after, start, length + 1)
                continue
        runs.append((old, low, new, number, 1))
    text = ", ".join(f"{_run(old, low, length)} → {_run(new, start, length)}" for old, low, new, start, length in runs)
    short = clip(text, _CHANGES_BUDGET)
    return short if short == text else f"{short.rpartition(',')[0]} and more: old keys lead to the new ones"


def _split(key: str) -> tuple[str, int]:
    project, _, number = key.rpartition("-")
    return project, int(number) if number.isdecimal() else 0


def _run(project: str, first: int, length: int) -> str:
    return f"{project}-{first}" + (f"..{first + length - 1}" if length > 1 else "")
