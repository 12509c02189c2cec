"""What is unread, and marking it read. Slack keeps read marks for people, not for bots."""

from dataclasses import replace

from connector_kit.errors import NotPermitted
from connector_kit.wire import as_int, as_object, as_text, objects
from slack_mcp.client.channels import MOST_PAGES, PER_PAGE
from slack_mcp.client.concurrency import gather
from slack_mcp.client.convert import next_cursor
from slack_mcp.client.search import Search
from slack_mcp.models import Channel, ChannelKind, Done, Unread, UnreadChannel
from slack_mcp.text import is_after, is_ts

MOST_LOOKED_AT = 40
"""Each channel costs two calls, and Slack takes fifty of a kind in a minute."""

_SHOWN = 10
"""Messages of a channel that are counted and shown."""

_SECONDS = 35.0
_ORDER: tuple[ChannelKind, ...] = ("dm", "group_dm", "private", "public")


class Inbox(Search):
    """What is unread."""

    async def unread(self, *, limit: int = 20) -> Unread:
        """Our conversations with something unread, direct ones first, with the newest of it; at most `limit`.

        At most 40 conversations are looked at in a call. Raises NotPermitted for a bot.
        """
        await self._require_reader()
        kinds, warnings = await self._kinds_allowed(_ORDER)
        ours: list[Channel] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            # Hundreds of direct conversations may be open: only those that are shown need a name, unless names decide.
            page, cursor = await self._page(
                cursor, kinds, mine=True, archived=False, limit=PER_PAGE, named=bool(self.settings.read_channels)
            )
            ours += [channel for channel in page if self.readable(channel)]
            if cursor is None:
                break
        ours.sort(key=lambda channel: _ORDER.index(channel.kind))
        looked_at = {channel.id: channel for channel in ours[:MOST_LOOKED_AT]}

        async def look(channel_id: str) -> UnreadChannel | None:
            return await self._unread_in(looked_at[channel_id])

        found = await gather(looked_at, look, at_once=4, seconds=_SECONDS)
        unread = [entry for channel_id in looked_at if (entry := found.get(channel_id)) is not None]
        if len(found) < len(looked_at):
            warnings.append(f"{len(looked_at) - len(found)} conversations could not be looked at.")
        if len(ours) > len(looked_at):
            warnings.append(f"Only the first {MOST_LOOKED_AT} conversations were looked at, direct ones first.")
        if len(unread) > limit:
            warnings.append(f"{len(unread) - limit} more conversations have something unread.")
        return Unread(tuple(unread[:limit]), len(found), len(ours), (*warnings, *self._only_some()))

    async def mark_read(self, channel: str, *, message: str = "") -> Done:
        """Mark a channel as read up to a message, or to its newest. Raises NotPermitted for a bot."""
        await self._require_reader()
        place = self._may_write(await self.find_channel(channel))
        if message.strip():
            _, ref = await self.find_message(message, channel=place.id)
            ts = ref.ts
        else:
            newest = objects((await self._read("conversations.history", channel=place.id, limit=1)).get("messages"))
            ts = as_text(newest[0].get("ts")) if newest else ""
            if not is_ts(ts):
                return Done(place.name, already=True)
        await self._write("conversations.mark", look=f"slack_list_unread shows {place.name}", channel=place.id, ts=ts)
        return Done(place.name)

    async def _unread_in(self, channel: Channel) -> UnreadChannel | None:
        info = as_object((await self._read("conversations.info", channel=channel.id)).get("channel"))
        last_read, count = as_text(info.get("last_read")), as_int(info.get("unread_count_display"))
        if count == 0 or not is_ts(last_read):
            return None
        body = await self._read(
            "conversations.history",
            channel=channel.id,
            oldest=last_read,
            latest=self._until(last_read, ""),
            limit=_SHOWN,
        )
        who = await self.identity()
        entries = [
            entry
            for entry in objects(body.get("messages"))
            if is_after(as_text(entry.get("ts")), last_read) and as_text(entry.get("user")) != who.user_id
        ]
        if not entries:
            return None
        if channel.peer:
            people = await gather([channel.peer], self.user_by_id)
            channel = replace(
                channel, name=next((f"@{each.handle or each.name}" for each in people.values()), channel.name)
            )
        more = next_cursor(body) is not None
        shown = await self.rendered(entries, channel)
        return UnreadChannel(replace(channel, unread=count), count or len(entries), more and count is None, shown)

    async def _require_reader(self) -> None:
        if (await self.identity()).kind == "bot":
            raise NotPermitted(
                "Slack keeps no read marks for a bot: this needs a person's token (xoxp-).",
                next_step="slack_read_channel reads a channel's newest messages.",
            )
