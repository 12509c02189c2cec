"""Versions, components and projects as the model sees them; dates are ISO 8601 (2026-01-31)."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector_kit.pages import Page
from jira_mcp.models import IssueSummary


@dataclass(frozen=True, slots=True)
class VersionProgress:
    """How many issues have a version as fix version, by how far they are; `other` have no category."""

    to_do: int = 0
    in_progress: int = 0
    done: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.to_do + self.in_progress + self.done + self.other


@dataclass(frozen=True, slots=True)
class Version:
    """A release of a project, by its key. `address` is Jira's own for it; no `progress`: it was not asked for."""

    id: str
    name: str
    project: str
    released: bool = False
    archived: bool = False
    overdue: bool = False
    description: str = ""
    start: str = ""
    release: str = ""
    progress: VersionProgress | None = None
    address: str = ""
    url: str = ""

    @property
    def state(self) -> str:
        """released or unreleased, and whether it is archived or overdue."""
        words = ["released" if self.released else "unreleased"]
        words += ["overdue"] if self.overdue and not self.released else []
        return ", ".join([*words, "archived"] if self.archived else words)


@dataclass(frozen=True, slots=True)
class VersionDetail:
    """A version with a page of the issues that have it as fix version, ordered by type."""

    version: Version
    issues: Page[IssueSummary]


@dataclass(frozen=True, slots=True)
class VersionUse:
    """Where a version is used: in how many issues as fix version, as affected version, and in which other fields.

    `fields` are ids of custom fields, each with the number of issues; `unresolved` of the fixed ones are open.
    """

    version: Version
    fixed: int
    affected: int
    fields: Mapping[str, int]
    unresolved: int = 0

    @property
    def total(self) -> int:
        """How many fields of issues lose it."""
        return self.fixed + self.affected + sum(self.fields.values())


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a project. `assignee` says who gets new issues: project default, component lead, project lead or
    unassigned; `issues` is None where nobody counted."""

    id: str
    name: str
    project: str
    description: str = ""
    lead: str | None = None
    assignee: str = ""
    issues: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """A project at a glance; `roles` are the names of its roles, `types` those of its issue types."""

    key: str
    name: str
    url: str
    lead: str | None
    kind: str
    category: str
    description: str
    types: tuple[str, ...]
    components: tuple[str, ...]
    versions: tuple[Version, ...]
    roles: tuple[str, ...]
    archived: bool = False
