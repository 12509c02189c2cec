"""The emulator (fakesnow on DuckDB), its databases kept in files, with what it lacks put in.

Its packages are not those of the servers: this file runs only in the environment that `serve.py` asks for.
"""
# They are not installed where types are checked, so nothing is known of them there.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportPrivateUsage=false
# pyright: reportUnknownLambdaType=false, reportUntypedBaseClass=false

from __future__ import annotations

import decimal
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import duckdb
import fakesnow.arrow
import fakesnow.instance
import snowflake.connector.errors
import sqlglot
from failures import Failure, from_message, not_permitted, several_statements, unsupported
from fakesnow import info_schema, macros
from fakesnow.converter import from_binding
from fakesnow.dialect import syntax_error
from fakesnow.rowtype import ColumnInfo, describe_as_rowtype
from fakesnow.statement_type import DML_TYPE_IDS, statement_type_id
from identity import READ_ROLE, ROLES, Identity
from repairs import column_comments
from sqlglot import Expr, exp
from sqlglot.errors import ParseError, TokenError

READING = (exp.Query, exp.Show, exp.Describe, exp.Use, exp.Set, exp.Transaction, exp.Commit, exp.Rollback)
KINDS = {"TABLE", "VIEW", "SCHEMA", "DATABASE", "SEQUENCE", "STAGE", "FILE FORMAT"}
"""What the emulator can create and drop."""

JOINED_BINDS = 1_000
"""Binds of an INSERT of several rows."""

LACKING = re.compile(r"(?i)\b(GET_DDL|SYSTEM\$\w+)\s*\(")
"""Functions of an account that are not there; what is unknown otherwise is a mistake in the statement."""

_NAME = re.compile(r"[A-Z_][A-Z0-9_$]*")


@dataclass(slots=True)
class Outcome:
    """What a statement came to: its rows, their types as the wire describes them, the kind of statement."""

    rowtype: list[ColumnInfo]
    type_id: int
    table: Any = None
    counts: Sequence[Sequence[str | None]] | None = None
    binds: int = 0

    @property
    def size(self) -> int:
        """The bytes of its rows."""
        return 0 if self.table is None else self.table.nbytes


class Emulator:
    """One instance over a folder; every database is a file in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._instance = _instance_over(folder)
        for file in sorted((folder / "databases").glob("*.db")):
            if _NAME.fullmatch(file.stem):
                self._attach(file)
        # Only what is kept here may be read or written: a query must not reach the files of the user.
        self._instance.duck_conn.execute(f"SET GLOBAL allowed_directories = ['{_quoted(folder)}/']")
        self._instance.duck_conn.execute("SET GLOBAL enable_external_access = false")

    def databases(self) -> list[str]:
        """The databases that there are."""
        return [file.stem for file in (self._folder / "databases").glob("*.db")]

    def connect(self, database: str | None, schema: str | None, identity: Identity, *, autocommit: bool = True) -> Any:
        """A connection of the emulator; a database or schema that does not exist is left out, as Snowflake does."""
        connection = self._instance.connect(
            _folded(database), _folded(schema or ("PUBLIC" if database else None)), autocommit=autocommit
        )
        connection.identity = identity
        return connection

    def twin(self, connection: Any) -> Any:
        """Another connection in the same place, for a statement that must not keep the first one waiting."""
        return self.connect(connection.database, connection.schema, connection.identity)

    def direct(self, sql: str) -> None:
        """Run a statement of DuckDB's own."""
        self._instance.duck_conn.execute(sql)

    def forget(self, query_id: str) -> None:
        """Let go of a result that was kept for RESULT_SCAN."""
        self._instance.results_cache.pop(query_id, None)

    def close(self) -> None:
        """Write everything to the files."""
        self._instance.duck_conn.close()

    def _attach(self, file: Path) -> None:
        connection = self._instance.duck_conn
        connection.execute(f"ATTACH '{_quoted(file)}' AS {file.stem}")
        connection.execute(info_schema.per_db_creation_sql(file.stem))
        connection.execute(macros.creation_sql(file.stem))


def run(connection: Any, sql: str, bindings: Mapping[str, Any] | None, query_id: str, *, describe: bool) -> Outcome:
    """Run one statement, or only say what it would answer.

    Raises:
        Failure: it cannot be run.
    """
    try:
        expression = _one(sql)
        _check(expression, connection.identity)
        cursor = connection.cursor()
        type_id = statement_type_id(expression)
        if isinstance(expression, exp.Query):
            type_id = statement_type_id(exp.Select())
        binds = len(list(expression.find_all(exp.Placeholder)))
        if describe:
            return Outcome(_described(cursor, sql, expression), type_id, binds=binds)
        if isinstance(expression, exp.Use):
            _use(expression, connection.identity)
        if isinstance(expression, exp.Drop) and expression.kind == "DATABASE":
            sql = _drop_database(expression, connection)
        batch = _rows(bindings) if bindings else [None]
        affected = 0
        comments = column_comments(expression)
        if comments:
            sql = expression.sql(dialect="snowflake")
        for row in batch[:1] if _repeats(expression) else batch:
            cursor.execute(sql, binding_params=row, server=True)
            affected += cursor.rowcount or 0
        if _repeats(expression) and len(batch) > 1:
            _repeat(cursor, batch[1:])
            affected += len(batch) - 1
        if isinstance(expression, exp.Comment):
            # Of itself it answers with nothing that could be described.
            cursor.execute("SELECT 'Statement executed successfully.' AS \"status\"", server=True)
        rowtype = describe_as_rowtype(cursor._describe_last_sql())
        for comment in comments:
            connection.cursor().execute(comment, server=True)
    except Failure:
        raise
    except snowflake.connector.errors.Error as error:
        raise from_message(error.errno or 0, error.sqlstate or "", error.raw_msg or str(error)) from error
    except duckdb.Error as error:
        raise from_message(0, "", str(error)) from error
    except (NotImplementedError, AssertionError) as error:
        raise unsupported(str(error)[:200] or type(error).__name__) from error
    except Exception as error:
        # The emulator fails in many ways over what it does not know, and a client would try a 500 again.
        raise unsupported(f"{type(error).__name__}: {error}"[:200]) from error
    _remember(connection, cursor.sfqid, query_id)
    connection.identity.last_query = query_id
    table = cursor._arrow_table
    if table is not None and type_id in DML_TYPE_IDS:
        columns = [column.to_pylist() for column in table.columns]
        counts = [[None if value is None else str(value) for value in line] for line in zip(*columns, strict=True)]
        if len(batch) > 1:
            counts = [[str(affected)]]
        return Outcome(rowtype, type_id, counts=counts, binds=binds)
    return Outcome(rowtype, type_id, table=table, binds=binds)


def _one(sql: str) -> Expr:
    try:
        parsed = [each for each in sqlglot.parse(sql, read="snowflake") if each and not isinstance(each, exp.Semicolon)]
    except ParseError as error:
        raise syntax_error(error) from None
    except TokenError as error:
        raise from_message(1003, "42000", str(error)) from None
    if not parsed:
        raise Failure("000900", "42601", "SQL compilation error:\nEmpty SQL statement.")
    if len(parsed) > 1:
        raise several_statements(len(parsed))
    return parsed[0]


def _check(expression: Expr, identity: Identity) -> None:
    if isinstance(expression, exp.Command):
        words = f"{expression.this} {expression.expression or ''}".split()
        raise unsupported(" ".join(words[:3]).upper())
    if isinstance(expression, exp.Create | exp.Drop) and expression.kind not in KINDS:
        raise unsupported(f"{expression.key.upper()} {expression.kind}")
    if lacking := LACKING.search(expression.sql(dialect="snowflake", identify=False)):
        raise unsupported(lacking[1].upper())
    if isinstance(expression, exp.Grant | exp.Revoke | exp.Put | exp.Get):
        raise unsupported(type(expression).__name__.upper())
    if identity.reads_only and not isinstance(expression, READING):
        table = expression.find(exp.Table)
        raise not_permitted(identity.role, f"'{table.name if table else expression.key}'")


def _use(use: exp.Use, identity: Identity) -> None:
    kind, name = str(use.args.get("kind") or "").upper(), use.this.name.upper() if use.this else ""
    if kind == "ROLE":
        if name not in ROLES:
            raise Failure(
                "003013",
                "42501",
                f"SQL access control error:\nRequested role '{name}' is not assigned to the executing user.",
            )
        identity.role, identity.reads_only = name, name == READ_ROLE
    elif kind == "WAREHOUSE":
        identity.warehouse = name


def _drop_database(drop: exp.Drop, connection: Any) -> str:
    """Drop a database, which the emulator cannot; the statement that answers for it."""
    table = drop.find(exp.Table)
    name = table.name.upper() if table else ""
    file = Path(connection.db_path) / f"{name}.db"
    if not file.exists():
        if drop.args.get("exists"):
            return "SELECT 'Drop statement executed successfully.' AS \"status\""
        raise from_message(2003, "", f'Catalog "{name}" does not exist')
    if connection.database == name:
        connection._duck_conn.execute("USE memory")
        connection.database = connection._schema = None
        connection.database_set = connection.schema_set = False
    connection._duck_conn.execute(f"DETACH {name}")
    for left in file.parent.glob(f"{name}.db*"):
        left.unlink()
    return f"SELECT '{name} successfully dropped.' AS \"status\""


def _described(cursor: Any, sql: str, expression: Expr) -> list[ColumnInfo]:
    if isinstance(expression, exp.Query) and not isinstance(expression, exp.Select):
        # Only a plain SELECT is described without being run.
        sql = f"SELECT * FROM ({sql.rstrip().rstrip(';')})"  # noqa: S608 - whose statement it is may run any
    described = cursor._describe_only(sql)
    if described is None:
        described = cursor._describe_only("CREATE TABLE described (x INT)")
    return describe_as_rowtype(described)


def _rows(bindings: Mapping[str, Any]) -> Sequence[Any]:
    """The values of each row: one row, or as many as an array binding has."""
    if not all(name.isdigit() for name in bindings):
        return [{name: _value(each) for name, each in bindings.items()}]
    placed = [bindings[str(place)] for place in range(1, len(bindings) + 1)]
    if any(isinstance(each["value"], list) for each in placed):
        columns = [[_value({**each, "value": value}) for value in each["value"]] for each in placed]
        return list(zip(*columns, strict=True))
    return [tuple(_value(each) for each in placed)]


def _repeats(expression: Expr) -> bool:
    """Whether it is an INSERT of one row of binds, which may be run for many rows."""
    values = expression.expression if isinstance(expression, exp.Insert) else None
    return (
        isinstance(values, exp.Values)
        and len(values.expressions) == 1
        and all(isinstance(each, exp.Placeholder) for each in values.expressions[0].expressions)
    )


def _repeat(cursor: Any, rows: Sequence[Any]) -> None:
    """Run the INSERT that was just run for more rows: the emulator takes some milliseconds to read it each time."""
    head, values, row = cursor._last_transformed.sql(dialect="duckdb").rpartition(" VALUES ")
    most = max(JOINED_BINDS // len(rows[0]), 1)
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        text = f"{head}{values}{', '.join([row] * len(part))}"
        cursor._duck_conn.execute(text, [value for each in part for value in each])


def _value(binding: Mapping[str, Any]) -> Any:
    value = binding["value"]
    if value is None:
        return None
    if binding["type"] == "FIXED" and not re.fullmatch(r"-?\d+", str(value)):
        return decimal.Decimal(value)
    if binding["type"] == "REAL":
        return float(value)
    return from_binding(dict(binding))


def arrow_bytes(outcome: Outcome, start: int, count: int) -> bytes:
    """Some rows of a result as the wire has them: an Arrow stream, with Snowflake's own types."""
    assert outcome.table is not None
    return fakesnow.arrow.to_ipc(fakesnow.arrow.to_sf(outcome.table.slice(start, count), outcome.rowtype)).to_pybytes()


def _remember(connection: Any, own: str | None, query_id: str) -> None:
    results = connection.results_cache
    if own in results:
        results[query_id] = results.pop(own)


def _instance_over(folder: Path) -> Any:
    """The emulator, its catalogue of comments and lengths in a file too; of itself it keeps that in memory."""
    catalogue = folder / "catalogue.duckdb"
    (folder / "databases").mkdir(exist_ok=True)
    connect = duckdb.connect
    library = cast("Any", fakesnow.instance).duckdb  # what it imports is not for others, and changed all the same

    def connected(*args: Any, **options: Any) -> Any:
        connection = connect(*args, **options)
        connection.execute(f"ATTACH '{_quoted(catalogue)}' AS {fakesnow.instance.GLOBAL_DATABASE_NAME}")
        return connection

    library.connect = connected
    try:
        return fakesnow.instance.FakeSnow(
            create_database_on_connect=False, create_schema_on_connect=False, db_path=folder / "databases"
        )
    finally:
        library.connect = connect


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")


def _folded(name: str | None) -> str | None:
    return name.strip('"').upper() if name else None
