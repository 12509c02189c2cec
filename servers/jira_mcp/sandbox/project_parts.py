"""The versions and components of projects as they are stored: both change while the site is used."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from jira_mcp.sandbox.model import Component, Issue, Project, Version
from jira_mcp.sandbox.sample.projects import PROJECT, PROJECTS
from jira_mcp.sandbox.session import Session
from sandbox_kit.session import one

TABLE = """
CREATE TABLE part (
    kind TEXT NOT NULL, id INTEGER NOT NULL, project TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
)
"""
CHANGED = "parts"
"""The sequence that grows with every change of a version or component."""

Kind = Literal["version", "component"]

_FIRST_FREE = 10100


@dataclass(frozen=True, slots=True)
class Parts:
    """All versions and components by id, each with the id of its project."""

    versions: dict[str, tuple[str, Version]]
    components: dict[str, tuple[str, Component]]


def fill(session: Session) -> None:
    """Write the sample's versions and components."""
    for project in PROJECTS:
        for version in project.versions:
            save(session, project, version)
        for component in project.components:
            save(session, project, component)


def all_parts(session: Session) -> Parts:
    """Every version and component, in the order in which they were made."""
    rows = session.db.execute("SELECT kind, id, project, document FROM part ORDER BY id").fetchall()
    return Parts(
        {
            str(number): (project, Version(**json.loads(text)))
            for kind, number, project, text in rows
            if kind == "version"
        },
        {
            str(number): (project, Component(**json.loads(text)))
            for kind, number, project, text in rows
            if kind == "component"
        },
    )


def current(session: Session, project: Project) -> Project:
    """The project with the versions and components that it has now."""
    parts = all_parts(session)
    return replace(
        project,
        versions=tuple(each for owner, each in parts.versions.values() if owner == project.id),
        components=tuple(each for owner, each in parts.components.values() if owner == project.id),
    )


def find_version(session: Session, reference: str) -> tuple[Project, Version] | None:
    """The version with this id, and its project."""
    row = _row(session, "version", reference)
    return (PROJECT[row[0]], Version(**json.loads(row[1]))) if row else None


def find_component(session: Session, reference: str) -> tuple[Project, Component] | None:
    """The component with this id, and its project."""
    row = _row(session, "component", reference)
    return (PROJECT[row[0]], Component(**json.loads(row[1]))) if row else None


def save(session: Session, project: Project, part: Version | Component) -> None:
    """Add a version or component, or store its new state."""
    document = json.dumps(asdict(part), ensure_ascii=False)
    kind = "version" if isinstance(part, Version) else "component"
    session.db.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)", (kind, int(part.id), project.id, document))
    session.next_number(CHANGED)


def remove(session: Session, part: Version | Component) -> None:
    """Delete a version or component; the issues must have left it."""
    kind = "version" if isinstance(part, Version) else "component"
    session.db.execute("DELETE FROM part WHERE kind = ? AND id = ?", (kind, int(part.id)))
    session.next_number(CHANGED)


def issues_with(session: Session, attribute: str, part_id: str) -> list[Issue]:
    """The issues that have this version or component in `fix_versions`, `affects_versions` or `components`."""
    query = "SELECT issue.document FROM issue, json_each(issue.document, ?) each WHERE each.value = ? ORDER BY issue.id"
    rows = session.db.execute(query, (f"$.{attribute}", part_id)).fetchall()
    return [Issue.from_json(row[0]) for row in rows]


def next_id(session: Session, kind: Kind) -> str:
    """The id of a new version or component."""
    return str(session.next_number(kind, _FIRST_FREE))


def names(parts: Iterable[Version | Component]) -> dict[str, str]:
    """What each is called, by id."""
    return {part.id: part.name for part in parts}


def _row(session: Session, kind: Kind, reference: str) -> tuple[str, str] | None:
    if not (reference.isascii() and reference.isdecimal() and len(reference) < 19):
        return None
    query = "SELECT project, document FROM part WHERE kind = ? AND id = ?"
    return one(session.db, query, kind, int(reference))
