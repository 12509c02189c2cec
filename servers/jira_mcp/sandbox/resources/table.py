"""Which handler answers which path and method."""

from __future__ import annotations

from collections.abc import Mapping

from jira_mcp.sandbox.resources import (
    catalogue,
    comments,
    groups,
    issue_reads,
    issue_writes,
    links,
    metadata,
    people,
    projects,
    remote_links,
    search,
    site,
    suggestions,
    transitions,
    versions,
    worklogs,
)
from jira_mcp.sandbox.web import Handler

_API = "/rest/api/3"

OPEN = frozenset({f"{_API}/serverInfo"})
"""Paths that answer without credentials, beside those of the edge."""

_BY_PATH: dict[str, Mapping[str, Handler]] = {
    "/serverInfo": {"GET": site.server_info},
    "/myself": {"GET": site.myself},
    "/mypermissions": {"GET": site.my_permissions},
    "/project/search": {"GET": projects.search_projects},
    "/project/{project}": {"GET": projects.get_project},
    "/project/{project}/statuses": {"GET": projects.project_statuses},
    "/project/{project}/components": {"GET": projects.project_components},
    "/project/{project}/versions": {"GET": projects.project_versions},
    "/project/{project}/version": {"GET": versions.page_of_versions},
    "/issuetype": {"GET": catalogue.issue_types},
    "/issuetype/project": {"GET": projects.issue_types_of},
    "/issuetype/{id}": {"GET": catalogue.issue_type},
    "/field": {"GET": catalogue.fields},
    "/field/search": {"GET": catalogue.search_fields},
    "/priority": {"GET": catalogue.priorities},
    "/priority/search": {"GET": catalogue.search_priorities},
    "/resolution": {"GET": catalogue.resolutions},
    "/resolution/search": {"GET": catalogue.search_resolutions},
    "/status": {"GET": catalogue.statuses},
    "/status/{status}": {"GET": catalogue.status},
    "/statuses/search": {"GET": catalogue.search_statuses},
    "/statuscategory": {"GET": catalogue.status_categories},
    "/issueLinkType": {"GET": catalogue.link_types},
    "/label": {"GET": catalogue.labels},
    "/groups/picker": {"GET": groups.find_groups},
    "/user": {"GET": people.get_user},
    "/user/search": {"GET": people.search_users},
    "/user/assignable/search": {"GET": people.assignable_users},
    "/search": {"GET": search.gone, "POST": search.gone},
    "/search/jql": {"GET": search.search_get, "POST": search.search_post},
    "/search/approximate-count": {"POST": search.approximate_count},
    "/jql/parse": {"POST": search.parse_queries},
    "/jql/autocompletedata": {"GET": catalogue.autocomplete},
    "/jql/autocompletedata/suggestions": {"GET": suggestions.suggestions},
    "/issue/bulkfetch": {"POST": issue_reads.bulk_fetch},
    "/issue": {"POST": issue_writes.create_issue},
    "/issue/bulk": {"POST": issue_writes.create_issues},
    "/issue/createmeta/{project}/issuetypes": {"GET": metadata.create_types},
    "/issue/createmeta/{project}/issuetypes/{type}": {"GET": metadata.create_fields},
    "/issue/{issue}": {
        "GET": issue_reads.get_issue,
        "PUT": issue_writes.edit_issue,
        "DELETE": issue_writes.delete_issue,
    },
    "/issue/{issue}/assignee": {"PUT": issue_writes.assign_issue},
    "/issue/{issue}/editmeta": {"GET": metadata.edit_fields},
    "/issue/{issue}/transitions": {"GET": transitions.list_transitions, "POST": transitions.do_transition},
    "/issue/{issue}/comment": {"GET": comments.list_comments, "POST": comments.add_comment},
    "/issue/{issue}/comment/{id}": {
        "GET": comments.get_comment,
        "PUT": comments.edit_comment,
        "DELETE": comments.delete_comment,
    },
    "/issue/{issue}/worklog": {"GET": worklogs.list_worklogs, "POST": worklogs.add_worklog},
    "/issue/{issue}/worklog/{id}": {
        "GET": worklogs.get_worklog,
        "PUT": worklogs.edit_worklog,
        "DELETE": worklogs.delete_worklog,
    },
    "/issue/{issue}/remotelink": {
        "GET": remote_links.remote_links,
        "POST": remote_links.add_remote_link,
        "DELETE": remote_links.delete_by_global_id,
    },
    "/issue/{issue}/remotelink/{id}": {
        "GET": remote_links.remote_link,
        "PUT": remote_links.change_remote_link,
        "DELETE": remote_links.delete_remote_link,
    },
    "/issue/{issue}/watchers": {
        "GET": links.watchers,
        "POST": links.add_watcher,
        "DELETE": links.remove_watcher,
    },
    "/issueLink": {"POST": links.add_link},
    "/issueLink/{id}": {"GET": links.get_link, "DELETE": links.delete_link},
    "/issue/{issue}/changelog": {"GET": issue_reads.changelog},
}

RESOURCES: dict[str, Mapping[str, Handler]] = {_API + path: handlers for path, handlers in _BY_PATH.items()}
