"""Where a request goes: base addresses, paths and queries that cannot lead anywhere else."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, urlencode

import httpx2

from connector_kit.errors import InvalidInput, NotConfigured, clean_text

Params = Mapping[str, str | int | bool | Sequence[str] | None]
"""A query: None is left out, a bool becomes true or false, a list repeats its name."""

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
_HOST = rb"[a-z0-9._-]+|[0-9a-f:.]+"
LONGEST = 60_000
"""Characters of path and query. httpx2 takes 65,536; most services refuse far less, and say so themselves."""

_DECODING_ROUNDS = 3  # a proxy in between may decode once more than the service


def origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a secret is bound to."""
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default


def has_host(url: httpx2.URL) -> bool:
    """Whether `url` names a host that can exist: a name or an IP address."""
    return re.fullmatch(_HOST, url.raw_host) is not None


def base_address(text: str, *, plain_http: bool = False) -> httpx2.URL:
    """Check the base address of a service and return it without a slash at its end.

    Raises NotConfigured unless it is https://host[:port][/path]; http is for loopback, and for any host with
    `plain_http`.
    """

    def refuse(why: str) -> NotConfigured:
        return NotConfigured(
            f"The service address {clean_text(text, 100)!r} {why}.", next_step="Expected https://host."
        )

    try:
        url = httpx2.URL(text.strip().rstrip("/"))
    except (httpx2.InvalidURL, UnicodeError):
        raise refuse("is not an address") from None
    if url.userinfo:
        # The text would show the password.
        raise NotConfigured("The service address must not hold a user name or password.")
    if url.scheme not in ("https", "http") or not has_host(url):
        raise refuse("is not a web address")
    if url.query or url.fragment or "?" in text or "#" in text:
        raise refuse("must not have a query or fragment")
    if url.scheme == "http" and not plain_http and url.host not in LOOPBACK_HOSTS:
        raise refuse("would send the credentials unencrypted")
    return url


def segment(value: str | int) -> str:
    """Encode one part of a path, such as an id, so that it stays one part.

    Raises InvalidInput for an empty value, for `.` and `..`, and for control characters.
    """
    text = str(value)
    if not text or text in (".", ".."):
        raise InvalidInput(f"{text!r} is not an id.")
    _refuse_control_characters(text)
    return quote(_encodable(text), safe="")


def join(base: httpx2.URL, path: str, params: Params | None = None) -> httpx2.URL:
    """The full address of `path`, which starts with "/" and stays below `base`.

    Raises InvalidInput for anything that could lead elsewhere: a scheme or host, dot segments however they are
    encoded, backslashes, control characters, a query or fragment inside the path (queries go into `params`);
    and for more than `LONGEST` characters.
    """
    _check_path(path)
    query = _query(params)
    target = base.raw_path.decode("ascii").rstrip("/") + quote(path, safe="/:@!$&'()*+,;=~-._%")
    whole = target + ("?" + query if query else "")
    if len(whole) > LONGEST:
        raise InvalidInput(
            f"What was given is too long for an address: {len(whole):,} characters, at most {LONGEST:,}.",
            next_step="Shorten it.",
        )
    url = base.copy_with(raw_path=whole.encode("ascii"))
    if origin(url) != origin(base):  # pragma: no cover - the last line of defence behind _check_path
        raise InvalidInput("The path leads to another host.")
    return url


def _check_path(path: str) -> None:
    if not path.startswith("/") or path.startswith("//"):
        raise _refused(path, "must begin with one slash")
    _refuse_control_characters(path)
    _encodable(path)
    if "?" in path or "#" in path:
        raise _refused(path, "must not have a query or fragment")
    decoded = path
    for _ in range(_DECODING_ROUNDS):
        if "\\" in decoded or any(part in (".", "..") for part in decoded.split("/")):
            raise _refused(path, "leads outside of its place")
        _refuse_control_characters(decoded)
        decoded = unquote(decoded)


def _refused(path: str, why: str) -> InvalidInput:
    return InvalidInput(f"The path {clean_text(path, 100)!r} {why}.")


def _refuse_control_characters(text: str) -> None:
    # Asked of every request: what is printable, as most are, need not be looked through.
    if not text.isprintable() and any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in text):
        raise InvalidInput(f"{clean_text(text, 60)!r} holds control characters.")


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{clean_text(text, 60)!r} holds half a character (a lone surrogate).") from None
    return text


def _query(params: Params | None) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        if value is None:
            continue
        if isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif isinstance(value, str | int):
            pairs.append((name, str(value)))
        else:
            pairs.extend((name, str(item)) for item in value)
    for name, value in pairs:
        _encodable(name)
        _encodable(value)
    return urlencode(pairs, quote_via=quote, safe="")


def encode_json(value: object) -> bytes:
    """`value` as compact UTF-8 JSON. Raises InvalidInput for what JSON cannot say (NaN, lone surrogates)."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise InvalidInput("A text holds half a character (a lone surrogate).") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The data cannot be sent as JSON: {error}.") from None


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that cannot smuggle another: printable ASCII only. Raises InvalidInput naming the header."""
    for name, value in headers.items():
        if not (name + value).isascii() or any(char < " " or char == "\x7f" for char in name + value):
            raise InvalidInput(f"The header {clean_text(name, 60)!r} must be printable ASCII.")
    return dict(headers)
