"""What a login may do beyond reading. Only an account shows grants, so a scripted one answers in documented shape."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from connector_kit.guidance import Advice
from snowflake_mcp.client import SnowflakeClient, connect
from snowflake_mcp.sandbox import Address
from snowflake_mcp.settings import SnowflakeSettings

from ..scripted import Scripted

pytestmark = pytest.mark.anyio

COLUMNS = ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"]
READING = [("USAGE", "DATABASE", "SALES"), ("USAGE", "WAREHOUSE", "WH"), ("SELECT", "TABLE", "SALES.PUBLIC.ORDERS")]
Grant = tuple[str, str, str]


def grants(account: Scripted, grantee: str, *rows: Grant, kind: str = "ROLE") -> None:
    """Let the account show these grants of a role."""
    shown: Sequence[Sequence[object]] = [
        ("2026-01-01 00:00:00", *row, kind, grantee, "false", "SECURITYADMIN") for row in rows
    ]
    account.answer(rf"SHOW GRANTS TO {kind.replace('_', ' ')} {grantee}$", columns=COLUMNS, rows=shown)


@asynccontextmanager
async def logged_in(account: Scripted, **settings: str) -> AsyncGenerator[SnowflakeClient]:
    """A client of the account."""
    client = await connect(account.settings(**{"role": "READER", **settings}))
    yield client
    await client.aclose()


async def advice(account: Scripted, **settings: str) -> Advice | None:
    """The only thing that is said about the role."""
    async with logged_in(account, **settings) as client:
        said = await client.advice()
    assert len(said) <= 1
    return said[0] if said else None


@pytest.fixture
async def account() -> AsyncGenerator[Scripted]:
    """An account without secondary roles, where everybody may use one database."""
    async with Scripted() as account:
        account.answer("SELECT CURRENT_SECONDARY_ROLES", columns=["R"], rows=[('{"roles":"","value":""}',)])
        grants(account, "PUBLIC", ("USAGE", "DATABASE", "SHARED"))
        yield account


async def test_a_role_that_only_reads_is_well(account: Scripted) -> None:
    grants(account, "READER", *READING)
    said = await advice(account)
    assert said == Advice("ok", "role READER can only read, as far as its grants tell")


@pytest.mark.parametrize(
    "privilege",
    ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "OWNERSHIP", "CREATE TABLE", "MODIFY", "WRITE", "MANAGE GRANTS", "ALL"],
)
async def test_a_role_that_can_write_is_warned_about_while_tools_only_read(account: Scripted, privilege: str) -> None:
    grants(account, "READER", *READING, (privilege, "TABLE", "SALES.PUBLIC.ORDERS"))
    said = await advice(account)
    assert said is not None
    assert said.state == "warn"
    assert (
        f"role READER can write ({privilege} on table SALES.PUBLIC.ORDERS) while SNOWFLAKE_ACCESS is read" in said.told
    )
    assert "SNOWFLAKE_ROLE" in said.fix
    assert await advice(account, access="write") is None


async def test_what_a_role_inherits_counts(account: Scripted) -> None:
    grants(account, "READER", *READING, ("USAGE", "ROLE", "LOADER"), ("USAGE", "DATABASE_ROLE", "SALES.EDITOR"))
    grants(account, "LOADER", ("INSERT", "TABLE", "T1"), ("USAGE", "ROLE", "READER"), ("USAGE", "ROLE", "OLDER"))
    grants(account, "OLDER", ("CREATE VIEW", "SCHEMA", "S"), ("UPDATE", "TABLE", "T2"))
    grants(account, "SALES.EDITOR", ("DELETE", "TABLE", "T3"), kind="DATABASE_ROLE")
    said = await advice(account)
    assert said is not None
    assert "INSERT on table T1 through LOADER" in said.told
    assert "DELETE on table T3 through SALES.EDITOR" in said.told
    assert "and 1 more" in said.told


async def test_secondary_roles_count(account: Scripted) -> None:
    told = '{"roles":"WRITER,OTHER","value":"ALL"}'
    account.answer("SELECT CURRENT_SECONDARY_ROLES", columns=["R"], rows=[(told,)])
    grants(account, "READER", *READING)
    grants(account, "WRITER", ("UPDATE", "TABLE", "T"))
    said = await advice(account)
    assert said is not None
    assert "UPDATE on table T through WRITER" in said.told
    assert "the user's other roles count, too (WRITER, OTHER)" in said.told
    assert "SET DEFAULT_SECONDARY_ROLES = ()" in said.fix


@pytest.mark.parametrize("role", ["ACCOUNTADMIN", "SYSADMIN", "SECURITYADMIN"])
async def test_an_administrator_is_warned_about_whatever_the_access(account: Scripted, role: str) -> None:
    for access in ("read", "write"):
        said = await advice(account, role=role, access=access)
        assert said is not None
        assert (said.state, f"works as {role}" in said.told) == ("warn", True)


async def test_grants_that_are_not_shown_are_told_as_unknown(account: Scripted) -> None:
    account.fail("SHOW GRANTS TO ROLE READER", "003001", "42501", "SQL access control error: Insufficient privileges")
    said = await advice(account)
    assert said is not None
    assert said.state == "unknown"
    assert "whether role READER can write is not known" in said.told


async def test_the_sandbox_does_not_show_grants(stand_in: Address) -> None:
    del stand_in
    client = await connect(SnowflakeSettings.load(environ={"SNOWFLAKE_SANDBOX": "1"}))
    assert [said.state for said in await client.advice()] == ["unknown"]
    await client.aclose()
