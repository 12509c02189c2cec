"""Files and canvases: finding, reading, sharing them."""

from typing import Annotated

from mcp.server.mcpserver import Image
from pydantic import Field

from connector_kit.output import excerpt, page_line, quoted, table
from slack_mcp.tools.render import FILE_COLUMNS, file_line, file_row
from slack_mcp.tools.table import TOOLS, ChannelRef, Cursor, Markdown, Slack, ThreadRef, Window

LARGEST_IMAGE = 3_000_000
"""Bytes of an image that an answer carries; more costs a model too much, and clients refuse it."""
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")

FileRef = Annotated[str, Field(description="File by id or permalink.", min_length=1, max_length=500)]


@TOOLS.tool(title="List Slack files", effect="reads", scopes=("files:read",))
async def slack_list_files(
    slack: Slack,
    channel: Annotated[str, Field(description="Only those shared in this channel.", max_length=300)] = "",
    user: Annotated[str, Field(description="Only those of this person (@name, e-mail or id).", max_length=200)] = "",
    kind: Annotated[str, Field(description="images, pdfs, snippets, canvases, zips or all.", max_length=40)] = "",
    window: Window = "",
    limit: Annotated[int, Field(description="Files in an answer.", ge=1, le=100)] = 20,
    cursor: Cursor = "",
) -> str:
    """List files that you may see, newest first; read one with slack_read_file."""
    page = await slack.files(channel=channel, user=user, kind=kind, window=window, limit=limit, cursor=cursor or None)
    if not page.items:
        return "\n".join(["No file matches.", *page.warnings])
    shown = table(FILE_COLUMNS, map(file_row, page.items))
    return "\n".join([shown.text, *page.warnings, page_line(shown.shown, noun="files", cursor=page.cursor)])


@TOOLS.tool(title="Read a Slack file", effect="reads", scopes=("files:read",))
async def slack_read_file(
    file: FileRef,
    slack: Slack,
    offset: Annotated[int, Field(description="Character of the text to begin at.", ge=0)] = 0,
    save_as: Annotated[
        str, Field(description="Save it under this name in the folder that the user allowed.", max_length=200)
    ] = "",
) -> str | list[str | Image]:
    """Read a file: text and canvases as text, images as images; what is neither can be saved with save_as."""
    if save_as:
        saved = await slack.save_file(file, name=save_as)
        return f"saved {file_line(saved.file)} to {saved.path} ({saved.size:,} bytes)"
    known = await slack.file(file)
    if known.kind in ("quip", "canvas") or known.media_type == "application/vnd.slack-docs":
        canvas = await slack.canvas(known.id)
        return _text(known.id, canvas.markdown, f"canvas {file_line(known)}", offset, canvas.note)
    if known.media_type in IMAGES and known.size <= LARGEST_IMAGE:
        content = await slack.read_file(file, max_bytes=LARGEST_IMAGE)
        if content.complete:
            return [file_line(known), Image(data=content.data, format=known.media_type.removeprefix("image/"))]
    content = await slack.read_file(file)
    if content.text is None:
        return f"{file_line(known)}\nThis is no text. Save it with save_as, or give the user its permalink."
    cut = (
        "" if content.complete else "(Only the beginning of this file was read: it is large. save_as saves all of it.)"
    )
    return _text(known.id, content.text, file_line(known), offset, cut)


def _text(label: str, text: str, head: str, offset: int, note: str) -> str:
    part = excerpt(text, offset=offset, rest="Read on with offset={offset}.")
    return "\n".join(line for line in (head, quoted(label, part.text), part.note, note) if line)


@TOOLS.tool(title="Upload a file to Slack", effect="adds", scopes=("files:write",))
async def slack_upload_file(
    path: Annotated[
        str, Field(description="Path of the file, in the folder that the user allowed.", min_length=1, max_length=1_000)
    ],
    channel: ChannelRef,
    slack: Slack,
    title: Annotated[str, Field(description="Title; the file's name if empty.", max_length=255)] = "",
    comment: Annotated[str, Field(description="Text of the message that shares it, as Markdown.")] = "",
    thread: ThreadRef = "",
) -> str:
    """Upload a file of the user's machine and share it in a channel or thread."""
    done = await slack.upload(path, channel, title=title, comment=comment, thread=thread)
    return f"uploaded {file_line(done.file)} to {done.channel}"


@TOOLS.tool(title="Create a Slack canvas", effect="adds", scopes=("canvases:write",), toolset="canvases")
async def slack_create_canvas(
    title: Annotated[str, Field(description="Title.", min_length=1, max_length=255)],
    text: Markdown,
    slack: Slack,
    channel: Annotated[str, Field(description="Share it as the canvas of this channel.", max_length=300)] = "",
) -> str:
    """Create a canvas (a page in Slack) from Markdown; read one with slack_read_file."""
    done = await slack.create_canvas(title, text, channel=channel)
    return f"created canvas {done.id} {done.permalink}"


@TOOLS.tool(title="Append to a Slack canvas", effect="adds", scopes=("canvases:write",), toolset="canvases")
async def slack_append_to_canvas(canvas: FileRef, text: Markdown, slack: Slack) -> str:
    """Add Markdown at the end of a canvas; what is there stays as it is."""
    done = await slack.append_to_canvas(canvas, text)
    return f"appended to canvas {done.id} {done.permalink}"
