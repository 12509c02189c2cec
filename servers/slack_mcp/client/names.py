"""Names for the ids that occur in messages: looked up one by one, only those that occur.

There is no directory in memory: a workspace may have a hundred thousand people, and a message mentions three.
"""

from collections.abc import Iterable, Mapping, Sequence

from connector_kit.errors import NotFound, NotPermitted, ServiceError
from connector_kit.wire import JsonObject, objects, texts
from slack_mcp.client.base import CHANNELS, PEOPLE
from slack_mcp.client.channels import Channels
from slack_mcp.client.concurrency import gather
from slack_mcp.client.ids import is_channel_id, is_group_id, is_user_id
from slack_mcp.text import KnownNames, wanted

MOST_LOOKED_UP = 60
"""Ids of a kind in one answer: more would use up the minute's calls of users.info."""

SECONDS = 12.0
"""For all look-ups of an answer: a message with ids in it is worth more than none."""


class Naming(Channels):
    """Resolving ids."""

    async def names_for(self, messages: Sequence[JsonObject], *, also: Iterable[str] = ()) -> KnownNames:
        """The names of those who wrote these messages or are mentioned in them.

        `also` are further user ids. What cannot be looked up is left out: that never fails.
        """
        occurring = wanted(messages)
        users = [*occurring.users, *also]
        known = [each for each in dict.fromkeys(users) if is_user_id(each)][:MOST_LOOKED_UP]
        people = await gather(known, self._user_name, seconds=SECONDS) if self.has_scope("users:read") else {}
        ids = [each for each in dict.fromkeys(occurring.channels) if is_channel_id(each)][:MOST_LOOKED_UP]
        channels = await gather(ids, self._channel_name, seconds=SECONDS)
        some_group = any(is_group_id(each) for each in occurring.groups)
        return KnownNames(
            users={user_id: name for user_id, name in people.items() if name},
            channels={channel_id: name for channel_id, name in channels.items() if name},
            groups=await self._group_names() if some_group else {},
        )

    async def _user_name(self, user_id: str) -> str:
        """The name of a person, "" for one whom Slack does not show: that is remembered as well."""

        async def load() -> str:
            try:
                return (await self.user_by_id(user_id)).name
            except NotFound:
                return ""

        return await self._cached(("user name", user_id), load, PEOPLE)

    async def _channel_name(self, channel_id: str) -> str:
        async def load() -> str:
            try:
                return (await self.channel_by_id(channel_id)).name.removeprefix("#")
            except (NotFound, NotPermitted):
                return ""

        return await self._cached(("channel name", channel_id), load, CHANNELS)

    async def _group_names(self) -> Mapping[str, str]:
        if not self.has_scope("usergroups:read"):
            return {}
        try:
            return {group.id: group.handle for group in await self.groups()}
        except ServiceError:
            return {}


def who_reacted(messages: Sequence[JsonObject]) -> list[str]:
    """The ids of those who reacted to messages: many, and of interest only where a message is read by itself."""
    reactions = [reaction for message in messages for reaction in objects(message.get("reactions"))]
    return [user_id for reaction in reactions for user_id in texts(reaction.get("users"))]
