"""What a bulk operation does to one issue, and the words in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jira_mcp.sandbox import project_parts
from jira_mcp.sandbox.editing import Editor
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.history import item
from jira_mcp.sandbox.model import Issue, JsonObject, Project
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.resources.issue_writes import remove
from jira_mcp.sandbox.resources.transitions import arrive
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.screens import required_on_create
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.workflow import available
from sandbox_kit.atlassian.accounts import Account

Worker = Callable[[Session, Account, Issue, JsonObject], None]
"""Changes one issue as an entry of the work says, or raises ApiError with the reason why not."""


def edit(session: Session, account: Account, issue: Issue, wish: JsonObject) -> None:
    """Set `fields`, apply `update`."""
    project = PROJECT[issue.project]
    _need(account, project, "EDIT_ISSUES", f"You do not have permission to edit issues in {project.key}.")
    before = snapshot(issue)
    editor = Editor(session, account, issue, project, project.screen)
    editor.apply(wish["fields"], wish["update"])
    editor.finish()
    record(session, account, before, issue)


def transition(session: Session, account: Account, issue: Issue, wish: JsonObject) -> None:
    """Go through the transition with this id, unless its screen requires fields."""
    project = PROJECT[issue.project]
    _need(account, project, "TRANSITION_ISSUES", f"You do not have permission to transition issues in {project.key}.")
    way = next((each for each in available(issue, account) if each.id == wish["transition"]), None)
    if way is None:
        raise bad_request(f"The transition {wish['transition']} is not valid for the current status of the issue.")
    if any(required for _, required in way.screen or ()):
        raise bad_request(f"The transition '{way.name}' requires fields.")
    before = snapshot(issue)
    arrive(issue, before, way)
    record(session, account, before, issue)


def delete(session: Session, account: Account, issue: Issue, _wish: JsonObject) -> None:
    """Delete an issue with its sub-tasks."""
    project = PROJECT[issue.project]
    _need(account, project, "DELETE_ISSUES", f"You do not have permission to delete issues in {project.key}.")
    remove(session, account, issue)


def move(session: Session, account: Account, issue: Issue, wish: JsonObject) -> None:
    """Take an issue, and its sub-tasks with it, to another project, type or parent."""
    source, target = PROJECT[issue.project], PROJECT[wish["project"]]
    _need(account, source, "MOVE_ISSUES", f"You do not have permission to move issues in {source.key}.")
    _need(account, target, "CREATE_ISSUES", f"You do not have permission to create issues in {target.key}.")
    kind = site.ISSUE_TYPE[wish["type"]]
    parent = session.issue(wish["parent"]) if wish["parent"] else None
    if kind.level < 0 and parent is None:
        raise bad_request("Issue type is a sub-task but parent issue key or id not specified.")
    children = [each for each in session.children(issue.id) if each.type == site.SUBTASK]
    if children and kind.level < 0:
        raise bad_request("An issue with sub-tasks cannot become a sub-task.")
    if children and site.SUBTASK not in target.issue_types and source.id != target.id:
        raise bad_request(f"{target.key} has no type for the sub-tasks.")
    if parent is not None:
        issue.parent = parent.id
    elif kind.level != site.ISSUE_TYPE[issue.type].level or source.id != target.id:
        issue.parent = None
    _place(session, account, issue, target, kind.id, wish)
    for child in children:
        if child.project != target.id:
            _place(session, account, child, target, site.SUBTASK, {**wish, "fields": {}})


def _place(session: Session, account: Account, issue: Issue, target: Project, kind: str, wish: JsonObject) -> None:
    before, source = snapshot(issue), PROJECT[issue.project]
    items: list[JsonObject] = []
    if source.id != target.id:
        before_parts, parts = (project_parts.current(session, each) for each in (source, target))
        items = _dropped(issue, before_parts, parts)
        old = issue.key
        issue.project, issue.number = target.id, session.next_number(f"key:{target.key}")
        issue.key = f"{target.key}-{issue.number}"
        session.set_key(issue, old)
        items += [
            item("project", source.id, target.id, source.name, target.name),
            item("Key", None, None, old, issue.key),
        ]
    issue.type = kind
    if issue.status not in (states := _states(target)):
        issue.status = wish["statuses"].get(issue.status) or target.initial_status
        if issue.status not in states:
            raise bad_request(f"The status {issue.status} is not in the workflow of {target.key}.")
    if site.STATUS[issue.status].category is not site.DONE:
        issue.resolution = issue.resolved = None
    given: Mapping[str, object] = {
        name: value for name, value in wish["fields"].items() if not (wish["retain"].get(name) and _has(before, name))
    }
    editor = Editor(session, account, issue, target, target.screen)
    editor.apply(dict(given), {})
    for name in required_on_create(target, site.ISSUE_TYPE[kind]):
        if name in FIELD and FIELD[name].custom and name not in issue.custom and name not in editor.errors:
            editor.errors[name] = f"{FIELD[name].name} is required."
    editor.finish()
    for name in list(issue.custom):
        if name not in target.screen and FIELD[name].kind != "computed":
            del issue.custom[name]
    lists = ("components", "fix_versions", "affects_versions")
    for name in lists if source.id != target.id else ():  # the history of these is told by `_dropped`
        setattr(before, name, getattr(issue, name))
    record(session, account, before, issue, items)


def _dropped(issue: Issue, source: Project, target: Project) -> list[JsonObject]:
    """Exchange components and versions for those of the same name; the entries for those that are lost."""
    items: list[JsonObject] = []
    for field_id, name, attribute, old, new in (
        ("components", "Component", "components", source.components, target.components),
        ("fixVersions", "Fix Version", "fix_versions", source.versions, target.versions),
        ("versions", "Version", "affects_versions", source.versions, target.versions),
    ):
        called = {each.id: each.name for each in old}
        same = {each.name: each.id for each in new}
        kept: list[str] = []
        for number in getattr(issue, attribute):
            if called[number] in same:
                kept.append(same[called[number]])
            else:
                items.append(item(field_id, number, None, called[number], None, name=name))
        setattr(issue, attribute, kept)
    return items


def _states(project: Project) -> set[str]:
    return {project.initial_status, *(each.target for each in project.transitions)}


def _has(issue: Issue, name: str) -> bool:
    return bool(issue.custom.get(name) if FIELD[name].custom else getattr(issue, name, None))


def _need(account: Account, project: Project, permission: str, sentence: str) -> None:
    if not allowed(account, project, permission):
        raise ApiError(403, sentence)


WORKERS: Mapping[str, Worker] = {"edit": edit, "transition": transition, "move": move, "delete": delete}
