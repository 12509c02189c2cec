"""Files and canvases: finding, reading, sharing them."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Image
from pydantic import Field

from connector_kit.contents import LARGEST_IMAGE, image_kind, is_image_type
from connector_kit.output import page_line, quoted
from connector_kit.serving.file_answers import text_answer
from slack_mcp.tools.paging import fitted_rows
from slack_mcp.tools.render import FILE_COLUMNS, ROOM, address, file_line, file_row, named
from slack_mcp.tools.table import TOOLS, ChannelRef, Cursor, Markdown, Slack, ThreadRef, Window

if TYPE_CHECKING:
    from connector_kit.pages import Page
    from slack_mcp.models import File

CANVAS = "application/vnd.slack-docs"

FileRef = Annotated[str, Field(description="File by id or permalink.", min_length=1, max_length=500)]
CanvasRef = Annotated[str, Field(description="Canvas by id or permalink.", min_length=1, max_length=500)]


@TOOLS.tool(title="List Slack files", effect="reads", scopes=("files:read",))
async def slack_list_files(
    slack: Slack,
    channel: Annotated[str, Field(description="Only those shared in this channel.", max_length=300)] = "",
    user: Annotated[str, Field(description="Only those of this person (@name, e-mail or id).", max_length=200)] = "",
    kind: Annotated[str, Field(description="images, pdfs, snippets, canvases, zips; empty: all.", max_length=40)] = "",
    window: Window = "",
    limit: Annotated[int, Field(description="Files in an answer.", ge=1, le=100)] = 20,
    cursor: Cursor = "",
) -> str:
    """List files that you may see, newest first; read one with slack_read_file."""

    async def ask(limit: int) -> "Page[File]":
        return await slack.files(
            channel=channel, user=user, kind=kind, window=window, limit=limit, cursor=cursor or None
        )

    page, text = await fitted_rows(ask, limit, FILE_COLUMNS, file_row)
    if not page.items and not page.cursor:
        return "\n".join(["No file matches.", *page.warnings])
    return "\n".join([text, *page.warnings, page_line(len(page.items), noun="files", cursor=page.cursor)])


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
        return f"saved {file_line(saved.file)} in the allowed folder as\n{quoted(saved.file.id, saved.path)}"
    known = await slack.file(file)
    source = f"{known.id} {known.name}"
    if known.media_type == CANVAS or known.kind.lower() in ("quip", "canvas", "channel_canvas"):
        canvas = await slack.canvas(known.id)
        return text_answer(
            f"canvas {file_line(known)}", source, canvas.markdown, offset=offset, note=canvas.note, budget=ROOM
        )
    if is_image_type(known.media_type) and known.size <= LARGEST_IMAGE:
        content = await slack.read_file(known.id, max_bytes=LARGEST_IMAGE)
        kind = image_kind(content.data)
        if content.complete and kind:
            return [f"{file_line(known)}\n{quoted(known.id, known.name)}", Image(data=content.data, format=kind)]
    content = await slack.read_file(known.id)
    if content.text is None:
        told = "This is no text. Save it with save_as, or give the user its permalink."
        return f"{file_line(known)}\n{quoted(known.id, known.name)}\n{told}"
    cut = (
        "" if content.complete else "(Only the beginning of this file was read: it is large. save_as saves all of it.)"
    )
    return text_answer(file_line(known), source, content.text, offset=offset, note=cut, budget=ROOM)


@TOOLS.tool(title="Upload a file to Slack", effect="adds", scopes=("channels:read", "files:write"))
async def slack_upload_file(
    path: Annotated[
        str, Field(description="Path of the file, in the folder that the user allowed.", min_length=1, max_length=1_000)
    ],
    channel: ChannelRef,
    slack: Slack,
    title: Annotated[str, Field(description="Title; the file's name if empty.", max_length=255)] = "",
    comment: Annotated[
        str,
        Field(
            description="Markdown of the message that shares it.",
            max_length=20_000,
        ),
    ] = "",
    thread: ThreadRef = "",
) -> str:
    """Upload a file of the user's machine and share it in a channel or thread. slack_read_file reads files."""
    done = await slack.upload(path, channel, title=title, comment=comment, thread=thread)
    return f"uploaded {file_line(done.file)} to {named(done.channel)}"


@TOOLS.tool(title="Create a Slack canvas", effect="adds", scopes=("canvases:write",), toolset="canvases")
async def slack_create_canvas(
    title: Annotated[str, Field(description="Title.", min_length=1, max_length=255)],
    text: Markdown,
    slack: Slack,
    channel: Annotated[str, Field(description="Share it as the canvas of this channel.", max_length=300)] = "",
) -> str:
    """Create a canvas (a page in Slack) from Markdown; read one with slack_read_file."""
    done = await slack.create_canvas(title, text, channel=channel)
    return f"created canvas {named(done.id)} {address(done.permalink)}".rstrip()


@TOOLS.tool(
    title="Append to a Slack canvas", effect="adds", scopes=("files:read", "canvases:write"), toolset="canvases"
)
async def slack_append_to_canvas(canvas: CanvasRef, text: Markdown, slack: Slack) -> str:
    """Add Markdown at the end of a canvas; what is there stays as it is. slack_list_files finds canvases."""
    done = await slack.append_to_canvas(canvas, text)
    return f"appended to canvas {named(done.id)} {address(done.permalink)}".rstrip()
