"""What the site is made of: the fixed parts as tables, and the issue, which changes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias

JsonObject: TypeAlias = dict[str, Any]

Kind = Literal[
    "summary",
    "rich_text",
    "text",
    "url",
    "number",
    "date",
    "datetime",
    "option",
    "options",
    "user",
    "users",
    "labels",
    "components",
    "versions",
    "priority",
    "resolution",
    "issuetype",
    "project",
    "parent",
    "timetracking",
    "sprint",
    "issuelinks",
    "comment",
    "worklog",
    "computed",
    "cascade",
    "group",
    "groups",
    "version",
    "project_pick",
    "team",
    "security",
    "colour",
    "given",
]
"""How a field is written: which input it takes. `computed` ones cannot be set, nor can `given` ones, which hold what
another app put there."""


@dataclass(frozen=True, slots=True)
class Named:
    """A resolution, a link type's neighbour, a priority: an id, a name and a description."""

    id: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Component(Named):
    """A part of a project. `lead` is an account id; `assignee` says who gets new issues, in the vendor's words."""

    lead: str | None = None
    assignee: str = "PROJECT_DEFAULT"


@dataclass(frozen=True, slots=True)
class StatusCategory:
    """One of Jira's three columns of progress."""

    id: int
    key: str
    name: str
    color: str
    enum: str


@dataclass(frozen=True, slots=True)
class Status:
    """A step of a workflow."""

    id: str
    name: str
    category: StatusCategory
    description: str = ""


@dataclass(frozen=True, slots=True)
class IssueType:
    """A kind of work item. `level` is 1 for epics, 0 for the rest and -1 for sub-tasks."""

    id: str
    name: str
    level: int
    description: str


@dataclass(frozen=True, slots=True)
class LinkType:
    """A relation between two issues, as it reads from either side."""

    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a select list, perhaps with a second level below it."""

    id: str
    value: str
    children: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A release of a project."""

    id: str
    name: str
    description: str
    released: bool
    start: str | None = None
    release: str | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint of a board. Moments are milliseconds; None when the sprint has not got so far."""

    id: int
    name: str
    state: Literal["active", "closed", "future"]
    board: int
    goal: str
    start: int | None = None
    end: int | None = None
    complete: int | None = None


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the site: how it is called, written, stored and searched."""

    id: str
    name: str
    kind: Kind
    schema: JsonObject
    clauses: tuple[str, ...] = ()
    operations: tuple[str, ...] = ("set",)
    description: str = ""
    options: tuple[Option, ...] = ()
    navigable: bool = True

    @property
    def custom(self) -> bool:
        """Whether an administrator made it."""
        return self.id.startswith("customfield_")


@dataclass(frozen=True, slots=True)
class Transition:
    """A way through a workflow. No `sources`: open from everywhere. `screen` lists the fields asked for on the
    way and whether each is required."""

    id: str
    name: str
    target: str
    sources: tuple[str, ...] = ()
    screen: tuple[tuple[str, bool], ...] | None = None
    resolves: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project with its schemes. `roles` maps account ids to a role; somebody not in it sees nothing."""

    id: str
    key: str
    name: str
    description: str
    lead: str
    category: Named
    issue_types: tuple[str, ...]
    transitions: tuple[Transition, ...]
    initial_status: str
    screen: tuple[str, ...]
    required: frozenset[tuple[str, str]]
    roles: dict[str, str]
    components: tuple[Component, ...] = ()
    versions: tuple[Version, ...] = ()
    uuid: str = ""


@dataclass(slots=True)
class Issue:
    """An issue as it is stored. Everything is an id or a plain value; moments are milliseconds, times seconds."""

    id: int
    key: str
    project: str
    number: int
    type: str
    summary: str
    status: str
    created: int
    updated: int
    creator: str
    reporter: str | None
    status_changed: int
    description: JsonObject | None = None
    environment: JsonObject | None = None
    priority: str | None = "3"
    resolution: str | None = None
    resolved: int | None = None
    assignee: str | None = None
    due: str | None = None
    labels: list[str] = field(default_factory=list[str])
    components: list[str] = field(default_factory=list[str])
    fix_versions: list[str] = field(default_factory=list[str])
    affects_versions: list[str] = field(default_factory=list[str])
    parent: int | None = None
    original_estimate: int | None = None
    remaining_estimate: int | None = None
    time_spent: int | None = None
    custom: JsonObject = field(default_factory=dict[str, Any])
    comments: list[JsonObject] = field(default_factory=list[JsonObject])
    worklogs: list[JsonObject] = field(default_factory=list[JsonObject])
    watchers: list[str] = field(default_factory=list[str])
    voters: list[str] = field(default_factory=list[str])
    remote_links: list[JsonObject] = field(default_factory=list[JsonObject])
    attachments: list[JsonObject] = field(default_factory=list[JsonObject])

    def to_json(self) -> str:
        """The stored document."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, document: str) -> Issue:
        """The issue of a stored document."""
        return cls(**json.loads(document))
