"""What an authorization server decides: who is let in, which tokens there are, and which are worth something.

`AuthorizationServer` puts it behind HTTP on an address of its own; whatever else speaks HTTP may do so as well.
Lifetimes go by `clock`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from connector_kit.testing.dialects import STANDARD, Dialect, Json, Reason
from connector_kit.testing.token_faults import GrantedTokens, TokenFault, TokenRequest

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(slots=True)
class _Family:
    """All tokens that go back to one login."""

    scopes: tuple[str, ...]
    revoked: bool = False


@dataclass(slots=True)
class _Refresh:
    family: _Family
    issued_at: float
    used_at: float | None = None


@dataclass(slots=True)
class _Device:
    scopes: tuple[str, ...]
    expires_at: float
    verdict: Literal["", "approved", "denied"] = ""


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the server
    """The request gets this refusal."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Authorizations:
    """All logins at one authorization server, for one app; any thread may ask. Times in seconds.

    `client_secret` None is a public client. `rotates` sends a new refresh token with each refresh and ends the
    old one; a second use within `reuse_leeway` is served, a later one refused, and with `punishes_reuse` the
    whole login is revoked. `refresh_lifetime` ends refresh tokens. `think_time` passes between a refresh's taking
    effect and its answer. `redirect_uris` are the only ones allowed; empty allows all. `requires_pkce` refuses
    a login without an S256 challenge. `offline_scope`, if there is one, is what a login has to ask for to get a
    refresh token. `sites` is what the vendor lists as opened by a login.
    """

    def __init__(
        self,
        *,
        dialect: Dialect = STANDARD,
        client_id: str = "client-1",
        client_secret: str | None = "client-secret-1",  # noqa: S107 - a sample
        rotates: bool = True,
        lifetime: float = 3600.0,
        refresh_lifetime: float | None = None,
        reuse_leeway: float = 0.0,
        punishes_reuse: bool = True,
        think_time: float = 0.0,
        requires_pkce: bool = False,
        offline_scope: str = "",
        redirect_uris: tuple[str, ...] = (),
        sites: tuple[Json, ...] = (),
        poll_interval: float = 0.01,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.dialect = dialect
        self.client_id = client_id
        self.client_secret = client_secret
        self.rotates = rotates
        self.lifetime = lifetime
        self.refresh_lifetime = refresh_lifetime
        self.reuse_leeway = reuse_leeway
        self.punishes_reuse = punishes_reuse
        self.think_time = think_time
        self.requires_pkce = requires_pkce
        self.offline_scope = offline_scope
        self.redirect_uris = redirect_uris
        self.sites = sites
        self.poll_interval = poll_interval
        self.clock = clock
        self.denial: Mapping[str, str] = {}
        """Parameters such as `error` that a login brings back instead of a code."""
        self.granted_scopes: tuple[str, ...] | None = None
        """What logins and refreshes get instead of what they ask for."""
        self.url = ""
        """Where the server is, for the pages that it sends people to."""
        self.requests: list[TokenRequest] = []
        self._counts: Counter[str] = Counter()
        self._faults: deque[TokenFault] = deque()
        self._lock = threading.RLock()
        self._codes: dict[str, tuple[Mapping[str, str], _Family]] = {}
        self._access: dict[str, tuple[float, _Family]] = {}
        self._refresh: dict[str, _Refresh] = {}
        self._devices: dict[str, _Device] = {}
        self._user_codes: dict[str, str] = {}

    # What a test asks for

    def grant(self, *scopes: str) -> GrantedTokens:
        """The tokens of a new login with `scopes`."""
        with self._lock:
            return self._issue(_Family(scopes))

    def next_tokens(self, *faults: TokenFault) -> None:
        """Let the next requests to the token endpoint go wrong like this, one each, in order."""
        with self._lock:
            self._faults.extend(faults)

    def count(self, event: str) -> int:
        """How often it happened: logged_in, refreshed, reused, punished, dead_token, wrong_client, served, …"""
        with self._lock:
            return self._counts[event]

    def accepts(self, access_token: str) -> bool:
        """Whether the vendor's API would serve this access token now."""
        return self.scopes_of(access_token) is not None

    def scopes_of(self, access_token: str) -> tuple[str, ...] | None:
        """What this access token is good for now; None if it is worth nothing."""
        with self._lock:
            expires_at, family = self._access.get(access_token, (0.0, _Family((), revoked=True)))
            return None if family.revoked or self.clock() >= expires_at else family.scopes

    def expire_access_tokens(self) -> None:
        """End all access tokens early, without telling anyone."""
        with self._lock:
            self._access = {token: (0.0, family) for token, (_, family) in self._access.items()}

    def revoke_all(self) -> None:
        """Withdraw every consent."""
        with self._lock:
            for record in self._refresh.values():
                record.family.revoked = True
            for _, family in self._access.values():
                family.revoked = True

    def decide(self, user_code: str, verdict: Literal["approved", "denied"] = "approved") -> None:
        """Answer the device flow's question as the user would."""
        with self._lock:
            self._devices[self._user_codes[user_code]].verdict = verdict

    # What a client asks for; each returns status and body

    def objection(self, query: Mapping[str, str]) -> str:
        """Why nobody may be asked to agree to this question, and nothing leads back from it; empty if all is well."""
        if query.get("response_type") != "code":
            return "response_type must be code."
        if query.get("client_id") != self.client_id:
            return "client_id is not that of a known app."
        if self.redirect_uris and query.get("redirect_uri", "") not in self.redirect_uris:
            return "redirect_uri is not one that the app has registered."
        if self.requires_pkce and not (query.get("code_challenge") and query.get("code_challenge_method") == "S256"):
            return "code_challenge with the method S256 is missing."
        return ""

    def authorize(self, query: Mapping[str, str], denial: Mapping[str, str] | None = None) -> str | None:
        """Where the browser goes after consent, or after `denial`; None if the request is refused on the spot."""
        with self._lock:
            if self.objection(query):
                return None
            uri, back = query.get("redirect_uri", ""), {"state": query["state"]} if "state" in query else {}
            if denied := denial or self.denial:
                return f"{uri}?{urlencode({**denied, **back})}"
            code = secrets.token_urlsafe(12)
            self._codes[code] = query, _Family(self.granted_scopes or self.scopes_in(query))
            return f"{uri}?{urlencode({'code': code, **back})}"

    def scopes_in(self, query: Mapping[str, str]) -> tuple[str, ...]:
        """The scopes that a question asks for."""
        asked = query.get("scope") or query.get("user_scope") or ""
        return self.dialect.scopes(asked)

    def token(self, request: TokenRequest) -> tuple[int, Json]:
        """Answer a request to the token endpoint."""
        grants: dict[str, Callable[[Mapping[str, str]], Json]] = {
            "authorization_code": self._exchange_code,
            "refresh_token": self._exchange_refresh,
            "client_credentials": self._client_credentials,
            "account_credentials": self._client_credentials,
            DEVICE_GRANT: self._exchange_device,
        }
        with self._lock:
            try:
                self._check_client(request)
                exchange = grants.get(request.form.get("grant_type", "authorization_code"))
                if exchange is None:
                    raise Refused("bad_request")
                return 200, exchange(request.form)
            except Refused as refused:
                self._counts[refused.reason] += 1
                return self.dialect.refusal(refused.reason)

    def revoke(self, request: TokenRequest) -> tuple[int, Json | None]:
        """Revoke a token's whole login: as RFC 7009 says, or the bearer's own as Slack does it."""
        with self._lock:
            scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
            if scheme == "Bearer":
                if not self.accepts(bearer):
                    return self.dialect.refusal("dead_token")
                self._revoke(bearer)
                return 200, {"ok": True, "revoked": True}
            try:
                self._check_client(request)
            except Refused as refused:
                return self.dialect.refusal(refused.reason)
            self._revoke(request.form.get("token") or request.form.get("access_token", ""))
            return 200, None

    def _revoke(self, token: str) -> None:
        self._counts["revoked"] += 1
        if record := self._refresh.get(token):
            record.family.revoked = True
        if entry := self._access.get(token):
            entry[1].revoked = True

    def start_device(self, request: TokenRequest) -> tuple[int, Json]:
        """Begin the device flow (RFC 8628)."""
        with self._lock:
            device_code, user_code = secrets.token_urlsafe(16), secrets.token_hex(4).upper()
            scopes = self.dialect.scopes(request.form.get("scope", ""))
            self._devices[device_code] = _Device(scopes, self.clock() + 600)
            self._user_codes[user_code] = device_code
            return 200, {
                "device_code": device_code,
                "user_code": user_code,
                "verification_uri": f"{self.url}/device",
                "verification_uri_complete": f"{self.url}/device?user_code={user_code}",
                "expires_in": 600,
                "interval": self.poll_interval,
            }

    def apply_fault(self) -> TokenFault | None:
        """The fault of the next request to the token endpoint, if one is planned."""
        with self._lock:
            return self._faults.popleft() if self._faults else None

    def note(self, request: TokenRequest) -> None:
        """Remember a request."""
        with self._lock:
            self.requests.append(request)

    def serve_api(self, authorization: str) -> bool:
        """Whether a request of the vendor's API is served, counted as `served` or `refused`."""
        with self._lock:
            accepted = self.accepts(authorization.removeprefix("Bearer "))
            self._counts["served" if accepted else "refused"] += 1
            return accepted

    # The grants

    def _check_client(self, request: TokenRequest) -> None:
        client, secret = request.basic or (request.form.get("client_id"), request.form.get("client_secret"))
        if client != self.client_id or (self.client_secret is not None and secret != self.client_secret):
            raise Refused("wrong_client")

    def _exchange_code(self, form: Mapping[str, str]) -> Json:
        query, family = self._codes.pop(form.get("code", ""), ({}, _Family(())))
        if not query or form.get("redirect_uri", "") != query.get("redirect_uri"):
            raise Refused("bad_code")
        if challenge := query.get("code_challenge"):
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                raise Refused("bad_code")
        self._counts["logged_in"] += 1
        lasting = not self.offline_scope or self.offline_scope in family.scopes
        return self._answer(self._issue(family, refresh=lasting), first=True)

    def _exchange_refresh(self, form: Mapping[str, str]) -> Json:
        token = form.get("refresh_token", "")
        record, now = self._refresh.get(token), self.clock()
        if record is None or record.family.revoked:
            raise Refused("dead_token")
        if self.refresh_lifetime is not None and now >= record.issued_at + self.refresh_lifetime:
            raise Refused("dead_token")
        if record.used_at is not None:
            self._counts["reused"] += 1
            if now - record.used_at > self.reuse_leeway:
                if self.punishes_reuse:
                    self._counts["punished"] += 1
                    record.family.revoked = True
                raise Refused("dead_token")
        if self.granted_scopes is not None:
            record.family.scopes = self.granted_scopes
        self._counts["refreshed"] += 1
        if not self.rotates:
            return self._answer(self._issue(record.family, refresh=False), first=False)
        record.used_at = now if record.used_at is None else record.used_at
        return self._answer(self._issue(record.family), first=False)

    def _client_credentials(self, form: Mapping[str, str]) -> Json:
        self._counts["client_credentials"] += 1
        family = _Family(self.dialect.scopes(form.get("scope", "")))
        return self._answer(self._issue(family, refresh=False), first=False)

    def _exchange_device(self, form: Mapping[str, str]) -> Json:
        device = self._devices.get(form.get("device_code", ""))
        if device is None or self.clock() >= device.expires_at:
            raise Refused("bad_code")
        if not device.verdict:
            raise Refused("pending")
        if device.verdict == "denied":
            raise Refused("denied")
        del self._devices[form["device_code"]]
        self._counts["logged_in"] += 1
        return self._answer(self._issue(_Family(device.scopes)), first=True)

    def _issue(self, family: _Family, *, refresh: bool = True) -> GrantedTokens:
        now = self.clock()
        access_token = f"access-{secrets.token_urlsafe(24)}"
        refresh_token = f"refresh-{secrets.token_urlsafe(32)}" if refresh else None
        self._access[access_token] = now + self.lifetime, family
        if refresh_token is not None:
            self._refresh[refresh_token] = _Refresh(family, now)
        return GrantedTokens(access_token, refresh_token, now + self.lifetime, family.scopes)

    def _answer(self, tokens: GrantedTokens, *, first: bool) -> Json:
        body: dict[str, object] = {
            "access_token": tokens.access_token,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": self.dialect.separator.join(tokens.scopes),
        }
        if tokens.refresh_token is not None:
            body["refresh_token"] = tokens.refresh_token
        return self.dialect.grant(body, first=first)
