"""Snowflake's stand-in: an emulator (fakesnow on DuckDB) in a process and an environment of its own.

It cannot be imported beside the connector that the server uses, so it is started on demand with `uv run --script`
and spoken to as one speaks to an account. This package starts it, finds it and brings it back to its sample data. Of
this distribution it imports only what all sandboxes share.

    async with StandIn(folder) as stand_in:
        address = await stand_in.address()
        connection = await snowflake.connector.aio.connect(**connection_arguments(address))
"""

from __future__ import annotations

from snowflake_mcp.sandbox.launcher import Address, StandIn, reset
from snowflake_mcp.sandbox.packages import SandboxUnavailable, fetch
from snowflake_mcp.sandbox.sample import DATABASE, SCHEMA
from snowflake_mcp.sandbox.serving import serve
from snowflake_mcp.sandbox.ways import (
    ACCOUNT,
    READ_ROLE,
    ROLE,
    SANDBOX_TOKEN,
    SANDBOX_USER,
    WAREHOUSE,
    connection_arguments,
    ways_in,
)

__all__ = [
    "ACCOUNT",
    "DATABASE",
    "READ_ROLE",
    "ROLE",
    "SANDBOX_TOKEN",
    "SANDBOX_USER",
    "SCHEMA",
    "WAREHOUSE",
    "Address",
    "SandboxUnavailable",
    "StandIn",
    "connection_arguments",
    "fetch",
    "reset",
    "serve",
    "ways_in",
]
