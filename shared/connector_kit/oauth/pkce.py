"""Proof Key for Code Exchange (RFC 7636) and the state of a login: what binds an answer to its question."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proof:
    """The secret that only the program that began a login knows, and its S256 challenge, which everyone may see."""

    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> Proof:
        """A fresh one: 86 characters, 512 bits (RFC 7636 asks for at least 256)."""
        return cls(secrets.token_urlsafe(64))

    @property
    def challenge(self) -> str:
        """The base64url form of the verifier's SHA-256, without padding."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_state() -> str:
    """A value of 256 bits that an answer must bring back."""
    return secrets.token_urlsafe(32)


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
