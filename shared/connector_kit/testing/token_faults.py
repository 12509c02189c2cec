"""What an authorization server receives and issues in tests, and what goes wrong at its token endpoint."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import parse_qsl

from connector_kit.testing.faults import GARBAGE, HTML


@dataclass(frozen=True, slots=True)
class TokenFault:
    """What goes wrong at one request to the token endpoint; times in seconds.

    `carried_out`: the grant takes effect (a refresh rotates). `delay` comes after that and before the answer.
    `drop` then closes the connection; `body` replaces the answer, with `status` and `headers`.
    """

    carried_out: bool = False
    delay: float = 0.0
    drop: bool = False
    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def drop_before(cls) -> Self:
        """The connection breaks before anything happened."""
        return cls(drop=True)

    @classmethod
    def drop_after(cls, delay: float = 0.0) -> Self:
        """The connection breaks when the grant has taken effect: a rotated token that nobody received."""
        return cls(carried_out=True, drop=True, delay=delay)

    @classmethod
    def slow(cls, seconds: float) -> Self:
        """The right answer, late."""
        return cls(carried_out=True, delay=seconds)

    @classmethod
    def garbage(cls, *, carried_out: bool = True) -> Self:
        """Bytes that claim to be JSON."""
        return cls(carried_out=carried_out, body=GARBAGE, headers={"Content-Type": "application/json"})

    @classmethod
    def html(cls, status: int = 200) -> Self:
        """A web page, as of a proxy, instead of an answer."""
        return cls(status=status, body=HTML, headers={"Content-Type": "text/html"})

    @classmethod
    def json(cls, value: object, status: int = 200, *, carried_out: bool = False) -> Self:
        """An answer of another shape."""
        body = json.dumps(value).encode()
        return cls(carried_out=carried_out, status=status, body=body, headers={"Content-Type": "application/json"})

    @classmethod
    def failing(cls, status: int, headers: Mapping[str, str] | None = None) -> Self:
        """An HTTP error without a body, like 503 or 429."""
        return cls(status=status, body=b"", headers=headers or {})

    @classmethod
    def redirect(cls, location: str, status: int = 307) -> Self:
        """A redirect to somewhere else."""
        return cls(status=status, body=b"", headers={"Location": location})


@dataclass(frozen=True, slots=True)
class GrantedTokens:
    """A pair as it was issued; times in epoch seconds of the server's clock."""

    access_token: str
    refresh_token: str | None
    expires_at: float
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request to an endpoint as it arrived; `basic` is the client's id and secret from the header."""

    path: str
    form: Mapping[str, str]
    basic: tuple[str, str] | None
    headers: Mapping[str, str]

    @classmethod
    def read(cls, path: str, headers: Mapping[str, str], content: bytes) -> Self:
        """A request with a form or a JSON object as its body. Raises ValueError for a body that is neither."""
        named = {name.lower(): value for name, value in headers.items()}
        if "json" in named.get("content-type", ""):
            value: object = json.loads(content)
            if not isinstance(value, dict):
                raise ValueError("not a JSON object")
            form = {name: str(each) for name, each in cast("dict[str, object]", value).items()}
        else:
            form = dict(parse_qsl(content.decode(), keep_blank_values=True))
        basic: tuple[str, str] | None = None
        scheme, _, encoded = named.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            client, _, secret = base64.b64decode(encoded).decode().partition(":")
            basic = client, secret
        return cls(path, form, basic, named)
