"""Links from issues to other sites. A `globalId` names the far end: a link with one that is known is changed instead.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.web import Reply

_BODY = ("globalId", "application", "relationship", "object")
_TEXTS = {"globalId": 255, "relationship": 255}
_LONGEST_TITLE = 255


def remote_links(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/remotelink; one object when `globalId` is given."""
    wanted = call.text("globalId")
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    if not wanted:
        return Reply(200, [_shown(call, issue, each) for each in issue.remote_links])
    return Reply(200, _shown(call, issue, _by_global_id(issue, wanted)))


def remote_link(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/remotelink/{linkId}."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    return Reply(200, _shown(call, issue, _by_id(call, issue)))


def add_remote_link(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/remotelink: 201, or 200 when the `globalId` was there already."""
    body = _checked(call.json_object(*_BODY))
    with call.store.writing() as session:
        issue = _linkable(call, session)
        before = snapshot(issue)
        wanted = body.get("globalId")
        known = next((each for each in issue.remote_links if wanted and each.get("globalId") == wanted), None)
        if known is None:
            stored = {"id": session.next_number("remotelink", 10000), **body}
            issue.remote_links.append(stored)
        else:
            stored = known
            _replace(known, body)
        record(session, call.account, before, issue, [_entry(None, stored)])
    address = call.show.url(f"issue/{issue.key}/remotelink/{stored['id']}")
    return Reply(201 if known is None else 200, {"id": stored["id"], "self": address})


def change_remote_link(call: Call) -> Reply:
    """PUT issue/{issueIdOrKey}/remotelink/{linkId}: what is left out is emptied."""
    body = _checked(call.json_object(*_BODY))
    with call.store.writing() as session:
        issue = _linkable(call, session)
        before = snapshot(issue)
        stored = _by_id(call, issue)
        _replace(stored, body)
        record(session, call.account, before, issue, [_entry(None, stored)])
    return Reply(204)


def delete_remote_link(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}/remotelink/{linkId}."""
    return _delete(call, by_global_id=False)


def delete_by_global_id(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}/remotelink?globalId=…"""
    if not call.text("globalId"):
        raise bad_request("The globalId query parameter is required.")
    return _delete(call, by_global_id=True)


def _delete(call: Call, *, by_global_id: bool) -> Reply:
    with call.store.writing() as session:
        issue = _linkable(call, session)
        before = snapshot(issue)
        gone = _by_global_id(issue, call.text("globalId")) if by_global_id else _by_id(call, issue)
        issue.remote_links.remove(gone)
        record(session, call.account, before, issue, [_entry(gone, None)])
    return Reply(204)


def _linkable(call: Call, session: Session) -> Issue:
    issue = find_issue(session, call.account, call.path_values["issue"])
    require(call.account, issue, "LINK_ISSUES", f"No Link Issue Permission for issue '{issue.key}'")
    return issue


def _checked(body: JsonObject) -> JsonObject:
    target: object = body.get("object")
    sent = cast("JsonObject", target) if isinstance(target, dict) else {}
    wrong = {name: f"'{name}' is required." for name in ("title", "url") if not sent.get(name)}
    if not wrong and urlsplit(str(sent["url"])).scheme not in ("http", "https"):
        wrong["url"] = "The URL is not valid."
    if len(str(sent.get("title", ""))) > _LONGEST_TITLE:
        wrong["title"] = f"'title' must not be longer than {_LONGEST_TITLE} characters."
    for name, longest in _TEXTS.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > longest):
            wrong[name] = f"'{name}' must not be longer than {longest} characters."
    if wrong:
        raise bad_request(**wrong)
    return body


def _replace(stored: JsonObject, body: JsonObject) -> None:
    number = stored["id"]
    stored.clear()
    stored.update({"id": number, **body})


def _by_id(call: Call, issue: Issue) -> JsonObject:
    wanted = call.path_values["id"]
    for each in issue.remote_links:
        if str(each["id"]) == wanted:
            return each
    raise ApiError(404, f"Remote link with id '{wanted[:50]}' does not exist.")


def _by_global_id(issue: Issue, wanted: str) -> JsonObject:
    for each in issue.remote_links:
        if each.get("globalId") == wanted:
            return each
    raise ApiError(404, f"Remote link with global id '{wanted[:100]}' does not exist.")


def _shown(call: Call, issue: Issue, stored: JsonObject) -> JsonObject:
    return {**stored, "self": call.show.url(f"issue/{issue.key}/remotelink/{stored['id']}")}


def _entry(before: JsonObject | None, after: JsonObject | None) -> JsonObject:
    """How the issue's history tells that a link came (or is another now) or went."""
    entry: JsonObject = {"field": "RemoteIssueLink", "fieldtype": "jira"}
    for stored, names in ((before, ("from", "fromString")), (after, ("to", "toString"))):
        entry[names[0]] = str(stored["id"]) if stored else None
        entry[names[1]] = f'This issue links to "{stored["object"]["title"]} (Web Link)"' if stored else None
    return entry
