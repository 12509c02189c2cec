"""Reading files: what is known of them, their content, saving it to the allowed folder."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from connector_kit.allowed_folder import AllowedFolder
from connector_kit.contents import text_of
from connector_kit.downloads import LARGEST_SAVED, beginning, save
from connector_kit.errors import BadAnswer, InvalidInput, NotFound, NotPermitted, ServiceError, clean_text
from connector_kit.http import StreamedReply
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects, texts
from slack_mcp.client.concurrency import gather
from slack_mcp.client.convert import file, is_canvas
from slack_mcp.client.ids import is_channel_id
from slack_mcp.client.inbox import Inbox
from slack_mcp.models import Channel, File, FileContent, SavedFile
from slack_mcp.text import parse_file

if TYPE_CHECKING:
    from pydantic import JsonValue

PER_PAGE = 100
_MOST_PAGES = 5
_PLACES_LOOKED_AT = 20
_KINDS = re.compile(r"[a-z0-9_]{1,30}(?:,[a-z0-9_]{1,30}){0,9}")


class Files(Inbox):
    """Reading files."""

    async def files(
        self,
        *,
        channel: str = "",
        user: str = "",
        kind: str = "",
        window: str = "",
        limit: int = 20,
        cursor: str | None = None,
    ) -> Page[File]:
        """Files that were shared, the newest first.

        `kind` is one of Slack's types (images, pdfs, gdocs, snippets, zips) or several, by commas; or canvas.
        """
        place = self._may_read(await self.find_channel(channel)) if channel.strip() else None
        if place is None and self.settings.read_channels:
            raise NotPermitted(
                "Tools may read some channels only, so that files can only be listed by channel.",
                next_step="Name a channel.",
            )
        person = await self.user(user) if user.strip() else None
        types = kind.strip().lower().replace(" ", "").replace("canvases", "canvas") or None
        if types and not _KINDS.fullmatch(types):
            raise InvalidInput("That is no kind of file.", fields={"kind": "like images, pdfs, snippets or canvas"})
        limit = max(1, min(limit, PER_PAGE))
        question = fingerprint("files", place.id if place else "", person.id if person else "", types, window.strip())
        start = decode_cursor("files", cursor, question) if cursor else {}
        oldest, latest = (as_text(start.get("from")), as_text(start.get("to"))) if cursor else self._window(window)
        page, skip = as_int(start.get("page")) or 1, as_int(start.get("skip")) or 0
        taken: list[JsonObject] = []
        for _ in range(_MOST_PAGES):
            body = await self._read(
                "files.list",
                channel=place.id if place else None,
                user=person.id if person else None,
                types=types if types != "canvas" else None,
                ts_from=oldest or None,
                ts_to=latest or None,
                count=PER_PAGE,
                page=page,
            )
            entries = objects(body.get("files"))
            for entry in entries[skip:]:
                if len(taken) == limit:
                    break
                skip += 1
                if types != "canvas" or is_canvas(entry):  # Slack has no type for canvases
                    taken.append(entry)
            if skip >= len(entries):
                pages = as_int(as_object(body.get("paging")).get("pages")) or 1
                page, skip = (page + 1, 0) if page < pages else (0, 0)
            if not page or len(taken) == limit:
                break
        names = await self.names_for([], also=[as_text(entry.get("user")) for entry in taken])
        found = [_shown(entry, names.user(as_text(entry.get("user")))) for entry in taken]
        state: dict[str, JsonValue] = {"page": page, "skip": skip, "from": oldest, "to": latest}
        return Page(
            tuple(item for item in found if item is not None),
            encode_cursor("files", state, question) if page else None,
        )

    async def file(self, file: str) -> File:
        """What is known of a file. Raises NotFound."""
        shown = await self._file(file)
        names = await self.names_for([], also=[as_text(shown.get("user"))])
        return _known(shown, names.user(as_text(shown.get("user"))))

    async def read_file(self, file: str, *, max_bytes: int = 1_000_000) -> FileContent:
        """The content of a file, or its first `max_bytes`; decoded where it is text."""
        entry = await self._file(file)
        known = _known(entry, as_text(entry.get("user")))
        got = await beginning(self._download(entry, known), max_bytes)
        text = text_of(got.data, known.media_type, complete=got.complete)
        return FileContent(known, got.data, text, got.complete)

    async def save_file(self, file: str, *, name: str = "") -> SavedFile:
        """Save a file into the allowed folder, under a name that is not taken yet; 200 MiB at most."""
        entry = await self._file(file)
        known = _known(entry, as_text(entry.get("user")))
        if known.size > LARGEST_SAVED:
            raise InvalidInput(f"{known.id} has {known.size:,} bytes; files up to {LARGEST_SAVED:,} can be saved.")
        folder = self.folder("Nothing was saved")
        path, size = await save(self._download(entry, known), folder, name or known.name, what=known.id)
        return SavedFile(known, str(path), size)

    async def known_file(self, file_id: str) -> File | None:
        """What is known of a file that was just made; None where Slack does not say: it is there all the same."""
        with suppress(ServiceError):
            return file(as_object((await self._read("files.info", file=file_id)).get("file")))
        return None

    def folder(self, refused: str) -> AllowedFolder:
        """The folder that files may be read from and saved to; errors begin with what was `refused`.

        Raises NotConfigured.
        """
        return AllowedFolder.of_settings(self.settings, refused)

    async def _file(self, text: str) -> JsonObject:
        wanted = parse_file(text)
        entry = as_object((await self._read("files.info", file=wanted, count=1)).get("file"))
        if not entry.get("id"):
            raise NotFound(f"There is no file {wanted}.", next_step="slack_list_files shows the files of a channel.")
        if self.settings.read_channels and not any(map(self.readable, await self._places(entry))):
            raise NotPermitted(
                "The file is in none of the channels that tools may read.",
                next_step="Ask the user to extend SLACK_READ_CHANNELS.",
            )
        return entry

    async def require_writable(self, entry: JsonObject) -> None:
        """Raise NotPermitted for a file that is in none of the channels that tools may write to."""
        if not self.settings.channels:
            return
        for place in await self._places(entry):
            with suppress(NotPermitted):
                self._may_write(place)
                return
        raise NotPermitted(
            "The file is in none of the channels that tools may write to.",
            next_step="Ask the user to extend SLACK_CHANNELS.",
        )

    async def _places(self, entry: JsonObject) -> list[Channel]:
        """The channels that a file is in, as far as they can be seen."""
        ids = [each for name in ("channels", "groups", "ims") for each in texts(entry.get(name))]
        found = await gather(filter(is_channel_id, ids[:_PLACES_LOOKED_AT]), self.channel_by_id)
        return list(found.values())

    @asynccontextmanager
    async def _download(self, entry: JsonObject, known: File) -> AsyncGenerator[StreamedReply]:
        """The content of a file as it comes in."""
        address = as_text(entry.get("url_private_download")) or as_text(entry.get("url_private"))
        if not address or known.external:
            raise NotFound(
                f"{known.id} is kept outside of Slack.",
                next_step=f"Its link is {clean_text(as_text(entry.get('external_url')) or known.permalink, 300)}.",
            )
        path, params = self.at_files(address)
        async with self._files.stream("GET", path, params=params, headers={"Accept": "*/*"}) as reply:
            kind = reply.headers.get("content-type", "")
            if "html" in kind and "html" not in known.media_type and known.kind.lower() not in ("html", "canvas"):
                raise NotPermitted(
                    f"Slack sent its sign-in page in the place of {known.id}.",
                    next_step="The token may lack the scope files:read, or its account may not see the file.",
                )
            yield reply

    def at_files(self, address: str) -> tuple[str, dict[str, str]]:
        """Path and query of an address at the host of files. Raises BadAnswer for any other host.

        The token goes to that host only: an address in an answer must not lead it elsewhere.
        """
        there, ours = urlsplit(address), urlsplit(self._files.base_url)
        if (there.scheme, there.netloc) != (ours.scheme, ours.netloc):
            raise BadAnswer(
                f"Slack names an address outside of {ours.netloc} for a file; it was not followed.",
                next_step="Open the file's permalink in Slack.",
            )
        return there.path or "/", dict(parse_qsl(there.query, keep_blank_values=True))


def _shown(entry: JsonObject, who: str) -> File | None:
    found = file(entry)
    return replace(found, user=who) if found else None


def _known(entry: JsonObject, who: str) -> File:
    found = _shown(entry, who)
    if found is None:
        raise NotFound("There is no such file.")
    return found
