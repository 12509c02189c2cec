"""What the tools of toolsets read."""

from dataclasses import dataclass

from confluence_mcp.models import PageRef, Space


@dataclass(frozen=True, slots=True)
class Task:
    """A task in the text of a page. `assignee` is a name; `due` a date, "" for none."""

    id: str
    page: str
    page_title: str
    done: bool
    text: str
    assignee: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Views:
    """How often a page was viewed, and by how many people."""

    page: PageRef
    views: int
    viewers: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A restriction: only these may do `operation` (read or update); `title` and `page` tell which page sets it."""

    operation: str
    page: str
    title: str
    people: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageAccess:
    """Who may see and change a page. `rules` narrow what the space allows: its own, and those above it on viewing.

    `answer` tells whether the person asked about may do the operation asked about, None if that was not asked.
    """

    page: PageRef
    rules: tuple[Rule, ...]
    person: str = ""
    answer: bool | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpaceDetail:
    """A space with what is asked for seldom. `can` are operations of the account itself, like "create page"."""

    space: Space
    labels: tuple[str, ...]
    created: str
    owner: str
    can: tuple[str, ...]
