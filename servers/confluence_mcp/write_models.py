"""What came of writing, as the tools tell it."""

from collections.abc import Mapping
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
    """What deleting a page takes along. Numbers of which only so much is known that they are larger end in +.

    Those that Confluence did not tell are "uncounted".
    """

    page: PageRef
    children: str
    below: str
    comments: str
    attachments: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template of pages of a space, or of the whole site where `space` is empty.

    `variables` are asked for when a page is made from it; one with values must have one of these.
    """

    id: str
    name: str
    description: str
    space: str
    variables: Mapping[str, tuple[str, ...]]
    storage: str = ""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Who alone may view and edit a page, as names; empty where everybody may whom the space lets."""

    page: PageRef
    view: tuple[str, ...]
    edit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A task in the text of a page after it was completed or reopened."""

    id: str
    page: PageRef
    done: bool
    text: str
    wrote: bool = True
