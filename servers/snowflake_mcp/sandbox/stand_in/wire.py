"""The routes that a Snowflake connector calls, answered over the emulator.

The protocol is the one that snowflake-connector-python speaks: logins and tokens under /session, statements under
/queries, their status under /monitoring. Rows travel as Arrow; beyond the first part of a large result they are
fetched piece by piece from addresses that the answer lists, as from an account.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any, cast

from emulator import Emulator, Outcome, arrow_bytes
from failures import NO_RESULT, Failure
from identity import READ_ROLE, ROLE, ROLES, WAREHOUSE, Identity
from sessions import Session, Sessions, Statement
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SANDBOX_TOKEN = "sandbox-token-snowflake"
ACCOUNT = "PM_OS_SANDBOX"
DATABASE = "PM_OS_ANALYTICS"
SCHEMA = "PM_OS_ANALYTICS"
SERVER_VERSION = "9.32.1"
FIRST_ROWS = 2_000
PIECE_ROWS = 20_000
PATIENCE = 20.0
TOKEN_SECONDS = 3600
MASTER_SECONDS = 14_400
JSON_TYPES = {"queryResultFormat": "json"}
ARROW_TYPES = {"queryResultFormat": "arrow"}


class Wire:
    """The application; `app` serves it."""

    def __init__(self, emulator: Emulator) -> None:
        self.sessions = Sessions(emulator)
        self.app = Starlette(
            routes=[
                Route("/session/v1/login-request", self._login, methods=["POST"]),
                Route("/session/token-request", self._renew, methods=["POST"]),
                Route("/session/heartbeat", self._heartbeat, methods=["POST"]),
                Route("/session", self._session, methods=["POST"]),
                Route("/queries/v1/query-request", self._query, methods=["POST"]),
                Route("/queries/v1/abort-request", self._abort, methods=["POST"]),
                Route("/queries/{query_id}/abort-request", self._abort_by_id, methods=["POST"]),
                Route("/queries/{query_id}/result", self._result),
                Route("/monitoring/queries/{query_id:path}", self._status),
                Route("/pieces/{query_id}/{number:int}", self._piece),
                Route("/telemetry/{rest:path}", _thanks, methods=["POST"]),
                Route("/_sandbox/expire", self._expire, methods=["POST"]),
            ],
            exception_handlers={Exception: _apologize},
        )

    async def _login(self, request: Request) -> Response:
        data = _mapping((await _body(request)).get("data"))
        if not _may_enter(data):
            return _refusal("390100", "Incorrect username or password was specified.")
        asked = request.query_params
        role = (asked.get("roleName") or ROLE).upper()
        if role not in ROLES:
            text = f"Role '{role}' specified in the connect string is not granted to this user."
            return _refusal("390189", text)
        parameters = _mapping(data.get("SESSION_PARAMETERS"))
        identity = Identity(
            user=str(data.get("LOGIN_NAME") or "PM_OS_SERVICE").upper(),
            role=role,
            warehouse=(asked.get("warehouse") or WAREHOUSE).upper(),
            account=ACCOUNT,
            session=0,
            reads_only=role == READ_ROLE,
        )
        database, schema = asked.get("databaseName"), asked.get("schemaName")
        if not database:
            database, schema = DATABASE, schema or SCHEMA
        autocommit = str(parameters.get("AUTOCOMMIT", True)).lower() != "false"
        session = self.sessions.open(database, schema, identity, autocommit=autocommit)
        return _success(
            {
                "token": session.token,
                "masterToken": session.master_token,
                "validityInSeconds": TOKEN_SECONDS,
                "masterValidityInSeconds": MASTER_SECONDS,
                "sessionId": identity.session,
                "serverVersion": SERVER_VERSION,
                "displayUserName": identity.user,
                "parameters": [
                    {"name": "AUTOCOMMIT", "value": autocommit},
                    {"name": "TIMEZONE", "value": "Etc/UTC"},
                    # Arrays of binds stay within the request; there is no stage that they could be put on.
                    {"name": "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", "value": 0},
                ],
                "sessionInfo": {
                    "databaseName": session.connection.database,
                    "schemaName": session.connection.schema,
                    "warehouseName": identity.warehouse,
                    "roleName": identity.role,
                },
            }
        )

    async def _renew(self, request: Request) -> Response:
        session = self.sessions.renew(_token(request))
        if session is None:
            return _refusal("390114", "Authentication token has expired. The user must authenticate again.")
        return _success(
            {
                "sessionToken": session.token,
                "validityInSecondsST": TOKEN_SECONDS,
                "masterToken": session.master_token,
                "validityInSecondsMT": MASTER_SECONDS,
                "sessionId": session.identity.session,
            }
        )

    async def _heartbeat(self, request: Request) -> Response:
        return _success(None) if self._who(request) else _expired()

    async def _session(self, request: Request) -> Response:
        session = self._who(request)
        if session is None:
            return _expired()
        if request.query_params.get("delete") == "true":
            await self.sessions.close(session)
        return _success(None)

    async def _query(self, request: Request) -> Response:
        session = self._who(request)
        if session is None:
            return _expired()
        body = await _body(request)
        parameters = {name.upper(): value for name, value in _mapping(body.get("parameters")).items()}
        request_id = request.query_params.get("requestId", "")
        # A request that comes again, because its answer was lost, must not run its statement again.
        statement = self.sessions.requested(request_id) if request_id else None
        apart = bool(body.get("asyncExec"))
        if statement is None:
            statement = self.sessions.submit(
                session,
                str(body.get("sqlText") or ""),
                cast("Mapping[str, Any] | None", body.get("bindings")),
                request_id,
                describe=bool(body.get("describeOnly")),
                apart=apart,
                seconds=_number(parameters.get("STATEMENT_TIMEOUT_IN_SECONDS")),
                tag=str(parameters.get("QUERY_TAG") or ""),
            )
            statement.most_rows = int(_number(parameters.get("ROWS_PER_RESULTSET")))
        if apart:
            return _underway(statement, "333334")
        return await self._answer(request, statement)

    async def _result(self, request: Request) -> Response:
        if self._who(request) is None:
            return _expired()
        statement = self.sessions.statement(request.path_params["query_id"])
        return await self._answer(request, statement) if statement else _failed(NO_RESULT)

    async def _answer(self, request: Request, statement: Statement) -> Response:
        """The result, or after a while that there is none yet; the client then asks for it by its id."""
        if statement.work is not None:
            await asyncio.wait({statement.work}, timeout=PATIENCE)
        if statement.failure is not None:
            return _failed(statement.failure, statement.query_id)
        if statement.outcome is None:
            return _underway(statement, "333333")
        return _success(_result_data(statement, statement.outcome, str(request.base_url)))

    async def _status(self, request: Request) -> Response:
        if self._who(request) is None:
            return _expired()
        statement = self.sessions.statement(request.path_params["query_id"].strip("/"))
        if statement is None:
            return _success({"queries": []})
        entry: dict[str, Any] = {"id": statement.query_id, "status": statement.status, "sqlText": statement.sql}
        if statement.failure is not None:
            entry |= {"errorCode": statement.failure.code, "errorMessage": statement.failure.message}
        return _success({"queries": [entry]})

    async def _abort(self, request: Request) -> Response:
        if self._who(request) is None:
            return _expired()
        return await self._stopped(self.sessions.requested(str((await _body(request)).get("requestId") or "")))

    async def _abort_by_id(self, request: Request) -> Response:
        if self._who(request) is None:
            return _expired()
        return await self._stopped(self.sessions.statement(request.path_params["query_id"]))

    async def _stopped(self, statement: Statement | None) -> Response:
        if statement is not None and await self.sessions.stop(statement):
            return _success(None)
        return _failed(Failure("000605", "57014", "Identified SQL statement is not currently executing."))

    async def _piece(self, request: Request) -> Response:
        """A part of a large result; like a presigned address, it asks for no token."""
        statement = self.sessions.statement(request.path_params["query_id"])
        outcome = statement.outcome if statement else None
        if outcome is None or outcome.table is None:
            return Response(status_code=404)
        start = FIRST_ROWS + request.path_params["number"] * PIECE_ROWS
        piece = await asyncio.to_thread(arrow_bytes, outcome, start, PIECE_ROWS)
        return Response(piece, media_type="application/octet-stream")

    async def _expire(self, request: Request) -> Response:  # noqa: ARG002 - what a route is given
        return _success({"sessions": self.sessions.expire()})

    def _who(self, request: Request) -> Session | None:
        return self.sessions.of(_token(request))


def _result_data(statement: Statement, outcome: Outcome, address: str) -> dict[str, Any]:
    connection = statement.session.connection
    data: dict[str, Any] = {
        "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
        "rowtype": outcome.rowtype,
        "total": 0,
        "returned": 0,
        "queryId": statement.query_id,
        "statementTypeId": outcome.type_id,
        "numberOfBinds": outcome.binds,
        "arrayBindSupported": True,
        "finalDatabaseName": connection.database,
        "finalSchemaName": connection.schema,
        "finalRoleName": statement.session.identity.role,
        "finalWarehouseName": statement.session.identity.warehouse,
        "version": 1,
    }
    if outcome.counts is not None:
        return data | JSON_TYPES | {"rowset": outcome.counts, "total": len(outcome.counts)}
    table = outcome.table
    if table is None:
        return data | ARROW_TYPES | {"rowsetBase64": ""}
    if statement.most_rows:
        table = outcome.table = table.slice(0, statement.most_rows)
    rows: int = table.num_rows
    first = base64.b64encode(arrow_bytes(outcome, 0, FIRST_ROWS)).decode()
    data |= ARROW_TYPES | {"rowsetBase64": first, "total": rows, "returned": rows}
    if rows > FIRST_ROWS:
        size = max(table.nbytes // rows, 1)
        pieces = [
            {
                "url": f"{address}pieces/{statement.query_id}/{number}",
                "rowCount": (count := min(PIECE_ROWS, rows - start)),
                "uncompressedSize": size * count,
                "compressedSize": size * count,
            }
            for number, start in enumerate(range(FIRST_ROWS, rows, PIECE_ROWS))
        ]
        data |= {"chunks": pieces, "chunkHeaders": {}, "qrmk": ""}
    return data


def _may_enter(data: Mapping[str, Any]) -> bool:
    """A key pair or a browser is believed; what is a secret has to be the right one."""
    kind = str(data.get("AUTHENTICATOR") or "SNOWFLAKE").upper()
    if kind == "SNOWFLAKE_JWT":
        return str(data.get("TOKEN") or "").count(".") == 2
    if kind in {"OAUTH", "PROGRAMMATIC_ACCESS_TOKEN"}:
        return data.get("TOKEN") == SANDBOX_TOKEN
    return SANDBOX_TOKEN in (data.get("PASSWORD"), data.get("TOKEN"))


async def _thanks(request: Request) -> Response:  # noqa: ARG001 - what a route is given
    return _success(None)


async def _apologize(request: Request, error: Exception) -> Response:  # noqa: ARG001 - what a handler is given
    """A client tries a 500 again for minutes; an error of SQL tells it at once."""
    return _failed(Failure("000603", "XX000", f"The sandbox failed over the request: {type(error).__name__}: {error}"))


async def _body(request: Request) -> dict[str, Any]:
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return cast("dict[str, Any]", json.loads(body or b"{}"))


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix('Snowflake Token="').removesuffix('"')


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _number(value: object) -> float:
    try:
        return max(float(str(value)), 0.0)
    except ValueError:
        return 0.0


def _success(data: object) -> Response:
    return JSONResponse({"data": data, "code": None, "message": None, "success": True})


def _refusal(code: str, message: str) -> Response:
    return JSONResponse({"data": {}, "code": code, "message": message, "success": False, "headers": None})


def _expired() -> Response:
    return _refusal("390112", "Your session has expired. Please login again.")


def _underway(statement: Statement, code: str) -> Response:
    data = {"queryId": statement.query_id, "getResultUrl": f"/queries/{statement.query_id}/result"}
    body = {"data": data, "code": code, "message": "Query execution in progress.", "success": True}
    return JSONResponse(body)


def _failed(failure: Failure, query_id: str | None = None) -> Response:
    data = {"errorCode": failure.code, "sqlState": failure.sql_state, "queryId": query_id, "internalError": False}
    return JSONResponse({"data": data, "code": failure.code, "message": failure.message, "success": False})
