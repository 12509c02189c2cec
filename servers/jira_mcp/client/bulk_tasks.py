"""Running what a preview showed: submitting it once, following Jira's task, telling what came of each issue
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-bulk-operations/).
"""

import functools
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import anyio

from atlassian_kit.client import CONTENT
from connector_kit import trace
from connector_kit.errors import BadAnswer, InvalidInput, NotFound, RateLimited, ServiceError, clean_text
from connector_kit.previews import Kept
from connector_kit.wire import JsonObject, as_int, as_list, as_object, as_text, texts
from jira_mcp.bulk_models import Action, BulkOutcome, BulkPreview, Refused
from jira_mcp.client.bulk_selection import BulkSelection, Chosen

Progress = Callable[[int], Awaitable[None]]
"""Told how many per cent of the task are done."""

PAUSES = (0.3, 0.7, 1.0, 2.0, 3.0)
"""Seconds between two looks at a task; the last goes on."""
_LONGEST = 45.0
_RESERVE = 8.0
"""Seconds of a call that are kept for what follows the looking."""
_KNOWN = 20
_PROGRESS = "get_bulk_operation_progress"
_OVER: Mapping[str, bool] = {"COMPLETE": True, "FAILED": False, "CANCELLED": False, "DEAD": False}
"""The states in which nothing follows, and whether all was done."""
_TASK_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_BUSY = re.compile(r"concurren|running|in progress|simultaneous|too many|limit", re.IGNORECASE)
_WAIT = "Jira runs at most 5 bulk operations of a site at once: wait until one is over, then preview it again."
_LAGS = "Much was written within the last minute: the query may not find all of it yet."
_AGAIN = "Nothing was changed. Call again without run to see what is possible now."


@dataclass(frozen=True, slots=True)
class Plan:
    """What was shown and may be run: the vendor's `operation` with its `body`, the issues by their ids.

    `asked` are the arguments that led to it; `question` is for the person who is asked before it runs; `look` says how
    to find out whether it ran.
    """

    action: Action
    operation: str
    body: Mapping[str, object]
    issues: Mapping[str, Chosen]
    asked: Mapping[str, object]
    look: str
    question: str = ""
    renames: bool = False


class BulkTasks(BulkSelection):
    """Following bulk operations."""

    @functools.cached_property
    def _bulk_plans(self) -> Kept[Plan]:
        return Kept()

    @functools.cached_property
    def _bulk_tasks(self) -> dict[str, Plan]:
        """The plans that became tasks, the last twenty."""
        return {}

    def _keep_plan(self, preview: BulkPreview, plan: Plan) -> BulkPreview:
        lags = (_LAGS,) if plan.asked.get("jql") and self.lists_lag() else ()
        # Up to forty plans of a thousand issues are kept: without the texts that the preview was made from.
        issues = {number: replace(issue, fields={}) for number, issue in plan.issues.items()}
        token = self._bulk_plans.keep(replace(plan, issues=issues))
        return replace(preview, token=token, notes=(*preview.notes, *lags))

    def planned_bulk(self, token: str, action: Action) -> Plan:
        """The plan of a preview, which is not used up. Raises as `run_bulk` does."""
        plan = self._bulk_plans.look(token)
        if plan.action != action:
            raise InvalidInput(
                "Nothing was changed.", fields={"run": f"is of a preview to {plan.action}: use the tool that gave it"}
            )
        return plan

    async def run_bulk(
        self, token: str, action: Action, given: Mapping[str, object], *, on_progress: Progress | None = None
    ) -> BulkOutcome:
        """Run what the preview of this token showed, once, and follow it for as long as a call may take.

        `given` are arguments that came with the token; those that are not empty must be those of the preview.

        Raises InvalidInput or NotPermitted when the token is not good (any more) or Jira refused all of it, and
        OutcomeUnknown when nobody knows whether Jira took it: it is never sent twice.
        """
        plan = self.planned_bulk(token, action)
        for name, value in given.items():
            if value and value != plan.asked.get(name):
                raise InvalidInput(
                    "Nothing was changed.",
                    fields={name: "differs from the preview that this token is of"},
                    next_step="Leave it out to run what was shown, or leave out run to see the new preview.",
                )
        await self._check_bulk_places(plan)
        self._bulk_plans.take(token)
        task = await self._submit_bulk(plan)
        self._bulk_tasks[task] = plan
        for old in list(self._bulk_tasks)[:-_KNOWN]:
            del self._bulk_tasks[old]
        return await self.follow_bulk(task, on_progress=on_progress)

    async def _check_bulk_places(self, plan: Plan) -> None:
        """An issue may have been moved since the preview, to where tools must not touch it."""
        if not self.settings.projects:
            return
        found, unseen = await self._fetch_chosen(list(plan.issues), ["project"])
        if gone := plan.issues.keys() - {issue.id for issue in found} - unseen:
            keys = ", ".join(sorted(plan.issues[each].key for each in gone)[:20])
            raise InvalidInput(
                f"Since the preview {len(gone)} of the issues left the projects of JIRA_PROJECTS: {keys}.",
                next_step=_AGAIN,
            )

    async def _submit_bulk(self, plan: Plan) -> str:
        try:
            answer = as_object(await self._write(plan.operation, data=plan.body, look=plan.look))
        except (InvalidInput, RateLimited) as error:
            busy = isinstance(error, RateLimited) or _BUSY.search(error.message)
            raise type(error)(
                error.message,
                next_step=f"Nothing was changed. {_WAIT}" if busy else _AGAIN,
                fields=error.fields,
                status=error.status,
                request_id=error.request_id,
                retry_after=error.retry_after,
            ) from error
        task = as_text(answer.get("taskId"))
        if not _TASK_ID.fullmatch(task):
            raise BadAnswer(
                "Jira took the operation but did not say under which task id.",
                next_step=f"Before repeating it, look: {plan.look}",
            )
        return task

    async def follow_bulk(self, task: str, *, wait: bool = True, on_progress: Progress | None = None) -> BulkOutcome:
        """How far a task has come; with `wait` when it is over, or when the time of a call is nearly up.

        What goes wrong while looking is told in the outcome: the operation goes on without us.
        """
        task = task.strip()
        if not _TASK_ID.fullmatch(task):
            raise InvalidInput(
                "That is not the id of a bulk operation.",
                fields={"task": f"{clean_text(task, 60)!r} should look like 10641"},
                next_step="The tool that started the operation told its id.",
            )
        plan, known = self._bulk_tasks.get(task), task in self._bulk_tasks
        until, looks = anyio.current_time() + min(_LONGEST, trace.seconds_left()) - _RESERVE, 0
        while True:
            if known or looks:
                await anyio.sleep(PAUSES[min(looks, len(PAUSES) - 1)] if wait else 0)
            looks += 1
            try:
                answer = as_object(await self._call(_PROGRESS, task))
                state = as_text(answer.get("status"))
                if not state:
                    raise BadAnswer("Jira's answer about the task makes no sense.")
            except ServiceError as error:
                if not known:
                    raise _unknown_task(error) from error
                return _outcome(task, plan, "unknown", trouble=str(error))
            percent = max(0, min(100, as_int(answer.get("progressPercent")) or 0))
            if on_progress is not None:
                await on_progress(percent)
            if state in _OVER:
                return await self._bulk_ended(task, plan, answer, over=_OVER[state])
            if not wait or anyio.current_time() >= until:
                return replace(_outcome(task, plan, "running"), percent=percent)

    async def _bulk_ended(self, task: str, plan: Plan | None, answer: JsonObject, *, over: bool) -> BulkOutcome:
        self.cache.invalidate(CONTENT)
        self._last_write = self._clock()
        done = [as_text(each) for each in as_list(answer.get("processedAccessibleIssues"))]
        wrong = {number: texts(reasons) for number, reasons in as_object(answer.get("failedAccessibleIssues")).items()}
        for number in done:
            self._remember(number)
        names = {number: issue.key for number, issue in plan.issues.items()} if plan else {}
        moved: dict[str, str] = {}
        trouble, outside = "", 0
        if plan is None or plan.renames:
            try:
                fresh = await self._bulk_keys([*done, *wrong])
            except ServiceError as error:
                if plan is None and self.settings.projects:
                    raise  # nobody knows which of the issues may be told of
                fresh, trouble = {}, str(error)
            if plan is None:
                outside = sum(each == "" for each in fresh.values())
                names = {number: key for number, key in fresh.items() if key}
                done = [number for number in done if fresh.get(number) != ""]
                wrong = {number: reasons for number, reasons in wrong.items() if fresh.get(number) != ""}
            else:
                moved = {names[each]: fresh[each] for each in done if each in names and fresh.get(each)}
        lost = [key for number, key in names.items() if plan and number not in wrong and number not in {*done}]
        return BulkOutcome(
            task,
            "done" if over else "failed",
            max(0, min(100, as_int(answer.get("progressPercent")) or 0)),
            plan.action if plan else None,
            as_int(answer.get("totalIssueCount")) or len(names),
            tuple(names.get(number, number) for number in done),
            tuple(
                Refused(names.get(number, number), clean_text("; ".join(reasons), 300) or "Jira does not say why")
                for number, reasons in wrong.items()
            ),
            {old: new for old, new in moved.items() if old != new},
            tuple(lost),
            as_int(answer.get("invalidOrInaccessibleIssueCount")) or 0,
            outside,
            trouble,
        )

    async def _bulk_keys(self, numbers: Sequence[str]) -> dict[str, str]:
        """The keys that issues have now, by id; "" for one in a project that tools must not touch."""
        found, unseen = await self._fetch_chosen(numbers, ["project"])
        keys = {issue.id: issue.key for issue in found}
        return {number: keys.get(number, "") for number in numbers if number not in unseen}


def _unknown_task(error: ServiceError) -> ServiceError:
    """The refusal of a task that we did not start, with what may be wrong."""
    if not isinstance(error, InvalidInput | NotFound):
        return error
    return type(error)(
        error.message,
        next_step="Jira tells of a bulk operation for 14 days, on its own site only. The issues show what it did.",
        fields=error.fields,
        status=error.status,
        request_id=error.request_id,
    )


def _outcome(task: str, plan: Plan | None, state: str, trouble: str = "") -> BulkOutcome:
    return BulkOutcome(
        task,
        "running" if state == "running" else "unknown",
        action=plan.action if plan else None,
        total=len(plan.issues) if plan else 0,
        trouble=trouble,
    )
