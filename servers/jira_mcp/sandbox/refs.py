"""The site's values as queries know them: every user, status, project or issue as one `Ref`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from jira_mcp.sandbox import field_kinds
from jira_mcp.sandbox.jql import FieldCatalog, Ref, RefIndex, custom_field, standard_fields
from jira_mcp.sandbox.jql.fields import FieldDef, Kind
from jira_mcp.sandbox.model import Component, FieldSpec, Issue, Project, Version
from jira_mcp.sandbox.model import Kind as WriteKind
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELDS, RANK
from jira_mcp.sandbox.sample.projects import CATEGORIES, PROJECTS
from sandbox_kit.atlassian.accounts import ACCOUNTS, Account
from sandbox_kit.atlassian.clock import at

USERS = {account.account_id: Ref(account.account_id, (account.name, account.email)) for account in ACCOUNTS}
PROJECT_REFS = {project.id: Ref(project.id, (project.key, project.name)) for project in PROJECTS}
CATEGORY_REFS = {category.id: Ref(category.id, (category.name,)) for category in CATEGORIES}
TYPE_REFS = {kind.id: Ref(kind.id, (kind.name,), float(kind.level)) for kind in site.ISSUE_TYPES}
STATUS_REFS = {status.id: Ref(status.id, (status.name,), float(index)) for index, status in enumerate(site.STATUSES)}
STATUS_CATEGORY_REFS = {
    category.id: Ref(str(category.id), (category.name, category.key), float(index))
    for index, category in enumerate(site.STATUS_CATEGORIES)
}
PRIORITY_REFS = {
    priority.id: Ref(priority.id, (priority.name,), 10.0 - index) for index, priority in enumerate(site.PRIORITIES)
}
RESOLUTION_REFS = {resolution.id: Ref(resolution.id, (resolution.name,)) for resolution in site.RESOLUTIONS}
LINK_TYPE_REFS = {
    (kind.id, side): Ref(f"{kind.id}-{side}", (words, kind.name))
    for kind in site.LINK_TYPES
    for side, words in (("outward", kind.outward), ("inward", kind.inward))
}
_FIXED = {field.id: field_kinds.values_in_queries(field) for field in FIELDS}

_QUERY_KIND: dict[WriteKind, tuple[Kind, str]] = {
    "number": ("number", "Number"),
    "option": ("option", "Dropdown"),
    "options": ("option", "Select List (multiple choices)"),
    "users": ("user", "User Picker (multiple users)"),
    "date": ("date", "Date"),
    "datetime": ("datetime", "Time stamp"),
    "rich_text": ("text", "Paragraph"),
    "text": ("text", "Short text"),
    "url": ("string", "URL"),
    "user": ("user", "User Picker (single user)"),
    "labels": ("labels", "Labels"),
    "cascade": ("option", "Select List (cascading)"),
    "group": ("option", "Group Picker (single group)"),
    "groups": ("option", "Group Picker (multiple groups)"),
    "version": ("version", "Version Picker (single version)"),
    "versions": ("version", "Version Picker (multiple versions)"),
    "project_pick": ("project", "Project Picker (single project)"),
    "team": ("option", "Team"),
    "colour": ("string", "Colour"),
    "sprint": ("sprint", ""),
}


def names_with_type(field: FieldSpec) -> list[str]:
    """The name by which a query tells a custom field from others of its name: `Severity[Dropdown]`."""
    label = _QUERY_KIND[field.kind][1] if field.custom and field.kind in _QUERY_KIND else ""
    return [f"{field.name}[{label}]"] if label else []


@cache
def field_catalog() -> FieldCatalog:
    """The fields that a query may name."""
    custom = [
        custom_field(int(field.id.removeprefix("customfield_")), field.name, *_QUERY_KIND[field.kind])
        for field in FIELDS
        if field.custom and field.kind in _QUERY_KIND
    ]
    number = RANK.removeprefix("customfield_")
    ranked = FieldDef(RANK, ("Rank", f"cf[{number}]", RANK), "string", has_empty=False)
    return FieldCatalog((*standard_fields(), *custom, ranked))


def issue_ref(issue: Issue) -> Ref:
    """The issue itself as a value."""
    return Ref(str(issue.id), (issue.key,))


def version_ref(version: Version) -> Ref:
    """A version as a value; those released later come later."""
    return Ref(version.id, (version.name,), float(at(version.release or version.start or "2099-01-01")))


def component_ref(component: Component) -> Ref:
    """A component as a value."""
    return Ref(component.id, (component.name,))


def visible_projects(account: Account) -> list[Project]:
    """The projects that the account may browse."""
    return [project for project in PROJECTS if browsable(account, project)]


class ValueIndex:
    """Finds the values that one account may name, by field kind."""

    def __init__(self, account: Account) -> None:
        projects = visible_projects(account)
        self.projects = projects
        tables: dict[Kind, Iterable[Ref]] = {
            "user": USERS.values(),
            "project": (PROJECT_REFS[project.id] for project in projects),
            "category": CATEGORY_REFS.values(),
            "issuetype": TYPE_REFS.values(),
            "status": STATUS_REFS.values(),
            "status_category": STATUS_CATEGORY_REFS.values(),
            "priority": PRIORITY_REFS.values(),
            "resolution": RESOLUTION_REFS.values(),
            "link_type": LINK_TYPE_REFS.values(),
        }
        self._tables = {kind: RefIndex(refs) for kind, refs in tables.items()}
        self._options = {field_id: RefIndex(values) for field_id, values in _FIXED.items() if values}

    def find(self, field: FieldDef, spelling: str) -> Sequence[Ref]:
        """The values of a field that are spelled so; what is stored in the file is looked up elsewhere."""
        table = self._options.get(field.id) if field.kind in ("option", "level") else self._tables.get(field.kind)
        return table.find(spelling) if table else ()


@cache
def value_index(account: Account) -> ValueIndex:
    """The index of an account, built once."""
    return ValueIndex(account)
