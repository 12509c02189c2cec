"""What is stuck to messages and channels: pins, bookmarks, reactions."""

from urllib.parse import urlsplit

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import as_object, as_text, objects
from slack_mcp.client.convert import bookmark, file, moment
from slack_mcp.client.ids import bookmark_id, emoji_name
from slack_mcp.client.uploads import Uploads
from slack_mcp.models import Bookmark, Done, Pin
from slack_mcp.text import one_line_outgoing

_LONGEST_LINK = 3_000


class Marks(Uploads):
    """Pins, bookmarks and reactions."""

    async def pins(self, channel: str) -> tuple[Pin, ...]:
        """What is pinned to a channel, the newest first."""
        place = self._may_read(await self.find_channel(channel))
        entries = objects((await self._read("pins.list", channel=place.id)).get("items"))
        names = await self.names_for([], also=[as_text(entry.get("created_by")) for entry in entries])
        messages = [entry for entry in entries if as_object(entry.get("message")).get("ts")]
        shown = await self.rendered([as_object(entry.get("message")) for entry in messages], place)
        by_ts = {message.ts: message for message in shown}
        found: list[Pin] = []
        for entry in entries:
            message = by_ts.get(as_text(as_object(entry.get("message")).get("ts")))
            pinned = file(as_object(entry.get("file")))
            if message is not None or pinned is not None:
                by = names.user(as_text(entry.get("created_by")))
                found.append(Pin(moment(entry.get("created")), by, message, pinned))
        return tuple(found)

    async def pin(self, message: str, *, channel: str = "") -> Done:
        """Pin a message to its channel."""
        return await self._mark("pins.add", "already_pinned", message, channel)

    async def unpin(self, message: str, *, channel: str = "") -> Done:
        """Take a pin away."""
        return await self._mark("pins.remove", "no_pin", message, channel)

    async def bookmarks(self, channel: str) -> tuple[Bookmark, ...]:
        """The links at the head of a channel."""
        place = self._may_read(await self.find_channel(channel))
        entries = objects((await self._read("bookmarks.list", channel_id=place.id)).get("bookmarks"))
        found = [bookmark(entry) for entry in entries]
        return tuple(each for each in found if each is not None)

    async def add_bookmark(self, channel: str, title: str, link: str, *, emoji: str = "") -> Bookmark:
        """Add a link to the head of a channel."""
        place = self._may_write(await self.find_channel(channel))
        called, address = one_line_outgoing(title)[:255], link.strip()
        parts = urlsplit(address)
        if not called:
            raise InvalidInput("A bookmark needs a title.", fields={"title": "is empty"})
        if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > _LONGEST_LINK:
            raise InvalidInput("A bookmark needs a link.", fields={"link": "should begin with https://"})
        body = await self._write(
            "bookmarks.add",
            look=f"slack_get_channel with include=bookmarks shows those of {place.name}",
            channel_id=place.id,
            title=called,
            type="link",
            link=address,
            emoji=f":{emoji_name(emoji)}:" if emoji.strip() else None,
        )
        return bookmark(as_object(body.get("bookmark"))) or Bookmark("", called, address)

    async def remove_bookmark(self, channel: str, bookmark: str) -> Done:
        """Take a bookmark away by its id."""
        place = self._may_write(await self.find_channel(channel))
        wanted = bookmark_id(bookmark)
        await self._write(
            "bookmarks.remove",
            look=f"slack_get_channel with include=bookmarks shows those of {place.name}",
            channel_id=place.id,
            bookmark_id=wanted,
        )
        return Done(f"{wanted} in {place.name}")

    async def react(self, message: str, emoji: str, *, channel: str = "") -> Done:
        """Add our reaction to a message."""
        return await self._mark("reactions.add", "already_reacted", message, channel, name=emoji_name(emoji))

    async def unreact(self, message: str, emoji: str, *, channel: str = "") -> Done:
        """Take our reaction from a message."""
        return await self._mark("reactions.remove", "no_reaction", message, channel, name=emoji_name(emoji))

    async def _mark(self, method: str, done_before: str, message: str, channel: str, **more: str) -> Done:
        """Do something to a message that leaves it as it is where it was done before."""
        place, ref = await self.find_message(message, channel=channel)
        place = self._may_write(place)
        subject = f"{clean_text(more.get('name', ''), 60)} on {ref.ts} in {place.name}".removeprefix(" on ")
        body = await self._write(
            method,
            look=f"slack_read_thread shows the message {place.id}:{ref.ts}",
            accept=(done_before,),
            channel=place.id,
            timestamp=ref.ts,
            **more,
        )
        return Done(subject, already=body.get("ok") is not True)
