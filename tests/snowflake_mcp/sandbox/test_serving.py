"""Serving the stand-in for other clients: it stays, whoever resets its data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from snowflake_mcp.sandbox import READ_ROLE, Address, StandIn, reset, serve, ways_in
from snowflake_mcp.settings import SnowflakeSettings

from .conversation import connected

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def served(folder: Path, port: int = 0) -> AsyncGenerator[str]:
    """The address of a stand-in that is kept running."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[str] = loop.create_future()
    serving = asyncio.create_task(serve(folder, port, told.set_result))
    await asyncio.wait([told, serving], return_when=asyncio.FIRST_COMPLETED)
    try:
        yield told.result()
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def address_of(url: str) -> Address:
    parts = urlsplit(url)
    return Address(parts.hostname or "", parts.port or 0, 0)


async def test_it_is_served_at_the_address_that_is_told(filled: Path) -> None:
    async with served(filled) as url, connected(address_of(url)) as snowflake:
        assert await snowflake.value("SELECT 1") == 1


async def test_one_that_runs_already_is_kept_at_its_port(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        address = await stand_in.address()
        async with served(filled, port=1) as url:
            assert address_of(url).port == address.port


async def test_after_a_reset_it_answers_at_the_same_address(tmp_path: Path, filled: Path) -> None:
    async with served(tmp_path) as url:
        address = address_of(url)
        async with connected(address) as snowflake:
            await snowflake.run("CREATE TABLE left_behind (a INT)")
        await reset(tmp_path)
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection(address.host, address.port)
                except OSError:
                    await asyncio.sleep(0.1)
                else:
                    writer.close()
                    break
        async with connected(address) as snowflake:
            assert (await snowflake.failure("SELECT * FROM left_behind"))[0] == 2003


async def test_the_ways_in_are_complete_settings() -> None:
    url = "http://127.0.0.1:8766"
    [usual, reading] = [
        SnowflakeSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **variables})
        for variables in ways_in(url).values()
    ]
    for settings in (usual, reading):
        settings.require()
        assert settings.unknown_variables() == []
        assert settings.api_url == url
    assert reading.role == READ_ROLE
