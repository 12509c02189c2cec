"""What the guard found out about a statement."""

from dataclasses import dataclass, field
from typing import Final, Literal

from connector_kit.errors import InvalidInput, NotPermitted
from snowflake_mcp.guard.names import ObjectName
from snowflake_mcp.guard.refusal import Refusal

Kind = Literal["read", "write", "destroy", "refused"]

_ORDER: Final[tuple[Kind, ...]] = ("read", "write", "destroy")
_ACCESS: Final[dict[Kind, str]] = {"write": "write", "destroy": "delete"}
_TOOLS: Final[dict[Kind, str]] = {"write": "snowflake_run_change", "destroy": "snowflake_run_destruction"}
_TELLS: Final[dict[Kind, str]] = {"write": "changes data or objects", "destroy": "destroys data or replaces an object"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, examined.

    `sql` is the text to run, without the semicolon. `kind` is read, write (INSERT, UPDATE, MERGE, DELETE of chosen
    rows, CREATE, ALTER, COMMENT, UNDROP), destroy (DROP, TRUNCATE, DELETE of all rows, INSERT OVERWRITE, CREATE OR
    REPLACE, what takes columns or history away), or refused, with `refusal` saying why. `verb` names it, like SELECT,
    DELETE or CREATE TABLE, "" if it is unknown.

    `reads` and `writes` are the objects named, as far as written; `opaque` says that there may be more, which the
    text does not name: SHOW, an earlier result, a name inside of a string. `has_where` says that a condition narrows
    the rows (WHERE TRUE does not). `limit` is the largest number of rows, if the statement sets one. `transactional`:
    it can be rolled back. `explainable`: EXPLAIN takes it. `describable`: its columns can be had without running it.
    """

    sql: str
    kind: Kind
    verb: str
    reads: tuple[ObjectName, ...] = ()
    writes: tuple[ObjectName, ...] = ()
    has_where: bool = False
    limit: int | None = None
    transactional: bool = False
    explainable: bool = False
    describable: bool = False
    opaque: bool = False
    refusal: Refusal | None = field(default=None)

    @property
    def objects(self) -> tuple[ObjectName, ...]:
        """All objects named, each once, in order."""
        return tuple(sorted({*self.reads, *self.writes}, key=str))

    def require(self, most: Kind) -> None:
        """Raise unless the statement is of the kind `most` or a lesser one (read < write < destroy).

        InvalidInput for a refused statement, with the reason, the place and the next step; NotPermitted for one of a
        greater kind, naming the access it takes.
        """
        if self.refusal is not None or self.kind == "refused":
            refusal = self.refusal or Refusal("The statement is not of a kind that is offered", "")
            place = "" if refusal.line is None else f" at line {refusal.line}, column {refusal.column}"
            raise InvalidInput(f"The statement was not run. {refusal.reason}{place}.", next_step=refusal.next_step)
        if _ORDER.index(self.kind) > _ORDER.index(most):
            raise NotPermitted(
                f"The statement was not run: {self.verb} {_TELLS[self.kind]}.",
                next_step=f"{_TOOLS[self.kind]} does it, where the user has set SNOWFLAKE_ACCESS={_ACCESS[self.kind]}.",
            )
