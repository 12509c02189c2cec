"""Signing requests to the REST API, and what its refusals mean."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from pydantic import SecretStr

from connector_kit.errors import NotAuthenticated, NotConfigured, ServiceError
from connector_kit.http import HttpClient
from connector_kit.oauth.settings import credential_of, manager_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from snowflake_mcp.client.rest import TOKEN_TYPE, key_pair_token, placed, rest_client
from snowflake_mcp.models import Context
from snowflake_mcp.settings import SnowflakeSettings

pytestmark = pytest.mark.anyio

PATH = "/api/v2/cortex/analyst/message"
TOKEN = "pat-5f0c9e7b1d"
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    """A REST API."""
    async with FaultServer(Fault.json({"ok": True})) as running:
        yield running


def settings_for(server: FaultServer, **others: Any) -> SnowflakeSettings:
    """Settings that lead there, with a programmatic access token if they say nothing else."""
    given: dict[str, Any] = {
        "account_identifier": "acme-prod",
        "user": "ana",
        "api_url": server.url,
        "token": SecretStr(TOKEN),
    }
    return SnowflakeSettings(**(given | others))


def written_key(folder: Path, key: Any = KEY, passphrase: bytes | None = None) -> Path:
    """A private key in a file of its owner's."""
    path = folder / "key.p8"
    kept = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kept))
    path.chmod(0o600)
    return path


async def post(http: HttpClient, context: Context | None = None) -> object:
    """A request to the analyst."""
    try:
        headers = placed(context or Context())
        return (await http.request("POST", PATH, json={"a": 1}, headers=headers, repeatable=True)).json()
    finally:
        await http.aclose()


def decoded(part: str) -> dict[str, Any]:
    """A part of a token."""
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def test_a_token_is_sent_with_its_kind(server: FaultServer) -> None:
    assert await post(rest_client(settings_for(server), policy=QUICK)) == {"ok": True}
    [request] = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers[TOKEN_TYPE.lower()] == "PROGRAMMATIC_ACCESS_TOKEN"
    assert "x-snowflake-role" not in request.headers


async def test_role_and_warehouse_of_a_call_are_told(server: FaultServer) -> None:
    await post(rest_client(settings_for(server), policy=QUICK), Context(role="READER", warehouse="small wh"))
    [request] = server.requests
    assert request.headers["x-snowflake-role"] == "READER"
    assert request.headers["x-snowflake-warehouse"] == '"small wh"'


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
@pytest.mark.parametrize(
    ("account", "named"),
    [
        ("acme-prod", "ACME-PROD"),
        ("acme-my_prod", "ACME-MY_PROD"),
        ("xy12345.us-east-1", "XY12345"),
        ("https://acme-prod.snowflakecomputing.com", "ACME-PROD"),
    ],
)
async def test_a_key_pair_signs_a_token(
    server: FaultServer, tmp_path: Path, passphrase: str, account: str, named: str
) -> None:
    settings = settings_for(
        server,
        account_identifier=account,
        token=None,
        private_key_file=written_key(tmp_path, passphrase=passphrase.encode() or None),
        private_key_passphrase=SecretStr(passphrase) if passphrase else None,
    )
    before = int(time.time())
    await post(rest_client(settings, policy=QUICK))
    [request] = server.requests
    assert request.headers[TOKEN_TYPE.lower()] == "KEYPAIR_JWT"
    head, claims, signature = request.headers["authorization"].removeprefix("Bearer ").split(".")
    public = KEY.public_key()
    public.verify(
        base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)),
        f"{head}.{claims}".encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    fingerprint = base64.b64encode(hashlib.sha256(der).digest()).decode()
    told = decoded(claims)
    assert decoded(head) == {"alg": "RS256", "typ": "JWT"}
    assert (told["iss"], told["sub"]) == (f"{named}.ANA.SHA256:{fingerprint}", f"{named}.ANA")
    assert before <= told["iat"] < told["exp"] <= told["iat"] + 3600


def test_a_key_of_a_curve_signs_as_well(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    settings = SnowflakeSettings(
        account_identifier="acme-prod", user="ana", private_key_file=written_key(tmp_path, key)
    )
    head, claims, signature = key_pair_token(settings, 1_800_000_000).split(".")
    assert decoded(head)["alg"] == "ES256"
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.public_key().verify(
        utils.encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
    )


async def test_a_signed_token_serves_until_it_is_nearly_over(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    http = rest_client(settings_for(server, token=None, private_key_file=written_key(tmp_path)), policy=QUICK)
    for seconds in (0.0, 3_000.0, 3_300.0):
        now[0] = 1_800_000_000.0 + seconds
        await post(http)
    tokens = [request.headers["authorization"] for request in server.requests]
    assert tokens[0] == tokens[1] != tokens[2]


async def test_a_key_that_cannot_be_used_is_named_and_not_told(server: FaultServer, tmp_path: Path) -> None:
    for other in (ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()):
        with pytest.raises(NotConfigured, match="neither an RSA key nor one of the curve P-256"):
            key_pair_token(settings_for(server, private_key_file=written_key(tmp_path, other)), 0)
    locked = written_key(tmp_path, passphrase=b"open sesame")
    for passphrase in (None, SecretStr("wrong sesame")):
        with pytest.raises(NotConfigured, match="SNOWFLAKE_PRIVATE_KEY_FILE") as caught:
            key_pair_token(settings_for(server, private_key_file=locked, private_key_passphrase=passphrase), 0)
        assert "sesame" not in str(caught.value)
    with pytest.raises(NotConfigured, match="SNOWFLAKE_PRIVATE_KEY_FILE"):
        key_pair_token(settings_for(server, private_key_file=tmp_path / "nowhere.p8"), 0)


async def test_a_login_in_the_browser_is_renewed_once_when_it_is_refused(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    settings = settings_for(server, token=None, authenticator="oauth")
    now = time.time()
    Vault.default().save(
        credential_of(settings), TokenSet("access-first", "refresh-1", now + 300, ("refresh_token",), now - 200)
    )
    renewed = {"access_token": "access-second", "refresh_token": "refresh-2", "expires_in": 600, "token_type": "Bearer"}
    server.queue("/oauth/token-request", Fault.json(renewed))
    server.queue(PATH, Fault.json({"code": "390318", "message": "OAuth access token expired."}, 401))
    assert await post(rest_client(settings, manager_of(settings), policy=QUICK)) == {"ok": True}
    asked = [request for request in server.requests if request.path == PATH]
    assert [request.headers["authorization"] for request in asked] == ["Bearer access-first", "Bearer access-second"]
    assert {request.headers[TOKEN_TYPE.lower()] for request in asked} == {"OAUTH"}


@pytest.mark.parametrize(
    ("others", "told"),
    [({"authenticator": "external_browser"}, "in the browser"), ({"connection": "work"}, "connections.toml")],
)
async def test_ways_without_a_token_are_told_apart(server: FaultServer, others: dict[str, str], told: str) -> None:
    with pytest.raises(NotConfigured, match=f"{told}.*programmatic access token, a key pair or OAuth"):
        rest_client(settings_for(server, **others))


async def test_a_token_is_not_carried_to_another_host(server: FaultServer) -> None:
    async with FaultServer() as elsewhere:
        server.queue(PATH, Fault.redirect(f"{elsewhere.url}{PATH}", 307))
        with pytest.raises(ServiceError):
            await post(rest_client(settings_for(server), policy=QUICK))
        assert all("authorization" not in request.headers for request in elsewhere.requests)


def test_the_address_is_that_of_the_account() -> None:
    settings = SnowflakeSettings(account_identifier="acme-my_prod", user="ana", token=SecretStr(TOKEN))
    assert rest_client(settings).base_url == "https://acme-my-prod.snowflakecomputing.com"


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (401, {"code": "394400", "message": "Programmatic access token is invalid."}, "not_authenticated", "394400"),
        (401, {"error_code": "390144", "message": "JWT token is invalid. [0ce9]"}, "not_authenticated", "390144"),
        (401, {}, "not_authenticated", "SNOWFLAKE_TOKEN"),
        (401, {"message": "no luck"}, "not_authenticated", "no luck"),
        (403, {"code": "390422", "message": "Incoming request with IP/Token 203.0.113.7 is not allowed to access "
               "Snowflake."}, "not_permitted", "network policy"),
        (403, {"code": "390189", "message": "Role 'X' is not granted."}, "not_permitted", "`role`"),
        (403, {"code": "399113", "message": "Forbidden."}, "not_permitted", "SNOWFLAKE.CORTEX_USER"),
        (404, {"code": "002003", "message": "V does not exist"}, "not_found", "DATABASE.SCHEMA.NAME"),
        (400, {"error_code": "392706", "message": "'@x' is an invalid stage file URL"}, "invalid_input", "392706"),
        (429, {"message": "Too many requests"}, "rate_limited", "Too many requests"),
        (500, {"message": "incident 12"}, "unavailable", "incident 12"),
        (503, {}, "unavailable", "503"),
        (404, [1, 2], "not_found", "404"),
    ],
)  # fmt: skip
async def test_a_refusal_is_told_as_what_it_is(
    server: FaultServer, status: int, body: object, kind: str, told: str
) -> None:
    server.queue(PATH, *[Fault.json(body, status)] * 9)
    with pytest.raises(ServiceError, match=told) as caught:
        await post(rest_client(settings_for(server), policy=QUICK))
    assert caught.value.kind == kind
    assert caught.value.next_step
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403, 404, 502])
async def test_a_web_page_is_not_quoted(server: FaultServer, status: int) -> None:
    server.queue(PATH, *[Fault.html(status)] * 9)
    with pytest.raises(ServiceError) as caught:
        await post(rest_client(settings_for(server), policy=QUICK))
    assert "Please log in" not in str(caught.value)
    if status == 401:
        assert isinstance(caught.value, NotAuthenticated)
