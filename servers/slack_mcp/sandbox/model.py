"""What the workspace is made of, as it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
TokenKind: TypeAlias = Literal["user", "bot"]
ConversationKind: TypeAlias = Literal["public_channel", "private_channel", "im", "mpim"]

TEAM_ID = "T0PMOS00001"
TEAM_NAME = "PM OS"
TEAM_DOMAIN = "pm-os"
WORKSPACE_URL = "https://pm-os.sandbox.invalid/"
"""Where permalinks point: a host that can never exist (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token: who acts through which app, with which scopes, until when (seconds since 1970)."""

    value: str
    kind: TokenKind
    user: str
    app: str
    scopes: tuple[str, ...]
    expires: float | None = None
    revoked: bool = False

    def has(self, *scopes: str) -> bool:
        """Whether one of the scopes was granted."""
        return not set(scopes).isdisjoint(self.scopes)


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot user. `bot` and `app` are set for bot users."""

    id: str
    name: str
    real_name: str
    display_name: str = ""
    email: str = ""
    title: str = ""
    time_zone: str = "Etc/UTC"
    deleted: bool = False
    admin: bool = False
    owner: bool = False
    guest: bool = False
    bot: str | None = None
    app: str | None = None
    status_text: str = ""
    status_emoji: str = ""
    updated: int = 1769731200


@dataclass(slots=True)
class Conversation:
    """A channel, private channel, direct message or group direct message. Moments are seconds since 1970."""

    id: str
    kind: ConversationKind
    name: str
    created: int
    creator: str
    archived: bool = False
    general: bool = False
    topic: str = ""
    topic_by: str = ""
    topic_at: int = 0
    purpose: str = ""
    purpose_by: str = ""
    purpose_at: int = 0
    updated: int = 0
    previous_names: list[str] = field(default_factory=list[str])
    postable_by: list[str] = field(default_factory=list[str])
    """Who may post, for a channel that is not open to all its members; empty when it is."""
    properties: JsonObject = field(default_factory=JsonObject)

    @property
    def private(self) -> bool:
        """Whether only members see it."""
        return self.kind != "public_channel"

    @property
    def direct(self) -> bool:
        """Whether it is a direct message, of two people or more."""
        return self.kind in ("im", "mpim")


@dataclass(slots=True)
class Message:
    """A message. `body` is what Slack shows but for what is counted from other records (replies, reactions)."""

    channel: str
    ts: str
    user: str
    text: str
    body: JsonObject
    thread_ts: str | None = None
    subtype: str | None = None
    hidden_from_channel: bool = False
    """A reply that is seen in its thread only."""
    files: list[str] = field(default_factory=list[str])
    metadata: JsonObject | None = None
    deleted: bool = False
    """A parent that was deleted while replies remain: shown as a tombstone."""
