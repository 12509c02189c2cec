"""What secrets and e-mail addresses look like in files, and which of the finds are known to be none."""

import math
import re
from collections import Counter
from collections.abc import Iterator

# A key is a header and a body: the header alone is what code looks for.
_KEY = re.compile(rb"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:\\n|\s)+([A-Za-z0-9+/=]{16,})")
SECRETS = {
    "Slack token": rb"\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[\w-]{10,}",
    "Atlassian token": rb"\bAT(?:ATT|CTT|STT|ABB|OA|BB)[\w+/=-]{20,}",
    "GitHub token": rb"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})",
    "AWS key": rb"\bA(?:KIA|SIA)[0-9A-Z]{16}\b",
    "other vendor's key": (
        rb"\b(?:sk-[\w-]{20,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|npm_\w{30,}|pypi-[\w-]{40,}|glpat-[\w-]{16,})"
    ),
    "JSON Web Token": rb"\beyJ[\w-]{8,}\.[\w-]{8,}",
    "password in an address": rb"://[^/\s:@\"'{}<>]{1,64}:([^/\s@\"'{}<>]{1,256})@[\w.-]+",
}
_ASSIGNED = re.compile(
    rb"(?i)(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|private[-_]?key|credential)s?[\w-]{0,20}"
    rb"[\"']?\s{0,4}[:=]\s{0,4}[\"']?([\w+/=.~-]{16,})"
)
_COMPILED = {kind: re.compile(pattern) for kind, pattern in SECRETS.items()}
_MAIL = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")

ENTROPY = 3.6
"""Bits a character from which a text that is assigned to a secret's name is taken for random: words are below."""

KNOWN: dict[str, str] = {
    r"xox[a-z](?:\.xox[a-z])?-sandbox-[a-z-]+": "the sandbox's own tokens, which say so",
    r"xox[a-z]-(?:nobody-knows-it|unheard-of|\d-abcdefghij|abcdefghij|111-222-abcdef)": "words, or the alphabet",
    r"x(?:ox[pb]|app)-(?:1-A0123|1111111111|4711|111)-[\w-]*": "digits that repeat where Slack's differ",
    r"ATATT3xFfGF0-a-(?:very-secret-token|token-that-nobody-may-see-4711)": "words after the prefix",
    r"eyJhbGciOiJIUzI1NiJ9\.eyJzdWIiOiIxMjM0NTY3ODkwIn0": "the example of RFC 7519's tutorials, without a signature",
    r"pw|password|proxy-password|secret|pa55|hunter2secret1": "words that stand for a password",
    r"/[a-z]+/[a-z0-9_./]+": "a path: of a key's file, or of a vendor's method",
    r"MIIEpAIBAAKCAQEA": "the twelve bytes that every RSA key of this size begins with, and nothing of a key",
    r"(?:[a-z]+[-_.])+[a-z]+": "words and hyphens only",
}
"""Finds that are no secrets, as patterns of the whole find, each with the reason."""

KNOWN_ADDRESSES: dict[str, str] = {
    "a@b.cd": "one letter at each place: the shortest that is one, for the pattern that finds them",
}
_NOBODYS = re.compile(
    # RFC 2606 and RFC 6761: these names belong to nobody.
    r"(?:.*[@.])(?:example|invalid|test|localhost|example\.(?:com|org|net))",
    re.IGNORECASE,
)


def entropy(text: bytes) -> float:
    """Bits a character of a text, by how often each is in it."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def keys_in(text: bytes) -> Iterator[tuple[str, str]]:
    """Private keys, which have several lines."""
    if b"PRIVATE KEY-----" in text:
        for found in _KEY.finditer(text):
            shown = found[1].decode("ascii", "replace")
            if not known(shown):
                yield "private key", shown


def secrets_in(text: bytes) -> Iterator[tuple[str, str]]:
    """What looks like a secret and is not known to be none: its kind, and the text."""
    for kind, pattern in _COMPILED.items():
        for found in pattern.finditer(text):
            shown = found[pattern.groups].decode("ascii", "replace")
            if not known(shown):
                yield kind, shown
    for found in _ASSIGNED.finditer(text):
        value = found[1].rstrip(b"=.")
        looks_random = any(48 <= each <= 57 for each in value) and entropy(value) >= ENTROPY
        shown = found[1].decode("ascii", "replace")
        if looks_random and not known(shown):
            yield "random text under a secret's name", shown


def known(text: str) -> bool:
    """Whether a find is one of those that are no secrets."""
    return any(re.fullmatch(pattern, text) for pattern in KNOWN)


def addresses_in(text: bytes) -> Iterator[str]:
    """E-mail addresses that could be somebody's."""
    for line in text.splitlines():
        if b"@" not in line:
            continue  # a pattern that begins with letters looks at every one of them
        for found in _MAIL.finditer(line):
            address = found[0].decode("ascii", "replace")
            before = re.split(rb"[\s\"'<>()\[\]]", line[: found.start()])[-1]
            if not (b"://" in before or _NOBODYS.fullmatch(address) or address in KNOWN_ADDRESSES):
                yield address
