"""What the doctor says of a Snowflake account: its way in, and what its role may do beyond reading."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mcp_suite.doctor.examination import examine
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.servers import find

from ..snowflake_mcp.scripted import ACCOUNT, TOKEN, USER, Scripted

pytestmark = pytest.mark.anyio

GRANTS = ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"]
Write = Callable[..., None]


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account whose READER reads and may also insert."""
    async with Scripted() as account:
        account.answer("SELECT 1", columns=[("1", "NUMBER")], rows=[(1,)])
        account.answer("CURRENT_SECONDARY_ROLES", columns=["R"], rows=[('{"roles":"","value":""}',)])
        shown = [
            ("", privilege, "TABLE", "SALES.PUBLIC.ORDERS", "ROLE", "READER", "false", "")
            for privilege in ("SELECT", "INSERT")
        ]
        account.answer("SHOW GRANTS TO ROLE READER", columns=GRANTS, rows=shown)
        account.answer("SHOW GRANTS TO ROLE PUBLIC", columns=GRANTS)
        yield account


@pytest.fixture
def write(account: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write the env file of a login to that account, with these variables besides; "" takes one out."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(folder))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))

    def put(**variables: str) -> None:
        usual = {"ACCOUNT": ACCOUNT, "USER": USER, "TOKEN": TOKEN, "API_URL": account.url, "ROLE": "READER"}
        wanted = {name: value for name, value in {**usual, **variables}.items() if value}
        path = folder / ".env.snowflake"
        path.write_text("".join(f"SNOWFLAKE_{name}={value}\n" for name, value in wanted.items()))
        path.chmod(0o600)

    return put


async def examined(check: str) -> Finding:
    """What is found about a part of the account."""
    found = [one for one in await examine([find("snowflake")], expected=True, offline=False) if one.check == check]
    assert len(found) == 1, found
    return found[0]


async def test_a_role_that_can_write_is_told_beside_a_login_that_works(write: Write) -> None:
    write()
    found = await examined("permissions")
    assert found.state is State.WARN
    assert "INSERT on table SALES.PUBLIC.ORDERS" in found.told
    assert "SNOWFLAKE_ROLE" in found.fix
    assert (await examined("credential")).state is State.OK


async def test_where_tools_may_write_nothing_is_said_of_it(write: Write) -> None:
    write(ACCESS="write")
    assert (await examined("credential")).state is State.OK
    assert not [
        one for one in await examine([find("snowflake")], expected=True, offline=False) if one.check == "permissions"
    ]


async def test_grants_that_do_not_come_are_not_a_fault_of_the_login(account: Scripted, write: Write) -> None:
    account.fail("SHOW GRANTS TO ROLE READER", "003001", "42501", "SQL access control error: Insufficient privileges")
    write()
    found = await examined("permissions")
    assert found.state is State.SKIP
    assert "is not known" in found.told


async def test_a_refused_token_is_told_with_where_a_new_one_is_made(account: Scripted, write: Write) -> None:
    account.passwords.clear()
    write()
    found = await examined("credential")
    assert found.state is State.FAIL
    assert "app.snowflake.com" in found.fix
    assert TOKEN not in found.told + found.fix


async def test_a_login_that_opens_a_browser_is_left_to_the_person(write: Write) -> None:
    write(TOKEN="", AUTHENTICATOR="external_browser")
    found = await examined("credential")
    assert (found.state, found.fix) == (State.SKIP, "Run: snowflake-mcp --check")


async def test_a_connection_by_name_is_tried_though_its_address_is_not_known(
    account: Scripted, write: Write, tmp_path: Path
) -> None:
    host, _, port = account.url.removeprefix("http://").partition(":")
    file = tmp_path / "connections.toml"
    file.write_text(
        f'[dev]\naccount = "{ACCOUNT}"\nuser = "{USER}"\nhost = "{host}"\nport = {port}\nprotocol = "http"\n'
        f'authenticator = "PROGRAMMATIC_ACCESS_TOKEN"\ntoken = "{TOKEN}"\n'
    )
    file.chmod(0o600)
    write(ACCOUNT="", USER="", TOKEN="", API_URL="", CONNECTION="dev", CONNECTIONS_FILE=str(file))
    found = await examined("credential")
    assert found.state is State.OK
    assert USER in found.told


async def test_what_a_way_lacks_is_told(write: Write) -> None:
    write(TOKEN="", AUTHENTICATOR="key_pair")
    found = next(
        one for one in await examine([find("snowflake")], expected=True, offline=True) if one.state is State.FAIL
    )
    assert found.told == "SNOWFLAKE_PRIVATE_KEY_FILE not set"
    assert "app.snowflake.com" not in found.fix
