"""Why a statement is not run: the reason, the place in its text, and what to do instead."""

from dataclasses import dataclass
from typing import Final

REWRITE: Final = "Rewrite the statement without it."
SPLIT: Final = "Split the query into CTEs."


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason` is a sentence, `next_step` another; `line` and `column` count from 1, None for the statement as a whole.

    The reason quotes at most a word of the statement, never a literal of it.
    """

    reason: str
    next_step: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = f" (line {self.line}, column {self.column})" if self.line is not None else ""
        return f"{self.reason.rstrip('.')}{where}. {self.next_step}".rstrip()


class RefusedError(Exception):
    """Raised inside the guard to give up on a statement; `examine` makes a `Statement` of it. Offset in characters."""

    def __init__(self, reason: str, next_step: str = REWRITE, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_step = next_step
        self.offset = offset

    def at(self, sql: str) -> Refusal:
        """The refusal with line and column of its place in `sql`."""
        if self.offset is None:
            return Refusal(self.reason, self.next_step)
        before = sql[: self.offset]
        return Refusal(self.reason, self.next_step, before.count("\n") + 1, self.offset - (before.rfind("\n") + 1) + 1)
