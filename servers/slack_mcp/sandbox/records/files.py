"""Files: what is known of them, their content, where they are shared, who may see a canvas, and uploads under way."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox_kit.session import one
from slack_mcp.sandbox.records.table import document

Access: TypeAlias = Literal["read", "write", "owner"]

SCHEMA = """
CREATE TABLE file (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, created INTEGER NOT NULL, deleted INTEGER NOT NULL, document TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX file_created ON file (created);
CREATE TABLE file_content (file TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE file_share (
    file TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, PRIMARY KEY (file, channel, ts)
) WITHOUT ROWID;
CREATE TABLE canvas_section (
    canvas TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, markdown TEXT NOT NULL,
    PRIMARY KEY (canvas, position)
) WITHOUT ROWID;
CREATE TABLE file_access (
    file TEXT NOT NULL, entity TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (file, entity)
) WITHOUT ROWID;
CREATE TABLE upload (
    ticket TEXT PRIMARY KEY, file TEXT NOT NULL UNIQUE, user TEXT NOT NULL, app TEXT NOT NULL, length INTEGER NOT NULL,
    expires REAL NOT NULL, document TEXT NOT NULL, content BLOB
);
"""

_COLUMNS = "f.document"
_SEEN = """(
    f.user = :user OR EXISTS (
        SELECT 1 FROM (
            SELECT file, channel AS place FROM file_share UNION ALL SELECT file, entity FROM file_access
        ) AS p LEFT JOIN conversation AS c ON c.id = p.place
        WHERE p.file = f.id AND (
            p.place = :user
            OR (c.kind = 'public_channel' AND NOT :guest)
            OR EXISTS (SELECT 1 FROM member AS m WHERE m.channel = p.place AND m.user = :user)
        )
    )
)"""


@dataclass(slots=True)
class File:
    """A file or a canvas. Moments are seconds since 1970."""

    id: str
    user: str
    created: int
    name: str
    title: str
    mimetype: str
    filetype: str
    pretty_type: str
    mode: Literal["hosted", "snippet", "quip"]
    size: int
    updated: int = 0
    width: int = 0
    height: int = 0
    alt_text: str = ""
    editor: str = ""
    channel: str = ""
    """The channel whose own canvas it is."""
    deleted: bool = False

    @property
    def canvas(self) -> bool:
        """Whether it is a canvas."""
        return self.mode == "quip"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a canvas that edits can name: a heading, a paragraph, an item of a list, a table and so on."""

    id: str
    kind: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was announced: `length` bytes are to come under the ticket until `expires`."""

    ticket: str
    file: str
    user: str
    app: str
    length: int
    expires: float
    name: str
    alt_text: str
    snippet_type: str
    content: bytes | None = None


class Files:
    """The files and canvases of the workspace."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save(self, *files: File) -> None:
        """Add or replace files."""
        rows = [(each.id, each.user, each.created, each.deleted, document(each)) for each in files]
        self._db.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?)", rows)

    def find(self, file_id: str) -> File | None:
        """The file with this id, deleted or not."""
        row = one(self._db, "SELECT document FROM file WHERE id = ?", file_id)
        return File(**json.loads(row[0])) if row else None

    def seen_by(self, user: str, *, guest: bool = False, channel: str = "", owner: str = "") -> list[File]:
        """The files that the user may see, the newest first; of a channel, or by an owner."""
        query = f"SELECT {_COLUMNS} FROM file AS f WHERE NOT f.deleted AND {_SEEN}"  # noqa: S608 - constants
        if channel:
            query += (
                " AND f.id IN (SELECT file FROM file_share WHERE channel = :channel"
                " UNION SELECT file FROM file_access WHERE entity = :channel)"
            )
        if owner:
            query += " AND f.user = :owner"
        values = {"user": user, "guest": guest, "channel": channel, "owner": owner}
        rows = self._db.execute(f"{query} ORDER BY f.created DESC, f.id DESC", values)
        return [File(**json.loads(row[0])) for row in rows]

    def sees(self, file_id: str, user: str, *, guest: bool = False) -> bool:
        """Whether the user may see the file."""
        query = f"SELECT 1 FROM file AS f WHERE f.id = :file AND {_SEEN}"  # noqa: S608 - constants
        row = self._db.execute(query, {"file": file_id, "user": user, "guest": guest}).fetchall()
        return bool(row)

    # Content

    def content(self, file_id: str) -> bytes:
        """The bytes of a file."""
        row = one(self._db, "SELECT content FROM file_content WHERE file = ?", file_id)
        return bytes(row[0]) if row else b""

    def write(self, file_id: str, content: bytes) -> None:
        """Store the bytes of a file."""
        self._db.execute("INSERT OR REPLACE INTO file_content VALUES (?, ?)", (file_id, content))

    def remove(self, file: File) -> None:
        """Forget all of a file but that it existed."""
        file.deleted = True
        self.save(file)
        for table, column in (("file_content", "file"), ("canvas_section", "canvas"), ("file_access", "file")):
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (file.id,))  # noqa: S608 - names above

    # Where files are shared

    def share(self, file_id: str, channel: str, ts: str) -> None:
        """Remember the message that shows a file."""
        self._db.execute("INSERT OR IGNORE INTO file_share VALUES (?, ?, ?)", (file_id, channel, ts))

    def shares(self, file_id: str) -> list[tuple[str, str]]:
        """Channel and ts of the messages that show a file and are still there."""
        query = (
            "SELECT s.channel, s.ts FROM file_share AS s JOIN message AS m ON m.channel = s.channel AND m.ts = s.ts"
            " WHERE s.file = ? ORDER BY s.ts"
        )
        return [(row[0], row[1]) for row in self._db.execute(query, (file_id,))]

    # Who may see and change a canvas

    def grant(self, file_id: str, entity: str, level: Access) -> None:
        """Let a user or the members of a channel see or change a canvas."""
        self._db.execute("INSERT OR REPLACE INTO file_access VALUES (?, ?, ?)", (file_id, entity, level))

    def withdraw(self, file_id: str, entity: str) -> None:
        """Take that back."""
        self._db.execute("DELETE FROM file_access WHERE file = ? AND entity = ?", (file_id, entity))

    def access(self, file_id: str) -> dict[str, Access]:
        """What users and channels may do with a canvas."""
        rows = self._db.execute("SELECT entity, level FROM file_access WHERE file = ? ORDER BY entity", (file_id,))
        return {row[0]: row[1] for row in rows}

    # Canvases

    def sections(self, canvas: str) -> list[Section]:
        """The sections of a canvas in their order."""
        query = "SELECT id, kind, markdown FROM canvas_section WHERE canvas = ? ORDER BY position"
        return [Section(*row) for row in self._db.execute(query, (canvas,))]

    def set_sections(self, canvas: str, sections: Sequence[Section]) -> None:
        """Replace the sections of a canvas."""
        self._db.execute("DELETE FROM canvas_section WHERE canvas = ?", (canvas,))
        rows = [(canvas, position, each.id, each.kind, each.markdown) for position, each in enumerate(sections)]
        self._db.executemany("INSERT INTO canvas_section VALUES (?, ?, ?, ?, ?)", rows)

    # Uploads under way

    def announce(self, upload: Upload) -> None:
        """Wait for the bytes of a file."""
        said = json.dumps({"name": upload.name, "alt_text": upload.alt_text, "snippet_type": upload.snippet_type})
        values = (upload.ticket, upload.file, upload.user, upload.app, upload.length, upload.expires, said)
        self._db.execute("INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", values)

    def upload(self, *, ticket: str = "", file_id: str = "") -> Upload | None:
        """The upload with this ticket, or of this file."""
        query = (
            "SELECT ticket, file, user, app, length, expires, document, content FROM upload"
            " WHERE ticket = ? OR (file = ? AND file != '')"
        )
        row = one(self._db, query, ticket, file_id)
        if not row:
            return None
        return Upload(*row[:6], **json.loads(row[6]), content=None if row[7] is None else bytes(row[7]))

    def receive(self, ticket: str, content: bytes) -> None:
        """Keep the bytes that came."""
        self._db.execute("UPDATE upload SET content = ? WHERE ticket = ?", (content, ticket))

    def end_upload(self, ticket: str) -> None:
        """Forget an upload: it became a file."""
        self._db.execute("DELETE FROM upload WHERE ticket = ?", (ticket,))
