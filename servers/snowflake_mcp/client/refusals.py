"""Snowflake's refusals in our words: errors of the connector as `ServiceError`.

Numbers as in https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-api#error and in the
troubleshooting pages of each way to sign in; a number that is not known here goes by its SQL state.
"""

import re
from typing import Final

from connector_kit.errors import (
    InvalidInput,
    NotAuthenticated,
    NotConfigured,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    TimedOut,
    Unavailable,
    clean_text,
)
from snowflake_mcp.client.driver import DriverError

EXPIRED: Final = frozenset({390104, 390110, 390111, 390112, 390113, 390114, 390115})
"""The session, or the token that renews it, is over: a new login helps, and nothing was run."""
TOKEN_REFUSED: Final = frozenset({390303, 390318, 390195})
"""The OAuth token is over or of no use: another may help."""
LOGIN_FAILED: Final = 250_001
"""The connector's own number for a login that did not come about."""
CANCELLED: Final = 604
STATEMENT_TIMEOUT: Final = 630
NO_RESULT: Final = frozenset({709, 710, 711, 1040})
VALUE: Final = 40
"""Characters of a cell that an error shows."""

_SYNTAX = frozenset({900, 1001, 1003, 1007, 1008})
_OBJECT = frozenset({2003, 2043, 2037, 2141})
_PRIVILEGE = frozenset({3001, 3003, 3007, 3041, 3540})
_NETWORK_POLICY = frozenset({390422, 390432, 390420, 394504})
_WRONG_SECRET: Final[dict[int, str]] = {
    390100: "Snowflake does not know this user with this secret",
    390101: "Snowflake does not know this user with this secret",
    390102: "the user is locked for a while after too many wrong attempts",
    390144: "the key pair is not accepted: the user has another public key, or the account identifier is wrong",
    390191: "Snowflake does not know this user",
    394300: "the account or the user does not take programmatic access tokens",
    394304: "the programmatic access token has expired or is not valid",
    394400: "the programmatic access token is not valid",
    394401: "the programmatic access token is disabled",
    394402: "the programmatic access token has expired",
}
_POSITION = re.compile(r"(?:error )?line (\d+) at position (-?\d+)")
_LOGIN = re.compile(r"^Failed to login: (?:Login error: )?|, code: \d+$")
_REQUEST = re.compile(r"\s*\(?(?:request_?id|Request ID)[:=]?\s*[0-9a-fA-F-]{36}\)?\.?", re.IGNORECASE)
_OBJECT_NAME = re.compile(
    r"(?:Object|Table|View|Schema|Database|Stage|Function|Warehouse) '?([^'\n]{1,800}?)'? (?:does|is)"
)
_COLUMN_NAME = re.compile(r"invalid identifier '?([^'\n]{1,800})'?", re.IGNORECASE)
_VALUE = re.compile(r"""(['"])(.+)\1""", re.DOTALL)
"""What an error about data quotes: a cell, which may hold quotes of its own."""
_UNREACHABLE = re.compile(
    r"connect|network|timed? ?out|transport|unreachable|dns|reset|broken pipe|closed|tls|certificate|http"
    r"|bad gateway|service unavailable|retr(?:y|ies)|eof|json|deserializ|decode|unexpected (?:answer|response)",
    re.IGNORECASE,
)


class Missing(NotFound):
    """A table, another object or a column that a statement names is not there, or not for this role.

    `object` is its name as Snowflake told it, "" for a column; `column` likewise.
    """

    def __init__(self, message: str, *, object: str = "", column: str = "", next_step: str = "") -> None:  # noqa: A002 - the field's term
        super().__init__(message, next_step=next_step)
        self.object = object
        self.column = column


class Cancelled(ServiceError):  # noqa: N818 - named like the others
    """The statement was cancelled, by us or by somebody else."""

    kind = "cancelled"


class ResultGone(NotFound):
    """There is no result under this query id any more, or there never was."""


def told(error: DriverError) -> str:
    """What Snowflake says, without what the connector adds to it."""
    text = _REQUEST.sub("", _LOGIN.sub("", error.message))
    if (error.sqlstate or "").startswith("22"):
        text = _VALUE.sub(_shortened, text)
    return clean_text(text.removeprefix("SQL compilation error:").removeprefix("SQL execution error:").strip(), 400)


def is_expired(error: DriverError) -> bool:
    """Whether a new login helps: nothing was run."""
    return error.errno in EXPIRED or error.closed or error.message.startswith("Failed to refresh session")


def is_ambiguous(error: DriverError) -> bool:
    """Whether the statement may have been run all the same: the way to Snowflake failed, not the statement."""
    if error.kind == "programming":
        return False
    return (not error.sqlstate and (error.errno is None or _connector_own(error.errno))) or _of_transport(error)


def explain(error: DriverError, *, way: str = "", writing: bool = False) -> ServiceError:
    """A refusal or a failure as what a model can act on.

    `way` is how the server signs in; `writing` says that the statement may have changed something if the way to
    Snowflake failed.
    """
    said = told(error)
    reference = _reference(error)
    if (login := _of_login(error, said, way)) is not None:
        return login
    if error.errno == CANCELLED:
        return Cancelled(f"The statement was cancelled{reference}.")
    if error.errno == STATEMENT_TIMEOUT:
        return TimedOut(
            f"{said or 'The statement took too long.'}{reference}",
            next_step="Narrow the statement; SNOWFLAKE_STATEMENT_TIMEOUT allows more seconds.",
        )
    if error.errno in NO_RESULT:
        return ResultGone(
            f"Snowflake has no result of this query{reference}.",
            next_step="Results are kept for 24 hours, for the user who ran the query; run it again.",
        )
    if is_ambiguous(error):
        return _unreachable(said, reference, writing=writing)
    return _of_statement(error, said, reference)


def _of_statement(error: DriverError, said: str, reference: str) -> ServiceError:
    number = error.errno or 0
    lowered = said.lower()
    if "no active warehouse" in lowered:
        return InvalidInput(
            f"No warehouse is chosen to compute with{reference}.",
            next_step="Give `warehouse`, or ask the user to set SNOWFLAKE_WAREHOUSE.",
        )
    if "warehouse" in lowered and re.search(r"suspended|resource monitor|cannot be resumed|quota", lowered):
        return Unavailable(
            f"The warehouse does not run: {said}{reference}",
            next_step="Ask the user to resume it or to raise its quota, or give another `warehouse`.",
        )
    if number == 904 and (column := _COLUMN_NAME.search(said)):
        return Missing(
            f"There is no column {column[1]}{_place(said)}{reference}.",
            column=column[1],
            next_step="snowflake_describe_table lists a table's columns.",
        )
    if number in _OBJECT or error.sqlstate in ("42S02", "02000"):
        found = _OBJECT_NAME.search(said)
        name = found[1] if found else ""
        return Missing(
            f"{said or 'It does not exist or is not for this role.'}{reference}",
            object=name,
            next_step="Look for it with snowflake_search_objects; another role may see it.",
        )
    if number in _PRIVILEGE or error.sqlstate == "42501":
        return NotPermitted(
            f"The role may not do this: {said}{reference}",
            next_step="Ask the user for a role that may (`role`), or to have the privilege granted.",
        )
    if number in _SYNTAX:
        return InvalidInput(
            f"The SQL is wrong{_place(said)}: {_without_place(said)}{reference}", next_step="Correct it."
        )
    if number == LOGIN_FAILED:
        return _unreachable(said, reference, writing=False)
    if (error.sqlstate or "").startswith(("08", "58")) or error.sqlstate == "XX000":
        return Unavailable(f"Snowflake failed: {said}{reference}", next_step="Try again in a moment.")
    return InvalidInput(f"Snowflake refused the statement: {said}{reference}", next_step="Correct it.")


def _shortened(value: re.Match[str]) -> str:
    """A cell inside of an error: short, for nothing marks it there as data that others wrote."""
    quote = value[1]
    return f"{quote}{clean_text(value[2].replace(quote, '’'), VALUE)}{quote}"


def _of_login(error: DriverError, said: str, way: str) -> ServiceError | None:
    number = error.errno or 0
    lowered = said.lower()
    if number in _NETWORK_POLICY or "network policy" in lowered or "is not allowed to access snowflake" in lowered:
        return NotPermitted(
            f"A network policy keeps this machine out: {said} ({number})",
            next_step="The credentials may be right. Ask the user to have this machine's address allowed by the "
            "network policy of the user or account; a programmatic access token needs one.",
        )
    if number == 390189:
        return NotPermitted(f"{said} ({number})", next_step="Give a `role` that is granted to the user.")
    if number == 390201:
        return NotFound(
            f"{said} ({number})",
            next_step="A database, schema or warehouse of the settings or of this call is not there for this role.",
        )
    if number in TOKEN_REFUSED:
        return NotAuthenticated(
            f"Snowflake does not accept the login: {said} ({number})",
            next_step="Ask the user to run `mcp-suite auth login snowflake`.",
        )
    if number in _WRONG_SECRET:
        return NotAuthenticated(
            f"Sign-in was refused ({number}): {_WRONG_SECRET[number]}.",
            next_step=f"Ask the user to check {_variables(way)}; see setup_guides/snowflake.md.",
        )
    if number in EXPIRED:
        return NotAuthenticated(f"The session has ended ({number}).", next_step="Call again: a new one is begun.")
    if 390000 <= number < 400000:
        return NotAuthenticated(
            f"Sign-in was refused: {said} ({number})",
            next_step=f"Ask the user to check {_variables(way)}; see setup_guides/snowflake.md.",
        )
    unopened = way == "key_pair" and number == LOGIN_FAILED and "authentication failed" in lowered
    if unopened or re.search(r"private.?key|passphrase|pkcs", lowered):
        return NotConfigured(
            f"The private key cannot be used: {said}",
            next_step="Ask the user to check SNOWFLAKE_PRIVATE_KEY_FILE and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.",
        )
    if lowered.startswith("configuration error") or "connection_name" in lowered:
        return NotConfigured(
            _without_excerpt(said),
            next_step="Ask the user to check SNOWFLAKE_CONNECTION and the connection of that name.",
        )
    return None


def _without_excerpt(said: str) -> str:
    """What is wrong with a file, without the line of it that the connector shows: it may hold a secret."""
    return re.sub(r"(TOML parse error at line \d+, column \d+).*", r"\1", said)


def _variables(way: str) -> str:
    return {
        "key_pair": "SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and the public key of that user (DESCRIBE USER)",
        "oauth": "SNOWFLAKE_ACCOUNT, and to run `mcp-suite auth login snowflake`",
        "connection": "the connection that SNOWFLAKE_CONNECTION names",
        "external_browser": "SNOWFLAKE_ACCOUNT and SNOWFLAKE_USER",
    }.get(way, "SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and SNOWFLAKE_TOKEN")


def _unreachable(said: str, reference: str, *, writing: bool) -> ServiceError:
    if "429" in said or "too many requests" in said.lower():
        return RateLimited(f"Snowflake is asked too often{reference}.", next_step="Wait a minute, then try again.")
    why = f" ({said})" if said else ""
    if writing:
        return OutcomeUnknown(
            f"The way to Snowflake failed while the statement ran{why}{reference}: it may or may not have been done.",
            next_step="Look at the data, or at snowflake_list_queries, before doing it again.",
        )
    return Unavailable(
        f"Snowflake cannot be reached{why}{reference}.",
        next_step="Try again; if it stays so, ask the user to check SNOWFLAKE_ACCOUNT and the network.",
    )


def _connector_own(number: int | None) -> bool:
    """Numbers that the connector gives itself (250001 and on), not Snowflake."""
    return number is not None and 250_000 <= number < 290_000


def _of_transport(error: DriverError) -> bool:
    return error.kind == "operational" and not error.query_id and _UNREACHABLE.search(error.message) is not None


def _place(said: str) -> str:
    found = _POSITION.search(said)
    return f" at line {found[1]}, position {found[2]}" if found else ""


def _without_place(said: str) -> str:
    return re.sub(r"\s+", " ", _POSITION.sub("", said)).strip(" .")


def _reference(error: DriverError) -> str:
    parts = [f"error {error.errno}"] if error.errno not in (-1, None) else []
    if error.sqlstate:
        parts.append(f"SQL state {error.sqlstate}")
    if error.query_id:
        parts.append(f"query {error.query_id}")
    return f" ({', '.join(parts)})" if parts else ""
