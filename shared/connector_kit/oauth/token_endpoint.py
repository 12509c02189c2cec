"""Requests to a vendor's token endpoint, and what its answers mean (RFC 6749, 7009, 8628).

What is sent here are the longest-lived secrets there are. It goes to the host of the profile alone: redirects are
not followed. No answer is ever quoted, except the vendor's own error, without the secrets that it may repeat.
"""

from __future__ import annotations

import json
import math
import re
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, cast
from urllib.parse import quote, urlencode, urlsplit

import anyio
import httpx2

from connector_kit.errors import BadAnswer, OutcomeUnknown, ServiceError, clean_text
from connector_kit.http import HttpClient, HttpPolicy, Reply
from connector_kit.oauth.failures import LoginRequired
from connector_kit.oauth.pkce import Proof
from connector_kit.oauth.profiles import ClientAuth, OAuthClient, OAuthProfile, Revocation, TokenBody
from connector_kit.oauth.refusals import refusal
from connector_kit.oauth.tokens import TokenSet
from connector_kit.redaction import Redactor
from connector_kit.replies import error_for

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
POLICY = HttpPolicy(
    retries=2,
    total_timeout=20.0,
    read_timeout=15.0,
    requests_per_minute=120.0,
    max_body=256 * 1024,
)
"""Patient enough for a slow vendor; two requests end before an MCP client gives up."""
_SECRET_FIELDS = (
    "client_secret",
    "refresh_token",
    "access_token",
    "code",
    "code_verifier",
    "device_code",
    "token",
    "assertion",
)
_TOKEN = r"[\x21-\x7e]{1,16384}"  # noqa: S105 - what fits into a header
_EXTRA_CHARS = 200


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the user has to do elsewhere: open `verification_uri` and type `user_code`. Times in seconds."""

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    complete_uri: str = ""
    interval: float = 5.0
    expires_in: float = 600.0


class TokenEndpoint:
    """The token endpoint of one vendor as one client sees it.

    `skew` is by how many seconds the local clock was ahead of the vendor's in the last answer; None before.
    Lifetimes count from before the request by the local clock, so that a wrong one does no harm.
    """

    def __init__(
        self,
        profile: OAuthProfile,
        client: OAuthClient,
        *,
        policy: HttpPolicy = POLICY,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        """Nothing is sent or opened yet. `clock` tells epoch seconds."""
        self.profile = profile
        self.client = client
        self.skew: float | None = None
        self._policy = policy
        self._transport = transport
        self._clock = clock
        self._sleep = sleep
        self._clients: dict[str, HttpClient] = {}

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all connections, also when the block is cancelled."""
        with anyio.CancelScope(shield=True):
            await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the endpoint can be used again afterwards."""
        for client in self._clients.values():
            await client.aclose()

    async def exchange(self, form: Mapping[str, str], *, repeatable: bool = False) -> TokenSet:
        """Send a grant and return the tokens for it. `repeatable` says that sending it twice does no harm.

        Raises:
            LoginRequired, LoginRefused, WrongClient, ScopesChanged, NotConfigured: the vendor's refusal.
            Unavailable, TimedOut, RateLimited: it cannot be asked now; nothing is lost.
            OutcomeUnknown: the grant may be used up, and its answer is lost.
            BadAnswer: the answer is none, or has no token.
        """
        self.client.require(self.profile)
        sent_at = self._clock()
        values = {**form, **self.profile.token_params}
        try:
            body = await self._post(self.profile.token_url, values, repeatable=repeatable)
        except OutcomeUnknown as error:
            raise OutcomeUnknown(
                f"{self.profile.vendor} gave no clear answer; what was sent may be used up.",
                next_step=f"Try again in a minute; if the login is refused then, run `{self.profile.command}`.",
                status=error.status,
                request_id=error.request_id,
            ) from error
        return self._tokens(body, sent_at)

    async def refresh(self, tokens: TokenSet) -> TokenSet:
        """The tokens that follow `tokens`; what the vendor does not send again is kept. Raises as `exchange`."""
        if not tokens.refresh_token:
            raise refusal(self.profile, "refresh_token", "dead_grant")
        safe = not self.profile.rotates or self.profile.reuse_leeway > 0
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        new = await self.exchange(form, repeatable=safe)
        return tokens.succeeded_by(new)

    async def exchange_code(
        self, code: str, redirect_uri: str, proof: Proof | None, scopes: Sequence[str] = ()
    ) -> TokenSet:
        """The tokens for the code that a browser brought back. Raises as `exchange`."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if proof is not None:
            form["code_verifier"] = proof.verifier
        tokens = await self.exchange(form)
        return tokens if tokens.scopes else replace(tokens, scopes=tuple(scopes))

    async def client_credentials(self, scopes: Sequence[str] = ()) -> TokenSet:
        """A token of the app itself, without a user. Raises as `exchange`."""
        form = {"grant_type": self.profile.app_grant, **self._asking_for(scopes)}
        return await self.exchange(form, repeatable=True)

    async def start_device(self, scopes: Sequence[str]) -> DeviceCode:
        """Begin the device flow. Raises ValueError for a vendor without one, else as `exchange`."""
        url = self.profile.device_url
        if url is None:
            raise ValueError(f"{self.profile.vendor} has no device flow")
        self.client.require(self.profile)
        # The id is sent in any case: not all vendors take it from the header (RFC 8628, 3.1).
        form = {"client_id": self.client.client_id, **self._asking_for(scopes)}
        body = await self._post(url, form, repeatable=True)
        code, user_code = body.get("device_code"), body.get("user_code")
        address = body.get("verification_uri") or body.get("verification_url")
        if not (isinstance(code, str) and isinstance(user_code, str) and isinstance(address, str)):
            raise self._bad_answer("without the code that the user has to type")
        complete = body.get("verification_uri_complete")
        return DeviceCode(
            device_code=code,
            user_code=clean_text(user_code, 60),
            verification_uri=clean_text(address, 300),
            complete_uri=clean_text(complete, 500) if isinstance(complete, str) else "",
            interval=_seconds(body.get("interval")) or 5.0,
            expires_in=_seconds(body.get("expires_in")) or 600.0,
        )

    async def exchange_device(self, device: DeviceCode) -> TokenSet:
        """Ask once whether the user has agreed. Raises StillWaiting if not yet, else as `exchange`."""
        return await self.exchange({"grant_type": DEVICE_GRANT, "device_code": device.device_code}, repeatable=True)

    async def revoke(self, tokens: TokenSet) -> bool:
        """Have the vendor forget a login. False if it offers no such thing; raises ServiceError if it refuses.

        A login that the vendor forgot already counts as revoked.
        """
        revocation = self.profile.revocation
        if revocation is None:
            return False
        try:
            if revocation.style == "bearer":
                headers = {"Authorization": f"Bearer {tokens.access_token}"}
                await self._send(revocation.url, {}, headers, (tokens.access_token,), repeatable=True)
            else:
                await self._revoke_by_form(revocation, tokens)
        except LoginRequired:
            pass
        return True

    async def _revoke_by_form(self, revocation: Revocation, tokens: TokenSet) -> None:
        renewing = tokens.refresh_token if revocation.token == "refresh" else None  # noqa: S105 - a kind
        form = {revocation.field: renewing or tokens.access_token}
        if revocation.field == "token":
            form["token_type_hint"] = "refresh_token" if renewing else "access_token"
        await self._post(
            revocation.url.replace("{client_id}", quote(self.client.client_id, safe="")),
            form,
            repeatable=True,
            method=revocation.method,
            client_auth=revocation.client_auth,
            token_body=revocation.token_body,
        )

    def _asking_for(self, scopes: Sequence[str]) -> dict[str, str]:
        if not scopes or not self.profile.scope_parameter:
            return {}
        return {"scope": self.profile.scope_separator.join(scopes)}

    async def _post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        repeatable: bool,
        method: str = "POST",
        client_auth: ClientAuth | None = None,
        token_body: TokenBody | None = None,
    ) -> Mapping[str, object]:
        """Send a form in the name of the client."""
        values, headers = dict(form), dict[str, str]()
        client_auth = client_auth or self.profile.client_auth
        secret = self.client.secret()
        if client_auth == "basic" and secret:
            # Not percent-encoded as RFC 6749 (2.3.1) would have it: vendors compare what they read.
            pair = f"{self.client.client_id}:{secret}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        else:
            values["client_id"] = self.client.client_id
            if secret and client_auth != "none":
                values["client_secret"] = secret
        secrets = [values[name] for name in _SECRET_FIELDS if name in values]
        return await self._send(
            url, values, headers, (*secrets, secret), repeatable=repeatable, method=method, token_body=token_body
        )

    async def _send(
        self,
        url: str,
        values: Mapping[str, str],
        headers: Mapping[str, str],
        secrets: Sequence[str],
        *,
        repeatable: bool,
        method: str = "POST",
        token_body: TokenBody | None = None,
    ) -> Mapping[str, object]:
        if (token_body or self.profile.token_body) == "json":
            content, kind = json.dumps(dict(values)).encode(), "application/json"
        else:
            content, kind = urlencode(values).encode(), "application/x-www-form-urlencoded"
        parts = urlsplit(url)
        client = self._client_of(f"{parts.scheme}://{parts.netloc}")
        try:
            reply = await client.request(
                method,
                parts.path or "/",
                content=content,
                headers={**self.profile.headers, "Content-Type": kind, **headers},
                repeatable=repeatable,
            )
        except _Answered as answered:
            self._note_date(answered.reply)
            failure = self._refusal(answered.reply, _json_object(answered.reply), values, secrets)
            failure.retry_after = answered.retry_after
            raise failure from None
        self._note_date(reply)
        body = _json_object(reply) if reply.content.strip() else dict[str, object]()
        if body is None:
            raise self._bad_answer("with something that is not JSON")
        # Some vendors refuse with status 200.
        if body.get("error") and not self._source(body).get("access_token"):
            raise self._refusal(reply, body, values, secrets)
        return body

    def _client_of(self, origin: str) -> HttpClient:
        if origin not in self._clients:
            self._clients[origin] = HttpClient(
                origin,
                service=self.profile.vendor,
                policy=self._policy,
                explain=_Answered,
                transport=self._transport,
                sleep=self._sleep,
            )
        return self._clients[origin]

    def _refusal(
        self, reply: Reply, body: Mapping[str, object] | None, values: Mapping[str, str], secrets: Sequence[str]
    ) -> ServiceError:
        """The failure that a refusal means."""
        code = (body or {}).get("error")
        if not isinstance(code, str):
            return error_for(reply, service=self.profile.vendor)
        redactor = Redactor()
        for secret in secrets:
            redactor.add(secret)
        description = (body or {}).get(self.profile.error_text)
        said = f"{code}: {description}" if isinstance(description, str) and description else code
        meaning = self.profile.meaning(code)
        if meaning is None:
            return error_for(reply, service=self.profile.vendor, message=redactor.text(clean_text(said)))
        return refusal(self.profile, values.get("grant_type", ""), meaning, redactor.text(clean_text(said)))

    def _tokens(self, body: Mapping[str, object], sent_at: float) -> TokenSet:
        """The tokens in an answer. Raises BadAnswer that quotes nothing of it."""
        source = self._source(body)
        access_token, refresh_token = source.get("access_token"), source.get("refresh_token")
        if not isinstance(access_token, str) or not re.fullmatch(_TOKEN, access_token):
            raise self._bad_answer("without an access token")
        lifetime = _seconds(source.get("expires_in")) or self.profile.lifetime
        scopes = source.get("scope")
        if isinstance(scopes, list):
            scopes = " ".join(str(scope) for scope in cast("list[object]", scopes))
        named = re.split(r"[\s,]+", scopes) if isinstance(scopes, str) else []
        return TokenSet(
            access_token=access_token,
            refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
            expires_at=None if lifetime is None else sent_at + lifetime,
            scopes=tuple(scope for scope in named if scope),
            obtained_at=sent_at,
            extra={name: text for path, name in self.profile.extra.items() if (text := _text_at(body, path))},
        )

    def _source(self, body: Mapping[str, object]) -> Mapping[str, object]:
        """The object in which the tokens stand."""
        inner = _at(body, self.profile.token_path)
        source = cast("Mapping[str, object]", inner) if isinstance(inner, dict) else body
        return source if "access_token" in source else body

    def _note_date(self, reply: Reply) -> None:
        # No date, or none that can be read: then nothing is known about the clocks.
        with suppress(TypeError, ValueError, OverflowError):
            self.skew = self._clock() - parsedate_to_datetime(reply.headers.get("date", "")).timestamp()

    def _bad_answer(self, what: str) -> BadAnswer:
        return BadAnswer(
            f"{self.profile.vendor} answered {what}.",
            next_step=f"Try again; if it stays so, look for a proxy in between, or run `{self.profile.command}`.",
        )


class _Answered(ServiceError):  # noqa: N818 - as in connector_kit.errors
    """An answer of status 400 or more, to be explained by who knows what was asked."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("The token endpoint refused.", status=reply.status)
        self.reply = reply


def _json_object(reply: Reply) -> Mapping[str, object] | None:
    try:
        value: object = json.loads(reply.content)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else None


def _seconds(value: object) -> float | None:
    """A duration as vendors write it, as a number or in quotes; None for anything but a positive one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _at(value: object, path: Sequence[str]) -> object:
    for name in path:
        value = cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
    return value


def _text_at(body: Mapping[str, object], path: str) -> str:
    """The text or number at a dotted path, empty if there is none."""
    value = _at(body, path.split("."))
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean_text(str(value), _EXTRA_CHARS)
