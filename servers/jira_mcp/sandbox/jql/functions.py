"""JQL functions: what they give and to which fields.

Names and arguments follow Atlassian's reference "JQL functions".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from .context import JqlContext, Ref
from .dates import Period, boundary
from .errors import JqlError
from .fields import FieldDef, Kind
from .syntax import Call


@dataclass(frozen=True, slots=True)
class Function:
    """One function: the kinds of field it is for, whether it gives a list, and how many arguments it takes."""

    name: str
    kinds: frozenset[Kind]
    is_list: bool = False
    arguments: tuple[int, int] = (0, 0)


_USER: Final = frozenset[Kind]({"user"})
_DATE: Final = frozenset[Kind]({"date", "datetime"})
_ISSUE: Final = frozenset[Kind]({"issue"})
_TYPE: Final = frozenset[Kind]({"issuetype"})
_ANY_NUMBER: Final = 1_000

_PERIODS: Final = tuple(f"{edge}Of{period}" for edge in ("start", "end") for period in ("Day", "Week", "Month", "Year"))

_FUNCTIONS: Final = {
    function.name.lower(): function
    for function in (
        Function("currentUser", _USER),
        Function("now", _DATE),
        *(Function(name, _DATE, arguments=(0, 1)) for name in _PERIODS),
        *(Function(name, frozenset({"sprint"}), True) for name in ("openSprints", "closedSprints", "futureSprints")),
        *(
            Function(name, frozenset({"version"}), True, (0, _ANY_NUMBER))
            for name in ("releasedVersions", "unreleasedVersions")
        ),
        *(
            Function(name, _TYPE, True)
            for name in ("standardIssueTypes", "standardWorkTypes", "subtaskIssueTypes", "subtaskWorkTypes")
        ),
        Function("cascadeOption", frozenset({"option"}), True, (1, 2)),
        *(Function(name, _ISSUE, True, (1, 2)) for name in ("linkedIssues", "linkedWorkItems")),
    )
}

_UNSUPPORTED: Final = frozenset(
    re.findall(
        r"\w+",
        """
        approved approver atRisk breached childIssuesOf choiceOption completed
        componentsLeadByUser currentLogin customerDetail earliestUnreleasedVersion elapsed entitlementDetail
        entitlementProduct everbreached issueHistory issuesWithRemoteLinksByGlobalId lastLogin
        latestReleasedVersion membersOf myApproval myPending organizationDetail organizationMembers
        parentEpic paused pending pendingBy portfolioChildIssuesOf projectsLeadByUser
        projectsWhereUserHasPermission projectsWhereUserHasRole remaining running searchIssues
        spacesLeadByUser teams updatedBy votedIssues votedWorkItems watchedIssues watchedWorkItems
        withinCalendarHours workItemHistory
        """.lower(),
    )
)


def function_of(call: Call) -> Function:
    """The function that a call names, its number of arguments checked."""
    function = _FUNCTIONS.get(call.name.lower())
    if not function:
        if call.name.lower() in _UNSUPPORTED:
            raise JqlError(f"The sandbox does not support the JQL function '{call}'.")
        raise JqlError(f"Unable to find JQL function '{call}'.")
    least, most = function.arguments
    given = len(call.arguments)
    if not least <= given <= most:
        expected = f"'{least}'" if least == most else f"between '{least}' and '{most}'"
        raise JqlError(f"Function '{function.name}' expected {expected} arguments but received '{given}'.")
    return function


def moment_of(call: Call, context: JqlContext, field: str) -> datetime:
    """The moment that a call gives."""
    function = function_of(call)
    if not function.kinds & _DATE:
        raise JqlError(f"A date for the field '{field}' provided by the function '{function.name}' is not valid.")
    if function.name == "now":
        return context.now
    edge, period = function.name.split("Of")
    return boundary(
        cast("Period", period),
        context.now,
        end=edge == "end",
        offset=call.arguments[0] if call.arguments else "",
        first_weekday=context.first_weekday,
        function=function.name,
    )


def refs_of(call: Call, context: JqlContext, field: FieldDef, name: str) -> Sequence[Ref]:
    """The values that a call gives to `field`, which the query calls `name`."""
    function = function_of(call)
    if field.kind not in function.kinds:
        raise JqlError(f"A value provided by the function '{function.name}' is invalid for the field '{name}'.")
    directory = context.directory
    match function.name:
        case "currentUser":
            return (context.current_user,) if context.current_user else ()
        case "openSprints":
            return directory.sprints("active")
        case "closedSprints":
            return directory.sprints("closed")
        case "futureSprints":
            return directory.sprints("future")
        case "releasedVersions" | "unreleasedVersions":
            return directory.versions(function.name == "releasedVersions", call.arguments)
        case "cascadeOption":
            return _cascade(call, context, field)
        case "linkedIssues" | "linkedWorkItems":
            return _linked(call, context, field, function.name)
        case _:
            return directory.issue_types(function.name.startswith("subtask"))


def _cascade(call: Call, context: JqlContext, field: FieldDef) -> Sequence[Ref]:
    """An option, or one below it; the id of the latter begins with the id of the former."""
    first, *below = call.arguments
    found = context.directory.find(field, first)
    if found and below:
        found = [ref for ref in context.directory.find(field, below[0]) if ref.id.startswith(found[0].id)]
    if not found:
        raise JqlError(f"The option '{call.arguments[-1]}' specified in function 'cascadeOption' does not exist.")
    return found


def _linked(call: Call, context: JqlContext, field: FieldDef, function: str) -> Sequence[Ref]:
    key, *link_types = call.arguments
    issues = context.directory.find(field, key)
    if not issues:
        raise JqlError(f"Issue '{key}' could not be found in function '{function}'.")
    link_type = link_types[0] if link_types else None
    linked = context.directory.linked_issues(issues[0], link_type)
    if linked is None:
        raise JqlError(f"Issue link type '{link_type}' could not be found in function '{function}'.")
    return linked
