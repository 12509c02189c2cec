"""The guard: what a statement is, before it is sent anywhere."""

import re
from collections.abc import Collection, Sequence

from snowflake_mcp.guard.changes import CHANGE_VERBS, change
from snowflake_mcp.guard.commands import REFUSED_VERBS, describe, refuse_by_verb, show
from snowflake_mcp.guard.lexing import Token, tokens_of
from snowflake_mcp.guard.queries import begins_query, explain, query
from snowflake_mcp.guard.refusal import SPLIT, Refusal, RefusedError
from snowflake_mcp.guard.statement import Statement


def examine(sql: str, *, functions: Collection[str] = ()) -> Statement:
    """What `sql` is: a read, a write, a destruction, or refused with the reason; default deny.

    A statement passes when its tokens, its syntax tree with every node, and every function it calls are known to be
    harmless for its kind; what cannot be parsed is refused. `functions` are names of functions that may be called
    besides those built in, in upper case and as far as statements write them (`DB.SCHEMA.F`, `AI_COMPLETE`).
    Never raises; never runs or resolves anything, so a view or a policy behind a name is not seen: the role that
    runs the statement is the second line of defence.
    """
    try:
        tokens = tokens_of(sql)
    except RefusedError as error:
        first = re.match(r"\s*([A-Za-z]+)\b", sql)
        verb = first.group(1).upper() if first else ""
        # LIST @stage: what it is says more than the sign that cannot be read.
        known = RefusedError(*REFUSED_VERBS[verb], first.start(1)) if first and verb in REFUSED_VERBS else error
        return Statement(sql, "refused", verb, refusal=known.at(sql))
    text = sql[: tokens[-1].end]
    verb = _verb(tokens)
    try:
        return _examined(text, tokens, verb, functions)
    except RefusedError as error:
        return Statement(text, "refused", verb, refusal=error.at(text))
    except RecursionError:
        return Statement(text, "refused", verb, refusal=Refusal("The statement is nested too deeply", SPLIT))


def _examined(sql: str, tokens: Sequence[Token], verb: str, functions: Collection[str]) -> Statement:
    if begins_query(tokens):
        return query(sql, tokens, functions)
    if tokens[0].upper in CHANGE_VERBS:
        return change(sql, tokens, functions)
    match verb:
        case "SHOW":
            return show(sql, tokens)
        case "DESCRIBE" | "DESC":
            return describe(sql, tokens)
        case "EXPLAIN":
            return explain(sql, tokens, functions)
        case _:
            raise refuse_by_verb(tokens)


def _verb(tokens: Sequence[Token]) -> str:
    if tokens[0].is_symbol("("):
        return "SELECT" if begins_query(tokens) else ""
    return tokens[0].upper
