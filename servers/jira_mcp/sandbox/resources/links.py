"""Links between issues, and watchers.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3, groups issue links and issue
watchers.
"""

from __future__ import annotations

from typing import cast

from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.relations import find_link_type
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Link, Session
from jira_mcp.sandbox.web import Call
from jira_mcp.sandbox.writing import new_comment
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply


def add_link(call: Call) -> Reply:
    """POST issueLink: the inward issue gets the outward words, as in "inward blocks outward"."""
    body = call.json_object("type", "inwardIssue", "outwardIssue", "comment")
    with call.store.writing() as session:
        kind = find_link_type(body.get("type"))
        source = _end(call, session, body.get("inwardIssue"), "inwardIssue")
        target = _end(call, session, body.get("outwardIssue"), "outwardIssue")
        if source.id == target.id:
            raise bad_request("You cannot link an issue to itself.")
        for issue in (source, target):
            sentence = f"No Link Issue Permission for issue '{issue.key}'"
            require(call.account, issue, "LINK_ISSUES", sentence, 404)
        number = session.add_link(kind.id, source.id, target.id)
        for issue, words, other in ((source, kind.outward, target), (target, kind.inward, source)):
            before = snapshot(issue)
            if issue is source and body.get("comment"):
                project = PROJECT[issue.project]
                issue.comments.append(new_comment(session, call.account, project, body["comment"], now_ms()))
            text = f"This issue {words} {other.key}"
            record(session, call.account, before, issue, [_link_item(other.key, text)])
    return Reply(201, None, {"Location": call.show.url(f"issueLink/{number}")})


def get_link(call: Call) -> Reply:
    """GET issueLink/{linkId}."""
    with call.store.reading() as session:
        link = _link(call, session)
        show = call.issues(session)
        return Reply(
            200,
            {
                "id": str(link.id),
                "self": call.show.url(f"issueLink/{link.id}"),
                "type": call.show.link_type(link.type),
                "inwardIssue": show.linked(link.source),
                "outwardIssue": show.linked(link.target),
            },
        )


def delete_link(call: Call) -> Reply:
    """DELETE issueLink/{linkId}."""
    with call.store.writing() as session:
        link = _link(call, session)
        for number, other in ((link.source, link.target), (link.target, link.source)):
            issue = find_issue(session, call.account, str(number))
            require(call.account, issue, "LINK_ISSUES", f"No Link Issue Permission for issue '{issue.key}'", 404)
            there = find_issue(session, call.account, str(other))
            record(session, call.account, snapshot(issue), issue, [_link_item(there.key, None)])
        session.delete_link(link.id)
    return Reply(204)


def watchers(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/watchers."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    return Reply(
        200,
        {
            "self": call.show.url(f"issue/{issue.key}/watchers"),
            "isWatching": call.account.account_id in issue.watchers,
            "watchCount": len(issue.watchers),
            "watchers": [call.show.user(each) for each in issue.watchers],
        },
    )


def add_watcher(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/watchers: the body is an account id as a JSON string; none means oneself."""
    wanted = call.json() if call.raw_body else call.account.account_id
    return _watch(call, wanted, add=True)


def remove_watcher(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}/watchers?accountId=…"""
    return _watch(call, call.text("accountId"), add=False)


def _watch(call: Call, wanted: object, *, add: bool) -> Reply:
    if not isinstance(wanted, str) or wanted not in BY_ID:
        raise bad_request("Specify a valid accountId.")
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        if wanted != call.account.account_id:
            sentence = "You do not have permission to manage the watcher list."
            require(call.account, issue, "MANAGE_WATCHERS", sentence)
        issue.watchers = [each for each in issue.watchers if each != wanted] + ([wanted] if add else [])
        session.save(issue)
    return Reply(204)


def _end(call: Call, session: Session, value: object, name: str) -> Issue:
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    reference = sent.get("key") or sent.get("id")
    if not reference:
        raise bad_request(f"'{name}' must name an issue by key or id.")
    return find_issue(session, call.account, str(reference))


def _link(call: Call, session: Session) -> Link:
    reference = call.path_values["id"]
    link = session.link(int(reference)) if reference.isdecimal() and len(reference) < 19 else None
    if link is None:
        raise ApiError(404, f"No issue link with id '{reference[:50]}' exists.")
    find_issue(session, call.account, str(link.source))
    find_issue(session, call.account, str(link.target))
    return link


def _link_item(other: str, words: str | None) -> JsonObject:
    return {
        "field": "Link",
        "fieldtype": "jira",
        "from": None if words else other,
        "fromString": None if words else f"This issue was linked to {other}",
        "to": other if words else None,
        "toString": words,
    }
