"""Files on issues: reading, saving, adding and deleting them.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/
"""

import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from atlassian_kit.file_hosts import keeps_files
from connector_kit.allowed_folder import AllowedFolder, safe_name
from connector_kit.concurrency import aside
from connector_kit.contents import LARGEST_IMAGE
from connector_kit.downloads import LARGEST_SAVED, FileContent, beginning, content, save
from connector_kit.errors import InvalidInput, NotFound, ServiceError, clean_text
from connector_kit.http import StreamedReply
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.attachment_models import FoundAttachment, SavedAttachment
from jira_mcp.client.documents import is_document, is_long
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.opening import Opening
from jira_mcp.client.values import attachment
from jira_mcp.models import Attachment

LARGEST_READ = 1_000_000
"""Bytes of a file that are read to be shown as text."""

_PREVIEW = 1_024
"""Pixels of a picture's longer side, where it is too large to be shown as it is."""

_MOST_LOOKED_AT = 40
_PLACEHOLDER = re.compile(r"\badf:([0-9]{6,24})\b")
_MEDIA = re.compile(r"(?:attachment:)([0-9A-Za-z%._-]{1,200})")
_MEDIA_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+/(?:attachment/(?:content/|thumbnail/)?|attachments/)([0-9]{1,18})(?:[/?]\S*)?")


@dataclass(frozen=True, slots=True)
class Files:
    """An issue's files, and its rich texts where they were asked for."""

    key: str
    id: str
    files: tuple[Attachment, ...]
    texts: tuple[object, ...] = ()


class Attachments(Opening):
    """Reading the files of issues."""

    async def attachment(self, key: str, wanted: str) -> FoundAttachment:
        """A file of an issue: by its id, its name, a link to it, or as a text shows it (`adf:…`, `attachment:…`).

        The id of a file alone does not tell which project it belongs to: it must be one of the issue's.

        Raises NotFound, with the names of the files that there are; InvalidInput where several have the name.
        """
        return await self._find_file(await self._files_of(key, wanted), wanted)

    async def read_attachment(self, found: FoundAttachment, *, max_bytes: int = LARGEST_READ) -> FileContent:
        """The content of a file, or its first `max_bytes`; decoded where it is text."""
        known = found.attachment
        return await content(
            self._file_content(known.id),
            max_bytes,
            media_type=known.media_type,
            size=known.size,
            what=f"Attachment {known.id}",
            service="Jira",
        )

    async def attachment_preview(self, found: FoundAttachment) -> bytes:
        """A smaller picture of an image. Raises NotFound where Jira has none."""
        path = f"/rest/api/3/attachment/thumbnail/{found.attachment.id}"
        params = {"redirect": False, "fallbackToDefault": False, "width": _PREVIEW, "height": _PREVIEW}
        download = self._http.stream("GET", path, params=params, headers=_ANY, redirects=self._keeps_files)
        got = await beginning(download, LARGEST_IMAGE)
        if not got.complete:
            raise NotFound(f"Jira has no smaller picture of {found.attachment.id}.")
        return got.data

    async def save_attachment(self, found: FoundAttachment, *, name: str = "") -> SavedAttachment:
        """Save a file into the allowed folder, under a name that is not taken yet; 200 MiB at most."""
        known = found.attachment
        if known.size > LARGEST_SAVED:
            raise InvalidInput(
                f"Attachment {known.id} has {known.size:,} bytes; files up to {LARGEST_SAVED:,} can be saved.",
                next_step=f"Give the user its address: {self.attachment_url(known)}.",
            )
        folder = self.folder("Nothing was saved")
        content = self._file_content(known.id)
        wanted = name or _kept_name(known)
        what = f"Attachment {known.id}"
        path, size = await save(content, folder, wanted, what=what, size=known.size)
        return SavedAttachment(known, str(path), size)

    def attachment_url(self, known: Attachment) -> str:
        """The address of a file for people."""
        return f"{self.site_url}/rest/api/3/attachment/content/{known.id}"

    def folder(self, refused: str) -> AllowedFolder:
        """The folder that files may be read from and saved to; errors begin with what was `refused`.

        Raises NotConfigured.
        """
        return AllowedFolder.of_settings(self.settings, refused)

    async def _files_of(self, key: str, wanted: str = "") -> Files:
        """An issue that tools may touch, with its files as they are now; with its texts where one shows `wanted`."""
        asked = self._key(key)
        fields = "*all" if _PLACEHOLDER.search(wanted) else "attachment"
        answer = as_object(await self._call("get_issue", asked, fields=fields))
        values = as_object(answer.get("fields"))
        files = tuple(each for each in map(attachment, objects(values.get("attachment"))) if each.id)
        return Files(self._answered_key(asked, answer), as_text(answer.get("id")), files, _texts_in(values))

    async def _find_file(self, known: Files, wanted: str) -> FoundAttachment:
        wanted = wanted.strip()
        if not wanted:
            raise InvalidInput("No file was named.", fields={"attachment": "is empty"})
        if _LINK.fullmatch(wanted):
            self.settings.refuse_link_elsewhere(wanted, self.site_url, what="file")
        self.settings.refuse_link_to_sibling(wanted, self.site_url, what="file")
        found = _named_file(known.key, known.files, wanted)
        if found is None and (placeholder := _PLACEHOLDER.search(wanted)):
            found = await self._shown_file(known, placeholder.group(1))
        elif found is None and (media := _media_in(wanted)):
            found = await self._of_media(known, media)
        if found is None:
            raise _missing(known.key, known.files, wanted)
        return FoundAttachment(known.key, found)

    async def _shown_file(self, known: Files, number: str) -> Attachment:
        """The file that a placeholder stands for: by its description, which mostly is its name, or else by its id."""

        def look() -> tuple[str, str]:
            from atlassian_kit.adf import file_shown

            shown = (file_shown(text, number) for text in known.texts)
            return next((each for each in shown if each[0]), ("", ""))

        media, name = await aside(is_long(*known.texts), look)
        if not media:
            raise NotFound(
                f"No text of {known.key} shows adf:{number} now.", next_step="Read the issue again, or use a file's id."
            )
        called_so = [each for each in known.files if each.name == name]
        return called_so[0] if len(called_so) == 1 else await self._of_media(known, media)

    async def _of_media(self, known: Files, media: str) -> Attachment:
        """The file that a text refers to by the id that it has at the media service.

        Only the address to which Jira redirects for the content tells that id.
        """
        for each in known.files[:_MOST_LOOKED_AT]:
            if await self._media_id(each.id) == media.lower():
                return each
        raise _missing(known.key, known.files, media)

    async def _media_id(self, number: str) -> str:
        async def load() -> str:
            path = f"/rest/api/3/attachment/content/{number}"
            async with self._http.stream("GET", path, headers=_ANY, redirects=False) as reply:
                parts = urlsplit(reply.headers.get("location", "")).path.split("/")
            return next((part.lower() for part in parts if _MEDIA_ID.fullmatch(part)), "")

        return await self._cached(("media", number), CATALOGUE_TTL, load, CATALOGUE)

    def _file_content(self, number: str) -> AbstractAsyncContextManager[StreamedReply]:
        """A file as it comes in, from Jira itself: no signed address is needed, nor another host."""
        path = f"/rest/api/3/attachment/content/{number}"
        return self._http.stream("GET", path, params={"redirect": False}, headers=_ANY, redirects=self._keeps_files)

    def _keeps_files(self, host: str) -> bool:
        """Whether Jira may redirect to this host all the same."""
        return keeps_files(host, self._http.base_url)


_ANY = {"Accept": "*/*"}


def _texts_in(fields: JsonObject) -> tuple[object, ...]:
    """The rich texts in the fields of an issue, and those of its comments."""
    comments = (each.get("body") for each in objects(as_object(fields.get("comment")).get("comments")))
    return tuple(value for value in (*fields.values(), *comments) if is_document(value))


def _kept_name(known: Attachment) -> str:
    """The name to save a file by; one that has nothing to keep is called by its id."""
    try:
        return safe_name(known.name)
    except InvalidInput:
        return f"attachment-{known.id}"


def _media_in(text: str) -> str:
    """The id of a file at the media service that a reference holds, "" for none."""
    match = _MEDIA.search(text)
    found = unquote(match.group(1)) if match else text
    return found if _MEDIA_ID.fullmatch(found) else ""


def _named_file(key: str, files: Sequence[Attachment], wanted: str) -> Attachment | None:
    link = _LINK.fullmatch(wanted)
    number = link.group(1) if link else wanted
    folded = wanted.casefold()
    for found in (
        [each for each in files if each.id == number],
        [each for each in files if each.name == wanted],
        [each for each in files if each.name.casefold() == folded],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInput(
                f"{key} has {len(found)} files called {clean_text(wanted, 100)!r}.",
                fields={"attachment": f"one of the ids {listing([_told(each) for each in found])}"},
            )
    return None


def _told(known: Attachment) -> str:
    """What tells files of one name apart."""
    return f"{known.id} ({known.size:,} bytes, {known.created[:16]})"


def _missing(key: str, files: Sequence[Attachment], wanted: str) -> ServiceError:
    names = [f"{clean_text(each.name, 100)} (id {each.id})" for each in files]
    near = suggestion(wanted, [clean_text(each.name, 100) for each in files])
    return NotFound(
        f"{key} has no attachment {clean_text(wanted, 100)!r}.{near}",
        fields={"attachment": f"one of {listing(names)}" if names else "the issue has none"},
    )
