"""Files on issues: reading, adding and deleting them."""

import re
from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Context, Elicit, Image, Resolve
from pydantic import Field

from connector_kit.contents import LARGEST_IMAGE, holds_no_text, image_kind, is_image_type
from connector_kit.errors import BadAnswer, InvalidInput, NotFound, clean_text
from connector_kit.file_answers import text_answer
from connector_kit.output import quoted
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.tools.render import DESCRIPTION_BUDGET, counted
from jira_mcp.tools.table import READ, TOOLS, WRITE, IssueKey, Jira

if TYPE_CHECKING:
    from jira_mcp.attachment_models import FoundAttachment
    from jira_mcp.models import Attachment

AttachmentRef = Annotated[str, Field(description="Id, name, or adf:… of a picture in a text.")]


@TOOLS.tool(title="Get a Jira attachment", effect="reads", scopes=(READ,))
async def jira_get_attachment(
    key: IssueKey,
    attachment: AttachmentRef,
    jira: Jira,
    offset: Annotated[int, Field(description="Character to begin at.", ge=0)] = 0,
    save_as: Annotated[str, Field(description="Save it by this name instead.")] = "",
) -> str | list[str | Image]:
    """Show a file of an issue: text or image. Anything else is saved to the user's folder."""
    found = await jira.attachment(key, attachment)
    known = found.attachment
    if not save_as and is_image_type(known.media_type):
        data = (await jira.read_attachment(found, max_bytes=LARGEST_IMAGE)).data if known.size <= LARGEST_IMAGE else b""
        note = ""
        if not data:
            data, note = await _preview(jira, found), "(A smaller picture of it; save_as saves the file itself.)"
        if kind := image_kind(data):
            head = "\n".join(part for part in (_head(found), quoted(known.id, known.name), note) if part)
            return [head, Image(data=data, format=kind)]
    if not save_as and not holds_no_text(known.media_type):
        content = await jira.read_attachment(found)
        if content.text is not None:
            cut = "" if content.complete else "(Only its beginning was read: it is large. save_as saves all of it.)"
            source = f"{known.id} {known.name}"
            return text_answer(_head(found), source, content.text, offset=offset, note=cut, budget=DESCRIPTION_BUDGET)
    saved = await jira.save_attachment(found, name=save_as)
    return f"saved {_head(found)} in the allowed folder as\n{quoted(known.id, saved.path)}"


async def _preview(jira: Jira, found: "FoundAttachment") -> bytes:
    try:
        return await jira.attachment_preview(found)
    except (BadAnswer, InvalidInput, NotFound):  # the file itself can be saved
        return b""


def _head(found: "FoundAttachment") -> str:
    known = found.attachment
    kind = re.sub(r"[^\w.+/-]", "", known.media_type)[:80] or "file"
    return f"attachment {known.id} of {found.key}: {kind}, {known.size:,} bytes"


@TOOLS.tool(title="Attach to a Jira issue", effect="adds", scopes=(READ, WRITE))
async def jira_add_attachment(
    key: IssueKey,
    jira: Jira,
    files: Annotated[list[str], Field(description="Paths in the user's folder.")] = [],
    text: Annotated[str, Field(description="Content of a new file.")] = "",
    name: Annotated[str, Field(description="Its name, like notes.md.")] = "",
) -> str:
    """Attach files of the user's folder, or a text, to an issue."""
    done = await jira.attach(key, files, text=text, name=name)
    lines = "\n".join(_line(each) for each in done.files)
    return f"attached {counted(len(done.files), 'file')} to {done.key} {done.url}\n{quoted(done.key, lines)}"


def _line(known: "Attachment") -> str:
    return f"{clean_text(known.name, 255)} (id {known.id}, {known.size:,} bytes)"


async def ask_before_deleting(
    ctx: Context, key: str, attachment: str, confirm: bool, jira: Jira
) -> Consent | Elicit[Consent]:
    """The question whether to delete, with what would be lost."""
    found = await jira.attachment(key, attachment)
    question = f"Delete attachment {_line(found.attachment)} of {found.key} for good?"
    return ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Delete a Jira attachment", effect="destroys", scopes=(READ, WRITE))
async def jira_delete_attachment(
    key: IssueKey,
    attachment: AttachmentRef,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting)],
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete a file of an issue. The user is asked first."""
    require(answer)
    gone = await jira.delete_attachment(key, attachment)
    return f"deleted attachment {gone.attachment.id} of {gone.key}"
