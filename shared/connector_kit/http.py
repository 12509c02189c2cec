"""One async HTTP client for every service: authenticated, limited, retried, failing in our words.

What the service may do wrong is decided in `retry` (what is repeated, and when), `limits` (when nothing is
sent), `addresses` (where a request may go), `transmission` (one exchange on the wire) and `failures` (what is
told about it); this module runs them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import anyio
import httpx2

from connector_kit import failures, trace
from connector_kit.addresses import Params, base_address, checked_headers, encode_json, origin, segment
from connector_kit.bodies import Body
from connector_kit.call import Call, Redirects
from connector_kit.errors import BadAnswer, RateLimited, ServiceError
from connector_kit.limits import CircuitBreaker, TokenBucket
from connector_kit.policy import HttpPolicy
from connector_kit.replies import Exchange, Reply, StreamedReply, error_for, explain_by_status
from connector_kit.retry import REPEATABLE_METHODS, is_ambiguous
from connector_kit.transmission import Wire, streamed_chunks

__all__ = [
    "Exchange",
    "HttpClient",
    "HttpPolicy",
    "Params",
    "Reply",
    "StreamedReply",
    "error_for",
    "explain_by_status",
    "segment",
]

Explain = Callable[[Reply], ServiceError]
OnUnauthorized = Callable[[Reply], Awaitable[bool]]
_DEFAULT_POLICY = HttpPolicy()


class HttpClient:
    """The client of one service: every request to it goes through here.

    A request waits for its turn (rate limit), is not sent while the circuit is open, is repeated where that is
    safe, and ends within `policy.total_timeout` seconds, or when the time of the tool call around it is up.
    Credentials (`auth`) go to the origin of `base_url` only. `explain` turns an answer of status 400 or more into
    an error; the default goes by status.

    `lanes` are narrower budgets besides the general one: name -> requests a minute. `headers` go with every
    request. `on_exchange` sees each exchange after it ended, without credentials, and must not raise.

    `settle`, where given, is awaited before the first request and answers the base address to use from then on, at
    the same origin; what it raises ends the request, and the next one asks again.

    `on_unauthorized` is awaited when the service answers 401, at most once a request: True means that the
    credentials were renewed (or `rebase` was called) and the request is sent once more. Concurrent 401s are
    answered by one call of it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        service: str,
        auth: httpx2.Auth | None = None,
        policy: HttpPolicy = _DEFAULT_POLICY,
        explain: Explain | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        lanes: Mapping[str, float] | None = None,
        headers: Mapping[str, str] | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        on_unauthorized: OnUnauthorized | None = None,
        settle: Callable[[], Awaitable[str]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is opened before the first request. Raises NotConfigured for an unusable `base_url`."""
        self.service = service
        self._plain_http = transport is not None
        self._base = base_address(base_url, plain_http=self._plain_http)
        self._auth = auth
        self._policy = policy
        self._explain: Explain = explain or partial(explain_by_status, service=service)
        self._headers = checked_headers(headers or {})
        self._on_unauthorized = on_unauthorized
        self._sleep = sleep
        self._clock = clock
        self._wire = Wire(service, policy, transport, on_exchange)
        self._bucket = TokenBucket(policy.requests_per_minute, policy.burst, clock=clock)
        self._lanes = {name: TokenBucket(rate, clock=clock) for name, rate in (lanes or {}).items()}
        self._breaker = self._new_breaker()
        self._settle = settle
        self._renewal = anyio.Lock()
        self._generation = 0  # counts renewals of address or credentials

    def _new_breaker(self) -> CircuitBreaker:
        return CircuitBreaker(self._policy.breaker_failures, self._policy.breaker_pause, clock=self._clock)

    @property
    def base_url(self) -> str:
        """The address that paths are relative to, without a slash at its end."""
        return str(self._base).rstrip("/")

    def rebase(self, base_url: str, auth: httpx2.Auth | None = None) -> None:
        """Go on at another address, with the credentials given for it and no others.

        Raises NotConfigured for an unusable address.
        """
        base = base_address(base_url, plain_http=self._plain_http)
        if origin(base) != origin(self._base):
            self._breaker = self._new_breaker()
        self._base, self._auth = base, auth
        self._generation += 1

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object | None = None,
        content: bytes | Body | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        lane: str = "",
        redirects: Redirects = True,
    ) -> Reply:
        """Send a request below the base address and return the complete answer, its status below 400.

        `path` begins with "/" and has no query: that is `params`. `json` or `content` is the body; a `Body` is
        sent in pieces, anew with each try.
        `repeatable` says whether sending twice does no more than sending once; None decides by method, and a
        POST that only reads should say True. `lane` names a budget given at construction. `redirects` says
        whether they are followed: False gives them back as the answer; a function gets the name of another host
        and decides. Credentials never go there.

        Raises InvalidInput for a path, header or body that cannot be sent; RateLimited, Unavailable or
        TimedOut when the service cannot be used now; OutcomeUnknown when a request that must not be repeated
        may have been carried out; BadAnswer for a body beyond `policy.max_body` or a redirect that is not
        followed; else what `explain` makes of the answer.
        """
        call = self._call(method, path, params, json, content, headers, repeatable, lane, redirects)
        reply, _ = await self._run(call)
        return reply

    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object | None = None,
        content: bytes | Body | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        lane: str = "",
        redirects: Redirects = True,
    ) -> AbstractAsyncContextManager[StreamedReply]:
        """Send a request and read its answer in pieces, inside `async with`; for bodies of any size.

        Parameters and errors as in `request`, except that `policy.max_body` holds for error bodies only.
        The whole, reading included, ends within `policy.total_timeout`.
        """
        return self._stream(self._call(method, path, params, json, content, headers, repeatable, lane, redirects))

    async def aclose(self) -> None:
        """Close all connections; the client can be used again afterwards."""
        await self._wire.aclose()

    def _call(
        self,
        method: str,
        path: str,
        params: Params | None,
        json: object | None,
        content: bytes | Body | None,
        headers: Mapping[str, str] | None,
        repeatable: bool | None,
        lane: str,
        redirects: Redirects,
    ) -> Call:
        method = method.upper()
        if json is not None and content is not None:
            raise ValueError("a request has one body: json or content")
        if lane and lane not in self._lanes:
            raise ValueError(f"no such lane: {lane}")
        sent = {"Accept": "application/json", **self._headers, **checked_headers(headers or {})}
        body = content
        if json is not None:
            body = encode_json(json)
            sent = {"Content-Type": "application/json", **sent}
        if isinstance(body, Body):
            sent = {"Content-Type": body.media_type, "Content-Length": str(body.size), **sent}
        call = Call(
            method=method,
            path=path,
            params=params,
            headers=sent,
            body=body,
            repeatable=method in REPEATABLE_METHODS if repeatable is None else repeatable,
            lane=lane,
            started=self._clock(),
            seconds=min(self._policy.total_timeout, trace.seconds_left()),
            redirects=redirects,
        )
        call.url(self._base)  # nothing may wait for its turn only to be refused
        return call

    @asynccontextmanager
    async def _stream(self, call: Call) -> AsyncGenerator[StreamedReply]:
        call.streamed = True
        deadline = anyio.current_time() + call.seconds
        reply, response = await self._run(call)
        assert response is not None
        try:
            chunks = partial(streamed_chunks, response, deadline, self.service, call)
            yield StreamedReply(reply.status, reply.headers, call.method, call.path, chunks)
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()

    async def _run(self, call: Call) -> tuple[Reply, httpx2.Response | None]:
        if self._time_to_wait(call) <= 0:
            # Sent now, it would be cut off in the middle, and nobody would know what became of it.
            raise failures.no_time_left(self.service, call)
        with anyio.move_on_after(call.seconds) as call.scope:
            return await self._attempts(call)
        if call.refusal is not None:  # the status was there, only its explanation dripped on
            raise self._answered(call, call.refusal)
        if call.in_flight:
            raise failures.deadline_passed(self.service, call)
        raise call.failure or failures.no_time_left(self.service, call)

    async def _attempts(self, call: Call) -> tuple[Reply, httpx2.Response | None]:
        """Send until there is an answer worth having, or none to hope for."""
        await self._settled()
        backoff = self._policy.backoff
        while True:
            await self._turn(call)
            try:
                reply, response = await self._attempt(call)
            except httpx2.TransportError as error:
                sent = failures.was_sent(error)
                call.failure = failures.broken(self.service, call, error)
                call.doubtful = call.doubtful or sent
                wait = backoff.after_failure(
                    sent=sent,
                    tries=call.tries,
                    repeatable=call.repeatable,
                    remaining=self._time_to_wait(call),
                )
                if wait is None or failures.is_hopeless(error):
                    raise call.failure from error
            else:
                if reply.status < 400:
                    return reply, response
                if reply.status == 401 and call.host == self._base.host and await self._renewed(call, reply):
                    continue
                call.failure = self._answered(call, reply)
                call.doubtful = call.doubtful or is_ambiguous(reply.status, reply.headers)
                wait = backoff.after_answer(
                    reply.status,
                    reply.headers,
                    tries=call.tries,
                    repeatable=call.repeatable,
                    remaining=self._time_to_wait(call),
                )
                if wait is None:
                    raise call.failure
            await self._sleep(wait)

    async def _attempt(self, call: Call) -> tuple[Reply, httpx2.Response | None]:
        """One try, whose end the circuit breaker learns."""
        breaker = self._breaker
        token = breaker.enter()
        worked: bool | None = None
        call.begin_try(self._generation)
        try:
            reply, response = await self._wire.exchange(call, call.url(self._base), self._auth)
            worked = reply.status < 500
            call.in_flight = False
            return reply, response
        except httpx2.TransportError:
            call.in_flight = worked = False
            raise
        except BadAnswer:
            worked = True
            raise
        except anyio.get_cancelled_exc_class():
            # Our own deadline is a failure of the service, unless it was cut short by what the calling tool did
            # before; a caller who loses interest says nothing about it.
            whole = call.seconds >= self._policy.total_timeout
            worked = False if call.scope.cancel_called and whole else None
            raise
        finally:
            breaker.leave(token, worked)

    async def _settled(self) -> None:
        if self._settle is None:
            return
        async with self._renewal:
            if self._settle is not None:
                base = base_address(await self._settle(), plain_http=self._plain_http)
                if origin(base) != origin(self._base):
                    raise ValueError("credentials must stay with the origin they are for")
                self._base, self._settle = base, None

    async def _turn(self, call: Call) -> None:
        """Wait until the rate limits and the circuit let the call out; raise if that would take too long."""
        self._refuse_if_open(call)
        buckets = [self._bucket, *([self._lanes[call.lane]] if call.lane else [])]
        wait = max(bucket.take() for bucket in buckets)
        made = False
        try:
            if wait > 0:
                if wait > self._time_to_wait(call):
                    raise call.failure or RateLimited(
                        f"{self.service} is called as often as its limit allows; this call was not sent.",
                        next_step=f"Try again in {max(1, round(wait))} s.",
                        retry_after=wait,
                    )
                await self._sleep(wait)
                self._refuse_if_open(call)
            made = True
        finally:
            if not made:
                for bucket in buckets:
                    bucket.give_back()

    def _refuse_if_open(self, call: Call) -> None:
        wait = self._breaker.refusal()
        if wait is not None:
            raise call.failure or failures.circuit_open(self.service, self._breaker.failures, wait)

    def _time_to_wait(self, call: Call) -> float:
        """Seconds that may be waited so that enough of the total is left for one more try."""
        reserve = min(self._policy.connect_timeout, self._policy.total_timeout / 10)
        return call.seconds - (self._clock() - call.started) - reserve

    def _answered(self, call: Call, reply: Reply) -> ServiceError:
        return failures.answered(call, reply, self._explain(reply))

    async def _renewed(self, call: Call, reply: Reply) -> bool:
        """Whether there are other credentials than those that were refused; asks for them once a call."""
        if self._on_unauthorized is None or call.renewed:
            return False
        if self._renewal.statistics().owner == anyio.get_current_task():
            return False  # the renewal's own request was refused
        async with self._renewal:
            if self._generation == call.generation:
                if not await self._on_unauthorized(reply):
                    return False
                self._generation += 1
        call.renewed = True
        call.tries -= 1  # it was refused before it ran, and differs from what is sent now
        return True
