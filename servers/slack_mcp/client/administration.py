"""Changing channels: opening, creating, renaming, archiving, topics, members."""

from collections.abc import Sequence
from dataclasses import replace

from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_object, as_text
from slack_mcp.client.concurrency import gather
from slack_mcp.client.ids import is_channel_id, new_channel_name
from slack_mcp.client.scheduling import Scheduling
from slack_mcp.models import Channel, Done, User
from slack_mcp.text import one_line_outgoing

_TOPIC_CHARS = 250
_MOST_IN_A_DM = 8
_MOST_INVITED = 100


class Administration(Scheduling):
    """Changing channels."""

    async def open_dm(self, users: Sequence[str]) -> Channel:
        """The direct conversation with one person, or with up to eight; it is opened if it is not there."""
        people = await self._everybody(users)
        if not 1 <= len(people) <= _MOST_IN_A_DM:
            raise InvalidInput(
                "A direct conversation is with one to eight people.", fields={"users": f"are {len(people)}"}
            )
        if len(people) == 1:
            return self._may_write(await self._direct(people[0], open_dm=True))
        names = ", ".join(f"@{person.handle or person.name}" for person in people)
        if not any(map(is_channel_id, self.settings.channels)):
            # Not even opened, where it could not be written to afterwards; its id is known only then.
            self._may_write(Channel("", names, "group_dm"))
        # Opening it again answers the same conversation.
        body = await self._bridge.call("conversations.open", repeatable=True, users=[person.id for person in people])
        opened = Channel(as_text(as_object(body.get("channel")).get("id")), names, "group_dm", member=True)
        return self._may_write(self._note(opened))

    async def create_channel(self, name: str, *, private: bool = False) -> Channel:
        """Create a channel; its name is in small letters, digits, - and _. We are its first member."""
        wanted = new_channel_name(name)
        planned = self._may_write(Channel("", f"#{wanted}", "private" if private else "public", member=True))
        body = await self._change(
            "conversations.create",
            look=f"slack_list_channels with name={wanted} shows whether it is there",
            name=wanted,
            is_private=private or None,
        )
        return self._changed(body, planned)

    async def rename_channel(self, channel: str, name: str) -> Channel:
        """Give a channel another name."""
        place = self._may_write(await self.find_channel(channel))
        wanted = new_channel_name(name)
        self._may_write(replace(place, name=f"#{wanted}"))
        body = await self._change("conversations.rename", look=self._shows(place), channel=place.id, name=wanted)
        return self._changed(body, replace(place, name=f"#{wanted}"))

    async def archive_channel(self, channel: str) -> Done:
        """Archive a channel: it stays readable, and can be brought back."""
        return await self._switch("conversations.archive", "already_archived", channel)

    async def unarchive_channel(self, channel: str) -> Done:
        """Bring an archived channel back."""
        return await self._switch("conversations.unarchive", "not_archived", channel)

    async def set_topic(self, channel: str, topic: str) -> Done:
        """Set a channel's topic, 250 characters at most; empty takes it away."""
        return await self._describe("conversations.setTopic", "topic", channel, topic)

    async def set_purpose(self, channel: str, purpose: str) -> Done:
        """Set what a channel is for, 250 characters at most; empty takes it away."""
        return await self._describe("conversations.setPurpose", "purpose", channel, purpose)

    async def invite(self, channel: str, users: Sequence[str]) -> Done:
        """Invite people to a channel."""
        place = self._may_write(await self.find_channel(channel))
        people = await self._everybody(users)
        if not 1 <= len(people) <= _MOST_INVITED:
            raise InvalidInput(
                "Name the people to invite.", fields={"users": f"are {len(people)}, at most {_MOST_INVITED}"}
            )
        invited = await self._invite(place, people)
        if not invited and len(people) > 1:
            # One who is there already keeps the others from being invited together.
            invited = sum([await self._invite(place, [person]) for person in people]) > 0
        names = ", ".join(person.name for person in people)
        return Done(f"{names} in {place.name}", already=not invited)

    async def remove(self, channel: str, user: str) -> Done:
        """Remove a person from a channel."""
        place = self._may_write(await self.find_channel(channel))
        person = await self.user(user)
        body = await self._change(
            "conversations.kick",
            look=self._shows(place, "members"),
            accept=("not_in_channel",),
            channel=place.id,
            user=person.id,
        )
        return Done(f"{person.name} from {place.name}", already=body.get("ok") is not True)

    async def join(self, channel: str) -> Channel:
        """Join a public channel."""
        place = self._may_write(await self.find_channel(channel))
        body = await self._change("conversations.join", look=self._shows(place), channel=place.id)
        return self._changed(body, replace(place, member=True))

    async def leave(self, channel: str) -> Done:
        """Leave a channel."""
        place = self._may_write(await self.find_channel(channel))
        body = await self._change(
            "conversations.leave", look=self._shows(place), accept=("not_in_channel",), channel=place.id
        )
        left = body.get("ok") is True and body.get("not_in_channel") is not True
        return Done(place.name, already=not left)

    def _changed(self, body: JsonObject, planned: Channel) -> Channel:
        """The channel as Slack answers it after a change, or as it was meant to be where Slack says nothing."""
        entry = as_object(body.get("channel"))
        return self._from_list(entry, None, ours=planned.member) if entry.get("id") else planned

    async def _invite(self, place: Channel, people: Sequence[User]) -> bool:
        """Invite people; False if one of them is there already: then nobody was invited."""
        body = await self._change(
            "conversations.invite",
            look=self._shows(place, "members"),
            accept=("already_in_channel",),
            channel=place.id,
            users=[person.id for person in people],
        )
        return body.get("ok") is True

    async def _switch(self, method: str, done_before: str, channel: str) -> Done:
        place = self._may_write(await self.find_channel(channel))
        body = await self._change(method, look=self._shows(place), accept=(done_before,), channel=place.id)
        return Done(place.name, already=body.get("ok") is not True)

    async def _describe(self, method: str, field: str, channel: str, text: str) -> Done:
        said = one_line_outgoing(text)
        if len(said) > _TOPIC_CHARS:
            raise InvalidInput(f"A {field} has at most {_TOPIC_CHARS} characters.", fields={field: f"has {len(said)}"})
        place = self._may_write(await self.find_channel(channel))
        await self._change(
            method,
            look=self._shows(place),
            channel=place.id,
            topic=said if field == "topic" else None,
            purpose=said if field == "purpose" else None,
        )
        return Done(place.name)

    async def _change(self, method: str, *, look: str, accept: tuple[str, ...] = (), **arguments: object) -> JsonObject:
        """Call a method that changes a channel; afterwards no list read before it is believed."""
        try:
            return await self._write(method, look=look, accept=accept, **arguments)
        finally:
            self._forget_channels()

    async def _everybody(self, users: Sequence[str]) -> list[User]:
        """The people that these texts mean, each once. Raises as `user` for the first who is not found."""
        wanted = [text for text in dict.fromkeys(users) if text.strip()]
        people = await gather(wanted, self.user, at_once=4)
        found: dict[str, User] = {}
        for text in wanted:
            person = people.get(text) or await self.user(text)
            found[person.id] = person
        return list(found.values())

    @staticmethod
    def _shows(place: Channel, include: str = "") -> str:
        more = f" and include={include}" if include else ""
        return f"slack_get_channel with {place.id}{more} shows it"
