"""Sessions and the statements that run in them: one at a time, stopped on request or after their time."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from emulator import Emulator, Outcome, run
from failures import CANCELED, Failure, timed_out
from identity import Identity

KEPT_STATEMENTS = 200
KEPT_BYTES = 256 * 2**20
POKE_SECONDS = 0.05


@dataclass(slots=True)
class Session:
    """Somebody who is logged in, and their connection to the emulator, which does one thing at a time."""

    token: str
    master_token: str
    identity: Identity
    connection: Any
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Statement:
    """A statement from its arrival on; `outcome` or `failure` is set once it is over."""

    query_id: str
    request_id: str
    session: Session
    sql: str
    connection: Any
    tag: str = ""
    arrived: float = field(default_factory=time.time)
    ended: float | None = None
    outcome: Outcome | None = None
    failure: Failure | None = None
    most_rows: int = 0
    stopped: Failure | None = None
    work: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether it has come to an end."""
        return self.outcome is not None or self.failure is not None

    @property
    def status(self) -> str:
        """As the monitoring route names it."""
        if self.outcome is not None:
            return "SUCCESS"
        if self.failure is None:
            return "RUNNING"
        return "FAILED_WITH_ERROR" if self.failure.code not in {CANCELED.code, "000630"} else "ABORTED"

    def record(self) -> dict[str, str | int | None]:
        """As the history of queries has it."""
        identity = self.session.identity
        until = self.ended or time.time()
        table = self.outcome.table if self.outcome else None
        return {
            "QUERY_ID": self.query_id,
            "QUERY_TEXT": self.sql,
            "DATABASE_NAME": self.connection.database,
            "SCHEMA_NAME": self.connection.schema,
            "QUERY_TYPE": (self.sql.split(None, 1) or [""])[0].upper(),
            "SESSION_ID": identity.session,
            "USER_NAME": identity.user,
            "ROLE_NAME": identity.role,
            "WAREHOUSE_NAME": identity.warehouse,
            "QUERY_TAG": self.tag,
            "EXECUTION_STATUS": "FAILED_WITH_ERROR" if self.failure else self.status,
            "ERROR_CODE": self.failure.code if self.failure else None,
            "ERROR_MESSAGE": self.failure.message if self.failure else None,
            "START_TIME": _moment(self.arrived),
            "END_TIME": _moment(self.ended) if self.ended else None,
            "TOTAL_ELAPSED_TIME": round((until - self.arrived) * 1000),
            "BYTES_SCANNED": 0,
            "ROWS_PRODUCED": table.num_rows if table is not None else 0,
            "QUEUED_OVERLOAD_TIME": 0,
        }


class Sessions:
    """All sessions and the statements of late."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._by_token: dict[str, Session] = {}
        self._statements: dict[str, Statement] = {}
        self._logins = 0

    def open(self, database: str | None, schema: str | None, identity: Identity, *, autocommit: bool = True) -> Session:
        """Log somebody in."""
        self._logins += 1
        identity.session = 1000 + self._logins
        connection = self._emulator.connect(database, schema, identity, autocommit=autocommit)
        session = Session(secrets.token_urlsafe(24), secrets.token_urlsafe(24), identity, connection)
        self._by_token[session.token] = session
        return session

    def of(self, token: str) -> Session | None:
        """The session that a token belongs to."""
        return self._by_token.get(token)

    def renew(self, master_token: str) -> Session | None:
        """Give a session a new token; the former ceases to work."""
        for session in list(self._by_token.values()):
            if secrets.compare_digest(session.master_token, master_token):
                del self._by_token[session.token]
                session.token = secrets.token_urlsafe(24)
                self._by_token[session.token] = session
                return session
        return None

    def expire(self) -> int:
        """Let every session token run out; the master tokens still renew them. Returns how many."""
        count = len(self._by_token)
        for session in list(self._by_token.values()):
            del self._by_token[session.token]
            session.token = secrets.token_urlsafe(24)
            self._by_token[session.token] = session
        return count

    async def close(self, session: Session) -> None:
        """Log somebody out; what they left running is stopped."""
        self._by_token.pop(session.token, None)
        for statement in list(self._statements.values()):
            if statement.session is session and statement.connection is session.connection and not statement.over:
                await self.stop(statement)
        async with session.turn:
            session.connection.close()

    async def stop_all(self) -> None:
        """Stop every statement; one that ran on would keep the process from ending."""
        for statement in list(self._statements.values()):
            await self.stop(statement)

    def submit(
        self,
        session: Session,
        sql: str,
        bindings: Mapping[str, Any] | None,
        request_id: str,
        *,
        describe: bool = False,
        apart: bool = False,
        seconds: float = 0,
        tag: str = "",
    ) -> Statement:
        """Start a statement; `apart` does not keep its session from others; `seconds` is how long it may run."""
        connection = self._emulator.twin(session.connection) if apart else session.connection
        connection.past = self.past
        statement = Statement(str(uuid.uuid4()), request_id, session, sql, connection, tag)
        self._forget()
        self._statements[statement.query_id] = statement
        turn = asyncio.Lock() if apart else session.turn
        statement.work = asyncio.create_task(_carry_out(statement, bindings, turn, describe=describe, seconds=seconds))
        return statement

    def _forget(self) -> None:
        """Let go of the oldest statements that are over: there are too many, or their results are too large."""
        room = KEPT_BYTES
        for kept, statement in enumerate(reversed(list(self._statements.values()))):
            room -= statement.outcome.size if statement.outcome else 0
            if statement.over and (room < 0 or kept >= KEPT_STATEMENTS):
                del self._statements[statement.query_id]
                self._emulator.forget(statement.query_id)

    def past(self) -> list[dict[str, str | int | None]]:
        """The statements of late, the newest first."""
        return [statement.record() for statement in reversed(list(self._statements.values()))]

    def statement(self, query_id: str) -> Statement | None:
        """A statement by its query id."""
        return self._statements.get(query_id)

    def requested(self, request_id: str) -> Statement | None:
        """A statement by the id of the request that brought it."""
        return next((each for each in self._statements.values() if each.request_id == request_id), None)

    async def stop(self, statement: Statement, why: Failure = CANCELED) -> bool:
        """Stop a statement; whether it was still running."""
        if statement.over:
            return False
        statement.stopped = statement.stopped or why
        if statement.work is not None:
            await _poked(statement)
        return True


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ", timespec="milliseconds")


async def _carry_out(
    statement: Statement, bindings: Mapping[str, Any] | None, turn: asyncio.Lock, *, describe: bool, seconds: float
) -> None:
    async with turn:
        if statement.stopped:
            statement.failure, statement.ended = statement.stopped, time.time()
            return
        work = asyncio.ensure_future(
            asyncio.to_thread(run, statement.connection, statement.sql, bindings, statement.query_id, describe=describe)
        )
        watch = asyncio.create_task(_watched(statement, seconds)) if seconds else None
        try:
            outcome = await work
            # A statement that was stopped when it was already done is done.
            statement.ended = time.time()
            statement.outcome = outcome
        except Failure as failure:
            statement.ended = time.time()
            statement.failure = statement.stopped or failure
        finally:
            if watch:
                watch.cancel()


async def _watched(statement: Statement, seconds: float) -> None:
    await asyncio.sleep(seconds)
    statement.stopped = statement.stopped or timed_out(seconds)
    await _poked(statement)


async def _poked(statement: Statement) -> None:
    """Interrupt until it is over: what has not yet begun does not hear the first time."""
    while statement.work is not None and not statement.over and not statement.work.done():
        with suppress(Exception):
            statement.connection._duck_conn.interrupt()
        await asyncio.sleep(POKE_SECONDS)
