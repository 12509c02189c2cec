"""Applies `fields` and `update` of a request to an issue: on create, on edit and on transitions.

Documentation: developer.atlassian.com/server/jira/platform/updating-an-issue-via-the-jira-rest-apis-6848604,
whose verbs the Cloud's REST API v3 keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, cast

from jira_mcp.sandbox import agile_store, project_parts
from jira_mcp.sandbox.duration import parse_duration
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import FieldSpec, Issue, JsonObject, Project
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.refs import visible_projects
from jira_mcp.sandbox.relations import find_link_type
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.values import BadValueError, list_item, stored_value
from jira_mcp.sandbox.writing import new_comment, new_worklog
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.atlassian.clock import now_ms

_ATTRIBUTE = {
    "summary": "summary",
    "description": "description",
    "environment": "environment",
    "priority": "priority",
    "resolution": "resolution",
    "assignee": "assignee",
    "reporter": "reporter",
    "labels": "labels",
    "components": "components",
    "fixVersions": "fix_versions",
    "versions": "affects_versions",
    "duedate": "due",
}


def off_screen(name: str) -> str:
    """Jira's words for a field that it does not take here."""
    return f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."


class Editor:
    """Changes one issue in memory and collects what is wrong by field; `finish` raises it all at once.

    Links have to wait until the issue has been written: `write_links` adds them.
    """

    def __init__(
        self, session: Session, account: Account, issue: Issue, project: Project, screen: Collection[str]
    ) -> None:
        self._session = session
        self._account = account
        self._issue = issue
        self._project = project_parts.current(session, project)
        self._screen = screen
        self._links: list[Callable[[], object]] = []
        self.errors: dict[str, str] = {}

    def apply(self, fields: JsonObject, update: JsonObject) -> None:
        """Take in both parts of a request."""
        for name, value in fields.items():
            if name in update:
                self.errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
            else:
                self._do(name, "set", value)
        for name, operations in update.items():
            if name in fields:
                continue
            if not isinstance(operations, list):
                self.errors[name] = "data was not an array"
                continue
            for operation in cast("list[object]", operations):
                if not isinstance(operation, dict) or len(cast("JsonObject", operation)) != 1:
                    self.errors[name] = "Each operation must be an object with one verb"
                    continue
                for verb, value in cast("JsonObject", operation).items():
                    self._do(name, verb, value)

    def finish(self) -> None:
        """Raise 400 if anything was wrong."""
        if self.errors:
            raise ApiError(400, fields=self.errors)

    def write_links(self) -> None:
        """Add the links that the request asked for."""
        for write in self._links:
            write()

    def _do(self, name: str, verb: str, value: object) -> None:
        field = FIELD.get(name)
        if field is None or name not in self._screen or not self._may_set(name):
            self.errors[name] = off_screen(name)
            return
        if verb not in field.operations:
            supported = ", ".join(field.operations)
            self.errors[name] = (
                f"Field with id '{name}' and field name '{field.name}' does not support operation '{verb}' "
                f"Supported operation(s) are: '{supported}'"
            )
            return
        try:
            self._change(field, verb, value)
        except BadValueError as refusal:
            self.errors[name] = str(refusal)
        except ApiError as refusal:
            self.errors.update(refusal.fields or {name: refusal.messages[0]})

    def _may_set(self, name: str) -> bool:
        needed = {"reporter": "MODIFY_REPORTER", "assignee": "ASSIGN_ISSUES"}.get(name)
        return needed is None or allowed(self._account, self._project, needed)

    def _change(self, field: FieldSpec, verb: str, value: object) -> None:
        match field.kind:
            case "issuetype":
                self._set_type(value)
            case "parent":
                self._set_parent(value)
            case "timetracking":
                self._set_estimates(value)
            case "issuelinks":
                self._add_link(value)
            case "comment":
                self._issue.comments.append(new_comment(self._session, self._account, self._project, value, now_ms()))
            case "worklog":
                self._issue.worklogs.append(new_worklog(self._session, self._account, self._issue, value))
            case "project":
                if self._reference_of(value) not in (self._project.key, self._project.id):
                    raise BadValueError("The project of an issue cannot be changed here; move the issue instead.")
            case "sprint":
                self._set_sprint(value)
            case "project_pick":
                self._store(field, self._picked_project(value))
            case _ if verb in ("add", "remove"):
                self._change_list(field, verb, value)
            case _:
                self._store(field, stored_value(field, value, self._project))

    def _store(self, field: FieldSpec, stored: Any) -> None:
        attribute = _ATTRIBUTE.get(field.id)
        if attribute:
            setattr(self._issue, attribute, stored)
            return
        if stored is None or stored == []:
            self._issue.custom.pop(field.id, None)
        else:
            self._issue.custom[field.id] = stored

    def _set_sprint(self, value: object) -> None:
        if value is None:
            agile_store.put_into(self._session, self._issue, None)
            return
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadValueError("Number value expected as the Sprint id.")
        sprint = agile_store.find_sprint(self._session, value)
        if sprint is None:
            raise BadValueError(f"Sprint with id {value} does not exist.")
        if sprint.state == "closed":
            raise BadValueError(f"Sprint '{sprint.name}' is closed.")
        agile_store.put_into(self._session, self._issue, value)

    def _picked_project(self, value: object) -> str | None:
        if value is None:
            return None
        reference = self._reference_of(value)
        for project in visible_projects(self._account):
            if reference in (project.key, project.id, project.name.casefold()):
                return project.id
        raise BadValueError("No project could be found with key or id '" + reference[:50] + "'.")

    def _change_list(self, field: FieldSpec, verb: str, value: object) -> None:
        entry = list_item(field, value, self._project)
        attribute = _ATTRIBUTE.get(field.id)
        before: list[str] = getattr(self._issue, attribute) if attribute else self._issue.custom.get(field.id, [])
        after = [each for each in before if each != entry]
        if verb == "add":
            after = [*before, entry] if entry not in before else before
        self._store(field, after)

    def _set_type(self, value: object) -> None:
        kind = next(
            (
                each
                for each in (site.ISSUE_TYPE[kind] for kind in self._project.issue_types)
                if self._reference_of(value) in (each.id, each.name.casefold())
            ),
            None,
        )
        current = site.ISSUE_TYPE[self._issue.type]
        if kind is None or kind.level != current.level:
            raise BadValueError("The issue type selected is invalid.")
        self._issue.type = kind.id

    def _set_parent(self, value: object) -> None:
        kind = site.ISSUE_TYPE[self._issue.type]
        if value is None:
            if kind.level < 0:
                raise BadValueError("Issue type is a sub-task but parent issue key or id not specified.")
            self._issue.parent = None
            return
        parent = self._session.issue(self._reference_of(value))
        if parent is None or not allowed(self._account, PROJECT[parent.project], "BROWSE_PROJECTS"):
            raise BadValueError("Could not find issue by id or key.")
        if kind.level < 0 and parent.project != self._issue.project:
            raise bad_request(project="Sub-tasks must be created in the same project as the parent.")
        if site.ISSUE_TYPE[parent.type].level != kind.level + 1:
            raise bad_request(parentId="Given parent work item does not belong to appropriate hierarchy.")
        self._issue.parent = parent.id

    def _set_estimates(self, value: object) -> None:
        if not isinstance(value, dict):
            raise BadValueError("data was not an object")
        sent = cast("JsonObject", value)
        seconds: dict[str, int | None] = {}
        for name in ("originalEstimate", "remainingEstimate"):
            if name not in sent:
                continue
            text = sent[name]
            seconds[name] = parse_duration(text) if isinstance(text, str) and text else None
            if seconds[name] is None and text not in (None, ""):
                raise BadValueError(f"The {name.removesuffix('Estimate')} estimate specified is not valid.")
        if not seconds:
            raise BadValueError("Specify an originalEstimate or a remainingEstimate.")
        if "originalEstimate" in seconds:
            self._issue.original_estimate = seconds["originalEstimate"]
            if "remainingEstimate" not in seconds and not self._issue.time_spent:
                self._issue.remaining_estimate = seconds["originalEstimate"]
        if "remainingEstimate" in seconds:
            self._issue.remaining_estimate = seconds["remainingEstimate"]

    def _add_link(self, value: object) -> None:
        if not allowed(self._account, self._project, "LINK_ISSUES"):
            raise BadValueError(f"No Link Issue Permission for issue '{self._issue.key}'")
        if not isinstance(value, dict):
            raise BadValueError("data was not an object")
        sent = cast("JsonObject", value)
        kind = find_link_type(sent.get("type"))
        outward = "outwardIssue" in sent
        reference = self._reference_of(sent.get("outwardIssue" if outward else "inwardIssue"))
        other = self._session.issue(reference)
        if other is None or not allowed(self._account, PROJECT[other.project], "BROWSE_PROJECTS"):
            raise BadValueError(f"Issue with key '{reference}' could not be found.")
        here, there = self._issue, other

        def write() -> None:
            ends = (here.id, there.id) if outward else (there.id, here.id)
            self._session.add_link(kind.id, *ends)

        self._links.append(write)

    def _reference_of(self, value: object) -> str:
        if not isinstance(value, dict):
            raise BadValueError("data was not an object")
        sent = cast("JsonObject", value)
        if sent.get("id") is not None:
            return str(sent["id"])
        name = sent.get("key", sent.get("name"))
        if not isinstance(name, str):
            raise BadValueError("Specify a valid 'id' or 'key'")
        return name.upper() if "key" in sent else name.casefold()
