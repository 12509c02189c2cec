"""Snowflake in the calls that the tools need."""

from snowflake_mcp.client.connection import SnowflakeClient, connect

__all__ = ["SnowflakeClient", "connect"]
