"""Loading a file: all of it is looked at and shown, then all of it is loaded, or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.settings import SnowflakeSettings

from ..scratch import Scratch, scratch_in, token_in
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio

SALES = "Order ID;Kunde;Betrag;Datum;Bezahlt;PLZ\n1;Müller;10.50;2026-01-31;true;04109\n2;;3;2026-02-01;FALSE;80331\n"


@pytest.fixture
async def scratch(client: SnowflakeClient) -> AsyncIterator[Scratch]:
    """A database of the test's own."""
    async with scratch_in(client) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the user allowed."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    return folder


@pytest.fixture
async def session(
    scratch: Scratch, settings: SnowflakeSettings, folder: Path, tmp_path: Path
) -> AsyncIterator[Conversation]:
    """A session whose names without a schema are those of the test."""
    async with converse(tmp_path, scratch.settings(settings, files_dir=folder)) as session:
        yield session


async def test_a_csv_file_becomes_a_table_of_inferred_types(
    session: Conversation, scratch: Scratch, folder: Path
) -> None:
    (folder / "sales.csv").write_text(SALES, "utf-8")
    text = await session.ask("snowflake_load_file", path="sales.csv", table="sales", create=True)
    assert text.splitlines()[0] == (
        "preview, nothing is loaded yet: sales.csv, 106 bytes, CSV, delimiter semicolon, utf-8, 2 records"
    )
    assert "Order ID | ORDER_ID | NUMBER(38,0) | 0 | \n" in text
    assert "Betrag | BETRAG | NUMBER(38,2) | 0 | \n" in text
    assert "PLZ | PLZ | VARCHAR | 0 | text because line 2" not in text
    assert await scratch.tables() == {"ORDERS"}
    done = await session.ask("snowflake_load_file", path="sales.csv", table="sales", create=True, run=token_in(text))
    assert done.startswith(f"done: 2 records loaded into {scratch.schema}.SALES in ")
    assert await scratch.tables() == {"ORDERS", "SALES"}
    rows = await scratch.rows("SELECT order_id, kunde, betrag, TO_VARCHAR(datum), bezahlt, plz FROM sales ORDER BY 1")
    assert rows == [
        (1, "Müller", Decimal("10.50"), "2026-01-31", True, "04109"),
        (2, None, Decimal("3.00"), "2026-02-01", False, "80331"),
    ]
