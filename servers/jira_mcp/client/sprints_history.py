"""What an issue was at any moment, told by its history.

A changelog has every change with the value before and after. So the value at a moment is the one before the first
change after that moment, and the present one where there is none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from connector_kit.wire import JsonObject, as_int, as_object, as_text, is_list, objects
from jira_mcp.agile_models import SprintIssue
from jira_mcp.client.values import user

T = TypeVar("T")

_SECONDS_END = 100_000_000_000
"""A number below this is seconds since 1970, above it milliseconds: Jira's documents show both."""


@dataclass(slots=True)
class Timeline(Generic[T]):
    """The values of one field over time: `changes` are moment, value before, value after, the oldest first."""

    now: T
    changes: list[tuple[datetime, T, T]] = field(default_factory=list[tuple[datetime, T, T]])

    def at(self, moment: datetime) -> T:
        """The value when `moment` had passed: a change at that very moment counts."""
        return next((before for when, before, _ in self.changes if when > moment), self.now)


@dataclass(slots=True)
class History:
    """An issue with its past, as far as a sprint's report needs it. `people` are names by account id."""

    id: str
    key: str
    summary: str
    sprints: Timeline[frozenset[int]]
    status: Timeline[str]
    points: Timeline[float | None]
    assignee: Timeline[str]
    people: dict[str, str] = field(default_factory=dict[str, str])

    def fate(self, sprint: int, start: datetime, end: datetime, done: frozenset[str]) -> SprintIssue | None:
        """What became of the issue in a sprint between two moments; None where it never was in it meanwhile.

        `done` are the ids of the statuses that mean done.
        """
        began, ended = sprint in self.sprints.at(start), sprint in self.sprints.at(end)
        within = [change for change in self.sprints.changes if start < change[0] <= end]
        if not began and not ended and not any(sprint in after for _, _, after in within):
            return None
        joined = next((when for when, before, after in within if sprint in after and sprint not in before), start)
        left = [when for when, before, after in within if sprint in before and sprint not in after]
        decided = end if ended or not left else left[-1]
        was_done = began and self.status.at(start) in done
        if was_done:
            outcome = "before"
        elif not ended:
            outcome = "removed"
        else:
            outcome = "done" if self.status.at(end) in done else "open"
        who = self.assignee.at(decided)
        return SprintIssue(
            self.key,
            self.summary,
            self.people.get(who, who),
            began and not was_done,
            outcome,
            self.points.at(decided),
            self.points.at(start if began else joined),
        )


def history_of(entry: JsonObject, sprint_field: str, estimate_field: str) -> History:
    """An issue as a list shows it, with nothing of its past yet."""
    fields = as_object(entry.get("fields"))
    person = user(fields.get("assignee"))
    numbers = [as_int(sprint.get("id")) for sprint in objects(fields.get(sprint_field))]
    points = fields.get(estimate_field) if estimate_field else None
    return History(
        as_text(entry.get("id")),
        as_text(entry.get("key")),
        as_text(fields.get("summary")),
        Timeline(frozenset(number for number in numbers if number is not None)),
        Timeline(as_text(as_object(fields.get("status")).get("id"))),
        Timeline(_amount(points, estimate_field)),
        Timeline(person.account_id if person else ""),
        {person.account_id: person.name} if person else {},
    )


def add_changes(
    histories: Mapping[str, History], logs: Iterable[JsonObject], sprint_field: str, estimate_field: str
) -> None:
    """Take the changes of a page of bulk changelogs into the histories, by the issues' ids."""
    for log in logs:
        history = histories.get(as_text(log.get("issueId")))
        if history is None:
            continue
        for change in objects(log.get("changeHistories")):
            when = moment_in(change.get("created"))
            if when is not None:
                for item in objects(change.get("items")):
                    _add(history, when, item, sprint_field, estimate_field)


def sort_changes(histories: Iterable[History]) -> None:
    """Bring the changes into their order in time; those of one moment stay as they came."""
    for history in histories:
        for line in (history.sprints, history.status, history.points, history.assignee):
            line.changes.sort(key=lambda change: change[0])


def _add(history: History, when: datetime, item: JsonObject, sprint_field: str, estimate_field: str) -> None:
    name = as_text(item.get("fieldId")) or as_text(item.get("field"))
    before, after = as_text(item.get("from")), as_text(item.get("to"))
    words = as_text(item.get("fromString")), as_text(item.get("toString"))
    if name == sprint_field:
        history.sprints.changes.append((when, _sprint_ids(before), _sprint_ids(after)))
    elif name == "status":
        history.status.changes.append((when, before, after))
    elif name == "assignee":
        history.assignee.changes.append((when, before, after))
        for account_id, shown in zip((before, after), words, strict=True):
            if account_id and shown:
                history.people.setdefault(account_id, shown)
    elif name == estimate_field:
        # Fields of numbers have their values as words only; times have seconds in both.
        old, new = (_amount(value, estimate_field) for value in (before or words[0], after or words[1]))
        history.points.changes.append((when, old, new))


def _sprint_ids(text: str) -> frozenset[int]:
    numbers = (as_int(part.strip()) for part in text.split(","))
    return frozenset(number for number in numbers if number is not None)


def is_time(estimate_field: str) -> bool:
    """Whether a field estimates by time, which Jira gives in seconds, and not by points."""
    return estimate_field.startswith("time")


def _amount(value: object, estimate_field: str) -> float | None:
    """Points, or hours."""
    number = _number(value)
    return number / 3600 if number is not None and is_time(estimate_field) else number


def _number(value: object) -> float | None:
    if isinstance(value, bool) or is_list(value):
        return None
    try:
        return float(as_text(value))
    except ValueError:
        return None


def moment_in(value: object) -> datetime | None:
    """A moment as the answers tell it: ISO 8601, or a number since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value if value < _SECONDS_END else value / 1000, UTC)
    try:
        found = datetime.fromisoformat(as_text(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
