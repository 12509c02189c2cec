"""One running stand-in for all tests of a worker; they are skipped where its packages cannot be had."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from concurrent.futures import Future
from pathlib import Path

import pytest

from connector_kit.paths import private_dir, state_dir
from snowflake_mcp.client import SnowflakeClient, connect
from snowflake_mcp.sandbox import Address, SandboxUnavailable, StandIn
from snowflake_mcp.settings import SnowflakeSettings

START_SECONDS = 240.0


@pytest.fixture(scope="session")
def stand_in_folder() -> Path:
    """Where the data of the shared stand-in lies: that of the sandbox. It is read by most tests and left as it was."""
    return private_dir(state_dir() / "sandbox") / "snowflake"


@pytest.fixture(scope="session")
def stand_in(stand_in_folder: Path) -> Generator[Address]:
    """The stand-in with its sample data, kept running until the last test; its absence skips a test and says so."""
    started: Future[Address] = Future()
    over = threading.Event()

    async def hold() -> None:
        async with StandIn(stand_in_folder, start_seconds=START_SECONDS) as lease:
            started.set_result(await lease.address())
            await asyncio.to_thread(over.wait)

    def run() -> None:
        try:
            asyncio.run(hold())
        except SandboxUnavailable as error:
            started.set_exception(error)

    thread = threading.Thread(target=run, name="stand-in-lease")
    thread.start()
    try:
        yield started.result()
    except SandboxUnavailable as error:
        if not error.absent:
            raise
        pytest.skip(f"{error} {error.next_step}")
    finally:
        over.set()
        thread.join()


@pytest.fixture
def settings(stand_in: Address) -> SnowflakeSettings:
    """Settings that lead to the stand-in, with every access."""
    del stand_in
    return SnowflakeSettings.load(environ={"SNOWFLAKE_SANDBOX": "1", "SNOWFLAKE_ACCESS": "delete"})


@pytest.fixture
async def client(settings: SnowflakeSettings) -> AsyncIterator[SnowflakeClient]:
    """The client of the tools, on the stand-in."""
    made = await connect(settings)
    yield made
    await made.aclose()
