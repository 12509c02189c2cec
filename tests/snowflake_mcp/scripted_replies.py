"""The bodies of a scripted account's answers."""

from __future__ import annotations

import gzip
import json
from typing import Any, cast

from connector_kit.testing.faults import Fault, ReceivedRequest

from .scripted_rules import Rows, Rule, Session, Stated
from .wire_rows import rowset, rowtype

LOGIN_REFUSALS = {
    "390100": "Incorrect username or password was specified.",
    "390144": "JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]",
    "390189": "Role 'NOBODY' specified in the connect string does not exist or not authorized. Contact your local "
    "system administrator, or attempt to login with another role, e.g. PUBLIC.",
    "390303": "Invalid OAuth access token. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5b]",
    "390318": "OAuth access token expired. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5c]",
    "390422": "Incoming request with IP/Token 203.0.113.7 is not allowed to access Snowflake. Contact your account "
    "administrator. For more information about this error, go to "
    "https://community.snowflake.com/s/ip-xxxxxxxxxxxx-is-not-allowed-to-access.",
    "390702": "User access disabled. Contact your local system administrator.",
    "394400": "Programmatic access token is invalid.",
}
_TOKEN_REFUSALS = {
    "390104": "User must login again to access the service.",
    "390111": "Session no longer exists. New login required to access the service.",
    "390112": "Your session has expired. Please login again.",
    "390114": "Authentication token has expired. The user must authenticate again.",
}
_KINDS = {
    "INSERT": 0x3100,
    "UPDATE": 0x3200,
    "DELETE": 0x3300,
    "MERGE": 0x3400,
    "USE": 0x4300,
    "SHOW": 0x4400,
    "DESC": 0x4500,
    "DESCRIBE": 0x4500,
    "EXPLAIN": 0x2000,
    "CREATE": 0x6100,
    "ALTER": 0x6200,
    "DROP": 0x6300,
}
_SELECT = 0x1000
_TRANSACTION = 0x5000


def usual_rules() -> list[Rule]:
    """What every account does without being told."""
    done = [("Statement executed successfully.",)]
    return [
        Rule(r"^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|USE|ALTER SESSION)\b", ["status"], done, kind=_TRANSACTION),
    ]


def nothing_scripted(statement: Stated) -> Rule:
    """The failure of a statement that no rule is for."""
    return Rule("", failure=("000002", "0A000", f"Nothing is scripted for: {statement.sql}"))


def take_effect(statement: Stated) -> None:
    """USE changes its session."""
    words = statement.sql.replace(";", " ").split()
    if len(words) == 3 and words[0].upper() == "USE" and not statement.describe:
        kind = words[1].lower()
        if kind in {"role", "warehouse", "database", "schema"}:
            setattr(statement.session, kind, words[2].strip('"'))


def body_of(request: ReceivedRequest) -> dict[str, Any]:
    """The JSON object of a request."""
    body = request.body
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return cast("dict[str, Any]", json.loads(body or b"{}"))


def data_of(request: ReceivedRequest) -> dict[str, Any]:
    """What a login says of itself."""
    return cast("dict[str, Any]", body_of(request).get("data") or {})


def parameters_of(body: dict[str, Any]) -> dict[str, object]:
    """The parameters that go with one statement, their names in capitals."""
    given = cast("dict[str, object]", body.get("parameters") or {})
    return {name.upper(): value for name, value in given.items()}


def token_of(request: ReceivedRequest) -> str:
    """The token that a request carries."""
    return request.headers.get("authorization", "").removeprefix('Snowflake Token="').removesuffix('"')


def success(data: object) -> Fault:
    """An answer that all went well."""
    return Fault.json({"data": data, "code": None, "message": None, "success": True})


def refused(code: str, message: str = "") -> Fault:
    """A login or a token that is not taken."""
    text = message or _TOKEN_REFUSALS.get(code) or LOGIN_REFUSALS.get(code, "Refused.")
    return Fault.json({"data": {}, "code": code, "message": text, "success": False, "headers": None})


def failed(code: str, sqlstate: str, message: str, query_id: str | None = None) -> Fault:
    """A statement that went wrong."""
    data = {
        "internalError": False,
        "errorCode": code,
        "age": 0,
        "sqlState": sqlstate,
        "queryId": query_id,
        "line": -1,
        "pos": -1,
        "type": "COMPILATION",
    }
    return Fault.json({"data": data, "code": code, "message": message, "success": False, "headers": None})


def unknown_query() -> Fault:
    """There is no such statement."""
    return failed("000709", "02000", "Statement  not found")


def nothing_to_abort() -> Fault:
    """A statement that is over cannot be stopped."""
    return failed("000605", "57014", "Identified SQL statement is not currently executing.")


def logged_in(session: Session) -> Fault:
    """The answer to a login."""
    return success(
        {
            "token": session.token,
            "masterToken": session.master,
            "validityInSeconds": 3600,
            "masterValidityInSeconds": 14_400,
            "sessionId": session.number,
            "serverVersion": "9.32.1",
            "displayUserName": session.user,
            "parameters": [
                {"name": "AUTOCOMMIT", "value": str(session.parameters.get("AUTOCOMMIT", True)).lower() != "false"},
                {"name": "TIMEZONE", "value": "Etc/UTC"},
                {"name": "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", "value": 0},
            ],
            "sessionInfo": {
                "databaseName": session.database,
                "schemaName": session.schema,
                "warehouseName": session.warehouse,
                "roleName": session.role,
            },
        }
    )


def renewed(session: Session) -> Fault:
    """The answer to a request for a new token of the session."""
    return success(
        {
            "sessionToken": session.token,
            "validityInSecondsST": 3600,
            "masterToken": session.master,
            "validityInSecondsMT": 14_400,
            "sessionId": session.number,
        }
    )


def underway(statement: Stated, code: str) -> Fault:
    """There is no result yet: 333334 right after a statement was handed in, 333333 while one waits for it."""
    data = {"queryId": statement.query_id, "getResultUrl": f"/queries/{statement.query_id}/result"}
    return Fault.json({"data": data, "code": code, "message": "Query execution in progress.", "success": True})


def result(statement: Stated, address: str) -> Fault:
    """The rows of a statement that is over, or why there are none."""
    rule = statement.rule
    assert rule is not None
    if statement.aborted:
        return failed("000604", "57014", "SQL execution canceled", statement.query_id)
    if rule.failure is not None:
        return failed(*rule.failure, query_id=statement.query_id)
    columns = rule.columns_of(statement)
    rows: Rows = () if statement.describe else rule.rows_of(statement)
    first = rule.first_rows if rule.chunk_rows else len(rows)
    data: dict[str, Any] = {
        "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
        "rowtype": rowtype(columns),
        "rowset": rowset(columns, rows[:first]),
        "total": len(rows),
        "returned": len(rows),
        "queryId": statement.query_id,
        "statementTypeId": rule.kind if rule.kind is not None else _KINDS.get(statement.verb, _SELECT),
        "numberOfBinds": len(statement.binds) or statement.sql.count("?"),
        "arrayBindSupported": statement.verb == "INSERT",
        "queryResultFormat": "json",
        "finalDatabaseName": statement.session.database,
        "finalSchemaName": statement.session.schema,
        "finalRoleName": statement.session.role,
        "finalWarehouseName": statement.session.warehouse,
        "version": 1,
    }
    if len(rows) > first:
        starts = range(first, len(rows), rule.chunk_rows)
        data |= {
            "chunks": [
                {
                    "url": f"{address}/chunks/{statement.query_id}/{number}",
                    "rowCount": min(rule.chunk_rows, len(rows) - start),
                    "uncompressedSize": 1000,
                    "compressedSize": 1000,
                }
                for number, start in enumerate(starts)
            ],
            "chunkHeaders": {},
            "qrmk": "",
        }
    return success(data)


def chunk(statement: Stated, number: int) -> Fault:
    """A part of a large result: rows without the brackets around them, compressed."""
    rule = statement.rule
    assert rule is not None
    start = rule.first_rows + number * rule.chunk_rows
    part = rowset(rule.columns_of(statement), rule.rows_of(statement)[start : start + rule.chunk_rows])
    text = ",".join(json.dumps(row) for row in part)
    headers = {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}
    return Fault(200, gzip.compress(text.encode()), headers)


def status(statement: Stated | None) -> Fault:
    """What has become of a statement."""
    if statement is None:
        return success({"queries": []})
    rule = statement.rule
    assert rule is not None
    entry: dict[str, Any] = {"id": statement.query_id, "status": _state(statement), "sqlText": statement.sql}
    if entry["status"] == "FAILED_WITH_ERROR" and rule.failure is not None:
        entry |= {"errorCode": rule.failure[0], "errorMessage": rule.failure[2]}
    if statement.polls_left:
        statement.polls_left -= 1
    return success({"queries": [entry]})


def _state(statement: Stated) -> str:
    if statement.aborted:
        return "FAILED_WITH_ERROR"
    if statement.polls_left or not statement.over.is_set():
        return "RUNNING"
    return "FAILED_WITH_ERROR" if statement.rule and statement.rule.failure else "SUCCESS"
