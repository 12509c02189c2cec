"""A private key that is planted, encrypted with a passphrase that is planted as well."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from .planted import Planted


def encrypted_key(planted: Planted) -> bytes:
    """The key's file; what is in it is planted as a secret, and so are parts of the file's text."""
    key = rsa.generate_private_key(65537, 2048)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()
    passphrase = BestAvailableEncryption(planted.secret("passphrase").encode())
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, passphrase)
    planted.secrets["key"] = plain[10]
    planted.secrets["key's file"] = written.decode().splitlines()[10]
    return written
