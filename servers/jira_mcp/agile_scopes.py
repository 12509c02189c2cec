"""The OAuth scopes for boards and sprints, which have granular ones only
(https://developer.atlassian.com/cloud/jira/software/scopes-for-oauth-2-3LO-and-forge-apps/)."""

from collections.abc import Callable

BOARDS = ("read:board-scope:jira-software", "read:project:jira")
"""Boards, in a list."""
BOARD = (*BOARDS, "read:issue-details:jira")
"""A board by its id, and its issues."""
WORKINGS = ("read:board-scope.admin:jira-software",)
"""How a board works."""
SPRINTS = ("read:sprint:jira-software",)
EPICS = ("read:epic:jira-software",)
CONTENTS = ("read:jql:jira",)
"""The issues of a sprint or an epic, besides its own scope."""
PLAN = ("write:sprint:jira-software",)
RANK = ("write:board-scope:jira-software", "write:issue:jira-software")

READING = (*BOARD, *WORKINGS, *SPRINTS, *EPICS, *CONTENTS)
WRITING = (*PLAN, *RANK)

_WRITES = {"/backlog": RANK[0], "/issue/rank": RANK[1], "/sprint": PLAN[0]}
_READS = {"/sprint": SPRINTS[0], "/epic": EPICS[0], "/configuration": WORKINGS[0]}


def scope_of(otherwise: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """What names the scope that a method and path need: ours for the agile and software APIs, else `otherwise`."""

    def named(method: str, path: str) -> str:
        if "/rest/agile/" not in path and "/rest/software/" not in path:
            return otherwise(method, path)
        table = _READS if method == "GET" else _WRITES
        return next((scope for part, scope in table.items() if part in path), BOARDS[0])

    return named
