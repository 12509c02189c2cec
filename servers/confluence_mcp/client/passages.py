"""As much of a page as there is room for, as Markdown: a page of 300 KB costs what is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector_kit.errors import NotFound, clean_text
from connector_kit.output import clip, marked, size

if TYPE_CHECKING:
    from atlassian_kit.storage.blocks import Page

OUTLINE = "outline"
"""The part that is the page's outline; `outline:ID` is that of the section under a heading."""
_ON = re.compile(r"(b[0-9a-f]{6,24}(?:-\d{1,6})?)(?:@(\d{1,9}))?\+")
"""The part that begins at a block, or at a character of it, and goes on as far as there is room."""
_BLOCK = re.compile(r"b[0-9a-f]{6,24}(?:-\d+)?")
_SURELY_SHORT = 2
"""Characters of storage for one of Markdown, in an ordinary text."""


_MOST_MARKUP = 5
"""Characters of storage for one of Markdown, in tables with short cells."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a page as Markdown; `shown` are the ids of the blocks that are in it as a whole.

    `blocks` is how many the page has. `next` is the part to read on with, "" if nothing was cut. `outline` is there
    where it was asked for, or where a page was cut.
    """

    markdown: str
    blocks: int
    shown: tuple[str, ...] = ()
    next: str = ""
    outline: str = ""


def passage(storage: str, names: Mapping[str, str], part: str, budget: int) -> Passage:
    """A part of a page: "" for all of it, the id of a block, a heading, `outline`, or a `next` that was answered.

    At most `budget` bytes of it, cut between blocks where possible. Raises NotFound for a part that is not there.
    """
    from atlassian_kit.storage import plain_text
    from atlassian_kit.storage.blocks import Page, PartNotFoundError
    from atlassian_kit.storage.outline import outline_text
    from atlassian_kit.storage.tree import StorageSyntaxError

    try:
        page = Page(storage, names)
    except StorageSyntaxError:
        return Passage(clip(plain_text(storage, names), budget), 0)
    part = part.strip()
    try:
        if part == OUTLINE or part.startswith(f"{OUTLINE}:"):
            within = part.partition(":")[2].strip()
            return Passage("", len(page.blocks), outline=outline_text(page.blocks, within=_heading(page, within)))
        if going_on := _ON.fullmatch(part):
            first = _index(page, going_on[1])
            return _some(page, names, range(first, len(page.blocks)), budget, int(going_on[2] or 0))
        found = _part(page, names, part, budget)
        return found if part or not found.next else replace(found, outline=outline_text(page.blocks))
    except PartNotFoundError as missing:
        raise _missing(page, missing.part, missing.similar) from None


def _part(page: Page, names: Mapping[str, str], part: str, budget: int) -> Passage:
    from atlassian_kit.storage import to_markdown

    span = page.find(part)
    inside = [
        at for at, placed in enumerate(page.placed) if span.start <= placed.span.start and placed.span.end <= span.end
    ]
    if span.end - span.start > _SURELY_SHORT * budget:
        # Converting takes a while: what is likely too long is converted only as far as there is room.
        some = _some(page, names, inside, budget)
        if some.next:
            return some
    markdown = to_markdown(page.raw(span), names)
    if size(markdown) <= budget:
        return Passage(markdown, len(page.blocks), tuple(page.blocks[at].id for at in inside))
    return _some(page, names, inside, budget)


def _some(page: Page, names: Mapping[str, str], chosen: Sequence[int], budget: int, offset: int = 0) -> Passage:
    """Blocks one by one, as many as there is room for; of the first what follows character `offset`."""
    made: list[str] = []
    shown: list[str] = []
    left = budget
    following = ""
    for at in chosen:
        block = page.blocks[at]
        # What is surely too long need not be converted to see it.
        fits = not made or block.size <= _MOST_MARKUP * left
        text = _markdown(page, at, names)[offset:] if fits else ""
        if made and (not fits or size(text) > left):
            following = f"{block.id}+"
            break
        cut = clip(text, left)
        made.append(cut)
        if cut != text:
            following = f"{block.id}@{offset + len(cut) - 1}+"
            break
        left = max(left - size(text) - 2, 0)
        if not offset:
            shown.append(block.id)
        offset = 0
    if following and len(made) > 1 and shown and shown[-1] in _headings(page):
        following = f"{shown.pop()}+"  # a heading stands with what is below it
        made.pop()
    return Passage("\n\n".join(made), len(page.blocks), tuple(shown), following)


def _markdown(page: Page, at: int, names: Mapping[str, str]) -> str:
    from atlassian_kit.storage import to_markdown

    return to_markdown(page.raw(page.placed[at].span), names).strip()


def _headings(page: Page) -> frozenset[str]:
    return frozenset(block.id for block in page.blocks if block.level)


def _index(page: Page, number: str) -> int:
    for at, block in enumerate(page.blocks):
        if block.id == number:
            return at
    raise _missing(page, number, ())


def _heading(page: Page, name: str) -> str:
    """The id of the heading that is meant; "" for none."""
    if not name:
        return ""
    start = page.find(name).start
    return next(placed.block.id for placed in page.placed if placed.span.start == start)


def _missing(page: Page, part: str, similar: Sequence[str]) -> NotFound:
    told = {block.id: block.text for block in page.blocks if block.id in similar}
    shown = "; ".join(f"{number} {clean_text(text, 60)}" for number, text in told.items())
    if _BLOCK.fullmatch(part):
        message = f"The page has no block {part} (any more): it was changed or removed since it was read."
    elif told:
        message = f"{len(told)} headings of the page may be {clean_text(part, 60)!r}: {marked(shown, 500)}"
    else:
        message = f"The page has no heading {clean_text(part, 60)!r}."
    return NotFound(message, next_step='part="outline" shows the headings and the ids of blocks.')
