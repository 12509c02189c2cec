"""Messages with their threads, reactions and pins, and messages that wait to be posted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox_kit.session import one
from slack_mcp.sandbox.model import JsonObject, Message

_COLUMNS = "channel, ts, user, text, body, thread_ts, subtype, hidden, files, metadata, deleted"
_INSERT = f"INSERT INTO message ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Thread:
    """What a parent message says of its replies."""

    count: int
    users: list[str]
    latest: str


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that waits for its moment (seconds since 1970). `document` is what will be posted."""

    id: str
    app: str
    user: str
    channel: str
    post_at: int
    created: int
    document: JsonObject


class Messages:
    """All messages of the workspace. A message is known by its conversation and its ts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, *messages: Message) -> None:
        """Store new messages."""
        self._db.executemany(_INSERT, [_row(each) for each in messages])

    def save(self, message: Message) -> None:
        """Store the new state of a message."""
        marks = ", ".join(f"{name} = ?" for name in _COLUMNS.split(", "))
        query = f"UPDATE message SET {marks} WHERE channel = ? AND ts = ?"  # noqa: S608 - names above
        self._db.execute(query, (*_row(message), message.channel, message.ts))

    def remove(self, message: Message) -> None:
        """Forget a message with its reactions and pins."""
        for table in ("message", "reaction", "pin"):
            query = f"DELETE FROM {table} WHERE channel = ? AND ts = ?"  # noqa: S608 - names above
            self._db.execute(query, (message.channel, message.ts))

    def find(self, channel: str, ts: str) -> Message | None:
        """The message with this ts."""
        row = one(self._db, f"SELECT {_COLUMNS} FROM message WHERE channel = ? AND ts = ?", channel, ts)  # noqa: S608
        return _message(row) if row else None

    def latest(self, channel: str) -> str | None:
        """The ts of the newest message, replies among them."""
        return one(self._db, "SELECT MAX(ts) FROM message WHERE channel = ?", channel)[0]

    def history(self, channel: str, after: str, before: str, *, inclusive: bool, count: int) -> list[Message]:
        """The messages of the main view in a window, newest first."""
        least, most = (">=", "<=") if inclusive else (">", "<")
        query = (
            f"SELECT {_COLUMNS} FROM message WHERE channel = ? AND hidden = 0"  # noqa: S608 - names above
            f" AND ts {least} ? AND ts {most} ? ORDER BY ts DESC LIMIT ?"
        )
        return [_message(row) for row in self._db.execute(query, (channel, after, before, count))]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """The replies of a thread without its parent, oldest first."""
        query = f"SELECT {_COLUMNS} FROM message WHERE channel = ? AND thread_ts = ? AND ts != ? ORDER BY ts"  # noqa: S608
        return [_message(row) for row in self._db.execute(query, (channel, thread_ts, thread_ts))]

    def threads(self, channel: str, parents: Sequence[str]) -> dict[str, Thread]:
        """What the parents among these messages say of their replies."""
        marks = ",".join("?" * len(parents))
        query = (
            f"SELECT thread_ts, user, ts FROM message WHERE channel = ? AND thread_ts IN ({marks})"  # noqa: S608
            " AND ts != thread_ts ORDER BY thread_ts, ts"
        )
        found: dict[str, Thread] = {}
        for parent, user, ts in self._db.execute(query, (channel, *parents)):
            seen = found.get(parent, Thread(0, [], ts))
            users = seen.users if user in seen.users or len(seen.users) == 5 else [*seen.users, user]
            found[parent] = Thread(seen.count + 1, users, ts)
        return found

    def unread(self, channel: str, after: str) -> int:
        """How many messages of the main view are newer."""
        query = "SELECT COUNT(*) FROM message WHERE channel = ? AND hidden = 0 AND ts > ?"
        return int(one(self._db, query, channel, after)[0])

    # Reactions

    def react(self, channel: str, ts: str, name: str, user: str) -> bool:
        """Add a reaction; False when the user gave it before."""
        query = "INSERT OR IGNORE INTO reaction (channel, ts, name, user) VALUES (?, ?, ?, ?) RETURNING id"
        return one(self._db, query, channel, ts, name, user) is not None

    def unreact(self, channel: str, ts: str, name: str, user: str) -> bool:
        """Take a reaction back; False when there is none."""
        query = "DELETE FROM reaction WHERE channel = ? AND ts = ? AND name = ? AND user = ? RETURNING id"
        return one(self._db, query, channel, ts, name, user) is not None

    def reactions(self, channel: str, messages: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        """Who reacted how to these messages: ts -> name -> users, in the order they came."""
        marks = ",".join("?" * len(messages))
        query = f"SELECT ts, name, user FROM reaction WHERE channel = ? AND ts IN ({marks}) ORDER BY id"  # noqa: S608
        found: dict[str, dict[str, list[str]]] = {}
        for ts, name, user in self._db.execute(query, (channel, *messages)):
            found.setdefault(ts, {}).setdefault(name, []).append(user)
        return found

    def reacted_by(self, user: str) -> list[tuple[str, str]]:
        """Channel and ts of the messages that the user reacted to, the last one first."""
        query = "SELECT channel, ts FROM reaction WHERE user = ? GROUP BY channel, ts ORDER BY MAX(id) DESC"
        return [(row[0], row[1]) for row in self._db.execute(query, (user,))]

    # Pins

    def pin(self, channel: str, ts: str, user: str, created: int) -> bool:
        """Pin a message; False when it was pinned before."""
        query = "INSERT OR IGNORE INTO pin VALUES (?, ?, ?, ?) RETURNING ts"
        return one(self._db, query, channel, ts, user, created) is not None

    def unpin(self, channel: str, ts: str) -> bool:
        """Take a pin out; False when there is none."""
        return one(self._db, "DELETE FROM pin WHERE channel = ? AND ts = ? RETURNING ts", channel, ts) is not None

    def pins(self, channel: str) -> list[tuple[str, str, int]]:
        """The pins of a conversation, newest first: ts, who pinned it, when."""
        query = "SELECT ts, user, created FROM pin WHERE channel = ? ORDER BY created DESC, ts DESC"
        return [(row[0], row[1], row[2]) for row in self._db.execute(query, (channel,))]

    # Scheduled messages

    def schedule(self, scheduled: Scheduled) -> None:
        """Let a message wait."""
        self._db.execute(
            "INSERT INTO scheduled VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                scheduled.id,
                scheduled.app,
                scheduled.user,
                scheduled.channel,
                scheduled.post_at,
                scheduled.created,
                json.dumps(scheduled.document, ensure_ascii=False),
            ),
        )

    def scheduled(self) -> Iterable[Scheduled]:
        """The messages that wait, the next one first."""
        query = "SELECT id, app, user, channel, post_at, created, document FROM scheduled ORDER BY post_at, id"
        return [
            Scheduled(row[0], row[1], row[2], row[3], row[4], row[5], json.loads(row[6]))
            for row in self._db.execute(query)
        ]

    def due(self, moment: float) -> bool:
        """Whether a message has waited long enough."""
        return one(self._db, "SELECT 1 FROM scheduled WHERE post_at <= ? LIMIT 1", moment) is not None

    def unschedule(self, scheduled_id: str) -> bool:
        """Forget a message that waits; False when there is none."""
        return one(self._db, "DELETE FROM scheduled WHERE id = ? RETURNING id", scheduled_id) is not None


def _row(message: Message) -> tuple[Any, ...]:
    return (
        message.channel,
        message.ts,
        message.user,
        message.text,
        json.dumps(message.body, ensure_ascii=False, separators=(",", ":")),
        message.thread_ts,
        message.subtype,
        message.hidden_from_channel,
        json.dumps(message.files),
        None if message.metadata is None else json.dumps(message.metadata, ensure_ascii=False),
        message.deleted,
    )


def _message(row: tuple[Any, ...]) -> Message:
    channel, ts, user, text, body, thread_ts, subtype, hidden, files, metadata, deleted = row
    return Message(
        channel,
        ts,
        user,
        text,
        json.loads(body),
        thread_ts,
        subtype,
        bool(hidden),
        json.loads(files),
        None if metadata is None else json.loads(metadata),
        bool(deleted),
    )
