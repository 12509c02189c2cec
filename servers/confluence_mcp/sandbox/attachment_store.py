"""The files on contents, and the bytes of all their versions."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from confluence_mcp.sandbox.model import CURRENT, Attachment, Content, Version
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.media import media_type
from sandbox_kit.session import one

_IDS = uuid.UUID("0c3f1d52-6a0e-4a51-9d7b-5c1e2f3a4b5c")


@dataclass(frozen=True, slots=True)
class Upload:
    """A version of a file: its bytes, who sends them, their media type if it is told, and what is said of them.

    `moment` is set for what was there from the beginning.
    """

    content: bytes
    author: str
    kind: str = ""
    comment: str = ""
    minor: bool = False
    moment: int = 0


def on(session: Session, container: int, *statuses: str) -> list[Attachment]:
    """The files on a content, by id; the current ones unless told otherwise."""
    wanted = statuses or (CURRENT,)
    condition = f"container = ? AND status IN ({', '.join('?' * len(wanted))}) ORDER BY id"
    return session.rows(Attachment, "attachment", condition, container, *wanted)


def titled(session: Session, container: int, title: str) -> Attachment | None:
    """The current file of that name on a content."""
    return session.row(Attachment, "attachment", "container = ? AND title = ? AND status = 'current'", container, title)


def add(session: Session, container: Content, title: str, upload: Upload, number: int = 0) -> Attachment:
    """Attach a file that is new to a content, under an id of its own unless told which."""
    found = number or session.new_id()
    when = upload.moment or now_ms()
    attachment = Attachment(
        id=found,
        container=container.id,
        title=title,
        status=CURRENT,
        media_type=upload.kind or media_type(title),
        comment=upload.comment,
        file=str(uuid.uuid5(_IDS, str(found))),
        author=upload.author,
        created=when,
        version=1,
        size=len(upload.content),
        changed=0.0 if upload.moment else time.time(),
    )
    session.insert("attachment", attachment)
    _keep(session, attachment, upload, when)
    return attachment


def renew(session: Session, attachment: Attachment, upload: Upload) -> None:
    """Store the next version of a file."""
    attachment.version += 1
    attachment.size = len(upload.content)
    attachment.comment = upload.comment or attachment.comment
    attachment.media_type = upload.kind or attachment.media_type
    attachment.changed = 0.0 if upload.moment else time.time()
    session.update("attachment", attachment)
    _keep(session, attachment, upload, upload.moment or now_ms())


def content(session: Session, attachment: Attachment, version: int = 0) -> bytes | None:
    """The bytes of a version of a file, the newest unless told; None when there is no such version."""
    number = version or attachment.version
    row = one(session.db, "SELECT content FROM file WHERE attachment = ? AND number = ?", attachment.id, number)
    return bytes(row[0]) if row else None


def of_file(session: Session, file: str) -> Attachment | None:
    """The attachment that the media service knows by this id."""
    return session.row(Attachment, "attachment", "file = ?", file)


def erase(session: Session, attachment: Attachment) -> None:
    """Remove a file for good."""
    for table, column in (
        *(("version", "content"), ("file", "attachment"), ("labelled", "target"), ("property", "owner")),
        ("attachment", "id"),
    ):
        session.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (attachment.id,))  # noqa: S608 - names above


def _keep(session: Session, attachment: Attachment, upload: Upload, moment: int) -> None:
    number, message, minor = attachment.version, upload.comment, int(upload.minor)
    session.insert(
        "version", Version(attachment.id, number, moment, upload.author, message, minor, attachment.title, "")
    )
    session.db.execute("INSERT INTO file VALUES (?, ?, ?)", (attachment.id, number, upload.content))
