"""Talking to the stand-in through the real connector, as a server does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from snowflake.connector import aio
from snowflake.connector.errors import Error

from snowflake_mcp.sandbox import Address, connection_arguments

ENDLESS = "SELECT SUM(a.duration_ms * b.duration_ms % 7) FROM agent_events a CROSS JOIN agent_events b"
"""10^12 rows: nothing that anybody would wait for."""


class Conversation:
    """A connection and what tests say over it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def rows(self, sql: str, params: Sequence[object] | None = None, **options: Any) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        cursor = await self.run(sql, params, **options)
        return [tuple(row) for row in await cursor.fetchall()]

    async def value(self, sql: str, params: Sequence[object] | None = None) -> Any:
        """The only value of a statement."""
        [[value]] = await self.rows(sql, params)
        return value

    async def run(self, sql: str, params: Sequence[object] | None = None, **options: Any) -> Any:
        """The cursor after a statement."""
        cursor = self.connection.cursor()
        await cursor.execute(sql, params, **options)
        return cursor

    async def failure(self, sql: str, **options: Any) -> tuple[int | None, str | None, str]:
        """How a statement fails: number, SQL state, text."""
        try:
            await self.run(sql, **options)
        except Error as error:
            return error.errno, error.sqlstate, str(error.raw_msg or error.msg)
        raise AssertionError(f"it worked: {sql}")


@asynccontextmanager
async def connected(address: Address, **others: Any) -> AsyncGenerator[Conversation]:
    """A session, logged out at the end; `others` replace arguments of the connection."""
    arguments: dict[str, Any] = {
        **connection_arguments(address),
        "paramstyle": "qmark",
        "login_timeout": 10,
        "client_store_temporary_credential": False,
        "enable_server_session_keep_alive_auto_detection": False,
        **others,
    }
    connection = await aio.connect(**arguments)
    try:
        yield Conversation(connection)
    finally:
        await connection.close()
