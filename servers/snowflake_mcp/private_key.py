"""The private key of a user, as a file in PEM format: docs.snowflake.com/en/user-guide/key-pair-auth."""

from dataclasses import dataclass
from pathlib import Path

from connector_kit.errors import NotConfigured
from connector_kit.private_files import read_private


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What a file says without being opened: `problem` is why it is no key that may be used, "" if it may."""

    path: Path
    encrypted: bool = False
    problem: str = ""

    @classmethod
    def at(cls, path: Path) -> "PrivateKey":
        """Look at a file."""
        try:
            content = read_private(path)
        except FileNotFoundError:
            return cls(path, problem="is not there")
        except NotConfigured as error:
            return cls(path, problem=f"cannot be used: {error}")
        if b"PRIVATE KEY-----" not in content:
            return cls(path, problem="is not a private key in PEM format (-----BEGIN PRIVATE KEY-----)")
        # Older files say it in a header of their own.
        return cls(path, b"ENCRYPTED" in content)

    def opening_problem(self, passphrase: str) -> str:
        """Why a passphrase does not open the key; "" if it does, or if the key needs none and none is given."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        if self.problem:
            return ""
        if not self.encrypted and passphrase:
            return "is not needed: the key has none"
        if self.encrypted and not passphrase:
            return "is needed: the key is encrypted"
        try:
            load_pem_private_key(read_private(self.path), passphrase.encode() or None)
        except (ValueError, TypeError, UnsupportedAlgorithm, OSError):
            return "does not open the key"
        return ""
