"""Contents, versions, comments and files as the REST API v2 shows them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import Attachment, Comment, Content, JsonObject, Label, Space, Version
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2.inputs import shown_body


def version(row: Version) -> JsonObject:
    """A version as it is on what it belongs to (`Version`)."""
    return {
        "number": row.number,
        "message": row.message,
        "minorEdit": bool(row.minor),
        "authorId": row.author,
        "createdAt": stamp(row.moment),
    }


def label(row: Label) -> JsonObject:
    """A label (`Label`)."""
    return {"id": str(row.id), "name": row.name, "prefix": row.prefix}


def content(session: Session, row: Content, at: Version, body_format: str = "", *, space: Space) -> JsonObject:
    """A page or blog post at a version (`PageBulk`, `BlogPostBulk`)."""
    shown: JsonObject = {
        "id": str(row.id),
        "status": row.status,
        "title": at.title,
        "spaceId": str(row.space),
        "authorId": row.author,
        "createdAt": stamp(row.created),
        "version": version(at),
        "body": shown_body(at.body, body_format),
        "_links": content_links(row, space, at.title),
    }
    if row.type == "page":
        parent = session.content(row.parent) if row.parent is not None else None
        shown |= {
            "parentId": str(parent.id) if parent else None,
            "parentType": parent.type if parent else None,
            "position": row.position,
            "ownerId": row.owner,
            "lastOwnerId": None,
            "subtype": row.subtype or None,
        }
    return shown


def content_links(row: Content, space: Space, title: str) -> JsonObject:
    """Where people find a content."""
    draft = row.status == "draft"
    if row.type == "blogpost":
        day = stamp(row.created)[:10].replace("-", "/")
        webui = f"/spaces/{space.key}/blog/{day}/{row.id}/{quote_plus(title)}"
    elif draft:
        webui = f"/spaces/{space.key}/pages/edit-v2/{row.id}?draftShareId={row.id}"
    else:
        webui = f"/spaces/{space.key}/pages/{row.id}/{quote_plus(title)}"
    return {"webui": webui, "editui": f"/pages/resumedraft.action?draftId={row.id}", "tinyui": f"/x/{tiny(row.id)}"}


def tiny(number: int) -> str:
    """The short form of an id, as in /x/… addresses."""
    raw = number.to_bytes(8, "little").rstrip(b"\0") or b"\0"
    return base64.b64encode(raw).decode().rstrip("=").rstrip("A").replace("/", "-").replace("+", "_")


def comment(
    session: Session, row: Comment, at: Version, body_format: str, *, space: Space, page: Content
) -> JsonObject:
    """A comment at a version (`FooterCommentModel`, `InlineCommentModel`)."""
    webui = f"{content_links(page, space, page.title)['webui']}?focusedCommentId={row.id}"
    shown: JsonObject = {
        "id": str(row.id),
        "status": row.status,
        "title": at.title,
        **container_id(session, row.container),
        "version": version(at),
        "body": shown_body(at.body, body_format),
        "_links": {"webui": webui},
    }
    if row.parent is not None:
        shown["parentCommentId"] = str(row.parent)
    if row.kind == "inline":
        shown["resolutionStatus"] = row.resolution
        shown["resolutionLastModifierId"] = row.resolved_by
        shown["resolutionLastModifiedAt"] = stamp(row.resolved_at) if row.resolved_at else None
        shown["properties"] = {"inlineMarkerRef": row.marker, "inlineOriginalSelection": row.selection}
    return shown


def container_id(session: Session, number: int) -> JsonObject:
    """What a comment or file is on, under the name that tells its kind."""
    found = session.content(number)
    if found is None:
        return {"attachmentId": f"att{number}"}
    return {"blogPostId" if found.type == "blogpost" else "pageId": str(number)}


def attachment(session: Session, row: Attachment, at: Version) -> JsonObject:
    """A file at a version (`AttachmentBulk`)."""
    name = quote(row.title)
    query = f"?version={at.number}&modificationDate={at.moment}&cacheVersion=1&api=v2"
    webui = f"/pages/viewpageattachments.action?pageId={row.container}&preview=%2F{row.container}%2F{row.id}%2F{name}"
    download = f"/download/attachments/{row.container}/{name}{query}"
    return {
        "id": f"att{row.id}",
        "status": row.status,
        "title": at.title,
        "createdAt": stamp(row.created),
        **container_id(session, row.container),
        "mediaType": row.media_type,
        "mediaTypeDescription": _described(row.media_type),
        "comment": row.comment,
        "fileId": row.file,
        "fileSize": row.size,
        "webuiLink": webui,
        "downloadLink": download,
        "version": version(at),
        "_links": {"webui": webui, "download": download},
    }


def some(call_path: str, items: Iterable[Any], show: Callable[[Any], object], most: int = 50) -> JsonObject:
    """What a content was asked to include: the first of a list, and where the rest is."""
    found = list(items)
    return {
        "results": [show(item) for item in found[:most]],
        "meta": {"hasMore": len(found) > most, "cursor": ""},
        "_links": {"self": call_path},
    }


def _described(media_type: str) -> str:
    kind, _, name = media_type.partition("/")
    return {"image": "Image", "text": "Text File", "video": "Multimedia", "audio": "Multimedia"}.get(
        kind, "PDF Document" if name == "pdf" else "File"
    )
