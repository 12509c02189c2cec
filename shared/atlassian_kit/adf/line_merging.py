"""Writing an edited line back into the nodes that it was."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from atlassian_kit.adf.lines import Bit, shown_marks
from atlassian_kit.adf.nodes import Node, joined, marks_of, text_node
from atlassian_kit.adf.pieces import Mark
from atlassian_kit.ends import common_ends

_WORDS: Final = r"\w+|[^\S\n]+|."
_MOST_WORK: Final = 1_000_000
"""Pairs of words looked at before the middle of a line counts as one word."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """A word, or a node of another kind; `whole` when the node is no more than this."""

    key: tuple[str, tuple[Mark, ...]]
    text: str
    node: Node
    whole: bool


def merged_line(old: list[Bit], new: list[Bit], build: Callable[[Node], Node]) -> list[Node]:
    """Return the nodes of the new line: what both lines hold as it was, with all that Markdown does not show.

    What replaces text takes over what is not shown of it (a comment on it, say), and so does what is
    put between two words that both have it. `build` makes the nodes that are new.
    """
    symbols = {bit.text for bit in old if bit.node["type"] != "text" and not bit.key}
    pattern = re.compile("|".join([*map(re.escape, sorted(symbols, key=len, reverse=True)), _WORDS]), re.DOTALL)
    before, after = list(_atoms(old, pattern)), list(_atoms(new, pattern))
    made: list[Node] = []
    for tag, start, end, from_, to in _differences(before, after):
        if tag == "equal":
            made += [_kept(atom) for atom in before[start:end]]
            continue
        around = before[start:end] or [*before[max(start - 1, 0) : start], *before[end : end + 1]]
        hidden = _hidden_by_all(around) if len(around) > 1 or start < end else []
        made += [_new(atom, hidden, build) for atom in after[from_:to]]
    return joined(made)


def _atoms(line: list[Bit], pattern: re.Pattern[str]) -> Iterable[_Atom]:
    for bit in line:
        if bit.key:
            yield _Atom((bit.key, ()), "", bit.node, True)
            continue
        for match in pattern.finditer(bit.text):
            yield _Atom((match[0], bit.marks), match[0], bit.node, bit.node["type"] != "text")


def _differences(before: list[_Atom], after: list[_Atom]) -> list[tuple[str, int, int, int, int]]:
    old, new = [atom.key for atom in before], [atom.key for atom in after]
    start, end = common_ends(old, new)
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    found: list[tuple[str, int, int, int, int]] = [("equal", 0, start, 0, start)]
    if len(inner_old) * len(inner_new) > _MOST_WORK:
        found.append(("replace", start, len(old) - end, start, len(new) - end))
    elif inner_old or inner_new:
        for tag, *places in SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_opcodes():
            one, two, three, four = (place + start for place in places)
            found.append((tag, one, two, three, four))
    return [*found, ("equal", len(old) - end, len(old), len(new) - end, len(new))]


def _kept(atom: _Atom) -> Node:
    return atom.node if atom.whole or atom.node["text"] == atom.text else {**atom.node, "text": atom.text}


def _new(atom: _Atom, hidden: list[Node], build: Callable[[Node], Node]) -> Node:
    if atom.whole:
        return build(atom.node)
    marks = [*marks_of(atom.node)]
    return text_node(atom.text, [*marks, *hidden])


def _hidden_by_all(atoms: list[_Atom]) -> list[Node]:
    """Return the marks without a form in Markdown that all of these have."""
    each = [[mark for mark in marks_of(atom.node) if not shown_marks([mark])] for atom in atoms]
    return [mark for mark in each[0] if mark["type"] != "link" and all(mark in marks for marks in each[1:])]
