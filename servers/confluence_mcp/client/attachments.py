"""Files on pages and blog posts: listing, reading, saving
(https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-attachment/).
"""

import re
from contextlib import AbstractAsyncContextManager

from atlassian_kit.client import CONTENT, CONTENT_TTL
from atlassian_kit.file_hosts import keeps_files
from confluence_mcp.attachment_models import (
    Attachment,
    Attachments,
    FoundAttachment,
    SavedAttachment,
)
from confluence_mcp.client.base import V1, V2, next_cursor
from confluence_mcp.client.opening import Opening
from confluence_mcp.models import PageRef
from connector_kit.allowed_folder import AllowedFolder, safe_name
from connector_kit.contents import LARGEST_IMAGE
from connector_kit.downloads import LARGEST_SAVED, FileContent, beginning, content, save
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.http import StreamedReply
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects

LARGEST_READ = 1_000_000
"""Bytes of a file that are read to be shown as text."""

_PREVIEW = 1_024
"""Pixels of a picture's longer side, where it is too large to be shown as it is."""

_ID = re.compile(r"(?:att)?([1-9][0-9]{0,18})")
_NAMED = re.compile(r"attachment:(.+)", re.DOTALL)
_LONGEST_NAME = 255
_NAMES = 20
_ANY = {"Accept": "*/*"}


class AttachmentReads(Opening):
    """Reading the files of pages."""

    async def attachments(
        self, page: str, *, name: str = "", limit: int = 25, cursor: str | None = None
    ) -> Attachments:
        """The files of a page or blog post, the newest first; `name` is the whole name of one."""
        ref = await self.page_ref(page)
        asked = fingerprint(ref.id, name)
        at = as_text(decode_cursor("attachments", cursor, asked).get("at")) if cursor else ""

        async def load() -> tuple[tuple[Attachment, ...], str]:
            return await self._attachment_page(ref, name, limit, at)

        found, following = await self._cached(("attachments", ref.id, name, limit, at), CONTENT_TTL, load, CONTENT)
        return Attachments(ref, found, encode_cursor("attachments", {"at": following}, asked) if following else None)

    async def _attachment_page(
        self, ref: PageRef, name: str, limit: int, at: str
    ) -> tuple[tuple[Attachment, ...], str]:
        place = "pages" if ref.kind == "page" else "blogposts"
        answer = await self._get(
            f"{V2}/{place}/{ref.id}/attachments",
            filename=name or None,
            sort="-created-date",
            status=["current"],
            limit=limit,
            cursor=at or None,
        )
        beans = [bean for bean in objects(answer.get("results")) if as_text(bean.get("id"))]
        names = await self.names_of(_author(bean) for bean in beans)
        return tuple(attachment(bean, names.get(_author(bean), "")) for bean in beans), next_cursor(answer) or ""

    async def attachment(self, page: str, wanted: str, *, fresh: bool = False) -> FoundAttachment:
        """A file of a page: by its name, its id, or as a text shows it (`attachment:NAME`).

        The id of a file alone does not tell which space it belongs to: it must be one of the page's.

        Raises NotFound, with the names of the files that there are.
        """
        wanted = wanted.strip()
        if not wanted or len(wanted) > _LONGEST_NAME + len("attachment:"):
            raise InvalidInput("No file was named.", fields={"attachment": "is too long" if wanted else "is empty"})
        ref = await self.page_ref(page, fresh=fresh)
        named = _NAMED.fullmatch(wanted)
        names = [named[1], _unquoted(named[1])] if named else [wanted]
        for name in dict.fromkeys(names):
            found, _ = await self._attachment_page(ref, name, 2, "")
            if exact := [each for each in found if each.name == name]:
                return FoundAttachment(ref, exact[0])
        if (number := _ID.fullmatch(wanted)) and (known := await self._attachment_with_id(ref, number[1])):
            return FoundAttachment(ref, known)
        raise await self._no_attachment(ref, wanted)

    async def _attachment_with_id(self, ref: PageRef, number: str) -> Attachment | None:
        try:
            bean = await self._get(f"{V2}/attachments/att{number}")
        except NotFound:
            return None
        holder = as_text(bean.get("pageId")) or as_text(bean.get("blogPostId"))
        if holder != ref.id or as_text(bean.get("status")) not in ("", "current"):
            return None
        names = await self.names_of([_author(bean)])
        return attachment(bean, names.get(_author(bean), ""))

    async def _no_attachment(self, ref: PageRef, wanted: str) -> NotFound:
        there, following = await self._attachment_page(ref, "", _NAMES, "")
        names = ", ".join(f"{clean_text(each.name, 80)} ({each.id})" for each in there)
        more = " and more" if following else ""
        return NotFound(
            f"Page {ref.id} has no file {clean_text(wanted, 100)!r}.",
            fields={"attachment": f"one of {names}{more}" if names else "the page has none"},
            next_step="confluence_list_attachments shows the files of a page." if following else "",
        )

    async def read_attachment(self, found: FoundAttachment, *, max_bytes: int = LARGEST_READ) -> FileContent:
        """The content of a file, or its first `max_bytes`; decoded where it is text."""
        known = found.attachment
        return await content(
            self._file_content(found),
            max_bytes,
            media_type=known.media_type,
            size=known.size,
            what=f"Attachment {known.id}",
            service="Confluence",
        )

    async def attachment_preview(self, found: FoundAttachment) -> bytes:
        """A smaller picture of an image. Raises NotFound where Confluence has none."""
        path = f"{V2}/attachments/{found.attachment.id}/thumbnail/download"
        params = {"width": _PREVIEW, "height": _PREVIEW}
        download = self._http.stream("GET", path, params=params, headers=_ANY, redirects=self._keeps_files)
        got = await beginning(download, LARGEST_IMAGE)
        if not got.complete:
            raise NotFound(f"Confluence has no smaller picture of {found.attachment.id}.")
        return got.data

    async def save_attachment(self, found: FoundAttachment, *, name: str = "") -> SavedAttachment:
        """Save a file into the allowed folder, under a name that is not taken yet; 200 MiB at most."""
        known = found.attachment
        if known.size > LARGEST_SAVED:
            raise InvalidInput(
                f"Attachment {known.id} has {known.size:,} bytes; files up to {LARGEST_SAVED:,} can be saved.",
                next_step=f"The user can save it in a browser: {found.page.url}",
            )
        folder = self.folder("Nothing was saved")
        what = f"Attachment {known.id}"
        path, size = await save(
            self._file_content(found), folder, name or _kept_name(known), what=what, size=known.size
        )
        return SavedAttachment(known, str(path), size)

    def folder(self, refused: str) -> AllowedFolder:
        """The folder that files may be read from and saved to; errors begin with what was `refused`.

        Raises NotConfigured.
        """
        return AllowedFolder.of_settings(self.settings, refused)

    def _file_content(self, found: FoundAttachment) -> AbstractAsyncContextManager[StreamedReply]:
        """A file as it comes in, from the host that Confluence redirects to, which sees no credentials."""
        path = f"{V1}/content/{found.page.id}/child/attachment/{found.attachment.id}/download"
        return self._http.stream("GET", path, headers=_ANY, redirects=self._keeps_files)

    def _keeps_files(self, host: str) -> bool:
        return keeps_files(host, self._http.base_url)


def attachment(bean: JsonObject, author: str = "") -> Attachment:
    """A file as v2 answers it, or as v1 answers an upload."""
    version, extensions = as_object(bean.get("version")), as_object(bean.get("extensions"))
    number = _ID.fullmatch(as_text(bean.get("id")))
    return Attachment(
        id=f"att{number[1]}" if number else "",
        name=as_text(bean.get("title")),
        media_type=(as_text(bean.get("mediaType")) or as_text(extensions.get("mediaType"))).partition(";")[0],
        size=as_int(bean.get("fileSize")) or as_int(extensions.get("fileSize")) or 0,
        version=as_int(version.get("number")) or 1,
        author=author,
        written=as_text(version.get("createdAt")) or as_text(version.get("when")),
        comment=as_text(bean.get("comment")) or as_text(extensions.get("comment")),
    )


def _author(bean: JsonObject) -> str:
    return as_text(as_object(bean.get("version")).get("authorId"))


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)


def _kept_name(known: Attachment) -> str:
    """The name to save a file by; one that has nothing to keep is called by its id."""
    try:
        return safe_name(known.name)
    except InvalidInput:
        return known.id
