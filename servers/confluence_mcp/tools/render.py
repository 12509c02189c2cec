"""Confluence's records as the few lines that a model needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import one_line, quoted

if TYPE_CHECKING:
    from confluence_mcp.reading_models import PageReading, PageVersion, TreePage

_TITLE = 160


def day(time: str | None) -> str:
    """The date of a time as Confluence writes it."""
    return (time or "")[:10]


def minute(time: str | None) -> str:
    """Date, hour and minute of a time as Confluence writes it, in UTC."""
    return f"{time[:10]} {time[11:16]}" if time and len(time) >= 16 else time or ""


def counted(number: int, noun: str) -> str:
    """A number with its noun, which takes an "s" unless there is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def reading(found: PageReading, part: str) -> str:
    """A page: a head that is ours, then everything that people wrote, marked as data, then how to read on."""
    ref = found.ref
    kind = "" if ref.kind == "page" else f" · {ref.kind}"
    status = "" if ref.status in ("current", "historical") else f" · {one_line(ref.status)}"
    lines = [f"{ref.id}{kind}{status} · space {one_line(ref.space_key)} · version {ref.version} · {ref.url}"]
    written = [f"# {one_line(clean_text(ref.title, 300))}"]
    if not part:
        written += _facts(found)
    if found.markdown:
        written += ["", found.markdown]
    if found.outline:
        title = "outline (ids of blocks and headings):"
        written += ["", title, found.outline]
    lines.append(quoted(f"page {ref.id}", "\n".join(written)))
    if found.newest:
        lines.append(f"This is an old version; the page is at version {found.newest} now.")
    if found.next:
        lines.append(f'Cut here; the page has {found.size:,} characters. Read on with part="{found.next}".')
    elif not found.markdown and not found.outline:
        lines.append("The page has no text.")
    return "\n".join(lines)


def _facts(found: PageReading) -> Iterable[str]:
    ref = found.ref
    made = f"by {one_line(found.author)}, {day(ref.created)}" if found.author else f"made {day(ref.created)}"
    changed = f"; updated {minute(ref.updated)}" if ref.updated else ""
    changed += f" by {one_line(found.updated_by)}" if changed and found.updated_by else ""
    said = f" ({clean_text(ref.message, 120)})" if ref.message.strip() else ""
    yield f"{made}{changed}{said}"
    if ref.parent:
        yield f"parent: {ref.parent} {one_line(clean_text(found.parent, _TITLE))}".rstrip()
    if found.labels:
        yield f"labels: {', '.join(map(one_line, found.labels))}"


def tree_line(page: TreePage) -> str:
    """A page of the tree in a line, indented as deep as it stands."""
    kind = "" if page.kind == "page" else f" [{one_line(page.kind)}]"
    status = "" if page.status == "current" else f" [{one_line(page.status)}]"
    below = f" (+{page.below})" if page.below else ""
    updated = f" · {day(page.updated)}" if page.updated else ""
    return f"{'  ' * page.depth}{page.id} {one_line(clean_text(page.title, _TITLE))}{kind}{status}{below}{updated}"


def version_line(version: PageVersion) -> str:
    """A version in a line."""
    minor = " (minor)" if version.minor else ""
    message = f": {clean_text(version.message, 200)}" if version.message.strip() else ""
    return f"{version.number} · {minute(version.created)} · {one_line(version.author)}{minor}{message}"
