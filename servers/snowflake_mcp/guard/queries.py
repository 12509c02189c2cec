"""Queries: SELECT, WITH, VALUES, and EXPLAIN of one of them."""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from snowflake_mcp.guard.conditions import narrows
from snowflake_mcp.guard.lexing import Token
from snowflake_mcp.guard.nodes import QUERY_NODES, check_calls, check_nodes, names_before_brackets
from snowflake_mcp.guard.objects import object_name, tables_in
from snowflake_mcp.guard.refusal import RefusedError
from snowflake_mcp.guard.statement import Statement
from snowflake_mcp.guard.syntax import tree_of
from snowflake_mcp.guard.words import words

if TYPE_CHECKING:
    from sqlglot import exp

_ROOTS: Final = frozenset({"Except", "Intersect", "Select", "Subquery", "Union", "Values"})
_NAMED_IN_TEXT: Final = frozenset({"GET_DDL", "GET_OBJECT_REFERENCES", "RESULT_SCAN"})
_BEGIN_CHANGES: Final = words(
    "ALTER BEGIN CALL COMMENT COPY CREATE DECLARE DELETE DROP EXECUTE GRANT INSERT LET MERGE PUT REMOVE REVOKE SET "
    "TRUNCATE UNDROP UNSET UPDATE USE"
)


def query(sql: str, tokens: Sequence[Token], functions: Collection[str]) -> Statement:
    """Examine a query. Raises RefusedError for one that is or calls more than a query."""
    _check_inner_statements(tokens)
    tree = tree_of(sql, tokens)
    root = type(tree).__name__
    if root not in _ROOTS:
        raise RefusedError(
            f"The statement is no query, though it begins like one ({root})",
            "Begin a change with its verb: INSERT INTO … WITH … SELECT.",
        )
    check_nodes(tree, QUERY_NODES)
    check_calls(tree, tokens, functions)
    verb = {"Values": "VALUES"}.get(root, "SELECT")
    return Statement(
        sql,
        "read",
        verb,
        reads=tuple(sorted({object_name(table) for table in tables_in(tree)}, key=str)),
        has_where=has_where(tree),
        limit=_limit(tree),
        explainable=True,
        describable=True,
        opaque=names_nothing(tokens),
    )


def explain(sql: str, tokens: Sequence[Token], functions: Collection[str]) -> Statement:
    """Examine EXPLAIN [USING TABULAR | JSON | TEXT] of a query. Raises RefusedError for one of anything else."""
    rest = 1
    if len(tokens) > 3 and tokens[1].upper == "USING" and tokens[2].upper in ("TABULAR", "JSON", "TEXT"):
        rest = 3
    if len(tokens) <= rest or not begins_query(tokens[rest:]):
        raise RefusedError(
            "EXPLAIN is offered for queries only",
            "Explain the SELECT part; the tool that makes changes shows what one would touch.",
            tokens[min(rest, len(tokens) - 1)].start,
        )
    start = tokens[rest].start
    # Blanks instead of what stands before it, so that places stay what they are.
    blanked = re.sub(r"[^\n]", " ", sql[:start]) + sql[start:]
    inner = query(blanked, tokens[rest:], functions)
    return Statement(sql, "read", "EXPLAIN", reads=inner.reads, has_where=inner.has_where, opaque=inner.opaque)


def names_nothing(tokens: Sequence[Token]) -> bool:
    """Whether a call in a statement touches what is named inside of a string, or the whole account."""
    return any(_is_opaque(path) for path, _ in names_before_brackets(tokens))


def _is_opaque(path: tuple[str, ...]) -> bool:
    name = path[-1]
    told_by_text = name in _NAMED_IN_TEXT or (name.startswith("SYSTEM$") and name != "SYSTEM$TYPEOF")
    return told_by_text or "INFORMATION_SCHEMA" in path


def begins_query(tokens: Sequence[Token]) -> bool:
    """Whether the first word, behind opening brackets, is that of a query."""
    first = next((token for token in tokens if not token.is_symbol("(")), None)
    return first is not None and first.upper in ("SELECT", "WITH", "VALUES")


def has_where(tree: "exp.Expr") -> bool:
    """Whether a WHERE of the statement itself narrows its rows."""
    from sqlglot import exp

    where = tree.args.get("where")
    return isinstance(where, exp.Where) and narrows(where.this)


def _limit(tree: "exp.Expr") -> int | None:
    from sqlglot import exp

    while isinstance(tree, exp.Subquery) and not tree.args.get("limit"):
        tree = tree.this
    limit = tree.args.get("limit")
    count = limit.args.get("expression") or limit.args.get("count") if isinstance(limit, exp.Expr) else None
    if isinstance(count, exp.Literal) and count.is_int:
        return int(count.name)
    return None


def _check_inner_statements(tokens: Sequence[Token]) -> None:
    """Refuse a bracket, or the AS of a CTE, that begins with the verb of a change, whatever the parser makes of it."""
    for place, token in enumerate(tokens[:-1]):
        following = tokens[place + 1]
        call = place + 2 < len(tokens) and tokens[place + 2].is_symbol("(", ",", ")", ".", ":")
        if token.is_symbol("(") and following.upper in _BEGIN_CHANGES and not call and _is_verb(tokens, place + 1):
            raise RefusedError(
                f"There is a statement inside of the query ({following.upper})",
                "A query cannot change anything; send the change on its own.",
                following.start,
            )
        if token.upper == "AS" and following.upper == "PROCEDURE":
            raise RefusedError(
                "The statement defines a procedure", "Procedures are not offered; write one query.", following.start
            )


def _is_verb(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word is followed by another word or a name, as a verb is; a column is followed by a sign."""
    return place + 1 < len(tokens) and tokens[place + 1].kind in ("word", "name", "string")
