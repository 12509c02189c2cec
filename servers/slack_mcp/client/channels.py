"""Channels and direct conversations: listing, finding by name, what is known about one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connector_kit.errors import NotFound, NotPermitted, ScopeMissing, clean_text
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects, texts
from slack_mcp.client.base import CHANNELS
from slack_mcp.client.concurrency import gather
from slack_mcp.client.convert import channel_kind, line_of, moment, next_cursor
from slack_mcp.client.ids import is_user_id
from slack_mcp.client.lazy import LazyList
from slack_mcp.client.matching import meant, normal
from slack_mcp.client.people import People
from slack_mcp.models import Channel, ChannelKind, User
from slack_mcp.text import parse_channel

if TYPE_CHECKING:
    from typing import Any

PER_PAGE = 500
MOST_PAGES = 10
"""Pages that a search by name may read: 5,000 channels."""

_TYPES: dict[ChannelKind, str] = {
    "public": "public_channel",
    "private": "private_channel",
    "dm": "im",
    "group_dm": "mpim",
}
_READ_SCOPES: dict[ChannelKind, str] = {
    "public": "channels:read",
    "private": "groups:read",
    "dm": "im:read",
    "group_dm": "mpim:read",
}


class Channels(People):
    """Finding channels."""

    def __init__(self, *arguments: "Any", **options: "Any") -> None:
        super().__init__(*arguments, **options)
        self._mine = LazyList(self._my_page, pages=MOST_PAGES)
        self._all = LazyList(self._public_page, pages=MOST_PAGES)

    async def channels(
        self,
        name: str = "",
        *,
        kinds: Sequence[ChannelKind] = ("public", "private"),
        mine: bool = False,
        archived: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Channel]:
        """Channels of these kinds, with `name` in their name; `mine` are those that we are in.

        Direct conversations are always ours. A search by name looks through 5,000 channels.
        """
        wanted = normal(name.strip().removeprefix("#"))
        limit = max(1, min(limit, 999))
        question = fingerprint("channels", wanted, *sorted(kinds), mine, archived)
        allowed, warnings = await self._kinds_allowed(kinds)
        start = decode_cursor("channels", cursor, question) if cursor else {}
        position: str | None = as_text(start.get("cursor")) or None
        skip = as_int(start.get("skip")) or 0
        # A filter by name throws most of a page away; where a page was left in the middle it must be cut the same.
        size = max(1, min(as_int(start.get("size")) or (PER_PAGE if wanted else limit), 999))
        ours = mine or not set(allowed) & {"public", "private"}
        found: list[Channel] = []
        going_on: str | None = None
        for _ in range(MOST_PAGES):
            page, following = await self._page(position, allowed, mine=ours, archived=archived, limit=size)
            matching = [item for item in page if wanted in normal(item.name) and self.readable(item)]
            taken = matching[skip : skip + limit - len(found)]
            found += taken
            skip += len(taken)
            if skip >= len(matching):
                position, skip = following, 0
            going_on = (
                encode_cursor("channels", {"cursor": position or "", "skip": skip, "size": size}, question)
                if position or skip
                else None
            )
            if going_on is None or len(found) == limit:
                break
        return Page(tuple(found), going_on, warnings=(*warnings, *self._only_some()))

    async def channel(self, channel: str) -> Channel:
        """All about the one channel that a text means: a name, an id, a link, or "@person"."""
        found = self._may_read(await self.find_channel(channel))
        entry = as_object(
            (await self._read("conversations.info", channel=found.id, include_num_members=True)).get("channel")
        )
        return await self._described(entry, found)

    async def members(self, channel: str, *, limit: int = 100, cursor: str | None = None) -> Page[User]:
        """The people in a channel."""
        found = self._may_read(await self.find_channel(channel))
        question = fingerprint("members", found.id)
        start = decode_cursor("members", cursor, question) if cursor else {}
        body = await self._read(
            "conversations.members",
            channel=found.id,
            limit=max(1, min(limit, 200)),
            cursor=as_text(start.get("cursor")) or None,
        )
        ids = texts(body.get("members"))
        people = await self.people(ids)
        following = next_cursor(body)
        missing = len(ids) - len(people)
        return Page(
            people,
            encode_cursor("members", {"cursor": following}, question) if following else None,
            warnings=(f"{missing} of them could not be looked up.",) if missing else (),
        )

    async def find_channel(self, text: str, *, open_dm: bool = False) -> Channel:
        """The one channel that a text means. `open_dm` opens a direct conversation that is not there yet.

        A name is looked for among our own channels first, then among all public ones.
        Raises NotFound with names that look alike.
        """
        ref = parse_channel(text)
        if ref.id:
            return await self.channel_by_id(ref.id)
        if ref.user is not None:
            person = await self.user(ref.user.id or ref.user.email or f"@{ref.user.name}")
            return await self._direct(person, open_dm=open_dm)
        name = normal(ref.name)
        for channels in (self._mine, self._all):
            try:
                found, _ = await channels.select(lambda item: normal(item.name.removeprefix("#")) == name, enough=1)
            except ScopeMissing:
                if channels is self._all:
                    raise
                continue
            if found:
                return found[0]
        known = [item.name.removeprefix("#") for item in (*self._mine.seen, *self._all.seen)]
        unseen = (
            "" if self.has_scope("groups:read") else " Private channels cannot be found: the token lacks groups:read."
        )
        raise NotFound(
            f"There is no channel called {clean_text(text, 80)!r} that the token's account can see."
            f"{meant(name, known)}{unseen}",
            next_step="slack_list_channels finds channels by a part of the name; a private channel shows up once the "
            "app was invited to it with `/invite @app`.",
        )

    async def channel_by_id(self, channel_id: str) -> Channel:
        """The channel or direct conversation with an id, as far as a list would tell. Raises NotFound."""

        async def load() -> Channel:
            body = await self._read("conversations.info", channel=channel_id)
            return await self._named(as_object(body.get("channel")), channel_id)

        return await self._cached(("channel", channel_id), load, CHANNELS)

    async def _direct(self, person: User, *, open_dm: bool) -> Channel:
        """Our direct conversation with somebody."""
        if open_dm and not any(name.startswith("D") for name in self.settings.channels):
            # Not even opened, where it could not be written to afterwards; ids are known only then.
            self._may_write(Channel("", f"@{person.handle or person.name}", "dm", peer=person.id))

        async def load() -> Channel:
            if open_dm:
                body = await self._bridge.call("conversations.open", repeatable=True, users=person.id, return_im=True)
                return self._note(_direct_with(person, as_text(as_object(body.get("channel")).get("id"))))
            cursor: str | None = None
            for _ in range(MOST_PAGES):
                body = await self._read("users.conversations", types="im", limit=PER_PAGE, cursor=cursor)
                for entry in objects(body.get("channels")):
                    if as_text(entry.get("user")) == person.id:
                        return self._note(_direct_with(person, as_text(entry.get("id"))))
                cursor = next_cursor(body)
                if cursor is None:
                    break
            raise NotFound(
                f"There is no direct conversation with @{person.handle or person.id} yet.",
                next_step="slack_post_message to them begins one.",
            )

        return await self._cached(("dm", person.id, open_dm), load, CHANNELS)

    async def _page(
        self,
        cursor: str | None,
        kinds: Sequence[ChannelKind],
        *,
        mine: bool,
        archived: bool,
        limit: int,
        named: bool = True,
    ) -> tuple[list[Channel], str | None]:
        """A page of a list, and the cursor of the next. Without `named`, direct conversations are not named."""
        body = await self._read(
            "users.conversations" if mine else "conversations.list",
            types=",".join(_TYPES[kind] for kind in kinds),
            exclude_archived=not archived,
            limit=limit,
            cursor=cursor,
        )
        entries = objects(body.get("channels"))
        # Only a person's name is behind another id; groups of people have theirs in the channel's name.
        people = await gather(
            [as_text(entry.get("user")) for entry in entries if named and as_flag(entry.get("is_im"))],
            self.user_by_id,
            seconds=15,
        )
        return [
            self._from_list(entry, people.get(as_text(entry.get("user"))), ours=mine)
            for entry in entries
            if entry.get("id")
        ], next_cursor(body)

    async def _my_page(self, cursor: str | None) -> tuple[list[Channel], str | None]:
        kinds, _ = await self._kinds_allowed(("public", "private"))
        return await self._page(cursor, kinds, mine=True, archived=False, limit=PER_PAGE)

    async def _public_page(self, cursor: str | None) -> tuple[list[Channel], str | None]:
        kinds, _ = await self._kinds_allowed(("public", "private"))
        return await self._page(cursor, kinds, mine=False, archived=True, limit=PER_PAGE)

    async def _kinds_allowed(self, kinds: Sequence[ChannelKind]) -> tuple[list[ChannelKind], list[str]]:
        """Those of the kinds that the token may list, and a remark on the others. Raises NotPermitted."""
        await self.identity()  # which tells the scopes
        allowed: list[ChannelKind] = []
        lacking: list[ChannelKind] = []
        for kind in dict.fromkeys(kinds):
            (allowed if self.has_scope(_READ_SCOPES[kind]) else lacking).append(kind)
        if not allowed:
            scopes = ", ".join(_READ_SCOPES[kind] for kind in kinds)
            raise NotPermitted(
                f"The token may not list such channels: it lacks {scopes}.",
                next_step="Ask the user to add the scope to the Slack app and to install the app again.",
            )
        return allowed, [
            f"Channels of the kind {kind} are not shown: the token lacks {_READ_SCOPES[kind]}." for kind in lacking
        ]

    def _from_list(self, entry: JsonObject, person: User | None, *, ours: bool) -> Channel:
        kind = channel_kind(entry)
        peer = as_text(entry.get("user")) if kind == "dm" else ""
        name = as_text(entry.get("name"))
        if kind == "dm":
            shown = f"@{person.handle or person.name}" if person else f"@{peer}"
        else:
            shown = _group_name(name) if kind == "group_dm" else f"#{name}"
        found = Channel(
            id=as_text(entry.get("id")),
            name=clean_text(shown, 200),
            kind=kind,
            topic=line_of(entry, "topic"),
            purpose=line_of(entry, "purpose"),
            size=as_int(entry.get("num_members")),
            member=ours or as_flag(entry.get("is_member")) or kind in ("dm", "group_dm"),
            archived=as_flag(entry.get("is_archived")),
            external=as_flag(entry.get("is_ext_shared")),
            created=moment(entry.get("created")),
            creator=as_text(entry.get("creator")),
            peer=peer,
        )
        return found if kind == "dm" and not person else self._note(found)

    def _note(self, channel: Channel) -> Channel:
        self._remember_channel(channel.id, channel.name)
        return channel

    async def _named(self, entry: JsonObject, channel_id: str) -> Channel:
        """A channel from its object, a direct conversation with the other's name."""
        if not entry.get("id"):
            raise NotFound(
                f"There is no channel with the id {channel_id}.", next_step="slack_list_channels finds channels."
            )
        peer = as_text(entry.get("user")) if as_flag(entry.get("is_im")) else ""
        person = await self._can_look_up(peer) if is_user_id(peer) else None
        return self._from_list(entry, person, ours=False)

    async def _described(self, entry: JsonObject, found: Channel) -> Channel:
        fresh = await self._named(entry, found.id)
        creator = await self._can_look_up(fresh.creator) if is_user_id(fresh.creator) else None
        who = await self.identity()
        return replace(
            fresh,
            url=f"{who.url}/archives/{fresh.id}" if who.url else "",
            creator=creator.name if creator else fresh.creator,
            unread=as_int(entry.get("unread_count_display")) if who.kind == "user" else None,
        )

    def _forget_channels(self) -> None:
        """Names and members changed: nothing read before counts."""
        self._mine.forget()
        self._all.forget()
        self.cache.invalidate(CHANNELS)


def _direct_with(person: User, channel_id: str) -> Channel:
    if not channel_id:
        raise NotFound(f"Slack opened no conversation with @{person.handle or person.id}.")
    return Channel(id=channel_id, name=f"@{person.handle or person.name}", kind="dm", member=True, peer=person.id)


def _group_name(name: str) -> str:
    """The people of a group conversation: Slack calls it mpdm-ann--bob--cem-1."""
    if not name.startswith("mpdm-"):
        return name
    return ", ".join(f"@{part}" for part in name.removeprefix("mpdm-").rpartition("-")[0].split("--") if part)
