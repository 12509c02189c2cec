"""Whether a condition leaves rows out, as far as its form tells."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


def narrows(condition: object) -> bool:
    """Whether a condition can be false for some rows: TRUE, 1 = 1, a = a, a LIKE '%' and a = 1 OR a <> 1 cannot.

    NULL counts as a value like others: a = a is taken for always true.
    """
    from sqlglot import exp

    if not isinstance(condition, exp.Expr):
        return False
    if isinstance(condition, exp.Paren):
        return narrows(condition.this)
    if isinstance(condition, exp.And):
        return any(narrows(part) for part in condition.flatten())
    if isinstance(condition, exp.Or):
        parts = list(condition.flatten())
        return all(narrows(part) for part in parts) and not _complete(parts)
    return not _holds_always(condition) and _looks_at_rows(condition)


def _holds_always(condition: "exp.Expr") -> bool:
    from sqlglot import exp

    this = _text(condition.this)
    match condition:
        case exp.EQ() | exp.GTE() | exp.LTE() | exp.NullSafeEQ():
            return this == _text(condition.expression)
        case exp.Not():
            inner = condition.this.unnest()
            return isinstance(inner, (exp.NEQ, exp.GT, exp.LT)) and _text(inner.this) == _text(inner.expression)
        case exp.Between():
            return this == _text(condition.args.get("low")) == _text(condition.args.get("high"))
        case exp.In():
            return this in map(_text, condition.expressions)
        case exp.Like() | exp.ILike():
            pattern = condition.expression
            return isinstance(pattern, exp.Literal) and not pattern.name.strip("%")
        case exp.Exists():
            return condition.find(exp.Where, exp.Having, exp.Qualify, exp.Join) is None
        case _:
            return False


def _looks_at_rows(condition: "exp.Expr") -> bool:
    """Whether a column stands in it, or a subquery whose own condition may mean one."""
    from sqlglot import exp

    here = condition.find_ancestor(exp.Select)
    outside = any(column.find_ancestor(exp.Select) is here for column in condition.find_all(exp.Column))
    return outside or any(select.args.get("where") is not None for select in condition.find_all(exp.Select))


def _complete(parts: "list[exp.Expr]") -> bool:
    """Whether two of the parts of an OR are each other's opposite."""
    from sqlglot import exp

    plain = [part.unnest() for part in parts]
    told = {_text(part) for part in plain}
    for part in plain:
        if isinstance(part, exp.Not) and _text(part.this.unnest()) in told:
            return True
        if (
            isinstance(part, exp.NEQ)
            and _text(exp.EQ(this=part.this.copy(), expression=part.expression.copy())) in told
        ):
            return True
    return False


def _text(part: object) -> str:
    from sqlglot import exp

    return part.unnest().sql("snowflake").upper() if isinstance(part, exp.Expr) else ""
