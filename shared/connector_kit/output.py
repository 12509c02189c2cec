"""Answers as a model reads them: small, bounded in bytes, honest about what was left out.

Every tool answers with one text. Three shapes cover them all: `table` (the columns are said
once), `quoted` (text that people wrote in the service, marked as data) and `page_line` (how much
was returned and how to get the rest).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from connector_kit.errors import clean_text

ANSWER_BUDGET = 24_000
"""Bytes of UTF-8 that an answer aims to stay within: about 6,000 tokens."""

ANSWER_LIMIT = 64_000
"""Bytes of UTF-8 that no answer exceeds, whatever a tool returns."""


@dataclass(frozen=True, slots=True)
class Part:
    """Of several items the first that fit: their `text`, how many are `shown`, and how many are `left` out."""

    text: str
    shown: int
    left: int = 0


def size(text: str) -> int:
    """Bytes of `text` in UTF-8."""
    return len(text.encode("utf-8", "replace"))


def one_line(value: object) -> str:
    """`value` as a table cell: one line, no bar, no control characters; None is empty."""
    if value is None:
        return ""
    text = _without_controls(str(value))
    return re.sub(r"\s+", " ", text).strip().replace("|", "¦")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, budget: int = ANSWER_BUDGET) -> Part:
    """Lay out `rows` under `columns`, as many as fit in `budget` bytes, the first row always.

    The caller continues from the first row that is left out.
    """
    lines = [" | ".join(columns)]
    used = size(lines[0])
    shown = 0
    waiting = iter(rows)
    for row in waiting:
        line = " | ".join(one_line(cell) for cell in row)
        used += size(line) + 1
        if used > budget and shown:
            return Part("\n".join(lines), shown, 1 + sum(1 for _ in waiting))
        if used > budget:
            line = clip(line, max(budget - size(lines[0]) - 1, 200))
        lines.append(line)
        shown += 1
    return Part("\n".join(lines), shown)


def joined(texts: Sequence[str], *, between: str = "\n", budget: int = ANSWER_BUDGET) -> Part:
    """Put `texts` below each other, as many as fit in `budget` bytes, the first always."""
    used = 0
    for number, text in enumerate(texts):
        used += size(text) + len(between)
        if used > budget and number:
            return Part(between.join(texts[:number]), number, len(texts) - number)
    return Part(between.join(texts), len(texts))


def clip(text: str, budget: int) -> str:
    """`text` cut to `budget` bytes at a character border, ending in "…" when it was cut."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= budget:
        return text
    return raw[: max(budget - 3, 0)].decode("utf-8", "ignore") + "…"


def quoted(label: str, text: str) -> str:
    """Mark `text` as data that came from the service, so that no sentence in it is obeyed.

    `label` names where it stood. A text cannot close the mark: its own data tags are defused.
    """
    source = one_line(label).translate(_OF_LABELS)
    return f'<data from="{source}">\n{_defuse(_without_controls(text))}\n</data>'


_OF_LABELS = str.maketrans('"<>', "'‹›")


def marked(text: str, limit: int) -> str:
    """Foreign text of at most `limit` characters for a message of our own: in one line, marked as data."""
    return f"<data>{clean_text(text, limit).translate(_OF_TAGS)}</data>"


_OF_TAGS = str.maketrans("<>", "‹›")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text, and in `note` what was left out and how to read on; the whole text has no note."""

    text: str
    note: str = ""


def excerpt(text: str, *, budget: int = ANSWER_BUDGET, offset: int = 0, rest: str = "") -> Excerpt:
    """`text` from character `offset` on, as much as fits in `budget` bytes.

    `rest`, with its `{offset}` filled in, tells how to ask for what follows. The note is ours: it
    belongs outside of the mark that `quoted` puts around the text.
    """
    part = text[offset:]
    body = clip(part, budget)
    if body == part and not offset:
        return Excerpt(text)
    end = offset + (len(part) if body == part else len(body) - 1)
    ask = "" if body == part else f" {rest.format(offset=end)}"
    return Excerpt(body, f"(characters {offset:,} to {end:,} of {len(text):,}.{ask})")


@cache
def _controls() -> re.Pattern[str]:
    # Compiled by the first answer: it costs as much as importing a module.
    return re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _without_controls(text: str) -> str:
    return _controls().sub("", text)


def _defuse(text: str) -> str:
    """Break data tags in foreign text by an invisible character after the bracket."""
    return re.sub(r"<(?=\s*/?\s*data\b)", "<\u200b", text, flags=re.IGNORECASE)


def unmarked(text: str) -> str:
    """A text that was written after an answer of ours, with the data tags that `quoted` broke whole again."""
    return re.sub("<\u200b(?=\\s*/?\\s*data\\b)", "<", text, flags=re.IGNORECASE) if "\u200b" in text else text


def page_line(returned: int, *, noun: str, total: int | None = None, cursor: str | None = None) -> str:
    """Say how many were returned, of how many when that is known, and the cursor for more.

    `noun` is a plural that ends in s. `total` may be an estimate by the service, and is called one.
    """
    of = f" of about {total:,}" if total is not None and total > returned else ""
    more = f"; more: yes, next cursor: {cursor}" if cursor else "; more: no"
    counted = noun.removesuffix("s") if returned == 1 and not of else noun
    return f"returned {returned:,}{of} {counted}{more}"


def bounded(text: str) -> str:
    """The answer itself, or its first `ANSWER_LIMIT` bytes and a line that says so.

    Control characters and halves of characters are left out wherever they came from: terminals obey the
    former, and the latter cannot be sent.
    """
    text = _without_controls(text)
    if size(text) <= ANSWER_LIMIT:
        return text
    return f"{clip(text, ANSWER_LIMIT)}\n(answer cut at {ANSWER_LIMIT:,} bytes; ask for less at a time)"
