"""Which fields a screen shows, and which of them must be filled."""

from __future__ import annotations

from jira_mcp.sandbox.model import IssueType, JsonObject, Project
from jira_mcp.sandbox.permissions import allowed, browsable
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECTS
from sandbox_kit.atlassian.accounts import Account

_ALWAYS_REQUIRED = ("summary", "issuetype", "project")
_NOT_ON_CREATE = frozenset({"comment", "worklog"})
_NOT_ON_EDIT = frozenset({"project"})


def _shown(project: Project, kind: IssueType, account: Account) -> list[str]:
    hidden: set[str] = set()
    if kind.level > 0:
        hidden.add("parent")
    if not allowed(account, project, "MODIFY_REPORTER"):
        hidden.add("reporter")
    if not allowed(account, project, "ASSIGN_ISSUES"):
        hidden.add("assignee")
    return [name for name in project.screen if name not in hidden]


def required_on_create(project: Project, kind: IssueType) -> list[str]:
    """The fields without which an issue cannot be created."""
    names = [*_ALWAYS_REQUIRED, *(field for type_id, field in sorted(project.required) if type_id == kind.id)]
    return [*names, "parent"] if kind.level < 0 else names


def create_screen(show: Renderer, project: Project, kind: IssueType, account: Account) -> list[JsonObject]:
    """The fields of the create screen (`FieldCreateMetadata`)."""
    required = required_on_create(project, kind)
    fields: list[JsonObject] = []
    for name in _shown(project, kind, account):
        if name in _NOT_ON_CREATE:
            continue
        meta = show.field_meta(FIELD[name], project, required=name in required)
        if name == "issuetype":
            meta["allowedValues"] = [show.issue_type(kind)]
        _leave_out_unseen(meta, name, account)
        fields.append({**meta, "fieldId": name})
    return fields


def edit_screen(show: Renderer, project: Project, kind: IssueType, account: Account) -> JsonObject:
    """The fields of the edit screen by id (`IssueUpdateMetadata`)."""
    fields: JsonObject = {}
    for name in _shown(project, kind, account):
        if name not in _NOT_ON_EDIT:
            fields[name] = show.field_meta(FIELD[name], project, required=name in ("summary", "issuetype"))
            _leave_out_unseen(fields[name], name, account)
    return fields


def _leave_out_unseen(meta: JsonObject, name: str, account: Account) -> None:
    """Do not offer projects that the account cannot see."""
    if FIELD[name].kind == "project_pick":
        visible = {each.id for each in PROJECTS if browsable(account, each)}
        meta["allowedValues"] = [each for each in meta["allowedValues"] if each["id"] in visible]
