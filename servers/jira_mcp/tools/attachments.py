"""Files on issues: reading, adding and deleting them."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Context, Elicit, Image, Resolve
from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import quoted
from connector_kit.serving.consent import Answer, Consent, ask, require
from connector_kit.serving.file_answers import file_answer
from jira_mcp.tools.render import DESCRIPTION_BUDGET, counted
from jira_mcp.tools.table import READ, TOOLS, WRITE, IssueKey, Jira

if TYPE_CHECKING:
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
    return await file_answer(jira, found, found.key, offset=offset, save_as=save_as, budget=DESCRIPTION_BUDGET)


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
