"""Addresses on the web that people link to: checked, and compared whatever way they are written."""

import hashlib
import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from connector_kit.errors import InvalidInput, clean_text

_LONGEST = 2_000
_LONGEST_ID = 255
"""Characters of the identifier under which Jira knows a remote link."""
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\\<>\"]")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9])?")
_REQUEST = re.compile(r"/(?P<name>[^/]+)/(?:-/)?(?:pull|pulls|pull-requests|pullrequests|merge_requests)/(?P<id>\d+)")


def web_address(text: str, field: str = "url") -> str:
    """An https address in one spelling: host in lower case, no needless port, no slash at the end of its path.

    Raises InvalidInput for anything else, and for addresses with a password in them.
    """
    given = text.strip()
    parts = _parts(given)
    if parts is None:
        raise InvalidInput(
            f"{clean_text(text, 60)!r} is not an address to link to.",
            fields={field: "should be like https://example.org/page, at most 2,000 characters, nothing secret in it"},
        )
    host = (parts.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port not in (None, 443) else ""
    return urlunsplit(("https", shown + port, parts.path.rstrip("/"), parts.query, parts.fragment))


def _parts(text: str) -> SplitResult | None:
    if len(text) > _LONGEST or _FORBIDDEN.search(text):
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme.lower() != "https" or parts.username is not None or parts.password is not None:
        return None
    try:
        named = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    return parts if ":" in host or _HOST.fullmatch(named) else None


def same_address(one: str, other: str) -> bool:
    """Whether two addresses, of which Jira may know one in any spelling, lead to the same place."""
    return _spelled(one) == _spelled(other)


def _spelled(text: str) -> str:
    try:
        return web_address(text)
    except InvalidInput:
        return text


def identifier(url: str) -> str:
    """What Jira is to know a link to this address by, so that adding it again changes it instead."""
    if len(url) <= _LONGEST_ID:
        return url
    return f"sha256:{hashlib.sha256(url.encode()).hexdigest()}"


def title_of(url: str) -> str:
    """What to call an address that nobody gave a title: the pull request, or the last part of its path."""
    parts = urlsplit(url)
    if request := _REQUEST.search(parts.path):
        return clean_text(f"{unquote(request['name'])} #{request['id']}", _LONGEST_ID)
    last = unquote(parts.path.rsplit("/", 1)[-1]).replace("+", " ")
    return clean_text(f"{parts.netloc}: {last}" if last else parts.netloc, _LONGEST_ID)


def is_code_review(url: str) -> bool:
    """Whether the address is that of a pull or merge request, as the usual hosts write them."""
    return _REQUEST.search(urlsplit(url).path) is not None
