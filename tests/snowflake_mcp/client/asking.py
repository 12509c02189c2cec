"""A query as the tools run it: submitted, then asked for."""

from __future__ import annotations

from snowflake_mcp.client.engine import Engine
from snowflake_mcp.models import Context, Result, Running


async def asked(
    engine: Engine, sql: str, *, context: Context, rows: int = 1_000, wait: float | None = None
) -> Result | Running:
    """The first rows of a statement, or that it still runs after `wait` seconds."""
    query_id = await engine.submit(sql, context=context)
    return await engine.page(query_id, context=context, rows=rows, wait=wait)
