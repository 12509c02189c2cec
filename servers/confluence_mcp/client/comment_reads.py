"""Reading comments (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-comment/)."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from atlassian_kit.client import CONTENT, CONTENT_TTL
from confluence_mcp.client.base import V2, next_cursor
from confluence_mcp.client.ids import numeric_id
from confluence_mcp.client.opening import aside, storage_of
from confluence_mcp.client.rich_text import RichText
from confluence_mcp.comment_models import Comment, CommentKind, Comments
from confluence_mcp.models import PageRef
from connector_kit.concurrency import run_all
from connector_kit.errors import NotFound, clean_text
from connector_kit.output import clip, size
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects

Only: TypeAlias = Literal["", "footer", "inline", "open", "resolved", "dangling"]
"""Which comments are meant: those of a kind, or the inline ones in a state."""

STATES: Mapping[str, tuple[str, ...]] = {
    "open": ("open", "reopened"),
    "resolved": ("resolved",),
    "dangling": ("dangling",),
}
_THREADS = 10
"""Threads that are read at once: each takes a request of its own for its replies."""
_REPLIES = 100
_DEEPEST = 8
_ENOUGH = 20
"""Comments with which an answer ends where a page of threads does."""
_AT_ONCE = 5
_HEAD = 140
"""Bytes that a comment takes besides its text."""
_FARTHEST = 1_000_000
_REMEMBERED = 1_000
"""Comments of which it is known what was shown."""
_KINDS: tuple[CommentKind, ...] = ("footer", "inline")


@dataclass(frozen=True, slots=True)
class Raw:
    """A comment as Confluence answers it, with what its place in a thread tells."""

    bean: JsonObject
    kind: CommentKind
    depth: int = 0
    parent: str = ""

    @property
    def author(self) -> str:
        """The account id of who wrote it."""
        return as_text(as_object(self.bean.get("version")).get("authorId"))

    @property
    def storage(self) -> str:
        """Its text."""
        return storage_of(self.bean)


class CommentReads(RichText):
    """Reading comments, and remembering in which version each was shown."""

    @cached_property
    def _comments_shown(self) -> "OrderedDict[str, int]":
        return OrderedDict()

    def _note_comment(self, number: str, version: int) -> None:
        """Remember that a comment was shown in whole in a version, or written by us."""
        self._comments_shown[number] = version
        self._comments_shown.move_to_end(number)
        while len(self._comments_shown) > _REMEMBERED:
            self._comments_shown.popitem(last=False)

    async def comments(
        self, page: str, *, only: Only = "", cursor: str | None = None, budget: int = 20_000
    ) -> Comments:
        """The comments of a page or blog post, the newest threads first, as many as fit into `budget` bytes.

        Those below the page come first, then those on passages. A longer comment comes in parts.
        """
        ref = await self.page_ref(page)
        kinds = ("inline",) if only in STATES else (only,) if only in _KINDS else _KINDS
        asked = fingerprint(ref.id, only)
        state = decode_cursor("comments", cursor, asked) if cursor else {}
        turn = _number(state.get("kind"))
        at, done, skip = as_text(state.get("at")), _number(state.get("done")), _number(state.get("skip"))
        shown: list[Comment] = []
        while turn < len(kinds):
            found, following = await self._threads(ref, kinds[turn], only, at)
            part, rest = _within(found[done:], skip, budget, first=not shown)
            shown += part
            for each in part[: len(part) - bool(rest)]:
                self._note_comment(each.id, each.version)
            budget -= sum(size(each.body) + _HEAD for each in part)
            reached = done + len(part) - (1 if rest else 0)
            if reached < len(found):
                return _cut(ref, shown, asked, {"kind": turn, "at": at, "done": reached, "skip": rest})
            at, done, skip = following, 0, 0
            turn += not following
            if len(shown) >= _ENOUGH and turn < len(kinds):
                return _cut(ref, shown, asked, {"kind": turn, "at": at, "done": 0, "skip": 0})
        return Comments(ref, tuple(shown))

    async def _threads(self, ref: PageRef, kind: CommentKind, only: Only, at: str) -> tuple[tuple[Comment, ...], str]:
        """Some threads of one kind, each with its replies, and the cursor of what follows, "" at the end."""

        async def load() -> tuple[tuple[Comment, ...], str]:
            place = "pages" if ref.kind == "page" else "blogposts"
            answer = await self._get(
                f"{V2}/{place}/{ref.id}/{kind}-comments",
                body_format="storage",
                resolution_status=list(STATES[only]) if only in STATES else None,
                sort="-created-date",
                limit=_THREADS,
                cursor=at or None,
            )
            roots = [Raw(bean, kind) for bean in objects(answer.get("results"))]
            threads: dict[int, list[Raw]] = {}

            def reading(number: int, root: Raw) -> Callable[[], Coroutine[Any, Any, None]]:
                async def read() -> None:
                    threads[number] = [root, *await self._replies(root)]

                return read

            await run_all([reading(number, root) for number, root in enumerate(roots)], at_once=_AT_ONCE)
            raws = [each for number in sorted(threads) for each in threads[number]]
            return await self._shown_comments(ref, raws), next_cursor(answer) or ""

        return await self._cached(("comments", ref.id, kind, only, at), CONTENT_TTL, load, CONTENT)

    async def _replies(self, above: Raw) -> list[Raw]:
        """The replies to a comment, each followed by those to itself; below a passage nobody answers a reply."""
        number = numeric_id(as_text(above.bean.get("id")), "comment")
        found: list[Raw] = []
        at: str | None = None
        while True:
            answer = await self._get(
                f"{V2}/{above.kind}-comments/{number}/children",
                body_format="storage",
                sort="created-date",
                limit=_REPLIES,
                cursor=at,
            )
            for bean in objects(answer.get("results")):
                reply = Raw(bean, above.kind, above.depth + 1, number)
                found.append(reply)
                if above.kind == "footer" and reply.depth < _DEEPEST:
                    found += await self._replies(reply)
            at = next_cursor(answer)
            if not at or len(found) >= _REPLIES:
                return found

    async def _shown_comments(self, ref: PageRef, raws: Sequence[Raw]) -> tuple[Comment, ...]:
        """Comments as the model sees them: people by name, text as Markdown."""
        if not raws:
            return ()
        from atlassian_kit.storage import accounts_in, to_markdown  # heavy, and most pages have no comments

        length = sum(len(each.storage) for each in raws)
        mentioned = await aside(length, lambda: [account for each in raws for account in accounts_in(each.storage)])
        names = await self.names_of([*mentioned, *(each.author for each in raws)])

        def show() -> tuple[Comment, ...]:
            return tuple(self._comment(ref, each, to_markdown(each.storage, names), names) for each in raws)

        return await aside(length, show)

    def _comment(self, ref: PageRef, raw: Raw, body: str, names: Mapping[str, str]) -> Comment:
        bean, version = raw.bean, as_object(raw.bean.get("version"))
        number = as_text(bean.get("id"))
        return Comment(
            id=number,
            kind=raw.kind,
            author=names.get(raw.author, raw.author),
            written=as_text(version.get("createdAt")),
            version=as_int(version.get("number")) or 1,
            body=body,
            url=f"{ref.url}?focusedCommentId={number}",
            state="" if raw.depth else as_text(bean.get("resolutionStatus")),
            anchor="" if raw.depth else as_text(as_object(bean.get("properties")).get("inlineOriginalSelection")),
            depth=raw.depth,
            parent=raw.parent or as_text(bean.get("parentCommentId")),
        )

    async def comment(self, comment_id: str) -> tuple[Comment, PageRef, int]:
        """One comment, the page that it is on, and how many replies it has. Raises as `_comment_bean` does."""
        raw, ref = await self._comment_bean(comment_id)
        [shown] = await self._shown_comments(ref, [raw])
        return shown, ref, len(await self._replies(raw))

    async def _comment_bean(self, comment_id: str) -> tuple[Raw, PageRef]:
        """A comment as it is now, whose page tools may touch.

        Raises NotFound, or NotPermitted for one on a page in a space that tools may not touch.
        """
        number = numeric_id(comment_id, "comment")
        raw = await self._comment_at(number)
        above = raw
        for _ in range(_DEEPEST):
            page = as_text(above.bean.get("pageId")) or as_text(above.bean.get("blogPostId"))
            if page:
                return raw, await self.page_ref(page, fresh=True)
            parent = as_text(above.bean.get("parentCommentId"))
            if not parent:
                break
            above = await self._comment_at(numeric_id(parent, "comment"), above.kind)
        raise NotFound(
            f"Comment {number} is on no page or blog post.",
            next_step="Comments on files and other contents can only be seen in a browser.",
        )

    async def _comment_at(self, number: str, kind: CommentKind | None = None) -> Raw:
        kinds: tuple[CommentKind, ...] = (kind,) if kind else _KINDS
        for each in kinds:
            try:
                bean = await self._get(f"{V2}/{each}-comments/{number}", body_format="storage")
            except NotFound:
                if each == kinds[-1]:
                    break
                continue
            return Raw(bean, each, 1 if bean.get("parentCommentId") else 0)
        raise NotFound(
            f"There is no comment {clean_text(number, 30)} that this account may see.",
            next_step="confluence_list_comments shows the comments of a page with their ids.",
            status=404,
        )


def _number(value: object) -> int:
    return max(0, min(as_int(value) or 0, _FARTHEST))


def _cut(ref: PageRef, shown: Sequence[Comment], asked: str, state: Mapping[str, str | int]) -> Comments:
    return Comments(ref, tuple(shown), encode_cursor("comments", dict(state), asked))


def _within(comments: Sequence[Comment], skip: int, budget: int, *, first: bool) -> tuple[list[Comment], int]:
    """As many comments as the budget allows, the first from `skip` on; and up to where the last is shown if cut.

    At least a part of one if it is the `first` of the answer.
    """
    shown: list[Comment] = []
    for comment in comments:
        rest = comment.body[skip:]
        if size(rest) + _HEAD > budget:
            if shown or not first:
                break
            text = clip(rest, max(budget - _HEAD, _HEAD))
            end = skip + len(text) - 1
            return [replace(comment, body=text, part=_part(skip, end, comment))], end
        budget -= size(rest) + _HEAD
        shown.append(replace(comment, body=rest, part=_part(skip, len(comment.body), comment) if skip else ""))
        skip = 0
    return shown, 0


def _part(start: int, end: int, comment: Comment) -> str:
    return f"characters {start:,} to {end:,} of {len(comment.body):,}"
