"""Adding files to issues, and deleting them."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

import anyio.to_thread

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.allowed_folder import OpenedFile, safe_name
from connector_kit.bodies import Body, Part, form, media_type_of, of_bytes, of_file
from connector_kit.errors import BadAnswer, InvalidInput, NotPermitted, clean_text
from connector_kit.wire import as_flag, as_int, as_object, objects
from jira_mcp.attachment_models import Attached, FoundAttachment
from jira_mcp.client.attachments import Attachments
from jira_mcp.client.values import attachment
from jira_mcp.models import Attachment

LARGEST_SENT = 100 * 1024 * 1024
"""Bytes of all files of a call. Most sites take more, but not within the time of a call."""

MOST_FILES = 20
_REFUSED = "Nothing was attached"


class Attaching(Attachments):
    """Adding and deleting the files of issues."""

    async def attach(self, key: str, paths: Sequence[str], *, text: str = "", name: str = "") -> Attached:
        """Attach files of the allowed folder, and a text under a `name`; all of them or none.

        Raises InvalidInput for what is too large or no file of the folder: then nothing was sent.
        """
        inline = _inline(text, name)
        if not paths and not inline:
            raise InvalidInput(f"{_REFUSED}.", fields={"files": "is empty, and there is no text"})
        if len(paths) > MOST_FILES:
            raise InvalidInput(f"{_REFUSED}.", fields={"files": f"{len(paths)} files; at most {MOST_FILES} at once"})
        issue = await self._files_of(key)
        most = await self._upload_limit()
        with ExitStack() as opened:
            parts = [_part(file) for file in await self._opened_files(paths, most, opened)]
            parts += inline
            _check_sizes(parts, most)
            made = await self._send_files(issue.key, parts)
        self._remember(issue.id)
        return Attached(issue.key, self.browse_url(issue.key), made)

    async def delete_attachment(self, key: str, wanted: str) -> FoundAttachment:
        """Delete a file of an issue for good; what it was."""
        issue = await self._files_of(key, wanted)
        found = await self._find_file(issue, wanted)
        look = f"jira_get_issue {found.key} lists its attachments"
        await self._write("remove_attachment", found.attachment.id, look=look)
        self._remember(issue.id)
        return found

    async def _opened_files(self, paths: Sequence[str], most: int, opened: ExitStack) -> list[OpenedFile]:
        found: list[OpenedFile] = []
        if paths:
            folder = self.folder(_REFUSED)
            for path in paths:
                open_ = partial(folder.open, path, most=min(most, LARGEST_SENT), field="files")
                found.append(await anyio.to_thread.run_sync(open_))
                opened.callback(found[-1].close)
        return found

    async def _upload_limit(self) -> int:
        """Bytes that a file may have on this site. Raises NotPermitted where attachments are switched off."""

        async def load() -> tuple[bool, int]:
            answer = as_object(await self._call("get_attachment_meta"))
            return as_flag(answer.get("enabled"), True), as_int(answer.get("uploadLimit")) or LARGEST_SENT

        enabled, most = await self._cached(("attachment settings",), CATALOGUE_TTL, load, CATALOGUE)
        if not enabled:
            raise NotPermitted(
                f"{_REFUSED}: attachments are switched off on this site.",
                next_step="Only an administrator of Jira can switch them on.",
            )
        return most

    async def _send_files(self, key: str, parts: Sequence[Part]) -> tuple[Attachment, ...]:
        look = f"jira_get_issue {key} lists its attachments"
        try:
            async with self._changing(look):
                reply = await self._http.request(
                    "POST",
                    f"/rest/api/3/issue/{key}/attachments",
                    content=form("file", parts),
                    headers={"X-Atlassian-Token": "no-check"},
                    repeatable=False,
                )
                made = tuple(map(attachment, objects(reply.json())))
                if [each.size for each in made] != [part.body.size for part in parts]:
                    raise BadAnswer(f"Jira lists {len(made)} new files in another size than the {len(parts)} sent.")
        except InvalidInput as error:
            if error.status != 413:
                raise
            raise InvalidInput(
                error.message,
                next_step="Attach fewer or smaller files; the issue may also have as many as it may have.",
                status=error.status,
                request_id=error.request_id,
            ) from error
        return made


def _part(file: OpenedFile) -> Part:
    return Part(safe_name(file.name, field="files"), of_file(file))


def _inline(text: str, name: str) -> list[Part]:
    if not text:
        if name.strip():
            raise InvalidInput(f"{_REFUSED}.", fields={"name": "is for a text, and there is none"})
        return []
    if not name.strip():
        raise InvalidInput(f"{_REFUSED}.", fields={"name": "is empty: call the file something, like notes.md"})
    plain = safe_name(name, field="name")
    if plain != name.strip():
        why = f"{clean_text(name, 60)!r} is no plain name for a file; {clean_text(plain, 60)!r} is"
        raise InvalidInput(f"{_REFUSED}.", fields={"name": why})
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{_REFUSED}.", fields={"text": "holds half a character (a lone surrogate)"}) from None
    return [Part(plain, of_bytes(data, _text_type(plain)))]


def _text_type(name: str) -> str:
    kind = media_type_of(name)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _check_sizes(parts: Sequence[Part], most: int) -> None:
    bodies: list[Body] = [part.body for part in parts]
    together = sum(body.size for body in bodies)
    if together > LARGEST_SENT:
        raise InvalidInput(
            f"{_REFUSED}: the files have {together:,} bytes together; at most {LARGEST_SENT:,} are sent at once.",
            next_step="Attach them one by one.",
        )
    for part in parts:
        if part.body.size > most:
            why = f"{part.name!r} has {part.body.size:,} bytes; this site takes files up to {most:,}"
            raise InvalidInput(f"{_REFUSED}.", fields={"text": why})
