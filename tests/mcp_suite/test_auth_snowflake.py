"""Logging in to Snowflake, which has five ways in, one of them through an app that everybody has."""

import gzip
import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from typer.testing import Result

from connector_kit.oauth.settings import manager_of
from connector_kit.oauth.vault import Vault
from connector_kit.secret_store import SecretStore
from connector_kit.testing.authorizations import Authorizations
from connector_kit.testing.token_faults import TokenRequest
from mcp_suite.errors import SuiteError
from snowflake_mcp.sandbox import ACCOUNT, READ_ROLE, SANDBOX_TOKEN, SANDBOX_USER, WAREHOUSE
from snowflake_mcp.settings import SnowflakeSettings

from .conftest import Person, served

Auth = Callable[..., Result]
PASSPHRASE = "open-sesame"
WHO = (f"--set=account={ACCOUNT}", f"--set=user={SANDBOX_USER}")


@pytest.fixture
def at(snowflake: str, tmp_path: Path) -> tuple[str, ...]:
    """The options that lead a login to the sandbox."""
    return ("login", "snowflake", "--url", snowflake)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[], dict[str, str]]:
    """The variables in the env file."""

    def read() -> dict[str, str]:
        text = (tmp_path / "config" / ".env.snowflake").read_text()
        pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
        return {name.removeprefix("SNOWFLAKE_"): value for name, _, value in pairs}

    return read


def key_file(folder: Path, passphrase: str = "") -> Path:
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path = folder / "snowflake key.p8"
    path.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    path.chmod(0o600)
    return path


def done(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refusal(result: Result) -> str:
    """What the command would print on standard error."""
    assert isinstance(result.exception, SuiteError), (result.output, result.exception)
    return str(result.exception)


def stored() -> list[str]:
    return [key.field for key, _ in SecretStore.default().list("snowflake")]


# Tokens


def test_a_token_is_stored_and_forgotten(auth: Auth, at: tuple[str, ...], written: Any, snowflake: str) -> None:
    more = (f"--set=role={READ_ROLE.lower()}", f"--set=warehouse={WAREHOUSE}", "--token-stdin")
    told = done(auth(*at, *WHO, *more, typed=f"{SANDBOX_TOKEN}\n"))
    assert f"Snowflake: {SANDBOX_USER}@{ACCOUNT} with role {READ_ROLE}" in told
    assert written() == {
        "AUTHENTICATOR": "pat",
        "ACCOUNT": ACCOUNT,
        "USER": SANDBOX_USER,
        "ROLE": READ_ROLE,
        "WAREHOUSE": WAREHOUSE,
        "API_URL": snowflake,
    }
    shown = done(auth("status", "snowflake"))
    assert "programmatic access token" in shown
    assert SANDBOX_TOKEN not in shown
    told = done(auth("logout", "snowflake"))
    assert "app.snowflake.com" in told
    assert written() == {}
    assert stored() == []


def test_a_token_that_is_refused_is_not_stored(auth: Auth, at: tuple[str, ...]) -> None:
    told = refusal(auth(*at, *WHO, "--token-stdin", typed="another-token\n"))
    assert "Nothing was stored or changed." in told
    assert "another-token" not in told
    assert stored() == []


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("not an account", "holds blanks"),
        ("https://app.snowflake.com/myorg/analytics/#/homepage", "its account is myorg-analytics"),
        ("https://app.snowflake.com/", "is a page of Snowsight"),
        ("my/account", "is not an account, like ORGANISATION-ACCOUNT"),
    ],
)
def test_what_is_no_account_is_told_before_anything_is_sent(auth: Auth, account: str, reason: str) -> None:
    options = (f"--set=account={account}", f"--set=user={SANDBOX_USER}", "--token-stdin")
    assert reason in refusal(auth("login", "snowflake", *options, typed="x\n"))


def test_a_script_is_told_what_each_way_needs(auth: Auth) -> None:
    told = refusal(auth("login", "snowflake"))
    assert "auth login snowflake --set account=… --set user=… --token-stdin < FILE" in told
    assert "auth login snowflake --oauth --set account=… --no-browser" in told
    assert "--client-id" not in told


def test_a_way_that_there_is_not_is_refused_with_those_that_there_are(auth: Auth) -> None:
    told = refusal(auth("login", "snowflake", "--way", "password"))
    assert told == "--way: Snowflake has pat, key_pair, oauth, external_browser, connection."
    assert refusal(auth("login", "jira", "--way", "pat")) == "--way: Jira has token, oauth."
    assert "does not go with options for OAuth" in refusal(auth("login", "snowflake", "--way", "pat", "--oauth"))
    assert "has no secret" in refusal(auth("login", "snowflake", "--way", "connection", "--token-stdin", typed="x\n"))


# Key pairs


def test_a_key_is_looked_at_before_it_is_tried(
    auth: Auth, at: tuple[str, ...], at_a_terminal: None, tmp_path: Path, written: Any
) -> None:
    key = key_file(tmp_path, PASSPHRASE)
    answers = (ACCOUNT, SANDBOX_USER, tmp_path / "elsewhere.p8", key, "", WAREHOUSE, "guess", PASSPHRASE)
    told = done(auth(*at, "--way", "key_pair", typed="".join(f"{answer}\n" for answer in answers)))
    assert "openssl genrsa" in told
    assert "That is not there." in told
    assert "That does not open the key." in told
    assert "Stored: the passphrase in a private file" in told
    assert PASSPHRASE not in told
    assert written()["PRIVATE_KEY_FILE"] == f"'{key}'"
    assert stored() == ["private_key_passphrase"]
    settings = SnowflakeSettings.load()
    settings.require()
    assert settings.way == "key_pair"
    assert "key pair" in done(auth("status", "snowflake"))


def test_a_key_without_a_passphrase_needs_nothing_on_standard_input(
    auth: Auth, at: tuple[str, ...], tmp_path: Path
) -> None:
    key = key_file(tmp_path)
    told = done(auth(*at, *WHO, "--way", "key_pair", f"--set=private_key_file={key}"))
    assert "Stored: all of it in" in told
    assert stored() == []


def test_a_key_with_a_passphrase_is_not_used_without_it(auth: Auth, at: tuple[str, ...], tmp_path: Path) -> None:
    options = (*WHO, "--way", "key_pair", f"--set=private_key_file={key_file(tmp_path, PASSPHRASE)}")
    assert "is needed: the key is encrypted" in refusal(auth(*at, *options))
    done(auth(*at, *options, "--token-stdin", typed=f"{PASSPHRASE}\n"))
    assert stored() == ["private_key_passphrase"]


def test_another_way_takes_the_place_of_the_first(
    auth: Auth, at: tuple[str, ...], tmp_path: Path, written: Any
) -> None:
    options = (*WHO, "--way", "key_pair", f"--set=private_key_file={key_file(tmp_path, PASSPHRASE)}")
    done(auth(*at, *options, "--token-stdin", typed=f"{PASSPHRASE}\n"))
    told = done(auth(*at, "--token", "--token-stdin", typed=f"{SANDBOX_TOKEN}\n"))
    assert f"Forgotten: the private key passphrase of {SANDBOX_USER}" in told
    assert "Taken out of that file: SNOWFLAKE_PRIVATE_KEY_FILE." in told
    assert written()["AUTHENTICATOR"] == "pat"
    assert stored() == ["token"]


def test_the_way_in_use_is_offered_with_what_is_known_of_it(
    auth: Auth, at: tuple[str, ...], at_a_terminal: None, tmp_path: Path, written: Any
) -> None:
    key = key_file(tmp_path)
    done(auth(*at, *WHO, "--way", "key_pair", f"--set=private_key_file={key}", typed="\n\n"))
    before = written()
    told = done(auth(*at, typed="\n" * 6))
    assert "Which one, 1 to 5 [2]" in told
    assert f"Private key file [{key}]" in told
    assert written() == before


def test_a_logout_says_how_the_key_is_taken_away(auth: Auth, at: tuple[str, ...], tmp_path: Path) -> None:
    key = key_file(tmp_path)
    done(auth(*at, *WHO, "--way", "key_pair", f"--set=private_key_file={key}"))
    assert "UNSET RSA_PUBLIC_KEY" in done(auth("logout", "snowflake"))
    assert key.exists()


# Named connections


@pytest.fixture
def connections(snowflake: str, tmp_path: Path) -> Path:
    """A connections.toml as Snowflake's other clients have it, with a connection to the sandbox."""
    host, _, port = snowflake.removeprefix("http://").partition(":")
    path = tmp_path / "connections.toml"
    path.write_text(
        f'[dev]\naccount = "{ACCOUNT}"\nuser = "{SANDBOX_USER}"\nhost = "{host}"\nport = {port}\nprotocol = "http"\n'
        f'authenticator = "PROGRAMMATIC_ACCESS_TOKEN"\ntoken = "{SANDBOX_TOKEN}"\n'
    )
    path.chmod(0o600)
    return path


def test_a_connection_by_name_says_everything_itself(auth: Auth, connections: Path, written: Any) -> None:
    options = ("--way", "connection", "--set=connection=dev", f"--set=connections_file={connections}")
    told = done(auth("login", "snowflake", *options))
    assert f"Snowflake: {SANDBOX_USER}@{ACCOUNT}" in told
    assert written() == {"CONNECTION": "dev", "CONNECTIONS_FILE": str(connections)}
    assert stored() == []
    assert "snowflake: logged in" in done(auth("status", "snowflake"))


# OAuth


class Account:
    """An account whose authorization server gives tokens that its sessions take; all else is the sandbox."""

    def __init__(self, sandbox: str) -> None:
        self.authorizations = Authorizations(
            client_id="LOCAL_APPLICATION", client_secret="LOCAL_APPLICATION", requires_pkce=True, lifetime=600
        )
        self._sandbox = sandbox

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            await (await self._answer(request, await request.body()))(scope, receive, send)

    async def _answer(self, request: Request, body: bytes) -> Response:
        path = request.url.path
        if path in ("/authorize", "/oauth/authorize"):
            target = self.authorizations.authorize(dict(request.query_params))
            return RedirectResponse(target, 302) if target else Response(status_code=400)
        if path == "/oauth/token-request":
            status, answer = self.authorizations.token(TokenRequest.read(path, dict(request.headers), body))
            return JSONResponse(answer, status)
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        if path == "/session/v1/login-request":
            asked = json.loads(gzip.decompress(body) if headers.pop("content-encoding", "") == "gzip" else body)
            granted = self.authorizations.accepts(asked["data"].get("TOKEN", ""))
            asked["data"]["TOKEN"] = SANDBOX_TOKEN if granted else "refused"
            body = json.dumps(asked).encode()
        async with httpx2.AsyncClient(base_url=self._sandbox, trust_env=False, timeout=60) as http:
            query = dict(request.query_params)
            reply = await http.request(request.method, path, params=query, content=body, headers=headers)
        return Response(reply.content, reply.status_code, media_type=reply.headers.get("content-type"))


@pytest.fixture
def account(snowflake: str) -> Generator[tuple[Account, str]]:
    """The account, and its address."""
    made = Account(snowflake)
    with served(made) as address:
        yield made, address


def test_a_login_in_the_browser_needs_no_app(
    auth: Auth, person: Person, account: tuple[Account, str], written: Any
) -> None:
    vendor, address = account
    person.instead = address
    options = ("--url", address, *WHO, f"--set=role={READ_ROLE}", f"--set=warehouse={WAREHOUSE}")
    told = done(auth("login", "snowflake", "--oauth", *options, "--yes"))
    assert "With the app LOCAL_APPLICATION, which every account has" in told
    assert f"Snowflake: {SANDBOX_USER}@{ACCOUNT} with role {READ_ROLE}" in told
    assert person.question["scope"].split() == ["refresh_token", f"session:role:{READ_ROLE}"]
    assert person.question["code_challenge_method"] == "S256"
    assert (written()["AUTHENTICATOR"], written()["CLIENT_ID"]) == ("oauth", "LOCAL_APPLICATION")
    assert stored() == []
    assert vendor.authorizations.count("logged_in") == 1
    shown = done(auth("status", "snowflake"))
    assert "LOCAL_APPLICATION" in shown
    settings = SnowflakeSettings.load()
    settings.require()
    vendor.authorizations.expire_access_tokens()
    assert anyio.run(manager_of(settings).tokens) is not None
    assert "REMOVE DELEGATED AUTHORIZATIONS" in done(auth("logout", "snowflake"))
    assert Vault.default().list("snowflake") == []
