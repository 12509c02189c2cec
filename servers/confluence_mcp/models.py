"""Confluence as the model sees it: pared to what is read, names instead of ids, text as Markdown.

Times are ISO 8601 in UTC as Confluence sends them.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["page", "blogpost"]


@dataclass(frozen=True, slots=True)
class Space:
    """A space. `homepage` is the id of the page that its tree begins with."""

    id: str
    key: str
    name: str
    kind: str
    status: str
    url: str
    homepage: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page or blog post without its text. `version` is the number that a change must be made against."""

    id: str
    kind: Kind
    title: str
    space_id: str
    space_key: str
    version: int
    url: str
    status: str = "current"
    parent: str | None = None
    author: str | None = None
    created: str = ""
    updated_by: str | None = None
    updated: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `kind` is atlassian, app or customer; `status` active, inactive or closed where that is told."""

    account_id: str
    name: str
    kind: str = ""
    status: str = ""
