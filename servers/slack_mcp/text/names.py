"""What stands in a text for an id of a person, a channel or a group."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from slack_mcp.text.markdown import one_line

_ID: Final = r"[A-Z][A-Z0-9]{1,30}"


class Names(Protocol):
    """Names by id, without their sigil; the id itself where the name is not known. Never raises."""

    def user(self, user_id: str, /) -> str:
        """How a person is called."""
        ...

    def channel(self, channel_id: str, /) -> str:
        """How a channel is called, without "#"."""
        ...

    def group(self, group_id: str, /) -> str:
        """The handle of a user group, without "@"."""
        ...


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that were looked up before, by id."""

    users: Mapping[str, str] = field(default_factory=dict[str, str])
    channels: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: Mapping[str, str] = field(default_factory=dict[str, str])

    def user(self, user_id: str, /) -> str:
        """How a person is called."""
        return self.users.get(user_id) or user_id

    def channel(self, channel_id: str, /) -> str:
        """How a channel is called."""
        return self.channels.get(channel_id) or channel_id

    def group(self, group_id: str, /) -> str:
        """The handle of a user group."""
        return self.groups.get(group_id) or group_id


class WantedNames:
    """Notes every id that a text asks the name of, in the order of asking."""

    def __init__(self) -> None:
        self.users: dict[str, None] = {}
        self.channels: dict[str, None] = {}
        self.groups: dict[str, None] = {}

    def user(self, user_id: str, /) -> str:
        """Note a person."""
        self.users[user_id] = None
        return user_id

    def channel(self, channel_id: str, /) -> str:
        """Note a channel."""
        self.channels[channel_id] = None
        return channel_id

    def group(self, group_id: str, /) -> str:
        """Note a user group."""
        self.groups[group_id] = None
        return group_id


def user_mention(user_id: str, names: Names, *, label: str = "") -> str:
    """A person as "@name", literal text; `label` is what the message itself says, in case nobody knows better."""
    return "@" + (_name(user_id, names.user, label.removeprefix("@")) or "someone")


def channel_mention(channel_id: str, names: Names, *, label: str = "") -> str:
    """A channel as "#name", literal text. The label of a message is Slack's own, and taken at its word."""
    own = one_line(label).lstrip("#")
    return "#" + (own or _name(channel_id, names.channel, "") or "a channel")


def group_mention(group_id: str, names: Names, *, label: str = "") -> str:
    """A user group as "@handle", literal text. The label of a message is Slack's own, and taken at its word."""
    own = one_line(label).lstrip("@")
    return "@" + (own or _name(group_id, names.group, "") or "a group")


class _Lookup(Protocol):
    def __call__(self, item_id: str, /) -> str: ...


def _name(item_id: str, lookup: _Lookup, label: str) -> str:
    found = lookup(item_id) if re.fullmatch(_ID, item_id) else item_id
    return one_line(found if found != item_id else label or item_id).lstrip("@#")
