"""Which scopes the operations need that only the tools for releases, people and filters ask for; see `scopes`."""

from __future__ import annotations

import re

_MANAGED = re.compile(r"/(version|component)(/[^/]+)?(/removeAndSwap)?")

_PEOPLE = "read:application-role read:avatar read:group read:user"
_COMPONENT = f"{_PEOPLE} read:project.component read:project"
_DASHBOARD = (
    f"{_PEOPLE} read:dashboard read:issue-type-hierarchy read:issue-type read:project-category read:project-role "
    "read:project-version read:project.component read:project"
)
_FILTER = f"{_PEOPLE} read:filter read:issue-type-hierarchy read:jql read:project-role read:project"
_FILTER_CHANGE = (
    f"{_PEOPLE} read:filter read:issue-type-hierarchy read:issue-type read:project-category read:project-role "
    "read:project-version read:project.component read:project write:filter"
)

TOOLSETS = {
    "POST /version, PUT /version/{}": "read:project-version write:project-version",
    "GET /version/{}, GET /version/{}/unresolvedIssueCount": "read:project-version",
    "GET /version/{}/relatedIssueCounts": "read:field read:project-version",
    "POST /version/{}/removeAndSwap": "delete:project-version write:project-version",
    "GET /project/{}/component, GET /component/{}": _COMPONENT,
    "POST /component, PUT /component/{}": f"{_COMPONENT} write:project.component",
    "DELETE /component/{}": "delete:project.component",
    "GET /component/{}/relatedIssueCounts": "read:field read:project.component",
    "GET /project/{}/role": "read:project-role",
    "GET /project/{}/role/{}": (
        "read:avatar read:group read:project-category read:project-role read:project read:user"
    ),
    "GET /issue/{}/votes": f"{_PEOPLE} read:issue.vote",
    "POST /issue/{}/votes, DELETE /issue/{}/votes": "write:issue.vote",
    "GET /filter/search, GET /filter/favourite, GET /filter/my, GET /filter/{}": _FILTER,
    "POST /filter": _FILTER_CHANGE,
    "PUT /filter/{}": f"{_FILTER} write:filter",
    "DELETE /filter/{}": "delete:filter",
    "PUT /filter/{}/favourite": f"{_FILTER} write:filter",
    "DELETE /filter/{}/favourite": _FILTER_CHANGE,
    "GET /dashboard, GET /dashboard/search, GET /dashboard/{}": _DASHBOARD,
    "GET /dashboard/{}/gadget": "read:dashboard",
}
"""Operations, and their granular scopes without the `:jira` at the end."""


def classic(method: str, resource: str) -> str:
    """The classic scope of an operation that is neither for plain reading nor for plain writing, else ""."""
    return "manage:jira-project" if method != "GET" and _MANAGED.fullmatch(resource) else ""
