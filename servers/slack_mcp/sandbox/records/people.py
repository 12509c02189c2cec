"""People, bot users and user groups."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from sandbox_kit.session import one
from slack_mcp.sandbox.model import JsonObject, User
from slack_mcp.sandbox.records.table import document


class People:
    """Everybody in the workspace."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save(self, *users: User) -> None:
        """Add or replace users."""
        rows = [(each.id, each.name, each.email.lower(), each.bot, each.app or "", document(each)) for each in users]
        self._db.executemany("INSERT OR REPLACE INTO user VALUES (?, ?, ?, ?, ?, ?)", rows)

    def find(self, user_id: str) -> User | None:
        """The user with this id."""
        return _user(one(self._db, "SELECT document FROM user WHERE id = ?", user_id))

    def by_email(self, email: str) -> User | None:
        """The user with this address, in any case."""
        return _user(one(self._db, "SELECT document FROM user WHERE email = ? AND email != ''", email.lower()))

    def by_name(self, name: str) -> User | None:
        """The user with this handle."""
        return _user(one(self._db, "SELECT document FROM user WHERE name = ?", name))

    def by_bot(self, bot_id: str) -> User | None:
        """The bot user behind a bot id."""
        return _user(one(self._db, "SELECT document FROM user WHERE bot = ?", bot_id))

    def by_app(self, app_id: str) -> User | None:
        """The bot user of an app."""
        return _user(one(self._db, "SELECT document FROM user WHERE app = ? AND app != ''", app_id))

    def page(self, first: str, count: int) -> list[User]:
        """Users in the order of their ids, from `first` on."""
        rows = self._db.execute("SELECT document FROM user WHERE id >= ? ORDER BY id LIMIT ?", (first, count))
        return [User(**json.loads(row[0])) for row in rows]

    # User groups: stored as Slack shows them, with `users` in it

    def save_group(self, group: JsonObject) -> None:
        """Add or replace a user group."""
        row = (group["id"], group["handle"], json.dumps(group, ensure_ascii=False))
        self._db.execute("INSERT OR REPLACE INTO usergroup VALUES (?, ?, ?)", row)

    def groups(self) -> Iterable[JsonObject]:
        """All user groups."""
        return [json.loads(row[0]) for row in self._db.execute("SELECT document FROM usergroup ORDER BY id")]

    def group(self, group_id: str) -> JsonObject | None:
        """The user group with this id."""
        row = one(self._db, "SELECT document FROM usergroup WHERE id = ?", group_id)
        return row and json.loads(row[0])


def _user(row: tuple[str] | None) -> User | None:
    return User(**json.loads(row[0])) if row else None
