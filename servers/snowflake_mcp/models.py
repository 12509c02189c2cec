"""Snowflake as the tools see it: where a statement runs, what comes of it."""

from dataclasses import dataclass, field
from typing import Literal

QueryState = Literal["running", "queued", "succeeded", "failed", "cancelled", "unknown"]


@dataclass(frozen=True, slots=True)
class Context:
    """As whom and where a statement runs; names as Snowflake keeps them. "" is the user's default."""

    role: str = ""
    warehouse: str = ""
    database: str = ""
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; `type` as `values.type_name` writes it, like NUMBER(10,2)."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of a statement's result, from row `offset` on (the first is 0), as the connector gives their values.

    `total` are the rows of the whole result, None where Snowflake does not tell. `changed` are the rows that a
    statement inserted, updated or deleted, None for one that does not change rows. `context` is what the session
    had when it answered.
    """

    query_id: str
    columns: tuple[Column, ...]
    rows: list[tuple[object, ...]]
    offset: int = 0
    total: int | None = None
    more: bool = False
    changed: int | None = None
    context: Context = field(default_factory=Context)

    def records(self) -> list[dict[str, object]]:
        """The rows by the names of their columns in lower case, as SHOW and INFORMATION_SCHEMA are read."""
        names = [column.name.lower() for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Running:
    """A statement that goes on at Snowflake after we waited `seconds` for it."""

    query_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class QueryStatus:
    """What Snowflake says of a statement; `message` is why it failed, "" otherwise."""

    query_id: str
    state: QueryState
    message: str = ""
