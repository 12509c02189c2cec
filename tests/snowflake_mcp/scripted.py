"""A Snowflake account that says what a test tells it to, over the wire that the real connector speaks.

    async with Scripted() as account:
        account.answer("FROM orders", columns=["ID", ("TOTAL", "NUMBER(10,2)")], rows=[("A-1", Decimal("9.50"))])
        account.fail("FROM nowhere", "002003", "42S02", "SQL compilation error: Object 'NOWHERE' does not exist")
        connection = await aio.connect(**account.arguments())
        assert account.statements[-1].tag == ...

For what the stand-in cannot do, and for everything that goes wrong between a client and an account. The rule that was
added last is asked first. What no rule answers fails and is kept in `unanswered`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from connector_kit.testing.faults import Fault, FaultServer, ReceivedRequest
from snowflake_mcp.settings import SnowflakeSettings

from . import scripted_replies as replies
from .scripted_rules import Pattern, Rows, Rule, Session, Stated
from .wire_rows import ColumnSpec, bound

__all__ = ["ACCOUNT", "TOKEN", "USER", "Login", "Scripted", "Session", "Stated"]

ACCOUNT = "PM_OS-SCRIPTED"
USER = "PM_OS_SERVICE"
TOKEN = "pat-5f0c9e7b1d"  # as secret as a token can be in a test
PATIENCE = 0.3
"""Seconds that a request for the result of a hanging statement waits before it is told to ask again."""

Route = Literal["login", "renew", "query", "result", "status", "abort", "chunk", "session", "heartbeat", "oauth"]
_ROUTES: tuple[tuple[str, Route], ...] = (
    ("/session/v1/login-request", "login"),
    ("/session/token-request", "renew"),
    ("/session/heartbeat", "heartbeat"),
    ("/oauth/token-request", "oauth"),
    ("/queries/v1/query-request", "query"),
    ("/monitoring/queries/", "status"),
    ("/chunks/", "chunk"),
    ("/session", "session"),
)


@dataclass(frozen=True)
class Login:
    """An attempt to sign in: how, with which secret, for which role and place."""

    authenticator: str
    user: str
    secret: str
    asked: Mapping[str, str]
    data: Mapping[str, Any]


class Scripted:
    """The account; an async context manager.

    `statements`, `logins`, `aborts` and `renewals` are what happened, in order; `unanswered` the SQL that no rule knew.
    `passwords` and `oauth_tokens` are what may sign in. `grants` are the access tokens that /oauth/token-request gives
    out, one after the other; each may sign in from then on.
    """

    def __init__(self) -> None:
        self.server = FaultServer(answering=self._respond)
        self.statements: list[Stated] = []
        self.logins: list[Login] = []
        self.aborts: list[Stated] = []
        self.unanswered: list[str] = []
        self.renewals = 0
        self.closed: list[Session] = []
        self.passwords = {TOKEN}
        self.oauth_tokens: set[str] = set()
        self.grants: deque[str] = deque()
        self._rules = replies.usual_rules()
        self._masters: dict[str, Session] = {}
        self._tokens: dict[str, Session] = {}
        self._expired: dict[str, str] = {}
        self._refusals: deque[tuple[str, str, int | None]] = deque()
        self._faults: dict[Route, deque[tuple[Fault, bool]]] = {}
        self._happened = asyncio.Condition()
        self._made = 0

    # -- how to reach it

    @property
    def url(self) -> str:
        """Its address, like http://127.0.0.1:40123."""
        return self.server.url

    def arguments(self, **others: object) -> dict[str, Any]:
        """What `snowflake.connector.aio.connect` takes to sign in here."""
        return {
            "account": ACCOUNT,
            "user": USER,
            "authenticator": "PROGRAMMATIC_ACCESS_TOKEN",
            "token": TOKEN,
            "host": "127.0.0.1",
            "port": urlsplit(self.url).port,
            "protocol": "http",
            "use_proxy_env": False,
            "paramstyle": "qmark",
            "login_timeout": 10,
            "client_store_temporary_credential": False,
            "enable_server_session_keep_alive_auto_detection": False,
            **others,
        }

    def settings(self, **overrides: Any) -> SnowflakeSettings:
        """Settings of a server that signs in here."""
        given: dict[str, Any] = {
            "account_identifier": ACCOUNT,
            "user": USER,
            "token": SecretStr(TOKEN),
            "api_url": self.url,
        }
        return SnowflakeSettings(**(given | overrides))

    # -- what it answers

    def answer(
        self,
        pattern: Pattern,
        columns: Sequence[ColumnSpec] = (),
        rows: Rows | Callable[[Stated], Rows] = (),
        *,
        changed: int | None = None,
        polls: int = 0,
        hangs: bool = False,
        chunk_rows: int = 0,
        first_rows: int = 0,
        kind: int | None = None,
        times: int | None = None,
    ) -> Rule:
        """Answer the statements that `pattern` means with rows, or with `changed` rows for one that changes some.

        It runs on for `polls` questions after its result, or for ever with `hangs`. With `chunk_rows` the rows after
        the first `first_rows` come in pieces of that size. `kind` is the number of the type of statement, where the
        first word does not tell. Only the first `times` of them are meant, if given.
        """
        rule = Rule(pattern, columns, rows, changed, None, polls, hangs, chunk_rows, first_rows, kind, times)
        self._rules.append(rule)
        return rule

    def fail(
        self, pattern: Pattern, code: str, sqlstate: str, message: str, *, polls: int = 0, times: int | None = None
    ) -> Rule:
        """Let the statements that `pattern` means fail."""
        rule = Rule(pattern, failure=(code, sqlstate, message), polls=polls, times=times)
        self._rules.append(rule)
        return rule

    # -- what goes wrong

    def fault(self, route: Route, *faults: Fault, carried_out: bool = False) -> None:
        """Answer the next requests of a kind with these; with `carried_out` after the request had its effect."""
        self._faults.setdefault(route, deque()).extend((fault, carried_out) for fault in faults)

    def forget_faults(self) -> None:
        """Answer from now on as if no fault had been asked for."""
        self._faults.clear()

    def refuse_logins(self, code: str, message: str = "", *, times: int | None = None) -> None:
        """Refuse the next `times` logins, or all from now on."""
        self._refusals.append((code, message or replies.LOGIN_REFUSALS.get(code, "Login refused."), times))

    def forget_refusals(self) -> None:
        """Take logins again."""
        self._refusals.clear()

    def expire(self, *, masters: bool = False, code: str = "390112") -> None:
        """Let all sessions' tokens expire; with `masters` also what renews them, so that only a new login helps."""
        self._expired.update(dict.fromkeys(self._tokens, code))
        self._tokens.clear()
        if masters:
            self._masters.clear()

    def finish(self, statement: Stated, rule: Rule | None = None) -> None:
        """End a statement that hangs: as its own rule says from now on, or as another does."""
        if rule is not None:
            statement.rule = rule
        statement.polls_left = 0
        statement.over.set()

    async def until(self, happened: Callable[[], object], timeout: float = 60.0) -> None:
        """Wait until something is true; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout), self._happened:
            await self._happened.wait_for(lambda: bool(happened()))

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.server.__aexit__(kind, error, traceback)

    # -- the wire

    async def _respond(self, request: ReceivedRequest) -> Fault:
        route = _route(request.path)
        queued = self._faults.get(route) if route else None
        fault, carried_out = queued.popleft() if queued else (None, True)
        answer = fault
        if carried_out:
            answer = await self._carried_out(route, request)
        async with self._happened:
            self._happened.notify_all()
        if fault is not None:
            return fault
        assert answer is not None
        return answer

    async def _carried_out(self, route: Route | None, request: ReceivedRequest) -> Fault:
        match route:
            case "login":
                return self._login(request)
            case "oauth":
                return self._granted()
            case "renew":
                return self._renew(request)
            case "chunk":
                return self._chunk(request.path)
            case None:
                return replies.success(None)
            case _:
                return await self._within_session(route, request)

    async def _within_session(self, route: Route, request: ReceivedRequest) -> Fault:
        token = replies.token_of(request)
        session = self._tokens.get(token)
        if session is None:
            return replies.refused(self._expired.get(token, "390104"))
        match route:
            case "query":
                return await self._query(request, session)
            case "result":
                statement = self._by_id(request.path.split("/")[2])
                return await self._result(statement) if statement else replies.unknown_query()
            case "status":
                return replies.status(self._by_id(request.path.strip("/").rsplit("/", 1)[-1]))
            case "abort":
                return self._abort(request)
            case "session" if dict(request.query).get("delete") == "true":
                session.closed = True
                self.closed.append(session)
                self._tokens.pop(token)
            case _:
                pass
        return replies.success(None)

    def _login(self, request: ReceivedRequest) -> Fault:
        data = replies.data_of(request)
        way = str(data.get("AUTHENTICATOR") or "SNOWFLAKE").upper()
        secret = str(data.get("TOKEN") or data.get("PASSWORD") or "")
        asked = dict(request.query)
        self.logins.append(Login(way, str(data.get("LOGIN_NAME") or ""), secret, asked, data))
        if self._refusals:
            code, message, times = self._refusals.popleft()
            if times is None or times > 1:
                self._refusals.appendleft((code, message, None if times is None else times - 1))
            return replies.refused(code, message)
        if way == "OAUTH" and secret not in self.oauth_tokens:
            return replies.refused("390318")
        if way in {"SNOWFLAKE", "PROGRAMMATIC_ACCESS_TOKEN"} and secret not in self.passwords:
            return replies.refused("390100" if way == "SNOWFLAKE" else "394400")
        self._made += 1
        session = Session(
            self._made,
            str(data.get("LOGIN_NAME") or USER).upper(),
            asked.get("roleName") or "PM_OS_ANALYST",
            asked.get("warehouse"),
            asked.get("databaseName"),
            asked.get("schemaName"),
            dict(data.get("SESSION_PARAMETERS") or {}),
        )
        self._opened(session)
        return replies.logged_in(session)

    def _opened(self, session: Session) -> None:
        """Give a session its tokens."""
        number = f"{session.number}-{self.renewals}"
        session.token, session.master = f"session-token-{number}-b81c", f"master-token-{number}-77af"
        self._tokens[session.token] = session
        self._masters[session.master] = session

    def _granted(self) -> Fault:
        if not self.grants:
            return Fault.json({"error": "invalid_grant", "message": "The refresh token is invalid."}, 400)
        token = self.grants.popleft()
        self.oauth_tokens.add(token)
        return Fault.json(
            {"access_token": token, "refresh_token": "refresh-9d2e", "token_type": "Bearer", "expires_in": 599}
        )

    def _renew(self, request: ReceivedRequest) -> Fault:
        session = self._masters.pop(replies.token_of(request), None)
        if session is None:
            return replies.refused("390114")
        self.renewals += 1
        self._opened(session)
        return replies.renewed(session)

    async def _query(self, request: ReceivedRequest, session: Session) -> Fault:
        request_id = dict(request.query).get("requestId", "")
        body = replies.body_of(request)
        statement = next((known for known in self.statements if request_id and known.request_id == request_id), None)
        if statement is not None:
            statement.arrivals += 1
        else:
            number = len(self.statements) + 1
            statement = Stated(
                sql=str(body.get("sqlText") or ""),
                session=session,
                request_id=request_id,
                query_id=f"01c00000-0000-{number:04d}-0000-000000000000",
                binds=bound(body.get("bindings")),
                bindings=body.get("bindings"),
                parameters=replies.parameters_of(body),
                describe=bool(body.get("describeOnly")),
                apart=bool(body.get("asyncExec")),
            )
            self.statements.append(statement)
            self._start(statement)
            async with self._happened:
                self._happened.notify_all()
        if statement.apart:
            return replies.underway(statement, "333334")
        return await self._result(statement)

    def _start(self, statement: Stated) -> None:
        rule = next((rule for rule in reversed(self._rules) if rule.meant(statement)), None)
        if rule is None:
            self.unanswered.append(statement.sql)
            rule = replies.nothing_scripted(statement)
        rule.used += 1
        statement.rule = rule
        statement.polls_left = rule.polls
        replies.take_effect(statement)
        if not rule.hangs or statement.describe:
            statement.over.set()

    async def _result(self, statement: Stated) -> Fault:
        if not statement.over.is_set():
            try:
                await asyncio.wait_for(statement.over.wait(), PATIENCE)
            except TimeoutError:
                return replies.underway(statement, "333333")
        if statement.polls_left and not statement.aborted:
            statement.polls_left -= 1
            return replies.underway(statement, "333333")
        return replies.result(statement, self.url)

    def _chunk(self, path: str) -> Fault:
        query_id, number = path.strip("/").split("/")[1:3]
        statement = self._by_id(query_id)
        return replies.chunk(statement, int(number)) if statement else Fault(404)

    def _abort(self, request: ReceivedRequest) -> Fault:
        if request.path.startswith("/queries/v1/"):
            asked = str(replies.body_of(request).get("requestId") or "")
            statement = next((known for known in self.statements if known.request_id == asked), None)
        else:
            statement = self._by_id(request.path.split("/")[2])
        if statement is None or statement.aborted or (statement.over.is_set() and not statement.polls_left):
            return replies.nothing_to_abort()
        statement.aborted = True
        statement.over.set()
        self.aborts.append(statement)
        return replies.success(None)

    def _by_id(self, query_id: str) -> Stated | None:
        return next((known for known in self.statements if known.query_id == query_id), None)


def _route(path: str) -> Route | None:
    if path.startswith("/queries/") and path.endswith("/abort-request"):
        return "abort"
    if path.startswith("/queries/") and path.endswith("/result"):
        return "result"
    return next((route for start, route in _ROUTES if path.startswith(start)), None)
