"""Conversations, who is in them, and their bookmarks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from sandbox_kit.session import one
from slack_mcp.sandbox.model import Conversation, ConversationKind, JsonObject
from slack_mcp.sandbox.records.table import document

NEVER_READ = "0000000000.000000"


class Conversations:
    """Every channel and direct message of the workspace."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save(self, *conversations: Conversation) -> None:
        """Add or replace conversations."""
        rows = [(each.id, each.kind, each.name, each.archived, document(each)) for each in conversations]
        self._db.executemany("INSERT OR REPLACE INTO conversation VALUES (?, ?, ?, ?, ?)", rows)

    def find(self, channel_id: str) -> Conversation | None:
        """The conversation with this id."""
        return _conversation(one(self._db, "SELECT document FROM conversation WHERE id = ?", channel_id))

    def by_name(self, name: str) -> Conversation | None:
        """The channel with this name, private or not, archived or not."""
        query = "SELECT document FROM conversation WHERE name = ? AND kind IN ('public_channel', 'private_channel')"
        return _conversation(one(self._db, query, name))

    def seen_by(
        self,
        user: str,
        kinds: Sequence[ConversationKind],
        *,
        first: str = "",
        count: int = -1,
        only_joined: bool = False,
        archived: bool = True,
    ) -> list[Conversation]:
        """Conversations of these kinds that the user may see, in the order of their ids, from `first` on."""
        marks = ",".join("?" * len(kinds))
        joined = "EXISTS (SELECT 1 FROM member WHERE member.channel = c.id AND member.user = ?)"
        seen = joined if only_joined else f"(c.kind = 'public_channel' OR {joined})"
        query = (
            f"SELECT document FROM conversation AS c WHERE c.id >= ? AND c.kind IN ({marks})"  # noqa: S608 - no input
            f" AND c.archived <= ? AND {seen} ORDER BY c.id LIMIT ?"
        )
        rows = self._db.execute(query, (first, *kinds, archived, user, count))
        return [Conversation(**json.loads(row[0])) for row in rows]

    # Members

    def join(self, channel: str, users: Iterable[str], last_read: str = NEVER_READ) -> None:
        """Make users members, after those who are there."""
        start = self.member_count(channel)
        rows = [(channel, user, start + index, last_read) for index, user in enumerate(users)]
        query = "INSERT OR IGNORE INTO member (channel, user, position, last_read) VALUES (?, ?, ?, ?)"
        self._db.executemany(query, rows)

    def leave(self, channel: str, user: str) -> None:
        """Make a user no member any more."""
        self._db.execute("DELETE FROM member WHERE channel = ? AND user = ?", (channel, user))

    def is_member(self, channel: str, user: str) -> bool:
        """Whether the user is in the conversation."""
        return one(self._db, "SELECT 1 FROM member WHERE channel = ? AND user = ?", channel, user) is not None

    def members(self, channel: str) -> list[str]:
        """The ids of the members, in the order they came."""
        query = "SELECT user FROM member WHERE channel = ? ORDER BY position, user"
        return [row[0] for row in self._db.execute(query, (channel,))]

    def member_count(self, channel: str) -> int:
        """How many members there are."""
        return int(one(self._db, "SELECT COUNT(*) FROM member WHERE channel = ?", channel)[0])

    def last_read(self, channel: str, user: str) -> str | None:
        """How far the user has read; None for somebody who is no member."""
        row = one(self._db, "SELECT last_read FROM member WHERE channel = ? AND user = ?", channel, user)
        return row and str(row[0])

    def mark(self, channel: str, user: str, ts: str) -> None:
        """Remember how far the user has read."""
        self._db.execute("UPDATE member SET last_read = ? WHERE channel = ? AND user = ?", (ts, channel, user))

    def is_open(self, channel: str, user: str) -> bool:
        """Whether the direct message is in the user's side bar."""
        row = one(self._db, "SELECT open FROM member WHERE channel = ? AND user = ?", channel, user)
        return bool(row and row[0])

    def set_open(self, channel: str, user: str, is_open: bool) -> None:
        """Open or close a direct message for one of its members."""
        self._db.execute("UPDATE member SET open = ? WHERE channel = ? AND user = ?", (is_open, channel, user))

    def direct(self, kind: ConversationKind, name: str) -> Conversation | None:
        """The direct message with this name: that of `im_name`, or one like mpdm-ann--ben--cleo-1."""
        return _conversation(one(self._db, "SELECT document FROM conversation WHERE name = ? AND kind = ?", name, kind))

    # Bookmarks: stored as Slack shows them

    def save_bookmark(self, bookmark: JsonObject) -> None:
        """Add or replace a bookmark."""
        row = (bookmark["id"], bookmark["channel_id"], bookmark["rank"], json.dumps(bookmark, ensure_ascii=False))
        self._db.execute("INSERT OR REPLACE INTO bookmark VALUES (?, ?, ?, ?)", row)

    def bookmarks(self, channel: str) -> list[JsonObject]:
        """The bookmarks of a conversation in their order."""
        query = "SELECT document FROM bookmark WHERE channel = ? ORDER BY rank, id"
        return [json.loads(row[0]) for row in self._db.execute(query, (channel,))]

    def remove_bookmark(self, bookmark_id: str) -> None:
        """Delete a bookmark."""
        self._db.execute("DELETE FROM bookmark WHERE id = ?", (bookmark_id,))


def im_name(one_user: str, other: str) -> str:
    """What the direct message of two users is found by; Slack shows no name."""
    return "-".join(sorted((one_user, other)))


def _conversation(row: tuple[str] | None) -> Conversation | None:
    return Conversation(**json.loads(row[0])) if row else None
