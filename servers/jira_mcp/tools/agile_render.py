"""Boards, sprints and their reports in the few lines that a model needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import one_line, table
from jira_mcp.tools.render import CELL_CHARS, counted, minute

if TYPE_CHECKING:
    from jira_mcp.agile_models import BoardDetail, Capacity, Sprint, SprintIssue, SprintReport, Tally

GOAL_CHARS = 300
LATE = "(More than 50 issues were written within the last minute: some of them may be missing or in their old place.)"
_ISSUES_BUDGET = 6_000


def sprint_row(sprint: Sprint) -> tuple[object, ...]:
    """A sprint as a row of a list."""
    ended = minute(sprint.completed) if sprint.state == "closed" else minute(sprint.end)
    return (sprint.id, sprint.name, sprint.state, minute(sprint.start), ended, clean_text(sprint.goal, GOAL_CHARS))


def sprint_line(sprint: Sprint) -> str:
    """A sprint in a line, with what is known of its time and goal."""
    parts = [f"sprint {sprint.id} {one_line(sprint.name)}", sprint.state]
    if sprint.start or sprint.end:
        parts.append(f"{minute(sprint.start) or '?'} to {minute(sprint.completed or sprint.end) or '?'}")
    if sprint.goal:
        parts.append(f"goal: {one_line(clean_text(sprint.goal, GOAL_CHARS))}")
    return " · ".join(parts)


def board_text(found: BoardDetail) -> str:
    """A board with its columns and open sprints."""
    board, config = found.board, found.config
    head = f"board {board.id} {one_line(board.name)} · {board.kind}" + (f" · {board.project}" if board.project else "")
    lines = [f"{head} {board.url}".rstrip()]
    shown = (f"{one_line(each.name)} ({', '.join(map(one_line, each.statuses))})" for each in config.columns)
    lines.append(f"columns: {' → '.join(shown)}")
    lines.append(f"estimates by: {one_line(config.estimate) or 'nothing'}")
    return "\n".join([*lines, *map(sprint_line, found.sprints)])


def number(value: float) -> str:
    """Points without needless digits."""
    return f"{round(value, 1):g}"


def tally(of: Tally, unit: str) -> str:
    """Issues and points in a few words."""
    points = f", {number(of.points)} {unit}" if unit else ""
    missing = f", {of.unestimated} not estimated" if unit and of.unestimated else ""
    return f"{counted(of.issues, 'issue')}{points}{missing}"


def report_text(report: SprintReport, *, issues: bool) -> str:
    """A sprint's report: sums, people, and perhaps each issue."""
    unit = one_line(report.estimate).lower() if report.estimate else ""
    closed = report.sprint.state == "closed"
    rest = "carried over" if closed else "still open"
    added, committed = report.added, report.committed
    before = report.tally("before")
    sums = {
        "committed": committed,
        "done": report.tally("done"),
        rest: report.tally("open"),
        "added later": added,
        "removed": report.tally("removed"),
    }
    lines = [sprint_line(report.sprint)]
    lines += [f"{name}: {tally(each, unit)}" for name, each in sums.items()]
    late = report.tally("done", committed=False)
    if late.issues:
        lines.append(f"of those done, {tally(late, unit)} had been added later")
    if before.issues:
        lines.append(f"done before it began, not counted: {tally(before, unit)}")
    if not report.complete:
        lines.append("(More has changed on the board since than was looked at: some of the removed may be missing.)")
    if report.people:
        lines += ["", _people(report, rest)]
    if issues and report.issues:
        lines += ["", _issues(report, rest)]
    return "\n".join(lines)


def _people(report: SprintReport, rest: str) -> str:
    rows = (
        (
            who or "(nobody)",
            *(_short(report.tally(outcome, who=who), report.estimate) for outcome in ("done", "open", "removed")),
        )
        for who in report.people
    )
    return table(("person", "done", rest, "removed"), rows, budget=_ISSUES_BUDGET).text


def _short(of: Tally, estimate: str) -> str:
    if not of.issues:
        return ""
    return f"{of.issues} ({number(of.points)})" if estimate else str(of.issues)


def _issues(report: SprintReport, rest: str) -> str:
    order = ("done", "open", "removed", "before")
    names = {"done": "done", "open": rest, "removed": "removed", "before": "done before"}
    found = sorted(report.issues, key=lambda issue: (order.index(issue.outcome), issue.committed is False))
    shown = table(
        ("key", "outcome", "points", "assignee", "summary"),
        (_issue(issue, names[issue.outcome]) for issue in found),
        budget=_ISSUES_BUDGET,
    )
    missing = len(found) - shown.shown
    return shown.text + (f"\n{missing} more issues, with the same outcomes summed above" if missing else "")


def _issue(issue: SprintIssue, outcome: str) -> tuple[object, ...]:
    added = "" if issue.committed or issue.outcome == "before" else ", added later"
    points = "" if issue.points is None else number(issue.points)
    if issue.points_before is not None and issue.points_before != issue.points:
        points = f"{number(issue.points_before)} → {points or 'none'}"
    return (issue.key, f"{outcome}{added}", points, issue.who, clean_text(issue.summary, CELL_CHARS))


def capacity_text(found: Capacity) -> str:
    """What a team did, and what is planned for it."""
    unit = one_line(found.estimate).lower() if found.estimate else "points"
    lines: list[str] = []
    if found.past:
        rows = (
            (
                report.sprint.name,
                number(report.committed.points),
                number(report.tally("done").points),
                report.tally("done").issues,
            )
            for report in found.past
        )
        lines.append(table(("sprint", "committed", "done", "issues done"), rows).text)
        lines.append(f"velocity: {number(found.velocity)} {unit} a sprint, over {counted(len(found.past), 'sprint')}")
    else:
        lines.append("The board has no closed sprint: there is no velocity yet.")
    if found.sprint is None:
        return "\n".join([*lines, "There is no active or future sprint to plan."])
    planned = sum(person.planned.points for person in found.people)
    capacity = sum(person.capacity for person in found.people)
    bare = sum(person.planned.unestimated for person in found.people)
    lines += ["", sprint_line(found.sprint)]
    lines.append(
        f"open in it: {number(planned)} {unit}" + (f", {counted(bare, 'issue')} without estimate" if bare else "")
    )
    if found.past:
        lines.append(f"expected with this availability: {number(capacity)} {unit}")
    rows = (
        (
            person.who or "(nobody)",
            number(person.usual) if person.who else "",
            number(person.available) if person.who else "",
            number(person.capacity) if person.who else "",
            f"{number(person.planned.points)} ({person.planned.issues})" if person.planned.issues else "",
            number(person.capacity - person.planned.points) if person.who and found.past else "",
        )
        for person in found.people
    )
    if found.people:
        header = ("person", "usual", "available", "can do", "planned (issues)", "left")
        lines.append(table(header, rows, budget=_ISSUES_BUDGET).text)
    return "\n".join(lines)
