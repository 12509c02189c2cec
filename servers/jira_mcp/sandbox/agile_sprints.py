"""Sprints: listed, made, started, completed.

Documentation: developer.atlassian.com/cloud/jira/software/rest/api-group-sprint.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jira_mcp.sandbox import agile_store
from jira_mcp.sandbox.agile_boards import BOARDS, Board, agile_page, agile_url, find_board
from jira_mcp.sandbox.clock import parse_stamp, stamp
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import JsonObject, Sprint
from jira_mcp.sandbox.permissions import allowed, browsable
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

_CREATED = ("name", "goal", "startDate", "endDate", "originBoardId")
_UPDATED = (*_CREATED, "id", "self", "state", "completeDate", "createdDate")
_LONGEST_NAME = 30
_LONGEST_GOAL = 1_000


def list_sprints(call: Call) -> Reply:
    """GET board/{boardId}/sprint."""
    board = find_board(call.account, call.path_values["board"])
    if board.type != "scrum":
        raise bad_request("The board does not support sprints")
    states = set(call.words("state"))
    if not states <= {"closed", "active", "future"}:
        raise bad_request("The sprint state is invalid: it is one of future, active, closed.")
    with call.store.reading() as session:
        found = [each for each in agile_store.all_sprints(session) if each.board == board.id]
    wanted = [each for each in agile_store.in_order(found) if not states or each.state in states]
    return Reply(200, agile_page(wanted, call, lambda sprint: bean(call.show, sprint)))


def get_sprint(call: Call) -> Reply:
    """GET sprint/{sprintId}."""
    with call.store.reading() as session:
        sprint = find_sprint(call, session)
    return Reply(200, bean(call.show, sprint))


def create_sprint(call: Call) -> Reply:
    """POST sprint."""
    body = call.json_object(*_CREATED)
    number = body.get("originBoardId")
    if isinstance(number, bool) or not isinstance(number, int):
        raise bad_request(originBoardId="The board on which the sprint is created has to be given.")
    board = find_board(call.account, number)
    _require_managing(call, board)
    if board.type != "scrum":
        raise bad_request("The board does not support sprints")
    with call.store.writing() as session:
        blank = Sprint(agile_store.next_id(session), "", "future", board.id, "")
        sprint = _changed(blank, body)
        if not sprint.name:
            raise bad_request(name="You must specify a name for the sprint.")
        agile_store.save_sprint(session, sprint)
    return Reply(201, bean(call.show, sprint))


def update_sprint(call: Call) -> Reply:
    """POST sprint/{sprintId}: what is not sent stays."""
    return _update(call, {})


def replace_sprint(call: Call) -> Reply:
    """PUT sprint/{sprintId}: what is not sent is emptied."""
    return _update(call, {"goal": "", "startDate": None, "endDate": None})


def _update(call: Call, emptied: JsonObject) -> Reply:
    body = {**emptied, **call.json_object(*_UPDATED)}
    with call.store.writing() as session:
        before = find_sprint(call, session)
        board = find_board(call.account, before.board)
        _require_managing(call, board)
        if before.state == "closed":  # of a completed sprint only these can be changed, the rest is ignored
            state = body.get("state", "closed")
            body = {name: value for name, value in body.items() if name in ("name", "goal")} | {"state": state}
        sprint = _moved_on(session, _changed(before, body), body.get("state", before.state))
        agile_store.save_sprint(session, sprint)
    return Reply(200, bean(call.show, sprint))


def _moved_on(session: Session, sprint: Sprint, state: object) -> Sprint:
    if state == sprint.state:
        return sprint
    match sprint.state, state:
        case "future", "active":
            if sprint.start is None or sprint.end is None:
                raise bad_request("Sprint must have a start date and end date to be started.")
            running = [each for each in agile_store.all_sprints(session) if each.state == "active"]
            if any(each.board == sprint.board for each in running):
                raise bad_request("The sprint cannot be started: the board has an active sprint already.")
            return replace(sprint, state="active")
        case "active", "closed":
            return replace(sprint, state="closed", complete=now_ms())
        case _:
            raise bad_request(f"The state of the sprint cannot be changed from {sprint.state} to {str(state)[:20]}.")


def _changed(sprint: Sprint, body: JsonObject) -> Sprint:
    changes: dict[str, Any] = {}
    if "name" in body:
        changes["name"] = _text(body, "name", _LONGEST_NAME).strip()
        if not changes["name"]:
            raise bad_request(name="You must specify a name for the sprint.")
    if "goal" in body:
        changes["goal"] = _text(body, "goal", _LONGEST_GOAL)
    for name, attribute in (("startDate", "start"), ("endDate", "end")):
        if name in body:
            moment = parse_stamp(body[name])
            if moment is None and body[name] is not None:
                raise bad_request(**{name: "The date has to be like 2026-01-31T09:00:00.000+0000."})
            changes[attribute] = moment
    after = replace(sprint, **changes)
    if after.start is not None and after.end is not None and after.end <= after.start:
        raise bad_request(endDate="The end date of a sprint must be after the start date.")
    return after


def _text(body: JsonObject, name: str, most: int) -> str:
    text = body[name]
    if not isinstance(text, str):
        raise bad_request(**{name: "string expected"})
    if len(text) > most:
        raise bad_request(**{name: f"The sprint {name} is too long: at most {most} characters."})
    return text


def find_sprint(call: Call, session: Session, reference: str = "") -> Sprint:
    """The sprint of the request; 404 when there is none or the account may not browse its board."""
    text = reference or call.path_values["sprint"]
    sprint = agile_store.find_sprint(session, int(text)) if text.isascii() and text.isdecimal() else None
    if sprint is None or not browsable(call.account, find_board_of(sprint).project):
        raise ApiError(404, f"Sprint with id {text[:50]} does not exist or you do not have permission to view it.")
    return sprint


def find_board_of(sprint: Sprint) -> Board:
    """The board that a sprint was made on, whoever asks."""
    return next(board for board in BOARDS if board.id == sprint.board)


def _require_managing(call: Call, board: Board) -> None:
    if not allowed(call.account, board.project, "MANAGE_SPRINTS_PERMISSION"):
        raise ApiError(403, "You do not have the permission to manage sprints on this board.")


def bean(show: Renderer, sprint: Sprint) -> JsonObject:
    """A sprint as it is shown."""
    shown: JsonObject = {
        "id": sprint.id,
        "self": agile_url(show, f"sprint/{sprint.id}"),
        "state": sprint.state,
        "name": sprint.name,
        "originBoardId": sprint.board,
        "goal": sprint.goal,
    }
    for name, moment in (("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.complete)):
        if moment is not None:
            shown[name] = stamp(moment).replace("+0000", "Z")
    return shown
