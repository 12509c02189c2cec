"""What a scripted account is told to answer, and what it remembers of the statements that it was sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .wire_rows import ColumnSpec

Rows = Sequence[Sequence[object]]
_DONE = {"UPDATE": "updated", "DELETE": "deleted"}


@dataclass(eq=False)
class Session:
    """A session as the account keeps it; names as Snowflake writes them, None where there is none."""

    number: int
    user: str
    role: str | None
    warehouse: str | None
    database: str | None
    schema: str | None
    parameters: Mapping[str, object]
    token: str = ""
    master: str = ""
    closed: bool = False


@dataclass(eq=False)
class Stated:
    """A statement as it arrived. `binds` are the values of its `?`; `parameters` those that go with it alone.

    `arrivals` counts how often it came under the same request id; it is carried out once.
    """

    sql: str
    session: Session
    request_id: str
    query_id: str
    binds: list[object] = field(default_factory=list[object])
    bindings: object = None
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    describe: bool = False
    apart: bool = False
    arrivals: int = 1
    aborted: bool = False
    polls_left: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    rule: Rule | None = None

    @property
    def tag(self) -> str:
        """Its QUERY_TAG; "" if none."""
        return str(self.parameters.get("QUERY_TAG") or "")

    @property
    def timeout(self) -> int | None:
        """Its STATEMENT_TIMEOUT_IN_SECONDS."""
        value = self.parameters.get("STATEMENT_TIMEOUT_IN_SECONDS")
        return None if value is None else int(str(value))

    @property
    def verb(self) -> str:
        """Its first word in capitals."""
        words = self.sql.split(None, 1)
        return words[0].upper() if words else ""


Pattern = str | Callable[[Stated], bool]
"""Which statements are meant: a regular expression found in the SQL whatever its case and blanks, or a function."""


@dataclass(eq=False)
class Rule:
    """What is answered to the statements that `pattern` matches, the first `times` of them."""

    pattern: Pattern
    columns: Sequence[ColumnSpec] = ()
    rows: Rows | Callable[[Stated], Rows] = ()
    changed: int | None = None
    failure: tuple[str, str, str] | None = None
    polls: int = 0
    hangs: bool = False
    chunk_rows: int = 0
    first_rows: int = 0
    kind: int | None = None
    times: int | None = None
    used: int = 0

    def meant(self, statement: Stated) -> bool:
        """Whether the statement is one of those."""
        if self.times is not None and self.used >= self.times:
            return False
        if callable(self.pattern):
            return self.pattern(statement)
        return re.search(self.pattern, " ".join(statement.sql.split()), re.IGNORECASE) is not None

    def columns_of(self, statement: Stated) -> Sequence[ColumnSpec]:
        """The columns for a statement; one that changes rows tells their number in a column of its own."""
        if self.changed is None:
            return self.columns
        return [(f"number of rows {_DONE.get(statement.verb, 'inserted')}", "NUMBER(38,0)")]

    def rows_of(self, statement: Stated) -> Rows:
        """The rows for a statement, cut to the number that it asks for."""
        if self.changed is not None:
            return [(self.changed,)]
        rows = self.rows(statement) if callable(self.rows) else self.rows
        most = int(str(statement.parameters.get("ROWS_PER_RESULTSET") or 0))
        return rows[:most] if most else rows
