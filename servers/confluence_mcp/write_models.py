"""What came of writing, as the tools tell it."""

from dataclasses import dataclass

from confluence_mcp.models import PageRef


@dataclass(frozen=True, slots=True)
class Written:
    """A page after a write: `said` in a few words what changed, `notes` what the caller should know besides.

    `wrote` is off where everything was so already.
    """

    page: PageRef
    said: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    wrote: bool = True


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a page after a change, and what of it was so already."""

    page: PageRef
    now: tuple[str, ...]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LongTask:
    """How far something has come that Confluence does by itself. `state` is done, failed, running or unknown.

    `result` is the id of what came of it where Confluence tells, `trouble` what went wrong.
    """

    id: str
    state: str
    percent: int = 0
    result: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting a page takes along. Numbers of which only so much is known that they are larger end in +."""

    page: PageRef
    children: int
    below: str
    comments: str
    attachments: str
