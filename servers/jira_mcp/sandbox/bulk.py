"""Issue bulk operations: what is possible, submitting, and how far an operation has come.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-bulk-operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from jira_mcp.sandbox import bulk_choices, bulk_inputs, bulk_store, bulk_tasks
from jira_mcp.sandbox.bulk_errors import refuse
from jira_mcp.sandbox.bulk_selection import MOST, permitted, selected
from jira_mcp.sandbox.bulk_store import Kind, Task
from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.model import Issue, IssueType, JsonObject, Project
from jira_mcp.sandbox.permissions import allowed, browsable
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.projects import PROJECT, PROJECT_BY_KEY
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, Handler, string_list
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

CONCURRENT = 5
_MOST_FIELDS = 200
_INFER = ("inferClassificationDefaults", "inferFieldDefaults", "inferStatusDefaults", "inferSubtaskTypeDefault")


def submit_edit(call: Call) -> Reply:
    """POST bulk/issues/fields."""
    body = _body(call, "editedFieldsInput", "selectedActions", "selectedIssueIdsOrKeys", "sendBulkNotification")
    actions = string_list(body.get("selectedActions"))
    if not actions or len(actions) > _MOST_FIELDS:
        raise refuse(f"selectedActions must hold 1 to {_MOST_FIELDS} field IDs")
    change = bulk_inputs.read(body.get("editedFieldsInput"), actions)
    wish = {"fields": change.fields, "update": change.update}
    return _submit(call, "edit", [(body.get("selectedIssueIdsOrKeys"), wish)])


def submit_transition(call: Call) -> Reply:
    """POST bulk/issues/transition."""
    body = _body(call, "bulkTransitionInputs", "sendBulkNotification", status=403)
    inputs = body.get("bulkTransitionInputs")
    if not isinstance(inputs, list) or not inputs:
        raise refuse("bulkTransitionInputs must not be empty")
    chosen: list[tuple[object, JsonObject]] = []
    for each in cast("list[object]", inputs):
        entry = cast("JsonObject", each) if isinstance(each, dict) else {}
        if not str(entry.get("transitionId", "")).isdecimal():
            raise refuse("transitionId is not valid")
        chosen.append((entry.get("selectedIssueIdsOrKeys"), {"transition": str(entry["transitionId"])}))
    return _submit(call, "transition", chosen)


def submit_move(call: Call) -> Reply:
    """POST bulk/issues/move."""
    body = _body(call, "targetToSourcesMapping", "sendBulkNotification")
    mapping: object = body.get("targetToSourcesMapping")
    if not isinstance(mapping, dict) or not mapping:
        raise refuse("targetToSourcesMapping must not be empty")
    chosen: list[tuple[object, JsonObject]] = []
    with call.store.reading() as session:
        for target, value in cast("JsonObject", mapping).items():
            entry = cast("JsonObject", value) if isinstance(value, dict) else {}
            if any(not isinstance(entry.get(name), bool) for name in _INFER):
                raise refuse(f"{', '.join(_INFER)} are required")
            chosen.append((entry.get("issueIdsOrKeys"), _destination(call, session, target, entry)))
    return _submit(call, "move", chosen)


def submit_delete(call: Call) -> Reply:
    """POST bulk/issues/delete."""
    body = _body(call, "selectedIssueIdsOrKeys", "sendBulkNotification", status=403)
    return _submit(call, "delete", [(body.get("selectedIssueIdsOrKeys"), {})])


def progress(call: Call) -> Reply:
    """GET bulk/queue/{taskId}."""
    permitted(call, 400)
    number = call.path_values["task"]
    with call.store.writing() as session:
        task = bulk_store.find(session, int(number)) if number.isdecimal() and len(number) < 19 else None
        if task is None:
            raise ApiError(400, "The task associated with this taskId is not a bulk operation task")
        bulk_tasks.asked(session, task)
        return Reply(200, _progress(call, session, task))


def _body(call: Call, *known: str, status: int = 400) -> JsonObject:
    permitted(call, status)
    try:
        return call.json_object(*known)
    except ApiError as refusal:
        raise refuse(*refusal.messages) from None


def _submit(call: Call, kind: Kind, chosen: Sequence[tuple[object, JsonObject]]) -> Reply:
    with call.store.writing() as session:
        if len(bulk_store.unfinished(session)) >= CONCURRENT:
            raise refuse(f"There are {CONCURRENT} bulk operations running already. Try again when one has completed.")
        work = [{"issue": each.id, **wish} for keys, wish in chosen for each in selected(call, session, keys)]
        if len(work) > MOST:
            raise refuse(f"The number of issues exceeds the limit of {MOST}")
        task = bulk_store.add(session, kind, call.account.account_id, now_ms(), work)
    return Reply(201, {"taskId": str(task.id)})


def _destination(call: Call, session: Session, target: str, entry: JsonObject) -> JsonObject:
    project, kind, parent = _target(call, session, target)
    statuses: dict[str, str] = {}
    if not entry["inferStatusDefaults"]:
        for each in cast("list[JsonObject]", entry.get("targetStatus") or []):
            for after, before in cast("dict[str, list[str]]", each.get("statuses") or {}).items():
                statuses.update(dict.fromkeys(before, after))
    fields: dict[str, object] = {}
    retain: dict[str, bool] = {}
    if not entry["inferFieldDefaults"]:
        for each in cast("list[JsonObject]", entry.get("targetMandatoryFields") or []):
            for name, value in cast("dict[str, JsonObject]", each.get("fields") or {}).items():
                fields[name], retain[name] = bulk_inputs.raw_value(name, value), value.get("retain") is not False
    return {
        "project": project.id,
        "type": kind.id,
        "parent": parent.id if parent else None,
        "statuses": statuses,
        "fields": fields,
        "retain": retain,
    }


def _target(call: Call, session: Session, text: str) -> tuple[Project, IssueType, Issue | None]:
    place, _, rest = text.partition(",")
    kind_id, _, parent_key = rest.partition(",")
    project = PROJECT.get(place) or PROJECT_BY_KEY.get(place.upper())
    if project is None or not browsable(call.account, project):
        raise refuse(f"The target project {place[:40]} does not exist or you do not have permission to see it.")
    if kind_id not in project.issue_types:
        raise refuse(f"The issue type {kind_id[:40]} is not valid for the project {project.key}.")
    if not allowed(call.account, project, "CREATE_ISSUES"):
        raise refuse(f"You do not have permission to create issues in {project.key}.")
    kind, parent = site.ISSUE_TYPE[kind_id], session.issue(parent_key) if parent_key else None
    if parent_key and (parent is None or parent.project != project.id):
        raise refuse(f"The parent {parent_key[:40]} is not valid for the project {project.key}.")
    if parent and site.ISSUE_TYPE[parent.type].level != kind.level + 1:
        raise refuse(f"The parent {parent.key} does not belong to the appropriate hierarchy.")
    if kind.level < 0 and parent is None:
        raise refuse("A parent is required for the target issue type.")
    return project, kind, parent


def _progress(call: Call, session: Session, task: Task) -> JsonObject:
    shown: JsonObject = {
        "taskId": str(task.id),
        "status": task.status,
        "progressPercent": 100 * task.done // task.total,
        "submittedBy": {"accountId": task.account},
        "created": task.created,
        "updated": task.updated,
    }
    if task.started:
        shown["started"] = task.started
    if task.status == "COMPLETE":
        hidden = 0
        if task.kind != "delete":  # what is gone cannot be looked up
            hidden = sum(not _sees(call, session, number) for number in task.processed)
        shown |= {
            "processedAccessibleIssues": task.processed,
            "invalidOrInaccessibleIssueCount": task.invalid + hidden,
            "totalIssueCount": task.total,
        }
        if task.failed:
            shown["failedAccessibleIssues"] = task.failed
    return shown


def _sees(call: Call, session: Session, number: int) -> bool:
    issue = session.issue(number)
    return issue is not None and browsable(call.account, PROJECT[issue.project])


_API = "/rest/api/3/bulk"

BULK: dict[str, Mapping[str, Handler]] = {
    f"{_API}/issues/fields": {"GET": bulk_choices.editable_fields, "POST": submit_edit},
    f"{_API}/issues/transition": {"GET": bulk_choices.transitions, "POST": submit_transition},
    f"{_API}/issues/move": {"POST": submit_move},
    f"{_API}/issues/delete": {"POST": submit_delete},
    f"{_API}/queue/{{task}}": {"GET": progress},
}
