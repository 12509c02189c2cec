"""Reports of sprints, and what a team can take on: worked out from the issues' histories.

Jira's own reports are not part of its API. Here an issue was in a sprint at a moment if its history says so; the
sprint begins at its start date (Jira tells no other moment) and ends when it was completed, or now.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import BadAnswer, InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.agile_models import Board, BoardConfig, Capacity, PersonLoad, Sprint, SprintReport, Tally
from jira_mcp.client.jql import within_projects
from jira_mcp.client.sprints import Sprints, id_in, is_subtask
from jira_mcp.client.sprints_history import History, add_changes, history_of, is_time, moment_in, sort_changes
from jira_mcp.client.values import user_name

_PAGE = 100
_MOST = 2_000
"""Issues that may have been in the sprints looked at."""
_MOST_OTHERS = 1_000
"""Issues changed since, among which those that were taken out are looked for."""
_LOGS_OF = 1_000
_LOGS_PAGE = 5_000
_ONE_DAY = timedelta(days=1)


class SprintReports(Sprints):
    """Looking back on sprints, and ahead."""

    async def sprint_report(self, text: str, *, board: str = "") -> SprintReport:
        """What became of an active or closed sprint, by id or name, seen from a board (by default its own).

        Raises InvalidInput for a sprint that has not begun.
        """
        sprint = await self.sprint(text, board=board)
        found = await self._sprint_board(sprint, board)
        return (await self._reports(found, [sprint]))[0]

    async def capacity(
        self,
        board: str = "",
        *,
        sprint: str = "",
        sprints: int = 3,
        available: Mapping[str, float] | None = None,
    ) -> Capacity:
        """What the team finished in its last closed `sprints`, and what is planned for a sprint: the next one, else
        the active one, unless named.

        `available` is by name which part of a usual sprint somebody has: 1 for all of it, 0 for nothing.
        Raises InvalidInput for names that nobody has.
        """
        found = await self.board(board)
        known = await self._sprints_of(found)
        past = [each for each in known if each.state == "closed" and moment_in(each.start)][: max(1, sprints)]
        ahead = await self._ahead(sprint, found, known)
        reports = tuple(await self._reports(found, list(reversed(past)))) if past else ()
        planned = await self._planned(found, ahead) if ahead else {}
        estimate = _unit(await self.board_config(found))
        people = await self._loads(reports, planned, available or {})
        return Capacity(found, estimate, reports, ahead, people)

    async def _ahead(self, text: str, board: Board, known: Sequence[Sprint]) -> Sprint | None:
        if text.strip():
            sprint = await self.sprint(text, board=str(board.id))
            if sprint.state == "closed":
                raise InvalidInput(
                    f"The sprint {clean_text(sprint.name, 60)!r} is closed: nothing can be planned in it."
                )
            return sprint
        for state in ("future", "active"):
            for sprint in known:
                if sprint.state == state:
                    return sprint
        return None

    async def _loads(
        self, reports: Sequence[SprintReport], planned: Mapping[str, Tally], available: Mapping[str, float]
    ) -> tuple[PersonLoad, ...]:
        usual = {
            who: sum(report.tally("done", who=who).points for report in reports) / len(reports)
            for who in {who for report in reports for who in report.people}
        }
        shares: dict[str, float] = {}
        known = {who.casefold(): who for who in (*usual, *planned) if who}
        for name, share in available.items():
            who = known.get(name.strip().casefold()) or (await self.resolve_user(name)).name
            shares[who] = share
        everybody = sorted({*usual, *planned, *shares} - {""})
        if "" in planned:
            everybody.append("")
        return tuple(
            PersonLoad(who, usual.get(who, 0.0) if who else 0.0, planned.get(who, Tally()), shares.get(who, 1.0))
            for who in everybody
        )

    async def _planned(self, board: Board, sprint: Sprint) -> dict[str, Tally]:
        """What is open in a sprint, by the person it is assigned to; "" for nobody."""
        config = await self.board_config(board)
        loads: dict[str, Tally] = {}
        entries, _ = await self._entries(board, f"sprint = {sprint.id}", config, "", _MOST)
        for entry in entries:
            if id_in(entry, "status") in config.done:
                continue
            fields = as_object(entry.get("fields"))
            who = user_name(fields.get("assignee")) or ""
            points = history_of(entry, "", config.estimate_id).points.now
            loads[who] = loads.get(who, Tally()).plus(points)
        return loads

    async def _reports(self, board: Board, sprints: Sequence[Sprint]) -> list[SprintReport]:
        """The reports of some sprints of a board, from one look at its issues."""
        spans = [_span(sprint) for sprint in sprints]
        config = await self.board_config(board)

        async def load() -> list[SprintReport]:
            histories, complete = await self._histories(board, config, sprints, min(start for start, _ in spans))
            reports: list[SprintReport] = []
            for sprint, (start, end) in zip(sprints, spans, strict=True):
                fates = [history.fate(sprint.id, start, end, config.done) for history in histories]
                issues = tuple(fate for fate in fates if fate is not None)
                reports.append(SprintReport(sprint, board, _unit(config), issues, complete))
            return reports

        key = ("sprint reports", board.id, *(f"{sprint.id} {sprint.state}" for sprint in sprints))
        return await self._cached(key, CONTENT_TTL, load, CONTENT)

    async def _histories(
        self, board: Board, config: BoardConfig, sprints: Sequence[Sprint], since: datetime
    ) -> tuple[list[History], bool]:
        """The issues of the board that are in the sprints or may have been, and whether those are all.

        Taking an issue out of a sprint changes it, so that nothing is missed among what changed since the first of
        the sprints began. The query's days are those of the account's time zone: one more is looked at.
        """
        field = await self._sprint_field()
        numbers = ", ".join(str(sprint.id) for sprint in sprints)
        day = (since - _ONE_DAY).date().isoformat()
        entries, complete = await self._entries(board, f"sprint in ({numbers})", config, field, _MOST)
        if not complete:
            raise InvalidInput(f"More than {_MOST:,} issues are in these sprints: too many for a report.")
        others, complete = await self._entries(
            board, f'updated >= "{day}" AND (sprint not in ({numbers}) OR sprint is EMPTY)', config, field, _MOST_OTHERS
        )
        found = {as_text(entry.get("id")): entry for entry in (*entries, *others)}
        histories = {number: history_of(entry, field, config.estimate_id) for number, entry in found.items()}
        await self._read_changes(histories, field, config.estimate_id)
        return list(histories.values()), complete

    async def _entries(
        self, board: Board, jql: str, config: BoardConfig, sprint_field: str, most: int
    ) -> tuple[list[JsonObject], bool]:
        """Issues of a board that match, without sub-tasks, and whether those are all."""
        limited, _ = within_projects(jql, self.settings.projects)
        names = ["summary", "status", "issuetype", "assignee", sprint_field, config.estimate_id]
        fields = ",".join(name for name in names if name)
        found: list[JsonObject] = []
        token, read = "", 0
        written = [str(number) for number in self._reconcile()] or None
        while True:
            answer = await self._agile(
                "get_issues_for_board_jsis",
                str(board.id),
                next_page_token=token or None,
                max_results=_PAGE,
                reconcile_issues=written,
                jql=limited,
                fields=fields,
            )
            entries = objects(answer.get("issues"))
            read += len(entries)
            found.extend(entry for entry in entries if self._is_open(entry) and not is_subtask(entry))
            token = as_text(answer.get("nextPageToken"))
            if not token or not entries:
                return found, True
            if read >= most:
                return found, False

    async def _sprint_field(self) -> str:
        fields = [info.id for info in await self.fields() if info.kind == "sprint"]
        if not fields:
            raise BadAnswer("Jira has no field for sprints.")
        return fields[0]

    async def _read_changes(self, histories: Mapping[str, History], sprint_field: str, estimate_field: str) -> None:
        fields = [name for name in ("status", "assignee", sprint_field, estimate_field) if name]
        numbers = list(histories)
        for start in range(0, len(numbers), _LOGS_OF):
            token = ""
            while True:
                body: dict[str, object] = {
                    "issueIdsOrKeys": numbers[start : start + _LOGS_OF],
                    "fieldIds": fields,
                    "maxResults": _LOGS_PAGE,
                }
                if token:
                    body["nextPageToken"] = token
                reply = await self._bridge.call("get_bulk_changelogs", data=body, repeatable=True)
                answer = as_object(reply.json())
                add_changes(histories, objects(answer.get("issueChangeLogs")), sprint_field, estimate_field)
                token = as_text(answer.get("nextPageToken"))
                if not token:
                    break
        sort_changes(histories.values())


def _unit(config: BoardConfig) -> str:
    """What estimates are counted in."""
    return "hours" if is_time(config.estimate_id) else config.estimate


def _span(sprint: Sprint) -> tuple[datetime, datetime]:
    """When a sprint began, and when it ended or that it is now."""
    start = moment_in(sprint.start)
    if sprint.state == "future" or start is None:
        raise InvalidInput(
            f"The sprint {clean_text(sprint.name, 60)!r} has not begun: there is nothing to report yet.",
            next_step='jira_list_board_issues with of="sprint" shows what is planned in it.',
        )
    closed = sprint.state == "closed"
    end = moment_in(sprint.completed or sprint.end) if closed else None
    return start, end or datetime.now(UTC)
