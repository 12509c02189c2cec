"""Putting right what was logged, and looking through it by days
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/)."""

from datetime import datetime, timedelta

from connector_kit.errors import InvalidInput
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_object
from jira_mcp.client import durations
from jira_mcp.client.opening import part_id
from jira_mcp.client.visibility import chosen, kept, same
from jira_mcp.client.worklog_reads import worklog
from jira_mcp.client.worklogs import Worklogs
from jira_mcp.models import Worklog


class WorklogChanges(Worklogs):
    """Work logs one by one."""

    async def worklogs_between(
        self, key: str, *, first: str = "", last: str = "", limit: int = 20, cursor: str | None = None
    ) -> Page[Worklog]:
        """The work logged on an issue, the latest first; what began from `first` to `last`, days or ISO 8601 times.

        A day as `last` is included.
        """
        after = await self._milliseconds(first, "started_from") if first.strip() else None
        before = await self._milliseconds(last, "started_until", end=True) if last.strip() else None
        # Both of Jira's borders are open or closed as it likes: one millisecond makes no difference to people.
        return await self.worklogs(key, limit=limit, cursor=cursor, after=after, before=before)

    async def _milliseconds(self, text: str, field: str, *, end: bool = False) -> int:
        day = len(text.strip()) == len("2026-01-31")
        stamp = await self._stamp(f"{text.strip()}T00:00" if day else text, field)
        moment = datetime.fromisoformat(stamp) + timedelta(days=1 if day and end else 0)
        return max(0, round(moment.timestamp() * 1000))

    async def update_worklog(
        self,
        key: str,
        worklog_id: str,
        *,
        time_spent: str | int = "",
        started: str = "",
        comment: str = "",
        remaining: str = "",
        visible_to: str = "",
        accept_loss: bool = False,
    ) -> tuple[Worklog, tuple[str, ...]]:
        """Change what is given of a work log; and the names of what became different, () if nothing was written."""
        adjustment = durations.adjustment(remaining, "remaining")
        data = durations.spent(time_spent, "time_spent") if time_spent else {}
        if started:
            data["started"] = await self._stamp(started, "started")
        if not data and not comment.strip() and not visible_to.strip():
            raise InvalidInput(
                "Nothing to change was given.", next_step="Give time_spent, started, comment or visible_to."
            )
        key = await self._open(key)
        changed = [name for name, given in (("time_spent", time_spent), ("started", started)) if given]
        number = part_id(worklog_id, "worklog")
        place = (key, "worklog", number)
        async with self._turn(key):
            before = await self._one_worklog(key, worklog_id)
            look = f"jira_get_issue {key} with its worklogs"
            text = before.get("comment")
            if comment.strip():
                done = await self._rewrite(place, "comment", text, comment, accept_loss=accept_loss, look=look)
                if done is not None:
                    text = done.document
                    changed.append(f"comment ({done.said})")
            if text is not None:
                data["comment"] = text  # also one that stays: an update without it might take it away
            level = chosen(visible_to) if visible_to.strip() else kept(before)
            if not same(level, before):
                changed.append("visible_to")
            if not changed:
                return worklog(before), ()
            if level:
                data["visibility"] = level
            try:
                answer = as_object(await self._write("update_worklog", key, number, data=data, look=look, **adjustment))
            except InvalidInput as error:
                raise await self._readers_refused(error, key, level) from error
            self._remember_from(answer)
            made = worklog(answer)
            self._readings.note(place, made.comment)
            return made, tuple(changed)

    async def delete_worklog(self, key: str, worklog_id: str, *, remaining: str = "") -> None:
        """Delete a work log for good; its time is added to the remaining estimate unless `remaining` says otherwise."""
        adjustment = durations.adjustment(remaining, "remaining", more="increase_by")
        key = await self._open(key)
        if self.settings.projects:
            await self._one_worklog(key, worklog_id)
        await self._write(
            "delete_worklog",
            key,
            part_id(worklog_id, "worklog"),
            data=None,
            look=f"jira_get_issue {key} with its worklogs",
            **adjustment,
        )

    async def _one_worklog(self, key: str, worklog_id: str) -> JsonObject:
        answer = as_object(await self._call("get_worklog", key, part_id(worklog_id, "worklog")))
        await self._check_part(key, answer, "worklog")
        return answer

    async def worklog(self, key: str, worklog_id: str) -> Worklog:
        """One work log. Raises NotFound."""
        key = await self._open(key)
        return worklog(await self._one_worklog(key, worklog_id))
