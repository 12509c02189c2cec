"""What became of issues over time, as the model sees it; spans are seconds by the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jira_mcp.models import Change


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of an issue's history: `total` changes in all, of which `read` were looked at for this part.

    `authors` are those of the changes looked at, for when a person was asked for who changed nothing.
    """

    key: str
    changes: tuple[Change, ...]
    total: int
    read: int
    cursor: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """A status; `category` is new, indeterminate (in progress) or done."""

    id: str
    name: str
    category: str

    @property
    def done(self) -> bool:
        """Whether work is over here."""
        return self.category == "done"


@dataclass(frozen=True, slots=True)
class Stay:
    """An uninterrupted time in one status: `by` brought the issue there; no `end` while it lasts."""

    status: StatusInfo
    start: str
    end: str | None
    by: str
    seconds: float


@dataclass(frozen=True, slots=True)
class IssueTimes:
    """An issue's way through the statuses, the oldest stay first.

    `lead` is from its creation, `cycle` from when work first began, until it was done; None while it is not.
    """

    key: str
    summary: str
    status: StatusInfo
    created: str
    stays: tuple[Stay, ...]
    lead: float | None = None
    cycle: float | None = None

    @property
    def untold(self) -> bool:
        """Whether it is done without a history that tells how it got there, as imported issues are."""
        return len(self.stays) == 1 and self.status.done

    @property
    def by_status(self) -> Mapping[str, float]:
        """Seconds in each status by its name, in the order in which it was first reached."""
        sums: dict[str, float] = {}
        for stay in self.stays:
            sums[stay.status.name] = sums.get(stay.status.name, 0.0) + stay.seconds
        return sums


@dataclass(frozen=True, slots=True)
class StatusSum:
    """A status over many issues: how many were in it, how often one came there, how long they stayed."""

    status: StatusInfo
    issues: int
    visits: int
    total: float
    median: float


@dataclass(frozen=True, slots=True)
class StatusTimes:
    """The times of a set of issues. `missing` are keys that cannot be seen; `more`: others match besides."""

    issues: tuple[IssueTimes, ...]
    sums: tuple[StatusSum, ...]
    finished: int
    lead: float | None
    cycle: float | None
    more: bool = False
    missing: tuple[str, ...] = field(default=())
