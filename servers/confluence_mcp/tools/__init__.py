"""The tools of the Confluence server, one module per resource.

Importing a module fills the table, and clients list the tools in that order.
"""

# isort: off
from confluence_mcp.tools.table import TOOLS
from confluence_mcp.tools import search, pages, spaces, versions
from confluence_mcp.tools import writing
from confluence_mcp.tools import comments, attachments
from confluence_mcp.tools import authoring
# isort: on

__all__ = ["TOOLS", "attachments", "authoring", "comments", "pages", "search", "spaces", "versions", "writing"]
