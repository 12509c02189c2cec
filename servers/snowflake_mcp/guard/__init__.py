"""What a statement would do, found out from its text before it is run. Pure functions; default deny."""

from snowflake_mcp.guard.databases import Databases
from snowflake_mcp.guard.examine import examine
from snowflake_mcp.guard.names import ObjectName, identifier, parse_name, written
from snowflake_mcp.guard.refusal import Refusal
from snowflake_mcp.guard.statement import Kind, Statement

__all__ = ["Databases", "Kind", "ObjectName", "Refusal", "Statement", "examine", "identifier", "parse_name", "written"]
