"""The databases and schemas that statements may touch, where the user named some."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from connector_kit.errors import NotPermitted
from snowflake_mcp.guard.names import ObjectName, parse_name, written
from snowflake_mcp.guard.statement import Statement

_SCOPED = ("SHOW", "DESCRIBE")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Databases:
    """An allowlist of databases (`(database, None)`) and schemas; an empty one allows all.

    It goes by the names in a statement. A view that is allowed may read what is not, and a name without a schema may
    be found in PUBLIC of the same database (SEARCH_PATH): the role decides in the end.
    """

    allowed: frozenset[tuple[str, str | None]] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """From `SALES` and `SALES.PUBLIC`, quoted where they must be. Raises InvalidInput for other text."""
        found: set[tuple[str, str | None]] = set()
        for text in names:
            name = parse_name(text, parameter="databases")
            found.add((name.name, None) if name.schema is None else (name.schema, name.name))
        return cls(frozenset(found))

    def allows(self, name: ObjectName, *, database: str | None = None, schema: str | None = None) -> bool:
        """Whether an object is in one of them; what its name leaves out is the session's `database` and `schema`."""
        if not self.allowed:
            return True
        where = name.database if name.database is not None else database
        within = name.schema if name.schema is not None or not name.name else schema
        return where is not None and (
            (where, None) in self.allowed or (within is not None and (where, within) in self.allowed)
        )

    def check(self, statement: Statement, *, database: str | None = None, schema: str | None = None) -> None:
        """Raise NotPermitted for a statement that touches another database, or might without naming it.

        `database` and `schema` are those of the session, as Snowflake keeps their names.
        """
        if not self.allowed:
            return
        outside = [name for name in statement.objects if not self.allows(name, database=database, schema=schema)]
        if outside:
            raise NotPermitted(
                f"The statement was not run: it touches {', '.join(str(name) for name in outside[:_SHOWN])}.",
                next_step=f"SNOWFLAKE_DATABASES allows {self}; write names in full, like DATABASE.SCHEMA.TABLE.",
            )
        if statement.opaque and not (statement.verb in _SCOPED and statement.reads):
            raise NotPermitted(
                f"The statement was not run: it does not say which database its {statement.verb} touches.",
                next_step=f"SNOWFLAKE_DATABASES allows {self}; name one, like SHOW TABLES IN SCHEMA DATABASE.SCHEMA.",
            )

    def __str__(self) -> str:
        return ", ".join(
            sorted(".".join(written(part) for part in place if part is not None) for place in self.allowed)
        )
