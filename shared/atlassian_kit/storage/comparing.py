"""What is different between two versions of a page, block by block."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from atlassian_kit.ends import common_ends
from atlassian_kit.storage import to_markdown
from atlassian_kit.storage.blocks import Page
from atlassian_kit.storage.tree import StorageSyntaxError

_MOST_EQUAL: Final = 100_000
"""As many pairs of equal blocks are looked through, in seconds at most; of pages with more only the ends."""
_MOST_PAIRS: Final = 5_000
"""As many pairs of blocks are looked at for what they have in common; others are taken as they come."""
_LIKE_ENOUGH: Final = 0.4
_LONGEST_SEEN: Final = 600
"""Characters of a block that tell whether it is like another one."""
_CONTEXT: Final = 40
"""Characters that are shown of what stays the same on either side of a change within a line."""
_SHARE: Final = 4
_LEAST: Final = 400
"""No change takes more than this part of the budget or these bytes, so that others are seen too."""
_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}


@dataclass(frozen=True, slots=True)
class Change:
    """A block that is not the same in both versions.

    `kind` is "added", "removed", "changed" or "moved"; `id` that of the block in the newer version, or in the older
    one if it was removed; `section` the text of the heading that it stands under. `old` and `new` are Markdown,
    empty where there is none; both are the same in a block of which only the look changed.
    """

    kind: str
    id: str
    section: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes from an older version of a page to a newer one, in the order of the newer one."""

    changes: tuple[Change, ...]

    def text(self, budget: int) -> str:
        """Return the changes as compact Markdown in at most `budget` bytes of UTF-8; "" for no change.

        A line `~ ID (Section)` opens a change (`+` added, `-` removed, `>` moved); below stand the lines that
        went (`- `) and came (`+ `), without most of what is the same. The last line says what there was no room for.
        """
        made: list[str] = []
        room = budget - _bytes(_rest(len(self.changes))) - 1
        most = room if len(self.changes) == 1 else max(budget // _SHARE, _LEAST)
        for number, change in enumerate(self.changes):
            shown = _clipped("\n".join(_lines(change)), most)
            if _bytes(shown) > room and (number or room < 0):
                return "\n".join([*made, _rest(len(self.changes) - number)])
            made.append(_clipped(shown, room))
            room -= _bytes(made[-1]) + 1
        return "\n".join(made)


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    kind: str
    source: str
    text: str
    section: str


def compare(old: str, new: str, names: Mapping[str, str] | None = None) -> Difference:
    """Return what is different in a newer version of a page (see `atlassian_kit.storage.compare`)."""
    before, after = _items(old), _items(new)

    @cache
    def markdown(source: str) -> str:
        return to_markdown(source, names)

    kept = dict(_kept(before, after))
    left = sorted(set(range(len(before))) - set(kept.values()))
    came = [index for index in range(len(after)) if index not in kept]
    moved = _same(before, after, left, came)
    left = [index for index in left if index not in moved.values()]
    pairs = _alike(before, after, left, [index for index in came if index not in moved], kept)
    gone = [index for index in left if index not in pairs.values()]
    changes: list[tuple[float, Change]] = []
    for index in came:
        item = after[index]
        shown = markdown(item.source)
        if index in moved:
            change = Change("moved", item.id, item.section, shown, shown)
        elif index in pairs:
            was = markdown(before[pairs[index]].source)
            change = Change("changed", item.id, item.section, was, shown)
        else:
            change = Change("added", item.id, item.section, "", shown)
        changes.append((index, change))
    followers = {old_index: index for index, old_index in (kept | pairs).items()}
    place = -1.0
    for index, item in enumerate(before):
        place = followers.get(index, place)
        if index in gone:
            shown = markdown(item.source)
            changes.append((place + 0.5, Change("removed", item.id, item.section, shown, "")))
    return Difference(tuple(change for _, change in sorted(changes, key=lambda pair: pair[0])))


def _items(storage: str) -> list[_Item]:
    try:
        page = Page(storage)
    except StorageSyntaxError:
        return [_Item("", "other", storage, storage, "")]
    titles = {block.id: block.text for block in page.blocks if block.level}
    return [
        _Item(
            placed.block.id,
            placed.block.kind,
            page.raw(placed.span).strip(),
            placed.block.text,
            titles.get(placed.block.section, ""),
        )
        for placed in page.placed
    ]


def _kept(before: list[_Item], after: list[_Item]) -> Iterator[tuple[int, int]]:
    """Yield the positions (new, old) of blocks that are the same and in the same order."""
    olds, news = [item.source for item in before], [item.source for item in after]
    start, end = common_ends(olds, news)
    yield from ((at, at) for at in range(start))
    yield from ((len(news) - at, len(olds) - at) for at in range(1, end + 1))
    olds, news = olds[start : len(olds) - end], news[start : len(news) - end]
    counts = Counter(news)
    if sum(counts[source] for source in olds) > _MOST_EQUAL:
        return
    for match in SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks():
        for step in range(match.size):
            yield start + match.b + step, start + match.a + step


def _same(before: list[_Item], after: list[_Item], left: list[int], came: list[int]) -> dict[int, int]:
    """Return the positions (new: old) of blocks that are the same in another place."""
    places: dict[str, list[int]] = {}
    for index in reversed(left):
        places.setdefault(before[index].source, []).append(index)
    return {index: places[after[index].source].pop() for index in came if places.get(after[index].source)}


def _alike(
    before: list[_Item], after: list[_Item], left: list[int], came: list[int], known: dict[int, int]
) -> dict[int, int]:
    """Return the positions (new: old) of blocks that changed: the most alike ones between the same neighbours."""
    pairs: dict[int, int] = {}
    work = 0
    for olds, news in _gaps(left, came, known):
        work += len(olds) * len(news)
        free = list(olds)
        for index in news if work <= _MOST_PAIRS else ():
            if not free:
                break
            scored = [(_likeness(before[old], after[index]), -position, old) for position, old in enumerate(free)]
            score, _, best = max(scored)
            if score >= _LIKE_ENOUGH or (len(olds) == len(news) == 1 and before[best].kind == after[index].kind):
                pairs[index] = best
                free = free[free.index(best) + 1 :]
        if work > _MOST_PAIRS:
            in_order = zip(news, olds, strict=False)
            pairs.update((new, old) for new, old in in_order if before[old].kind == after[new].kind)
    return pairs


def _gaps(left: list[int], came: list[int], known: dict[int, int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the old and new positions of what changed between blocks that stayed."""
    olds: dict[int, list[int]] = {}
    news: dict[int, list[int]] = {}
    stayed = {old: new for new, old in known.items()}
    place, unseen = -1, set(left)
    for old in range(max(left, default=-1) + 1):
        place = stayed.get(old, place)
        if old in unseen:
            olds.setdefault(place, []).append(old)
    place, unseen = -1, set(came)
    for new in range(max(came, default=-1) + 1):
        place = new if new in known else place
        if new in unseen:
            news.setdefault(place, []).append(new)
    for place, between in olds.items():
        yield between, news.get(place, [])


def _likeness(old: _Item, new: _Item) -> float:
    if old.kind != new.kind and "paragraph" not in (old.kind, new.kind):
        return 0.0
    one, other = old.source[:_LONGEST_SEEN].split(), new.source[:_LONGEST_SEEN].split()
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _LIKE_ENOUGH else 0.0


def _lines(change: Change) -> Iterator[str]:
    section = f" ({change.section})" if change.section else ""
    head = f"{_SIGNS[change.kind]} {change.id}{section}"
    if change.kind == "moved":
        yield f"{head} moved here: {change.new.partition(chr(10))[0][: 2 * _CONTEXT]}"
        return
    if change.kind == "changed" and change.old == change.new:
        yield f"{head} looks different, its text is the same"
        return
    yield head
    olds, news = change.old.splitlines(), change.new.splitlines()
    for tag, start, end, from_, to in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for old, new in zip(olds[start:end], news[from_:to], strict=False):
            yield from _narrowed(old, new)
        yield from (f"- {line}" for line in olds[start + to - from_ : end])
        yield from (f"+ {line}" for line in news[from_ + end - start : to])


def _narrowed(old: str, new: str) -> tuple[str, str]:
    """Return two lines without most of what they begin and end with alike."""
    start, end = common_ends(old, new)
    skipped, rest = max(start - _CONTEXT, 0), max(end - _CONTEXT, 0)
    before, after = "…" * bool(skipped), "…" * bool(rest)
    went, came = old[skipped : len(old) - rest], new[skipped : len(new) - rest]
    return f"- {before}{went}{after}", f"+ {before}{came}{after}"


def _rest(number: int) -> str:
    return f"(and {number} more changes)" if number > 1 else "(and 1 more change)"


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _clipped(text: str, budget: int) -> str:
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= budget else raw[: max(budget - 3, 0)].decode("utf-8", "ignore") + "…"
