"""Issues as boards see them: in pages with tokens, moved between sprints and the backlog, ranked, estimated.

Documentation: developer.atlassian.com/cloud/jira/software/rest/api-group-board, -epic, -backlog, -issue.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from jira_mcp.sandbox import agile_store, jql
from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.agile_boards import epic_bean, find_board
from jira_mcp.sandbox.agile_sprints import find_sprint
from jira_mcp.sandbox.beans import select_fields
from jira_mcp.sandbox.errors import ApiError, bad_request, issue_unseen
from jira_mcp.sandbox.history import item
from jira_mcp.sandbox.index import IndexedIssue, SiteDirectory
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.refs import USERS, field_catalog
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import RANK, SPRINT_FIELD
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, string_list
from sandbox_kit.atlassian.web import Reply

_MOST_SHOWN = 100
_MOST_MOVED = 50
_MOVE = ("issues", "rankAfterIssue", "rankBeforeIssue", "rankCustomFieldId")

Test = Callable[[Issue], bool]


def of_board(call: Call) -> Reply:
    """GET board/{boardId}/issue."""
    return _list(call, find_board(call.account, call.path_values["board"]).holds)


def of_backlog(call: Call) -> Reply:
    """GET board/{boardId}/backlog: what is on the board, not done and in no active or future sprint."""
    return _list(call, _in_backlog(call))


def of_sprint(call: Call) -> Reply:
    """GET sprint/{sprintId}/issue, and the same of a board."""
    with call.store.reading() as session:
        number = find_sprint(call, session).id
    board = find_board(call.account, call.path_values["board"]) if "board" in call.path_values else None
    return _list(call, lambda issue: number in _sprints(issue) and (board is None or board.holds(issue)))


def of_epic(call: Call) -> Reply:
    """GET epic/{epicIdOrKey}/issue."""
    with call.store.reading() as session:
        number = _find_epic(call, session).id
    return _list(call, lambda issue: issue.parent == number)


def get_epic(call: Call) -> Reply:
    """GET epic/{epicIdOrKey}."""
    with call.store.reading() as session:
        return Reply(200, epic_bean(call.show, _find_epic(call, session)))


def count_board(call: Call) -> Reply:
    """GET board/{boardId}/issue/approximate-count."""
    return _count(call, find_board(call.account, call.path_values["board"]).holds)


def count_backlog(call: Call) -> Reply:
    """GET board/{boardId}/backlog/approximate-count."""
    return _count(call, _in_backlog(call))


def _in_backlog(call: Call) -> Test:
    board = find_board(call.account, call.path_values["board"])
    done = set(board.columns[-1][1])
    with call.store.reading() as session:
        planned = {sprint.id for sprint in agile_store.all_sprints(session) if sprint.state != "closed"}
    return lambda issue: board.holds(issue) and issue.status not in done and not planned.intersection(_sprints(issue))


def _sprints(issue: Issue) -> list[int]:
    return issue.custom.get(SPRINT_FIELD) or []


def _find_epic(call: Call, session: Session) -> Issue:
    try:
        epic = find_issue(session, call.account, call.path_values["epic"])
    except ApiError:
        epic = None
    if epic is None or epic.type != site.EPIC:
        raise ApiError(404, "The requested epic does not exist or you do not have permission to view it.")
    return epic


def _count(call: Call, test: Test) -> Reply:
    with call.store.reading() as session:
        return Reply(200, {"count": len(_find(call, session, test, ()))})


def _list(call: Call, test: Test) -> Reply:
    field_ids = select_fields(call.words("fields"), "*navigable")
    size = call.number("maxResults", 50, least=1, most=_MOST_SHOWN)
    expand = call.words("expand")
    try:
        reconciled = [int(word) for word in call.words("reconcileIssues")]
    except ValueError:
        raise bad_request("The reconcileIssues parameter takes issue ids.") from None
    with call.store.reading() as session:
        found = _find(call, session, test, reconciled)
        key = f"{session.setting('token_secret')}\0{call.account.account_id}\0{call.path}\0{call.text('jql')}"
        token = call.text("nextPageToken")
        start = _read_token(key, token) if token else 0
        end = start + size
        show = call.issues(session)
        answer: JsonObject = {
            "expand": "schema,names",
            "isLast": end >= len(found),
            "issues": [show.bean(each.issue, field_ids, expand) for each in found[start:end]],
        }
    if end < len(found):
        answer["nextPageToken"] = _write_token(key, end)
    return Reply(200, answer)


def _find(call: Call, session: Session, test: Test, reconciled: Iterable[int]) -> list[IndexedIssue]:
    call.index.refresh(session)
    found = [each for each in call.index.visible(call.account, set(reconciled)) if test(each.issue)]
    found.sort(key=lambda each: agile_store.rank_of(each.issue))
    text = call.text("jql")
    if not text:
        return found
    context = jql.JqlContext(datetime.now(UTC), SiteDirectory(call.index, call.account), USERS[call.account.account_id])
    try:
        query = jql.parse(text)
        search = query.compile(field_catalog(), context)
    except jql.JqlError as error:
        raise ApiError(400, *error.messages) from None
    return search.select(found) if query.order_by else [each for each in found if search.matches(each)]


def _write_token(key: str, start: int) -> str:
    content = json.dumps(start).encode()
    return base64.urlsafe_b64encode(_sign(key, content) + content).decode().rstrip("=")


def _read_token(key: str, token: str) -> int:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if not raw[16:] or not hmac.compare_digest(raw[:16], _sign(key, raw[16:])):
        raise bad_request("The provided next page token is invalid or expired.")
    return int(raw[16:])


def _sign(key: str, content: bytes) -> bytes:
    return hmac.new(key.encode("utf-8", "replace"), content, hashlib.sha256).digest()[:16]


def move_to_sprint(call: Call) -> Reply:
    """POST sprint/{sprintId}/issue."""
    body = call.json_object(*_MOVE)
    with call.store.writing() as session:
        sprint = find_sprint(call, session)
        if sprint.state == "closed":
            raise bad_request("Issues can be moved to open or active sprints only.")
        _move(call, session, body, sprint.id)
    return Reply(204)


def move_to_backlog(call: Call) -> Reply:
    """POST backlog/issue."""
    body = call.json_object("issues")
    with call.store.writing() as session:
        _move(call, session, body, None)
    return Reply(204)


def move_to_backlog_of(call: Call) -> Reply:
    """POST backlog/{boardId}/issue."""
    body = call.json_object(*_MOVE)
    board = find_board(call.account, call.path_values["board"])
    with call.store.writing() as session:
        for issue in _named(call, session, body):
            if not board.holds(issue):
                raise bad_request(f"The issue {issue.key} is not on the board.")
        _move(call, session, body, None)
    return Reply(204)


def rank_issues(call: Call) -> Reply:
    """PUT issue/rank."""
    body = call.json_object(*_MOVE)
    if not body.get("rankAfterIssue") and not body.get("rankBeforeIssue"):
        raise bad_request("Either rankBeforeIssue or rankAfterIssue has to be given.")
    with call.store.writing() as session:
        _save(call, session, _named(call, session, body), _ranks(call, session, body))
    return Reply(204)


def _move(call: Call, session: Session, body: JsonObject, sprint: int | None) -> None:
    issues = _named(call, session, body)
    ranks = _ranks(call, session, body)
    before = [snapshot(issue) for issue in issues]
    for issue in issues:
        agile_store.put_into(session, issue, sprint)
    _save(call, session, issues, ranks, before)


def _named(call: Call, session: Session, body: JsonObject) -> list[Issue]:
    references = string_list(body.get("issues"))
    if not references:
        raise bad_request("At least one issue has to be given.")
    if len(references) > _MOST_MOVED:
        raise bad_request(f"At most {_MOST_MOVED} issues can be moved at once.")
    issues = [_seen(call, session, reference) for reference in dict.fromkeys(references)]
    for issue in issues:
        require(call.account, issue, "SCHEDULE_ISSUES", f"You do not have permission to schedule issue {issue.key}.")
        if issue.type == site.EPIC:
            raise bad_request(f"The issue {issue.key} is an epic, which belongs to no sprint and no backlog.")
    return issues


def _seen(call: Call, session: Session, reference: str) -> Issue:
    try:
        return find_issue(session, call.account, reference)
    except ApiError:
        raise bad_request(f"{reference[:50]}: {issue_unseen().messages[0]}") from None


def _ranks(call: Call, session: Session, body: JsonObject) -> list[str]:
    """New ranks for the issues of the request, in their order; none when it does not ask for any."""
    after, before = (body.get(name) for name in ("rankAfterIssue", "rankBeforeIssue"))
    if not after and not before:
        return []
    if after and before:
        raise bad_request("Only one of rankBeforeIssue and rankAfterIssue can be given.")
    moved = _named(call, session, body)
    anchor = _seen(call, session, str(after or before))
    if anchor.id in {issue.id for issue in moved}:
        raise bad_request(f"The issue {anchor.key} cannot be ranked relative to itself.")
    still = {issue.id for issue in moved}
    stored = (Issue.from_json(row[0]) for row in session.db.execute("SELECT document FROM issue"))
    others = sorted(agile_store.rank_of(issue) for issue in stored if issue.id not in still)
    place = others.index(agile_store.rank_of(anchor))
    low, high = (others[place], _at(others, place + 1)) if after else (_at(others, place - 1), others[place])
    return agile_store.ranks_between(low, high, len(moved))


def _at(ranks: list[str], place: int) -> str:
    return ranks[place] if 0 <= place < len(ranks) else ""


def _save(
    call: Call, session: Session, issues: list[Issue], ranks: list[str], before: list[Issue] | None = None
) -> None:
    for place, issue in enumerate(issues):
        extra: list[JsonObject] = []
        old = before[place] if before else snapshot(issue)
        if ranks:
            higher = ranks[place] < agile_store.rank_of(issue)
            issue.custom[RANK] = ranks[place]
            extra.append(item(RANK, "", "", "", f"Ranked {'higher' if higher else 'lower'}"))
        record(session, call.account, old, issue, extra)


def get_estimation(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/estimation."""
    field = _estimated(call)
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    return Reply(200, _estimation(field, issue.custom.get(field)))


def set_estimation(call: Call) -> Reply:
    """PUT issue/{issueIdOrKey}/estimation."""
    field = _estimated(call)
    value = call.json_object("value").get("value")
    try:
        points = float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        raise bad_request("The value of the estimation is no number.") from None
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        require(call.account, issue, "EDIT_ISSUES", "You do not have permission to edit issues in this project.")
        before = snapshot(issue)
        if points is None:
            issue.custom.pop(field, None)
        else:
            issue.custom[field] = points
        record(session, call.account, before, issue)
    return Reply(200, _estimation(field, points))


def _estimated(call: Call) -> str:
    field = find_board(call.account, call.text("boardId")).estimation
    if not field:
        raise bad_request("The board does not estimate by a field.")
    return field


def _estimation(field: str, value: Any) -> JsonObject:
    return {"fieldId": field} if value is None else {"fieldId": field, "value": value}
