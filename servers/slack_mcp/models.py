"""Slack as the model sees it: pared to what is read, names instead of ids, text as Markdown.

`ts` is Slack's name of a message inside its channel ("1769846400.000100"), and the second it was posted. Times are
ISO 8601 in UTC. Every message and file has its permalink, which is accepted wherever a message or file is asked for.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

ChannelKind: TypeAlias = Literal["public", "private", "dm", "group_dm"]
TokenKind: TypeAlias = Literal["user", "bot"]
SearchEngine: TypeAlias = Literal["assistant.search.context", "search.messages"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this server is in Slack, and what its token may do; `scopes` are None while nobody told them."""

    kind: TokenKind
    team: str
    team_id: str
    user: str
    user_id: str
    url: str
    bot_id: str | None = None
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A person or an app. `name` is what Slack shows, `handle` the word after the @; the e-mail may be hidden."""

    id: str
    name: str
    handle: str = ""
    real_name: str = ""
    title: str = ""
    email: str | None = None
    timezone: str = ""
    status: str = ""
    is_bot: bool = False
    active: bool = True
    external: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A group of people that can be mentioned together, as @`handle`."""

    id: str
    handle: str
    name: str
    description: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel or a direct conversation; `name` is "#general", or for direct ones "@person".

    `topic` and the like are empty where a list leaves them out. `unread` is known for user tokens only.
    """

    id: str
    name: str
    kind: ChannelKind
    url: str = ""
    topic: str = ""
    purpose: str = ""
    size: int | None = None
    member: bool = False
    archived: bool = False
    external: bool = False
    created: str = ""
    creator: str = ""
    unread: int | None = None
    peer: str = ""
    """For a direct conversation the other's user id."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji under a message, by how many, and by whom as far as Slack tells."""

    emoji: str
    count: int
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file; `size` in bytes. A canvas is a file of the media type application/vnd.slack-docs."""

    id: str
    name: str
    title: str = ""
    media_type: str = ""
    kind: str = ""
    size: int = 0
    user: str = ""
    created: str = ""
    permalink: str = ""
    external: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message, whole. `text` is Markdown and third-party content; `author` is a name.

    A message that began a thread has `replies` and `last_reply`; a reply has `thread_ts`, its beginning.
    """

    channel: str
    channel_id: str
    ts: str
    time: str
    author: str
    author_id: str
    text: str
    permalink: str
    thread_ts: str | None = None
    replies: int = 0
    last_reply: str = ""
    reactions: tuple[Reaction, ...] = ()
    files: tuple[File, ...] = ()
    edited: bool = False
    is_bot: bool = False
    event: str = ""
    """Slack's subtype where it is no ordinary message: channel_join, thread_broadcast, …"""
    own: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found. `engine` is the method that answered, `limits` say what it cannot find."""

    items: tuple[Message, ...]
    engine: SearchEngine
    cursor: str | None = None
    total: int | None = None
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadChannel:
    """A channel with something unread: how much as far as it was counted, and the newest of it."""

    channel: Channel
    count: int
    more: bool
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """What is unread. `looked_at` of `total` channels were looked at; `warnings` tell why not all."""

    channels: tuple[UnreadChannel, ...]
    looked_at: int
    total: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of a file, or its beginning; `text` is None for what is not text."""

    file: File
    data: bytes
    text: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file as it was saved to `path`; `size` in bytes."""

    file: File
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Pin:
    """Something pinned to a channel: a message or a file."""

    pinned: str
    by: str
    message: Message | None = None
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A link in the bar at the head of a channel."""

    id: str
    title: str
    link: str
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A canvas: a page of Markdown in Slack. `note` says what its text may lack."""

    id: str
    title: str
    markdown: str
    permalink: str
    updated: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScheduledMessage:
    """A message that Slack will post at `at`."""

    id: str
    channel: str
    channel_id: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message that was written: where, and its permalink. `found` means that an earlier try had posted it."""

    channel: str
    channel_id: str
    ts: str
    permalink: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """The messages that a text became, in order.

    When a later part failed, `problem` says why and `unsent` holds the Markdown that was not posted; with
    `unclear` its first message may have been.
    """

    messages: tuple[PostedMessage, ...]
    problem: str = ""
    unsent: str = ""
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was uploaded and where it was shared."""

    file: File
    channel: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a small write did to what; `already` means that it was so before, and nothing changed."""

    subject: str
    already: bool = False
