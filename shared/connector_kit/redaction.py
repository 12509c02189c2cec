"""Takes secrets and e-mail addresses out of whatever is about to be written down."""

import base64
import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import quote, quote_plus

MARK = "[secret]"
SHORTEST_SECRET = 6
"""Shorter values are not searched for: they would blank out half of every line."""
MOST_PASSING = 16
_DEEPEST = 12

_NAMES = (
    "authorization|cookie|passw(?:or)?d|passwd|passphrase|passcode|pwd|secret|token|api[-_]?key|access[-_]?key"
    "|private[-_]?key|credentials?|signature|assertion|code_verifier"
)
_NEEDLES = ("auth", "cook", "pass", "pwd", "secr", "token", "key", "cred", "sign", "assert", "verif")
_SECRET_KEY = rf"(?i)(?:{_NAMES})|^(?:code|sig)$"
MAIL = r"[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
"""An e-mail address, also as it stands in the address of a request."""

# Patterns are compiled (and kept by `re`) when first needed: a server that logs nothing starts without.
# Each runs only if one of its needles is in the lower-cased text: most lines have none.
_PATTERNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("-----begin",),
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|\Z)",
    ),
    # A header's value: up to two words, since the scheme may stand before the credential, which may be quoted.
    (
        ("authorization",),
        r"(?i)(?<=authorization)([\"']?\s{0,4}[:=]\s{0,4}[\"']?)(?:[\w-]{1,20} {1,4})?[^\s\"',;]+"
        r"(?:(?<=[=\\])\"[^\"\\]+)?",
    ),
    (("cookie",), r"(?i)(?<=cookie)([\"']?\s{0,4}[:=]\s{0,4}[\"']?)[^\r\n\"']+"),
    (("bearer", "basic"), r"\b((?i:bearer|basic)\s{1,4})(?=[\w.~+/-]{1,64}[0-9=A-Z])[\w.~+/=-]{8,}"),
    (("xox", "xapp-"), r"\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[\w-]{10,}"),
    (("atatt", "atctt", "atstt", "atabb", "atoa", "atbb"), r"\bAT(?:ATT|CTT|STT|ABB|OA|BB)[\w+/=-]{20,}"),
    (("gh", "github_pat"), r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})"),
    (("akia", "asia"), r"\bA(?:KIA|SIA)[0-9A-Z]{16}\b"),
    (("eyj",), r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}"),
    (("://",), r"(?<=://)[^/\s:@\"']{0,256}:[^/\s@\"']{1,1024}(?=@)"),
    (("code=", "sig=", "key=", "session="), r"(?i)(?<=[?&])((?:code|sig|key|session)=)[^\s&\"'#]+"),
    # name=value anywhere, "name": value where quotes say that it is data and not prose. The lookahead
    # makes the search four times as fast.
    (
        _NEEDLES,
        (
            rf"(?i)((?=[acpstACPST])(?:{_NAMES})[\w-]{{0,20}}(?:\\?[\"']\s{{0,4}}[:=]|\s{{0,4}}=)\s{{0,4}}\\?[\"']?)"
            r"(?:(?<=\\\")[^\"\\]+|(?<=\")(?:[^\"\\]|\\.)+|(?<=')(?:[^'\\]|\\.)+|[^\s&\"',;)\]}]+)"
        ),
    ),
)


def names_a_secret(name: str) -> bool:
    """Whether what goes by this name, as a key or an argument, is taken for a secret."""
    return re.search(_SECRET_KEY, name) is not None


class Redactor:
    """Replaces known secrets, things that look like secrets, and e-mail addresses.

    A known secret is found as it is and as it travels: percent-encoded, escaped in JSON, and in
    base64 at any alignment, so also inside `Basic` credentials. An address becomes `mail:` and a
    hash that is the same within a process only. Never raises.
    """

    def __init__(self) -> None:
        self._salt = os.urandom(16)
        self._lasting: frozenset[str] = frozenset()
        self._passing: deque[frozenset[str]] = deque(maxlen=MOST_PASSING)
        self._known: tuple[str, ...] = ()

    def add(self, secret: str, *, user: str = "") -> None:
        """Remember a secret of at least 6 characters; with `user`, also `Basic` of `user:secret`."""
        if len(secret) < SHORTEST_SECRET:
            return
        forms = set(_forms(secret))
        if user:
            forms.update(_encoded(f"{user}:{secret}"))
        self._lasting = self._lasting | forms
        self._sort()

    def add_passing(self, secret: str) -> None:
        """Remember a secret that others will follow, like an access token; the last 16 are known."""
        if len(secret) >= SHORTEST_SECRET:
            forms = frozenset(_forms(secret))
            if forms not in self._passing:
                self._passing.append(forms)
                self._sort()

    def _sort(self) -> None:
        # The longest first, or a form inside another would leave the rest of it.
        self._known = tuple(sorted(self._lasting.union(*self._passing), key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without secrets and with addresses hashed."""
        text = self.known(text)
        lowered = text.lower()
        for needles, pattern in _PATTERNS:
            if any(needle in lowered for needle in needles):
                text = re.sub(pattern, _marked, text)
        if "@" in text or "%40" in text:
            text = re.sub(MAIL, self._hashed, text)
        return text

    def known(self, text: str) -> str:
        """The text without the secrets that were added, and otherwise as it is."""
        for form in self._known:
            if form in text:
                text = text.replace(form, MARK)
        return text

    def value(self, value: object, depth: int = 0) -> object:
        """A value made of mappings, sequences and scalars, without secrets; other objects as text."""
        if depth > _DEEPEST:
            return "…"
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            entries = cast("Mapping[object, object]", value)
            return {self.text(str(key)): self._entry(str(key), entry, depth) for key, entry in entries.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item, depth + 1) for item in cast("list[object]", value)]
        return self.text(str(value))

    def _entry(self, key: str, value: object, depth: int) -> object:
        if names_a_secret(key) and not (value is None or isinstance(value, bool)):
            return MARK
        return self.value(value, depth + 1)

    def _hashed(self, found: re.Match[str]) -> str:
        address = found[0].lower().replace("%40", "@").encode("utf-8", "replace")
        digest = hashlib.blake2s(address, key=self._salt, digest_size=6)
        return f"mail:{digest.hexdigest()}"


def _marked(found: re.Match[str]) -> str:
    return f"{found[1]}{MARK}" if found.re.groups else MARK


def _forms(secret: str) -> Iterator[str]:
    yield secret
    escaped = json.dumps(secret)[1:-1]
    yield escaped
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield json.dumps(escaped)[1:-1]
    yield repr(secret)[1:-1]
    raw = secret.encode("utf-8", "surrogatepass")
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield encoded
        yield re.sub("%..", lambda code: code[0].lower(), encoded)
    yield from _encoded(secret)


def _encoded(secret: str) -> Iterator[str]:
    """Base64 of the secret, and what is certain of it when other bytes stand before and after."""
    raw = secret.encode("utf-8", "surrogatepass")
    for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
        whole = alphabet(raw).decode()
        yield whole
        yield whole.rstrip("=")
        for before in range(3):
            first = (before * 8 + 5) // 6
            last = (before + len(raw)) * 8 // 6
            yield alphabet(bytes(before) + raw).decode()[first:last]
