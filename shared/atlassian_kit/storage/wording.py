"""How the text of a line was written in its source, so that what stays of it is written alike."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from atlassian_kit.adf.nodes import Node, attrs_of, marks_of, string
from atlassian_kit.ends import common_ends
from atlassian_kit.storage.origins import origin_of
from atlassian_kit.storage.spelling import USUAL, cdata, escaped, spelling_of
from atlassian_kit.storage.tree import unescaped

_UNIT: Final = re.compile(r"(?:[ \t\r\n]+|&#?[0-9A-Za-z]{1,32};|[^<])(?:<[^>]*>)*", re.DOTALL)
_TAG: Final = re.compile("<[^>]*>")
_WORD: Final = re.compile(r"\w+|.", re.DOTALL)
_MOST_WORK: Final = 1_000_000
_CDATA: Final = "<![CDATA["
_MARKED: Final = re.compile("\0\\[(.*?)\0\\]", re.DOTALL)
"""What was in CDATA, character by character."""


class Wording:
    """The text of a line as it was and as it is now, put side by side.

    `next` gives the source of each text of the new line in turn. Text that both lines have is written
    as it was, with its references and line ends; so are blanks at the ends of a line, which Markdown drops.
    """

    def __init__(self, before: Sequence[Node], after: Sequence[Node], source: str = "") -> None:
        self._spelling = spelling_of(source) if source else USUAL
        self._position = 0
        old = [unit for node in before for unit in _units(node)]
        self._new = "".join(map(_text, after))
        self._written = self._aligned(old) if old else []
        present = {id(node) for node in after}
        self._gone = [node for node in before if node["type"] not in ("text", "hardBreak") and id(node) not in present]
        kept = {id(mark) for node in after for mark in marks_of(node)}
        gone = {id(mark): mark for node in before for mark in marks_of(node) if id(mark) not in kept}
        self._gone_marks = list(gone.values())

    def next(self, node: Node) -> str:
        """Return the source of a text, "" for a node of another kind; goes on to what comes after it."""
        start = self._position
        text = _text(node)
        self._position += len(text)
        if node["type"] != "text":
            return ""
        if not self._written:
            return escaped(text, self._spelling)
        shown = "".join(self._written[start : self._position])
        return _MARKED.sub(_in_cdata, shown.replace("\0]\0[", "")) if "\0" in shown else shown

    def skip(self, nodes: Sequence[Node]) -> None:
        """Go on to what comes after some nodes."""
        self._position += sum(len(_text(node)) for node in nodes)

    def replaced(self, node: Node) -> Node | None:
        """Return a node of the same type that the line held before and does not hold now, each one once."""
        for place, gone in enumerate(self._gone):
            if gone["type"] == node["type"]:
                return self._gone.pop(place)
        return None

    def replaced_mark(self, mark: Node) -> Node | None:
        """Return a mark like a new one that was on text which is gone, each one once."""
        for place, gone in enumerate(self._gone_marks):
            if gone["type"] == mark["type"] and attrs_of(gone) == attrs_of(mark):
                return self._gone_marks.pop(place)
        return None

    def _aligned(self, old: list[tuple[str, str]]) -> list[str]:
        was = "".join(character for character, _ in old)
        made = [escaped(character, self._spelling) for character in self._new]
        last_old = last_new = 0
        for start, place, size in _same(was, self._new):
            for offset in range(size):
                made[place + offset] = old[start + offset][1]
            self._keep_blanks(old[last_old:start], made, last_new, place)
            last_old, last_new = start + size, place + size
        return made

    def _keep_blanks(self, dropped: list[tuple[str, str]], made: list[str], start: int, end: int) -> None:
        """Put blanks that the new line lacks where they were, if that is the end of a line."""
        blank = [not character.strip() for character, _ in dropped]
        leading = blank.index(False) if False in blank else len(blank)
        trailing = blank[::-1].index(False) if False in blank else 0 if start < len(self._new) else len(blank)
        if leading and (start == 0 or self._new[start - 1] == "\n") and not self._new[start : start + 1].isspace():
            if start < len(made):
                made[start] = "".join(raw for _, raw in dropped[:leading]) + made[start]
        elif trailing and end > 0 and (end == len(made) or self._new[end] == "\n") and not self._new[end - 1].isspace():
            made[end - 1] += "".join(raw for _, raw in dropped[-trailing:])


def _text(node: Node) -> str:
    if node["type"] == "text":
        return string(node.get("text"))
    return "\n" if node["type"] == "hardBreak" else ""


def _units(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the characters of a node with what stands for each in the source."""
    origin = origin_of(node)
    text = _text(node)
    if node["type"] == "text" and origin is not None and not origin.raw.startswith(_CDATA):
        raw = [unit[0] for unit in _UNIT.finditer(origin.raw)]
        shown = [_shown(unit) for unit in raw]
        if "".join(shown) == text and len(shown) == len(text) and "".join(raw) == origin.raw:
            yield from zip(shown, raw, strict=True)
            return
    if origin is not None and text and origin.raw == f"{_CDATA}{text}]]>" and not _is_plain(node):
        yield from ((character, f"\0[{character}\0]") for character in text)
        return
    for character in text:
        yield character, "" if node["type"] == "hardBreak" else escaped(character)


def _is_plain(node: Node) -> bool:
    """Whether a text is of a link that may hold nothing but CDATA."""
    holders = (origin.holder for mark in marks_of(node) if (origin := origin_of(mark)) is not None)
    return any(holder is not None and holder.name == "ac:plain-text-link-body" for holder in holders)


def _in_cdata(match: re.Match[str]) -> str:
    return cdata(match[1])


def _shown(unit: str) -> str:
    """Return the character of a unit, which takes what shows nothing after it (comments, empty elements) along."""
    written = _TAG.sub("", unit) if "<" in unit else unit
    return unescaped(written) if written.strip(" \t\r\n") else " "


def _same(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """Yield what two texts have in common: where it is in each, and how long; last their ends."""
    start, end = common_ends(old, new)
    yield 0, 0, start
    before, after = (_WORD.findall(text[start : len(text) - end]) for text in (old, new))
    if before and after and len(before) * len(after) <= _MOST_WORK:
        old_at, new_at = _offsets(before, start), _offsets(after, start)
        for one, other, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            if size:
                yield old_at[one], new_at[other], old_at[one + size] - old_at[one]
    yield len(old) - end, len(new) - end, end
    yield len(old), len(new), 0


def _offsets(words: list[str], start: int) -> list[int]:
    made = [start]
    for word in words:
        made.append(made[-1] + len(word))
    return made
