"""Vendors that misbehave, on loopback: they fail in every way, and repeat whatever they were sent."""

import asyncio
import base64
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from connector_kit.testing.faults import Answering, Fault, FaultServer, ReceivedRequest

from .planted import Planted

SNOWFLAKE = "/session/v1/login-request"
_WELCOMED = (
    "/oauth/token/accessible-resources",
    "/oauth",
    "/rest/api/3/myself",
    "/rest/api/user/current",
    "/api/auth.test",
    SNOWFLAKE,
)
"""Where the first requests are answered as they should be, so that what follows is reached."""


@dataclass
class Vendor:
    """A vendor and the host that it redirects to, each in a thread; what arrived at either is kept."""

    planted: Planted
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    vendor: FaultServer = field(init=False)
    stranger: FaultServer = field(default_factory=lambda: FaultServer(Fault.json({"ok": True})))
    counted: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        """Nothing listens yet."""
        self.answer_by(self._answer)
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def answer_by(self, answering: Answering) -> None:
        """Be answered by something else; before it listens."""
        self.vendor = FaultServer(answering=answering)

    @property
    def url(self) -> str:
        """Where it is."""
        return self.vendor.url

    @property
    def elsewhere(self) -> str:
        """The other host, by another name."""
        return self.stranger.url.replace("127.0.0.1", "localhost")

    def __enter__(self) -> Self:
        self._thread.start()
        for server in (self.vendor, self.stranger):
            asyncio.run_coroutine_threadsafe(server.__aenter__(), self.loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in (self.vendor, self.stranger):
            asyncio.run_coroutine_threadsafe(server.__aexit__(kind, error, trace), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _answer(self, request: ReceivedRequest) -> Fault:
        if request.method == "HEAD":
            return Fault.json({})
        welcome = next((path for path in _WELCOMED if path in request.path), "")
        self.counted[welcome or "any"] += 1
        number = self.counted[welcome or "any"]
        if welcome and (number <= 2 or (welcome == SNOWFLAKE and number % 3)):
            return self.welcome(request)
        trouble = _TROUBLES[number % len(_TROUBLES)](self, request)
        # Snowflake's connector would send the login on: that is looked at by itself.
        return _status(400)(self, request) if welcome == SNOWFLAKE and "Location" in trouble.headers else trouble

    def welcome(self, request: ReceivedRequest) -> Fault:
        """A login that works, with tokens and an address in it."""
        if request.path.endswith("accessible-resources"):
            scopes = ["read:page:confluence", "write:page:confluence"]
            return Fault.json([{"id": "cloud-1-planted", "url": self.url, "name": "x", "scopes": scopes}])
        session = {"token": self.planted.secret("session"), "masterToken": self.planted.secret("master")}
        mail = self.planted.address("vendor")
        tokens = {
            "access_token": self.planted.secret("access"),
            "refresh_token": self.planted.secret("renewed"),
            "expires_in": 3600,
            "token_type": "Bearer",
        }
        known = {
            "accountId": "712020:abc",
            "displayName": "Ann",
            "emailAddress": mail,
            "email": mail,
            "timeZone": "UTC",
        }
        slack = {
            "ok": True,
            "url": "https://x.slack.com/",
            "team": "x",
            "user": "ann",
            "team_id": "T1",
            "user_id": "U1",
        }
        place = {"databaseName": "D", "schemaName": "S", "warehouseName": "W", "roleName": "R"}
        lasting = {"validityInSeconds": 3600, "masterValidityInSeconds": 14400, "sessionId": 1}
        data: dict[str, Any] = {**session, **lasting, "parameters": list[str](), "sessionInfo": place}
        answer: dict[str, Any] = {**known, **slack, **tokens, "success": True, "data": data}
        headers = {"X-OAuth-Scopes": "chat:write,channels:read,channels:history,users:read,search:read"}
        return Fault.json(answer, headers=headers if "/api/" in request.path else {})

    def repeated(self, request: ReceivedRequest) -> dict[str, Any]:
        """A complaint, in every vendor's dialect, that repeats all of the request and names somebody."""
        headers = " ".join(f"{name}={value}" for name, value in request.headers.items())
        basic = request.headers.get("authorization", "").partition("Basic ")[2]
        _, _, password = base64.b64decode(basic).decode("utf-8", "replace").partition(":")
        told = f"{request.target} {headers} {password} {request.body.decode('utf-8', 'replace')}"
        told = f"{told} ask {self.planted.address('vendor')}"
        return {
            "message": told,
            "errorMessages": [told],
            "errors": {"summary": told},
            "ok": False,
            "error": told,
            "error_description": told,
            "success": False,
            "code": "000604",
            "data": {"errorCode": "000604", "sqlState": "42601"},
        }


Trouble = Callable[[Vendor, ReceivedRequest], Fault]


def _always(fault: Fault) -> Trouble:
    def same(vendor: Vendor, request: ReceivedRequest) -> Fault:
        del vendor, request
        return fault

    return same


def _status(code: int, headers: Mapping[str, str] | None = None) -> Trouble:
    return lambda vendor, request: Fault.json(vendor.repeated(request), code, headers or {})


def _redirect(code: int) -> Trouble:
    return lambda vendor, request: Fault.redirect(f"{vendor.elsewhere}{request.target}", code)


def _page(vendor: Vendor, request: ReceivedRequest) -> Fault:
    return Fault(200, f"<html>{json.dumps(vendor.repeated(request))}".encode(), {"Content-Type": "text/html"})


_TROUBLES: tuple[Trouble, ...] = (
    _status(400),
    _redirect(302),
    _status(500),
    _status(403),
    _redirect(307),
    _status(200),
    _page,
    _always(Fault.json({}).dropped("reset")),
    _status(429, {"Retry-After": "0"}),
    _always(Fault.garbage()),
    _status(404),
    _always(Fault.json({}).slow_headers(2.5)),
    _redirect(308),
    _status(401),
)
