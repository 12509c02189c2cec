"""Logging work (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/)."""

from connector_kit.errors import InvalidInput
from connector_kit.wire import as_object
from jira_mcp.client import durations
from jira_mcp.client.transitions import Transitions
from jira_mcp.client.visibility import chosen
from jira_mcp.client.worklog_reads import worklog
from jira_mcp.models import Worklog


class Worklogs(Transitions):
    """Logging work."""

    async def add_worklog(
        self,
        key: str,
        time_spent: str | int,
        *,
        started: str | None = None,
        comment: str = "",
        remaining: str = "",
        visible_to: str = "",
    ) -> Worklog:
        """Log work: "1h 30m", or seconds as a number.

        `started` is ISO 8601, by default now; without a zone it is in that of the account's profile. `remaining`
        says what becomes of the remaining estimate, see `durations.adjustment`.
        """
        data = durations.spent(time_spent, "time_spent")
        adjustment = durations.adjustment(remaining, "remaining", less="reduce_by")
        data["started"] = await self._stamp(started, "started") if started else durations.now()
        if comment.strip():
            data["comment"] = await self._new_text(comment, "comment")
        level = chosen(visible_to)
        if level:
            data["visibility"] = level
        key = await self._open(key)
        look = f"jira_get_issue {key} with its worklogs"
        try:
            answer = as_object(await self._write("add_worklog", key, data=data, look=look, **adjustment))
        except InvalidInput as error:
            raise await self._readers_refused(error, key, level) from error
        self._remember_from(answer)
        return worklog(answer)
