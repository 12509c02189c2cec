"""What the resources of the REST API v2 work on, as far as the caller may see or change it.

Unlike v1, v2 answers 404 also where somebody may read but not write.
"""

from __future__ import annotations

from confluence_mcp.sandbox.access import find_attachment, find_content
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import ARCHIVED, CURRENT, DRAFT, TRASHED, Attachment, Content, Space
from confluence_mcp.sandbox.permissions import allowed, edits
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.web import Call, as_long

PUBLISHED = (CURRENT, ARCHIVED)


def space_of(session: Session, content: Content) -> Space:
    """The space that a content is in."""
    space = session.space(content.space)
    assert space is not None
    return space


def content_at(call: Call, session: Session, kind: str, name: str = "id", *, trashed: bool = False) -> Content:
    """The content that the path names: current or archived, or in the trash if that will do."""
    statuses = (*PUBLISHED, TRASHED) if trashed else PUBLISHED
    return find_content(session, call.account, call.id(name), (kind,), statuses)


def editable(call: Call, session: Session, kind: str, name: str = "id") -> Content:
    """The content that the path names, of any state; 404 unless the caller may change it."""
    content = find_content(session, call.account, call.id(name), (kind,))
    if not edits(session, call.account, content):
        raise unseen()
    return content


def must(call: Call, session: Session, space: int, operation: str, target: str) -> None:
    """404 unless the caller has a permission in a space."""
    if not allowed(session, call.account, space, operation, target):
        raise unseen()


def attachment_at(call: Call, session: Session, name: str = "id") -> Attachment:
    """The file that the path names."""
    return find_attachment(session, call.account, attachment_id(call.segment(name), name))


def attachment_id(value: object, name: str) -> int:
    """The number in the id of a file, with or without its "att"; 400 when it is none."""
    return as_long(str(value).removeprefix("att"), name)


def parent_in(session: Session, call: Call, space: Space, number: int) -> Content:
    """The page or folder of a space that another is to be put under; 404 when it cannot be seen, 400 elsewhere."""
    parent = find_content(session, call.account, number, ("page", "folder"), (CURRENT, DRAFT))
    if parent.space != space.id:
        raise bad_request("The parent content is not in the same space", code="BAD_REQUEST")
    return parent


def check_title(session: Session, space: int, kind: str, title: str, besides: int = 0, day: str = "") -> None:
    """400 when a page of a space, or a blog post of a day in it, has the title already."""
    taken = [each for each in session.titled(space, title, kind, PUBLISHED) if each.id != besides]
    if kind == "blogpost":
        taken = [each for each in taken if stamp(each.created)[:10] == day]
        if taken:
            raise ApiError(
                400,
                "A blog post with this title already exists: A blog post already exists with the same TITLE in this "
                "space on this day",
                code="BAD_REQUEST",
            )
    elif taken:
        raise ApiError(
            400,
            "A page with this title already exists: A page already exists with the same TITLE in this space",
            code="BAD_REQUEST",
        )
