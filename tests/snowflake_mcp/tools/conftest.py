"""Sessions with a server: on the stand-in, and on an account that says what it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from snowflake_mcp.settings import SnowflakeSettings

from ..scripted import Scripted
from .conversation import Conversation, converse


@pytest.fixture
async def snowflake(settings: SnowflakeSettings, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with the stand-in, with every access."""
    async with converse(tmp_path, settings) as session:
        yield session


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account that nobody has told anything yet."""
    async with Scripted() as running:
        yield running


@pytest.fixture
async def scripted(account: Scripted, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with that account, with every access."""
    async with converse(tmp_path, account.settings(access="delete")) as session:
        yield session
