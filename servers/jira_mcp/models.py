"""Jira as the model sees it: pared to what is read, names instead of ids, text as Markdown.

Times are ISO 8601 as Jira sends them, durations are Jira's own words ("1h 30m") or seconds where a name
says so. `fields` hold values as plain JSON: people, options and statuses by name, lists as lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from connector_kit.pages import Page

PlainValue: TypeAlias = "str | int | float | bool | list[PlainValue] | dict[str, PlainValue] | None"


def _no_fields() -> Mapping[str, PlainValue]:
    return {}


@dataclass(frozen=True, slots=True)
class UserRef:
    """A person, or an app that acts as one. Most people hide their e-mail address."""

    account_id: str
    name: str
    email: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class IssueSummary:
    """One issue in a list. `fields` are those asked for by name besides, in that order."""

    key: str
    id: str
    url: str
    type: str
    summary: str
    status: str
    priority: str | None = None
    assignee: str | None = None
    parent: str | None = None
    labels: tuple[str, ...] = ()
    created: str = ""
    updated: str = ""
    due: str | None = None
    fields: Mapping[str, PlainValue] = field(default_factory=_no_fields)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `visible_to` names the role or group that alone may read it.

    `part` tells which part of a long text `body` is, when it is not all of it.
    """

    id: str
    author: str
    created: str
    body: str
    edited: bool = False
    visible_to: str | None = None
    url: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Worklog:
    """Time that somebody spent on an issue; `visible_to` names the role or group that alone may see it."""

    id: str
    author: str
    started: str
    time_spent: str
    seconds: int
    comment: str = ""
    visible_to: str | None = None


@dataclass(frozen=True, slots=True)
class IssueRef:
    """An issue that another one points to."""

    key: str
    summary: str = ""
    status: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link, read from the issue it was found on: `phrase` then `issue` ("blocks PROJ-7")."""

    id: str
    phrase: str
    issue: IssueRef


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on an issue; `size` in bytes."""

    id: str
    name: str
    size: int
    media_type: str
    author: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class ScreenField:
    """A field as a screen offers it: what it takes, whether it must be filled.

    `kind` is the type in a word or two ("option", "list of user"). `allowed` are the names of the permitted
    values, `allowed_total` how many there are. `default` is what Jira fills in; `why_not` says why the field
    cannot be written, and what to do instead.
    """

    id: str
    name: str
    kind: str
    required: bool = False
    has_default: bool = False
    allowed: tuple[str, ...] = ()
    allowed_total: int = 0
    default: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A way to another status; `fields` are those that its screen asks for."""

    id: str
    name: str
    to_status: str
    fields: tuple[ScreenField, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's value before and after an edit."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed in one go."""

    author: str
    created: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class RichField:
    """A field that holds rich text, as Markdown."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class IssueDetail:
    """One issue at the depth that was asked for; parts not asked for are None or empty.

    `texts` are the rich texts among the fields that were asked for by name.
    """

    issue: IssueSummary
    project: str
    reporter: str | None = None
    resolution: str | None = None
    description: str = ""
    texts: tuple[RichField, ...] = ()
    parent: IssueRef | None = None
    subtasks: tuple[IssueRef, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    time_spent: str | None = None
    original_estimate: str | None = None
    remaining_estimate: str | None = None
    comments: Page[Comment] | None = None
    worklogs: Page[Worklog] | None = None
    children: Page[IssueSummary] | None = None
    changes: Page[Change] | None = None
    transitions: tuple[Transition, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """A project that the account may see."""

    key: str
    id: str
    name: str
    url: str
    lead: str | None = None
    kind: str = ""
    category: str | None = None


@dataclass(frozen=True, slots=True)
class IssueTypeInfo:
    """A kind of issue that can be created in a project; `level` is 1 for epics, 0, and -1 for sub-tasks."""

    id: str
    name: str
    level: int
    description: str = ""

    @property
    def subtask(self) -> bool:
        """Whether it needs a parent of the ordinary level."""
        return self.level < 0


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of the site; `clauses` are its names in JQL.

    `kind` is the type in words. `form` is how one of its values is written, `items` the type of the items of a
    list, `plugin` the last part of the type's full name. `original` is the name before its translation;
    `project` is the id of the only project that has the field, where it is a team-managed one.
    """

    id: str
    name: str
    kind: str
    custom: bool
    clauses: tuple[str, ...] = ()
    items: str = ""
    plugin: str = ""
    form: str = "text"
    original: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class LinkTypeInfo:
    """A relation: A `outward` B, B `inward` A."""

    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True, slots=True)
class CreateResult:
    """What became of one issue that should be created: a `key`, or what is wrong, as a whole and by field.

    `unknown`: the request got no clear answer, so that the issue may exist all the same. `unsent`: it was not tried
    or surely not created. `changed` are the values that were set besides its texts, as they were understood.
    """

    index: int
    summary: str
    key: str | None = None
    id: str | None = None
    url: str | None = None
    error: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    next_step: str = ""
    unknown: bool = False
    unsent: bool = False
    changed: Mapping[str, PlainValue] = field(default_factory=_no_fields)


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What a write did to an issue: `changed` are the fields with their new values as they were understood.

    `wrote` is False when everything was so already and nothing was sent.
    """

    key: str
    url: str
    changed: Mapping[str, PlainValue] = field(default_factory=_no_fields)
    id: str = ""
    wrote: bool = True


@dataclass(frozen=True, slots=True)
class TransitionResult:
    """A status change; `moved` is False when the issue was there already."""

    key: str
    url: str
    before: str
    after: str
    moved: bool = True
    changed: Mapping[str, PlainValue] = field(default_factory=_no_fields)


@dataclass(frozen=True, slots=True)
class LinkResult:
    """A link as it now reads: `source` `phrase` `target`."""

    source: str
    phrase: str
    target: str
    url: str


@dataclass(frozen=True, slots=True)
class DeletionPreview:
    """What a deletion would take away, to be shown before it is confirmed."""

    key: str
    summary: str
    status: str
    type: str
    subtasks: tuple[IssueRef, ...] = ()
    comments: int = 0
    children: int = 0
    """Issues that have it as parent and stay, without a parent."""
