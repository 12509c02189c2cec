"""Changing data: nothing without a preview, nothing but what it showed, nothing half done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.settings import SnowflakeSettings

from ..scratch import Scratch, scratch_in, token_in
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scratch(client: SnowflakeClient) -> AsyncIterator[Scratch]:
    """A schema of the test's own."""
    async with scratch_in(client) as made:
        yield made


@pytest.fixture
async def session(scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session whose names without a schema are those of the test."""
    async with converse(tmp_path, scratch.settings(settings)) as session:
        yield session


async def test_an_update_is_shown_first_and_run_with_its_token(session: Conversation, scratch: Scratch) -> None:
    sql = "UPDATE orders SET total = total + 1 WHERE customer = 'Ann'"
    text = await session.ask("snowflake_run_change", sql=sql)
    assert text.splitlines()[:4] == [
        f"preview, nothing is run yet: UPDATE, role PM_OS_ANALYST, warehouse PM_OS_WH, in {scratch.schema}",
        "writes: ORDERS",
        "rows: 2 of 4",
        "in a transaction: undone as a whole if it fails",
    ]
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100
    done = await session.ask("snowflake_run_change", sql=sql, run=token_in(text))
    assert done.startswith("done: UPDATE ORDERS: 2 rows changed, committed (query ")
    assert await scratch.value("SELECT SUM(total) FROM orders") == 102
