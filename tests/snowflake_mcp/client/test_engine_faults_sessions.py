"""Sessions that end, logins that fail: what the engine mends, and what it tells."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest
from pydantic import SecretStr

from connector_kit.errors import NotAuthenticated, NotConfigured, NotFound, NotPermitted, ServiceError, Unavailable
from connector_kit.oauth.settings import credential_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.faults import Fault
from snowflake_mcp.client import SnowflakeClient, connect
from snowflake_mcp.settings import SnowflakeSettings

from ..scripted import ACCOUNT, TOKEN, Scripted
from .test_rest import written_key
from .unreliable import DROPPED, NONSENSE, READ, connected, read, sent, write

pytestmark = pytest.mark.anyio


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account with one table."""
    async with Scripted() as running:
        running.answer("FROM t", ["NAME"], [("x",)])
        running.answer("^INSERT", changed=1)
        yield running


async def test_a_session_that_expired_is_renewed_within_the_login(account: Scripted) -> None:
    async with connected(account) as engine:
        await read(engine)
        account.expire()
        assert (await read(engine)).rows == [("x",)]
    assert (len(account.logins), account.renewals) == (1, 1)


@pytest.mark.parametrize("code", ["390112", "390114", "390111", "390104"])
async def test_a_login_that_expired_is_repeated_once_and_so_is_the_read(account: Scripted, code: str) -> None:
    async with connected(account) as engine:
        await read(engine)
        account.expire(masters=True, code=code)
        assert (await read(engine)).rows == [("x",)]
    assert len(account.logins) == 2


async def test_a_query_that_was_submitted_is_found_again_after_the_login_expired(account: Scripted) -> None:
    account.answer("FROM slow", ["NAME"], [("y",)])
    async with connected(account) as engine:
        query_id = await engine.submit("SELECT name FROM slow", context=engine.context())
        account.expire(masters=True)
        page = await engine.page(query_id, context=engine.context())
        assert page.query_id == query_id
    assert sent(account, "SELECT name FROM slow") == [1]
    assert len(account.logins) == 2


async def test_a_login_is_not_repeated_for_ever(account: Scripted) -> None:
    async with connected(account) as engine:
        account.fault("query", *[Fault.json({"data": None, "code": "390111", "message": "gone", "success": False})] * 9)
        with pytest.raises(NotAuthenticated, match="The session has ended"):
            await read(engine)
    assert len(account.logins) == 2


async def test_calls_at_the_same_time_log_in_once(account: Scripted) -> None:
    async with connected(account) as engine:
        await asyncio.gather(*(read(engine) for _ in range(8)))
    assert len(account.logins) == 1


async def test_calls_at_the_same_time_repeat_an_expired_login_once(account: Scripted) -> None:
    async with connected(account) as engine:
        await read(engine)
        account.expire(masters=True)
        results = await asyncio.gather(*(read(engine) for _ in range(8)))
        assert all(result.rows == [("x",)] for result in results)
    assert len(account.logins) == 2


async def test_sessions_of_many_roles_are_not_kept_for_ever(account: Scripted) -> None:
    async with connected(account) as engine:
        for number in range(7):
            result = await engine.read(READ, context=engine.context(role=f"role_{number}"))
            assert result.context.role == f"ROLE_{number}"
        await account.until(lambda: len(account.closed) >= 3)
    assert len(account.logins) == len(account.closed) == 7


async def test_a_change_needs_no_session_that_could_have_expired(account: Scripted) -> None:
    async with connected(account) as engine:
        await read(engine)
        account.expire(masters=True)
        assert (await write(engine)).changed == 1
    assert len(account.logins) == 2
    assert len(account.closed) >= 1


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("394400", NotAuthenticated, "SNOWFLAKE_TOKEN"),
        ("390100", NotAuthenticated, "does not know this user with this secret"),
        ("390422", NotPermitted, "network policy"),
        ("390189", NotPermitted, "`role` that is granted"),
        ("390201", NotFound, "not there for this role"),
        ("390702", NotAuthenticated, "User access disabled"),
    ],
)
async def test_a_refused_login_says_why_and_what_to_do(
    account: Scripted, code: str, kind: type[ServiceError], told: str
) -> None:
    account.refuse_logins(code)
    async with connected(account) as engine:
        with pytest.raises(kind, match=told) as caught:
            await read(engine)
        with pytest.raises(kind, match=told):
            await write(engine)
    assert code in str(caught.value)
    assert caught.value.next_step
    assert len(account.logins) == 2


async def test_a_refused_login_is_tried_again_by_the_next_call(account: Scripted) -> None:
    account.refuse_logins("390422", times=1)
    async with connected(account) as engine:
        with pytest.raises(NotPermitted):
            await read(engine)
        assert (await read(engine)).rows == [("x",)]


async def test_a_wrong_token_is_refused_without_being_told(account: Scripted) -> None:
    async with connected(account, token=SecretStr("pat-wrong-4711")) as engine:
        with pytest.raises(NotAuthenticated, match="access token is not valid") as caught:
            await read(engine)
    assert "4711" not in str(caught.value)
    assert account.logins[0].secret == "pat-wrong-4711"


@pytest.mark.parametrize("name", NONSENSE)
async def test_a_login_answered_by_something_else_is_no_fault_of_the_credentials(account: Scripted, name: str) -> None:
    account.fault("login", *[NONSENSE[name]] * 50)
    async with connected(account, timeout=6) as engine:
        with pytest.raises(ServiceError) as caught:
            await read(engine)
    assert caught.value.kind in {"unavailable", "timed_out"}


@pytest.mark.parametrize("fault", [Fault(503), Fault(500), Fault(429, headers={"Retry-After": "0"}), DROPPED])
async def test_a_login_is_tried_again_while_the_account_is_busy(account: Scripted, fault: Fault) -> None:
    account.fault("login", fault)
    async with connected(account) as engine:
        assert (await read(engine)).rows == [("x",)]


async def test_a_login_that_nobody_answers_ends_with_the_call(account: Scripted) -> None:
    account.fault("login", *[Fault().slow_headers(30)] * 9)
    async with connected(account, timeout=3) as engine:
        for ask in (read, write):
            with pytest.raises(Unavailable, match="did not answer the login in time"):
                await ask(engine)
        assert account.statements == []


async def test_a_login_that_takes_long_serves_the_next_call(account: Scripted) -> None:
    account.fault("login", Fault().slow_headers(2).dropped("before_answer"))
    async with connected(account, timeout=3) as engine:
        with pytest.raises(Unavailable, match="did not answer the login in time"):
            await read(engine)
        await account.until(lambda: account.logins)
        assert (await read(engine)).rows == [("x",)]
    assert len(account.logins) == 1


def connections_file(account: Scripted, folder: Path, *more: str) -> Path:
    """Snowflake's own file of connections, with one called work."""
    path = folder / "connections.toml"
    lines = [
        "[work]",
        f'account = "{ACCOUNT}"',
        'user = "FROM_FILE"',
        'authenticator = "PROGRAMMATIC_ACCESS_TOKEN"',
        f'token = "{TOKEN}"',
        'host = "127.0.0.1"',
        f"port = {urlsplit(account.url).port}",
        'protocol = "http"',
        'role = "FILED"',
        *more,
    ]
    path.write_text("\n".join(lines))
    path.chmod(0o600)
    return path


BY_FILE = {"token": None, "api_url": None, "account_identifier": None, "user": None}


async def test_a_connection_of_the_users_own_is_taken_as_it_is(account: Scripted, tmp_path: Path) -> None:
    path = connections_file(account, tmp_path)
    async with connected(account, connection="work", connections_file=path, **BY_FILE) as engine:
        assert (await read(engine)).context.role == "FILED"
        assert (await engine.read(READ, context=engine.context(role="other"))).context.role == "OTHER"
    assert [login.user for login in account.logins] == ["FROM_FILE", "FROM_FILE"]


@pytest.mark.parametrize(("connection", "more"), [("nowhere", ()), ("work", ("password = hunter2hunter2",))])
async def test_a_connection_that_cannot_be_read_is_named_and_not_told(
    account: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture, connection: str, more: tuple[str, ...]
) -> None:
    caplog.set_level(logging.DEBUG)
    path = connections_file(account, tmp_path, *more)
    async with connected(account, connection=connection, connections_file=path, **BY_FILE) as engine:
        with pytest.raises(NotConfigured, match="SNOWFLAKE_CONNECTION") as caught:
            await read(engine)
    told = f"{caught.value}\n{caplog.text}"
    assert "hunter2" not in told
    assert TOKEN not in told
    assert account.server.requests == []


async def test_an_account_that_is_nowhere_is_told_with_its_setting() -> None:
    async with Scripted() as account:
        lost = account.settings()
    client = await connect(lost)
    with pytest.raises(ServiceError) as caught:
        await read(client.engine)
    await client.aclose()
    assert caught.value.kind in {"unavailable", "timed_out"}


async def test_a_key_pair_signs_in(account: Scripted, tmp_path: Path) -> None:
    path = written_key(tmp_path, passphrase=b"open sesame")
    opened = SecretStr("open sesame")
    settings = {"token": None, "private_key_file": path, "private_key_passphrase": opened}
    async with connected(account, **settings) as engine:
        assert (await read(engine)).rows == [("x",)]
    [login] = account.logins
    assert (login.authenticator, login.secret.count(".")) == ("SNOWFLAKE_JWT", 2)


@pytest.mark.parametrize("content", ["", "-----BEGIN PRIVATE KEY-----\nZZZZ\n-----END PRIVATE KEY-----\n"])
async def test_a_key_that_does_not_open_is_told_as_that(account: Scripted, tmp_path: Path, content: str) -> None:
    path = written_key(tmp_path, passphrase=b"open sesame")
    if content:
        path.write_text(content)
    settings = {"token": None, "private_key_file": path, "private_key_passphrase": SecretStr("wrong sesame")}
    async with connected(account, **settings) as engine:
        with pytest.raises(NotConfigured, match="SNOWFLAKE_PRIVATE_KEY_PASSPHRASE") as caught:
            await read(engine)
    assert "sesame" not in str(caught.value)
    assert account.server.requests == []


def signed_in(account: Scripted, access: str, *, age: float = 900.0) -> SnowflakeSettings:
    """Settings of a login in the browser that was made `age` seconds ago."""
    settings = account.settings(authenticator="oauth", token=None)
    now = time.time()
    tokens = TokenSet(access, "refresh-0a1b", now + 300, ("refresh_token",), now - age)
    Vault.default().save(credential_of(settings), tokens)
    return settings


async def test_an_access_token_that_expired_is_renewed_once(
    account: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    account.grants.append("access-second")
    client = await connect(signed_in(account, "access-first"))
    try:
        assert (await read(client.engine)).rows == [("x",)]
    finally:
        await client.aclose()
    assert [login.secret for login in account.logins] == ["access-first", "access-second"]
    assert {login.authenticator for login in account.logins} == {"OAUTH"}


async def test_an_access_token_that_cannot_be_renewed_names_the_command(
    account: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    client = await connect(signed_in(account, "access-first"))
    try:
        with pytest.raises(NotAuthenticated, match="mcp-suite auth login snowflake"):
            await read(client.engine)
    finally:
        await client.aclose()
    assert len(account.logins) == 1


async def test_without_a_login_in_the_browser_nothing_is_sent(
    account: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    client = await connect(account.settings(authenticator="oauth", token=None))
    try:
        with pytest.raises(NotAuthenticated, match="mcp-suite auth login snowflake"):
            await read(client.engine)
    finally:
        await client.aclose()
    assert account.server.requests == []


async def test_logging_out_waits_for_nobody(account: Scripted) -> None:
    async with asyncio.timeout(30), connected(account) as engine:
        await read(engine)
        account.fault("session", *[Fault().slow_headers(60)] * 9)
    assert sent(account, READ) == [1]


@pytest.mark.parametrize(
    ("settings", "role", "sent_along"),
    [
        ({}, "", None),
        ({}, "reader", "NONE"),
        ({"role": "reader"}, "", "NONE"),
        ({"role": "reader", "secondary_roles": "all"}, "", "ALL"),
        ({"secondary_roles": "none"}, "", "NONE"),
    ],
)
async def test_a_role_that_is_named_is_all_that_a_session_has(
    account: Scripted, settings: dict[str, str], role: str, sent_along: str | None
) -> None:
    async with connected(account, **settings) as engine:
        await engine.where(engine.context(role=role))
    assert account.logins[-1].data.get("SECONDARY_ROLES") == sent_along


async def test_what_sessions_stand_on_is_given_back_also_when_logging_out_is_cut_short(
    account: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bool] = []

    async def give_back() -> None:
        given_back.append(True)

    async with connected(account) as engine:
        with monkeypatch.context() as patch, anyio.move_on_after(0.01):
            patch.setattr(engine, "aclose", anyio.sleep_forever)
            await SnowflakeClient(engine, give_back).aclose()
    assert given_back
