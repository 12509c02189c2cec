from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from snowflake_mcp.private_key import PrivateKey

PASSPHRASE = "open-sesame"
LOCK = BestAvailableEncryption(PASSPHRASE.encode())
FORMS = {
    "pkcs8": (PrivateFormat.PKCS8, NoEncryption()),
    "pkcs8, encrypted": (PrivateFormat.PKCS8, LOCK),
    "traditional": (PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    "traditional, encrypted": (PrivateFormat.TraditionalOpenSSL, LOCK),
}


def written(folder: Path, form: PrivateFormat, lock: KeySerializationEncryption) -> Path:
    path = folder / "my key.p8"
    path.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, form, lock))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_a_key_says_whether_it_needs_a_passphrase(tmp_path: Path, form: str) -> None:
    key = PrivateKey.at(written(tmp_path, *FORMS[form]))
    assert (key.encrypted, key.problem) == ("encrypted" in form, "")
    if key.encrypted:
        assert key.opening_problem("") == "is needed: the key is encrypted"
        assert key.opening_problem("guess") == "does not open the key"
        assert key.opening_problem(PASSPHRASE) == ""
    else:
        assert key.opening_problem("") == ""
        assert key.opening_problem("superfluous") == "is not needed: the key has none"


def test_a_file_that_is_no_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "key.p8"
    assert PrivateKey.at(path).problem == "is not there"
    path.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    path.chmod(0o600)
    assert "is not a private key in PEM format" in PrivateKey.at(path).problem
    path.chmod(0o644)
    assert "chmod 600" in PrivateKey.at(path).problem


def test_a_key_that_is_damaged_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "key.p8"
    path.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    path.chmod(0o600)
    assert PrivateKey.at(path).opening_problem("") == "does not open the key"
