"""Uploading files from the allowed folder, in Slack's three steps.

https://docs.slack.dev/messaging/working-with-files: ask for an address, send the bytes there, share the file.
"""

from contextlib import closing
from functools import partial

import anyio.to_thread

from connector_kit.allowed_folder import OpenedFile
from connector_kit.bodies import of_file
from connector_kit.errors import BadAnswer, InvalidInput, clean_text
from connector_kit.wire import as_text, objects
from slack_mcp.client.convert import file
from slack_mcp.client.files import Files
from slack_mcp.client.ids import is_file_id
from slack_mcp.models import Channel, File, Uploaded
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
        folder = self.folder("Nothing was uploaded")
        opened = await anyio.to_thread.run_sync(partial(folder.open, path, most=LARGEST))
        with closing(opened):
            return await self._send(place, opened, title, comment, thread, mentions)

    async def _send(
        self, place: Channel, opened: OpenedFile, title: str, comment: str, thread: str, mentions: MentionPolicy
    ) -> Uploaded:
        name = opened.name
        thread_ts = await self.thread_in(place, thread)
        said = _comment(comment, mentions)
        # Nobody sees a file before the last step: the first two may be repeated.
        body = await self._bridge.call("files.getUploadURLExternal", repeatable=True, filename=name, length=opened.size)
        upload_id, address = _new_id(as_text(body.get("file_id"))), as_text(body.get("upload_url"))
        place_there, params = self.at_files(address)
        await self._files.request(
            "POST",
            place_there,
            params=params,
            content=of_file(opened),
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
            uploaded = await self.known_file(upload_id) or File(upload_id, name, title=title, size=opened.size)
        return Uploaded(uploaded, place.name)


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
