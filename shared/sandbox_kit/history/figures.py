"""What follows from phases, deliverables and agents by counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sandbox_kit.history.agents import AGENTS
from sandbox_kit.history.done import DONE
from sandbox_kit.history.measures import EARLIER_DAYS, SECURITY_INCIDENTS
from sandbox_kit.history.model import Agent, Artifact, Deliverable, Measure, Phase, in_words
from sandbox_kit.history.phases import PHASES
from sandbox_kit.history.planned import PLANNED

DELIVERABLES: tuple[Deliverable, ...] = (*DONE, *PLANNED)
"""All deliverables, by number."""
DELIVERABLE = {each.number: each for each in DELIVERABLES}
AGENT = {each.name: each for each in AGENTS}
_NO_ARTIFACTS = ("Agent", "Test")
"""Kinds of deliverables that are no artifact themselves; an agent may bring templates."""


def percent(part: float, whole: float) -> float:
    """A share in percent, to two places; 0 of nothing."""
    return round(part / whole * 100, 2) if whole else 0.0


@dataclass(frozen=True, slots=True)
class PhaseFigures:
    """A phase in numbers.

    `days` is how long it took: the days from the first to the last, both counted, or the hours of its deliverables
    as a part of 24 where it is measured in hours; None while it is not complete.
    """

    phase: Phase
    deliverables: tuple[Deliverable, ...]
    days: float | None

    @property
    def planned(self) -> int:
        """Deliverables that it was planned to have."""
        return len(self.deliverables)

    @property
    def completed(self) -> int:
        """Deliverables that are done."""
        return sum(1 for each in self.deliverables if each.done)

    @property
    def points(self) -> int:
        """Story points of all its deliverables."""
        return sum(each.points for each in self.deliverables)

    @property
    def points_completed(self) -> int:
        """Story points of those that are done."""
        return sum(each.points for each in self.deliverables if each.done)

    @property
    def hours(self) -> float:
        """Hours of work of its deliverables."""
        return sum(each.hours for each in self.deliverables)

    @property
    def completion_pct(self) -> float:
        """Done out of planned, in percent."""
        return percent(self.completed, self.planned)

    @property
    def velocity_per_day(self) -> float | None:
        """Deliverables per day; None while it is not complete."""
        return None if self.days is None else round(self.completed / self.days, 2)

    @property
    def points_per_day(self) -> float | None:
        """Story points per day; None while it is not complete."""
        return None if self.days is None else round(self.points_completed / self.days, 2)

    @property
    def multiple(self) -> float | None:
        """How many times faster it was than estimated; None while it is not complete."""
        return None if self.days is None else round(self.phase.estimated_days / self.days, 2)

    @property
    def due(self) -> tuple[str, str]:
        """The first and the last day on which one of its deliverables is due, "2026-02-03"; empty where none is."""
        dues = sorted(each.due for each in self.deliverables if each.due) or [""]
        return dues[0], dues[-1]

    @property
    def took(self) -> str:
        """How long it took, in words: "4 hours", "2 days"; empty while it is not complete."""
        return "" if self.days is None else in_words(self.days)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """How far PM OS had come by the end of a day.

    `velocity_multiple` is how many times faster than estimated the phases were that were completed on that day: their
    estimated days by the days they took. `gate_pass_rate` is deliverables accepted at the first review, in percent;
    `open_issues` are bugs that were open.
    """

    day: date
    phases_complete: int
    deliverables_complete: int
    deliverables_total: int
    agents: int
    gate_pass_rate: float
    security_incidents: int
    open_issues: int
    velocity_multiple: float | None

    @property
    def completion_pct(self) -> float:
        """Deliverables done out of all, in percent."""
        return percent(self.deliverables_complete, self.deliverables_total)


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """An agent in numbers.

    `mean_hours` is hours per deliverable of its own, to two places; `acceptance_rate` is how many of these were
    accepted at the first review, in percent; both are None for one that has none.
    """

    agent: Agent
    phase_deployed: int
    deliverables: tuple[Deliverable, ...]
    artifacts: tuple[Artifact, ...]
    mean_hours: float | None
    acceptance_rate: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """PM OS in numbers, as the last day left it."""

    phases: int
    phases_complete: int
    deliverables: int
    deliverables_complete: int
    points: int
    points_complete: int
    hours: float
    agents: int
    artifacts: int
    first_day: date
    last_day: date

    @property
    def phases_pct(self) -> float:
        """Phases complete, in percent."""
        return percent(self.phases_complete, self.phases)

    @property
    def completion_pct(self) -> float:
        """Deliverables done, in percent."""
        return percent(self.deliverables_complete, self.deliverables)


@cache
def phase_figures(number: int) -> PhaseFigures:
    """The figures of a phase.

    Raises:
        IndexError: there is no phase of that number.
    """
    phase = PHASES[number]
    own = tuple(each for each in DELIVERABLES if each.phase == number)
    first, last = phase.first_day, phase.last_day
    days = None
    if first is not None and last is not None:
        days = sum(each.hours for each in own) / 24 if phase.in_hours else float((last - first).days + 1)
    return PhaseFigures(phase, own, days)


@cache
def artifacts() -> tuple[Artifact, ...]:
    """The catalogue: each deliverable that is an artifact, and each template that came with one."""
    found: list[tuple[str, str, float, Deliverable]] = []
    for each in DONE:
        if each.agent in AGENT and each.artifact not in _NO_ARTIFACTS:
            found.append((each.catalogue, each.artifact, each.hours, each))
        found += [(name, "Template", hours, each) for name, hours in each.templates]
    return tuple(Artifact(number, *each) for number, each in enumerate(found, start=1))


@cache
def agent_figures(name: str) -> AgentFigures:
    """The figures of an agent.

    Raises:
        KeyError: there is no agent of that name.
    """
    agent = AGENT[name]
    own = tuple(each for each in DONE if each.agent == name)
    return AgentFigures(
        agent,
        DELIVERABLE[agent.releases[0].deliverable].phase,
        own,
        tuple(each for each in artifacts() if each.deliverable.agent == name),
        round(sum(each.hours for each in own) / len(own), 2) if own else None,
        accepted(own) if own else None,
    )


@cache
def days() -> tuple[DayFigures, ...]:
    """The figures of each day of work, the first one first."""
    worked = sorted({day for each in DONE if (day := each.finished_on)})
    return tuple(_day(day) for day in worked)


def accepted(deliverables: Sequence[Deliverable]) -> float:
    """How many were accepted at their first review, in percent."""
    return percent(sum(1 for each in deliverables if not each.reworked), len(deliverables))


def _day(day: date) -> DayFigures:
    over = [each for each in PHASES if each.last_day is not None and each.last_day <= day]
    today = [phase_figures(each.number) for each in over if each.last_day == day]
    took = sum(each.days or 0 for each in today)
    estimated = sum(each.phase.estimated_days for each in today)
    done = [each for each in DONE if each.finished[:10] <= day.isoformat()]
    bugs = [each for each in DELIVERABLES if each.bug and each.created[:10] <= day.isoformat()]
    return DayFigures(
        day,
        len(over),
        len(done),
        len(DELIVERABLES),
        sum(1 for each in AGENTS if each.deployed <= day),
        accepted(done),
        SECURITY_INCIDENTS,
        sum(1 for each in bugs if not each.done),
        round(estimated / took, 2) if took else None,
    )


def readings(measure: Measure) -> tuple[tuple[date, float | None], ...]:
    """A measure day by day: on the days before the first day of work, then on those."""
    worked = [each.day for each in days()]
    earlier = [worked[0] - timedelta(days=ago) for ago in range(EARLIER_DAYS, 0, -1)]
    return (*((day, measure.before) for day in earlier), *zip(worked, measure.readings, strict=True))


@cache
def totals() -> Totals:
    """PM OS in numbers."""
    worked = days()
    return Totals(
        len(PHASES),
        worked[-1].phases_complete,
        len(DELIVERABLES),
        len(DONE),
        sum(each.points for each in DELIVERABLES),
        sum(each.points for each in DONE),
        sum(each.hours for each in DONE),
        len(AGENTS),
        len(artifacts()),
        worked[0].day,
        worked[-1].day,
    )
