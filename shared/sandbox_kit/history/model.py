"""What the history consists of.

A moment is a text "2026-01-31 09:00" in UTC, empty where it has not come; a day is a `date`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PROJECT = "PMOS"
FIRST_EPIC = 26


def key(number: int) -> str:
    """The key in Jira of the issue with a number."""
    return f"{PROJECT}-{number}"


def epic_number(phase: int) -> int:
    """The number of the issue that is a phase's epic."""
    return FIRST_EPIC + phase


def epic(phase: int) -> str:
    """The key in Jira of a phase's epic."""
    return key(epic_number(phase))


def day_of(moment: str) -> date | None:
    """The day of a moment; None where it has not come."""
    return date.fromisoformat(moment[:10]) if moment else None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of PM OS, an epic in Jira.

    `estimated_days` are days it was planned to take; `version` is the release it went, or is to go, into; `after`
    are the phases it waits for. `in_hours` tells of one so short that its length is what was worked, not its days.
    """

    number: int
    name: str
    goal: str
    outcomes: tuple[str, ...]
    estimated_days: int
    version: str
    started: str = ""
    finished: str = ""
    after: tuple[int, ...] = ()
    in_hours: bool = False

    @property
    def key(self) -> str:
        """Its epic's key in Jira."""
        return epic(self.number)

    @property
    def title(self) -> str:
        """Its epic's summary in Jira."""
        return f"Phase {self.number} - {self.name}"

    @property
    def label(self) -> str:
        """The label of its issues in Jira and pages in Confluence."""
        return f"phase-{self.number}"

    @property
    def status(self) -> str:
        """Complete, Current or Planned."""
        return "Complete" if self.finished else "Current" if self.started else "Planned"

    @property
    def first_day(self) -> date | None:
        """The day it began."""
        return day_of(self.started)

    @property
    def last_day(self) -> date | None:
        """The day it ended."""
        return day_of(self.finished)

    @property
    def estimate(self) -> str:
        """What was planned, in words: "3 weeks", "8 days"."""
        return in_words(self.estimated_days)


@dataclass(frozen=True, slots=True)
class Deliverable:
    """What a phase brings about: an issue of Jira directly below the phase's epic.

    `artifact` is Jira's artifact type. `hours` is what the work took, 0 while it is not done; `points` are story
    points. `catalogue` is its name among the artifacts where it is one; `templates` are those that came with it, each
    with the hours that were its own. A bug is one that puts right what another did wrong. One was `reworked` when it
    was not accepted at its first review.
    """

    number: int
    phase: int
    summary: str
    artifact: str
    points: int
    hours: float
    agent: str
    created: str
    started: str = ""
    finished: str = ""
    catalogue: str = ""
    templates: tuple[tuple[str, float], ...] = ()
    due: str = ""
    bug: bool = False
    reworked: bool = False

    @property
    def key(self) -> str:
        """Its key in Jira."""
        return key(self.number)

    @property
    def done(self) -> bool:
        """Whether it is finished."""
        return bool(self.finished)

    @property
    def finished_on(self) -> date | None:
        """The day it was finished."""
        return day_of(self.finished)


@dataclass(frozen=True, slots=True)
class Release:
    """A version of an agent: the deliverable that brought it, and when it came into use."""

    version: str
    deliverable: int
    since: str


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent with its versions, the first one first."""

    name: str
    releases: tuple[Release, ...]

    @property
    def version(self) -> str:
        """The version in use, as in "1.2"."""
        return self.releases[-1].version

    @property
    def deployed(self) -> date:
        """The day it first worked."""
        return date.fromisoformat(self.releases[0].since[:10])

    @property
    def upgrades(self) -> int:
        """Versions since the first."""
        return len(self.releases) - 1

    @property
    def last_upgrade(self) -> date | None:
        """The day of the latest upgrade; None where there was none."""
        return day_of(self.releases[-1].since) if self.upgrades else None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A document, template or integration of the catalogue, with the deliverable that it came from.

    `number` counts from 1 in the order of the deliverables; `hours` is what it took.
    """

    number: int
    name: str
    kind: str
    hours: float
    deliverable: Deliverable

    @property
    def created(self) -> date:
        """The day it was finished."""
        return date.fromisoformat(self.deliverable.finished[:10])


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the five measures that PM OS is judged by.

    `readings` are those of the end of each day of work, None where nothing was measured yet; `before` is that of the
    days before. `unit` is hours, percent or count.
    """

    name: str
    unit: str
    baseline: float
    target: float
    before: float | None
    readings: tuple[float | None, ...]

    @property
    def current(self) -> float | None:
        """Where it is."""
        return self.readings[-1]

    @property
    def status(self) -> str:
        """Where it stands to its target: Pending, Baseline, Improving, Met or Exceeding."""
        return self.judged(self.current)

    def judged(self, value: float | None) -> str:
        """Where a reading stands to the target."""
        if value is None:
            return "Pending"
        ahead = value - self.target if self.target > self.baseline else self.target - value
        if ahead >= 0:
            return "Exceeding" if ahead else "Met"
        return "Baseline" if value == self.baseline else "Improving"


def in_words(days: float) -> str:
    """A length as people say it: "4 hours", "1 day", "8 days", "3 weeks"; `days` are days of 24 hours."""
    if days < 1:
        count, unit = round(days * 24), "hour"
    elif days % 7:
        count, unit = round(days), "day"
    else:
        count, unit = round(days / 7), "week"
    return f"{count} {unit}{'' if count == 1 else 's'}"
