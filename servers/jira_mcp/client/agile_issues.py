"""The issues of boards, backlogs, sprints and epics (https://developer.atlassian.com/cloud/jira/software/rest/)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, ServiceError
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import as_list, as_text, objects
from jira_mcp.client.agile import BOARDS, Agile
from jira_mcp.client.jql import within_projects
from jira_mcp.client.search import PAGE, SUMMARY_FIELDS
from jira_mcp.models import IssueSummary, PlainValue

Place = Literal["board", "backlog", "sprint", "epic"]


class Target(NamedTuple):
    """A list of issues: the vendor's operation for it, and the ids in its path."""

    operation: str
    ids: tuple[str, ...]


class AgileIssues(Agile):
    """Reading lists of issues in the order of their rank."""

    async def target(self, place: Place, *, board: str = "", sprint: str = "", epic: str = "") -> Target:
        """Where the issues of a place are listed. Raises InvalidInput for what cannot be found."""
        if place == "sprint":
            found = await self.sprint(sprint or "active", board=board)
            return Target("get_issues_for_sprint_jsis", (str(found.id),))
        if place == "epic":
            if not epic.strip():
                raise InvalidInput("Say which epic.", fields={"epic": "is the key of one, like PROJ-1"})
            return Target("get_issues_for_epic_jsis", (await self._open(epic),))
        number = str((await self.board(board)).id)
        return Target("get_issues_for_backlog_jsis" if place == "backlog" else "get_issues_for_board_jsis", (number,))

    async def contents(
        self,
        target: Target,
        *,
        jql: str = "",
        fields: Sequence[tuple[str, str]] = (),
        limit: int = 25,
        cursor: str | None = None,
    ) -> Page[IssueSummary]:
        """The issues of a board, backlog, sprint or epic in the order of their rank, at most `limit` (100).

        `jql` narrows them; `fields` are names and ids of fields to show besides the usual ones. What this client
        wrote within the last minute is seen as it is now.
        """
        limited, _ = within_projects(jql, self.settings.projects)
        asked = fingerprint(target.operation, list(target.ids), jql, [name for name, _ in fields])
        state = decode_cursor("agile", cursor, asked) if cursor else {}
        token = as_text(state.get("token"))
        written = [item for item in as_list(state.get("written")) if isinstance(item, int)]
        if not cursor:
            written = self._reconcile()
        limit = max(1, min(limit, PAGE))

        async def load() -> Page[IssueSummary]:
            try:
                answer = await self._agile(
                    target.operation,
                    *target.ids,
                    next_page_token=token or None,
                    max_results=limit,
                    reconcile_issues=[str(number) for number in written] or None,
                    jql=limited or None,
                    fields=",".join(dict.fromkeys([*SUMMARY_FIELDS, *(field_id for _, field_id in fields)])),
                )
            except NotFound as error:
                raise NotFound(error.message, next_step=_advice(target), status=error.status) from error
            after = as_text(answer.get("nextPageToken"))
            following: dict[str, PlainValue] = {"token": after, "written": list(written)}
            return Page(
                tuple(self._summary(entry, fields) for entry in objects(answer.get("issues")) if self._is_open(entry)),
                encode_cursor("agile", following, asked) if after else None,
            )

        key = ("agile", *target, limited, limit, token, *(field_id for _, field_id in fields), "|", *written)
        return await self._cached(key, CONTENT_TTL, load, CONTENT)

    async def estimate_field_of(self, target: Target, board: str = "") -> tuple[tuple[str, str], ...]:
        """Name and id of the field that a target's board estimates by; nothing where that cannot be told."""
        try:
            if not board.strip() and "sprint" in target.operation:
                found = await self._sprint_board(await self._sprint_by_id(int(target.ids[0])))
            else:
                found = await self.board(board)
            config = await self.board_config(found)
        except ServiceError:
            return ()
        return ((config.estimate, config.estimate_id),) if config.estimate_id else ()


def _advice(target: Target) -> str:
    return "jira_search_issues finds epics with type=Epic." if "epic" in target.operation else BOARDS
