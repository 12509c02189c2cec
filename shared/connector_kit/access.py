"""What the user lets the tools of a server do, by what a tool does to the service's data."""

from enum import Enum
from typing import Literal

Effect = Literal["reads", "adds", "changes", "destroys"]


class Access(Enum):
    """What the user lets the tools do, each level with all before it: read < write < delete."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"

    @classmethod
    def _missing_(cls, value: object) -> "Access | None":
        wanted = str(value).strip().lower()
        return next((level for level in cls if level.value == wanted), None)

    def allows(self, effect: Effect) -> bool:
        """Whether a tool with this effect may run."""
        return self >= _NEEDED[effect]

    def __lt__(self, other: "Access") -> bool:
        return _LEVELS.index(self) < _LEVELS.index(other)

    def __le__(self, other: "Access") -> bool:
        return not other < self

    def __gt__(self, other: "Access") -> bool:
        return other < self

    def __ge__(self, other: "Access") -> bool:
        return not self < other


_LEVELS = list(Access)
_NEEDED: dict[Effect, Access] = {
    "reads": Access.READ,
    "adds": Access.WRITE,
    "changes": Access.WRITE,
    "destroys": Access.DELETE,
}
