"""The tools of the Jira server, one module per resource.

Importing a module fills the table, and clients list the tools in that order.
"""

# isort: off
from jira_mcp.tools.table import TOOLS
from jira_mcp.tools import search, issues, create, workflow, collaboration, metadata, agile, agile_sprints
from jira_mcp.tools import history
# isort: on

__all__ = [
    "TOOLS",
    "agile",
    "agile_sprints",
    "collaboration",
    "create",
    "history",
    "issues",
    "metadata",
    "search",
    "workflow",
]
