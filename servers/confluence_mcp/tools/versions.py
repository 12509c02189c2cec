"""The versions of a page."""

from typing import Annotated

from pydantic import Field

from confluence_mcp.scopes import DETAILS, PAGES, PEOPLE, SPACES, WRITE_CONTENT
from confluence_mcp.tools.render import counted, version_line
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor, PageName
from connector_kit.errors import clean_text
from connector_kit.fitting import fitted
from connector_kit.output import joined, page_line, quoted

HISTORY = "history"


@TOOLS.tool(title="List the versions of a Confluence page", effect="reads", scopes=(PAGES, PEOPLE, SPACES))
async def confluence_list_versions(
    page: PageName,
    confluence: Confluence,
    limit: Annotated[int, Field(description="Versions in an answer.", ge=1, le=100)] = 20,
    cursor: Cursor = "",
) -> str:
    """List who changed a page and when, newest first. Read an old one with confluence_get_page."""
    (ref, found), shown = await fitted(
        lambda most: confluence.versions(page, limit=most, cursor=cursor or None),
        lambda answer: joined([version_line(each) for each in answer[1].items]),
        limit=limit,
    )
    written = quoted(f"versions of {ref.id}", shown.text)
    return f"{written}\n{page_line(shown.shown, noun='versions', cursor=found.cursor)}"


@TOOLS.tool(title="Compare versions of a Confluence page", effect="reads", scopes=(PAGES, PEOPLE, SPACES))
async def confluence_compare_versions(
    page: PageName,
    confluence: Confluence,
    older: Annotated[int, Field(description="Version number.", ge=1)],
    newer: Annotated[int, Field(description="Version number; 0: as it is now.", ge=0)] = 0,
) -> str:
    """Tell what changed between two versions of a page, block by block."""
    found = await confluence.compare_versions(page, older, newer or None)
    head = (
        f"{found.ref.id}: from version {found.older.number} to {found.newer.number}: "
        f"{counted(found.changes, 'block')} differ{'s' if found.changes == 1 else ''} {found.ref.url}"
    )
    before, after = (clean_text(title, 200) for title in found.titles)
    said = [f"title: {before} → {after}"] if before != after else []
    written = [version_line(found.older), version_line(found.newer), *said, *([found.text] if found.text else [])]
    return f"{head}\n{quoted(f'page {found.ref.id}', chr(10).join(written))}"


@TOOLS.tool(
    title="Restore a version of a Confluence page",
    effect="changes",
    idempotent=False,
    scopes=(DETAILS, PAGES, SPACES, WRITE_CONTENT),
    toolset=HISTORY,
)
async def confluence_restore_version(
    page: PageName,
    confluence: Confluence,
    number: Annotated[int, Field(description="Version to go back to.", ge=1)],
    version: Annotated[int, Field(description="Version that the page is at now.", ge=1)],
    message: Annotated[str, Field(description="What to say about it.", max_length=500)] = "",
    restore_title: Annotated[bool, Field(description="Its old title too.")] = False,
) -> str:
    """Make an old version of a page the current one, as a new version; nothing of the history is lost."""
    ref, made = await confluence.restore_version(page, number, version=version, message=message, title=restore_title)
    return f"restored version {number} of {ref.id} as version {made.number} {ref.url}"
