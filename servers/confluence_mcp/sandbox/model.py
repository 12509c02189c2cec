"""What is stored, as rows of the tables of the same names (`tables`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["page", "blogpost", "folder"]
CURRENT, DRAFT, TRASHED, ARCHIVED = "current", "draft", "trashed", "archived"


@dataclass(slots=True)
class Space:
    """A space. `homepage` is the id of a page."""

    id: int
    key: str
    name: str
    type: str
    status: str
    author: str
    created: int
    homepage: int | None
    description: str


@dataclass(slots=True)
class Content:
    """A page, a blog post or a folder, without its body. `parent` is a page or folder; `position` orders siblings."""

    id: int
    type: str
    status: str
    space: int
    title: str
    parent: int | None
    position: int
    author: str
    owner: str
    created: int
    version: int
    subtype: str
    changed: float


@dataclass(slots=True)
class Version:
    """A version of a content, a comment or an attachment (whose body is empty)."""

    content: int
    number: int
    moment: int
    author: str
    message: str
    minor: int
    title: str
    body: str


@dataclass(slots=True)
class Comment:
    """A comment: `kind` is footer or inline, `container` a content or attachment, `parent` the comment it answers.

    An inline comment marks `selection` in its container's body with the element whose `ac:ref` is `marker`.
    `resolution` is open, reopened, resolved or dangling, and empty for a footer comment.
    """

    id: int
    kind: str
    container: int
    parent: int | None
    status: str
    author: str
    created: int
    version: int
    marker: str
    selection: str
    resolution: str
    resolved_by: str | None
    resolved_at: int | None
    changed: float


@dataclass(slots=True)
class Attachment:
    """A file on a content; `file` is its id at the media service, `size` that of its newest version in bytes."""

    id: int
    container: int
    title: str
    status: str
    media_type: str
    comment: str
    file: str
    author: str
    created: int
    version: int
    size: int
    changed: float


@dataclass(slots=True)
class Task:
    """A task in a content's body; `local` is its id there, `status` complete or incomplete."""

    id: int
    content: int
    local: str
    status: str
    body: str
    author: str
    assignee: str | None
    completed_by: str | None
    created: int
    updated: int | None
    due: int | None
    completed: int | None


@dataclass(frozen=True, slots=True)
class Label:
    """A label; the prefix is global, my, team or system."""

    id: int
    prefix: str
    name: str


@dataclass(slots=True)
class Property:
    """A property of a content, comment, attachment or space; `value` is JSON."""

    id: int
    owner: int
    key: str
    value: str
    version: int
    moment: int
    author: str
    message: str
    minor: int


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody may do in a space: `kind` user, group or role; `operation` and `target` as the vendor has them."""

    id: int
    space: int
    kind: str
    principal: str
    operation: str
    target: str
