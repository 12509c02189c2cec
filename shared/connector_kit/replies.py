"""What came back from a service: the answer, what it means as an error, and the record of one exchange."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

import httpx2

from connector_kit.errors import (
    BadAnswer,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RateLimited,
    ServiceError,
    Unavailable,
    clean_text,
)
from connector_kit.retry import asked_wait

_REQUEST_ID_HEADERS = (
    "x-arequestid",
    "atl-request-id",
    "atl-traceid",
    "x-request-id",
    "x-slack-req-id",
    "x-snowflake-request-id",
    "x-github-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-correlation-id",
    "x-trace-id",
)
_TEXT_KEYS = ("errorMessages", "message", "error_description", "error", "detail", "title", "errorMessage")
_QUOTED_CHARS = 80


def _request_id(headers: Mapping[str, str]) -> str | None:
    for name in _REQUEST_ID_HEADERS:
        if value := clean_text(headers.get(name, ""), 100):
            return value
    return None


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete answer of a service.

    `headers` finds a header whatever its case. `method` and `path` are the request's; `repeatable` is False
    for a write that must not be sent again blindly.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    method: str = "GET"
    path: str = "/"
    repeatable: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.headers, httpx2.Headers):
            object.__setattr__(self, "headers", httpx2.Headers(dict(self.headers)))

    @property
    def text(self) -> str:
        """The body as UTF-8 text (or the charset that the service names); bytes that do not fit become �."""
        charset = httpx2.Response(200, headers=self.headers).charset_encoding or "utf-8"
        try:
            return self.content.decode(charset, errors="replace")
        except LookupError:  # the service names a charset that does not exist
            return self.content.decode("utf-8", errors="replace")

    @property
    def request_id(self) -> str | None:
        """The vendor's id of this call, for its support; None if it names none."""
        return _request_id(self.headers)

    @property
    def is_html(self) -> bool:
        """Whether the body is a web page: a login form, a proxy's notice, a maintenance page."""
        if "html" in self.headers.get("content-type", "").lower():
            return True
        start = self.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return start.startswith((b"<!doctype html", b"<html"))

    def json(self) -> object:
        """The body read as JSON.

        Raises BadAnswer that says what came instead: a web page is named but never quoted.
        """
        try:
            if self.is_html or not self.content.strip():
                raise ValueError
            return cast("object", json.loads(self.content))
        except (ValueError, RecursionError):
            next_step = (
                "A web page instead of data is often a login, proxy or maintenance page: check the address."
                if self.is_html
                else "Try again later; if it stays so, check the address of the service."
            )
            if not self.repeatable:
                next_step = "The call may have been carried out: look at the result before repeating it."
            came = self.describe_body()
            raise BadAnswer(
                f"{self.method} {self.path} answered {self.status} with {came}; JSON was expected.",
                next_step=next_step,
                status=self.status,
                request_id=self.request_id,
            ) from None

    def describe_body(self) -> str:
        """Name the body in a few words: kind and size, and the first clean 80 characters of plain text."""
        size = f"{len(self.content):,} bytes"
        if not self.content.strip():
            return "an empty body"
        if self.is_html:
            return f"a web page ({size} of HTML)"
        kind = clean_text(self.headers.get("content-type", "").split(";")[0], 60) or "no content type"
        head = self.content[:400]
        if b"\x00" in head or head.decode("utf-8", errors="replace").count("\ufffd") > 3:
            return f"binary data ({kind}, {size})"
        if head.lstrip().startswith((b"{", b"[")):
            kind = "broken JSON"
        return f"{kind} ({size}) starting with “{clean_text(self.text[:400], _QUOTED_CHARS)}”"


@dataclass(frozen=True, slots=True)
class StreamedReply:
    """An answer whose body is read in pieces; only valid inside `async with client.stream(...)`."""

    status: int
    headers: Mapping[str, str]
    method: str
    path: str
    _chunks: Callable[[], AsyncIterator[bytes]] = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """The vendor's id of this call; None if it names none."""
        return _request_id(self.headers)

    def iter_bytes(self) -> AsyncIterator[bytes]:
        """The decoded body, piece by piece.

        Raises Unavailable when the connection breaks and TimedOut when the deadline of the call passes.
        """
        return self._chunks()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it was sent and what came back, for the audit and for contract checks.

    `url` is the path with its query. Credentials are not among `request_headers`. `status` is None, and
    `error` says why, when no complete answer came; a streamed body is not recorded.
    """

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes = field(repr=False)
    status: int | None
    response_headers: Mapping[str, str] = field(repr=False)
    response_body: bytes = field(repr=False)
    error: str = ""

    @property
    def request_id(self) -> str | None:
        """The vendor's id of this call; None if it names none."""
        return _request_id(self.response_headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown status"


def error_class(status: int) -> type[ServiceError]:
    """The error that an HTTP status means."""
    if status >= 500:
        return Unavailable
    return {
        401: NotAuthenticated,
        403: NotPermitted,
        404: NotFound,
        408: Unavailable,
        409: Conflict,
        410: NotFound,
        412: Conflict,
        423: Conflict,
        425: Unavailable,
        429: RateLimited,
    }.get(status, InvalidInput)


_NEXT_STEPS: Mapping[type[ServiceError], str] = {
    NotAuthenticated: "Check the credentials: they may be wrong, expired or revoked.",
    NotPermitted: "The account lacks the permission, or its token the scope.",
    NotFound: "Check the key or id; the account may also not be allowed to see it.",
    Conflict: "Read its present state, then decide again.",
    Unavailable: "Try again in a minute.",
}


def error_for(
    reply: Reply,
    *,
    service: str,
    message: str = "",
    fields: Mapping[str, str] | None = None,
    next_step: str = "",
) -> ServiceError:
    """The error that `reply` means, by its status.

    `message` is the vendor's own explanation as the caller found it in the body; empty says it in our words.
    `fields` are arguments with what is wrong about each. An empty `next_step` gets the usual one.
    """
    kind = error_class(reply.status)
    wait = asked_wait(reply.status, reply.headers) if reply.status in (429, 503) else None
    if not next_step:
        next_step = "Send less at once." if reply.status == 413 else _NEXT_STEPS.get(kind, "")
        if kind is RateLimited or wait is not None:
            next_step = "Try again later." if wait is None else f"Try again in {max(1, round(wait))} s."
    reason = f"{service} answered {reply.status} ({_phrase(reply.status)})"
    if message:
        text = f"{reason}: {message}"
    elif fields:
        text = f"{reason}."
    else:
        text = f"{reason} to {reply.method} {reply.path}."
    return kind(
        text,
        next_step=next_step,
        fields=fields,
        status=reply.status,
        request_id=reply.request_id,
        retry_after=wait,
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for item in cast("list[object]", value) for text in _texts(item)]
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        for key in _TEXT_KEYS:
            if found := _texts(entries.get(key)):
                return found
    return []


def explain_by_status(reply: Reply, *, service: str) -> ServiceError:
    """The error for a vendor of whom nothing special is known: by status, with what common bodies say.

    A web page is named and measured, never quoted.
    """
    body: object = None
    try:
        if reply.content and not reply.is_html:
            body = cast("object", json.loads(reply.content))
    except (ValueError, RecursionError):
        pass
    if body is None:
        said = f"{reply.describe_body()}." if reply.content.strip() else ""
        return error_for(reply, service=service, message=said)
    fields: dict[str, str] = {}
    texts = _texts(body)
    if isinstance(body, dict):
        errors = cast("dict[str, object]", body).get("errors")
        if isinstance(errors, dict):
            named = cast("dict[str, object]", errors)
            fields = {name: " ".join(found) for name, value in named.items() if (found := _texts(value))}
        else:
            texts = texts or _texts(errors)
    return error_for(reply, service=service, message=clean_text(" ".join(texts)), fields=fields)
