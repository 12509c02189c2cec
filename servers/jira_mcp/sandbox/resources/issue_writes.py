"""Creating, changing and deleting issues.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues.
"""

from __future__ import annotations

from typing import cast

from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.beans import select_fields
from jira_mcp.sandbox.editing import Editor
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import Issue, IssueType, JsonObject, Project
from jira_mcp.sandbox.permissions import allowed, browsable
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECT, PROJECT_BY_KEY
from jira_mcp.sandbox.screens import required_on_create
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.values import BadValueError, user
from jira_mcp.sandbox.web import Call, part
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

_DETAILS = ("fields", "update", "transition", "historyMetadata", "properties")
_MOST_CREATED = 50


def create_issue(call: Call) -> Reply:
    """POST issue."""
    details = call.json_object(*_DETAILS)
    with call.store.writing() as session:
        return Reply(201, _create(call, session, details))


def create_issues(call: Call) -> Reply:
    """POST issue/bulk: up to fifty; some may fail while the others are created."""
    updates = call.json_object("issueUpdates").get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        return _none_created(0, "You must specify at least one issue to create.")
    elements = cast("list[object]", updates)
    if len(elements) > _MOST_CREATED:
        return _none_created(_MOST_CREATED, f"You may create at most {_MOST_CREATED} issues at once.")
    created: list[JsonObject] = []
    errors: list[JsonObject] = []
    with call.store.writing() as session:
        for number, element in enumerate(elements):
            try:
                created.append(_create(call, session, part({"issueUpdates": element}, "issueUpdates")))
            except ApiError as refusal:
                errors.append(_element_error(number, refusal))
    return Reply(201 if created else 400, {"issues": created, "errors": errors})


def edit_issue(call: Call) -> Reply:
    """PUT issue/{issueIdOrKey}: 204, or 200 with the issue when `returnIssue` is true."""
    details = call.json_object(*_DETAILS)
    _refuse_properties(details)
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        before = snapshot(issue)
        project = PROJECT[issue.project]
        screen = project.screen if allowed(call.account, project, "EDIT_ISSUES") else ()
        editor = Editor(session, call.account, issue, project, screen)
        editor.apply(part(details, "fields"), part(details, "update"))
        editor.finish()
        record(session, call.account, before, issue)
        editor.write_links()
        if not call.flag("returnIssue"):
            return Reply(204)
        bean = call.issues(session).bean(issue, select_fields([], "*all"), call.words("expand"))
    return Reply(200, bean)


def delete_issue(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}; its sub-tasks only with `deleteSubtasks`."""
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        require(call.account, issue, "DELETE_ISSUES", "You do not have permission to delete issues in this project.")
        subtasks = [each for each in session.children(issue.id) if each.type == site.SUBTASK]
        if subtasks and not call.flag("deleteSubtasks"):
            raise bad_request(
                f"The issue '{issue.key}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete "
                "this issue and all its subtasks."
            )
        remove(session, call.account, issue)
    return Reply(204)


def remove(session: Session, account: Account, issue: Issue) -> None:
    """Delete an issue with its sub-tasks; its other children lose their parent."""
    for child in session.children(issue.id):
        if child.type == site.SUBTASK:
            session.delete(child)
        else:
            before = snapshot(child)
            child.parent = None
            record(session, account, before, child)
    session.delete(issue)


def assign_issue(call: Call) -> Reply:
    """PUT issue/{issueIdOrKey}/assignee: an account id, null for nobody, "-1" for the project's default."""
    body = call.json_object()
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        require(call.account, issue, "ASSIGN_ISSUES", "You do not have permission to assign issues.")
        before = snapshot(issue)
        try:
            issue.assignee = user(body, PROJECT[issue.project])
        except BadValueError as refusal:
            raise bad_request(assignee=str(refusal)) from None
        record(session, call.account, before, issue)
    return Reply(204)


def _create(call: Call, session: Session, details: JsonObject) -> JsonObject:
    _refuse_properties(details)
    if details.get("transition"):
        raise bad_request("The sandbox creates issues in their first status only; transition them afterwards.")
    fields, update = part(details, "fields"), part(details, "update")
    project = _project(call, fields.get("project"))
    kind = _type(project, fields.get("issuetype"))
    moment = now_ms()
    issue = Issue(
        id=session.sequence("issue") + 1,
        key="",
        project=project.id,
        number=0,
        type=kind.id,
        summary="",
        status=project.initial_status,
        created=moment,
        updated=moment,
        creator=call.account.account_id,
        reporter=call.account.account_id,
        status_changed=moment,
        priority=site.DEFAULT_PRIORITY,
        watchers=[call.account.account_id],
    )
    screen = [name for name in project.screen if kind.level <= 0 or name != "parent"]
    editor = Editor(session, call.account, issue, project, screen)
    editor.apply({name: fields[name] for name in fields if name not in ("project", "issuetype")}, update)
    for name in required_on_create(project, kind):
        if name in ("project", "issuetype") or name in editor.errors:
            continue
        if name == "summary" and not issue.summary:
            editor.errors[name] = "You must specify a summary of the issue."
        elif name == "parent" and issue.parent is None and "project" not in editor.errors:
            editor.errors["issuetype"] = "Issue type is a sub-task but parent issue key or id not specified."
        elif FIELD[name].custom and name not in issue.custom:
            editor.errors[name] = f"{FIELD[name].name} is required."
    editor.finish()
    issue.id = session.next_number("issue")
    issue.number = session.next_number(f"key:{project.key}")
    issue.key = f"{project.key}-{issue.number}"
    session.insert(issue)
    editor.write_links()
    return {"id": str(issue.id), "key": issue.key, "self": call.show.url(f"issue/{issue.id}")}


def _project(call: Call, value: object) -> Project:
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    project = PROJECT.get(str(sent.get("id"))) or PROJECT_BY_KEY.get(str(sent.get("key", "")).upper())
    if project is None or not browsable(call.account, project):
        raise bad_request(project="Specify a valid project ID or key" if sent else "Project is required.")
    if not allowed(call.account, project, "CREATE_ISSUES"):
        raise ApiError(403, fields={"project": "You do not have permission to create issues in this project."})
    return project


def _type(project: Project, value: object) -> IssueType:
    if not isinstance(value, dict) or not value:
        raise bad_request(issuetype="Issue type is required.")
    sent = cast("JsonObject", value)
    name = str(sent.get("name", "")).casefold()
    for kind in (site.ISSUE_TYPE[each] for each in project.issue_types):
        if str(sent.get("id", "")) == kind.id or ("id" not in sent and name == kind.name.casefold()):
            return kind
    raise bad_request(issuetype="Specify a valid issue type")


def _refuse_properties(details: JsonObject) -> None:
    if details.get("properties"):
        raise bad_request("The sandbox does not keep issue properties.")


def _element_error(number: int, refusal: ApiError) -> JsonObject:
    return {"status": refusal.status, "elementErrors": refusal.body(), "failedElementNumber": number}


def _none_created(number: int, sentence: str) -> Reply:
    return Reply(400, {"issues": [], "errors": [_element_error(number, ApiError(400, sentence))]})
