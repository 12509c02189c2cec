"""The tools of the Confluence server, one module per resource.

Importing a module fills the table, and clients list the tools in that order.
"""

# isort: off
from confluence_mcp.tools.table import TOOLS
from confluence_mcp.tools import search, pages, spaces, versions
from confluence_mcp.tools import writing
from confluence_mcp.tools import comments, attachments, publishing
from confluence_mcp.tools import authoring
from confluence_mcp.tools import blog, page_access, people, space_details, task_lists, template_reads
# isort: on

__all__ = [
    "TOOLS",
    "attachments",
    "authoring",
    "blog",
    "comments",
    "page_access",
    "pages",
    "people",
    "publishing",
    "search",
    "space_details",
    "spaces",
    "task_lists",
    "template_reads",
    "versions",
    "writing",
]
