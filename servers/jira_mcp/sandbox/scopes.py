"""Which scopes a token needs for which operation, as Atlassian's gateway judges it.

Each operation has two families: one classic scope, or several granular ones, all of them
(https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/).
"""

from __future__ import annotations

import re

from jira_mcp.sandbox.agile_scopes import agile_scopes
from jira_mcp.sandbox.toolset_scopes import TOOLSETS, classic
from sandbox_kit.atlassian.operations import Operations

_API = "/rest/api/3"
_USERS = frozenset({"/myself", "/user", "/user/search", "/user/assignable/search", "/groups/picker"})
_CONFIGURATION = frozenset({"/priority/search", "/statuses/search"})
_POSTED_READS = re.compile(r"/search|/search/.+|/jql/.+|/issue/bulkfetch|/changelog/bulkfetch")

_GRANULAR = {
    "GET /myself, GET /user": "read:application-role read:avatar read:group read:user",
    "GET /mypermissions": "read:permission",
    "GET /project/search, GET /project/{}": (
        "read:application-role read:avatar read:group read:issue-type-hierarchy read:issue-type "
        "read:project-category read:project-version read:project.component read:project.property read:project "
        "read:user"
    ),
    "GET /project/{}/statuses": "read:issue-status read:issue-type read:status",
    "GET /project/{}/components": (
        "read:application-role read:avatar read:group read:project.component read:project read:user"
    ),
    "GET /project/{}/versions, GET /project/{}/version": "read:project-version",
    "GET /issuetype, GET /issuetype/project, GET /issuetype/{}": (
        "read:avatar read:issue-type read:project-category read:project"
    ),
    "GET /field": "read:avatar read:field-configuration read:field read:project-category read:project",
    "GET /field/search": "read:field-configuration read:field",
    "GET /priority": "read:priority",
    "GET /resolution, GET /resolution/search": "read:resolution",
    "GET /status, GET /status/{}, GET /statuscategory": "read:status",
    "GET /statuses/search": "read:workflow",
    "GET /issueLinkType": "read:issue-link-type",
    "GET /label": "read:label",
    "GET /groups/picker": "read:group",
    "GET /user/search": "read:application-role read:avatar read:group read:user.property read:user",
    "GET /user/assignable/search": "read:application-role read:avatar read:group read:issue read:project read:user",
    "GET /search, GET /search/jql": (
        "read:audit-log read:avatar read:field-configuration read:issue-details read:issue-meta"
    ),
    "POST /search, POST /search/jql, POST /search/approximate-count": (
        "read:field.default-value read:field.option read:field read:group read:issue-details"
    ),
    "POST /jql/parse": "read:field read:jql validate:jql",
    "GET /jql/autocompletedata": "read:field",
    "GET /jql/autocompletedata/suggestions": "read:issue-details",
    "POST /issue/bulkfetch, GET /issue/{}": (
        "read:avatar read:field-configuration read:issue-meta read:issue-security-level read:issue.changelog "
        "read:issue.vote read:issue read:status read:user"
    ),
    "POST /issue, POST /issue/bulk": "read:issue write:attachment write:comment.property write:comment write:issue",
    "GET /issue/createmeta/{}/issuetypes, GET /issue/createmeta/{}/issuetypes/{}": (
        "read:avatar read:field-configuration read:issue-meta"
    ),
    "GET /bulk/issues/fields, GET /bulk/issues/transition, GET /bulk/queue/{}": "read:issue",
    "POST /bulk/issues/fields, POST /bulk/issues/transition, POST /bulk/issues/move, POST /bulk/issues/delete": (
        "read:issue write:issue"
    ),
    "PUT /issue/{}, PUT /issue/{}/assignee": "write:issue",
    "DELETE /issue/{}": "delete:issue",
    "GET /issue/{}/editmeta": "read:field-configuration read:issue-meta",
    "GET /issue/{}/transitions": "read:field-configuration read:issue.transition read:status",
    "POST /issue/{}/transitions": "write:issue.property write:issue",
    "GET /issue/{}/comment, GET /issue/{}/comment/{}": (
        "read:avatar read:comment.property read:comment read:group read:project-role read:project read:user"
    ),
    "POST /issue/{}/comment, PUT /issue/{}/comment/{}": (
        "read:avatar read:comment.property read:comment read:group read:project-role read:project read:user "
        "write:comment"
    ),
    "DELETE /issue/{}/comment/{}": "delete:comment.property delete:comment",
    "GET /issue/{}/worklog": (
        "read:avatar read:group read:issue-worklog.property read:issue-worklog read:project-role read:user"
    ),
    "POST /issue/{}/worklog": (
        "read:avatar read:group read:issue-worklog.property read:issue-worklog read:project-role read:user "
        "write:issue-worklog.property write:issue-worklog"
    ),
    "GET /issue/{}/worklog/{}": (
        "read:avatar read:comment read:group read:issue-worklog.property read:issue-worklog read:project-role read:user"
    ),
    "PUT /issue/{}/worklog/{}": (
        "read:avatar read:comment read:group read:issue-worklog.property read:issue-worklog read:project-role "
        "read:user write:comment write:issue-worklog.property write:issue-worklog"
    ),
    "DELETE /issue/{}/worklog/{}": "delete:issue-worklog.property delete:issue-worklog write:issue.time-tracking",
    "GET /issue/{}/remotelink, GET /issue/{}/remotelink/{}": "read:issue.remote-link read:status",
    "POST /issue/{}/remotelink": "read:issue.remote-link write:issue.remote-link write:issue",
    "PUT /issue/{}/remotelink/{}": "write:issue write:issue.remote-link",
    "DELETE /issue/{}/remotelink, DELETE /issue/{}/remotelink/{}": "delete:issue.remote-link write:issue",
    "GET /issue/{}/watchers": "read:avatar read:issue.watcher read:user",
    "POST /issue/{}/watchers, DELETE /issue/{}/watchers": "write:issue.watcher",
    "POST /issueLink": "write:comment write:issue-link write:issue",
    "GET /issueLink/{}": (
        "read:avatar read:field read:issue-link-type read:issue-type read:issue.time-tracking read:issue "
        "read:priority read:project-category read:project read:status read:user"
    ),
    "DELETE /issueLink/{}": "delete:issue-link",
    "POST /changelog/bulkfetch": "read:avatar read:issue-meta read:issue.changelog",
    "POST /issue/{}/attachments": "read:attachment read:avatar read:user write:attachment",
    "GET /attachment/meta": "read:instance-configuration",
    "GET /attachment/content/{}, GET /attachment/thumbnail/{}": "read:attachment",
    "GET /attachment/{}": "read:application-role read:attachment read:avatar read:group read:user",
    "DELETE /attachment/{}": "delete:attachment",
    "GET /issue/{}/changelog": "read:avatar read:issue-meta read:issue.changelog",
}
"""Operations, and their granular scopes without the `:jira` at the end."""
_OPERATIONS = Operations({**_GRANULAR, **TOOLSETS})


def required_scopes(method: str, path: str) -> tuple[frozenset[str], ...]:
    """The sets of scopes of which a token must cover one; none when any token will do.

    `path` is unquoted and without the query.
    """
    method = "GET" if method == "HEAD" else method
    if (agile := agile_scopes(method, path)) is not None:
        return (agile,)
    if not path.startswith(f"{_API}/") or path == f"{_API}/serverInfo":
        return ()
    resource = path.removeprefix(_API)
    families = [frozenset({_classic(method, resource)})]
    granular = _OPERATIONS.find(method, resource)
    if granular is not None:
        families.append(frozenset(f"{scope}:jira" for scope in granular.split()))
    return tuple(families)


def _classic(method: str, resource: str) -> str:
    if scope := classic(method, resource):
        return scope
    if resource in _USERS:
        return "read:jira-user"
    if resource in _CONFIGURATION:
        return "manage:jira-configuration"
    reads = method == "GET" or (method == "POST" and _POSTED_READS.fullmatch(resource))
    return "read:jira-work" if reads else "write:jira-work"
