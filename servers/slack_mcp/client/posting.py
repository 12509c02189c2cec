"""Writing messages. A post is never doubled.

Every post carries a mark in its metadata. When its fate is unknown the channel is read for that mark: a post that is
there is told as done, one that broke off at once and is not there is tried once more, and where that cannot be seen
it is said where to look.
https://docs.slack.dev/reference/methods/chat.postMessage
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence

from connector_kit.errors import BadAnswer, InvalidInput, NotPermitted, OutcomeUnknown, ServiceError, clean_text
from connector_kit.trace import seconds_left
from connector_kit.wire import JsonObject, as_object, as_text, objects
from slack_mcp.client.canvases import Canvases
from slack_mcp.models import Channel, Done, Message, Posted, PostedMessage
from slack_mcp.text import NOBODY, MentionPolicy, is_after, is_ts, outgoing, permalink

MARK = "mcp_suite_post"
"""The metadata's event type; its payload holds an id that no other post has."""

_LOOKS = (0.5, 1.5, 3.0)
"""Seconds before each look: a post that is under way needs a moment to show up."""

_TIME_FOR_ANOTHER = 12.0
_SLOW = 8.0
"""Seconds. What failed after a longer wait may still be under way, and be posted after all looks."""

_MOST_PARTS = 10
_LOOKED_AT = 100
_RECENT = 30.0
_CLOCK_SLACK = 300.0


class Posting(Canvases):
    """Posting, editing, deleting."""

    async def post(
        self,
        channel: str,
        markdown: str,
        *,
        thread: str = "",
        broadcast: bool = False,
        unfurl: bool = False,
        mentions: MentionPolicy = NOBODY,
    ) -> Posted:
        """Post Markdown to a channel, a person, or as replies to the message `thread`.

        A text of more than 12,000 characters becomes several messages, in order. `broadcast` shows a reply in the
        channel as well, `unfurl` previews of links.

        Raises OutcomeUnknown when nobody can tell whether the first message was posted.
        """
        parts = _parts(markdown, mentions)
        place = self._may_write(await self.find_channel(channel, open_dm=True))
        thread_ts = await self.thread_in(place, thread)
        posted: list[PostedMessage] = []
        for number, part in enumerate(parts):
            try:
                posted.append(
                    await self._post(
                        place, thread_ts, unfurl=unfurl, broadcast=broadcast and number == 0, markdown_text=part
                    )
                )
            except ServiceError as failure:
                if not posted:
                    raise
                return Posted(
                    tuple(posted),
                    problem=str(failure),
                    unsent="\n\n".join(parts[number:]),
                    unclear=isinstance(failure, OutcomeUnknown),
                )
        return Posted(tuple(posted))

    async def post_blocks(
        self,
        channel: str,
        blocks: Sequence[Mapping[str, object]],
        fallback: str,
        *,
        thread: str = "",
        unfurl: bool = False,
    ) -> PostedMessage:
        """Post a message of blocks; `fallback` is what notifications say. Both are sent as they are."""
        place = self._may_write(await self.find_channel(channel, open_dm=True))
        thread_ts = await self.thread_in(place, thread)
        return await self._post(place, thread_ts, unfurl=unfurl, broadcast=False, blocks=list(blocks), text=fallback)

    async def update(
        self, message: str, markdown: str, *, channel: str = "", mentions: MentionPolicy = NOBODY
    ) -> PostedMessage:
        """Put Markdown in the place of a message of ours. Slack refuses somebody else's: NotPermitted."""
        parts = _parts(markdown, mentions)
        if len(parts) > 1:
            raise InvalidInput("A message has at most 12,000 characters.", next_step="Shorten it, or post a new one.")
        place, ref = await self.find_message(message, channel=channel)
        place = self._may_write(place)
        await self.identity()
        body = await self._write(
            "chat.update",
            look=f"slack_read_thread shows the message {place.id}:{ref.ts}",
            channel=place.id,
            ts=ref.ts,
            markdown_text=parts[0],
        )
        return await self._posted(place, as_text(body.get("ts")) or ref.ts, ref.thread_ts)

    async def own_message(self, message: str, *, channel: str = "") -> Message:
        """A message that `delete` would delete. Raises NotPermitted as it does."""
        place, ref = await self.find_message(message, channel=channel)
        place = self._may_write(place)
        entry = await self.raw_message(place, ref)
        await self._require_ours(place, entry)
        return (await self.rendered([entry], place))[0]

    async def delete(self, message: str, *, channel: str = "") -> Done:
        """Delete a message of ours. Raises NotPermitted for somebody else's, which an administrator's token could."""
        place, ref = await self.find_message(message, channel=channel)
        place = self._may_write(place)
        await self._require_ours(place, await self.raw_message(place, ref))
        await self._write(
            "chat.delete",
            look=f"slack_read_thread shows whether the message {place.id}:{ref.ts} is there",
            channel=place.id,
            ts=ref.ts,
        )
        return Done(f"{ref.ts} in {place.name}")

    async def _require_ours(self, place: Channel, entry: JsonObject) -> None:
        who = await self.identity()
        by_our_bot = bool(who.bot_id) and as_text(entry.get("bot_id")) == who.bot_id
        if as_text(entry.get("user")) != who.user_id and not by_our_bot:
            raise NotPermitted(
                f"The message in {place.name} is not from {who.user}: only own messages are deleted.",
                next_step="Ask its author to delete it.",
            )

    async def _post(
        self, place: Channel, thread_ts: str | None, *, unfurl: bool, broadcast: bool, **content: object
    ) -> PostedMessage:
        """Post one message; after an unclear answer, look for it before trying once more."""
        mark = uuid.uuid4().hex
        began = self.time_there()
        await self.identity()  # needed for the permalink: once it is posted, nothing may fail any more

        async def send() -> PostedMessage:
            body = await self._bridge.call(
                "chat.postMessage",
                repeatable=False,
                accept=(),
                channel=place.id,
                thread_ts=thread_ts,
                reply_broadcast=True if broadcast and thread_ts else None,
                unfurl_links=unfurl,
                unfurl_media=unfurl,
                metadata={"event_type": MARK, "event_payload": {"id": mark}},
                **content,
            )
            ts = as_text(body.get("ts"))
            if not is_ts(ts):
                raise BadAnswer("Slack did not say which message was posted.", status=200)
            return await self._posted(place, ts, thread_ts)

        return await self._once(send, lambda: self._find_mark(place, thread_ts, mark, began), place, thread_ts)

    async def _once(
        self,
        send: Callable[[], Awaitable[PostedMessage]],
        find: Callable[[], Awaitable[PostedMessage | None]],
        place: Channel,
        thread_ts: str | None,
    ) -> PostedMessage:
        for last in (False, True):
            began = self._clock()
            try:
                return await send()
            except (OutcomeUnknown, BadAnswer) as error:
                if isinstance(error, BadAnswer) and (error.status or 0) >= 300:
                    raise  # a redirect that was not followed: nothing was posted
                unclear = error
            slow = self._clock() - began > _SLOW
            try:
                found = await self._look(find)
            except ServiceError as blind:
                raise self._may_be_there(
                    unclear, place, thread_ts, f"It could not be seen ({blind.message})"
                ) from unclear
            if found is not None:
                return found
            if last or slow or not isinstance(unclear, OutcomeUnknown) or seconds_left() < _TIME_FOR_ANOTHER:
                break
        raise self._may_be_there(unclear, place, thread_ts, "It is not there yet")

    async def _look(self, find: Callable[[], Awaitable[PostedMessage | None]]) -> PostedMessage | None:
        """What was posted, if it shows up within a few seconds."""
        for pause in _LOOKS:
            await self._sleep(min(pause, max(0.0, seconds_left())))
            found = await find()
            if found is not None:
                return found
        return None

    async def _find_mark(self, place: Channel, thread_ts: str | None, mark: str, began: float) -> PostedMessage | None:
        """The message with our mark. Raises OutcomeUnknown if one of ours cannot be told from it."""
        body = await self._read(
            "conversations.replies" if thread_ts else "conversations.history",
            accept=(),
            channel=place.id,
            ts=thread_ts,
            # Replies come the oldest first, so that the newest have to be asked for by time.
            oldest=f"{max(0.0, began - _CLOCK_SLACK):.6f}" if thread_ts else None,
            limit=_LOOKED_AT,
            include_all_metadata=True,
        )
        who = await self.identity()
        for entry in objects(body.get("messages")):
            metadata = as_object(entry.get("metadata"))
            if as_text(as_object(metadata.get("event_payload")).get("id")) == mark:
                posted = await self._posted(place, as_text(entry.get("ts")), thread_ts)
                return PostedMessage(posted.channel, posted.channel_id, posted.ts, posted.permalink, found=True)
            ours = as_text(entry.get("user")) == who.user_id
            if ours and not metadata and is_after(as_text(entry.get("ts")), f"{max(0.0, began - _RECENT):.6f}"):
                raise OutcomeUnknown("a message of ours there cannot be told apart")
        return None

    def _may_be_there(self, unclear: ServiceError, place: Channel, thread_ts: str | None, seen: str) -> OutcomeUnknown:
        where = f"slack_read_thread with {place.id}:{thread_ts}" if thread_ts else f"slack_read_channel with {place.id}"
        return OutcomeUnknown(
            f"{unclear.message} {seen}; it was not posted twice.",
            next_step=f"Before posting it again, look at {place.name}: {where} shows the newest messages.",
            status=unclear.status,
            request_id=unclear.request_id,
        )

    async def _posted(self, place: Channel, ts: str, thread_ts: str | None) -> PostedMessage:
        url = (await self.identity()).url
        link = permalink(url, place.id, ts, thread_ts if thread_ts != ts else None) if url else ""
        return PostedMessage(place.name, place.id, ts, link)


def _parts(markdown: str, mentions: MentionPolicy) -> list[str]:
    parts = outgoing(markdown, mentions=mentions)
    if not parts:
        raise InvalidInput("There is nothing to post.", fields={"text": "is empty"})
    if len(parts) > _MOST_PARTS:
        raise InvalidInput(
            f"The text would become {len(parts)} messages; at most {_MOST_PARTS} are posted at a time.",
            fields={"text": f"has {len(markdown):,} characters: {clean_text(markdown, 40)!r}"},
            next_step="Shorten it, or put it into a canvas or a file.",
        )
    return parts
