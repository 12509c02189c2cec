"""What was last shown of each rich text, so that an edit of something older is found out."""

import difflib
from collections import OrderedDict
from collections.abc import Iterator

_MOST = 300
_MOST_CHARS = 4_000_000
_HUNKS = 6
_QUOTE = 80

Place = tuple[str, ...]
"""Where a text stands: ("PROJ-1", "description"), or ("PROJ-1", "comment", "10001")."""


class Readings:
    """The Markdown of the texts that were shown last, as many as have room."""

    def __init__(self) -> None:
        self._shown: OrderedDict[Place, str] = OrderedDict()
        self._chars = 0
        self._read_to: dict[Place, int] = {}
        self._whole: set[Place] = set()

    def note(self, place: Place, markdown: str) -> None:
        """Remember that a text was shown as it is now."""
        if self._shown.get(place) != markdown:
            self.forget(place)
            self._shown[place] = markdown
            self._chars += len(markdown)
        self._shown.move_to_end(place)
        while len(self._shown) > _MOST or self._chars > _MOST_CHARS:
            self.forget(next(iter(self._shown)))

    def note_part(self, place: Place, start: int, end: int) -> None:
        """Remember that of a text, which was noted before, only these characters were shown."""
        if place in self._whole:
            return
        read = self._read_to.get(place, 0)
        read = max(read, end) if start <= read else read
        if read < len(self._shown.get(place, "")):
            self._read_to[place] = read
        else:
            self._read_to.pop(place, None)
            self._whole.add(place)

    def read_to(self, place: Place) -> int | None:
        """How many characters of a text were shown, if not all of them were."""
        return self._read_to.get(place)

    def forget(self, place: Place) -> None:
        """Do not compare with what was shown of a text any more."""
        self._read_to.pop(place, None)
        self._whole.discard(place)
        self._chars -= len(self._shown.pop(place, ""))

    def changes(self, place: Place, markdown: str) -> dict[str, str]:
        """What became of a text since it was shown, by lines; {} if nothing, or if it was never shown."""
        shown = self._shown.get(place)
        if shown is None or shown.strip() == markdown.strip():
            return {}
        hunks = list(_hunks(shown.splitlines(), markdown.splitlines()))
        told = dict(hunks[:_HUNKS])
        if len(hunks) > _HUNKS:
            told["and"] = f"{len(hunks) - _HUNKS} more places"
        return told or {"text": "changed in its line ends only"}


def _hunks(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=len(before) > 500)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        old, new = " ".join(before[first:last]).strip(), " ".join(after[start:end]).strip()
        if not old and not new:
            continue
        if old and new:
            old, new = _differing(old, new)
        said = f"“{_cut(old)}” became “{_cut(new)}”" if old and new else f"new: “{_cut(new, 2 * _QUOTE)}”"
        yield f"line {start + 1}", said if new else f"gone: “{_cut(old, 2 * _QUOTE)}”"


def _differing(old: str, new: str) -> tuple[str, str]:
    """The words that differ, with one on either side that does not."""
    left, right = old.split(), new.split()
    shortest = min(len(left), len(right))
    start = next((at for at in range(shortest) if left[at] != right[at]), shortest)
    end = next((at for at in range(shortest - start) if left[-1 - at] != right[-1 - at]), shortest - start)
    first, tail = max(0, start - 1), max(0, end - 1)
    return " ".join(left[first : len(left) - tail]), " ".join(right[first : len(right) - tail])


def _cut(text: str, most: int = _QUOTE) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
