"""What the history says about the difference between two states of an issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jira_mcp.sandbox import field_kinds
from jira_mcp.sandbox.adf import plain_text
from jira_mcp.sandbox.model import Issue, JsonObject, Project
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD, RANK, SPRINT_FIELD
from sandbox_kit.atlassian.accounts import BY_ID


def item(
    field_id: str,
    old: object,
    new: object,
    old_text: str | None = None,
    new_text: str | None = None,
    *,
    name: str = "",
) -> JsonObject:
    """One changed field."""
    field = FIELD.get(field_id)
    custom = bool(field and field.custom)
    shown: JsonObject = {
        "field": name or (field.name if field and custom else field_id),
        "fieldtype": "custom" if custom else "jira",
    }
    if field:
        shown["fieldId"] = field_id
    shown["from"] = None if old is None else str(old)
    shown["fromString"] = old_text
    shown["to"] = None if new is None else str(new)
    shown["toString"] = new_text
    return shown


def differences(before: Issue, after: Issue, sprints: Mapping[int, str], project: Project) -> list[JsonObject]:
    """The entries for everything that a person would see change.

    `sprints` are all sprints' names, `project` is the issue's with its versions and components of now.
    """
    return [
        *_plain(before, after),
        *_references(before, after),
        *_lists(before, after, project),
        *_sprints(before.custom.get(SPRINT_FIELD) or [], after.custom.get(SPRINT_FIELD) or [], sprints),
        *_custom(before, after, project),
    ]


def _plain(before: Issue, after: Issue) -> Iterator[JsonObject]:
    if before.summary != after.summary:
        yield item("summary", None, None, before.summary, after.summary)
    for name in ("description", "environment"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield item(name, None, None, plain_text(old) or None, plain_text(new) or None)
    if before.due != after.due:
        yield item("duedate", before.due, after.due, before.due, after.due)
    if before.labels != after.labels:
        yield item("labels", None, None, " ".join(before.labels), " ".join(after.labels))
    for name, attribute in (
        ("timeoriginalestimate", "original_estimate"),
        ("timeestimate", "remaining_estimate"),
        ("timespent", "time_spent"),
    ):
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            yield item(name, old, new, _text(old), _text(new))


def _references(before: Issue, after: Issue) -> Iterator[JsonObject]:
    names = {account_id: account.name for account_id, account in BY_ID.items()}
    for field_id, attribute, texts in (
        ("resolution", "resolution", {key: each.name for key, each in site.RESOLUTION.items()}),
        ("status", "status", {key: each.name for key, each in site.STATUS.items()}),
        ("issuetype", "type", {key: each.name for key, each in site.ISSUE_TYPE.items()}),
        ("priority", "priority", {key: each.name for key, each in site.PRIORITY.items()}),
        ("assignee", "assignee", names),
        ("reporter", "reporter", names),
    ):
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            yield item(field_id, old, new, texts.get(old), texts.get(new))
    if before.parent != after.parent:
        yield item("parent", before.parent, after.parent, name="IssueParentAssociation")


def _lists(before: Issue, after: Issue, project: Project) -> Iterator[JsonObject]:
    components = {each.id: each.name for each in project.components}
    versions = {each.id: each.name for each in project.versions}
    for field_id, name, attribute, texts in (
        ("components", "Component", "components", components),
        ("fixVersions", "Fix Version", "fix_versions", versions),
        ("versions", "Version", "affects_versions", versions),
    ):
        old, new = getattr(before, attribute), getattr(after, attribute)
        for gone in (each for each in old if each not in new):
            yield item(field_id, gone, None, texts[gone], None, name=name)
        for added in (each for each in new if each not in old):
            yield item(field_id, None, added, None, texts[added], name=name)


def _sprints(before: list[int], after: list[int], names: Mapping[int, str]) -> Iterator[JsonObject]:
    if before != after:
        yield sprint_item(before, after, names)


def sprint_item(before: Sequence[int], after: Sequence[int], names: Mapping[int, str]) -> JsonObject:
    """The entry for a change of the sprints that an issue is or was in: all of them, before and after."""
    old, new = (", ".join(map(str, each)) for each in (before, after))
    old_text, new_text = (", ".join(names[number] for number in each) or None for each in (before, after))
    return item(SPRINT_FIELD, old, new, old_text, new_text)


def _custom(before: Issue, after: Issue, project: Project) -> Iterator[JsonObject]:
    for field_id in sorted((before.custom.keys() | after.custom.keys()) - {SPRINT_FIELD, RANK}):
        old, new = before.custom.get(field_id), after.custom.get(field_id)
        if old != new:
            yield item(field_id, None, None, _shown(field_id, old, project), _shown(field_id, new, project))


def _shown(field_id: str, stored: Any, project: Project) -> str | None:
    if stored is None:
        return None
    field = FIELD[field_id]
    return plain_text(stored) if field.kind == "rich_text" else field_kinds.told(field, stored, project)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
