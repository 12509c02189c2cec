"""MCP server for Snowflake."""
