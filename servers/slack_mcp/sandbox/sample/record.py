"""How the sample messages are written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from slack_mcp.sandbox.model import JsonObject, User


@dataclass(frozen=True, slots=True)
class Post:
    """A message: where, when ("2026-01-31 09:00", UTC), by whom, and what.

    `key` names it for replies (`reply_to`) and shares (`shares`). `edited` is when it got its present text.
    """

    channel: str
    when: str
    author: User
    text: str
    key: str = ""
    reply_to: str = ""
    broadcast: bool = False
    blocks: Sequence[JsonObject] = ()
    attachments: Sequence[JsonObject] = ()
    reactions: Mapping[str, Sequence[User]] = field(default_factory=dict[str, Sequence[User]])
    subtype: str | None = None
    edited: str = ""
    pinned_by: User | None = None
    shares: str = ""
    deleted: bool = False
    metadata: JsonObject | None = None
    files: Sequence[str] = ()


def at(when: str) -> int:
    """The seconds since 1970 of a moment written as in `Post`."""
    return int(datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp())
