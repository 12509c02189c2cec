"""Statements without a tree: SHOW and DESCRIBE, read by their tokens, and all that is refused by its first word."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from snowflake_mcp.guard.lexing import Token
from snowflake_mcp.guard.names import ObjectName
from snowflake_mcp.guard.refusal import RefusedError
from snowflake_mcp.guard.statement import Statement
from snowflake_mcp.guard.words import words

_SHOWN: Final = words("""
    AGGREGATION AGENTS ALERTS APPLICATION APPLICATIONS AUTHENTICATION AVAILABLE BACKUP BUDGETS CATALOG CHANNELS CLASSES
    COLUMNS COMPUTE CONNECTIONS CONTACTS CORTEX DATA DATABASE DATABASES DATASETS DELEGATED DYNAMIC ENDPOINTS EVENT
    EXTERNAL FAILOVER FEATURE FILE FUNCTIONS FUTURE GIT GLOBAL GRANTS HYBRID ICEBERG IMAGE IMPORTED INDEXES
    INTEGRATIONS JOIN LISTINGS LOCKS MANAGED MASKING MATERIALIZED MCP MODEL MODELS NETWORK NOTEBOOKS NOTIFICATION
    OBJECTS ONLINE ORGANIZATION PACKAGES PARAMETERS PASSWORD PIPES PRIMARY PRIVACY PROCEDURES PROJECTION REGIONS
    REPLICATION RESOURCE ROLE ROLES ROW SCHEMAS SECRETS SECURITY SEMANTIC SEQUENCES SERVICE SERVICES SESSION SHARES
    SNAPSHOTS STAGES STORAGE STREAMLITS STREAMS TABLES TAGS TASKS TRANSACTIONS TYPES UNIQUE USER USERS VARIABLES
    VERSIONS VIEWS WAREHOUSES
    """)
_SIGNS: Final = frozenset("(),.")
_WHERE_TO_LOOK: Final = ("Correct it, or read INFORMATION_SCHEMA with a SELECT.",)
_SCOPES: Final = ("DATABASE", "SCHEMA", "TABLE", "VIEW")
_BEHIND: Final = frozenset({"LIKE", "LIMIT", "STARTS", "TYPE"})
"""Words that a clause begins with, behind the name of what SHOW or DESCRIBE look at."""

_ARGUMENTS: Final = "Give role, warehouse, database or schema as arguments of the call instead."
_NO_SCRIPTS: Final = "Scripting and procedures are not offered; write one query."
_NO_FILES: Final = "Files on stages are out of reach of every tool; use the tool that loads a file into a table."
_ADMIN: Final = "This server does not administer accounts; ask an administrator."
_NO_SESSION: Final = "Each call has a session of its own, so nothing can be set for a later one."
_NO_TRANSACTION: Final = "Each change is a transaction of its own."
REFUSED_VERBS: Final = {
    "CALL": ("CALL runs a procedure, which may do anything", _NO_SCRIPTS),
    "EXECUTE": ("EXECUTE runs code or a task", _NO_SCRIPTS),
    "BEGIN": ("BEGIN starts a script or a transaction", _NO_TRANSACTION + " " + _NO_SCRIPTS),
    "START": ("START TRANSACTION starts a transaction", _NO_TRANSACTION),
    "COMMIT": ("COMMIT ends a transaction", _NO_TRANSACTION),
    "ROLLBACK": ("ROLLBACK ends a transaction", _NO_TRANSACTION),
    "DECLARE": ("DECLARE begins a script", _NO_SCRIPTS),
    "LET": ("LET belongs into a script", _NO_SCRIPTS),
    "IF": ("IF belongs into a script", _NO_SCRIPTS),
    "FOR": ("FOR belongs into a script", _NO_SCRIPTS),
    "WHILE": ("WHILE belongs into a script", _NO_SCRIPTS),
    "LOOP": ("LOOP belongs into a script", _NO_SCRIPTS),
    "REPEAT": ("REPEAT belongs into a script", _NO_SCRIPTS),
    "CASE": ("CASE as a statement belongs into a script", _NO_SCRIPTS),
    "RETURN": ("RETURN belongs into a script", _NO_SCRIPTS),
    "OPEN": ("OPEN belongs into a script", _NO_SCRIPTS),
    "FETCH": ("FETCH belongs into a script", _NO_SCRIPTS),
    "CLOSE": ("CLOSE belongs into a script", _NO_SCRIPTS),
    "RAISE": ("RAISE belongs into a script", _NO_SCRIPTS),
    "ASYNC": ("ASYNC belongs into a script", _NO_SCRIPTS),
    "AWAIT": ("AWAIT belongs into a script", _NO_SCRIPTS),
    "CANCEL": ("CANCEL belongs into a script", "Use the tool that cancels a query."),
    "COPY": ("COPY loads or unloads files", _NO_FILES),
    "PUT": ("PUT uploads a file", _NO_FILES),
    "GET": ("GET downloads a file", _NO_FILES),
    "LIST": ("LIST reads a stage", _NO_FILES),
    "LS": ("LS reads a stage", _NO_FILES),
    "REMOVE": ("REMOVE deletes files", _NO_FILES),
    "RM": ("RM deletes files", _NO_FILES),
    "GRANT": ("GRANT gives privileges", _ADMIN),
    "REVOKE": ("REVOKE takes privileges away", _ADMIN),
    "USE": ("USE changes the session", _ARGUMENTS),
    "SET": ("SET changes the session", _NO_SESSION),
    "UNSET": ("UNSET changes the session", _NO_SESSION),
    "FROM": ("The statement does not begin with SELECT", "Begin with SELECT."),
    "TABLE": ("The statement does not begin with SELECT", "Write SELECT * FROM the table."),
}


def refuse_by_verb(tokens: Sequence[Token]) -> RefusedError:
    """Why a statement that begins with these tokens is not offered."""
    first = next((token for token in tokens if not token.is_symbol("(")), tokens[0])
    reason, next_step = REFUSED_VERBS.get(
        first.upper,
        (
            "The statement does not begin with a verb that is offered",
            "Queries begin with SELECT, WITH, VALUES, SHOW, DESCRIBE or EXPLAIN.",
        ),
    )
    return RefusedError(reason, next_step, first.start)


def show(sql: str, tokens: Sequence[Token]) -> Statement:
    """Examine SHOW …, which changes nothing whatever it lists. Raises RefusedError for what is not like one."""
    kind = 2 if len(tokens) > 1 and tokens[1].upper == "TERSE" else 1
    if len(tokens) <= kind or tokens[kind].upper not in _SHOWN:
        place = tokens[min(kind, len(tokens) - 1)].start
        raise RefusedError("SHOW lists something that is not known", *_WHERE_TO_LOOK, place)
    _check_plain(tokens, _SIGNS)
    scope = next((place for place, token in enumerate(tokens) if place > kind and token.upper == "IN"), None)
    reads: tuple[ObjectName, ...] = ()
    if scope is not None and scope + 1 < len(tokens):
        what = tokens[scope + 1].upper
        if what in _SCOPES and scope + 2 < len(tokens):
            reads = _named(tokens, scope + 2, what)
        elif what != "ACCOUNT" and what not in _SCOPES:
            scope_is_table = tokens[kind].upper in ("COLUMNS", "PRIMARY", "UNIQUE", "IMPORTED", "INDEXES")
            reads = _named(tokens, scope + 1, "TABLE" if scope_is_table else "SCHEMA")
    return Statement(sql, "read", "SHOW", reads=reads, limit=_show_limit(tokens), opaque=True)


def describe(sql: str, tokens: Sequence[Token]) -> Statement:
    """Examine DESCRIBE …, which changes nothing. Raises RefusedError for what is not like one."""
    if len(tokens) < 2:
        raise RefusedError("DESCRIBE does not say what", "Name the object, like DESCRIBE TABLE ORDERS.")
    _check_plain(tokens, _SIGNS | {"=", "-"})
    for place, token in enumerate(tokens[2:], 2):
        if token.is_symbol("(") and tokens[1].upper not in ("FUNCTION", "PROCEDURE", "EXTERNAL", "AGGREGATE"):
            if tokens[1].upper == "RESULT" and tokens[place - 1].upper == "LAST_QUERY_ID":
                continue
            raise RefusedError("DESCRIBE calls a function", *_WHERE_TO_LOOK, token.start)
    what = tokens[1].upper
    reads = _named(tokens, 2, what) if what in _SCOPES and len(tokens) > 2 else ()
    return Statement(sql, "read", "DESCRIBE", reads=reads, opaque=not reads)


def _check_plain(tokens: Sequence[Token], signs: frozenset[str]) -> None:
    """Refuse signs that no SHOW or DESCRIBE has, and words that would make another statement of it."""
    for token in tokens:
        if token.kind == "symbol" and token.text not in signs:
            raise RefusedError(
                f"The statement has a sign that does not belong into it ({token.text})", offset=token.start
            )


def _named(tokens: Sequence[Token], place: int, kind: str) -> tuple[ObjectName, ...]:
    """The dotted name that begins at `place`, as an object of a kind; none if there is no name, or more than one.

    What is taken for a name may be a kind that is not known here, with its name behind it: IN APPLICATION SALES.
    """
    parts: list[str] = []
    while place < len(tokens) and tokens[place].kind in ("word", "name"):
        parts.append(tokens[place].name)
        if place + 1 >= len(tokens) or not tokens[place + 1].is_symbol("."):
            break
        place += 2
        if place < len(tokens) and tokens[place].is_symbol(".") and len(parts) == 1:
            parts.append("PUBLIC")
            place += 1
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    if not parts or len(parts) > 3 or (behind is not None and behind.upper not in _BEHIND):
        return ()
    if kind == "DATABASE":
        return (ObjectName(parts[-1], None, ""),)
    if kind == "SCHEMA":
        return (ObjectName(parts[-2] if len(parts) > 1 else None, parts[-1], ""),)
    database, schema, name = (None, None, *parts)[-3:]
    return (ObjectName(database, schema, name or ""),)


def _show_limit(tokens: Sequence[Token]) -> int | None:
    for token, following in pairwise(tokens):
        if token.upper == "LIMIT" and following.kind == "number" and following.text.isdecimal():
            return int(following.text)
    return None
