"""Tokens and the apps they were given to."""

from __future__ import annotations

import json
import sqlite3

from sandbox_kit.session import one
from slack_mcp.sandbox.model import JsonObject, Token


class Tokens:
    """The access tokens of the workspace."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def find(self, value: str) -> Token | None:
        """The token with this value, live or not."""
        row = one(self._db, "SELECT kind, user, app, scopes, expires, revoked FROM token WHERE value = ?", value)
        if not row:
            return None
        kind, user, app, scopes, expires, revoked = row
        return Token(value, kind, user, app, tuple(scopes.split()), expires, bool(revoked))

    def save(self, token: Token) -> None:
        """Add or replace a token."""
        self._db.execute(
            "INSERT OR REPLACE INTO token VALUES (?, ?, ?, ?, ?, ?, ?)",
            (token.value, token.kind, token.user, token.app, " ".join(token.scopes), token.expires, token.revoked),
        )

    def add_app(self, app_id: str, name: str, **document: object) -> None:
        """Install an app."""
        self._db.execute("INSERT OR REPLACE INTO app VALUES (?, ?, ?)", (app_id, name, json.dumps(document)))

    def app(self, app_id: str) -> JsonObject | None:
        """An installed app: its id, its name and what else was said of it."""
        row = one(self._db, "SELECT name, document FROM app WHERE id = ?", app_id)
        return row and {"id": app_id, "name": row[0], **json.loads(row[1])}
