"""Jira's records as the few lines that a model needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import clip, excerpt, one_line, quoted

if TYPE_CHECKING:
    from connector_kit.pages import Page
    from jira_mcp.models import (
        Attachment,
        Change,
        Comment,
        IssueDetail,
        IssueRef,
        IssueSummary,
        PlainValue,
        Transition,
        Worklog,
    )

DESCRIPTION_BUDGET = 8_000
COMMENT_BUDGET = 1_500
CELL_CHARS = 160
LINE_CHARS = 800
_FILES_SHOWN = 50
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}"

COLUMNS = ("key", "type", "status", "priority", "assignee", "updated", "summary")


def day(time: str | None) -> str:
    """The date of a time as Jira writes it."""
    return (time or "")[:10]


def minute(time: str | None) -> str:
    """Date, hour and minute of a time as Jira writes it, with its offset unless that is UTC."""
    if not time or len(time) < 16:
        return time or ""
    offset = time[-5:] if time[-5:-4] in "+-" else ""
    return f"{time[:10]} {time[11:16]}{'' if offset in ('', '+0000') else offset}"


def value(item: PlainValue) -> str:
    """A field's value in a few words."""
    if item is None:
        return ""
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, float) and item.is_integer():
        return str(int(item))
    if isinstance(item, list):
        return ", ".join(value(part) for part in item)
    if isinstance(item, dict):
        return "; ".join(f"{name} {value(part)}" for name, part in item.items())
    text = str(item)
    return minute(text) if re.fullmatch(_TIME, text) else text


def values(fields: Mapping[str, PlainValue]) -> str:
    """Names and values of fields; those without a value are called empty."""
    return "; ".join(f"{name}: {one_line(value(item)) or '(empty)'}" for name, item in fields.items())


def counted(number: int, noun: str) -> str:
    """A number with its noun, which takes an "s" unless there is one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def columns(fields: Sequence[str]) -> tuple[str, ...]:
    """The columns of a list of issues, with the fields that were asked for."""
    return (*COLUMNS[:-1], *fields, COLUMNS[-1])


def row(issue: IssueSummary) -> tuple[str, ...]:
    """An issue as a row of a list."""
    asked = (clean_text(value(item), CELL_CHARS) for item in issue.fields.values())
    return (
        issue.key,
        issue.type,
        issue.status,
        issue.priority or "",
        issue.assignee or "",
        day(issue.updated),
        *asked,
        clean_text(issue.summary, CELL_CHARS),
    )


def detail(found: IssueDetail, *, description_offset: int) -> str:
    """One issue: a head that is ours, then everything that people wrote, marked as data."""
    issue = found.issue
    parts = [f"{issue.key} · {one_line(issue.type)} · {one_line(issue.status)} · {issue.url}"]
    written: list[str] = []
    notes: list[str] = []
    if not description_offset:
        written += [f"# {one_line(issue.summary)}", *_facts(found)]
    for part in _texts_shown(found, description_offset):
        name = f"the field {part.name}" if part.name else "the description"
        fields = f', fields=["{part.name}"]' if part.name else ""
        ask = f"For more of {name} call again with include=[]{fields} and description_offset={{offset}}."
        said = excerpt(part.text, budget=part.budget, offset=part.start, rest=ask)
        if said.text:
            head = [f"[{one_line(part.name)}]"] if part.name else []
            written += ["", *head, said.text] if written else [*head, said.text]
        notes += [said.note] if said.note else []
    if not description_offset and (sections := list(_sections(found))):
        written += ["", *sections]
    parts.append(quoted(issue.key, "\n".join(written)))
    return "\n".join([*parts, *map(one_line, notes)])


@dataclass(frozen=True, slots=True)
class _Shown:
    """A rich text as `detail` shows it: from `start` on, within `budget`. The description has no name."""

    id: str
    name: str
    text: str
    start: int
    budget: int


def _texts_shown(found: IssueDetail, offset: int) -> Iterable[_Shown]:
    """What is shown of the texts. An offset is that of the description, or of the fields that were asked for."""
    if not (offset and found.texts):
        yield _Shown("description", "", found.description, offset, DESCRIPTION_BUDGET)
    left = DESCRIPTION_BUDGET
    for item in found.texts:
        budget = max(left, COMMENT_BUDGET)
        yield _Shown(item.id, item.name, item.text, offset, budget)
        left -= min(len(item.text), budget)


def parts_shown(found: IssueDetail, offset: int) -> Iterable[tuple[tuple[str, ...], int, int]]:
    """Of each text that may be cut the characters that `detail` shows: where it stands, from, to."""
    texts = [((part.id,), part.text, part.start, part.budget) for part in _texts_shown(found, offset)]
    comments = found.comments.items if found.comments else ()
    texts += [(("comment", item.id), item.body, 0, COMMENT_BUDGET) for item in comments]
    for place, text, start, budget in texts:
        body = clip(text[start:], budget)
        yield (found.issue.key, *place), start, len(text) if body == text[start:] else start + len(body) - 1


def _facts(found: IssueDetail) -> Iterable[str]:
    issue = found.issue
    people = {
        "priority": issue.priority,
        "assignee": issue.assignee or "nobody",
        "reporter": found.reporter,
        "resolution": found.resolution,
        "due": issue.due,
        "labels": ", ".join(issue.labels),
    }
    yield "; ".join(f"{name}: {one_line(item)}" for name, item in people.items() if item)
    yield f"created {minute(issue.created)}; updated {minute(issue.updated)}"
    time = {"spent": found.time_spent, "estimated": found.original_estimate, "remaining": found.remaining_estimate}
    if any(time.values()):
        yield "time " + "; ".join(f"{name} {item}" for name, item in time.items() if item)
    if issue.fields:
        yield values(issue.fields)
    if found.parent:
        yield f"parent: {reference(found.parent)}"


def _sections(found: IssueDetail) -> Iterable[str]:
    yield from _list("links", [f"{link.phrase} {reference(link.issue)}" for link in found.links])
    yield from _list("sub-tasks", [reference(item) for item in found.subtasks])
    newest = sorted(found.attachments, key=lambda item: item.id.zfill(20))[-_FILES_SHOWN:]
    few = len(newest) < len(found.attachments)
    title = f"attachments (the newest {len(newest)} of {len(found.attachments)})" if few else "attachments"
    yield from _list(title, [_file(item) for item in newest])
    if found.children is not None:
        rows = [f"{item.key} [{item.status}] {item.summary}" for item in found.children.items]
        more = f"more by jira_search_issues with parent={found.issue.key}"
        yield from _list("children", rows, found.children, note=more)
    if found.comments is not None:
        yield from _texts("comments", [_comment(item) for item in found.comments.items], found.comments)
    if found.worklogs is not None:
        yield from _list(
            "worklogs", [_worklog(item) for item in found.worklogs.items], found.worklogs, note="newest first"
        )
    if found.changes is not None:
        yield from _list("changes", [_change(item) for item in found.changes.items], found.changes, note="newest first")
    if found.transitions is not None:
        yield from _list("possible transitions", [_transition(item) for item in found.transitions])


def reference(issue: IssueRef) -> str:
    """Another issue in a line: key, status, summary."""
    status = f" [{issue.status}]" if issue.status else ""
    return f"{issue.key}{status} {clean_text(issue.summary, CELL_CHARS)}".rstrip()


def _list(title: str, lines: Sequence[str], page: Page[object] | None = None, *, note: str = "") -> Iterable[str]:
    if not lines:
        if page is not None:
            yield f"{title}: none"
        return
    more = page is not None and (page.cursor is not None or (page.total or 0) > len(lines))
    yield f"{title}{_count(page, len(lines))}{f', {note}' if more and note else ''}:"
    yield from (f"- {one_line(clean_text(line, LINE_CHARS))}" for line in lines)


def _texts(title: str, texts: Sequence[str], page: Page[object]) -> Iterable[str]:
    if not texts:
        yield f"{title}: none"
        return
    yield f"{title}{_count(page, len(texts))}, newest first:"
    yield from texts


def _count(page: Page[object] | None, shown: int) -> str:
    if page is not None and page.total is not None and page.total > shown:
        return f" ({shown} of {page.total})"
    return f" (the first {shown})" if page is not None and page.total is None and page.cursor else ""


def _comment(item: Comment) -> str:
    only = f", only for {item.visible_to}" if item.visible_to else ""
    edited = ", edited" if item.edited else ""
    head = f"[{one_line(item.author)}, {minute(item.created)}{edited}{only}, id {item.id}]"
    said = excerpt(item.body, budget=COMMENT_BUDGET)
    return f"{head} {said.text} {said.note}".rstrip()


def _file(item: Attachment) -> str:
    known = (f"{item.size:,} bytes", item.media_type, f"id {item.id}", item.author, day(item.created))
    return f"{item.name} ({', '.join(filter(None, known))})"


def _worklog(item: Worklog) -> str:
    said = f": {clean_text(item.comment, 200)}" if item.comment else ""
    return f"{item.time_spent} by {item.author}, {minute(item.started)}, id {item.id}{said}"


def _change(item: Change) -> str:
    fields = (
        f"{each.field}: {clean_text(each.before, 120) or '(empty)'} → {clean_text(each.after, 120) or '(empty)'}"
        for each in item.fields
    )
    return f"{minute(item.created)} {item.author}: {'; '.join(fields)}"


def _transition(item: Transition) -> str:
    needs = [field.name for field in item.fields if field.required and not field.has_default]
    return f"{item.to_status} (by {item.name})" + (f", needs {', '.join(needs)}" if needs else "")
