"""Markdown on its way to Slack: no unwanted mention, and in parts that Slack accepts.

`chat.postMessage` takes standard Markdown as `markdown_text` of at most 12,000 characters and renders it
(https://docs.slack.dev/reference/methods/chat.postMessage). Slack does not say whether an emoji counts as one
character or two; the parts here fit either way.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from slack_mcp.text.mentions import NOBODY, MentionPolicy, neutral

PART_LIMIT: Final = 12_000
"""Characters that Slack accepts as `markdown_text` in one message."""

_FENCE: Final = r"(?P<before>[ \t>]{0,40}(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?P<run>`{3,}|~{3,})(?P<info>.*)"
_FAIR_SHARE: Final = 3
"""A part is cut at a paragraph border that leaves at least this fraction of it filled."""

_LONGEST_CHARACTER: Final = 64
"""Code points that are kept together as one visible character, at most."""


def outgoing(markdown: str, *, mentions: MentionPolicy = NOBODY, limit: int = PART_LIMIT) -> list[str]:
    """Markdown as the parts to post one after the other, each of at most `limit` characters; none for a blank text.

    Mentions of many people are made harmless unless `mentions` allows them; an allowed "@here" in plain letters
    becomes the token that does notify, but not within code. A part ends at a paragraph border where there is one,
    else at a line end, a blank, or between two visible characters. A fence that is open there is closed, and opened
    again in the next part. But for that, and white space at the borders, the parts are the text. `limit` is at
    least 200.
    """
    text = neutral(sendable(markdown), mentions)
    if mentions.broadcast:
        text = _called(text)
    return [part for part in _parts(text, limit) if part.strip()]


def one_line_outgoing(text: str, *, mentions: MentionPolicy = NOBODY) -> str:
    """A topic, a purpose, a title or another field of one line: no line ends, no unwanted mention."""
    return neutral(" ".join(sendable(text).split()), mentions)


def sendable(text: str) -> str:
    """`text` with line feeds as line ends; no control characters, halves of characters, long blanks at line ends."""
    text = re.sub(r"(?m)(?<![ \t])[ \t]{40,}$", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text))


def length(text: str) -> int:
    """Characters of `text` in the larger of the two ways in which they may be counted, UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _called(text: str) -> str:
    code = r"(^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\2[`~]*[ \t]*$|\Z)|(`+)(?!`).+?(?<!`)\3(?!`)|<![^<>\n]*>)"
    word = r"(?<![\w/.@`])@(here|channel|everyone)(?![\w@/-]|\.\w)"

    def token(found: re.Match[str]) -> str:
        return f"<!{found[4].lower()}>" if found[4] else found[0]

    return re.sub(f"{code}|{word}", token, text, flags=re.DOTALL | re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Fence:
    """An open fence: what closes it, and the line that opens it again."""

    run: str
    opener: str
    closer: str


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a part ends: before the character at `index`, within `fence` if one is open there."""

    index: int
    fence: _Fence | None


def _parts(text: str, limit: int) -> Iterator[str]:
    sizes = [0, *accumulate(1 + (character > "\uffff") for character in text)]
    borders = list(_borders(text))
    starts = [border.index for border in borders]
    position = 0
    fence: _Fence | None = None
    while True:
        head = f"{fence.opener}\n" if fence else ""
        if sizes[-1] - sizes[position] + length(head) <= limit:
            yield (head + text[position:]).strip("\n")
            return
        room = limit - length(head)
        furthest = bisect_right(sizes, sizes[position] + room) - 1
        near = borders[bisect_right(starts, position) : bisect_right(starts, furthest)]
        cut = _cut(text, sizes, near, position, room) or _within_line(text, sizes, borders, starts, position, room)
        tail = f"\n{cut.fence.closer}" if cut.fence else ""
        yield f"{head}{text[position : cut.index].rstrip(chr(10))}{tail}".strip("\n")
        position, fence = cut.index, cut.fence


def _borders(text: str) -> Iterator[_Cut]:
    """Every start of a line, with the fence that is open before that line."""
    index = 0
    fence: _Fence | None = None
    for line in text.split("\n"):
        yield _Cut(index, fence)
        index += len(line) + 1
        found = re.match(_FENCE, line)
        if found is None:
            continue
        run, info = found["run"], found["info"]
        if fence is None and len(run) <= 20 and not (run[0] == "`" and "`" in info):
            quoted = "".join(re.findall("> ?", found["before"]))
            said = info if len(info) <= 40 else ""
            fence = _Fence(run, f"{quoted}{run}{said}", f"{quoted}{run}")
        elif fence is not None and run[0] == fence.run[0] and len(run) >= len(fence.run) and not info.strip():
            fence = None


def _cut(text: str, sizes: list[int], near: list[_Cut], position: int, room: int) -> _Cut | None:
    """The best start of a line to cut before: of a paragraph, of a line outside of code, of a line of code."""
    fitting = [
        border
        for border in near
        if border.fence is None or sizes[border.index] - sizes[position] + len(border.fence.closer) <= room
    ]
    outside = [border for border in fitting if border.fence is None]
    paragraphs = [border for border in outside if text[border.index - 2 : border.index] == "\n\n"]
    least = sizes[position] + room // _FAIR_SHARE
    for candidates in (paragraphs, outside, fitting):
        if candidates and sizes[candidates[-1].index] >= least:
            return candidates[-1]
    last = max((*paragraphs[-1:], *outside[-1:]), key=lambda border: border.index, default=None)
    return last if last is not None and text[position : last.index].strip() and _line_fits(text, last, room) else None


def _line_fits(text: str, border: _Cut, room: int) -> bool:
    """Whether the line at a border is one that a part holds; a longer one is cut anyway, so it may begin here."""
    end = text.find("\n", border.index)
    return length(text[border.index : end if end >= 0 else None]) <= room


def _within_line(text: str, sizes: list[int], borders: list[_Cut], starts: list[int], position: int, room: int) -> _Cut:
    """A cut in a line that is too long for a part: after a blank, else between two visible characters."""
    furthest = bisect_right(sizes, sizes[position] + room) - 1
    lines = range(bisect_right(starts, position) - 1, bisect_right(starts, furthest))
    closer = max((len(fence.closer) + 1 for line in lines if (fence := _fence_in(borders, line))), default=0)
    furthest = bisect_right(sizes, sizes[position] + room - closer) - 1
    line = bisect_right(starts, furthest) - 1
    fence = _fence_in(borders, line)
    start = max(position + 1, starts[line] + 1, position + (furthest - position) // 2)
    blank = max(text.rfind(" ", start, furthest), text.rfind("\t", start, furthest))
    if blank >= 0:
        return _Cut(blank + 1, fence)
    for index in range(furthest, max(furthest - _LONGEST_CHARACTER, position, starts[line]), -1):
        if _is_border(text, index):
            return _Cut(index, fence)
    return _Cut(furthest, fence)


def _fence_in(borders: list[_Cut], line: int) -> _Fence | None:
    """The fence that is open within a line; in the line that opens one, that one."""
    after = borders[line + 1].fence if line + 1 < len(borders) else None
    return borders[line].fence or after


def _is_border(text: str, index: int) -> bool:
    """Whether a visible character ends before `index`, and no word is split from an "@" or a token's bracket."""
    before, after = text[index - 1], text[index]
    if after in "@!|>" or before in "<@!&\\":
        return False
    if before == "\u200d" or after == "\u200d" or unicodedata.combining(after):
        return False
    if unicodedata.category(after)[0] == "M" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return False
    if "\U000e0020" <= after <= "\U000e007f":
        return False
    if _is_flag(before) and _is_flag(after):
        count = 0
        while index - count > 0 and _is_flag(text[index - 1 - count]):
            count += 1
        return count % 2 == 0
    return True


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
