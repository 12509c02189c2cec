"""Which scopes a token needs for boards and sprints: granular ones only, Atlassian has no classic ones for them
(https://developer.atlassian.com/cloud/jira/software/scopes-for-oauth-2-3LO-and-forge-apps/)."""

from __future__ import annotations

import re

_ISSUES = "read:issue-details:jira"
_BOARD = "read:board-scope:jira-software"
_SPRINT, _EPIC = "read:sprint:jira-software", "read:epic:jira-software"
_JQL = "read:jql:jira"
_PLAN, _MOVE = "write:sprint:jira-software", "write:board-scope:jira-software"

_AGILE = {
    "GET board": (_BOARD, "read:project:jira"),
    "GET board/{}": (_BOARD, _ISSUES),
    "GET board/{}/configuration": ("read:board-scope.admin:jira-software", "read:project:jira"),
    "GET board/{}/epic": (_EPIC,),
    "GET board/{}/sprint": (_SPRINT,),
    "GET epic/{}": (_EPIC,),
    "POST sprint": (_PLAN,),
    "GET sprint/{}": (_SPRINT,),
    "POST sprint/{}": (_PLAN,),
    "PUT sprint/{}": (_PLAN,),
    "POST sprint/{}/issue": (_PLAN,),
    "POST backlog/issue": (_MOVE,),
    "POST backlog/{}/issue": (_MOVE,),
    "PUT issue/rank": ("write:issue:jira-software",),
    "GET issue/{}/estimation": ("read:issue:jira-software", _ISSUES),
    "PUT issue/{}/estimation": ("write:issue:jira-software", _ISSUES),
}
_SOFTWARE = {
    "GET board/{}/issue": (_BOARD, _ISSUES),
    "GET board/{}/issue/approximate-count": (_BOARD, _ISSUES),
    "GET board/{}/backlog": (_BOARD, _ISSUES),
    "GET board/{}/backlog/approximate-count": (_BOARD, _ISSUES),
    "GET board/{}/sprint/{}/issue": (_SPRINT, _ISSUES, _JQL),
    "GET sprint/{}/issue": (_SPRINT, _ISSUES, _JQL),
    "GET epic/{}/issue": (_EPIC, _ISSUES, _JQL),
}
_PREFIXES = {"/rest/agile/1.0/": _AGILE, "/rest/software/1.0/": _SOFTWARE}


def agile_scopes(method: str, path: str) -> frozenset[str] | None:
    """The scopes of an operation, all of them; None for a path that is none of these APIs'."""
    for prefix, table in _PREFIXES.items():
        if not path.startswith(prefix):
            continue
        for operation, scopes in table.items():
            verb, _, template = operation.partition(" ")
            if verb == method and re.fullmatch(template.replace("{}", "[^/]+"), path.removeprefix(prefix)):
                return frozenset(scopes)
        return frozenset({"manage:jira-configuration"})
    return None
