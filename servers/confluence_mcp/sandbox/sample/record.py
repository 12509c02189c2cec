"""Lines of the sample data, before they become stored rows. Moments are texts like "2026-01-31 09:00" (UTC)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from confluence_mcp.sandbox.model import CURRENT
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.accounts import Account


@dataclass(frozen=True, slots=True)
class Edit:
    """A version of a page: who wrote it, when, its body, and what was noted on it."""

    author: Account
    when: str
    body: str
    message: str = ""
    minor: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A comment below the page, or about some of its words if `marker` is given; `replies` follow it.

    Without an id it has the next one.
    """

    author: Account
    when: str
    body: str
    marker: str = ""
    selection: str = ""
    resolved_by: Account | None = None
    replies: tuple[Note, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file on the page; each content is a version of it, the last one being the newest.

    Without an id it has the next one.
    """

    name: str
    author: Account
    when: str
    contents: tuple[Callable[[], bytes], ...]
    comment: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page with all that hangs on it. `title` is today's; an edit that has another title had that one."""

    id: int
    title: str
    edits: tuple[Edit, ...]
    parent: int | None = None
    labels: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    files: tuple[File, ...] = ()
    kind: str = "page"
    status: str = CURRENT
    owner: Account | None = None
    readers: tuple[Account, ...] = ()
    editors: tuple[Account, ...] = ()
    views: int = 3
    liked_by: tuple[Account, ...] = field(default=(who.HUMAN_PM,))
