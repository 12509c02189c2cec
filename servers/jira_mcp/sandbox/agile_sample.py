"""The sprints of the sample, and how the issues of the sample came into them, were finished, or left.

The PM OS keeps the sprints that its records name. Nova's follow from when its issues were resolved, with what a
real board has: work that came later, was taken out, carried over, estimated anew or handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jira_mcp.sandbox import agile_store
from jira_mcp.sandbox.history import item, sprint_item
from jira_mcp.sandbox.model import Issue, JsonObject, Sprint
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import SPRINT_FIELD, STORY_POINTS
from jira_mcp.sandbox.sample.projects import NOVA, PMOS
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_HOUR, _DAY = 3_600_000, 86_400_000
_TO_DO, _PROGRESS, _RESOLVED = "10001", "3", "10005"
_ANOTHER_SIZE = {1: 2, 2: 3, 3: 5, 5: 3, 8: 5}


def _nova(number: int, name: str, first: str, last: str, goal: str) -> Sprint:
    return Sprint(
        number, name, "closed", site.NOVA_BOARD, goal, at(f"{first} 09:00"), at(f"{last} 17:00"), at(f"{last} 16:30")
    )


FORMER = (
    _nova(18, "Nova 38", "2025-11-24", "2025-12-05", "Returns without a phone call."),
    _nova(19, "Nova 39", "2025-12-08", "2025-12-19", "A shop that survives the week before Christmas."),
    _nova(20, "Nova 40", "2025-12-22", "2026-01-02", "Debts paid while it is quiet."),
)
FUTURE = Sprint(23, "Nova 43", "future", site.NOVA_BOARD, "Prices in the customer's own currency.")
_NAMES = {sprint.id: sprint.name for sprint in (*site.SPRINTS, *FORMER, FUTURE)}
_RUNNING = site.SPRINT[22]
_CLOSED = (*FORMER, site.SPRINT[21])


@dataclass(slots=True)
class _Past:
    """What happened to an issue so far, in any order."""

    issue: Issue
    changes: list[tuple[int, list[JsonObject]]]

    def sprint(self, moment: int, before: Sequence[int], after: Sequence[int]) -> None:
        self.changes.append((moment, [sprint_item(before, after, _NAMES)]))

    def write(self, session: Session, author: str) -> None:
        for moment, items in sorted(self.changes, key=lambda change: change[0]):
            session.add_change(self.issue.id, moment, author, items)
            self.issue.updated = max(self.issue.updated, moment)


def fill(session: Session, issues: Sequence[Issue]) -> None:
    """Write the sprints, and the history of the issues that are or were in one; also sets their sprints."""
    agile_store.fill(session, (*FORMER, FUTURE))
    for issue in issues:
        if issue.project == PMOS.id:
            _second_thoughts(session, issue)
        elif issue.project == NOVA.id and issue.type != site.EPIC:
            _follow(session, issue)


_PLANNED_EARLIER = {22: (3, 4), 25: (3, 4)}
"""Of the PM OS: issues that were taken out of a sprint and finished in the next."""
_CAME_LATER = {16: 3, 24: 4}
_GREW = {21: 3.0}
"""Issues that were estimated anew, with what they were before."""


def _second_thoughts(session: Session, issue: Issue) -> None:
    past = _Past(issue, [])
    now: list[int] = issue.custom.get(SPRINT_FIELD, [])
    if issue.number in _PLANNED_EARLIER:
        first, second = _PLANNED_EARLIER[issue.number]
        began = site.SPRINT[first].start or 0
        past.sprint(began - _HOUR, (), (first,))
        past.sprint(began + 4 * _HOUR, (first,), (second,))
    elif issue.number in _CAME_LATER and now:
        past.sprint((site.SPRINT[now[0]].start or 0) + 2 * _HOUR, (), now)
    if issue.number in _GREW:
        after = issue.custom[STORY_POINTS]
        moment = (site.SPRINT[now[0]].start or 0) + 3 * _HOUR
        past.changes.append((moment, [item(STORY_POINTS, None, None, _size(_GREW[issue.number]), _size(after))]))
    past.write(session, who.HUMAN_PM.account_id)


def _size(points: float) -> str:
    return f"{points:g}"


def _follow(session: Session, issue: Issue) -> None:
    # Only stories have points so far; a team that plans by points gives them to most of the rest too.
    lacks = STORY_POINTS not in issue.custom and issue.number % 5
    points = (1, 2, 3, 5)[issue.number % 4] if lacks else None
    past = _Past(issue, [])
    numbers = _finish(past) if issue.resolved else _leave_open(past)
    if numbers:
        issue.custom[SPRINT_FIELD] = numbers
        if points:
            issue.custom[STORY_POINTS] = points
    elif issue.status != _PROGRESS:
        issue.custom.pop(SPRINT_FIELD, None)
    past.write(session, issue.assignee or who.ALEX_RIVERA.account_id)


def _finish(past: _Past) -> list[int]:
    """An issue that was resolved is in the sprint in which that happened."""
    issue = past.issue
    done = issue.resolved or 0
    ran = next(
        (
            each
            for each in (*_CLOSED, _RUNNING)
            if (each.start or 0) < done <= (each.complete or at("2026-02-02 09:00"))
        ),
        None,
    )
    if ran is None:
        return []
    started = issue.created + (done - issue.created) // 2
    items = [item("status", _TO_DO, _PROGRESS, "To Do", "In Progress")]
    if issue.number % 7 == 0 and issue.assignee:
        other = who.ALEX_RIVERA if issue.assignee != who.ALEX_RIVERA.account_id else who.DATA_ANALYST
        mine = who.BY_ID[issue.assignee]
        items.append(item("assignee", other.account_id, mine.account_id, other.name, mine.name))
    if issue.number % 4 == 1 and STORY_POINTS in issue.custom:
        points = issue.custom[STORY_POINTS]
        items.append(item(STORY_POINTS, None, None, _size(_ANOTHER_SIZE[points]), _size(points)))
    past.changes.append((started, items))
    past.changes.append((done, [item("status", _PROGRESS, _RESOLVED, "In Progress", "Resolved")]))
    before = next((each for each in _CLOSED if each.id == ran.id - 1), None)
    if before and issue.number % 3 == 0 and issue.created < (before.start or 0) - _DAY:
        past.sprint((before.start or 0) - 18 * _HOUR, (), (before.id,))
        past.sprint((before.complete or 0) + 60_000, (before.id,), (before.id, ran.id))
        return [before.id, ran.id]
    planning = (ran.start or 0) - 18 * _HOUR
    past.sprint(planning if issue.created < planning else issue.created + _HOUR, (), (ran.id,))
    return [ran.id]


def _leave_open(past: _Past) -> list[int]:
    """Of the issues that nobody began, a few were taken out of a sprint, and a few are left over from one."""
    issue = past.issue
    if issue.status != _TO_DO:
        return []
    for sprint in _CLOSED:
        start = sprint.start or 0
        if not start - 30 * _DAY < issue.created < start - _DAY:
            continue
        if issue.number % 17 == 0:
            past.sprint(start - 18 * _HOUR, (), (sprint.id,))
            past.sprint(start + 3 * _DAY, (sprint.id,), ())
            return []
        if issue.number % 13 == 0:
            past.sprint(start - 18 * _HOUR, (), (sprint.id,))
            if sprint.id != _RUNNING.id - 1:
                return [sprint.id]
            past.sprint((sprint.complete or 0) + 60_000, (sprint.id,), (sprint.id, _RUNNING.id))
            return [sprint.id, _RUNNING.id]
    return []
