"""Addresses of pages and resources, as v1 writes them: relative to `_links.base`, the wiki."""

from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import Attachment, Comment, Content, Space

API = "/rest/api"


def web(content: Content, space: Space) -> str:
    """Where a browser shows a page, blog post or folder."""
    if content.type == "folder":
        return f"/spaces/{space.key}/folder/{content.id}"
    place = "pages"
    if content.type == "blogpost":
        place = "blog/" + stamp(content.created)[:10].replace("-", "/")
    return f"/spaces/{space.key}/{place}/{content.id}/{quote_plus(content.title)}"


def web_of_comment(comment: Comment, content: Content, space: Space) -> str:
    """Where a browser shows a comment."""
    return f"{web(content, space)}?focusedCommentId={comment.id}"


def web_of_attachment(attachment: Attachment) -> str:
    """Where a browser shows a file."""
    preview = f"/{attachment.container}/{attachment.id}/{attachment.title}"
    return f"/pages/viewpageattachments.action?pageId={attachment.container}&preview={quote(preview, safe='')}"


def tiny(number: int) -> str:
    """The short address of a content."""
    packed = base64.b64encode(number.to_bytes(8, "little").rstrip(b"\0"), b"-_").decode()
    return f"/x/{packed.rstrip('=')}"


def download(attachment: Attachment) -> str:
    """Where a signed-in browser gets a file. With an API token this way is closed."""
    name = quote(attachment.title, safe="")
    return (
        f"/download/attachments/{attachment.container}/{name}"
        f"?version={attachment.version}&modificationDate={attachment.created}&cacheVersion=1&api=v2"
    )
