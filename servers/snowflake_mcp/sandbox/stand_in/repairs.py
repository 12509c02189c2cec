"""What the emulator lacks or does otherwise than Snowflake, put right in its statements and in its answers.

Its packages are not those of the servers: this file runs only in the environment that `serve.py` asks for.
"""
# They are not installed where types are checked, so nothing is known of them there.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportPrivateUsage=false
# pyright: reportUnknownLambdaType=false

from __future__ import annotations

import warnings
from string import Template
from typing import Any

import fakesnow.arrow
import fakesnow.info_schema as bookkeeping
import fakesnow.transforms
import fakesnow.transforms.show as show
import fakesnow.transforms.transforms as tables
import pyarrow as pa
import pyarrow.compute
from fakesnow.cursor import FakeSnowflakeCursor
from identity import WAREHOUSE, Identity
from recent import told_of_recent
from sqlglot import Expr, exp

CONTEXTUAL = (
    exp.Query,
    exp.Insert,
    exp.Update,
    exp.Delete,
    exp.Merge,
    exp.Create,
    exp.Drop,
    exp.Alter,
    exp.TruncateTable,
    exp.Comment,
    exp.Describe,
)
_COMMENT = """coalesce((select max(known.comment) from _fs_global._fs_information_schema._fs_tables_ext known
  where known.ext_table_catalog = table_catalog and known.ext_table_schema = table_schema
    and known.ext_table_name = table_name), '')"""
_COUNT = """coalesce((select max(known.estimated_size) from duckdb_tables() known
  where known.database_name = table_catalog and known.schema_name = table_schema
    and known.table_name = tables.table_name), 0)"""


def column_comments(create: Expr) -> list[str]:
    """The comments within a CREATE TABLE, taken out of it, each as a statement of its own.

    Within the statement the emulator drops them.
    """
    if not (isinstance(create, exp.Create) and create.kind == "TABLE" and isinstance(create.this, exp.Schema)):
        return []
    comments: list[str] = []
    for column in create.this.find_all(exp.ColumnDef):
        for constraint in list(column.args.get("constraints") or ()):
            if type(constraint.kind).__name__ == "CommentColumnConstraint":
                place = f"{create.this.this.sql(dialect='snowflake')}.{column.this.sql(dialect='snowflake')}"
                comments.append(f"COMMENT ON COLUMN {place} IS {constraint.kind.this.sql(dialect='snowflake')}")
                column.args["constraints"].remove(constraint)
    return comments


pc: Any = pyarrow.compute  # its functions are made when it is imported


def timestamps(column: Any) -> pa.Array:
    """A column of timestamps as the structure the wire has for it; the emulator's own fails over a NULL."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    missing = pc.is_null(array)
    filled = pc.fill_null(array, pa.scalar(0, type=array.type)) if array.null_count else array
    micros = filled.cast(pa.timestamp("us", tz=filled.type.tz), safe=False).cast(pa.int64())
    seconds = pc.floor(pc.divide(micros.cast(pa.float64()), 1_000_000.0)).cast(pa.int64())
    rest = pc.multiply(pc.subtract(micros, pc.multiply(seconds, 1_000_000)), 1000).cast(pa.int32())
    arrays = [seconds, rest]
    fields = [pa.field("epoch", pa.int64(), nullable=False), pa.field("fraction", pa.int32(), nullable=False)]
    if filled.type.tz:
        arrays.append(pa.array([1440] * len(filled), type=pa.int32()))
        fields.append(pa.field("timezone", pa.int32(), nullable=False))
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=missing)


def _in_context(node: Expr, connection: Any) -> Expr:
    """The context functions answered for the session, and names of two parts completed.

    DuckDB cannot tell whether a first part is a database or a schema of the same name.
    """
    identity: Identity = connection.identity
    if (past := getattr(connection, "past", None)) is not None and isinstance(node, exp.TableFromRows):
        return told_of_recent(node, past, identity)
    known: dict[str, str | None] = {
        "CURRENT_USER": identity.user,
        "CURRENT_ROLE": identity.role,
        "CURRENT_WAREHOUSE": identity.warehouse,
        "CURRENT_ACCOUNT": identity.account,
        "CURRENT_ACCOUNT_NAME": identity.account,
        "CURRENT_ORGANIZATION_NAME": "PM_OS",
        "CURRENT_REGION": "SANDBOX",
        "CURRENT_SESSION": str(identity.session),
        "LAST_QUERY_ID": identity.last_query,
        "CURRENT_DATABASE": connection.database,
        "CURRENT_SCHEMA": connection.schema,
    }
    if isinstance(node, exp.Func) and not node.args.get("expressions"):
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).upper()
        if name in known:
            value = known[name]
            literal = exp.Null() if value is None else exp.Literal.string(value)
            # A column is named after the call, not after what it came to.
            top = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
            return exp.alias_(literal, f"{name}()", quoted=True) if top else literal
    if isinstance(node, exp.Column) and node.db and not node.catalog and isinstance(node.parent, exp.Comment):
        node.set("catalog", exp.to_identifier(connection.database))
    if isinstance(node, exp.Table) and node.db and not node.catalog and connection.database:
        node.set("catalog", exp.to_identifier(connection.database))
    return node


def _named(query: Expr) -> None:
    """Name what has no name as Snowflake does: by its own text, in capitals."""
    for each in query.expressions if isinstance(query, exp.Select) else ():
        if not isinstance(each, exp.Alias | exp.Column | exp.Star | exp.Placeholder) and not each.is_star:
            name = each.sql(dialect="snowflake").upper()
            each.replace(exp.alias_(each.copy(), name, quoted=True))


def _shorten(view: exp.Create, connection: Any) -> None:
    """Leave out of the text of a view a database and schema of one name; DuckDB cannot read it again with them.

    What is left is looked up where the view is.
    """
    target = view.find(exp.Table)
    home = (
        ((target and target.catalog) or connection.database or "").upper(),
        ((target and target.db) or connection.schema or "").upper(),
    )
    for table in view.expression.find_all(exp.Table) if view.expression else ():
        if table.catalog and table.catalog.upper() == table.db.upper() and home == (table.catalog.upper(),) * 2:
            table.set("catalog", None)
            table.set("db", None)


def _warehouses(only: str) -> str:
    """The emulator's own warehouse under our name, and the one that sleeps until the load at night."""
    analysts = only.strip().rstrip(";").replace("FAKESNOW_WAREHOUSE", WAREHOUSE).replace("600 as", "60 as")
    loads = analysts.replace(WAREHOUSE, "PM_OS_LOAD_WH").replace("STARTED", "SUSPENDED").replace("X-Small", "Small")
    return f"{analysts}\nUNION ALL\n{loads.replace('1 as started_clusters', '0 as started_clusters')}"


def _noted(original: Any) -> Any:
    """How a table's comment is noted, but not that of the table that a MERGE makes for itself.

    It would be noted in another database, which DuckDB refuses within a transaction.
    """

    def note(catalog: str, schema: str, table: str, comment: str) -> str:
        return "SELECT 1" if table == "MERGE_CANDIDATES" else original(catalog, schema, table, comment)

    return note


def put_in() -> None:
    """Put in what the emulator lacks; once, before it is used."""
    bookkeeping.insert_table_comment_sql = _noted(bookkeeping.insert_table_comment_sql)
    warnings.filterwarnings("ignore", "Arrow output on a DB-API result")
    original = FakeSnowflakeCursor._transform

    def transform(self: Any, expression: Expr, params: Any) -> Any:
        if isinstance(expression, CONTEXTUAL):
            expression = expression.transform(_in_context, self._conn, copy=False)
            _named(expression)
            if isinstance(expression, exp.Create) and expression.kind == "VIEW":
                _shorten(expression, self._conn)
        return original(self, expression, params)

    FakeSnowflakeCursor._transform = transform
    for view in ("TABLES", "OBJECTS", "VIEWS"):
        name = f"SQL_CREATE_VIEW_SHOW_{view}"
        text = getattr(show, name).replace("'' as comment", f"{_COMMENT} as comment")
        setattr(show, name, text.replace("0 as rows", f"{_COUNT} as rows"))
    described = tables.SQL_DESCRIBE_TABLE.template.replace("FROM _fs", "FROM ${catalog}._fs")
    tables.SQL_DESCRIBE_TABLE = Template(described)
    show.SQL_SHOW_WAREHOUSES = _warehouses(show.SQL_SHOW_WAREHOUSES)
    # It would make a DOUBLE of every sum; a text in a sum, for which it is meant, is refused instead.
    fakesnow.transforms.numeric_agg_implicit_cast = lambda expression: expression
    fakesnow.arrow.timestamp_to_sf_struct = timestamps
