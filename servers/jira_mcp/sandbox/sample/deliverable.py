"""Records of what the phases of PM OS bring about: figures, dates and people are those of the history."""

from __future__ import annotations

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.record import Note, Record
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

ACCOUNT = {account.name: account for account in who.ACCOUNTS}


def done(
    number: int,
    description: JsonObject,
    component: str,
    *,
    notes: tuple[Note, ...] = (),
    links: tuple[tuple[str, int], ...] = (),
    priority: str = "3",
) -> Record:
    """The record of a deliverable that is done; the history knows the rest of it.

    Raises:
        KeyError: the history has no deliverable of that number.
    """
    each = history.DELIVERABLE[number]
    phase, owner = history.PHASES[each.phase], ACCOUNT[each.agent]
    first = not each.phase
    return Record(
        number,
        each.summary,
        description,
        phase=each.phase,
        owner=each.agent,
        artifact=each.artifact,
        assignee=owner,
        reporter=who.HUMAN_PM,
        points=each.points,
        priority=priority,
        labels=(phase.label, "agent-generated") if each.agent in history.AGENT else (phase.label,),
        component=component,
        version=phase.version,
        parent=history.epic_number(each.phase),
        created=each.created,
        started=each.started,
        finished=each.finished,
        estimate_hours=each.hours * (8 if first else 10),
        work=((each.started, each.hours, "From first draft to review." if first else "Draft, checks and handover."),),
        notes=notes,
        links=links,
        acceptance=0 if each.reworked else 100,
    )


def planned(
    number: int,
    description: JsonObject,
    component: str,
    *,
    type_: str = site.STORY,
    status: str = "",
    priority: str = "3",
    hours: float | None = None,
    assigned: bool = False,
    labels: tuple[str, ...] = (),
    notes: tuple[Note, ...] = (),
    links: tuple[tuple[str, int], ...] = (),
) -> Record:
    """The record of a deliverable that is planned; `hours` is what it is estimated to take.

    Raises:
        KeyError: the history has no deliverable of that number.
    """
    each = history.DELIVERABLE[number]
    phase = history.PHASES[each.phase]
    return Record(
        number,
        each.summary,
        description,
        site.BUG if each.bug else type_,
        each.phase,
        each.agent,
        each.artifact,
        ACCOUNT[each.agent] if assigned else None,
        who.PRODUCT_ARCHITECT,
        each.points,
        priority,
        (phase.label, *labels),
        component,
        phase.version,
        history.epic_number(each.phase),
        created=each.created,
        status=status,
        due=each.due or None,
        estimate_hours=hours,
        notes=notes,
        links=links,
    )


def part(
    number: int,
    parent: int,
    summary: str,
    description: JsonObject,
    component: str,
    *,
    status: str = "",
    hours: float,
    assigned: bool = False,
    links: tuple[tuple[str, int], ...] = (),
) -> Record:
    """The record of a sub-task, a part of the planned deliverable `parent`; it counts for nothing by itself.

    Raises:
        KeyError: the history has no deliverable of the number `parent`.
    """
    whole = history.DELIVERABLE[parent]
    phase = history.PHASES[whole.phase]
    return Record(
        number,
        summary,
        description,
        site.SUBTASK,
        whole.phase,
        whole.agent,
        whole.artifact,
        ACCOUNT[whole.agent] if assigned else None,
        who.PRODUCT_ARCHITECT,
        labels=(phase.label,),
        component=component,
        version=phase.version,
        parent=parent,
        created=history.planned_at(number),
        status=status,
        estimate_hours=hours,
        links=links,
    )
