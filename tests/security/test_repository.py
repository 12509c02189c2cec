"""The repository and all of its history hold no secret and nobody's e-mail address."""

import base64
import random

import pytest

from .patterns import KNOWN, KNOWN_ADDRESSES, addresses_in, keys_in, known, secrets_in
from .repository import everything, is_checkout

NO_GIT = pytest.mark.skipif(not is_checkout(), reason="this is no git checkout: there is no history to search")
RANDOM = base64.urlsafe_b64encode(random.Random(7).randbytes(30)).decode().replace("-", "x").replace("_", "9")
"""The same in every process, as names of tests have to be."""


@NO_GIT
def test_no_commit_and_no_file_ever_held_a_secret_or_somebodys_address() -> None:
    found: set[str] = set()
    lines: set[bytes] = set()
    for name, text in everything():
        lines.update(text.splitlines())
        found |= {f"{kind} in {name}" for kind, _ in keys_in(text)}
    assert len(lines) > 10_000
    each_once = b"\n".join(lines)  # versions of a file have most of their lines in common
    told = [*secrets_in(each_once), *(("address", address) for address in addresses_in(each_once))]
    found |= {f"{kind} in {where(shown)}: {shown[:16]}…" for kind, shown in told}
    assert not found, "\n".join(sorted(found))


def where(shown: str) -> str:
    """The first place that holds this text; only looked for when the test fails."""
    return next(name for name, text in everything() if shown.encode("ascii", "replace") in text)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + f"PRIVATE KEY-----\n{RANDOM}\n",
        "-----BEGIN " + f"RSA PRIVATE KEY-----\\n{RANDOM}",
        "xox" + f"b-{RANDOM}",
        "xox" + "p-2345678901-3456789012-abc",
        "xoxe" + f".xoxp-1-{RANDOM}",
        "xapp" + f"-1-{RANDOM}",
        "ATATT" + f"3xFfGF0{RANDOM}",
        "ghp" + f"_{RANDOM}",
        "AKIA" + "QWERTYUIOPASDFGH",
        "sk-" + f"ant-{RANDOM}",
        "eyJ" + f"hbGciOiJSUzI1NiJ9.eyJ{RANDOM}.{RANDOM}",
        "https://ann:" + f"{RANDOM}@example.org/",
        f'api_token = "{RANDOM}"',
        f"SNOWFLAKE_PASSWORD={RANDOM}",
        f'{{"client_secret": "{RANDOM}"}}',
        f"private_key_passphrase: {RANDOM}",
    ],
)
def test_a_secret_that_is_planted_is_found(text: str) -> None:
    planted = f"before\n{text}\nafter".encode()
    assert [*keys_in(planted), *secrets_in(planted)]


@pytest.mark.parametrize(
    "address", ["ann@" + "acme.com", "ann.bee+x@" + "mail.acme.co.uk", "ann@" + "example.com.acme.io"]
)
def test_an_address_that_is_planted_is_found(address: str) -> None:
    assert list(addresses_in(f"to: <{address}>, and ann@example.org".encode())) == [address]


def test_what_belongs_to_nobody_is_no_address() -> None:
    text = b"a@example.org b@pm-os.example c@u.x.example https://ann:pw@host.acme.com package@1.2.3 @decorator"
    assert list(addresses_in(text)) == []


def test_every_exception_has_a_reason() -> None:
    assert all(len(reason) > 10 for reason in (*KNOWN.values(), *KNOWN_ADDRESSES.values()))
    assert not known(RANDOM)
