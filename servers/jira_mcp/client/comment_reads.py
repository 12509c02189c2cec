"""Reading comments (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.concurrency import aside
from connector_kit.output import clip, size
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client.documents import editable, is_long
from jira_mcp.client.opening import Opening, part_id
from jira_mcp.client.values import user_name
from jira_mcp.models import Comment

PAGE = 100
_FARTHEST = 1_000_000
_HEAD = 120
"""Bytes that a comment takes besides its text."""

Order = Literal["newest", "oldest"]


class CommentReads(Opening):
    """Reading comments."""

    async def comments(
        self,
        key: str,
        *,
        limit: int = 20,
        cursor: str | None = None,
        order: Order = "newest",
        budget: int | None = None,
    ) -> Page[Comment]:
        """The comments of an issue, as many as `limit` and a `budget` of bytes allow; a longer one comes in parts.

        A cursor counts from the oldest comment on, also when the newest come first: nothing is missed or read
        twice when somebody comments between two pages.
        """
        key = await self._open(key)
        asked = fingerprint(key, order)
        state = decode_cursor("comments", cursor, asked) if cursor else {}
        at = min(as_int(state.get("at")) or 0, _FARTHEST) if cursor else None
        skip = as_int(state.get("skip")) or 0
        limit = max(1, min(limit, PAGE))

        async def load() -> tuple[int, Page[Comment]]:
            return await self._comment_page(key, at, limit, order)

        first, page = await self._cached(("comments", key, at, limit, order), CONTENT_TTL, load, CONTENT)
        step = -1 if order == "newest" else 1
        shown, rest = _within(page.items, skip, budget)
        for comment, whole in zip(shown, page.items, strict=False):
            self._readings.note((key, "comment", comment.id), whole.body)
            start = skip if comment is shown[0] else 0
            end = rest if rest and comment is shown[-1] else len(whole.body)
            self._readings.note_part((key, "comment", comment.id), start, end)
        following = first + step * (len(shown) - (1 if rest else 0))
        if not 0 <= following < (page.total or 0) or not page.items:
            return replace(page, items=shown)
        return replace(page, items=shown, cursor=encode_cursor("comments", {"at": following, "skip": rest}, asked))

    async def _comment_page(self, key: str, at: int | None, limit: int, order: Order) -> tuple[int, Page[Comment]]:
        """Comments from the one at a place on, and the place of the first; places count from the oldest on."""
        newest = order == "newest"
        if newest and at is not None:
            start = max(0, at - limit + 1)
            limit = at - start + 1
        else:
            start = at or 0
        turned = newest and at is None
        answer = as_object(
            await self._call(
                "get_comments",
                key,
                start_at=start,
                max_results=limit,
                order_by="-created" if turned else "created",
            )
        )
        entries = objects(answer.get("comments"))
        total = as_int(answer.get("total"))
        found = await aside(is_long(entries), lambda: [self._comment(key, entry) for entry in entries])
        if newest and not turned:
            found.reverse()
            start += len(found) - 1
        elif turned:
            start = (len(found) if total is None else total) - 1
        return start, Page(tuple(found), None, total)

    async def comment(self, key: str, comment_id: str) -> Comment:
        """One comment. Raises NotFound."""
        key = await self._open(key)
        return self._comment(key, await self._comment_answer(key, comment_id))

    async def _comment_answer(self, key: str, comment_id: str) -> JsonObject:
        answer = as_object(await self._call("get_comment", key, part_id(comment_id, "comment")))
        await self._check_part(key, answer, "comment")
        return answer

    def _comment(self, key: str, entry: JsonObject) -> Comment:
        comment_id, created = as_text(entry.get("id")), as_text(entry.get("created"))
        return Comment(
            comment_id,
            user_name(entry.get("author")) or "",
            created,
            editable(entry.get("body")),
            as_text(entry.get("updated")) not in ("", created),
            visible_to(entry),
            f"{self.browse_url(key)}?focusedCommentId={comment_id}",
        )


def visible_to(entry: JsonObject) -> str | None:
    """The role or group that alone may read a comment or a work log; None for all who may read the issue."""
    visibility = as_object(entry.get("visibility"))
    if not visibility:
        return None
    name = as_text(visibility.get("value")) or as_text(visibility.get("identifier"))
    return f"{as_text(visibility.get('type'))} {name}"


def _within(comments: Sequence[Comment], skip: int, budget: int | None) -> tuple[tuple[Comment, ...], int]:
    """As many comments as the budget allows, the first from `skip` on; and up to where the last one is shown if cut."""
    shown: list[Comment] = []
    for comment in comments:
        rest = comment.body[skip:]
        part = f"characters {skip:,} to {len(comment.body):,} of {len(comment.body):,}" if skip else ""
        if budget is not None and size(rest) + _HEAD > budget:
            if shown:
                break
            text = clip(rest, max(budget - _HEAD, _HEAD))
            end = skip + len(text) - 1
            part = f"characters {skip:,} to {end:,} of {len(comment.body):,}"
            return (replace(comment, body=text, part=part),), end
        if budget is not None:
            budget -= size(rest) + _HEAD
        shown.append(replace(comment, body=rest, part=part) if skip else comment)
        skip = 0
    return tuple(shown), 0
