"""Snowflake's REST API: who asks, and what a refusal means.

https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/authentication; the role and the warehouse of a request
as in https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/setting-context.
"""

import base64
import hashlib
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio.to_thread
import httpx2

from connector_kit import trace
from connector_kit.errors import NotConfigured, ServiceError, clean_text
from connector_kit.http import HttpClient, HttpPolicy, Reply, error_for, explain_by_status
from connector_kit.oauth.bearer import BearerAuth
from connector_kit.oauth.manager import OAuthManager
from connector_kit.private_files import read_private
from connector_kit.wire import as_object, as_text
from snowflake_mcp.client.driver import DriverError
from snowflake_mcp.client.refusals import explain
from snowflake_mcp.guard.names import written
from snowflake_mcp.models import Context
from snowflake_mcp.settings import SnowflakeSettings, Way

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

TOKEN_TYPE: Final = "X-Snowflake-Authorization-Token-Type"  # noqa: S105 - the name of a header
_TYPES: Final[dict[Way, str]] = {
    "pat": "PROGRAMMATIC_ACCESS_TOKEN",
    "key_pair": "KEYPAIR_JWT",
    "oauth": "OAUTH",
}
_LIFETIME: Final = 3_540
"""Seconds that a token of a key pair lives; Snowflake takes an hour at most."""
_MARGIN: Final = 300
_LOGIN_CODES: Final = range(390_000, 396_000)


def rest_client(
    settings: SnowflakeSettings, login: OAuthManager | None = None, *, policy: HttpPolicy | None = None
) -> HttpClient:
    """The client of the account's REST API; nothing is sent yet. `login` is that of an OAuth login.

    Raises NotConfigured where the way to sign in has no token that this API takes.
    """
    way = settings.way
    if way not in _TYPES:
        signs = "in the browser" if way == "external_browser" else "by connections.toml"
        raise NotConfigured(
            f"Cortex is asked through Snowflake's REST API, which takes no sign-in {signs}.",
            next_step="Semantic views can be listed and queried all the same. For more, ask the user to sign in with a "
            "programmatic access token, a key pair or OAuth; see setup_guides/snowflake.md.",
        )

    def refusal(reply: Reply) -> ServiceError:
        return explain_reply(reply, way)

    return HttpClient(
        settings.api_url or f"https://{settings.host}",
        service="Snowflake",
        auth=_signing(settings, login),
        policy=policy or HttpPolicy(total_timeout=settings.timeout, read_timeout=settings.timeout),
        explain=refusal,
        on_exchange=trace.note,
        headers={TOKEN_TYPE: _TYPES[way]},
    )


def placed(context: Context) -> Mapping[str, str]:
    """A context as headers: the role that authorizes a request, and the warehouse that it may use."""
    named = {"X-Snowflake-Role": context.role, "X-Snowflake-Warehouse": context.warehouse}
    return {name: written(value) for name, value in named.items() if value}


def explain_reply(reply: Reply, way: Way) -> ServiceError:
    """A refusal of the REST API, by the number in its body where that says more than the status."""
    said, code = _told(reply)
    if reply.status in (401, 403) and code in _LOGIN_CODES:
        error = DriverError(said, errno=code)
        return explain(error, way=way)
    if reply.status == 401:
        return explain(DriverError(said or "no reason is given", errno=390_000), way=way)
    if not said:
        return explain_by_status(reply, service="Snowflake")
    reference = f" (error {code})" if code else ""
    return error_for(
        reply, service="Snowflake", message=f"{said}{reference}", next_step=_NEXT_STEPS.get(reply.status, "")
    )


_NEXT_STEPS: Final = {
    400: "Correct what was asked for.",
    403: "Ask the user for a role (`role`) that has SNOWFLAKE.CORTEX_USER and may use the object.",
    404: "Check the name, written DATABASE.SCHEMA.NAME; the role may also not see it.",
}


def _told(reply: Reply) -> tuple[str, int]:
    """What the body says, and its number; 0 for none."""
    if reply.is_html:
        return "", 0
    try:
        body = as_object(json.loads(reply.content))
    except (ValueError, RecursionError):
        return "", 0
    code = as_text(body.get("code")) or as_text(body.get("error_code"))
    number = int(code) if code.isascii() and code.isdigit() and len(code) < 10 else 0
    return clean_text(as_text(body.get("message")), 400).rstrip(". "), number


def _signing(settings: SnowflakeSettings, login: OAuthManager | None) -> httpx2.Auth:
    if settings.way == "oauth":
        assert login is not None  # or there would be no client
        return BearerAuth(login)
    if settings.way == "key_pair":
        return _KeyPairAuth(settings)
    return _TokenAuth(settings.token.get_secret_value() if settings.token else "")


class _TokenAuth(httpx2.Auth):
    """Sends a token that does not change."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """What httpx2 asks for."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _KeyPairAuth(httpx2.Auth):
    """Sends a token that the private key signed, a new one before it is over."""

    def __init__(self, settings: SnowflakeSettings) -> None:
        self._settings = settings
        self._token = ""
        self._until = 0.0

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """What httpx2 asks for."""
        now = time.time()
        if now > self._until - _MARGIN:
            self._token = await anyio.to_thread.run_sync(key_pair_token, self._settings, int(now))
            self._until = now + _LIFETIME
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def key_pair_token(settings: SnowflakeSettings, now: int) -> str:
    """A JSON Web Token of the user's, signed with the private key, for an hour from `now` (epoch seconds).

    Raises NotConfigured for a key that cannot be used.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    path = settings.private_key_file or Path()
    passphrase = settings.private_key_passphrase
    try:
        key = serialization.load_pem_private_key(
            read_private(path), passphrase.get_secret_value().encode() if passphrase else None
        )
    except (ValueError, TypeError, FileNotFoundError, UnsupportedAlgorithm) as error:
        raise _unusable(type(error).__name__) from None
    algorithm, sign = _signer(key)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    fingerprint = base64.b64encode(hashlib.sha256(public).digest()).decode()
    subject = f"{_account(settings.account_identifier or '')}.{(settings.user or '').upper()}"
    claims = {"iss": f"{subject}.SHA256:{fingerprint}", "sub": subject, "iat": now, "exp": now + _LIFETIME}
    signed = f"{_encoded(_compact({'alg': algorithm, 'typ': 'JWT'}))}.{_encoded(_compact(claims))}"
    return f"{signed}.{_encoded(sign(signed.encode()))}"


def _signer(key: "PrivateKeyTypes") -> tuple[str, Callable[[bytes], bytes]]:
    """How a key signs: the name of the way, and the signature of some bytes (RFC 7518)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    if isinstance(key, rsa.RSAPrivateKey):
        return "RS256", lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1":

        def signed(text: bytes) -> bytes:
            numbers = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
            return b"".join(number.to_bytes(32, "big") for number in numbers)

        return "ES256", signed
    raise _unusable("it is neither an RSA key nor one of the curve P-256")


def _account(identifier: str) -> str:
    """The account as a token names it: without region and domain, in capitals."""
    return identifier.strip().removeprefix("https://").split(".", 1)[0].upper()


def _compact(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _unusable(why: str) -> NotConfigured:
    return NotConfigured(
        f"The private key cannot be used ({why}).",
        next_step="Ask the user to check SNOWFLAKE_PRIVATE_KEY_FILE and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.",
    )
