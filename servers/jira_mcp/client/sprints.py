"""Changing sprints: made, edited, started, completed; and issues moved between them and the backlog.

https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from connector_kit.errors import InvalidInput, NotPermitted, OutcomeUnknown, ScopeMissing, ServiceError, clean_text
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects, texts
from jira_mcp.agile_models import Completion, MoveResult, Sprint
from jira_mcp.client import durations
from jira_mcp.client.agile import relative, sprint_from
from jira_mcp.client.agile_issues import AgileIssues
from jira_mcp.client.matching import listing
from jira_mcp.client.sprints_history import moment_in
from jira_mcp.client.values import normal
from jira_mcp.models import IssueSummary

AT_ONCE = 50
MOST = 200
"""Issues that can be moved in one call: four requests."""
_BACKLOG = "backlog"
_LOOK = "jira_list_sprints shows the sprints."
_MANAGE = (
    "Ask an administrator for the permissions to manage sprints and to schedule issues on this board, or use another "
    "account."
)
_MOST_PAGES = 20


class Sprints(AgileIssues):
    """Writing sprints and what is in them."""

    async def create_sprint(self, board: str, name: str, *, goal: str = "", start: str = "", end: str = "") -> Sprint:
        """Make a future sprint on a board. `start` and `end` are ISO 8601, or empty for none yet."""
        found = await self.board(board)
        if found.kind == "kanban":
            raise InvalidInput(
                f"{clean_text(found.name, 60)!r} is a kanban board: it has no sprints.",
                next_step="jira_list_boards shows the boards; those called scrum have sprints.",
            )
        data: dict[str, object] = {"name": name.strip(), "originBoardId": found.id}
        data |= await self._sprint_values(goal=goal, start=start, end=end)
        return sprint_from(await self._sprint_change("create_sprint", data=data))

    async def update_sprint(
        self, sprint: Sprint, *, name: str = "", goal: str = "", start: str = "", end: str = ""
    ) -> Sprint:
        """Change what is given. Jira lets only name and goal of a closed sprint be changed."""
        data = await self._sprint_values(name=name.strip(), goal=goal, start=start, end=end)
        if not data:
            raise InvalidInput("Nothing to change was given.")
        if sprint.state == "closed" and data.keys() - {"name", "goal"}:
            raise InvalidInput(
                f"The sprint {_shown(sprint)} is closed: its dates cannot be changed any more, name and goal can."
            )
        return sprint_from(await self._sprint_change("partially_update_sprint", str(sprint.id), data=data))

    async def start_sprint(
        self, sprint: Sprint, *, name: str = "", goal: str = "", start: str = "", end: str = ""
    ) -> Sprint:
        """Start a future sprint; it begins now unless `start` says otherwise or its planned start is past.

        Raises InvalidInput where it has no end, is active or closed, or the board has another active sprint.
        """
        if sprint.state != "future":
            raise InvalidInput(f"The sprint {_shown(sprint)} is {sprint.state}: only a future sprint can be started.")
        if not sprint.end and not end.strip():
            raise InvalidInput(
                f"The sprint {_shown(sprint)} has no end date: Jira starts only sprints with one.",
                fields={"end": "is needed, like 2026-12-24"},
            )
        data = await self._sprint_values(name=name.strip(), goal=goal, start=start, end=end)
        planned = moment_in(sprint.start)
        if "startDate" not in data:
            now = datetime.now(UTC)
            data["startDate"] = durations.stamp(planned if planned and planned <= now else now)
        data.setdefault("endDate", sprint.end)
        data["state"] = "active"
        try:
            return sprint_from(await self._sprint_change("partially_update_sprint", str(sprint.id), data=data))
        except InvalidInput as error:
            raise await self._why_not_started(sprint, error) from error

    async def _why_not_started(self, sprint: Sprint, error: InvalidInput) -> InvalidInput:
        try:
            board = await self._sprint_board(sprint)
            running = [each for each in await self._sprints_of(board) if each.state == "active"]
        except ServiceError:
            running = []
        if not running:
            return error
        return InvalidInput(
            error.message,
            fields=error.fields,
            next_step=f"The board has the active sprint {listing(_shown(each) for each in running)}: complete it "
            "first, unless the site allows parallel sprints.",
            status=error.status,
            request_id=error.request_id,
        )

    async def completion(self, sprint: Sprint, target: str = "") -> Completion:
        """What completing a sprint would do; nothing is changed.

        `target` is where open issues go: "" or "backlog", "next", or a sprint. Done is what is in the last column
        of the board. Raises InvalidInput where the sprint is not active, or the target is no open sprint.
        """
        plan, _ = await self._plan_completion(sprint, target)
        return plan

    async def _plan_completion(self, sprint: Sprint, target: str) -> tuple[Completion, list[str]]:
        """What completing would do, and the ids of the issues that are open."""
        if sprint.state != "active":
            raise InvalidInput(f"The sprint {_shown(sprint)} is {sprint.state}: only an active one can be completed.")
        board = await self._sprint_board(sprint)
        into = None
        if normal(target) not in ("", _BACKLOG):
            # A sprint of another board will do, but "next" is meant of this one.
            into = await self._open_target(target, str(board.id) if relative(target) else "")
        if into and into.id == sprint.id:
            raise InvalidInput("Open issues cannot go into the sprint that is completed.")
        finished = (await self.board_config(board)).done
        found = await self._every_issue(sprint)
        still_open = [(key, number) for key, status, number in found if status not in finished]
        plan = Completion(sprint, len(found) - len(still_open), tuple(key for key, _ in still_open), into)
        return plan, [number for _, number in still_open]

    async def complete_sprint(self, sprint: Sprint, target: str = "") -> Completion:
        """Complete an active sprint and move its open issues; see `completion`.

        Jira itself leaves them in the backlog, so that they are moved on afterwards: this way their history says
        that they were carried over.
        """
        plan, numbers = await self._plan_completion(sprint, target)
        done = sprint_from(
            await self._sprint_change("partially_update_sprint", str(sprint.id), data={"state": "closed"})
        )
        if plan.target is None:
            return Completion(done, plan.done, plan.open)
        left: list[str] = []
        problem = ""
        for keys in _chunks(plan.open):
            try:
                await self._sprint_change(
                    "move_issues_to_sprint_and_rank", str(plan.target.id), data={"issues": list(keys)}
                )
            except ServiceError as error:
                left.extend(keys)
                problem = str(error)
        for number in numbers:
            self._remember(number)
        return Completion(done, plan.done, plan.open, plan.target, tuple(left), problem)

    async def _every_issue(self, sprint: Sprint) -> list[tuple[str, str, str]]:
        """Key, status id and id of all issues of a sprint but sub-tasks, which go with their parents."""
        found: list[tuple[str, str, str]] = []
        token = ""
        written = [str(number) for number in self._reconcile()] or None
        for _ in range(_MOST_PAGES):
            answer = await self._agile(
                "get_issues_for_sprint_jsis",
                str(sprint.id),
                next_page_token=token or None,
                max_results=100,
                reconcile_issues=written,
                fields="status,issuetype",
            )
            found.extend(
                (as_text(entry.get("key")), id_in(entry, "status"), as_text(entry.get("id")))
                for entry in objects(answer.get("issues"))
                if self._is_open(entry) and not is_subtask(entry)
            )
            token = as_text(answer.get("nextPageToken"))
            if not token:
                return found
        raise InvalidInput(f"The sprint {_shown(sprint)} has more than {len(found):,} issues.")

    async def _open_target(self, text: str, board: str = "") -> Sprint:
        sprint = await self.sprint(text, board=board)
        if sprint.state == "closed":
            raise InvalidInput(
                f"The sprint {_shown(sprint)} is closed: issues can go into active and future sprints only.",
                next_step=_LOOK,
            )
        return sprint

    async def move_issues(
        self, keys: Sequence[str], to: str = "", *, board: str = "", before: str = "", after: str = ""
    ) -> MoveResult:
        """Move issues into a sprint or to the "backlog", or with no `to` only rank them, in the order given.

        `before` and `after` are the key of an issue next to which they are ranked, one of the two at most.
        Raises InvalidInput for a closed sprint, and for nothing to do. At most 200 issues.
        """
        if before.strip() and after.strip():
            raise InvalidInput("Give before or after, not both.")
        if not to.strip() and not before.strip() and not after.strip():
            raise InvalidInput("Say where to: a sprint, the backlog, or before or after which issue.")
        if len(keys) > MOST:
            raise InvalidInput(f"{len(keys)} issues at once are too many: at most {MOST}.")
        issues = list(dict.fromkeys([await self._open(key) for key in keys]))
        anchor = await self._open(before or after) if before.strip() or after.strip() else ""
        if anchor in issues:
            raise InvalidInput(f"{anchor} cannot be ranked next to itself.")
        sprint = await self._open_target(to, board) if to.strip() and normal(to) != _BACKLOG else None
        seen = await self._look_at(issues)
        where = f"sprint {sprint.name}" if sprint else _BACKLOG if to.strip() else "rank"
        refused: dict[str, str] = {}
        moved: list[str] = []
        rank = {"rankBeforeIssue" if before.strip() else "rankAfterIssue": anchor} if anchor else {}
        for chunk in _chunks(issues):
            try:
                wrong = await self._move(chunk, sprint, to, rank)
            except (OutcomeUnknown, NotPermitted):
                raise
            except ServiceError as error:
                if not moved:
                    raise
                wrong = dict.fromkeys(chunk, str(error))
            refused |= wrong
            moved += [key for key in chunk if key not in wrong]
            if rank and moved:
                rank = {"rankAfterIssue": moved[-1]}
        for issue in seen:
            self._remember(issue.id)
        return MoveResult(tuple(moved), where, refused)

    async def _move(self, keys: Sequence[str], sprint: Sprint | None, to: str, rank: dict[str, str]) -> dict[str, str]:
        """Send one request; the issues that Jira refused, with the reasons."""
        data: dict[str, object] = {"issues": list(keys)}
        if sprint:
            answer = await self._sprint_change("move_issues_to_sprint_and_rank", str(sprint.id), data={**data, **rank})
        elif to.strip():
            answer = await self._sprint_change("move_issues_to_backlog", data=data)
            if rank:
                try:
                    answer = await self._sprint_change("rank_issues", data={**data, **rank})
                except ServiceError as error:
                    return dict.fromkeys(keys, f"is in the backlog, but was not ranked: {error}")
        else:
            answer = await self._sprint_change("rank_issues", data={**data, **rank})
        return {
            as_text(entry.get("issueKey")): "; ".join(texts(entry.get("errors"))) or "refused"
            for entry in objects(answer.get("entries"))
            if (as_int(entry.get("status")) or 200) >= 300
        }

    async def _look_at(self, keys: Sequence[str]) -> list[IssueSummary]:
        """The issues as search knows them, so that wrong keys are told before anything moves."""
        found: list[IssueSummary] = []
        for start in range(0, len(keys), 100):
            some = keys[start : start + 100]
            found += (await self.search(f"key in ({', '.join(some)})", limit=100)).items
        return found

    async def _sprint_change(self, operation: str, *ids: str, data: dict[str, object]) -> JsonObject:
        try:
            return await self._change(operation, *ids, data=data, look=_LOOK)
        except ScopeMissing:
            raise
        except NotPermitted as error:
            raise NotPermitted(
                error.message, next_step=_MANAGE, fields=error.fields, status=error.status, request_id=error.request_id
            ) from error

    async def _sprint_values(self, *, start: str, end: str, **given: str) -> dict[str, object]:
        data: dict[str, object] = {name: text for name, text in given.items() if text.strip()}
        for name, field, text in (("startDate", "start", start), ("endDate", "end", end)):
            if text.strip():
                data[name] = await self._stamp(text, field)
        if "startDate" in data and "endDate" in data and _later(data["startDate"], data["endDate"]):
            raise InvalidInput("A sprint has to end after it begins.", fields={"end": "is not after start"})
        return data


def is_subtask(entry: JsonObject) -> bool:
    """Whether an issue is part of another one, and goes where that goes."""
    kind = as_object(as_object(entry.get("fields")).get("issuetype"))
    return as_flag(kind.get("subtask")) or (as_int(kind.get("hierarchyLevel")) or 0) < 0


def id_in(entry: JsonObject, field: str) -> str:
    """The id of the value of an issue's field."""
    return as_text(as_object(as_object(entry.get("fields")).get(field)).get("id"))


def _later(first: object, second: object) -> bool:
    one, other = moment_in(str(first)), moment_in(str(second))
    return bool(one and other and one >= other)


def _shown(sprint: Sprint) -> str:
    return f"{clean_text(sprint.name, 60)!r} ({sprint.id})"


def _chunks(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]
