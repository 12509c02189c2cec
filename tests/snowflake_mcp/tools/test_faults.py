"""Every tool over a bad line and with a login that is refused: told as what it is, and recorded; no secret in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from connector_kit.testing.faults import Fault
from snowflake_mcp.settings import SnowflakeSettings
from snowflake_mcp.tools import TOOLS

from ..client.unreliable import DROPPED, NONSENSE
from ..scripted import TOKEN, Route, Scripted
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio

QUERY_ID = "01c00000-0000-0001-0000-000000000000"
CALLS: dict[str, dict[str, Any]] = {
    "snowflake_run_query": {"sql": "SELECT 1 AS a"},
    "snowflake_submit_query": {"sql": "SELECT 1 AS a"},
    "snowflake_get_query": {"query_id": QUERY_ID},
    "snowflake_cancel_query": {"query_id": QUERY_ID},
    "snowflake_explain_query": {"sql": "SELECT 1 AS a"},
    "snowflake_export_query": {"query": "SELECT 1 AS a", "file": "a.csv"},
    "snowflake_search_objects": {"query": "orders"},
    "snowflake_list_objects": {"kind": "tables"},
    "snowflake_describe_table": {"table": "SALES.PUBLIC.ORDERS", "sample": 1, "nulls": True},
    "snowflake_get_ddl": {"kind": "table", "name": "SALES.PUBLIC.ORDERS"},
    "snowflake_list_queries": {},
    "snowflake_get_costs": {},
    "snowflake_get_warehouse_load": {"warehouse": "PM_OS_WH"},
    "snowflake_run_change": {"sql": "UPDATE sales.public.orders SET a = 1 WHERE b = 2"},
    "snowflake_create_view": {"name": "SALES.PUBLIC.V", "query": "SELECT 1 AS a"},
    "snowflake_run_destruction": {"sql": "DROP TABLE sales.public.orders", "confirm": True},
    "snowflake_load_file": {"path": "rows.csv", "table": "SALES.PUBLIC.ORDERS"},
    "snowflake_list_semantic_views": {},
    "snowflake_describe_semantic_view": {"view": "SALES.PUBLIC.V"},
    "snowflake_search_cortex": {"query": "late"},
}
FAULTS = {
    **NONSENSE,
    "dropped": DROPPED,
    "busy": Fault(503),
    "too often": Fault(429),
    "silent": Fault().slow_headers(9),
}
ON_THE_WAY = {"unavailable", "timed_out", "rate_limited", "outcome_unknown", "bad_answer"}
SAID_WITHIN = {
    "snowflake_run_change": "rows: unknown",  # a preview without an estimate
    "snowflake_cancel_query": "cannot look it up",  # whose query it is has to be known first
}
"""Tools whose answer has the trouble in it."""
REFUSED = {
    "394400": "not_authenticated",
    "390422": "not_permitted",
    "390189": "not_permitted",
    "390702": "not_authenticated",
}


def settings_of(account: Scripted, folder: Path, **others: Any) -> SnowflakeSettings:
    """Settings with every tool, and a file to load."""
    files = folder / "files"
    files.mkdir(exist_ok=True)
    (files / "rows.csv").write_text("a,b\n1,2\n")
    given = {"access": "delete", "files_dir": files, "toolsets": "cortex", "timeout": 2.5}
    return account.settings(**(given | others))


async def told(session: Conversation, tool: str) -> tuple[str, str]:
    """The text of a call that may fail, and the kind of its failure as it was recorded; "" if it worked."""
    text, is_error = await session.attempt(tool, CALLS[tool])
    record = session.audited()[-1]
    assert record["tool"] == tool
    assert is_error == (record["outcome"] == "error")
    return text, str(record["error_kind"] or "")


def test_every_tool_that_sends_statements_is_among_them() -> None:
    assert set(CALLS) == {entry.name for entry in TOOLS} - {"snowflake_ask_analyst"}


@pytest.mark.parametrize("tool", CALLS)
async def test_a_bad_line_is_told_as_one(account: Scripted, tmp_path: Path, tool: str) -> None:
    async with converse(tmp_path, settings_of(account, tmp_path), only=tool) as session:
        for name, fault in FAULTS.items():
            for route in get_args(Route):
                if route not in ("login", "session"):
                    account.fault(route, *[fault] * 60)
            text, kind = await told(session, tool)
            account.forget_faults()
            assert kind in ON_THE_WAY or SAID_WITHIN.get(tool, "\0") in text, (name, text)
            assert TOKEN not in text
            assert "-token-" not in text
            assert "<html" not in text.lower()
        assert TOKEN not in session.audit_text()


@pytest.mark.parametrize("tool", CALLS)
async def test_a_refused_login_is_told_by_its_reason(account: Scripted, tmp_path: Path, tool: str) -> None:
    async with converse(tmp_path, settings_of(account, tmp_path, timeout=30), only=tool) as session:
        for code, kind in REFUSED.items():
            account.forget_refusals()
            account.refuse_logins(code)
            text, recorded = await told(session, tool)
            assert code in text
            assert recorded == kind or SAID_WITHIN.get(tool, "\0") in text, text
            assert TOKEN not in text


@pytest.mark.parametrize("tool", CALLS)
async def test_a_privilege_that_is_missing_is_told(account: Scripted, tmp_path: Path, tool: str) -> None:
    account.fail(".", "003001", "42501", "SQL access control error:\nInsufficient privileges to operate on 'ORDERS'")
    async with converse(tmp_path, settings_of(account, tmp_path, timeout=30), only=tool) as session:
        text, kind = await told(session, tool)
    assert kind in {"not_permitted", ""}, text
    if kind:
        assert "privilege" in text.lower()
