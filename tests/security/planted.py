"""What is planted in a full run: a canary of each kind, which must not be found where it does not belong.

They are made anew in each run, of no form that gives a secret away: what leaves them out must know them.
"""

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId


def canary(kind: str) -> str:
    """A text that is nowhere else."""
    return f"{kind}{secrets.token_hex(9)}Zq"


def address(kind: str) -> str:
    """An e-mail address that is nowhere else, of a domain that nobody has."""
    return f"{kind}.{secrets.token_hex(6)}@people.example"


def stored_login(
    service: str, refresh_token: str, access_token: str = "access-planted"
) -> tuple[CredentialId, TokenSet]:
    """A login as the vault keeps it."""
    now = time.time()
    tokens = TokenSet("access-planted", refresh_token, expires_at=now + 3600, obtained_at=now)
    return CredentialId(service, "default planted-app", "vendor.example"), tokens


def forms(text: str) -> set[str]:
    """A text as it is, and as it travels: escaped, and in base64 wherever it begins in what is encoded."""
    raw = text.encode()
    found = {text, quote(text, safe=""), text.lower(), text.upper(), text[::-1]}
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw).decode()
        # What stands before and after the text changes the first and the last characters.
        found.add(coded[4 if before else 0 : -4])
    return found


def found_in(text: str, planted: Mapping[str, str]) -> list[str]:
    """The kinds of those canaries that are in a text, in any form."""
    return [kind for kind, value in planted.items() if any(form in text for form in forms(value))]


@dataclass(frozen=True)
class Planted:
    """Canaries by what they are; `secrets` and `addresses` may be nowhere, `texts` not in logs and audit records."""

    secrets: dict[str, str] = field(default_factory=dict[str, str])
    addresses: dict[str, str] = field(default_factory=dict[str, str])
    texts: dict[str, str] = field(default_factory=dict[str, str])

    def secret(self, kind: str, prefix: str = "") -> str:
        """Plant a secret."""
        return self.secrets.setdefault(kind, prefix + canary(kind))

    def address(self, kind: str) -> str:
        """Plant somebody's address."""
        return self.addresses.setdefault(kind, address(kind))

    def text(self, kind: str) -> str:
        """Plant what somebody wrote."""
        return self.texts.setdefault(kind, canary(kind))
