"""Boards, their configuration and their epics.

Documentation: developer.atlassian.com/cloud/jira/software/rest/api-group-board.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.model import Issue, JsonObject, Project
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD, RANK, STORY_POINTS
from jira_mcp.sandbox.sample.projects import DESK, NOVA, PMOS, PROJECT
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.atlassian.web import Reply

T = TypeVar("T")
_MOST = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A board of one project. `columns` are names with the statuses mapped to them; the last one means done."""

    id: int
    name: str
    type: Literal["scrum", "kanban"]
    project: Project
    filter: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    estimation: str = ""

    @property
    def statuses(self) -> frozenset[str]:
        """All statuses that have a column."""
        return frozenset(status for _, mapped in self.columns for status in mapped)

    def holds(self, issue: Issue) -> bool:
        """Whether the issue is on the board: epics are on none with sprints."""
        shown = self.type == "kanban" or issue.type != site.EPIC
        return shown and issue.project == self.project.id and issue.status in self.statuses


BOARDS = (
    Board(
        site.PMOS_BOARD,
        "PM OS delivery",
        "scrum",
        PMOS,
        "10100",
        (
            ("To Do", ("10000", "10001")),
            ("In Progress", ("3", "10004")),
            ("In Review", ("10002",)),
            ("Done", ("10003",)),
        ),
        STORY_POINTS,
    ),
    Board(
        site.NOVA_BOARD,
        "Nova Storefront",
        "scrum",
        NOVA,
        "10101",
        (("To Do", ("10001",)), ("In Progress", ("3",)), ("Resolved", ("10005",))),
        STORY_POINTS,
    ),
    Board(3, "Desk queue", "kanban", DESK, "10102", (("Waiting", ("10006",)), ("Doing", ("3",)), ("Done", ("10005",)))),
)
_BY_ID = {board.id: board for board in BOARDS}


def find_board(account: Account, reference: str | int) -> Board:
    """The board with this id; 404 when there is none or the account may not browse its project."""
    text = str(reference)
    board = _BY_ID.get(int(text)) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    if board is None or not browsable(account, board.project):
        raise ApiError(404, f"Board with id {text[:50]} does not exist or you do not have permission to view it.")
    return board


def agile_url(show: Renderer, path: str) -> str:
    """The address of a resource of the agile API."""
    return f"{show.site_url}/rest/agile/1.0/{path}"


def list_boards(call: Call) -> Reply:
    """GET board."""
    kinds, name = set(call.words("type")), call.text("name").casefold()
    project = call.text("projectKeyOrId").upper()
    if project and not any(
        project in (each.id, each.key) and browsable(call.account, each) for each in PROJECT.values()
    ):
        raise ApiError(400, f"No project could be found with key or id '{project[:50]}'.")
    found = [
        board
        for board in BOARDS
        if browsable(call.account, board.project)
        and (not kinds or board.type in kinds)
        and name in board.name.casefold()
        and project in ("", board.project.id, board.project.key)
    ]
    return Reply(200, agile_page(found, call, lambda board: bean(call.show, board)))


def get_board(call: Call) -> Reply:
    """GET board/{boardId}."""
    return Reply(200, bean(call.show, find_board(call.account, call.path_values["board"])))


def bean(show: Renderer, board: Board) -> JsonObject:
    """A board as it is shown."""
    project = board.project
    return {
        "id": board.id,
        "self": agile_url(show, f"board/{board.id}"),
        "name": board.name,
        "type": board.type,
        "location": {
            "projectId": int(project.id),
            "displayName": f"{project.name} ({project.key})",
            "projectName": project.name,
            "projectKey": project.key,
            "projectTypeKey": "software",
            "avatarURI": f"{show.site_url}/avatars/project/{project.id}?size=24",
            "name": f"{project.name} ({project.key})",
        },
        "isPrivate": False,
    }


def configuration(call: Call) -> Reply:
    """GET board/{boardId}/configuration."""
    board, show = find_board(call.account, call.path_values["board"]), call.show
    shown: JsonObject = {
        "id": board.id,
        "name": board.name,
        "type": board.type,
        "self": agile_url(show, f"board/{board.id}/configuration"),
        "location": {
            "type": "project",
            "key": board.project.key,
            "id": board.project.id,
            "self": show.url(f"project/{board.project.id}"),
            "name": board.project.name,
        },
        "filter": {"id": board.filter, "self": show.url(f"filter/{board.filter}")},
        "columnConfig": {
            "columns": [
                {"name": name, "statuses": [{"id": each, "self": show.url(f"status/{each}")} for each in mapped]}
                for name, mapped in board.columns
            ],
            "constraintType": "none",
        },
        "ranking": {"rankCustomFieldId": int(RANK.removeprefix("customfield_"))},
    }
    if board.estimation:
        field = FIELD[board.estimation]
        shown["estimation"] = {"type": "field", "field": {"fieldId": field.id, "displayName": field.name}}
    return Reply(200, shown)


def list_epics(call: Call) -> Reply:
    """GET board/{boardId}/epic."""
    board = find_board(call.account, call.path_values["board"])
    with call.store.reading() as session:
        call.index.refresh(session)
        issues = [each.issue for each in call.index.visible(call.account)]
    epics = [each for each in issues if each.type == site.EPIC and each.project == board.project.id]
    done = call.text("done")
    wanted = [each for each in epics if not done or is_done(each) == (done.lower() == "true")]
    return Reply(
        200, agile_page(sorted(wanted, key=lambda each: each.id), call, lambda epic: epic_bean(call.show, epic))
    )


def is_done(issue: Issue) -> bool:
    """Whether the issue's status says so."""
    return site.STATUS[issue.status].category is site.DONE


def epic_bean(show: Renderer, epic: Issue) -> JsonObject:
    """An epic as the agile API shows it."""
    return {
        "id": epic.id,
        "key": epic.key,
        "self": agile_url(show, f"epic/{epic.id}"),
        "name": epic.summary,
        "summary": epic.summary,
        "color": {"key": f"color_{epic.number % 9 + 1}"},
        "done": is_done(epic),
    }


def agile_page(items: Sequence[T], call: Call, show: Callable[[T], object]) -> JsonObject:
    """One page of a list, as the agile API cuts it."""
    shown = page(items, call, show, size=_MOST, most=_MOST)
    del shown["self"]
    return shown
