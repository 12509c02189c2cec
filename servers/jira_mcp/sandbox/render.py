"""Stored values as REST API v3 shows them.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from jira_mcp.sandbox import field_kinds, refs
from jira_mcp.sandbox.clock import stamp
from jira_mcp.sandbox.duration import format_duration
from jira_mcp.sandbox.model import (
    Component,
    FieldSpec,
    IssueType,
    JsonObject,
    Named,
    Option,
    Project,
    Sprint,
    Status,
    Version,
)
from jira_mcp.sandbox.permissions import ROLE_NAMES, allowed
from jira_mcp.sandbox.sample import fields as sample_fields
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.session import Change
from sandbox_kit.atlassian.accounts import BY_ID, Account


class Renderer:
    """Shows the site's tables, with links that point to `site_url`."""

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url.rstrip("/")
        self._users: dict[str, JsonObject] = {}

    def url(self, path: str) -> str:
        """The address of a resource of the API."""
        return f"{self.site_url}/rest/api/3/{path}"

    def user(self, account_id: str | None) -> JsonObject | None:
        """A user as other resources mention them (`UserDetails`)."""
        if account_id is None:
            return None
        known = self._users.get(account_id)
        if known is None:
            account = BY_ID[account_id]
            known = self._users[account_id] = {
                "self": self.url(f"user?accountId={quote(account_id)}"),
                "accountId": account_id,
                "emailAddress": account.email,
                "avatarUrls": self._avatars(f"avatar/{account_id[-2:]}"),
                "displayName": account.name,
                "active": account.active,
                "timeZone": account.time_zone,
                "accountType": "atlassian",
            }
        return known

    def full_user(self, account: Account) -> JsonObject:
        """A user's own resource (`User`)."""
        user = self.user(account.account_id) or {}
        return {
            **user,
            "locale": account.locale,
            "groups": {"size": 1, "items": []},
            "applicationRoles": {"size": 1, "items": []},
            "expand": "groups,applicationRoles",
        }

    def issue_type(self, kind: IssueType) -> JsonObject:
        """An issue type."""
        return {
            "self": self.url(f"issuetype/{kind.id}"),
            "id": kind.id,
            "description": kind.description,
            "iconUrl": f"{self.site_url}/images/icons/issuetypes/{kind.name.lower().replace(' ', '')}.svg",
            "name": kind.name,
            "subtask": kind.level < 0,
            "avatarId": 10300 + int(kind.id) % 100,
            "hierarchyLevel": kind.level,
        }

    def status_category(self, category_id: int) -> JsonObject:
        """A status category."""
        category = next(each for each in site.STATUS_CATEGORIES if each.id == category_id)
        return {
            "self": self.url(f"statuscategory/{category.id}"),
            "id": category.id,
            "key": category.key,
            "colorName": category.color,
            "name": category.name,
        }

    def status(self, status: Status) -> JsonObject:
        """A status with its category."""
        return {
            "self": self.url(f"status/{status.id}"),
            "description": status.description,
            "iconUrl": f"{self.site_url}/images/icons/statuses/generic.png",
            "name": status.name,
            "id": status.id,
            "statusCategory": self.status_category(status.category.id),
        }

    def priority(self, priority: Named) -> JsonObject:
        """A priority as issues mention it."""
        return {
            "self": self.url(f"priority/{priority.id}"),
            "iconUrl": f"{self.site_url}/images/icons/priorities/{priority.name.lower()}_new.svg",
            "name": priority.name,
            "id": priority.id,
        }

    def full_priority(self, priority: Named) -> JsonObject:
        """A priority's own resource."""
        return {
            **self.priority(priority),
            "description": priority.description,
            "statusColor": site.PRIORITY_COLORS[priority.id],
            "isDefault": priority.id == site.DEFAULT_PRIORITY,
        }

    def resolution(self, resolution: Named) -> JsonObject:
        """A resolution."""
        return {
            "self": self.url(f"resolution/{resolution.id}"),
            "id": resolution.id,
            "description": resolution.description,
            "name": resolution.name,
        }

    def component(self, component: Named) -> JsonObject:
        """A component as issues mention it."""
        shown: JsonObject = {
            "self": self.url(f"component/{component.id}"),
            "id": component.id,
            "name": component.name,
        }
        if component.description:
            shown["description"] = component.description
        return shown

    def version(self, version: Version) -> JsonObject:
        """A version as issues mention it."""
        shown: JsonObject = {
            "self": self.url(f"version/{version.id}"),
            "id": version.id,
            "description": version.description,
            "name": version.name,
            "archived": version.archived,
            "released": version.released,
        }
        if version.release:
            shown["releaseDate"] = version.release
        return shown

    def option(self, option: Option) -> JsonObject:
        """A value of a select list."""
        return {"self": self.url(f"customFieldOption/{option.id}"), "value": option.value, "id": option.id}

    def sprint(self, sprint: Sprint) -> JsonObject:
        """A sprint as the Sprint field holds it."""
        shown: JsonObject = {
            "id": sprint.id,
            "name": sprint.name,
            "state": sprint.state,
            "boardId": sprint.board,
            "goal": sprint.goal,
        }
        for name, moment in (
            ("startDate", sprint.start),
            ("endDate", sprint.end),
            ("completeDate", sprint.complete),
        ):
            if moment is not None:
                shown[name] = stamp(moment).replace("+0000", "Z")
        return shown

    def link_type(self, type_id: str) -> JsonObject:
        """A link type."""
        kind = site.LINK_TYPE[type_id]
        return {
            "id": kind.id,
            "name": kind.name,
            "inward": kind.inward,
            "outward": kind.outward,
            "self": self.url(f"issueLinkType/{kind.id}"),
        }

    def project(self, project: Project) -> JsonObject:
        """A project as issues mention it."""
        return {
            "self": self.url(f"project/{project.id}"),
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": "software",
            "simplified": False,
            "avatarUrls": self._avatars(f"project/{project.id}"),
            "projectCategory": self.category(project.category),
        }

    def category(self, category: Named) -> JsonObject:
        """A project category."""
        return {
            "self": self.url(f"projectCategory/{category.id}"),
            "id": category.id,
            "description": category.description,
            "name": category.name,
        }

    def listed_project(self, project: Project, expand: set[str], account: Account) -> JsonObject:
        """A project in the answer of project/search."""
        shown: JsonObject = {
            "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
            **self.project(project),
            "style": "classic",
            "isPrivate": False,
            "uuid": project.uuid,
        }
        if "description" in expand:
            shown["description"] = project.description
        if "lead" in expand:
            shown["lead"] = self.user(project.lead)
        if "url" in expand:
            shown["url"] = ""
        if "issueTypes" in expand:
            shown["issueTypes"] = [self.issue_type(site.ISSUE_TYPE[each]) for each in project.issue_types]
        if "permissions" in expand:
            shown["permissions"] = {"canEdit": allowed(account, project, "ADMINISTER_PROJECTS")}
        return shown

    def full_project(self, project: Project, account: Account) -> JsonObject:
        """A project's own resource."""
        return {
            **self.listed_project(project, {"description", "lead", "issueTypes"}, account),
            "assigneeType": "UNASSIGNED",
            "components": [self.component(each) for each in project.components],
            "versions": [self.full_version(project, each) for each in project.versions],
            "roles": {
                name: self.url(f"project/{project.id}/role/{10002 + number}") for number, name in enumerate(ROLE_NAMES)
            },
        }

    def full_component(self, project: Project, component: Component) -> JsonObject:
        """A component's own resource."""
        real = {"COMPONENT_LEAD": component.lead, "PROJECT_LEAD": project.lead}.get(component.assignee)
        return {
            **self.component(component),
            "assigneeType": component.assignee,
            "realAssigneeType": component.assignee if real or component.assignee == "UNASSIGNED" else "PROJECT_DEFAULT",
            "isAssigneeTypeValid": real is not None,
            "project": project.key,
            "projectId": int(project.id),
            **({"lead": self.user(component.lead)} if component.lead else {}),
            **({"assignee": self.user(real), "realAssignee": self.user(real)} if real else {}),
        }

    def full_version(self, project: Project, version: Version) -> JsonObject:
        """A version's own resource."""
        shown = {**self.version(version), "projectId": int(project.id)}
        if version.start:
            shown["startDate"] = version.start
        if version.release and not version.released:
            shown["overdue"] = version.release < datetime.now(UTC).date().isoformat()
        return shown

    def field(self, field: FieldSpec) -> JsonObject:
        """A field as GET field lists it."""
        shown: JsonObject = {
            "id": field.id,
            "key": field.id,
            "name": field.name,
            "custom": field.custom,
            "orderable": field.kind != "computed",
            "navigable": field.navigable,
            "searchable": bool(field.clauses),
            "clauseNames": [*field.clauses, *refs.names_with_type(field)],
        }
        if field.id not in ("issuekey", "thumbnail"):
            shown["schema"] = field.schema
        return shown

    def field_meta(self, field: FieldSpec, project: Project, *, required: bool) -> JsonObject:
        """What a screen asks for in a field."""
        shown: JsonObject = {
            "required": required,
            "schema": field.schema,
            "name": field.name,
            "key": field.id,
            "hasDefaultValue": field.id in ("priority", "reporter"),
            "operations": list(field.operations),
        }
        if field.id == "priority":
            shown["defaultValue"] = self.priority(site.PRIORITY[site.DEFAULT_PRIORITY])
        if search := field_kinds.auto_complete(self, field, project.key):
            shown["autoCompleteUrl"] = search
        values = self.allowed_values(field, project)
        if values is not None:
            shown["allowedValues"] = values
        return shown

    def allowed_values(self, field: FieldSpec, project: Project) -> list[JsonObject] | None:
        """The values that a field takes in a project, where they can be listed."""
        match field.kind:
            case "priority":
                return [self.priority(each) for each in site.PRIORITIES]
            case "resolution":
                return [self.resolution(each) for each in site.RESOLUTIONS]
            case "components":
                return [self.component(each) for each in project.components]
            case "versions" | "version":
                return [self.version(each) for each in project.versions if not each.archived]
            case "issuetype":
                return [self.issue_type(site.ISSUE_TYPE[each]) for each in project.issue_types]
            case "project":
                return [self.project(project)]
            case _:
                return field_kinds.allowed(self, field)

    def names(self) -> dict[str, str]:
        """Field names by id (`expand=names`)."""
        return {field.id: field.name for field in sample_fields.FIELDS}

    def schemas(self) -> JsonObject:
        """Field schemas by id (`expand=schema`)."""
        return {field.id: field.schema for field in sample_fields.FIELDS}

    def change(self, change: Change) -> JsonObject:
        """An entry of the history."""
        return {
            "id": str(change.id),
            "author": self.user(change.author),
            "created": stamp(change.moment),
            "items": change.items,
        }

    def comment(self, issue_id: int, comment: JsonObject) -> JsonObject:
        """A comment."""
        return {
            "self": self.url(f"issue/{issue_id}/comment/{comment['id']}"),
            "id": str(comment["id"]),
            "author": self.user(comment["author"]),
            "body": comment["body"],
            "updateAuthor": self.user(comment.get("editor", comment["author"])),
            "created": stamp(comment["created"]),
            "updated": stamp(comment["updated"]),
            "jsdPublic": True,
            **({"visibility": comment["visibility"]} if comment.get("visibility") else {}),
        }

    def worklog(self, issue_id: int, worklog: JsonObject) -> JsonObject:
        """A work log."""
        shown: JsonObject = {
            "self": self.url(f"issue/{issue_id}/worklog/{worklog['id']}"),
            "author": self.user(worklog["author"]),
            "updateAuthor": self.user(worklog.get("editor", worklog["author"])),
            "created": stamp(worklog["created"]),
            "updated": stamp(worklog["updated"]),
            "started": stamp(worklog["started"]),
            "timeSpent": format_duration(worklog["seconds"]),
            "timeSpentSeconds": worklog["seconds"],
            "id": str(worklog["id"]),
            "issueId": str(issue_id),
        }
        for name in ("comment", "visibility"):
            if worklog.get(name):
                shown[name] = worklog[name]
        return shown

    def _avatars(self, name: str) -> dict[str, str]:
        return {f"{size}x{size}": f"{self.site_url}/avatars/{name}?size={size}" for size in (16, 24, 32, 48)}
