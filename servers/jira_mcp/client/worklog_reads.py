"""Reading logged work (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/)."""

from collections.abc import Sequence

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.concurrency import aside
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client.comment_reads import CommentReads, visible_to
from jira_mcp.client.documents import editable, is_long
from jira_mcp.client.values import user_name
from jira_mcp.models import Worklog

PAGE = 100
_FARTHEST = 1_000_000


class WorklogReads(CommentReads):
    """Reading work logs."""

    async def worklogs(
        self,
        key: str,
        *,
        limit: int = 20,
        cursor: str | None = None,
        after: int | None = None,
        before: int | None = None,
    ) -> Page[Worklog]:
        """The work logged on an issue, the latest first; `after` and `before` are milliseconds since 1970."""
        key = await self._open(key)
        asked = fingerprint(key, after, before)
        at = as_int(decode_cursor("worklogs", cursor, asked).get("at")) if cursor else None
        at = None if at is None else min(at, _FARTHEST)
        limit = max(1, min(limit, PAGE))

        async def load() -> Page[Worklog]:
            # Jira lists them from the oldest on only: the latest are at an end that is not known before.
            start = 0 if at is None else max(0, at - limit + 1)
            count = limit if at is None else at - start + 1
            answer = await self._worklog_answer(key, start, count, after, before)
            total = as_int(answer.get("total"))
            if at is None and total is not None and total > limit:
                start = total - limit
                answer = await self._worklog_answer(key, start, limit, after, before)
            entries = objects(answer.get("worklogs"))
            found = await aside(is_long(entries), _worklogs, entries)
            following = encode_cursor("worklogs", {"at": start - 1}, asked) if start and found else None
            return Page(tuple(reversed(found)), following, total)

        page = await self._cached(("worklogs", key, at, limit, after, before), CONTENT_TTL, load, CONTENT)
        for entry in page.items:
            self._readings.note((key, "worklog", entry.id), entry.comment)
        return page

    async def _worklog_answer(
        self, key: str, start: int, count: int, after: int | None, before: int | None
    ) -> JsonObject:
        return as_object(
            await self._call(
                "get_issue_worklog",
                key,
                start_at=start,
                max_results=count,
                started_after=after,
                started_before=before,
            )
        )


def _worklogs(entries: Sequence[JsonObject]) -> list[Worklog]:
    return [worklog(entry) for entry in entries]


def worklog(entry: JsonObject) -> Worklog:
    """A work log as Jira answers it."""
    return Worklog(
        as_text(entry.get("id")),
        user_name(entry.get("author")) or "",
        as_text(entry.get("started")),
        as_text(entry.get("timeSpent")),
        as_int(entry.get("timeSpentSeconds")) or 0,
        editable(entry.get("comment")),
        visible_to(entry),
    )
