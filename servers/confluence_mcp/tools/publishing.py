"""Publishing a folder of Markdown files as a tree of pages."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Context
from pydantic import Field

from confluence_mcp.scopes import (
    DETAILS,
    LABELS,
    PAGES,
    SPACES,
    TREE,
    WRITE_FILES,
    WRITE_LABELS,
    WRITE_PAGES,
)
from confluence_mcp.tools.table import TOOLS, Confluence
from connector_kit.errors import clean_text
from connector_kit.output import clip, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from confluence_mcp.models import PageRef
    from confluence_mcp.publish_models import PublishItem, PublishOutcome, PublishPreview

_NEEDS = (PAGES, SPACES, TREE, DETAILS, LABELS, WRITE_PAGES, WRITE_FILES, WRITE_LABELS)
_LINES = 40
_BUDGET = 8_000
_FIRST = ("failed", "edited", "taken", "skipped")
"""What went or would go otherwise than wanted is told first."""
_WORDS = {
    "create": "to create",
    "update": "to update",
    "finish": "to finish",
    "edited": "edited in Confluence, left alone",
    "taken": "title taken, left alone",
}


@TOOLS.tool(title="Publish a folder to Confluence", effect="changes", scopes=_NEEDS)
async def confluence_publish_folder(
    confluence: Confluence,
    ctx: Context,
    folder: Annotated[str, Field(description="In the user's folder.")] = "",
    parent: Annotated[str, Field(description="Page: id, link, or SPACE/Title.")] = "",
    run: Annotated[str, Field(description="Token of the preview.", max_length=200)] = "",
) -> str:
    """Publish a folder of Markdown files as pages below a page: links, images and labels included.

    First answers what would change and a token; show that to the user, then call again with run=token. What was
    edited in Confluence is left alone; nothing is deleted.
    """
    if not run:
        return _preview(await confluence.preview_publishing(folder, parent))

    async def told(done: int, of: int, path: str) -> None:
        await ctx.report_progress(done, of, clean_text(path, 100))

    return _outcome(await confluence.publish(run, {"folder": folder, "parent": parent}, on_progress=told))


def _preview(shown: "PublishPreview") -> str:
    parts = [f"{_where(shown.folder, shown.parent)}: {_counts(shown.items)}; nothing was written yet"]
    lines = list(_lines(item for item in shown.items if item.state in _FIRST))
    lines += [
        f"orphan: {clean_text(each.path, 120)} is gone, its page {each.page} “{clean_text(each.title, 80)}” stays"
        for each in shown.orphans
    ]
    lines += [clean_text(note, 200) for note in shown.notes]
    lines += _lines(item for item in _well(shown.items) if item.state != "unchanged" or item.note)
    if lines:
        parts.append(quoted(shown.folder, _cut(lines)))
    if shown.token:
        parts.append(f"Show this to the user, then call confluence_publish_folder with run={shown.token}")
    return "\n".join(parts)


def _outcome(done: "PublishOutcome") -> str:
    parts = [f"{_where(done.folder, done.parent)}: {_counts(done.items)}{f'; {done.left} left' if done.left else ''}"]
    if lines := [*_lines(each for each in done.items if each.state in _FIRST), *_lines(_well(done.items))]:
        parts.append(quoted(done.folder, _cut(lines)))
    if done.trouble:
        parts.append(f"Stopped at {quoted(done.folder, clean_text(done.trouble, 500))}")
        parts.append("Call again without run when that is mended: it goes on, and nothing is written twice.")
    if done.token:
        parts.append(f"The time of a call was up. Go on with run={done.token}")
    return "\n".join(parts)


def _where(folder: str, parent: "PageRef") -> str:
    return f"folder {clean_text(folder, 100)!r} below page {parent.id} of {parent.space_key} {parent.url}"


def _counts(items: "Sequence[PublishItem]") -> str:
    counts = Counter(item.state for item in items)
    return ", ".join(f"{number} {_WORDS.get(state, state)}" for state, number in counts.items()) or "nothing to do"


def _well(items: "Iterable[PublishItem]") -> "Iterable[PublishItem]":
    return (item for item in items if item.state not in _FIRST)


def _lines(items: "Iterable[PublishItem]") -> "Iterable[str]":
    for item in items:
        page = f" {item.page}" if item.page else ""
        note = f" ({clean_text(item.note, 300)})" if item.note else ""
        title = clean_text(item.title, 100)
        yield f"{item.state}{page}: {clean_text(item.path, 120)} “{title}”{note}"


def _cut(lines: "Sequence[str]") -> str:
    more = f"\nand {len(lines) - _LINES} more" if len(lines) > _LINES else ""
    return clip("\n".join(lines[:_LINES]), _BUDGET) + more
