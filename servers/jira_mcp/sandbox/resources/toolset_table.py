"""Which handler answers the paths that only the tools for releases, people and filters ask for."""

from __future__ import annotations

from collections.abc import Mapping

from jira_mcp.sandbox.resources import components, versions
from jira_mcp.sandbox.web import Handler

_API = "/rest/api/3"

_BY_PATH: dict[str, Mapping[str, Handler]] = {
    "/version": {"POST": versions.create_version},
    "/version/{id}": {"GET": versions.get_version, "PUT": versions.update_version},
    "/version/{id}/relatedIssueCounts": {"GET": versions.related_counts},
    "/version/{id}/unresolvedIssueCount": {"GET": versions.unresolved_count},
    "/version/{id}/removeAndSwap": {"POST": versions.remove_and_swap},
    "/project/{project}/component": {"GET": components.page_of_components},
    "/component": {"POST": components.create_component},
    "/component/{id}": {
        "GET": components.get_component,
        "PUT": components.update_component,
        "DELETE": components.delete_component,
    },
    "/component/{id}/relatedIssueCounts": {"GET": components.related_count},
}

TOOLSETS: dict[str, Mapping[str, Handler]] = {_API + path: handlers for path, handlers in _BY_PATH.items()}
