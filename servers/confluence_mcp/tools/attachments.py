"""Files on pages: listing, reading, adding, deleting."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, Elicit, Image, Resolve
from pydantic import Field

from confluence_mcp.scopes import DELETE_FILES, DETAILS, FILES, PAGES, PEOPLE, SPACES, WRITE_FILES
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor, PageName
from confluence_mcp.tools.written import known_by_id
from connector_kit.errors import clean_text
from connector_kit.fitting import fitted
from connector_kit.output import page_line, quoted, table
from connector_kit.serving.consent import Answer, Consent, ask, require
from connector_kit.serving.file_answers import file_answer

if TYPE_CHECKING:
    from confluence_mcp.attachment_models import Attachment, FoundAttachment

_READ = (PAGES, SPACES, FILES, PEOPLE)
_COLUMNS = ("id", "version", "bytes", "type", "written", "by", "name")
_TEXT_BUDGET = 20_000
_FILES = 25

AttachmentRef = Annotated[str, Field(description="Name or id.")]


@TOOLS.tool(title="List Confluence attachments", effect="reads", scopes=_READ)
async def confluence_list_attachments(page: PageName, confluence: Confluence, cursor: Cursor = "") -> str:
    """List the files of a page, newest first."""
    found, shown = await fitted(
        lambda most: confluence.attachments(page, limit=most, cursor=cursor or None),
        lambda found: table(_COLUMNS, map(_row, found.items)),
        limit=_FILES,
    )
    if not found.items and not found.cursor:
        return f"page {found.page.id} has no files"
    last = page_line(shown.shown, noun="files", cursor=found.cursor)
    return f"{quoted(f'files of {found.page.id}', shown.text)}\n{last}"


def _row(known: "Attachment") -> tuple[object, ...]:
    return (
        known.id,
        known.version,
        known.size,
        known.media_type,
        known.written[:10],
        known.author,
        clean_text(known.name, 255),
    )


@TOOLS.tool(title="Get a Confluence attachment", effect="reads", scopes=_READ)
async def confluence_get_attachment(
    page: PageName,
    attachment: AttachmentRef,
    confluence: Confluence,
    offset: Annotated[int, Field(description="Character to begin at.", ge=0)] = 0,
    save_as: Annotated[str, Field(description="Save it by this name instead.")] = "",
) -> str | list[str | Image]:
    """Show a file of a page: text or image. Anything else is saved to the user's folder."""
    found = await confluence.attachment(page, attachment)
    where = f"page {found.page.id}"
    return await file_answer(confluence, found, where, offset=offset, save_as=save_as, budget=_TEXT_BUDGET)


@TOOLS.tool(title="Attach to a Confluence page", effect="adds", scopes=(PAGES, SPACES, DETAILS, WRITE_FILES))
async def confluence_add_attachment(
    page: PageName,
    confluence: Confluence,
    files: Annotated[list[str], Field(description="Paths in the user's folder.")] = [],
    text: Annotated[str, Field(description="Content of a new file.")] = "",
    name: Annotated[str, Field(description="Its name, like notes.md.")] = "",
    comment: Annotated[str, Field(description="Of this version.", max_length=255)] = "",
) -> str:
    """Attach files of the user's folder, or a text, to a page; a name that is there gets a new version."""
    done = await confluence.attach(page, files, text=text, name=name, comment=comment)
    lines = "\n".join(_line(each) for each in done.files)
    number = len(done.files)
    told = f"attached {number} file{'' if number == 1 else 's'} to page {done.page.id} {done.page.url}"
    return f"{told}\n{quoted(done.page.id, lines)}"


def _line(known: "Attachment") -> str:
    version = f", now version {known.version}" if known.version > 1 else ""
    return f"{clean_text(known.name, 255)} ({known.id}, {known.size:,} bytes{version})"


async def attachment_of(page: str, attachment: str, confluence: Confluence) -> Any:
    """What would be deleted: looked for once, so that what is asked about is what goes."""
    return await confluence.attachment(page, attachment)


if TYPE_CHECKING:
    Doomed = Annotated[FoundAttachment, Resolve(attachment_of)]
else:
    # The SDK reads this annotation when the server starts; the models are imported by the first call.
    Doomed = Annotated[Any, Resolve(attachment_of)]


async def ask_before_deleting(ctx: Context, page: str, confirm: bool, found: Doomed) -> Consent | Elicit[Consent]:
    """The question whether to delete, with what would be lost."""
    where = f"page {found.page.id}, {clean_text(found.page.title, 100)!r}"
    question = f"Move attachment {_line(found.attachment)} of {where} with all its versions to the trash?"
    return known_by_id(ask(ctx, question, confirmed=confirm), question, [page], [found.page])


@TOOLS.tool(title="Delete a Confluence attachment", effect="destroys", scopes=(*_READ, DELETE_FILES), toolset="admin")
async def confluence_delete_attachment(
    page: PageName,
    attachment: AttachmentRef,
    confluence: Confluence,
    found: Doomed,
    answer: Annotated[Answer, Resolve(ask_before_deleting)],
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Move a file of a page to the space's trash. The user is asked first."""
    require(answer)
    gone = await confluence.delete_attachment(found.page.id, found.attachment.id)
    return f"moved attachment {gone.attachment.id} of page {gone.page.id} to the trash of space {gone.page.space_key}"
