"""Reading messages: a channel's history, threads, single messages by reference."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector_kit.errors import NotFound, clean_text
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_text, objects
from slack_mcp.client.convert import file, moment, next_cursor, reactions
from slack_mcp.client.names import Naming, who_reacted
from slack_mcp.models import Channel, Message, Reaction
from slack_mcp.text import (
    KnownNames,
    MessageRef,
    author,
    is_bot,
    is_ts,
    message_markdown,
    parse_message_ref,
    parse_window,
    permalink,
)

if TYPE_CHECKING:
    from pydantic import JsonValue

MOST_MESSAGES = 200
_A_MINUTE = 60.0
_FEW = 15
"""What Slack gives at most to apps that are distributed outside of its Marketplace."""

_EVENTS_SHOWN = frozenset({"", "bot_message", "thread_broadcast", "me_message", "file_share"})
"""Subtypes that are messages like any other."""


class Messages(Naming):
    """Reading messages."""

    async def history(
        self, channel: str, *, window: str = "", limit: int = 30, cursor: str | None = None
    ) -> Page[Message]:
        """The messages of a channel, the newest first; replies are in their threads.

        `window` is a time like "2d", "3h", a date, or two dates with ".." between; empty means all.
        """
        place = self._may_read(await self.find_channel(channel))
        question = fingerprint("history", place.id, window.strip())
        limit = max(1, min(limit, MOST_MESSAGES))
        start = decode_cursor("history", cursor, question) if cursor else None
        if start is None:
            oldest, latest = self._window(window)
            latest = self._until(oldest, latest)
            position = ""
        else:  # "2d" must mean the same two days on the second page
            oldest, latest, position = (as_text(start.get(name)) for name in ("oldest", "latest", "cursor"))
        body = await self._read(
            "conversations.history",
            channel=place.id,
            limit=limit,
            cursor=position or None,
            oldest=oldest or None,
            latest=latest or None,
            inclusive=True if oldest or latest else None,
        )
        entries = objects(body.get("messages"))
        following = next_cursor(body)
        state: dict[str, JsonValue] = {"cursor": following or "", "oldest": oldest, "latest": latest}
        return Page(
            await self.rendered(entries, place),
            encode_cursor("history", state, question) if following else None,
            warnings=_warnings(asked=limit, got=len(entries), more=following is not None),
        )

    async def thread(
        self, message: str, *, channel: str = "", limit: int = 100, cursor: str | None = None
    ) -> Page[Message]:
        """A thread from its beginning: the message that began it, then the replies, the oldest first.

        `message` may be any message of the thread.
        """
        place, ref = await self.find_message(message, channel=channel)
        place = self._may_read(place)
        limit = max(1, min(limit, MOST_MESSAGES))
        question = fingerprint("thread", place.id, ref.ts)
        start = decode_cursor("thread", cursor, question) if cursor else {}
        began, position = as_text(start.get("ts")), as_text(start.get("cursor"))
        if not is_ts(began):
            began, position = ref.thread_ts or ref.ts, ""
        body = await self._replies(place, began, limit, position)
        entries = objects(body.get("messages"))
        beginning = as_text(entries[0].get("thread_ts")) if entries else ""
        if is_ts(beginning) and beginning != began:  # asked by a reply, Slack answers that reply alone
            began = beginning
            body = await self._replies(place, began, limit, "")
            entries = objects(body.get("messages"))
        following = next_cursor(body)
        if start and entries and as_text(entries[0].get("ts")) == began:
            entries = entries[1:]  # Slack repeats the beginning on every page
        return Page(
            await self.rendered(entries, place, reacted=True),
            encode_cursor("thread", {"cursor": following, "ts": began}, question) if following else None,
            warnings=_warnings(asked=limit, got=len(entries), more=following is not None),
        )

    async def message(self, message: str, *, channel: str = "") -> Message:
        """One message by its reference. Raises NotFound."""
        place, ref = await self.find_message(message, channel=channel)
        place = self._may_read(place)
        return (await self.rendered([await self.raw_message(place, ref)], place, reacted=True))[0]

    async def find_message(self, message: str, *, channel: str = "") -> tuple[Channel, MessageRef]:
        """The channel of a message and its reference, not yet looked up. Raises InvalidInput."""
        if not channel.strip():
            ref = parse_message_ref(message)
            return await self.channel_by_id(ref.channel_id), ref
        place = await self.find_channel(channel)
        return place, parse_message_ref(message, channel=place.id)

    async def thread_in(self, place: Channel, message: str) -> str | None:
        """The ts under which replies to a message of this channel are posted; None for an empty `message`."""
        if not message.strip():
            return None
        _, ref = await self.find_message(message, channel=place.id)
        return ref.thread_ts or await self._beginning_of(place, ref.ts)

    async def raw_message(self, place: Channel, ref: MessageRef) -> JsonObject:
        """A message as Slack has it. Raises NotFound."""
        if not ref.thread_ts or ref.thread_ts == ref.ts:
            body = await self._read(
                "conversations.history", channel=place.id, oldest=ref.ts, latest=ref.ts, inclusive=True, limit=1
            )
            for entry in objects(body.get("messages")):
                if as_text(entry.get("ts")) == ref.ts:
                    return entry
        # A reply is not in the channel's history; asked for by its own ts, its thread begins with it.
        body = await self._read(
            "conversations.replies",
            accept=("thread_not_found",),
            channel=place.id,
            ts=ref.thread_ts or ref.ts,
            oldest=ref.ts,
            latest=ref.ts,
            inclusive=True,
            limit=2,
        )
        for entry in objects(body.get("messages")):
            if as_text(entry.get("ts")) == ref.ts:
                return entry
        raise NotFound(
            f"There is no message {ref.ts} in {place.name}.",
            next_step="It may have been deleted: read the channel around that time.",
        )

    async def rendered(
        self, entries: Sequence[JsonObject], place: Channel, *, reacted: bool = False
    ) -> tuple[Message, ...]:
        """Messages of one channel as models, with names in the place of ids; of those who reacted only if asked for."""
        if not entries:
            return ()
        names = await self.names_for(entries, also=who_reacted(entries) if reacted else ())
        who = await self.identity()
        return tuple(
            self.as_message(entry, place, names, url=who.url, ours=(who.user_id, who.bot_id or "")) for entry in entries
        )

    def as_message(
        self, entry: JsonObject, place: Channel, names: KnownNames, *, url: str, ours: tuple[str, str]
    ) -> Message:
        """A message as a model. `url` is the workspace's address, `ours` are our user and bot ids."""
        ts, thread_ts = as_text(entry.get("ts")), as_text(entry.get("thread_ts"))
        author_id = as_text(entry.get("user")) or as_text(entry.get("bot_id"))
        subtype = as_text(entry.get("subtype"))
        attached = [file(each) for each in objects(entry.get("files"))]
        return Message(
            channel=place.name,
            channel_id=place.id,
            ts=ts,
            time=moment(ts),
            author=author(entry, names),
            author_id=author_id,
            text=message_markdown(entry, names),
            permalink=permalink(url, place.id, ts, thread_ts if thread_ts and thread_ts != ts else None) if url else "",
            thread_ts=thread_ts if thread_ts and thread_ts != ts else None,
            replies=as_int(entry.get("reply_count")) or 0,
            last_reply=moment(entry.get("latest_reply")),
            reactions=tuple(
                Reaction(each.emoji, each.count, tuple(names.user(user_id) for user_id in each.users))
                for each in reactions(entry.get("reactions"))
            ),
            files=tuple(each for each in attached if each is not None),
            edited=bool(entry.get("edited")),
            is_bot=is_bot(entry),
            event="" if subtype in _EVENTS_SHOWN else clean_text(subtype, 40),
            own=bool(author_id) and (author_id == ours[0] or (bool(ours[1]) and entry.get("bot_id") == ours[1])),
        )

    async def _replies(self, place: Channel, began: str, limit: int, cursor: str) -> JsonObject:
        return await self._read("conversations.replies", channel=place.id, ts=began, limit=limit, cursor=cursor or None)

    async def _beginning_of(self, place: Channel, ts: str) -> str:
        """The ts of the message that began the thread which `ts` is in."""
        body = await self._read("conversations.replies", channel=place.id, ts=ts, limit=1)
        for entry in objects(body.get("messages")):
            began = as_text(entry.get("thread_ts"))
            if is_ts(began):
                return began
        return ts

    def _window(self, window: str) -> tuple[str, str]:
        """The first and last ts of a window, "" where it is open."""
        if not window.strip():
            return "", ""
        return parse_window(window, now=datetime.fromtimestamp(self._clock(), UTC), tz=None)

    def _until(self, oldest: str, latest: str) -> str:
        """The end of a span that has a beginning: without one, Slack may give what is closest to the beginning."""
        return latest or (f"{self.time_there() + _A_MINUTE:.6f}" if oldest else "")


def _warnings(*, asked: int, got: int, more: bool) -> tuple[str, ...]:
    if asked > _FEW == got and more:
        return (
            "Slack gave 15 messages though more were asked for: apps that are distributed outside of its Marketplace "
            "get no more at a time, and one call a minute.",
        )
    return ()
