"""What an event in a code repository does to issues."""

from dataclasses import dataclass
from typing import Literal

GitEvent = Literal["branch_created", "pull_request_opened", "pull_request_merged", "pull_request_declined"]


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of one issue, or would: `after` is its status then, `why` the reason if it stays as it is.

    `link` is what became of the link: added, changed, there already, or "" without an address; `problem` is what
    went wrong, in which case nothing else may be relied on.
    """

    key: str
    summary: str = ""
    before: str = ""
    after: str = ""
    why: str = ""
    link: str = ""
    problem: str = ""

    @property
    def moved(self) -> bool:
        """Whether its status changes."""
        return self.after != self.before


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What an event did, or would do with `dry_run`.

    `unknown` look like keys, but are no issues that the account can see; `outside` are in projects that tools may not
    touch; `untried` were not reached because something failed before them.
    """

    event: GitEvent
    dry_run: bool
    results: tuple[EventResult, ...]
    unknown: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
