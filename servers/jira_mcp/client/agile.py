"""Boards and sprints (https://developer.atlassian.com/cloud/jira/software/rest/).

They are under agile 1.0 still; the lists of issues have moved to software 1.0, where pages have tokens.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from typing_extensions import override

from atlassian_kit.bridge import Bridge
from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL, CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects
from jira_mcp.agile_models import Board, BoardConfig, BoardDetail, Column, Sprint
from jira_mcp.client.ids import is_number
from jira_mcp.client.issues import Issues
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.offsets import Offset
from jira_mcp.client.values import normal

_SOFTWARE = "software:"
_PAGE = 50
_MOST_PAGES = 20
_MOST_BOARDS = 20
_STATES = ("active", "future", "closed")
BOARDS = "jira_list_boards shows the boards."


class Agile(Issues):
    """Reading boards and sprints."""

    @cached_property
    def _software(self) -> Bridge:
        return Bridge(self._http, "JiraSoftware")

    @override
    def _bridge_of(self, operation: str) -> tuple[Bridge, str]:
        if not operation.startswith(_SOFTWARE):
            return super()._bridge_of(operation)
        return self._software, operation.removeprefix(_SOFTWARE)

    async def _agile(self, operation: str, *ids: str, **params: object) -> JsonObject:
        """The answer of a reading operation of the agile or software API."""
        return as_object(await self._call(_SOFTWARE + operation, *ids, data=None, repeatable=None, **params))

    async def _change(self, operation: str, *ids: str, data: Mapping[str, object], look: str) -> JsonObject:
        """The answer of a writing operation of the agile API; see `_write`."""
        return as_object(await self._write(_SOFTWARE + operation, *ids, data=data, look=look))

    # Boards

    async def boards(
        self, query: str = "", *, project: str = "", kind: str = "", limit: int = _PAGE, cursor: str | None = None
    ) -> Page[Board]:
        """Boards that the account may see; `query` is part of the name, `kind` scrum, kanban or simple."""
        key = self._project(project) if project.strip() else None
        place = Offset.of("boards", cursor, query, key, kind)
        limit = max(1, min(limit, _PAGE))

        async def load() -> Page[Board]:
            answer = await self._agile(
                "get_all_boards",
                start_at=place.start,
                max_results=limit,
                name=query.strip() or None,
                project_key_or_id=key,
                type=kind or None,
            )
            page = place.page(answer, self._board)
            found = tuple(board for board in page.items if self._is_allowed(board))
            return Page(found, page.cursor, None if self.settings.projects else page.total)

        return await self._cached(("boards", query, key, kind, place.start, limit), CATALOGUE_TTL, load, CATALOGUE)

    def _board(self, entry: JsonObject) -> Board:
        number, location = as_int(entry.get("id")) or 0, as_object(entry.get("location"))
        project, kind = as_text(location.get("projectKey")) or None, as_text(entry.get("type"))
        part = "projects" if kind == "simple" else "c/projects"  # team-managed projects have addresses of their own
        return Board(
            number,
            as_text(entry.get("name")),
            kind,
            project,
            f"{self.site_url}/jira/software/{part}/{project}/boards/{number}" if project else "",
        )

    def _is_allowed(self, board: Board) -> bool:
        """Whether tools may touch the board: with JIRA_PROJECTS set, only one that lies in such a project."""
        return not self.settings.projects or (board.project is not None and self._allowed(board.project))

    async def board(self, text: str = "") -> Board:
        """The board with this id or name; with no text the only one that has sprints.

        Raises InvalidInput that lists what may be meant.
        """
        wanted = text.strip()
        if not wanted:
            return await self._only_board()
        if is_number(wanted):
            return await self._board_by_id(int(wanted))
        boards = (await self.boards(wanted)).items or (await self.boards()).items
        found = [board for board in boards if normal(board.name) == normal(wanted)]
        boards = [board for board in boards if wanted.casefold() in board.name.casefold()]
        found = found or (boards if len(boards) == 1 else [])
        if len(found) == 1:
            return found[0]
        shown = clean_text(wanted, 60)
        if found or boards:
            some = found or boards
            raise InvalidInput(
                f"{shown!r} may mean {len(some)} boards.",
                fields={str(board.id): board.name for board in some[:10]},
                next_step="Name the one you mean by its id.",
            )
        known = [board.name for board in (await self.boards()).items]
        raise InvalidInput(
            f"There is no board called {shown!r}.{suggestion(wanted, known)}",
            fields={"board": f"one of {listing(known)}"} if known else {},
            next_step=BOARDS,
        )

    async def _only_board(self) -> Board:
        boards = [board for board in (await self.boards()).items if board.kind != "kanban"]
        if len(boards) == 1:
            return boards[0]
        raise InvalidInput(
            "Say which board." if boards else "The account can see no board with sprints.",
            fields={"board": f"one of {listing(board.name for board in boards)}"} if boards else {},
            next_step=BOARDS if boards else "",
        )

    async def _board_by_id(self, number: int) -> Board:
        async def load() -> Board:
            try:
                return self._board(await self._agile("get_board", str(number)))
            except NotFound as error:
                raise NotFound(error.message, next_step=BOARDS, status=error.status) from error

        board = await self._cached(("board", number), CATALOGUE_TTL, load, CATALOGUE)
        if not self._is_allowed(board):
            raise self._outside(board.project or "of this board")
        return board

    async def board_detail(self, text: str = "") -> BoardDetail:
        """A board with its columns, what it estimates by, and its sprints that are not over."""
        board = await self.board(text)
        config = await self.board_config(board)
        sprints = () if board.kind == "kanban" else await self._sprints_if_any(board)
        return BoardDetail(board, config, tuple(sprint for sprint in sprints if sprint.state != "closed"))

    async def board_config(self, board: Board) -> BoardConfig:
        """The columns of a board and the field that it estimates by."""

        async def load() -> BoardConfig:
            answer = await self._agile("get_configuration", str(board.id))
            names = await self._status_names()
            columns = tuple(
                Column(
                    as_text(column.get("name")),
                    tuple(names.get(number, number) for number in _ids(column)),
                    _ids(column),
                )
                for column in objects(as_object(answer.get("columnConfig")).get("columns"))
            )
            field = as_object(as_object(answer.get("estimation")).get("field"))
            return BoardConfig(columns, as_text(field.get("displayName")), as_text(field.get("fieldId")))

        return await self._cached(("board config", board.id), CATALOGUE_TTL, load, CATALOGUE)

    async def _status_names(self) -> dict[str, str]:
        async def load() -> dict[str, str]:
            answer = await self._bridge.call("get_statuses")
            return {as_text(entry.get("id")): as_text(entry.get("name")) for entry in objects(answer.json())}

        return await self._cached(("status names",), CATALOGUE_TTL, load, CATALOGUE)

    # Sprints

    async def sprints(
        self, board: str = "", *, states: Sequence[str] = _STATES, limit: int = 25, cursor: str | None = None
    ) -> tuple[Board, Page[Sprint]]:
        """The sprints of a board: active ones, then future ones, then closed ones with the latest first."""
        found = await self.board(board)
        place = Offset.of("sprints", cursor, found.id, list(states))
        wanted = [sprint for sprint in await self._sprints_of(found) if sprint.state in states]
        return found, place.part(wanted, max(1, limit))

    async def _sprints_of(self, board: Board) -> tuple[Sprint, ...]:
        """All sprints of a board, as `sprints` sorts them."""

        async def load() -> tuple[Sprint, ...]:
            found: list[Sprint] = []
            for _ in range(_MOST_PAGES):
                answer = await self._agile("get_all_sprints", str(board.id), start_at=len(found), max_results=_PAGE)
                entries = objects(answer.get("values"))
                found.extend(map(sprint_from, entries))
                if not entries or as_flag(answer.get("isLast"), True):
                    break
            closed = [sprint for sprint in found if sprint.state == "closed"]
            closed.sort(key=lambda sprint: sprint.completed or sprint.end or "", reverse=True)
            return tuple(
                [sprint for state in ("active", "future") for sprint in found if sprint.state == state] + closed
            )

        return await self._cached(("sprints", board.id), CONTENT_TTL, load, CONTENT)

    async def _sprints_if_any(self, board: Board, *, only: bool = False) -> Sequence[Sprint]:
        """The sprints of a board that may have none: boards of team-managed projects need not. Of the `only` board
        that is meant, Jira's refusal is raised."""
        try:
            return await self._sprints_of(board)
        except InvalidInput:
            if only:
                raise
            return ()

    async def sprint(self, text: str, *, board: str = "") -> Sprint:
        """The sprint with this id or name, or "active", "next" or "last" of a board.

        Without a board, the names on all boards with sprints count. Raises InvalidInput that lists what may be meant.
        """
        wanted = text.strip()
        if is_number(wanted) and not board.strip():
            return await self._sprint_by_id(int(wanted))
        boards = [await self.board(board)] if board.strip() or relative(wanted) else await self._boards_with_sprints()
        known = [sprint for each in boards for sprint in await self._sprints_if_any(each, only=len(boards) == 1)]
        unique = list({sprint.id: sprint for sprint in known}.values())
        if state := relative(wanted):
            found = [sprint for sprint in unique if sprint.state == state]
            found = found if state == "active" else found[:1]
            if not found:
                raise InvalidInput(
                    f"The board {clean_text(boards[0].name, 60)!r} has no {state} sprint.",
                    next_step="jira_list_sprints shows its sprints.",
                )
        else:
            found = [sprint for sprint in unique if wanted == str(sprint.id) or normal(sprint.name) == normal(wanted)]
        if len(found) == 1:
            return found[0]
        shown = clean_text(wanted, 60)
        if found:
            raise InvalidInput(
                f"{shown!r} may mean {len(found)} sprints.",
                fields={str(sprint.id): f"{sprint.name}, {sprint.state}" for sprint in found[:10]},
                next_step="Name the one you mean by its id.",
            )
        names = [sprint.name for sprint in unique]
        raise InvalidInput(
            f"There is no sprint called {shown!r}.{suggestion(wanted, names)}",
            fields={"sprint": f"one of {listing(names)}"} if names else {},
        )

    async def _boards_with_sprints(self) -> Sequence[Board]:
        page = await self.boards()
        boards = [board for board in page.items if board.kind != "kanban"]
        if page.cursor or len(boards) > _MOST_BOARDS:
            raise InvalidInput(
                "There are too many boards to look for a sprint by its name alone.",
                next_step="Name the board too, or give the sprint's id.",
            )
        return boards

    async def _sprint_by_id(self, number: int) -> Sprint:
        async def load() -> Sprint:
            try:
                return sprint_from(await self._agile("get_sprint", str(number)))
            except NotFound as error:
                raise NotFound(
                    error.message, next_step="jira_list_sprints shows the sprints of a board.", status=error.status
                ) from error

        sprint = await self._cached(("sprint", number), CONTENT_TTL, load, CONTENT)
        if self.settings.projects:
            if sprint.board is None:
                raise self._outside("of this sprint")
            await self._board_by_id(sprint.board)
        return sprint

    async def _sprint_board(self, sprint: Sprint, board: str = "") -> Board:
        """The board to see a sprint from: the one named, else the one it was made on."""
        if board.strip():
            return await self.board(board)
        if sprint.board is None:
            raise InvalidInput(
                f"Jira does not say which board the sprint {clean_text(sprint.name, 60)!r} was made on.",
                fields={"board": "has to be given here"},
            )
        return await self._board_by_id(sprint.board)


def sprint_from(entry: JsonObject) -> Sprint:
    """A sprint as the agile API shows it."""
    return Sprint(
        as_int(entry.get("id")) or 0,
        as_text(entry.get("name")),
        as_text(entry.get("state")),
        as_int(entry.get("originBoardId")),
        as_text(entry.get("goal")),
        as_text(entry.get("startDate")) or None,
        as_text(entry.get("endDate")) or None,
        as_text(entry.get("completeDate")) or None,
    )


def _ids(column: JsonObject) -> tuple[str, ...]:
    return tuple(as_text(status.get("id")) for status in objects(column.get("statuses")))


def relative(text: str) -> str:
    """The state that a word stands for; "" for a name."""
    words = {"active": "active", "current": "active", "open": "active", "next": "future", "last": "closed"}
    return words.get(normal(text), "")
