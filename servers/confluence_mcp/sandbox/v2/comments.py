"""Comments read (developer.atlassian.com/cloud/confluence/rest/v2/api-group-comment)."""

from __future__ import annotations

from collections.abc import Iterable

from confluence_mcp.sandbox import comment_store
from confluence_mcp.sandbox.access import container_of, find_comment
from confluence_mcp.sandbox.errors import unseen
from confluence_mcp.sandbox.model import Attachment, Comment, JsonObject, Version
from confluence_mcp.sandbox.permissions import Sight
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import beans, including
from confluence_mcp.sandbox.v2.finding import attachment_at, content_at, space_of
from confluence_mcp.sandbox.v2.inputs import BULK_FORMATS, SINGLE_FORMATS
from confluence_mcp.sandbox.v2.paging import Sorts, ordered, page
from confluence_mcp.sandbox.web import Call, Handler, Routes
from sandbox_kit.atlassian.web import Reply

_RESOLUTIONS = ("resolved", "open", "dangling", "reopened")
_STATUSES = ("current", "archived", "trashed", "deleted", "historical", "draft")
_RESOLUTION_TIME = ("resolutionLastModifierId", "resolutionLastModifiedAt")


def _on(container: str, kind: str) -> Handler:
    """GET {container}/{id}/{kind}-comments: those that are no answers."""

    def read(call: Call) -> Reply:
        resolutions = call.choices("resolution-status", _RESOLUTIONS)
        statuses = call.choices("status", _STATUSES)
        with call.store.reading() as session:
            on = attachment_at(call, session) if container == "attachment" else content_at(call, session, container)
            found = comment_store.on(session, on.id, kind)
            found = [each for each in found if not resolutions or each.resolution in resolutions]
            return _shown(call, session, found if not statuses or "current" in statuses else [])

    return read


def _all(kind: str) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            sight = Sight(session, call.account)
            rows = session.rows(Comment, "comment", "kind = ? AND status = 'current'", kind)
            found = [each for each in rows if sight.sees(session.content(_page(session, each)))]
            return _shown(call, session, found, whole=True)

    return read


def _page(session: Session, comment: Comment) -> int:
    """The content that a comment is on, which may be on a file of it."""
    attachment = session.row(Attachment, "attachment", "id = ?", comment.container)
    return attachment.container if attachment else comment.container


def _children(kind: str) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            comment = find_comment(session, call.account, call.id(), kind)
            found = session.rows(Comment, "comment", "parent = ? AND status = 'current'", comment.id)
            return _shown(call, session, found)

    return read


def _shown(call: Call, session: Session, found: Iterable[Comment], *, whole: bool = False) -> Reply:
    body_format = call.choice("body-format", BULK_FORMATS)
    at = {comment.id: _version(session, comment) for comment in found}
    keys: Sorts[Comment] = {
        "created-date": lambda each: (each.created, each.id),
        "modified-date": lambda each: (at[each.id].moment, each.id),
    }

    def show(comment: Comment) -> JsonObject:
        shown = bean(call, session, comment, at[comment.id], body_format)
        return shown if whole else {name: shown[name] for name in shown if name not in _RESOLUTION_TIME}

    return page(call, ordered(call, found, keys, "created-date"), show)


def _version(session: Session, comment: Comment, number: int = 0) -> Version:
    at = session.version(comment.id, number or comment.version)
    if at is None:
        raise unseen()
    return at


def bean(call: Call, session: Session, comment: Comment, at: Version, body_format: str) -> JsonObject:
    """A comment at a version."""
    on = container_of(session, call.account, comment.container)
    return beans.comment(session, comment, at, body_format, space=space_of(session, on), page=on)


def single(call: Call, session: Session, comment: Comment, body_format: str, number: int = 0) -> JsonObject:
    """A comment alone, with what the caller wants included."""
    shown = bean(call, session, comment, _version(session, comment, number), body_format)
    shown["_links"]["base"] = call.base
    if not call.flag("include-version", default=True):
        del shown["version"]
    if comment.kind == comment_store.INLINE and call.flag("include-properties"):
        held = including.properties(session, comment.id)
        shown["properties"] |= beans.some(f"{call.path}/properties", held, including.property_bean)
    return shown | including.parts(call, session, comment, inline=comment.kind == comment_store.INLINE)


def _read(kind: str) -> Handler:
    def read(call: Call) -> Reply:
        body_format, number = call.choice("body-format", SINGLE_FORMATS), call.number("version", 0, least=1)
        with call.store.reading() as session:
            comment = find_comment(session, call.account, call.id("comment-id"), kind)
            return Reply(200, single(call, session, comment, body_format, number))

    return read


COMMENTS: Routes = {
    "/pages/{id}/footer-comments": {"GET": _on("page", "footer")},
    "/pages/{id}/inline-comments": {"GET": _on("page", "inline")},
    "/blogposts/{id}/footer-comments": {"GET": _on("blogpost", "footer")},
    "/blogposts/{id}/inline-comments": {"GET": _on("blogpost", "inline")},
    "/attachments/{id}/footer-comments": {"GET": _on("attachment", "footer")},
    "/footer-comments": {"GET": _all("footer")},
    "/inline-comments": {"GET": _all("inline")},
    "/footer-comments/{comment-id}": {"GET": _read("footer")},
    "/inline-comments/{comment-id}": {"GET": _read("inline")},
    "/footer-comments/{id}/children": {"GET": _children("footer")},
    "/inline-comments/{id}/children": {"GET": _children("inline")},
}
