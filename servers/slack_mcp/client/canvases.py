"""Canvases: pages of Markdown in Slack (https://docs.slack.dev/surfaces/canvases)."""

import re

from connector_kit.errors import InvalidInput, NotPermitted
from connector_kit.wire import as_text
from slack_mcp.client.convert import file, is_canvas, moment
from slack_mcp.client.marks import Marks
from slack_mcp.models import Canvas
from slack_mcp.text import NOBODY, MentionPolicy, one_line_outgoing, outgoing, parse_file

_MENTION = r"!\[[^\]\n]*\]\([@#]([UWC][A-Z0-9]{2,30})\)"

LONGEST = 100_000
"""Characters in one writing."""


class Canvases(Marks):
    """Reading and writing canvases."""

    async def canvas(self, canvas: str) -> Canvas:
        """A canvas with its whole text as Markdown. Raises NotFound."""
        wanted = parse_file(canvas)
        entry = await self._file(wanted)
        if not is_canvas(entry):
            raise InvalidInput(
                f"{wanted} is a file, no canvas.",
                next_step="slack_read_file reads files.",
            )
        body = await self._read("canvases.getContent", canvas_id=wanted, accept=("unknown_method", "missing_scope"))
        text, note = as_text(body.get("content")), ""
        if body.get("ok") is not True:
            content = await self.read_file(wanted)
            text = content.text or ""
            note = "As Slack keeps it." if content.complete else "Only its beginning."
        known = file(entry)
        return Canvas(
            id=wanted,
            title=(known.title or known.name) if known else wanted,
            markdown=await self._with_names(text),
            permalink=known.permalink if known else "",
            updated=moment(entry.get("updated") or entry.get("edit_timestamp")),
            note=note,
        )

    async def _with_names(self, text: str) -> str:
        """A canvas's text with names in the place of ids: it mentions people and channels as images of them."""
        ids = dict.fromkeys(found[1] for found in re.finditer(_MENTION, text))
        if not ids:
            return text
        said = " ".join(f"<@{each}>" if each[0] in "UW" else f"<#{each}>" for each in ids)
        names = await self.names_for([{"text": said}])

        def name(found: re.Match[str]) -> str:
            mentioned = found[1]
            return f"@{names.user(mentioned)}" if mentioned[0] in "UW" else f"#{names.channel(mentioned)}"

        return re.sub(_MENTION, name, text)

    async def create_canvas(
        self, title: str, markdown: str, *, channel: str = "", mentions: MentionPolicy = NOBODY
    ) -> Canvas:
        """Create a canvas, as a tab of a channel where one is named."""
        named = one_line_outgoing(title)[:255]
        if not named:
            raise InvalidInput("A canvas needs a title.", fields={"title": "is empty"})
        if not channel.strip() and self.settings.channels:
            raise NotPermitted(
                "Tools may write to some channels only, so that a canvas has to be that of a channel.",
                next_step="Name one of them.",
            )
        place = self._may_write(await self.find_channel(channel)) if channel.strip() else None
        body = await self._write(
            "canvases.create",
            look="slack_list_files with kind=canvas shows the canvases",
            title=named,
            document_content=_document(markdown, mentions),
            channel_id=place.id if place else None,
        )
        created = as_text(body.get("canvas_id"))
        known = await self.known_file(created)
        return Canvas(created, named, "", known.permalink if known else "")

    async def append_to_canvas(self, canvas: str, markdown: str, *, mentions: MentionPolicy = NOBODY) -> Canvas:
        """Add Markdown to the end of a canvas."""
        wanted = parse_file(canvas)
        entry = await self._file(wanted)
        await self.require_writable(entry)
        await self._write(
            "canvases.edit",
            look=f"slack_read_file shows the canvas {wanted}",
            canvas_id=wanted,
            changes=[{"operation": "insert_at_end", "document_content": _document(markdown, mentions)}],
        )
        known = file(entry)
        return Canvas(wanted, (known.title or known.name) if known else wanted, "", known.permalink if known else "")


def _document(markdown: str, mentions: MentionPolicy) -> dict[str, str]:
    if not markdown.strip():
        raise InvalidInput("There is nothing to write.", fields={"text": "is empty"})
    if len(markdown) > LONGEST:
        raise InvalidInput(
            "The text is too long for one writing.",
            fields={"text": f"has {len(markdown):,} characters, at most {LONGEST:,}"},
            next_step="Create the canvas with a part of it, then append the rest.",
        )
    return {"type": "markdown", "markdown": "\n".join(outgoing(markdown, mentions=mentions, limit=LONGEST))}
