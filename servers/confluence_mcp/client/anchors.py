"""Passages of a page that inline comments are tied to: found in its text, counted as Confluence counts them."""

import re
from dataclasses import dataclass

from connector_kit.errors import InvalidInput, NotFound
from connector_kit.output import marked

LONGEST: int = 2_000
"""Characters of a passage."""

_SHOWN = 10
_AROUND = 40
_NEXT = "Copy the passage from the page as it reads now, without markup, from one paragraph, cell or item."


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage as the page spells it, the `index` of the one that is meant (from 0), and how many there are."""

    text: str
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    line: str
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line[self.start : self.end]

    def shown(self) -> str:
        before, after = self.line[: self.start], self.line[self.end :]
        left = ("…" if len(before) > _AROUND else "") + before[-_AROUND:]
        right = after[:_AROUND] + ("…" if len(after) > _AROUND else "")
        return marked(f"{left}[{self.text}]{right}", 180)


def find_anchor(page: str, wanted: str, occurrence: int = 0) -> Anchor:
    """Where `wanted` stands in the bare text of a page, which has a line for each block.

    `occurrence` says which of several is meant, counted from 1. Case and blanks may differ where nothing matches
    exactly.

    Raises NotFound for a passage that is not there, InvalidInput for one of several unless one of them is named.
    """
    words = wanted.split()
    if not words or len(wanted) > LONGEST:
        why = "is empty" if not words else f"has {len(wanted):,} characters; at most {LONGEST:,}"
        raise InvalidInput("Nothing was written.", fields={"anchor": why}, next_step=_NEXT)
    pattern = r"\s+".join(map(re.escape, words))
    places = _places(page, re.compile(re.escape(wanted.strip()))) or _places(page, re.compile(pattern))
    places = places or _places(page, re.compile(pattern, re.IGNORECASE))
    if not places:
        across = re.search(pattern, page, re.IGNORECASE)
        why = "reaches over several paragraphs" if across else "is not in the page's text"
        raise NotFound("Nothing was written.", fields={"anchor": why}, next_step=_NEXT)
    if occurrence > len(places):
        why = f"the passage is there {len(places)} {'time' if len(places) == 1 else 'times'}"
        raise InvalidInput("Nothing was written.", fields={"occurrence": why})
    if len(places) > 1 and not occurrence:
        shown = {str(number): place.shown() for number, place in enumerate(places[:_SHOWN], 1)}
        more = f" The first {_SHOWN} are shown." if len(places) > _SHOWN else ""
        raise InvalidInput(
            f"Nothing was written: the passage is on the page {len(places)} times.{more}",
            fields=shown,
            next_step="Give the number of the one meant as occurrence, or a longer passage.",
        )
    chosen = places[max(occurrence, 1) - 1]
    # Confluence looks for the passage as it is spelled there, so that only those count.
    alike = _places(page, re.compile(re.escape(chosen.text)))
    return Anchor(chosen.text, alike.index(chosen), len(alike))


def _places(page: str, pattern: re.Pattern[str]) -> list[_Place]:
    lines = enumerate(page.split("\n"))
    return [_Place(number, line, *found.span()) for number, line in lines for found in pattern.finditer(line)]
