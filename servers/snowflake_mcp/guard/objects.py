"""The objects that a statement names, apart from the names that it makes itself (CTEs)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from snowflake_mcp.guard.names import ObjectName

if TYPE_CHECKING:
    from sqlglot import exp


def tables_in(tree: "exp.Expr") -> "Iterator[exp.Table]":
    """Each table or view named in the tree; a CTE is none, where its name stands for it."""
    from sqlglot import exp

    names_of: dict[int, list[str]] = {}
    for table in tree.find_all(exp.Table):
        named = isinstance(table.this, exp.Identifier) or table.this is None
        if named and not _is_cte(table, names_of):
            yield table


def sequences_in(tree: "exp.Expr") -> Iterator[ObjectName]:
    """Each sequence that is advanced in the tree, as DB.SCHEMA.SEQ.NEXTVAL does."""
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        if column.name.upper() == "NEXTVAL" and (name := column.args.get("table")) is not None:
            yield object_name(exp.Table(catalog=column.args.get("catalog"), db=column.args.get("db"), this=name))


def object_name(table: "exp.Table", kind: str = "TABLE") -> ObjectName:
    """The name of a table; of a schema or a database if it stands for an object of that `kind`."""
    from sqlglot import exp

    parts: list[str] = []
    for key in ("catalog", "db", "this"):
        part = table.args.get(key)
        if isinstance(part, exp.Identifier):
            parts.append(part.name if part.quoted else part.name.upper())
        elif key == "db" and parts:
            parts.append("PUBLIC")  # DB..T; a schema and a database leave "this" out and never get here with parts
    if kind == "DATABASE":
        return ObjectName(parts[-1], None, "")
    if kind == "SCHEMA":
        return ObjectName(parts[-2] if len(parts) > 1 else None, parts[-1], "")
    database, schema, name = (None, None, *parts)[-3:]
    return ObjectName(database, schema, name or "")


def _is_cte(table: "exp.Table", names_of: dict[int, list[str]]) -> bool:
    """Whether the name of a table means a CTE: in the query any, in a CTE those before it, and itself if it recurs.

    `names_of` keeps the names of the CTEs of each WITH, by its id.
    """
    from sqlglot import exp

    if not isinstance(table.this, exp.Identifier) or table.args.get("db") or table.args.get("catalog"):
        return False
    name = object_name(table).name
    inner: exp.Expr = table
    innermost: exp.Expr = table
    place = table.parent
    while place is not None:
        with_ = place.args.get("with_")
        if isinstance(with_, exp.With):
            if id(with_) not in names_of:
                names_of[id(with_)] = [_alias(cte) for cte in with_.expressions]
            visible = names_of[id(with_)]
            if inner is with_:
                visible = visible[: (innermost.index or 0) + _recurs(innermost, table)]
            if name in visible:
                return True
        innermost, inner, place = inner, place, place.parent
    return False


def _recurs(cte: "exp.Expr", table: "exp.Table") -> bool:
    """Whether `table` stands behind the UNION ALL of a CTE, where the CTE's own name means the CTE."""
    from sqlglot import exp

    return isinstance(cte.this, exp.Union) and not cte.this.args.get("distinct") and _holds(cte.this.expression, table)


def _holds(tree: "exp.Expr", node: "exp.Expr") -> bool:
    place: exp.Expr | None = node
    while place is not None and place is not tree:
        place = place.parent
    return place is tree


def _alias(cte: "exp.Expr") -> str:
    from sqlglot import exp

    alias = cte.args.get("alias")
    identifier = alias.this if isinstance(alias, exp.TableAlias) else None
    if not isinstance(identifier, exp.Identifier):
        return ""
    return identifier.name if identifier.quoted else identifier.name.upper()
