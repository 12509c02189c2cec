"""Versions, components and projects in the few lines that a model needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import Part, one_line, quoted, size
from jira_mcp.tools.render import CELL_CHARS, counted

if TYPE_CHECKING:
    from jira_mcp.models import IssueSummary
    from jira_mcp.release_models import Component, ProjectDetail, Version

VERSION_COLUMNS = ("id", "name", "state", "start", "release", "issues", "description")
COMPONENT_COLUMNS = ("id", "name", "lead", "assigned to", "issues", "description")
_TEXT_CHARS = 1_000
_NAMES_SHOWN = 30
NOTES_BUDGET = 18_000


def version_row(version: Version) -> tuple[object, ...]:
    """A version as a row of a list."""
    return (
        version.id,
        version.name,
        version.state,
        version.start,
        version.release,
        progress(version),
        clean_text(version.description, CELL_CHARS),
    )


def progress(version: Version) -> str:
    """How far the issues of a version are."""
    done = version.progress
    if done is None:
        return ""
    parts = [f"{done.done} of {done.total} done"]
    parts += [f"{done.in_progress} in progress"] if done.in_progress else []
    return ", ".join(parts) if done.total else "none"


def version_line(version: Version) -> str:
    """A version in a line."""
    parts = [f"version {version.id} {one_line(version.name)}", version.project, version.state]
    if version.start or version.release:
        parts.append(f"{version.start or '?'} to {version.release or '?'}")
    if done := progress(version):
        parts.append(f"issues: {done}")
    return " · ".join([*parts, version.url])


def notes(version: Version, issues: Sequence[IssueSummary]) -> Part:
    """The issues of a version under their types, as many as fit."""
    lines: list[str] = []
    shown = used = 0
    kind = None
    if version.description:
        lines.append(clean_text(version.description, _TEXT_CHARS))
    for issue in issues:
        more = [] if issue.type == kind else [f"{issue.type}:"]
        more.append(f"- {issue.key} [{issue.status}] {clean_text(issue.summary, CELL_CHARS)}")
        used += sum(size(line) + 1 for line in more)
        if used > NOTES_BUDGET and shown:
            break
        lines += map(one_line, more)
        kind, shown = issue.type, shown + 1
    text = quoted(version.name, "\n".join(lines)) if lines else ""
    return Part(text, shown, len(issues) - shown)


def component_row(component: Component) -> tuple[object, ...]:
    """A component as a row of a list."""
    return (
        component.id,
        component.name,
        component.lead,
        component.assignee,
        component.issues,
        clean_text(component.description, CELL_CHARS),
    )


def component_line(component: Component) -> str:
    """A component in a line."""
    parts = [f"component {component.id} {one_line(component.name)}", component.project]
    parts += [f"lead: {one_line(component.lead)}"] if component.lead else []
    return " · ".join([*parts, f"new issues go to: {component.assignee}"])


def project_text(project: ProjectDetail) -> str:
    """A project at a glance."""
    head = f"{project.key} {one_line(project.name)} · {project.kind}" + (" · archived" if project.archived else "")
    open_ones = [each for each in project.versions if not each.released and not each.archived]
    rest = len(project.versions) - len(open_ones)
    planned = [f"{each.name} ({each.release})" if each.release else each.name for each in open_ones]
    facts = {
        "lead": project.lead or "nobody",
        "category": project.category,
        "issue types": _names(project.types),
        "components": _names(project.components) or "none",
        "versions to come": _names(planned) or "none",
        "released or archived": counted(rest, "version") if rest else "",
        "roles": _names(project.roles),
    }
    lines = [f"{name}: {one_line(text)}" for name, text in facts.items() if text]
    if project.description:
        lines.append(clean_text(project.description, _TEXT_CHARS))
    return "\n".join([f"{head} · {project.url}", quoted(project.key, "\n".join(lines))])


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more
