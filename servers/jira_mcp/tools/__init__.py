"""The tools of the Jira server, one module per resource.

Importing a module fills the table, and clients list the tools in that order.
"""

# isort: off
from jira_mcp.tools.table import TOOLS
from jira_mcp.tools import (
    search,
    issues,
    create,
    workflow,
    comments,
    worklogs,
    collaboration,
    attachments,
    metadata,
    fields,
    agile,
    agile_sprints,
)
from jira_mcp.tools import history, links, development
from jira_mcp.tools import bulk
from jira_mcp.tools import releases, people, filters
# isort: on

__all__ = [
    "TOOLS",
    "agile",
    "agile_sprints",
    "attachments",
    "bulk",
    "collaboration",
    "comments",
    "create",
    "development",
    "fields",
    "filters",
    "history",
    "issues",
    "links",
    "metadata",
    "people",
    "releases",
    "search",
    "workflow",
    "worklogs",
]
