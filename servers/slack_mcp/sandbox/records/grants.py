"""What OAuth hands out: clients, codes and refresh tokens. Access tokens are in `tokens`."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox_kit.session import one
from slack_mcp.sandbox.model import JsonObject, TokenKind
from slack_mcp.sandbox.records.table import document

Flow: TypeAlias = Literal["v2", "v2_user"]

SCHEMA = """
CREATE TABLE oauth_client (id TEXT PRIMARY KEY, app TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE oauth_code (value TEXT PRIMARY KEY, used INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE oauth_refresh (
    value TEXT PRIMARY KEY, access TEXT NOT NULL, used INTEGER NOT NULL, document TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX oauth_refresh_access ON oauth_refresh (access);
"""


@dataclass(frozen=True, slots=True)
class Client:
    """An app's credentials. A `public` one uses PKCE and has no secret; `rotates` tells whether its tokens expire."""

    id: str
    app: str
    name: str
    secret: str
    public: bool
    rotates: bool
    redirects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A consent that waits to be exchanged for tokens. `expires` is in seconds since 1970."""

    value: str
    client: str
    flow: Flow
    user: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    method: str
    expires: float


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token, what it is good for, and the access token that came with it."""

    value: str
    access: str
    client: str
    kind: TokenKind
    user: str
    scopes: tuple[str, ...]
    flow: Flow
    expires: float | None


class Grants:
    """The OAuth clients of the workspace and their grants."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add_client(self, client: Client) -> None:
        """Register an app's credentials."""
        values = (client.id, client.app, document(client))
        self._db.execute("INSERT OR REPLACE INTO oauth_client VALUES (?, ?, ?)", values)

    def client(self, client_id: str) -> Client | None:
        """The client with this id."""
        row = one(self._db, "SELECT document FROM oauth_client WHERE id = ?", client_id)
        if not row:
            return None
        return Client(**_read(row[0], "redirects"))

    def add_code(self, code: Code) -> None:
        """Keep a consent."""
        self._db.execute("INSERT INTO oauth_code VALUES (?, 0, ?)", (code.value, document(code)))

    def code(self, value: str) -> tuple[Code, bool] | None:
        """A consent, and whether it was exchanged before."""
        row = one(self._db, "SELECT document, used FROM oauth_code WHERE value = ?", value)
        if not row:
            return None
        return Code(**_read(row[0], "scopes", "user_scopes")), bool(row[1])

    def use_code(self, value: str) -> None:
        """Remember that a consent was exchanged."""
        self._db.execute("UPDATE oauth_code SET used = 1 WHERE value = ?", (value,))

    def add_refresh(self, refresh: Refresh) -> None:
        """Keep a refresh token."""
        values = (refresh.value, refresh.access, document(refresh))
        self._db.execute("INSERT INTO oauth_refresh VALUES (?, ?, 0, ?)", values)

    def refresh(self, value: str) -> Refresh | None:
        """A refresh token that was not used and not revoked."""
        row = one(self._db, "SELECT document FROM oauth_refresh WHERE value = ? AND used = 0", value)
        if not row:
            return None
        return Refresh(**_read(row[0], "scopes"))

    def use_refresh(self, value: str) -> None:
        """A refresh token is good for once."""
        self._db.execute("UPDATE oauth_refresh SET used = 1 WHERE value = ?", (value,))

    def revoke_refresh_of(self, access: str) -> None:
        """Revoke the refresh token that came with an access token."""
        self._db.execute("UPDATE oauth_refresh SET used = 1 WHERE access = ?", (access,))


def _read(text: str, *lists: str) -> JsonObject:
    """A stored record; JSON has no tuples, so that those are named."""
    said: JsonObject = json.loads(text)
    return said | {name: tuple(said[name]) for name in lists}
