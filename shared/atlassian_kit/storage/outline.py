"""The outline of a page in few words: its headings, and of what stands under them as much as there is room for."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from atlassian_kit.storage.blocks import Block

OUTLINE_BUDGET: Final = 2_400
"""Bytes of UTF-8: about 600 tokens."""

_MOST_KINDS: Final = 3
_FOLDED: Final = frozenset({"paragraph", "list", "rule", "quote", "image"})
"""Kinds that are counted rather than named where not all blocks fit."""
_NAMES: Final = {"tasks": "task list", "code": "code block", "decisions": "decision list", "other": "other block"}


def outline_text(blocks: tuple[Block, ...], budget: int = OUTLINE_BUDGET, within: str = "") -> str:
    """Return blocks as lines `id kind text`, indented by section, in at most `budget` bytes of UTF-8.

    What does not fit is folded: first runs of paragraphs, lists and the like, then everything but the
    headings, then the headings from the deepest level on. A folded line says how many blocks it stands for and
    how large they are; `within`, the id of a heading, gives the outline of its section, where there is more
    room. If even the highest headings are too many, the last line says how many are left out.
    """
    chosen = _within(blocks, within)
    lines: list[str] = []
    for lines in _foldings(chosen):
        if _size(lines) <= budget:
            return "\n".join(lines)
    return "\n".join(_cut(lines, budget))


def _foldings(blocks: tuple[Block, ...]) -> Iterator[list[str]]:
    """Yield the lines of an outline, shorter each time."""
    depths = _depths(blocks)
    yield [f"{_indent(depths[block.id])}{_line(block)}" for block in blocks]
    yield _folded(blocks, depths, [block.kind not in _FOLDED for block in blocks])
    yield _folded(blocks, depths, [block.level > 0 for block in blocks])
    deepest = max((depths[block.id] for block in blocks if block.level), default=0)
    for depth in range(deepest - 1, -1, -1):
        yield _folded(blocks, depths, [bool(block.level) and depths[block.id] <= depth for block in blocks])


def _within(blocks: tuple[Block, ...], heading: str) -> tuple[Block, ...]:
    """Return the blocks of a section, its heading first; all of them for ""."""
    if not heading:
        return blocks
    inside = {heading}
    for block in blocks:
        if block.section in inside:
            inside.add(block.id)
    return tuple(block for block in blocks if block.id in inside)


def _depths(blocks: tuple[Block, ...]) -> dict[str, int]:
    """Return how many headings each block stands under."""
    depths: dict[str, int] = {}
    for block in blocks:
        depths[block.id] = depths[block.section] + 1 if block.section in depths else 0
    return depths


def _folded(blocks: tuple[Block, ...], depths: dict[str, int], kept: list[bool]) -> list[str]:
    lines: list[str] = []
    under_heading = False
    for keep, run in groupby(zip(blocks, kept, strict=True), key=lambda pair: pair[1]):
        group = [block for block, _ in run]
        if keep:
            lines += [f"{_indent(depths[block.id])}{_line(block)}" for block in group]
            under_heading = group[-1].level > 0
            continue
        if under_heading:
            lines[-1] += f" {_sum(group)}"
        else:
            lines.append(f"{_indent(min(depths[block.id] for block in group))}{_sum(group)}")
    return lines


def _line(block: Block) -> str:
    if block.level:
        return f"{block.id} {'#' * block.level} {block.text}".rstrip()
    if block.text and block.kind in ("macro", "panel"):
        return f"{block.id} {block.text}"
    return f"{block.id} {block.kind} {block.text}".rstrip()


def _sum(group: list[Block]) -> str:
    if any(block.level for block in group):
        return f"({len(group)} blocks: {sum(block.size for block in group):,} characters)"
    kinds = Counter(block.kind for block in group).most_common()
    shown, others = (kinds[:_MOST_KINDS], kinds[_MOST_KINDS:])
    said = [f"{number} {_NAMES.get(kind, kind)}{'s' * (number > 1)}" for kind, number in shown]
    said += [f"{sum(number for _, number in others)} more"] * bool(others)
    return f"({', '.join(said)}: {sum(block.size for block in group):,} characters)"


def _indent(depth: int) -> str:
    return "  " * depth


def _size(lines: list[str]) -> int:
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines) - 1


def _cut(lines: list[str], budget: int) -> list[str]:
    """Return the first lines that fit, with one that says how many do not."""
    kept = list(lines)
    while kept and _size([*kept, _rest(len(lines) - len(kept))]) > budget:
        kept.pop()
    return [*kept, _rest(len(lines) - len(kept))] if len(kept) < len(lines) else kept


def _rest(number: int) -> str:
    return f"(and {number} more lines: ask for a section)"
