"""Which handler answers the paths that only the tools for releases, people and filters ask for."""

from __future__ import annotations

from collections.abc import Mapping

from jira_mcp.sandbox.resources import components, dashboards, filters, roles, versions, votes
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
    "/issue/{issue}/votes": {"GET": votes.votes, "POST": votes.add_vote, "DELETE": votes.remove_vote},
    "/project/{project}/role": {"GET": roles.project_roles},
    "/project/{project}/role/{id}": {"GET": roles.project_role},
    "/filter": {"POST": filters.create_filter},
    "/filter/search": {"GET": filters.search_filters},
    "/filter/favourite": {"GET": filters.favourite_filters},
    "/filter/{id}": {"GET": filters.get_filter, "PUT": filters.update_filter, "DELETE": filters.delete_filter},
    "/filter/{id}/favourite": {"PUT": filters.set_favourite, "DELETE": filters.unset_favourite},
    "/dashboard/search": {"GET": dashboards.search_dashboards},
    "/dashboard/{id}": {"GET": dashboards.get_dashboard},
    "/dashboard/{id}/gadget": {"GET": dashboards.gadgets},
}

TOOLSETS: dict[str, Mapping[str, Handler]] = {_API + path: handlers for path, handlers in _BY_PATH.items()}
