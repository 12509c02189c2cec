"""Which transitions an issue has, and what their screens ask for."""

from __future__ import annotations

from jira_mcp.sandbox.model import Issue, JsonObject, Project, Transition
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECT
from sandbox_kit.atlassian.accounts import Account


def available(issue: Issue, account: Account) -> list[Transition]:
    """The transitions that this account may take from the issue's status."""
    project = PROJECT[issue.project]
    if not allowed(account, project, "TRANSITION_ISSUES"):
        return []
    return [
        each
        for each in project.transitions
        if issue.status in each.sources or (not each.sources and each.target != issue.status)
    ]


def transition_bean(show: Renderer, project: Project, transition: Transition, *, with_fields: bool) -> JsonObject:
    """A transition as the API lists it; `with_fields` adds its screen (`expand=transitions.fields`)."""
    shown: JsonObject = {
        "id": transition.id,
        "name": transition.name,
        "to": show.status(site.STATUS[transition.target]),
        "hasScreen": transition.screen is not None,
        "isGlobal": not transition.sources,
        "isInitial": False,
        "isAvailable": True,
        "isConditional": False,
        "looped": False,
    }
    if with_fields:
        shown["fields"] = {
            field_id: show.field_meta(FIELD[field_id], project, required=required)
            for field_id, required in transition.screen or ()
            if field_id != "comment"
        }
    return shown
