"""What was shown of each page, so that an edit of what nobody read is found out."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field

_MOST = 300


@dataclass(slots=True)
class Reading:
    """What was shown of a page: the newest `version`, and of each block the newest version that it was shown in.

    A block's id is made of its content, so that one which changed is another that nobody was shown. `told` is the
    version that it was said to have changed to.
    """

    version: int = 0
    blocks: dict[str, int] = field(default_factory=dict[str, int])
    told: int = 0

    def oldest(self, blocks: Collection[str]) -> int:
        """The version from which on all of these blocks are known, which were all shown."""
        return min((self.blocks[block] for block in blocks), default=self.version)


class Readings:
    """What was shown of the pages that were read last, as many as have room."""

    def __init__(self) -> None:
        self._shown: OrderedDict[str, Reading] = OrderedDict()

    def note(self, page: str, version: int, blocks: Collection[str]) -> None:
        """Remember that these blocks of a page were shown in whole, as they are in this version."""
        reading = self._shown.setdefault(page, Reading())
        reading.version = max(reading.version, version)
        for block in blocks:
            reading.blocks[block] = max(version, reading.blocks.get(block, 0))
        self._shown.move_to_end(page)
        while len(self._shown) > _MOST:
            self._shown.popitem(last=False)

    def of(self, page: str) -> Reading | None:
        """What was shown of a page; None if nothing was."""
        return self._shown.get(page)

    def forget(self, page: str) -> None:
        """Take nothing of a page as known any more."""
        self._shown.pop(page, None)
