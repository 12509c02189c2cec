"""Uploading files from the allowed folder, in Slack's three steps.

https://docs.slack.dev/messaging/working-with-files: ask for an address, send the bytes there, share the file.
"""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import anyio.to_thread

from connector_kit.errors import BadAnswer, InvalidInput, clean_text
from connector_kit.wire import as_text, objects
from slack_mcp.client.convert import file
from slack_mcp.client.files import Files
from slack_mcp.client.ids import is_file_id
from slack_mcp.models import File, Uploaded
from slack_mcp.text import NOBODY, MentionPolicy, one_line_outgoing, outgoing, to_mrkdwn

LARGEST = 50 * 1024 * 1024
"""Bytes. Slack takes more, but not within the time of a call."""

_COMMENT_CHARS = 4_000


class Uploads(Files):
    """Uploading files."""

    async def upload(
        self,
        path: str,
        channel: str,
        *,
        title: str = "",
        comment: str = "",
        thread: str = "",
        mentions: MentionPolicy = NOBODY,
    ) -> Uploaded:
        """Upload a file of the allowed folder and share it in a channel or, with `thread`, in a message's thread.

        `path` is relative to the folder, or inside of it. Links, and what leads out of the folder, are refused.
        """
        place = self._may_write(await self.find_channel(channel, open_dm=True))
        name, content = await anyio.to_thread.run_sync(_content, self.folder(), path)
        thread_ts = await self.thread_in(place, thread)
        said = _comment(comment, mentions)
        # Nobody sees a file before the last step: the first two may be repeated.
        body = await self._bridge.call(
            "files.getUploadURLExternal", repeatable=True, filename=name, length=len(content)
        )
        upload_id, address = _new_id(as_text(body.get("file_id"))), as_text(body.get("upload_url"))
        place_there, params = self.at_files(address)
        await self._files.request(
            "POST",
            place_there,
            params=params,
            content=content,
            headers={"Content-Type": "application/octet-stream", "Accept": "*/*"},
            repeatable=True,
        )
        titled = one_line_outgoing(clean_text(title, 255) or name, mentions=mentions)
        done = await self._write(
            "files.completeUploadExternal",
            look=f"slack_list_files shows whether {name} is in {place.name}",
            files=[{"id": upload_id, "title": titled}],
            channel_id=place.id,
            initial_comment=said or None,
            thread_ts=thread_ts,
        )
        uploaded = next((found for entry in objects(done.get("files")) if (found := file(entry))), None)
        if uploaded is None or not uploaded.permalink:
            uploaded = await self.known_file(upload_id) or File(upload_id, name, title=title, size=len(content))
        return Uploaded(uploaded, place.name)


def _content(folder: Path, wanted: str) -> tuple[str, bytes]:
    """Name and content of a file inside the folder. Raises InvalidInput for anything else."""
    shown = clean_text(wanted, 120)
    if not wanted.strip() or "\x00" in wanted:
        raise InvalidInput("No file was named.", fields={"path": "is empty"})
    given = Path(wanted.strip())
    # Compared as written, before any link is followed: what lies behind a link is not looked at.
    absolute = Path(os.path.normpath(folder / given))
    if ".." in given.parts or not absolute.is_relative_to(folder) or absolute == folder:
        raise InvalidInput(f"{shown!r} is not inside of SLACK_FILES_DIR.", next_step=f"Files are taken from {folder}.")
    here, parts = folder, absolute.relative_to(folder).parts
    try:
        for part in parts:
            here = here / part
            if here.is_symlink():
                raise InvalidInput(f"{shown!r} is, or lies behind, a link.", next_step="Name the file itself.")
        handle = _opened(folder, parts)
    except (OSError, ValueError):  # ValueError: a name that no file system can have
        raise InvalidInput(f"There is no file {shown!r} that can be read in SLACK_FILES_DIR.") from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise InvalidInput(f"{shown!r} is not an ordinary file.")
        if found.st_size > LARGEST:
            raise InvalidInput(f"{shown!r} has {found.st_size:,} bytes; files up to {LARGEST:,} are uploaded.")
        with os.fdopen(handle, "rb", closefd=False) as source:
            content = source.read(LARGEST + 1)
    finally:
        os.close(handle)
    if not content:
        raise InvalidInput(f"{shown!r} is empty: Slack takes no empty files.")
    return absolute.name, content


def _opened(folder: Path, parts: Sequence[str]) -> int:
    """A file below the folder, opened without following a link, also one that was put there a moment ago."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if os.open not in os.supports_dir_fd:
        return os.open(folder.joinpath(*parts), flags)
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, flags | os.O_DIRECTORY, dir_fd=here)
            os.close(here)
            here = inner
        return os.open(parts[-1], flags, dir_fd=here)
    finally:
        os.close(here)


def _comment(comment: str, mentions: MentionPolicy) -> str:
    """What is said beside the file, mentions of everybody neutralised as in posts."""
    if not comment.strip():
        return ""
    parts = [to_mrkdwn(part, mentions=mentions) for part in outgoing(comment, mentions=mentions)]
    if len(parts) != 1 or len(parts[0]) > _COMMENT_CHARS:
        raise InvalidInput(
            "The comment is too long.",
            fields={"comment": f"has {len(comment):,} characters, at most {_COMMENT_CHARS:,}"},
            next_step="Upload the file, then post the text.",
        )
    return parts[0]


def _new_id(text: str) -> str:
    if not is_file_id(text):
        raise BadAnswer("Slack gave no id for the upload.", next_step="Nothing was uploaded: try again.")
    return text
