"""What a client attaches to a conversation: a table, a schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import TextResourceContents

from connector_kit.output import ANSWER_BUDGET, size

from ..client.furnished import Furnished
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio


async def read(snowflake: Conversation, uri: str) -> str:
    """The text of a resource."""
    [content] = (await snowflake.client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def test_a_table_is_attached_by_its_name(snowflake: Conversation) -> None:
    text = await read(snowflake, "snowflake://table/PM_OS_ANALYTICS.PM_OS_ANALYTICS.PHASE_HISTORY")
    assert text.startswith("table · 8 rows · 11 columns\n")
    assert "VELOCITY_PER_DAY | NUMBER(4,2) | Deliverables done per day of work" in text


async def test_a_schema_is_attached_with_its_tables_and_views(snowflake: Conversation) -> None:
    text = await read(snowflake, "snowflake://schema/pm_os_analytics.pm_os_analytics")
    assert "AGENT_EVENTS | 1000000 | What the agents did, event by event; generated." in text
    assert "V_SYSTEM_HEALTH | One row: where PM OS stands, out of the five tables." in text
    assert [line for line in text.splitlines() if line.startswith("returned")] == [
        "returned 6 tables",
        "returned 1 view",
    ]
    assert await read(snowflake, "snowflake://schema/pm_os_analytics.public") == "There are no tables or views."


async def test_a_schema_of_many_tables_stays_within_an_answer(tmp_path: Path) -> None:
    columns = ["name", "database_name", "schema_name", "kind", "comment"]
    async with Furnished() as account, converse(tmp_path, account.settings()) as snowflake:
        for what in ("TABLES", "VIEWS"):
            account.answer(f"SHOW {what}", columns, [(f"T{n}", "SALES", "PUBLIC", "", "ü" * 90) for n in range(900)])
        text = await read(snowflake, "snowflake://schema/sales.public")
    assert size(text) <= ANSWER_BUDGET
    assert text.count(" of 900 tables") == text.count(" of 900 views") == 1


async def test_a_table_that_is_not_there_is_told_with_what_was_meant(snowflake: Conversation) -> None:
    with pytest.raises(MCPError, match=r"Did you mean PHASE_HISTORY\?"):
        await read(snowflake, "snowflake://table/phase_histori")
