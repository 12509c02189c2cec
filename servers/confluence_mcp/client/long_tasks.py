"""What Confluence does by itself after it was asked: following it until it is done
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-long-running-task/).
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import anyio

from atlassian_kit.client import CONTENT
from confluence_mcp.client.base import V1
from confluence_mcp.client.opening import Opening
from confluence_mcp.write_models import LongTask
from connector_kit import trace
from connector_kit.errors import BadAnswer, ServiceError
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects

Progress = Callable[[int], Awaitable[None]]
"""Told how many per cent of the task are done."""

PAUSES = (0.2, 0.5, 1.0, 2.0, 3.0)
"""Seconds between two looks at a task; the last goes on."""
_LONGEST = 45.0
_RESERVE = 8.0
"""Seconds of a call that are kept for what follows the looking."""
_TASK_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class LongTasks(Opening):
    """Starting and following tasks."""

    async def _start_task(self, method: str, path: str, body: object = None, *, look: str) -> str:
        """Ask for something that takes long; the id of the task that it became."""
        answer = as_object(await self._write(method, path, body, look=look))
        task = as_text(answer.get("id"))
        if not _TASK_ID.fullmatch(task):
            raise BadAnswer(
                "Confluence took the operation but did not say under which task.",
                next_step=f"Before repeating it, look: {look}",
            )
        return task

    async def _follow_task(self, task: str, *, on_progress: Progress | None = None) -> LongTask:
        """What became of a task when it is over, or when the time of a call is nearly up.

        What goes wrong while looking is told in the result: the task goes on without us.
        """
        until, looks = anyio.current_time() + min(_LONGEST, trace.seconds_left()) - _RESERVE, 0
        while True:
            try:
                answer = await self._get(f"{V1}/longtask/{task}")
            except ServiceError as error:
                return LongTask(task, "unknown", trouble=str(error))
            found = _task(task, answer)
            if on_progress is not None:
                await on_progress(found.percent)
            if found.state != "running":
                self._last_write = self._clock()
                self.cache.invalidate(CONTENT)
                return found
            if anyio.current_time() >= until:
                return found
            await anyio.sleep(PAUSES[min(looks, len(PAUSES) - 1)])
            looks += 1


def _task(task: str, answer: JsonObject) -> LongTask:
    percent = max(0, min(100, as_int(answer.get("percentageComplete")) or 0))
    details = as_object(answer.get("additionalDetails"))
    found = LongTask(task, "running", percent, as_text(details.get("destinationId")))
    errors = [as_text(each.get("translation")) for each in objects(answer.get("errors"))]
    if answer.get("finished", percent == 100) is True:
        state = "done" if answer.get("successful") is not False and not any(errors) else "failed"
        messages = [as_text(each.get("translation")) for each in objects(answer.get("messages"))]
        said = "; ".join(dict.fromkeys(each for each in (*errors, *messages) if each))
        return replace(found, state=state, trouble=said if state == "failed" else "")
    return found
