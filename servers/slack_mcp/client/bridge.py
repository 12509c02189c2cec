"""slack-sdk as a catalogue of methods: it names parameters and their encoding, our client sends them.

The library is synchronous, or needs a second HTTP stack, and repeats posts after a broken connection. Every one of
its methods is a single request, so that it is enough to let it build that request and stop there. Reading methods
are sent as forms by POST like all others: Slack takes both, and what was searched for stays out of addresses.
"""

import functools
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol
from urllib.parse import urlencode

import anyio
import anyio.to_thread

from connector_kit.errors import InvalidInput, OutcomeUnknown, RateLimited, ServiceError
from connector_kit.http import HttpClient, HttpPolicy, Reply
from connector_kit.retry import asked_wait
from connector_kit.wire import JsonObject, as_object, as_text
from slack_mcp.client.rates import PER_MINUTE
from slack_mcp.client.refusals import PASSING, TOKEN_REFUSED, explain_refusal

FORM = "application/x-www-form-urlencoded;charset=utf-8"
JSON = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class MethodCall:
    """A call as the library would send it: `arguments` as a form or, with `as_json`, as a JSON body."""

    method: str
    arguments: Mapping[str, object]
    as_json: bool = False


class _Captured(Exception):  # noqa: N818 - no failure: the way out of the library's code
    def __init__(self, call: MethodCall) -> None:
        super().__init__(call.method)
        self.call = call


def _capture(
    _client: object,
    api_method: str,
    *,
    params: Mapping[str, object] | None = None,
    data: Mapping[str, object] | None = None,
    json: Mapping[str, object] | None = None,
    **_ignored: object,
) -> NoReturn:
    """Stands where the library would send; its verbs, headers and retries are ours to decide."""
    given = json if json is not None else {**(params or {}), **(data or {})}
    arguments = {name: value for name, value in given.items() if value is not None}
    raise _Captured(MethodCall(api_method, arguments, as_json=json is not None))


@functools.cache
def _catalogue() -> Any:
    """An object of the library's client that records instead of sending. Takes 100 ms the first time."""
    from slack_sdk import WebClient

    return type("RecordingClient", (WebClient,), {"api_call": _capture})()


def describe(method: str, **arguments: object) -> MethodCall:
    """The call that the library builds for a method by Slack's name; nothing is sent.

    A method that the library does not know is called with the arguments as they are.
    """
    wrapper = getattr(_catalogue(), method.replace(".", "_"), None)
    if wrapper is None:
        return MethodCall(method, {name: value for name, value in arguments.items() if value is not None})
    try:
        wrapper(**arguments)
    except _Captured as captured:
        return captured.call
    raise RuntimeError(f"{method} built no request")


class Login(Protocol):
    """A login whose access token changes."""

    async def access_token(self) -> str:
        """The token to use now."""
        ...

    async def renew(self, rejected: str, /) -> bool:
        """Get another in the place of a token that was refused; False if there is none."""
        ...


class Bridge:
    """Calls Slack's methods through an `HttpClient` whose base address is that of the API.

    `name_of` tells how to call a channel id in an error. Where the token is that of a `login`, another is got once
    when Slack refuses it: with status 200, so that the transport cannot see it.
    """

    def __init__(
        self,
        http: HttpClient,
        policy: HttpPolicy,
        *,
        name_of: Callable[[str], str],
        login: Login | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._http = http
        self._backoff = policy.backoff
        self._name_of = name_of
        self._login = login
        self._sleep = sleep
        self._loaded = False

    async def call(
        self, method: str, *, repeatable: bool, accept: Collection[str] = (), **arguments: object
    ) -> JsonObject:
        """The answer of a method, whose `ok` is true. None among the arguments is left out.

        `repeatable` says whether calling twice does no more than calling once: True for what only reads. A refusal
        whose code is among `accept` is returned like an answer.

        Raises ServiceError as `HttpClient.request` does, and what a refusal means.
        """
        if not self._loaded:
            # The import must not hold up the event loop, nor a caller who has lost interest.
            await anyio.to_thread.run_sync(_catalogue, abandon_on_cancel=True)
            self._loaded = True
        call = describe(method, **arguments)
        tries, renewed = 0, False
        while True:
            tries += 1
            token = await self._login.access_token() if self._login else ""
            reply = await self._send(call, repeatable)
            body = as_object(reply.json())
            code = as_text(body.get("error"))
            if body.get("ok") is True or code in accept:
                return body
            if code in TOKEN_REFUSED and self._login and not renewed and await self._login.renew(token):
                renewed = True  # it was refused before it ran
                continue
            if code in PASSING and repeatable and tries <= 2:
                await self._sleep(self._backoff.own_delay(tries))
                continue
            raise self._refused(call, reply, body, repeatable)

    async def _send(self, call: MethodCall, repeatable: bool) -> Reply:
        content = _json(call.arguments) if call.as_json else _form(call.arguments)
        return await self._http.request(
            "POST",
            f"/{call.method}",
            content=content.encode(),
            headers={"Content-Type": JSON if call.as_json else FORM},
            repeatable=repeatable,
            lane=call.method if call.method in PER_MINUTE else "",
        )

    def _refused(self, call: MethodCall, reply: Reply, body: JsonObject, repeatable: bool) -> ServiceError:
        channel = as_text(call.arguments.get("channel") or call.arguments.get("channel_id"))
        error = explain_refusal(call.method, body, place=self._name_of(channel) if channel else "the channel")
        error.request_id = reply.request_id
        code = as_text(body.get("error"))
        if not repeatable and (code in PASSING or not code):
            return OutcomeUnknown(
                f"{error.message} It may have been carried out all the same.",
                next_step="Look whether it happened before repeating it.",
                request_id=reply.request_id,
            )
        return error


def explain_status(reply: Reply) -> ServiceError | None:
    """What an answer of status 400 or more says in Slack's own words; None where it says nothing."""
    if reply.status == 429:
        return _too_often(reply)
    body = _error_of(reply)
    if not body and reply.status != 401:
        return None
    error = explain_refusal(reply.path.rpartition("/")[2], body or {"error": "invalid_auth"})
    error.status, error.request_id = reply.status, reply.request_id
    return error


def _error_of(reply: Reply) -> JsonObject:
    """The refusal in an answer; empty where there is none."""
    if reply.is_html or not reply.content:
        return {}
    try:
        body = as_object(reply.json())
    except ServiceError:
        return {}
    return body if body.get("ok") is False and as_text(body.get("error")) else {}


def _too_often(reply: Reply) -> ServiceError:
    method = reply.path.rpartition("/")[2]
    wait = asked_wait(reply.status, reply.headers)
    told = f"Slack takes {method} no more often for now."
    when = "later" if wait is None else f"in {max(1, round(wait))} s"
    if method in ("conversations.history", "conversations.replies") and (wait or 0) >= 30:
        told += (
            " An app that is distributed outside of Slack's Marketplace may read history once a minute, 15 messages "
            "at a time; an app made for the own workspace may read 50 times a minute."
        )
    return RateLimited(
        told, next_step=f"Try again {when}.", status=reply.status, request_id=reply.request_id, retry_after=wait
    )


def _form(arguments: Mapping[str, object]) -> str:
    try:
        return urlencode({name: _plain(value) for name, value in arguments.items()})
    except UnicodeEncodeError:
        raise _half_a_character() from None


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value)


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _half_a_character() from None
    return text


def _half_a_character() -> InvalidInput:
    return InvalidInput("A text holds half a character (a lone surrogate).")
