"""Moving issues through their workflow.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues (get transitions,
transition issue).
"""

from __future__ import annotations

from typing import cast

from jira_mcp.sandbox import project_parts
from jira_mcp.sandbox.access import find_issue
from jira_mcp.sandbox.editing import Editor
from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.model import Issue, JsonObject, Transition
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call, part
from jira_mcp.sandbox.workflow import available, transition_bean
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply


def list_transitions(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/transitions."""
    with_fields = "transitions.fields" in call.words("expand")
    wanted = call.text("transitionId")
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        project = project_parts.current(session, PROJECT[issue.project])
    found = [
        transition_bean(call.show, project, each, with_fields=with_fields)
        for each in available(issue, call.account)
        if wanted in ("", each.id)
    ]
    return Reply(200, {"expand": "transitions", "transitions": found})


def do_transition(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/transitions."""
    body = call.json_object("transition", "fields", "update", "historyMetadata", "properties")
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        transition = _transition(issue, available(issue, call.account), body.get("transition"))
        before = snapshot(issue)
        screen = [name for name, _ in transition.screen or ()]
        editor = Editor(session, call.account, issue, PROJECT[issue.project], screen)
        editor.apply(part(body, "fields"), part(body, "update"))
        for name, required in transition.screen or ():
            if required and name not in editor.errors and not _filled(issue, before, name):
                editor.errors[name] = f"{FIELD[name].name} is required."
        editor.finish()
        arrive(issue, before, transition)
        record(session, call.account, before, issue)
        editor.write_links()
    return Reply(204)


def _transition(issue: Issue, choices: list[Transition], value: object) -> Transition:
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    number = sent.get("id")
    if number is None:
        raise bad_request("Missing 'transition' identifier")
    if not str(number).isdecimal():
        raise bad_request("'transition' identifier must be an integer")
    for each in choices:
        if each.id == str(number):
            return each
    raise bad_request(
        f"It seems that you have tried to perform a workflow operation ({str(number)[:20]}) that is not valid for "
        f"the current state of this issue ({issue.key})."
    )


def _filled(issue: Issue, before: Issue, name: str) -> bool:
    if name == "resolution":
        return issue.resolution is not None and issue.resolution != before.resolution
    return issue.custom.get(name) is not None


def arrive(issue: Issue, before: Issue, transition: Transition) -> None:
    """Give an issue the status that a transition leads to, and the resolution that goes with it."""
    moment = now_ms()
    issue.status = transition.target
    done = site.STATUS[issue.status].category is site.DONE
    if not done:
        issue.resolution = None
    elif issue.resolution is None:
        issue.resolution = transition.resolves
    if issue.resolution != before.resolution:
        issue.resolved = moment if issue.resolution else None
    if site.STATUS[before.status].category is not site.STATUS[issue.status].category:
        issue.status_changed = moment
