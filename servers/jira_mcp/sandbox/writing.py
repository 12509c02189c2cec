"""New comments and work logs, and what logged work does to the estimates."""

from __future__ import annotations

from typing import cast

from jira_mcp.sandbox import adf
from jira_mcp.sandbox.clock import parse_stamp
from jira_mcp.sandbox.duration import parse_duration
from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.model import Issue, JsonObject, Project
from jira_mcp.sandbox.readers import level
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.values import BadValueError, document
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.atlassian.clock import now_ms


def comment_body(value: object) -> JsonObject:
    """The document of a comment; 400 in Jira's words when it is not one, or an empty one."""
    try:
        body = document(value)
    except BadValueError as refusal:
        reason = "Comment body is not valid!" if not adf.is_document(value) else str(refusal)
        raise bad_request(comment=reason) from None
    if not body["content"]:
        raise bad_request(comment="Comment body can not be empty!")
    return body


def new_comment(session: Session, account: Account, project: Project, value: object, moment: int) -> JsonObject:
    """A comment as it is stored."""
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    comment: JsonObject = {
        "id": session.next_number("comment", 10000),
        "author": account.account_id,
        "body": comment_body(sent.get("body")),
        "created": moment,
        "updated": moment,
    }
    if restriction := level(sent.get("visibility"), account, project):
        comment["visibility"] = restriction
    return comment


def worklog_seconds(sent: JsonObject) -> int:
    """How long somebody worked, from `timeSpent` or `timeSpentSeconds`."""
    seconds, text = sent.get("timeSpentSeconds"), sent.get("timeSpent")
    if seconds is None and not text:
        raise bad_request(timeLogged="You must indicate the time spent working.")
    if seconds is None:
        seconds = parse_duration(text) if isinstance(text, str) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise bad_request(timeLogged="Invalid time duration entered.")
    if seconds < 60:
        raise bad_request(timeLogged="Invalid time duration entered.")
    return seconds // 60 * 60


def worklog_details(sent: JsonObject) -> JsonObject:
    """`started` and `comment` of a work log, where they were sent."""
    details: JsonObject = {}
    if sent.get("started") is not None:
        details["started"] = parse_stamp(sent["started"])
        if details["started"] is None:
            raise bad_request(
                f'Cannot deserialize value of type `java.util.Date` from String "{str(sent["started"])[:40]}": '
                "expected a date in the format yyyy-MM-dd'T'HH:mm:ss.SSSZ"
            )
    if sent.get("comment") is not None:
        try:
            details["comment"] = document(sent["comment"])
        except BadValueError as refusal:
            raise bad_request(comment=str(refusal)) from None
    return details


def new_worklog(session: Session, account: Account, issue: Issue, value: object) -> JsonObject:
    """A work log as it is stored; the issue's time spent grows and its estimate shrinks."""
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    moment = now_ms()
    worklog: JsonObject = {
        "id": session.next_number("worklog", 10000),
        "author": account.account_id,
        "started": moment,
        "seconds": worklog_seconds(sent),
        "comment": None,
        "created": moment,
        "updated": moment,
        **worklog_details(sent),
    }
    if restriction := level(sent.get("visibility"), account, PROJECT[issue.project]):
        worklog["visibility"] = restriction
    spend(issue, worklog["seconds"])
    return worklog


def spend(issue: Issue, seconds: int, *, estimate: bool = True) -> None:
    """Add seconds (fewer than none to take back) to the time spent, and take them off what remains."""
    issue.time_spent = max(0, (issue.time_spent or 0) + seconds) or None
    if estimate and issue.remaining_estimate is not None:
        issue.remaining_estimate = max(0, issue.remaining_estimate - seconds)
