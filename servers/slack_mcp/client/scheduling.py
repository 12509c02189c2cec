"""Messages that Slack posts later (https://docs.slack.dev/reference/methods/chat.scheduleMessage)."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import as_int, as_text, objects
from slack_mcp.client.convert import moment, next_cursor
from slack_mcp.client.ids import is_channel_id, scheduled_id
from slack_mcp.client.posting import Posting
from slack_mcp.models import Channel, Done, ScheduledMessage
from slack_mcp.text import NOBODY, MentionPolicy, message_markdown, outgoing

if TYPE_CHECKING:
    from pydantic import JsonValue

_SOONEST, _LATEST = 10.0, 120 * 86_400.0
"""Seconds from now; Slack's own bounds."""


class Scheduling(Posting):
    """Messages for later."""

    async def schedule(
        self,
        channel: str,
        markdown: str,
        at: str,
        *,
        thread: str = "",
        unfurl: bool = False,
        mentions: MentionPolicy = NOBODY,
    ) -> ScheduledMessage:
        """Have Markdown posted at a time: "2026-02-03T09:00" (in this machine's zone where it names none), or "2h".

        "30m", "2h" and "3d" are from now on. At most 120 days ahead. One message only: nothing
        posts the rest of a longer text.
        """
        when = self._when(at)
        parts = outgoing(markdown, mentions=mentions)
        if len(parts) != 1:
            raise InvalidInput(
                "A scheduled message has 1 to 12,000 characters.", fields={"text": f"has {len(markdown):,}"}
            )
        place = self._may_write(await self.find_channel(channel, open_dm=True))
        thread_ts = await self.thread_in(place, thread)
        body = await self._write(
            "chat.scheduleMessage",
            look=f"slack_list_scheduled_messages shows what is scheduled for {place.name}",
            channel=place.id,
            post_at=when,
            markdown_text=parts[0],
            thread_ts=thread_ts,
            unfurl_links=unfurl,
            unfurl_media=unfurl,
        )
        return ScheduledMessage(
            as_text(body.get("scheduled_message_id")),
            place.name,
            place.id,
            moment(as_int(body.get("post_at")) or when),
            parts[0],
        )

    async def scheduled(
        self, *, channel: str = "", limit: int = 50, cursor: str | None = None
    ) -> Page[ScheduledMessage]:
        """What is scheduled with this token; nobody sees what others scheduled."""
        place = self._may_read(await self.find_channel(channel)) if channel.strip() else None
        question = fingerprint("scheduled", place.id if place else "")
        start = decode_cursor("scheduled", cursor, question) if cursor else {}
        body = await self._read(
            "chat.scheduledMessages.list",
            channel=place.id if place else None,
            limit=max(1, min(limit, 100)),
            cursor=as_text(start.get("cursor")) or None,
        )
        entries = [
            entry
            for entry in objects(body.get("scheduled_messages"))
            if is_channel_id(as_text(entry.get("channel_id")))
        ]
        names = await self.names_for([*entries, *({"text": f"<#{entry.get('channel_id')}>"} for entry in entries)])
        found = tuple(
            ScheduledMessage(
                id=as_text(entry.get("id")),
                channel=self.name_of(as_text(entry.get("channel_id"))),
                channel_id=as_text(entry.get("channel_id")),
                at=moment(entry.get("post_at")),
                text=message_markdown(entry, names),
            )
            for entry in entries
            if self.readable(self._called(as_text(entry.get("channel_id"))))
        )
        following = next_cursor(body)
        state: dict[str, JsonValue] = {"cursor": following or ""}
        return Page(found, encode_cursor("scheduled", state, question) if following else None)

    async def unschedule(self, channel: str, scheduled: str) -> Done:
        """Take back a message that is scheduled. Raises NotFound once it was posted."""
        wanted = scheduled_id(scheduled)
        place = self._may_write(await self.find_channel(channel))
        await self._write(
            "chat.deleteScheduledMessage",
            look="slack_list_scheduled_messages shows what is still scheduled",
            channel=place.id,
            scheduled_message_id=wanted,
        )
        return Done(f"{wanted} in {place.name}")

    def _called(self, channel_id: str) -> Channel:
        return Channel(channel_id, self.name_of(channel_id), "public")

    def _when(self, at: str) -> int:
        text = at.strip()
        ahead_of_now = re.fullmatch(r"(?:in )?([0-9]{1,6}) ?(m|min|h|d)", text)
        if ahead_of_now:
            seconds = {"m": 60, "min": 60, "h": 3_600, "d": 86_400}[ahead_of_now[2]]
            text = datetime.fromtimestamp(self._clock() + int(ahead_of_now[1]) * seconds, UTC).isoformat()
        try:
            when = datetime.fromisoformat(text).timestamp()
        except (ValueError, OverflowError, OSError):
            raise InvalidInput(
                "That is no time.",
                fields={
                    "at": f"{clean_text(at, 40)!r} should look like 2026-02-03T09:00, 2026-02-03T09:00+01:00 or 2h"
                },
            ) from None
        ahead = when - self._clock()
        if not _SOONEST <= ahead <= _LATEST:
            said = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M UTC")
            which = "has passed" if ahead < _SOONEST else "is more than 120 days ahead"
            raise InvalidInput("Slack cannot schedule for that time.", fields={"at": f"{said} {which}"})
        return int(when)
