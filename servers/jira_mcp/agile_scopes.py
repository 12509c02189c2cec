"""The OAuth scopes for boards and sprints, which have granular ones only
(https://developer.atlassian.com/cloud/jira/software/scopes-for-oauth-2-3LO-and-forge-apps/)."""

from collections.abc import Callable

BOARDS = (
    "read:board-scope:jira-software",
    "read:board-scope.admin:jira-software",
    "read:project:jira",
    "read:issue-details:jira",
)
"""Boards, how they work, and their issues."""
SPRINTS = ("read:sprint:jira-software", "read:jql:jira")
EPICS = ("read:epic:jira-software",)
PLAN = ("write:sprint:jira-software",)
RANK = ("write:board-scope:jira-software", "write:issue:jira-software")

READING = (*BOARDS, *SPRINTS, *EPICS)
WRITING = (*PLAN, *RANK)

_WRITES = {"/backlog": RANK[0], "/issue/rank": RANK[1], "/sprint": PLAN[0]}
_READS = {"/sprint": SPRINTS[0], "/epic": EPICS[0], "/configuration": BOARDS[1]}


def scope_of(otherwise: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """What names the scope that a method and path need: ours for the agile and software APIs, else `otherwise`."""

    def named(method: str, path: str) -> str:
        if "/rest/agile/" not in path and "/rest/software/" not in path:
            return otherwise(method, path)
        table = _READS if method == "GET" else _WRITES
        return next((scope for part, scope in table.items() if part in path), BOARDS[0])

    return named
