"""Writing comments (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-comment/)."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from confluence_mcp.client.anchors import find_anchor
from confluence_mcp.client.base import V2
from confluence_mcp.client.comment_reads import CommentReads, Raw
from confluence_mcp.client.opening import aside
from confluence_mcp.comment_models import CommentDone, CommentKind
from confluence_mcp.models import PageRef
from connector_kit.errors import BadAnswer, Conflict, InvalidInput, NotFound
from connector_kit.output import marked
from connector_kit.wire import as_int, as_object, as_text

State: TypeAlias = Literal["", "resolved", "open"]


class CommentWriting(CommentReads):
    """Commenting on pages and blog posts."""

    async def add_comment(
        self, page: str, body: str, *, anchor: str = "", occurrence: int = 0, reply_to: str = ""
    ) -> CommentDone:
        """Comment below a page, on a passage of it (`anchor`), or in answer to a comment.

        Raises NotFound or InvalidInput, as `find_anchor` does, for a passage that is not just once on the page.
        """
        if not body.strip():
            raise InvalidInput("A comment needs text.", fields={"body": "is empty"})
        kind: CommentKind = "inline" if anchor else "footer"
        sent: dict[str, object] = {}
        if reply_to.strip():
            if anchor:
                raise InvalidInput("A reply has no passage of its own.", fields={"anchor": "is not for replies"})
            above, ref = await self._comment_bean(reply_to)
            if page.strip() and await self.page_id(page) != ref.id:
                raise InvalidInput(
                    "Nothing was written.", fields={"reply_to": f"that comment is on page {ref.id}, not on this one"}
                )
            # Below a passage nobody answers a reply: the thread is answered.
            kind, number = above.kind, as_text(above.bean.get("id"))
            root = as_text(above.bean.get("parentCommentId")) if kind == "inline" else ""
            sent["parentCommentId"] = root or number
        elif not page.strip():
            raise InvalidInput("Nothing was written.", fields={"page": "is empty, and so is reply_to"})
        elif anchor:
            text = await self.page_text(page)
            ref = text.ref
            sent["inlineCommentProperties"] = await aside(
                len(text.storage), _selection, text.storage, anchor, occurrence
            )
        else:
            ref = await self.page_ref(page, fresh=True)
        if "parentCommentId" not in sent:
            sent["pageId" if ref.kind == "page" else "blogPostId"] = ref.id
        sent["body"] = _body(await self.new_text(body))
        look = f"confluence_list_comments {ref.id}"
        made = as_object(await self._write("POST", f"{V2}/{kind}-comments", sent, look=look))
        if not as_text(made.get("id")):
            raise BadAnswer("Confluence took the comment but did not say its id.", next_step=f"Look: {look}")
        [shown] = await self._shown_comments(ref, [Raw(made, kind, 1 if reply_to else 0)])
        self._note_comment(shown.id, shown.version)
        return CommentDone(shown, ref, "added")

    async def update_comment(
        self, comment_id: str, body: str = "", *, state: State = "", version: int = 0, accept_loss: bool = False
    ) -> CommentDone:
        """Give a comment a new text, or the thread on a passage a new state; nothing is written if it is so already.

        Raises Conflict where the comment is not in the `version` that was read, which it tells what changed since, and
        where its text would be replaced by somebody who was not shown it and names no version.
        """
        if not body.strip() and not state:
            raise InvalidInput("Nothing to change was given.", fields={"body": "is empty, and so is state"})
        raw, ref = await self._comment_bean(comment_id)
        number = as_text(raw.bean.get("id"))
        async with self._turn(f"comment {number}"):
            raw, ref = await self._comment_bean(comment_id)
            now = as_int(as_object(raw.bean.get("version")).get("number")) or 1
            shown_in = self._comments_shown.get(number, 0)
            read = version or (shown_in if body.strip() else 0)
            if read and read != now:
                raise await self._moved_on(raw, ref, read)
            self._check_state(raw, state)
            if body.strip() and not read:
                raise await self._unread(raw, ref)
            storage, said = raw.storage, ""
            if body.strip():
                done = await self.edited_text(raw.storage, body, accept_loss=accept_loss)
                storage, said = done.storage, "text changed" if done.changed else ""
            resolved = as_text(raw.bean.get("resolutionStatus")) == "resolved"
            turned = bool(state) and (state == "resolved") != resolved
            if not said and not turned:
                [shown] = await self._shown_comments(ref, [raw])
                return CommentDone(shown, ref)
            sent: dict[str, object] = {"version": {"number": now + 1}, "body": _body(storage)}
            if turned:
                sent["resolved"] = state == "resolved"
            look = f"confluence_list_comments {ref.id}"
            try:
                made = await self._write("PUT", f"{V2}/{raw.kind}-comments/{number}", sent, look=look)
            except Conflict as error:
                again, _ = await self._comment_bean(comment_id)
                raise await self._moved_on(again, ref, now) from error
        [shown] = await self._shown_comments(ref, [Raw({**raw.bean, **as_object(made)}, raw.kind, raw.depth)])
        if now in (read, shown_in):
            self._note_comment(number, now + 1)
        turning = ("resolved" if state == "resolved" else "reopened") if turned else ""
        return CommentDone(shown, ref, "; ".join(part for part in (said, turning) if part))

    async def delete_comment(self, comment_id: str) -> PageRef:
        """Delete a comment for good; the page that it was on."""
        raw, ref = await self._comment_bean(comment_id)
        number = as_text(raw.bean.get("id"))
        look = f"confluence_list_comments {ref.id}"
        await self._write("DELETE", f"{V2}/{raw.kind}-comments/{number}", look=look)
        return ref

    def _check_state(self, raw: Raw, state: State) -> None:
        found = as_text(raw.bean.get("resolutionStatus"))
        if raw.kind == "inline" and found == "dangling":
            raise InvalidInput(
                "Nothing was written: the passage of this comment is gone; such comments cannot be changed.",
                next_step="Read it with confluence_list_comments; comment on another passage instead.",
            )
        if not state:
            return
        if raw.kind == "footer":
            why = "comments below a page have none: only those on a passage are resolved"
            raise InvalidInput("Nothing was written.", fields={"state": why})
        if parent := as_text(raw.bean.get("parentCommentId")):
            raise InvalidInput("Nothing was written.", fields={"state": f"is the thread's: give its comment, {parent}"})

    async def _unread(self, raw: Raw, ref: PageRef) -> Conflict:
        """The refusal of a new text for a comment that nobody was shown, with the text as it is."""
        [shown] = await self._shown_comments(ref, [raw])
        return Conflict(
            "Nothing was written: the comment's text would be replaced, and you were not shown it.",
            fields={"its text now": marked(shown.body, 180)},
            next_step=f"Read it first with confluence_list_comments {ref.id}, or pass version={shown.version} if you "
            "know the text.",
        )

    async def _moved_on(self, raw: Raw, ref: PageRef, read: int) -> Conflict:
        """The refusal of a change of an older version, with the text as it is now."""
        self._forget_content()  # or the next reader would be shown what is outdated
        [shown] = await self._shown_comments(ref, [raw])
        now = f", and is at version {shown.version} now" if shown.version != read else ""
        return Conflict(
            f"Nothing was written: the comment was changed after version {read}{now}.",
            fields={"its text now": marked(shown.body, 180)},
            next_step=f"Read the page again with confluence_list_comments {ref.id}, then decide.",
        )


def _selection(storage: str, anchor: str, occurrence: int) -> Mapping[str, object]:
    from atlassian_kit.storage import plain_text, to_storage

    text = plain_text(storage)
    try:
        found = find_anchor(text, anchor, occurrence)
    except NotFound:
        bare = plain_text(to_storage(anchor))  # whoever read the page as Markdown may give its markup
        if bare == anchor:
            raise
        found = find_anchor(text, bare, occurrence)
    return {
        "textSelection": found.text,
        "textSelectionMatchCount": found.count,
        "textSelectionMatchIndex": found.index,
    }


def _body(storage: str) -> Mapping[str, str]:
    return {"representation": "storage", "value": storage}
