"""How many rows a change would touch: queries that count them, made of the change's own syntax tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from snowflake_mcp.guard.lexing import tokens_of
from snowflake_mcp.guard.statement import Statement
from snowflake_mcp.guard.syntax import tree_of

if TYPE_CHECKING:
    from sqlglot import exp

Bound = Literal["exact", "at most", "unknown", "none"]
"""`none`: it changes no rows."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What has to be counted: `known` rows, or the only value of the query `sql`; `of` counts the whole table."""

    bound: Bound
    known: int | None = None
    sql: str = ""
    of: str = ""


NOT_ROWS = Counting("none")
UNKNOWN = Counting("unknown")


def counting(statement: Statement) -> Counting:
    """How to find out the number of rows that a change would touch. Nothing is run; the queries have to be examined."""
    from sqlglot import exp

    tree = tree_of(statement.sql, tokens_of(statement.sql))
    match tree:
        case exp.Insert():
            return _of_source(tree.expression)
        case exp.Update():
            return _of_condition(tree, _tables(tree.args.get("from_")))
        case exp.Delete():
            return _of_condition(tree, [each.sql("snowflake") for each in tree.args.get("using") or ()])
        case exp.Merge():
            return _of_merge(tree)
        case exp.Create() if statement.verb == "CREATE TABLE" and isinstance(tree.expression, exp.Query):
            return _of_source(tree.expression)
        case exp.MultitableInserts():
            return UNKNOWN
        case _:
            return NOT_ROWS


def _of_source(source: object) -> Counting:
    from sqlglot import exp

    if isinstance(source, exp.Values):
        return Counting("exact", known=len(source.expressions))
    if isinstance(source, exp.Query):
        return Counting("exact", sql=_count(f"({source.sql('snowflake')})"))
    return UNKNOWN


def _of_condition(tree: "exp.Update | exp.Delete", others: Sequence[str]) -> Counting:
    """Rows of the target that meet the condition, each once, however many rows of other tables they meet it with."""
    from sqlglot import exp

    if not isinstance(tree.this, exp.Table):
        return UNKNOWN
    target = tree.this.sql("snowflake")
    where = tree.args.get("where")
    of = _count(target)
    if not isinstance(where, exp.Where):
        # With other tables and no condition, each row is touched if these have any.
        return UNKNOWN if others else Counting("exact", sql=of)
    condition = where.this.sql("snowflake")
    if others:
        condition = f"EXISTS (SELECT 1 FROM {', '.join(others)} WHERE {condition})"  # noqa: S608 - the user's own
    return Counting("exact", sql=f"{of} WHERE {condition}", of=of)


def _of_merge(tree: "exp.Merge") -> Counting:
    """At most the rows that meet, and those of the source that meet none where these are inserted.

    Conditions of the single branches may leave some out. Unknown where rows are changed that the source does not have.
    """
    from sqlglot import exp

    source, condition = tree.args.get("using"), tree.args.get("on")
    whens = list(tree.find_all(exp.When))
    if not isinstance(source, exp.Expr) or not isinstance(condition, exp.Expr):
        return UNKNOWN
    if any(when.args.get("source") for when in whens):
        return UNKNOWN
    join = "JOIN" if all(when.args.get("matched") for when in whens) else "LEFT JOIN"
    met = f"{tree.this.sql('snowflake')} ON {condition.sql('snowflake')}"
    return Counting("at most", sql=f"{_count(source.sql('snowflake'))} {join} {met}")


def _tables(source: object) -> list[str]:
    from sqlglot import exp

    return [source.this.sql("snowflake")] if isinstance(source, exp.From) else []


def _count(source: str) -> str:
    return f"SELECT COUNT(*) FROM {source}"  # noqa: S608 - what the user wrote, and examined again
