"""The tools of the Jira server, one module per resource."""

from jira_mcp.tools import collaboration, create, issues, metadata, search, workflow
from jira_mcp.tools.table import TOOLS

__all__ = ["TOOLS", "collaboration", "create", "issues", "metadata", "search", "workflow"]
