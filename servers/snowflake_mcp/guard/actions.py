"""What the definition of a table, a view, a schema, a database or a sequence may say, and what of it destroys."""

from typing import TYPE_CHECKING, Final

from snowflake_mcp.guard.refusal import RefusedError
from snowflake_mcp.guard.words import words

if TYPE_CHECKING:
    from sqlglot import exp

_ACTIONS: Final = words(
    "AddConstraint AlterColumn AlterRename AlterSet Cluster ClusterProperty ColumnDef Drop RenameColumn SwapTable"
)
_PROPERTIES: Final = words(
    "CHANGE_TRACKING COMMENT DATA_RETENTION_TIME_IN_DAYS DEFAULT_DDL_COLLATION ENABLE_SCHEMA_EVOLUTION "
    "MAX_DATA_EXTENSION_TIME_IN_DAYS"
)
_HISTORY: Final = frozenset({"CHANGE_TRACKING", "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS"})


def check_definition(tree: "exp.Expr", kind: str) -> None:
    """Refuse parts of CREATE, ALTER and DROP that are not offered. Raises RefusedError."""
    from sqlglot import exp

    if isinstance(tree, exp.Create) and str(tree.args.get("kind")).upper() != kind:
        raise RefusedError(f"CREATE {tree.args.get('kind')} is not offered", "Write it more plainly.")
    if isinstance(tree, (exp.Alter, exp.Drop)) and str(tree.args.get("kind")).upper() != kind:
        raise RefusedError(f"{tree.key.upper()} of this kind is not offered", "Write it more plainly.")
    if isinstance(tree, exp.Alter):
        for action in tree.args.get("actions") or ():
            _check_action(action)
    for node in tree.find_all(exp.Property):
        if type(node) is exp.Property and _property_name(node) not in _PROPERTIES:
            raise RefusedError(
                f"The property {_property_name(node)[:60]} is not offered", "Leave it out, or ask an administrator."
            )


def _check_action(action: object) -> None:
    from sqlglot import exp

    if type(action).__name__ not in _ACTIONS:
        raise RefusedError(
            "This form of ALTER cannot be checked, so it is not run",
            "ALTER adds, changes, renames and drops columns, renames and swaps tables, and sets comments here.",
        )
    if isinstance(action, exp.AlterSet) and (
        any(value for key, value in action.args.items() if key != "expressions")
        or not all(isinstance(part, exp.Properties) for part in action.expressions)
    ):
        raise RefusedError("ALTER sets something that is not offered", "Set a comment or the retention time.")


def alteration_destroys(tree: "exp.Expr") -> bool:
    """Whether an ALTER takes columns away, or the history that would bring rows back."""
    from sqlglot import exp

    for action in tree.args.get("actions") or ():
        if isinstance(action, exp.Drop):
            return True
        if isinstance(action, exp.AlterSet):
            named = {_property_name(node) for node in action.find_all(exp.Property) if type(node) is exp.Property}
            if named & _HISTORY:
                return True
    return False


def _property_name(node: "exp.Property") -> str:
    from sqlglot import exp

    return node.this.name.upper() if isinstance(node.this, exp.Expr) else str(node.this).upper()
