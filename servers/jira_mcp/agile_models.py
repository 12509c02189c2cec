"""Boards and sprints as the model sees them; times are ISO 8601 as Jira sends them, estimates mostly points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SprintState = Literal["active", "future", "closed"]


@dataclass(frozen=True, slots=True)
class Board:
    """A board; `kind` is scrum (with sprints), kanban or simple, `project` the key of the project it lies in."""

    id: int
    name: str
    kind: str
    project: str | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board with the names and ids of its statuses."""

    name: str
    statuses: tuple[str, ...]
    status_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoardConfig:
    """How a board works. The last column that has statuses means done. No `estimate_id`: it estimates by no field."""

    columns: tuple[Column, ...]
    estimate: str = ""
    estimate_id: str = ""

    @property
    def done(self) -> frozenset[str]:
        """The ids of the statuses that mean done."""
        mapped = [column.status_ids for column in self.columns if column.status_ids]
        return frozenset(mapped[-1]) if mapped else frozenset()


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint; `board` is the one that it was made on."""

    id: int
    name: str
    state: str
    board: int | None = None
    goal: str = ""
    start: str | None = None
    end: str | None = None
    completed: str | None = None


@dataclass(frozen=True, slots=True)
class BoardDetail:
    """A board with how it works and the sprints that are not over; kanban boards have none."""

    board: Board
    config: BoardConfig
    sprints: tuple[Sprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing a sprint means: how many issues are done, and which are open and go where.

    `target` is the sprint that takes them, None for the backlog. `left` are those of them that Jira did not take,
    and `problem` why.
    """

    sprint: Sprint
    done: int
    open: tuple[str, ...]
    target: Sprint | None = None
    left: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What a move did: the keys that went, in their order, and those that Jira refused, with its reasons."""

    moved: tuple[str, ...]
    where: str
    refused: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Tally:
    """How many issues, with how many points in all; `unestimated` of them have no estimate."""

    issues: int = 0
    points: float = 0.0
    unestimated: int = 0

    def plus(self, points: float | None) -> "Tally":
        """The same with one issue more."""
        return Tally(self.issues + 1, self.points + (points or 0.0), self.unestimated + (points is None))


@dataclass(frozen=True, slots=True)
class SprintIssue:
    """What became of one issue in a sprint.

    `committed`: it was in the sprint, and not done, when the sprint began. `outcome`: done; open when the sprint
    ended, or still; removed before; before, if it was done already when the sprint began. `points` are those when
    it was decided: at the end of the sprint, or when it was taken out; `points_before` those at the beginning, or
    when it was added. `who` had it assigned at that time.
    """

    key: str
    summary: str
    who: str
    committed: bool
    outcome: Literal["done", "open", "removed", "before"]
    points: float | None
    points_before: float | None


@dataclass(frozen=True, slots=True)
class SprintReport:
    """What became of a sprint, issue by issue; `complete` is False when not all that left it could be looked for."""

    sprint: Sprint
    board: Board
    estimate: str
    issues: tuple[SprintIssue, ...]
    complete: bool = True

    def tally(self, *outcomes: str, committed: bool | None = None, who: str | None = None) -> Tally:
        """The issues with one of these outcomes, perhaps only those (not) committed, or one person's."""
        total = Tally()
        for issue in self.issues:
            if issue.outcome in outcomes and committed in (None, issue.committed) and who in (None, issue.who):
                total = total.plus(issue.points)
        return total

    @property
    def committed(self) -> Tally:
        """What the sprint began with, by the estimates of that time."""
        return self._before(committed=True)

    @property
    def added(self) -> Tally:
        """What came later, by the estimates of that time."""
        return self._before(committed=False)

    def _before(self, *, committed: bool) -> Tally:
        total = Tally()
        for issue in self.issues:
            if issue.committed is committed and issue.outcome != "before":
                total = total.plus(issue.points_before)
        return total

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who had an issue of the sprint, "" for nobody."""
        return tuple(
            sorted({issue.who for issue in self.issues if issue.outcome != "before"}, key=lambda who: (not who, who))
        )


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """A person's part in a sprint to come: `usual` is what they finished per sprint lately, `planned` what is open
    and assigned to them, `available` which part of a usual sprint they have."""

    who: str
    usual: float
    planned: Tally
    available: float = 1.0

    @property
    def capacity(self) -> float:
        """Points that they can be expected to finish."""
        return self.usual * self.available


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a team finished in its last sprints, the oldest first, and what is planned for the sprint to come."""

    board: Board
    estimate: str
    past: tuple[SprintReport, ...]
    sprint: Sprint | None
    people: tuple[PersonLoad, ...]

    @property
    def velocity(self) -> float:
        """Points done per sprint, on average."""
        return sum(report.tally("done").points for report in self.past) / len(self.past) if self.past else 0.0
