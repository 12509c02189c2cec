"""What may stand in the tree of a statement: an allowlist of kinds of nodes, by the names of sqlglot's classes."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from snowflake_mcp.guard.functions import BUILT_IN, SYNTAX, is_built_in, why_not
from snowflake_mcp.guard.lexing import Token
from snowflake_mcp.guard.refusal import REWRITE, RefusedError
from snowflake_mcp.guard.syntax import parser_functions
from snowflake_mcp.guard.words import words

if TYPE_CHECKING:
    from sqlglot import exp

QUERY_NODES: Final = words("""
    Add Alias All And Any Between Binary BitwiseAnd BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift
    BitwiseXor Boolean Bracket CTE Changes Collate Column ColumnDef Connect Cube DPipe DataType DataTypeParam
    Distinct Div Dot EQ Escape Except Fetch Filter Final From GT GTE Group GroupingSets Having HavingMax HexString
    HistoricalData ILike Identifier IgnoreNulls In Intersect Interval IntervalSpan Is JSONKeyValue JSONPath
    JSONPathKey JSONPathRoot JSONPathSubscript JSONPathWildcard Join Kwarg LT LTE Lambda Lateral Like Limit
    LimitOptions Literal MatchRecognize MatchRecognizeMeasure Mod Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Offset
    Or Order Ordered Parameter Paren Pivot PivotAlias PivotAny Placeholder PositionalColumn Prior PropertyEQ
    Pseudocolumn Qualify RawString RespectNulls Rollup Select SemanticView SimilarTo Slice Star Sub Subquery Table
    TableAlias TableFromRows TableSample Tuple Union UnpivotColumns Values Var Where Window WindowSpec With
    WithinGroup Xor
    """)
"""Kinds that a query may hold, besides functions, which are checked by their names."""

CHANGE_NODES: Final = QUERY_NODES | words(
    """
    AddConstraint Alter AlterColumn AlterRename AlterSet AutoIncrementColumnConstraint Cluster ClusterProperty Clone
    CollateColumnConstraint ColumnConstraint ColumnPosition Comment CommentColumnConstraint ConditionalInsert
    Constraint CopyGrantsProperty Create DefaultColumnConstraint Delete Drop ForeignKey
    GeneratedAsIdentityColumnConstraint IndexParameters Insert LikeProperty MaterializedProperty Merge
    MultitableInserts NotNullColumnConstraint PrimaryKey PrimaryKeyColumnConstraint Properties Property Reference
    RenameColumn Schema SchemaCommentProperty SecureProperty SequenceProperties SwapTable TemporaryProperty
    TransientProperty TruncateTable Undrop UniqueColumnConstraint Update When Whens
    """
)
"""Kinds that a change may hold: data changed, and tables, views, schemas, databases and sequences defined."""

_NOT_FUNCTIONS: Final = frozenset(
    # The last three are types of Snowflake's, which anybody may name a function by.
    {"DynamicIdentifier", "NextValueFor", "Predict", "ReadCSV", "ReadParquet", "Map", "String", "Timestamp"}
)
_WHAT: Final = {
    "Lock": ("The query locks rows (FOR UPDATE)", REWRITE),
    "Into": ("The query has an INTO", "Leave it out; rows are returned."),
    "Aliases": ("A word that is no function known here stands before a bracket", "Write it without, or quote it."),
    "Command": ("The statement is of a kind that cannot be checked", REWRITE),
    "DynamicIdentifier": why_not(("IDENTIFIER",)),
    "Tag": ("The statement sets a tag", "Tags are governance; ask an administrator."),
    "MaskingPolicyColumnConstraint": ("The statement sets a masking policy", "Ask an administrator."),
}


def check_nodes(tree: "exp.Expr", allowed: Collection[str], *, changes: bool = False) -> None:
    """Refuse a tree that holds a node of a kind outside of `allowed`, wherever it is. Raises RefusedError."""
    from sqlglot import exp

    for node in tree.walk():
        kind = type(node).__name__
        function = isinstance(node, exp.Func) and kind not in _NOT_FUNCTIONS
        if kind not in allowed and not function:
            reason, next_step = _WHAT.get(
                kind, (f"The statement has a part that is not allowed here ({kind})", REWRITE)
            )
            raise RefusedError(reason, next_step)
        if isinstance(node, exp.Table):
            _check_table(node, changes=changes)
        elif isinstance(node, exp.Select) and not node.expressions:
            raise RefusedError("The query selects nothing", "Name the columns, or write SELECT *.")
        elif isinstance(node, exp.Lateral) and not _is_inline(node.this):
            raise RefusedError(
                "LATERAL stands before something that is neither a query in brackets nor a function",
                "Leave LATERAL out before the name of a table.",
            )
        elif isinstance(node, exp.TableFromRows) and not isinstance(node.this, (exp.Func, exp.Dot)):
            raise RefusedError("TABLE() holds something else than the call of a function", "Write the table's name.")
        elif isinstance(node, exp.Parameter) and not (isinstance(node.this, exp.Literal) and node.this.is_int):
            raise RefusedError("The statement refers to a session variable", "Write the value itself.")
        elif isinstance(node, exp.Interval) and not isinstance(node.this, exp.Literal):
            raise RefusedError(
                "INTERVAL stands before something else than a text", "Write INTERVAL '1 day', or DATEADD."
            )
        elif isinstance(node, exp.Placeholder) and node.this:
            raise RefusedError("The statement refers to a variable of a script (:name)", "Write the value, or ?.")
        elif isinstance(node, exp.TableAlias) and node.args.get("columns") and not node.this:
            # FROM LOAD(1): the parser takes words of its own for tables, and the arguments for names of columns.
            raise RefusedError(
                "The statement reads from something that is not written as a table's name",
                "Write TABLE(…) around a function, and a name before the names of columns.",
            )
        elif isinstance(node, (exp.Column, exp.Dot)) and not changes and node.name.upper() == "NEXTVAL":
            raise RefusedError(
                "The query advances a sequence (NEXTVAL), which is a change", "Take ROW_NUMBER() or SEQ4() instead."
            )


def _is_inline(this: object) -> bool:
    """Whether LATERAL stands before what it can: a query in brackets, or the call of a function, maybe in TABLE()."""
    from sqlglot import exp

    while isinstance(this, exp.Dot):
        this = this.expression
    return isinstance(this, (exp.Func, exp.Subquery, exp.TableFromRows))


def _check_table(table: "exp.Table", *, changes: bool) -> None:
    from sqlglot import exp

    if changes and table.this is None and isinstance(table.args.get("db"), exp.Identifier):
        return  # a schema or a database, which only a change names like this
    if isinstance(table.this, exp.DynamicIdentifier):
        raise RefusedError(*why_not(("IDENTIFIER",)))
    if not isinstance(table.this, (exp.Identifier, exp.Func, exp.SemanticView)):
        raise RefusedError("The statement reads from something that is not written as a table's name", REWRITE)
    if table.args.get("format") or table.args.get("pattern"):
        raise RefusedError("The statement reads a file on a stage", "Load the data into a table first.")


def check_calls(
    tree: "exp.Expr", tokens: Sequence[Token], functions: Collection[str], *, changes: bool = False
) -> None:
    """Refuse the call of a function that is neither built in nor one of `functions` (upper-case names as written).

    Twice, for each reading knows what the other does not: the tree tells calls from other brackets, the text tells
    the name that was written where the tree has a class of sqlglot's own.
    """
    for path in _calls_in_tree(tree):
        _check_call(path, functions, None)
    arrays = _array_types(tree)
    for path, offset in names_before_brackets(tokens):
        if path == ("ARRAY",):
            # ARRAY(NUMBER) is a type, ARRAY(1) a call of a user's function: in the tree both look built in.
            arrays -= 1
            if arrays < 0:
                raise RefusedError(*why_not(path), offset)
        qualified = len(path) > 1 and not changes
        if qualified or (len(path) == 1 and _means_a_call(path[0])):
            _check_call(path, functions, offset)


def _check_call(path: tuple[str, ...], functions: Collection[str], offset: int | None) -> None:
    # A dot inside of a name in quotes is none between names.
    allowed = ".".join(path) in functions and not any("." in part for part in path)
    if not is_built_in(path) and not allowed:
        raise RefusedError(*why_not(path), offset)


def _array_types(tree: "exp.Expr") -> int:
    from sqlglot import exp

    types = tree.find_all(exp.DataType)
    return sum(each.this is exp.DataType.Type.ARRAY and bool(each.expressions) for each in types)


def _means_a_call(name: str) -> bool:
    """Whether sqlglot would make a node of its own out of a call by this name."""
    if name in SYNTAX or name in BUILT_IN:
        return False
    return name.upper() in parser_functions()


def _calls_in_tree(tree: "exp.Expr") -> Iterator[tuple[str, ...]]:
    from sqlglot import exp

    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            yield (*_qualifiers(node), _anonymous_name(node))
        elif isinstance(node, exp.Func) and (qualifiers := _qualifiers(node)):
            yield (*qualifiers, node.sql_name())


def _anonymous_name(node: "exp.Anonymous") -> str:
    from sqlglot import exp

    name: object = node.this
    if isinstance(name, exp.Identifier):
        return name.name if name.quoted else name.name.upper()
    return str(name).upper()


def _qualifiers(node: "exp.Func") -> tuple[str, ...]:
    """What stands before the dots of a call: `a.b.` in a.b.f(1)."""
    from sqlglot import exp

    parent = node.parent
    if isinstance(parent, exp.Table) and node.arg_key == "this":
        parts = (parent.args.get("catalog"), parent.args.get("db"))
        return tuple(_part(part) for part in parts if isinstance(part, exp.Identifier))
    found: list[str] = []
    place: exp.Expr = node
    while isinstance(parent, exp.Dot) and place.arg_key == "expression":
        here = [_part(part) for part in parent.this.walk(bfs=False) if isinstance(part, exp.Identifier)]
        found[:0] = here or [""]
        place, parent = parent, parent.parent
    return tuple(found)


def _part(identifier: "exp.Identifier") -> str:
    return identifier.name if identifier.quoted else identifier.name.upper()


def names_before_brackets(tokens: Sequence[Token]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each dotted name that a round bracket follows, and where it starts."""
    for index in range(len(tokens) - 1):
        if not tokens[index + 1].is_symbol("(") or tokens[index].kind not in ("word", "name"):
            continue
        if [token.text for token in tokens[index + 1 : index + 4]] == ["(", "+", ")"]:
            continue  # an outer join of the old kind: a.x = b.x(+)
        parts = [tokens[index].name]
        place = index
        while place >= 2 and tokens[place - 1].is_symbol(".") and tokens[place - 2].kind in ("word", "name"):
            place -= 2
            parts.insert(0, tokens[place].name)
        if place and tokens[place - 1].is_symbol("."):
            parts.insert(0, "")  # a call on a value, like f(1).g(2)
        yield tuple(parts), tokens[place].start
