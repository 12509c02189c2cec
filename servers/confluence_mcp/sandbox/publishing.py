"""New versions of contents, with what follows from them: tasks, and inline comments whose words are gone."""

from __future__ import annotations

from confluence_mcp.sandbox import task_store
from confluence_mcp.sandbox.markers import references_in
from confluence_mcp.sandbox.markup import Source, scan
from confluence_mcp.sandbox.model import Comment, Content, Version
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian.clock import now_ms

DANGLING, OPEN, REOPENED, RESOLVED = "dangling", "open", "reopened", "resolved"


def check(body: str) -> None:
    """400 in the vendor's wording for a body that is not well-formed."""
    scan(body)


def create(session: Session, content: Content, body: str, *, message: str = "", moment: int = 0) -> None:
    """Store a new content. 400 when its body is not well-formed."""
    body = task_store.numbered(body)
    session.add_content(content, body, message=message, moment=moment)
    _follow(session, content, scan(body), moment or content.created, content.author)


def publish(
    session: Session,
    content: Content,
    body: str,
    author: str,
    *,
    message: str = "",
    minor: bool = False,
    moment: int = 0,
) -> None:
    """Store the next version of a content, whose title and parent the caller has changed already.

    400 when its body is not well-formed.
    """
    body = task_store.numbered(body)
    source = scan(body)
    content.version += 1
    when = moment or now_ms()
    row = Version(content.id, content.version, when, author, message, int(minor), content.title, body)
    session.insert("version", row)
    session.save(content)
    _follow(session, content, source, when, author)


def rewrite(session: Session, content: Content, body: str, author: str) -> None:
    """Change the body of a content's newest version, as the vendor does for marks; no version is made."""
    session.db.execute(
        "UPDATE version SET body = ? WHERE content = ? AND number = ?", (body, content.id, content.version)
    )
    _follow(session, content, scan(body), now_ms(), author)


def _follow(session: Session, content: Content, source: Source, moment: int, author: str) -> None:
    task_store.follow(session, content, source, moment, author)
    marked: set[str] | None = None
    condition = "container = ? AND kind = 'inline' AND parent IS NULL AND status = 'current'"
    for comment in session.rows(Comment, "comment", condition, content.id):
        marked = references_in(source) if marked is None else marked
        there = comment.marker in marked
        if not there and comment.resolution in (OPEN, REOPENED):
            comment.resolution = DANGLING
        elif there and comment.resolution == DANGLING:
            comment.resolution = OPEN
        else:
            continue
        session.update("comment", comment)
