"""The tables. Each script creates what one part of the workspace is stored in."""

from __future__ import annotations

from sandbox_kit.session import TABLES
from slack_mcp.sandbox.records import files, grants

VERSION = 3

_SITE = """
CREATE TABLE token (
    value TEXT PRIMARY KEY, kind TEXT NOT NULL, user TEXT NOT NULL, app TEXT NOT NULL, scopes TEXT NOT NULL,
    expires REAL, revoked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE app (id TEXT PRIMARY KEY, name TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE emoji (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

_PEOPLE = """
CREATE TABLE user (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, bot TEXT, app TEXT NOT NULL,
    document TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_name ON user (name);
CREATE INDEX user_email ON user (email);
CREATE INDEX user_app ON user (app) WHERE app != '';
CREATE UNIQUE INDEX user_bot ON user (bot) WHERE bot IS NOT NULL;
CREATE TABLE usergroup (id TEXT PRIMARY KEY, handle TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
"""

_CONVERSATIONS = """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, archived INTEGER NOT NULL, document TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversation_name ON conversation (name);
CREATE TABLE member (
    channel TEXT NOT NULL, user TEXT NOT NULL, position INTEGER NOT NULL, last_read TEXT NOT NULL,
    open INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (channel, user)
) WITHOUT ROWID;
CREATE INDEX member_user ON member (user);
CREATE TABLE bookmark (id TEXT PRIMARY KEY, channel TEXT NOT NULL, rank TEXT NOT NULL, document TEXT NOT NULL)
    WITHOUT ROWID;
CREATE INDEX bookmark_channel ON bookmark (channel);
"""

_MESSAGES = """
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    thread_ts TEXT,
    user TEXT NOT NULL,
    subtype TEXT,
    text TEXT NOT NULL,
    hidden INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    files TEXT NOT NULL,
    metadata TEXT,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX message_ts ON message (channel, ts);
CREATE INDEX message_thread ON message (channel, thread_ts, ts) WHERE thread_ts IS NOT NULL;
CREATE TABLE reaction (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, ts TEXT NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL,
    UNIQUE (channel, ts, name, user)
);
CREATE INDEX reaction_user ON reaction (user);
CREATE TABLE pin (
    channel TEXT NOT NULL, ts TEXT NOT NULL, user TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (channel, ts)
) WITHOUT ROWID;
CREATE TABLE scheduled (
    id TEXT PRIMARY KEY, app TEXT NOT NULL, user TEXT NOT NULL, channel TEXT NOT NULL, post_at INTEGER NOT NULL,
    created INTEGER NOT NULL, document TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX scheduled_due ON scheduled (post_at);
"""

SCRIPTS: tuple[str, ...] = (TABLES, _SITE, _PEOPLE, _CONVERSATIONS, _MESSAGES, files.SCHEMA, grants.SCHEMA)
"""All tables, in the order of their creation."""
