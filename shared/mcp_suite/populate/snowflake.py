"""The tables: made where they are not there, filled with the rows that they lack."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mcp_suite.calls import CallError
from mcp_suite.populate.calls import Made, confirmed, pages_of, refusal
from mcp_suite.populate.contents import MARK, Table, Value
from mcp_suite.workflow.answers import rows
from mcp_suite.workflow.model import Call, StepError

BATCH = 200
"""Rows of a statement."""
_NOT_IN_SANDBOX = "Unsupported feature"
"""What the sandbox says of kinds that it does not have."""
_COMMENT = re.compile(rf" \[{MARK} rounds=(?P<rounds>\d+)(?P<schema> schema)?\]$")


@dataclass(slots=True)
class Snowflake:
    """The side of Snowflake: `tables` in a schema of a database."""

    tables: Sequence[Table]
    database: str
    schema: str
    has_schema: bool = False
    rounds: dict[str, int] = field(default_factory=dict[str, int])
    """How many rounds each table holds that was made."""
    there: dict[str, set[tuple[str, ...]]] = field(default_factory=dict[str, set[tuple[str, ...]]])
    _made_schema: bool = False
    _known: bool = False

    @property
    def place(self) -> str:
        """The schema by its full name."""
        return f"{self.database}.{self.schema}"

    async def look(self, call: Call) -> None:
        """Find what is there, once.

        Raises:
            StepError: a table of the same name was made by others.
        """
        if self._known:
            return
        text = f"SELECT schema_name AS name FROM {self.database}.information_schema.schemata"  # noqa: S608 - checked name
        self.has_schema = self.schema in [row["name"] for row in await self._rows(call, text)]
        if self.has_schema:
            text = (
                f"SELECT table_name AS name, comment AS about FROM {self.database}.information_schema.tables "  # noqa: S608 - checked names
                f"WHERE table_schema = '{self.schema}'"
            )
            for row in await self._rows(call, text):
                if table := next((each for each in self.tables if each.name.upper() == row["name"]), None):
                    await self._look_at(call, table, row["about"])
        self._known = True

    async def _look_at(self, call: Call, table: Table, about: str) -> None:
        if (found := _COMMENT.search(about)) is None:
            raise StepError(f"{self.place} has a table {table.name.upper()} already, which others made: choose another")
        self.rounds[table.name] = int(found["rounds"])
        self._made_schema = self._made_schema or found["schema"] is not None
        keys = ", ".join(table.key)
        text = f"SELECT {keys} FROM {self.place}.{table.name}"  # noqa: S608 - checked and our own names
        found_rows = await self._rows(call, text)
        self.there[table.name] = {tuple(row[name] for name in table.key) for row in found_rows}

    async def _rows(self, call: Call, text: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        for answer in await pages_of(call, "snowflake_run_query", {"sql": text, "limit": 1_000}):
            found += rows("\n".join(line for line in answer.split("\n") if not line.startswith("rows ")))
        return found

    def missing(self, table: Table) -> list[tuple[Value, ...]]:
        """The rows that are not there."""
        known = self.there.get(table.name, set())
        pairs = zip(table.rows, table.row_keys(), strict=True)
        return [row for row, key in pairs if tuple(map(str, key)) not in known]

    def written(self, table: Table) -> list[tuple[Value, ...]]:
        """The keys of the rows that are there and were added, as far as rounds were written."""
        known = self.there.get(table.name, set())
        mine = table.row_keys()[: table.each_round * self.rounds.get(table.name, 0)]
        return [key for key in mine if tuple(map(str, key)) in known]

    async def open(self, call: Call) -> Made:
        """See that the schema is there."""
        await self.look(call)
        if self.has_schema:
            return Made(there=1)
        text = f"CREATE SCHEMA IF NOT EXISTS {self.place} COMMENT = 'PM OS [{MARK}]'"
        await confirmed(call, "snowflake_run_change", {"sql": text})
        self.has_schema = self._made_schema = True
        return Made(1)

    async def create(self, call: Call, table: Table) -> Made:
        """Make a table if it is not there, and add the rows that it lacks."""
        await self.look(call)
        made = Made()
        about = literal(f"{table.comment} [{MARK} rounds={table.rounds}{' schema' if self._made_schema else ''}]")
        text = ""
        if table.name not in self.rounds:
            columns = ", ".join(f"{each.name} {each.type} COMMENT {literal(each.comment)}" for each in table.columns)
            text = f"CREATE TABLE IF NOT EXISTS {self.place}.{table.name} ({columns}) COMMENT = {about}"
            made.made += 1
        elif self.rounds[table.name] < table.rounds:
            text = f"COMMENT ON TABLE {self.place}.{table.name} IS {about}"
        if text:
            await confirmed(call, "snowflake_run_change", {"sql": text})
            self.rounds[table.name] = table.rounds
        wanted = self.missing(table)
        for first in range(0, len(wanted), BATCH):
            text = merged(f"{self.place}.{table.name}", table, wanted[first : first + BATCH])
            await confirmed(call, "snowflake_run_change", {"sql": text})
        self.there.setdefault(table.name, set()).update(tuple(map(str, key)) for key in table.row_keys())
        made.made += len(wanted)
        made.there = len(table.rows) - len(wanted)
        return made

    async def remove(self, call: Call) -> Made:
        """Delete the rows that were added, then tables and a schema that were made and hold no more."""
        made = Made()
        for table in self.tables:
            if table.name not in self.rounds:
                continue
            known = self.there[table.name]
            mine = self.written(table)
            for first in range(0, len(mine), BATCH):
                those = among(table, mine[first : first + BATCH])
                text = f"DELETE FROM {self.place}.{table.name} WHERE {those}"  # noqa: S608 - names and literals are ours
                await confirmed(call, "snowflake_run_change", {"sql": text})
            made.made += len(mine)
            if left := len(known) - len(mine):
                made.notes.append(f"{table.name.upper()} stays: it holds {left} other rows")
                continue
            drop = {"sql": f"DROP TABLE {self.place}.{table.name}", "confirm": True}
            await call("snowflake", "snowflake_run_destruction", drop)
            made.made += 1
        if self._made_schema and self.rounds and not made.notes:
            await self._drop_schema(call, made)
        return made

    async def _drop_schema(self, call: Call, made: Made) -> None:
        for kind in ("tables", "views", "stages", "functions", "procedures", "sequences"):
            try:
                answer = await call("snowflake", "snowflake_list_objects", {"kind": kind, "within": self.place})
            except CallError as error:
                if not error.refused:
                    raise
                if _NOT_IN_SANDBOX in str(error):
                    continue
                answer = f"{kind} cannot be listed: {refusal(error)}"
            if not answer.startswith(("No ", "There ")) and "returned 0 " not in answer:
                made.notes.append(f"schema {self.place} stays: {answer.splitlines()[-1][:200]}")
                return
        try:
            drop = {"sql": f"DROP SCHEMA {self.place}", "confirm": True}
            await call("snowflake", "snowflake_run_destruction", drop)
        except CallError as error:
            if not error.refused:
                raise
            made.notes.append(f"schema {self.place} stays: {refusal(error)}")
            return
        made.made += 1


def merged(name: str, table: Table, some: Sequence[tuple[Value, ...]]) -> str:
    """The statement that adds those rows whose keys the table does not hold."""
    names = [each.name for each in table.columns]
    cast = ", ".join(f"column{place}::{each.type} AS {each.name}" for place, each in enumerate(table.columns, 1))
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in some)
    same = " AND ".join(f"t.{key} = s.{key}" for key in table.key)
    return (
        f"MERGE INTO {name} t USING (SELECT {cast} FROM VALUES {values}) s ON {same} "  # noqa: S608 - literals are ours
        f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join(f's.{each}' for each in names)})"
    )


def among(table: Table, keys: Sequence[tuple[Value, ...]]) -> str:
    """The condition that holds for rows with these keys."""
    if len(table.key) == 1:
        return f"{table.key[0]} IN ({', '.join(literal(key[0]) for key in keys)})"
    told = [
        " AND ".join(f"{name} = {literal(part)}" for name, part in zip(table.key, key, strict=True)) for key in keys
    ]
    return " OR ".join(f"({each})" for each in told)


def literal(value: Value) -> str:
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "''")
        return f"'{escaped}'"
    return repr(value)
