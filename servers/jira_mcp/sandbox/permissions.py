"""Who may do what, by role in a project."""

from __future__ import annotations

from jira_mcp.sandbox.model import Project
from sandbox_kit.atlassian.accounts import VIEWER, Account

_VIEWER = frozenset({"BROWSE_PROJECTS", "VIEW_READONLY_WORKFLOW"})
_REPORTER = _VIEWER | {
    "CREATE_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "WORK_ON_ISSUES",
    "EDIT_OWN_WORKLOGS",
    "DELETE_OWN_WORKLOGS",
}
_MEMBER = _REPORTER | {
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "ASSIGN_ISSUES",
    "ASSIGNABLE_USER",
    "LINK_ISSUES",
    "SCHEDULE_ISSUES",
    "RESOLVE_ISSUES",
    "CLOSE_ISSUES",
    "VIEW_VOTERS_AND_WATCHERS",
    "CREATE_ATTACHMENTS",
    "DELETE_OWN_ATTACHMENTS",
    "MANAGE_SPRINTS_PERMISSION",
}
_ADMIN = _MEMBER | {
    "DELETE_ISSUES",
    "EDIT_ALL_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "DELETE_ALL_ATTACHMENTS",
    "EDIT_ALL_WORKLOGS",
    "DELETE_ALL_WORKLOGS",
    "MANAGE_WATCHERS",
    "MODIFY_REPORTER",
    "MOVE_ISSUES",
    "ADMINISTER_PROJECTS",
}
ROLES: dict[str, frozenset[str]] = {
    "viewer": _VIEWER,
    "reporter": _REPORTER,
    "member": _MEMBER,
    "admin": _ADMIN,
}
ROLE_NAMES = ("Administrators", "Members", "Reporters", "Viewers")
"""What the roles are called where a comment is limited to one."""
PROJECT_PERMISSIONS = tuple(sorted(_ADMIN))
GLOBAL_PERMISSIONS = ("ADMINISTER", "BULK_CHANGE", "USER_PICKER")


def allowed(account: Account, project: Project, permission: str) -> bool:
    """Whether the account has this project permission."""
    return permission in ROLES.get(project.roles.get(account.account_id, ""), frozenset())


def browsable(account: Account, project: Project) -> bool:
    """Whether the account sees the project at all."""
    return allowed(account, project, "BROWSE_PROJECTS")


def has_global(account: Account, permission: str) -> bool:
    """Whether the account has this permission over the whole site."""
    if permission == "BULK_CHANGE":
        return account.account_id != VIEWER.account_id
    return permission != "ADMINISTER" or account.site_admin
