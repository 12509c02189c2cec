"""Changes: DML, and the definition of tables, views, schemas, databases and sequences."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from snowflake_mcp.guard.actions import alteration_destroys, check_definition
from snowflake_mcp.guard.conditions import narrows
from snowflake_mcp.guard.lexing import Token
from snowflake_mcp.guard.names import ObjectName
from snowflake_mcp.guard.nodes import CHANGE_NODES, check_calls, check_nodes
from snowflake_mcp.guard.objects import object_name, sequences_in, tables_in
from snowflake_mcp.guard.queries import has_where, names_nothing
from snowflake_mcp.guard.refusal import RefusedError
from snowflake_mcp.guard.statement import Kind, Statement
from snowflake_mcp.guard.syntax import tree_of
from snowflake_mcp.guard.words import words

if TYPE_CHECKING:
    from sqlglot import exp

CHANGE_VERBS: Final = words("ALTER COMMENT CREATE DELETE DROP INSERT MERGE TRUNCATE UNDROP UPDATE")
_OBJECTS: Final = ("TABLE", "VIEW", "SCHEMA", "DATABASE", "SEQUENCE")
_ALTERED: Final = ("TABLE", "VIEW")
_COMMENTED: Final = (*_OBJECTS, "COLUMN")
_RESTORED: Final = ("TABLE", "SCHEMA", "DATABASE")
_MODIFIERS: Final = words(
    "OR REPLACE ALTER LOCAL GLOBAL TEMP TEMPORARY VOLATILE TRANSIENT SECURE RECURSIVE MATERIALIZED IF EXISTS ON"
)
_KINDS: Final = {
    "ALTER": _ALTERED,
    "COMMENT": _COMMENTED,
    "CREATE": _OBJECTS,
    "DROP": _OBJECTS,
    "UNDROP": _RESTORED,
}
_CLASSES: Final = {
    "ALTER": ("Alter",),
    "COMMENT": ("Comment",),
    "CREATE": ("Create",),
    "DELETE": ("Delete",),
    "DROP": ("Drop",),
    "INSERT": ("Insert", "MultitableInserts"),
    "MERGE": ("Merge",),
    "TRUNCATE": ("TruncateTable",),
    "UNDROP": ("Undrop",),
    "UPDATE": ("Update",),
}
_ROOT_ONLY: Final = frozenset(name for names in _CLASSES.values() for name in names)
_WITHIN: Final = {"Insert": ("When", "ConditionalInsert", "MultitableInserts"), "Update": ("When",), "Drop": ("Alter",)}
_POLICIES: Final = words("ACCESS AGGREGATION AUTHENTICATION JOIN LIFECYCLE MASKING PASSWORD PRIVACY PROJECTION")
_DML: Final = ("DELETE", "INSERT", "MERGE", "UPDATE")


def change(sql: str, tokens: Sequence[Token], functions: Collection[str]) -> Statement:
    """Examine a change. Raises RefusedError for one that is not offered or cannot be checked."""
    verb = tokens[0].upper
    kind_of_object = _object_kind(tokens)
    _check_governance(tokens)
    tree = tree_of(sql, tokens)
    if type(tree).__name__ not in _CLASSES[verb]:
        raise RefusedError(
            f"This form of {verb} cannot be checked, so it is not run", "Write it more plainly, or in several steps."
        )
    check_nodes(tree, CHANGE_NODES, changes=True)
    _check_nesting(tree)
    check_definition(tree, kind_of_object)
    check_calls(tree, tokens, functions, changes=True)
    writes = _targets(tree, kind_of_object)
    touched = {
        object_name(table, kind_of_object if type(table.parent).__name__ == "Clone" else "TABLE")
        for table in tables_in(tree)
        if not _is_target(table, tree)
    }
    return Statement(
        sql,
        _kind(tree, tokens, verb),
        f"{verb} {kind_of_object}".strip(),
        reads=tuple(sorted(touched.union(sequences_in(tree)), key=str)),
        writes=tuple(sorted(set(writes), key=str)),
        has_where=has_where(tree),
        transactional=verb in _DML,
        explainable=verb in _DML,
        opaque=names_nothing(tokens),
    )


def _object_kind(tokens: Sequence[Token]) -> str:
    """TABLE, VIEW and so on of a definition, "" for DML. Raises RefusedError for kinds that are not offered."""
    verb = tokens[0]
    if verb.upper not in _KINDS:
        return ""
    kind = next((token for token in tokens[1:] if token.upper not in _MODIFIERS), verb)
    if kind.upper not in _KINDS[verb.upper]:
        shown = kind.upper if kind is not verb else ""
        raise RefusedError(
            f"{verb.upper} {shown}".strip() + " is not offered",
            f"{verb.upper} takes {', '.join(_KINDS[verb.upper])} here; for the rest ask an administrator.",
            kind.start,
        )
    return kind.upper


def _check_governance(tokens: Sequence[Token]) -> None:
    for token, following in pairwise(tokens):
        policy = following.upper == "POLICY" and token.upper in _POLICIES
        tag = following.upper == "TAG" and token.upper in ("SET", "UNSET", "WITH")
        if policy or tag or (token.upper == "TAG" and following.is_symbol("(")):
            raise RefusedError(
                "The statement sets a tag or a policy", "Governance is up to an administrator.", token.start
            )


def _check_nesting(tree: "exp.Expr") -> None:
    """A change inside of another: only where its syntax has one."""
    for node in tree.walk():
        kind = type(node).__name__
        if node is not tree and kind in _ROOT_ONLY and type(node.parent).__name__ not in _WITHIN.get(kind, ()):
            raise RefusedError("There is a statement inside of the statement", "Send them one by one.")


def _kind(tree: "exp.Expr", tokens: Sequence[Token], verb: str) -> Kind:
    words = {token.upper for token in tokens[1:3]}
    match verb:
        case "DROP" | "TRUNCATE":
            destroys = True
        case "DELETE":
            destroys = not has_where(tree)
        case "INSERT":
            destroys = "OVERWRITE" in words
        case "MERGE":
            destroys = _merge_deletes_all(tree)
        case "CREATE":
            destroys = "OR" in words
        case "ALTER":
            destroys = alteration_destroys(tree)
        case _:
            destroys = False
    return "destroy" if destroys else "write"


def _merge_deletes_all(tree: "exp.Expr") -> bool:
    from sqlglot import exp

    joined = narrows(tree.args.get("on"))
    for when in tree.find_all(exp.When):
        deletes = isinstance(when.args.get("then"), exp.Var) and when.args["then"].name.upper() == "DELETE"
        by_key = joined and bool(when.args.get("matched"))
        if deletes and not by_key and not narrows(when.args.get("condition")):
            return True
    return False


def _target_tables(tree: "exp.Expr") -> "list[exp.Table]":
    from sqlglot import exp

    found: list[object] = []
    if isinstance(tree, exp.MultitableInserts):
        found = [insert.this for insert in tree.find_all(exp.Insert)]
    elif isinstance(tree, (exp.Drop, exp.TruncateTable)):
        found = [*(tree.args.get("tables") or ()), *tree.expressions]
    else:
        found = [tree.this, tree.args.get("rename")]
        for action in tree.args.get("actions") or ():
            if isinstance(action, (exp.AlterRename, exp.SwapTable)):
                found.append(action.this)
    tables = [part.this if isinstance(part, exp.Schema) else part for part in found]
    return [table for table in tables if isinstance(table, exp.Table)]


def _is_target(table: "exp.Table", tree: "exp.Expr") -> bool:
    return any(table is target for target in _target_tables(tree))


def _targets(tree: "exp.Expr", kind: str) -> list[ObjectName]:
    from sqlglot import exp

    if isinstance(tree, exp.Comment) and isinstance(tree.this, exp.Column):
        column = tree.this
        table = column.args.get("table")
        if table is None:
            raise RefusedError("The comment does not name the table of the column", "Write TABLE.COLUMN.")
        return [object_name(exp.Table(catalog=column.args.get("catalog"), db=column.args.get("db"), this=table))]
    targets = [object_name(table, kind) for table in _target_tables(tree)]
    if not targets:
        raise RefusedError("The statement does not name what it changes", "Write the name of the object.")
    return targets
