"""The OAuth scopes that a login needs besides for the tools of a toolset, in both of Atlassian's families
(https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/).

The classic family has few, wide scopes; the granular one has one for each kind of thing.
"""

import re
from collections.abc import Callable, Mapping

from atlassian_kit.needs import Needs
from jira_mcp import agile_scopes

MANAGE = "manage:jira-project"
"""The classic scope for changing versions and components."""

_MANAGED = re.compile(r"/(?:version|component)(?:/[^/]+)?(?:/removeAndSwap)?$")

_AGILE = Needs(agile_scopes.READING, agile_scopes.WRITING)

CLASSIC: Mapping[str, Needs] = {
    "agile": _AGILE,  # there are only granular scopes for boards and sprints
    "releases": Needs(writing=(MANAGE,), deleting=(MANAGE,)),
}
GRANULAR: Mapping[str, Needs] = {
    "agile": _AGILE,
    "bulk": Needs(writing=("read:issue-status:jira",)),
    "releases": Needs(
        writing=("write:project-version:jira", "write:project.component:jira"),
        deleting=("delete:project-version:jira", "delete:project.component:jira"),
    ),
    "links": Needs(
        reading=("read:issue-link-type:jira", "read:issue.remote-link:jira"),
        writing=("delete:issue-link:jira", "delete:issue.remote-link:jira", "write:issue.remote-link:jira"),
    ),
    "development": Needs(writing=("read:issue.remote-link:jira", "write:issue.remote-link:jira")),
    "people": Needs(
        reading=("read:issue.watcher:jira",),
        writing=("write:issue.vote:jira", "write:issue.watcher:jira"),
    ),
    "time": Needs(
        writing=("write:issue-worklog.property:jira", "write:issue-worklog:jira"),
        deleting=(
            "delete:issue-worklog.property:jira",
            "delete:issue-worklog:jira",
            "write:issue.time-tracking:jira",
        ),
    ),
    "filters": Needs(
        reading=("read:dashboard:jira", "read:filter:jira", "read:jql:jira"),
        writing=("validate:jql:jira", "write:filter:jira"),
        deleting=("delete:filter:jira",),
    ),
}
EQUIVALENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "releases": {MANAGE: GRANULAR["releases"].writing},
}
"""For a toolset's classic scopes the granular ones that together stand for them."""


def managing(otherwise: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """What names the scope that a method and path need: for changes of versions and components, else `otherwise`."""

    def named(method: str, path: str) -> str:
        return MANAGE if method != "GET" and _MANAGED.search(path) else otherwise(method, path)

    return named
