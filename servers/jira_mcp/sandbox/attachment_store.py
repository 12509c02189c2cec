"""The content of attached files, and what of them is kept where.

An issue's document holds what is known of its files; their bytes are in a table of their own.
"""

from __future__ import annotations

import uuid

from jira_mcp.sandbox.clock import stamp
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian.media import media_type
from sandbox_kit.session import one

TABLE = """
CREATE TABLE attachment (id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, media TEXT NOT NULL, content BLOB NOT NULL);
CREATE INDEX attachment_issue ON attachment (issue);
CREATE INDEX attachment_media ON attachment (media);
"""
_IDS = uuid.UUID("6d4c2f0e-5b1a-4c7e-9a34-0a1b2c3d4e5f")


def media_id(number: int) -> str:
    """The id under which the media service knows the file that is attachment `number`."""
    return str(uuid.uuid5(_IDS, str(number)))


def bean(show: Renderer, known: JsonObject) -> JsonObject:
    """A file as issues list it (`Attachment`)."""
    shown: JsonObject = {
        "self": show.url(f"attachment/{known['id']}"),
        "id": str(known["id"]),
        "filename": known["name"],
        "author": show.user(known["author"]),
        "created": stamp(known["created"]),
        "size": known["size"],
        "mimeType": known["type"],
        "content": show.url(f"attachment/content/{known['id']}"),
    }
    if known["type"].startswith("image/"):
        shown["thumbnail"] = show.url(f"attachment/thumbnail/{known['id']}")
    return shown


def keep(session: Session, issue: Issue, name: str, content: bytes, author: str, moment: int) -> JsonObject:
    """Attach a file to an issue, which its caller saves; what is known of the file."""
    number = session.next_number("attachment", 10000)
    known: JsonObject = {
        "id": number,
        "name": name,
        "type": media_type(name),
        "size": len(content),
        "author": author,
        "created": moment,
    }
    issue.attachments.append(known)
    session.db.execute("INSERT INTO attachment VALUES (?, ?, ?, ?)", (number, issue.id, media_id(number), content))
    return known


def issue_of(session: Session, number: str) -> Issue | None:
    """The issue that the attachment of this id belongs to."""
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    row = one(session.db, "SELECT issue FROM attachment WHERE id = ?", int(number))
    return session.issue(row[0]) if row else None


def content(session: Session, number: int) -> bytes:
    """The bytes of an attachment that there is."""
    return bytes(one(session.db, "SELECT content FROM attachment WHERE id = ?", number)[0])


def content_of_media(session: Session, media: str) -> bytes | None:
    """The bytes of the file that the media service knows by this id."""
    row = one(session.db, "SELECT content FROM attachment WHERE media = ?", media)
    return bytes(row[0]) if row else None


def forget(session: Session, number: int) -> None:
    """Throw away the bytes of an attachment."""
    session.db.execute("DELETE FROM attachment WHERE id = ?", (number,))
