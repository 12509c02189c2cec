"""The tools of the Snowflake server, one module per subject.

Importing a module fills the table, and clients list the tools in that order.
"""

# isort: off
from snowflake_mcp.tools.table import TOOLS
from snowflake_mcp.tools import queries, explore, history, changes, loading, cortex
# isort: on

__all__ = ["TOOLS", "changes", "cortex", "explore", "history", "loading", "queries"]
