"""Finds what a request names, as far as its account may see it."""

from __future__ import annotations

from collections.abc import Sequence

from confluence_mcp.sandbox.errors import ApiError, unseen
from confluence_mcp.sandbox.model import Attachment, Comment, Content, Space
from confluence_mcp.sandbox.permissions import allowed, edits, sees, sees_space
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian.accounts import Account

_FORBIDDEN = "Current user not permitted to use Confluence, or to do this here."


def find_space(session: Session, account: Account, reference: int | str) -> Space:
    """The space with this id or key; 404 when there is none or the account may not see it."""
    space = session.space(reference)
    if space is None or not sees_space(session, account, space):
        raise unseen()
    return space


def find_content(
    session: Session,
    account: Account,
    number: int,
    kinds: Sequence[str] = ("page", "blogpost"),
    statuses: Sequence[str] = (),
) -> Content:
    """The content with this id, of one of the kinds and (if named) statuses; 404 when the account sees none."""
    content = session.content(number)
    if content is None or content.type not in kinds or not sees(session, account, content):
        raise unseen()
    if statuses and content.status not in statuses:
        raise unseen()
    return content


def find_comment(session: Session, account: Account, number: int, kind: str = "") -> Comment:
    """The comment with this id, footer or inline if `kind` says so; 404 when the account sees none."""
    comment = session.row(Comment, "comment", "id = ?", number)
    if comment is None or comment.status != "current" or kind not in ("", comment.kind):
        raise unseen()
    container_of(session, account, comment.container)
    return comment


def find_attachment(session: Session, account: Account, number: int) -> Attachment:
    """The attachment with this id; 404 when the account sees none."""
    attachment = session.row(Attachment, "attachment", "id = ?", number)
    if attachment is None:
        raise unseen()
    container_of(session, account, attachment.container)
    return attachment


def container_of(session: Session, account: Account, number: int) -> Content:
    """The content that something is on; what is on an attachment is on that attachment's content."""
    content = session.content(number)
    if content is None:
        attachment = session.row(Attachment, "attachment", "id = ?", number)
        content = session.content(attachment.container) if attachment else None
    if content is None or not sees(session, account, content):
        raise unseen()
    return content


def require_edit(session: Session, account: Account, content: Content) -> None:
    """Refuse (403) unless the account may change the content."""
    if not edits(session, account, content):
        raise ApiError(403, _FORBIDDEN)


def require(session: Session, account: Account, space: int, operation: str, target: str) -> None:
    """Refuse (403) unless the account has a permission in the space."""
    if not allowed(session, account, space, operation, target):
        raise ApiError(403, _FORBIDDEN)
