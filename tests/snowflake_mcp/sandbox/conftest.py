"""One stand-in for all tests of the sandbox; they are skipped where it cannot be had."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from snowflake_mcp.sandbox import Address, SandboxUnavailable, StandIn

from .conversation import Conversation, connected

START_SECONDS = 240.0


@pytest.fixture(scope="session")
def stand_in_folder() -> Iterator[Path]:
    """Where the data of the shared stand-in lies. It is read by most tests and left as it was by all."""
    with tempfile.TemporaryDirectory(prefix="snowflake-sandbox-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def filled(stand_in_folder: Path) -> Path:
    """The folder, filled once; a missing uv or package index skips the tests and says so."""

    async def start() -> None:
        async with StandIn(stand_in_folder, start_seconds=START_SECONDS) as stand_in:
            await stand_in.address()

    try:
        asyncio.run(start())
    except SandboxUnavailable as error:
        if not error.absent:
            raise
        pytest.skip(f"{error} {error.next_step}")
    return stand_in_folder


@pytest.fixture
async def address(filled: Path) -> AsyncIterator[Address]:
    """A running stand-in with the sample data."""
    async with StandIn(filled, start_seconds=START_SECONDS) as stand_in:
        yield await stand_in.address()


@pytest.fixture
async def snowflake(address: Address) -> AsyncIterator[Conversation]:
    """A session of the real connector."""
    async with connected(address) as conversation:
        yield conversation
