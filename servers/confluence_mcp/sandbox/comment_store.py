"""Comments on contents and attachments, and their versions."""

from __future__ import annotations

import time
import uuid

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.errors import bad_request
from confluence_mcp.sandbox.markers import marked, matches, unmarked
from confluence_mcp.sandbox.markup import scan
from confluence_mcp.sandbox.model import CURRENT, Comment, Content, Version
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian.clock import now_ms

FOOTER, INLINE = "footer", "inline"


def add(
    session: Session,
    kind: str,
    container: int,
    body: str,
    author: str,
    *,
    title: str = "",
    parent: Comment | None = None,
    moment: int = 0,
    number: int = 0,
) -> Comment:
    """Add a comment below a content or attachment, or an answer to `parent`. 400 for a body that is not well-formed.

    A new inline comment that is no answer is for `mark` to tie to its words.
    """
    scan(body)
    when = moment or now_ms()
    resolution = (parent.resolution if parent else publishing.OPEN) if kind == INLINE else ""
    comment = Comment(
        id=number or session.new_id(),
        kind=kind,
        container=container,
        parent=parent.id if parent else None,
        status=CURRENT,
        author=author,
        created=when,
        version=1,
        marker=parent.marker if parent else "",
        selection=parent.selection if parent else "",
        resolution=resolution,
        resolved_by=None,
        resolved_at=None,
        changed=0.0 if moment else time.time(),
    )
    session.insert("comment", comment)
    session.insert("version", Version(comment.id, 1, when, author, "", 0, title, body))
    return comment


def mark(session: Session, content: Content, comment: Comment, selection: str, count: int, index: int) -> None:
    """Tie an inline comment to words of a content: match `index` of `count`. 400 when they are not there so often."""
    source = scan(session.body(content.id, content.version))
    found = matches(source, selection)
    if not found:
        raise bad_request("Unable to create the inline comment: the selected text could not be found on the page")
    if len(found) != count or not 0 <= index < count:
        raise bad_request(
            "Unable to create the inline comment: textSelectionMatchCount and textSelectionMatchIndex do not fit "
            "the matches of the selected text on the page"
        )
    comment.marker, comment.selection = str(uuid.uuid4()), selection
    session.update("comment", comment)
    publishing.rewrite(session, content, marked(source, found[index], comment.marker), comment.author)


def change(session: Session, comment: Comment, body: str, author: str, message: str = "", moment: int = 0) -> None:
    """Store the next version of a comment. 400 when its body is not well-formed."""
    scan(body)
    title = session.row(Version, "version", "content = ? AND number = ?", comment.id, comment.version)
    comment.version += 1
    comment.changed = time.time()
    session.update("comment", comment)
    row = Version(
        comment.id, comment.version, moment or now_ms(), author, message, 0, title.title if title else "", body
    )
    session.insert("version", row)


def resolve(session: Session, comment: Comment, author: str, *, resolved: bool, moment: int = 0) -> None:
    """Settle an inline comment with its answers, or open it again."""
    state = publishing.RESOLVED if resolved else publishing.REOPENED
    for each in (comment, *answers(session, comment)):
        each.resolution, each.resolved_by, each.resolved_at = state, author, moment or now_ms()
        session.update("comment", each)
    comment.resolution, comment.resolved_by, comment.resolved_at = state, author, moment or now_ms()


def remove(session: Session, comment: Comment) -> None:
    """Delete a comment with its answers, and its mark on the page."""
    for each in (*answers(session, comment), comment):
        for table, column in (("version", "content"), ("property", "owner"), ("liked", "content"), ("comment", "id")):
            session.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (each.id,))  # noqa: S608 - names above
    content = session.content(comment.container)
    if comment.marker and comment.parent is None and content is not None:
        body = session.body(content.id, content.version)
        if comment.marker in body:
            publishing.rewrite(session, content, unmarked(body, comment.marker), comment.author)


def answers(session: Session, comment: Comment) -> list[Comment]:
    """The answers to a comment, and the answers to those, oldest first."""
    found: list[Comment] = []
    for each in session.rows(Comment, "comment", "parent = ? ORDER BY id", comment.id):
        found += [each, *answers(session, each)]
    return found


def on(session: Session, container: int, kind: str) -> list[Comment]:
    """The comments on a content or attachment that are no answers, oldest first."""
    condition = "container = ? AND kind = ? AND parent IS NULL AND status = 'current' ORDER BY created, id"
    return session.rows(Comment, "comment", condition, container, kind)
