"""All that is written of pages, put together."""

from confluence_mcp.client.deleting import Deleting
from confluence_mcp.client.edit import Edit
from confluence_mcp.client.moving import Moving
from confluence_mcp.client.page_tasks import PageTasks
from confluence_mcp.client.restrictions import PageRestrictions
from confluence_mcp.client.space_changes import SpaceChanges
from confluence_mcp.client.templates import Templates


class Writing(Edit, Moving, Templates, Deleting, PageRestrictions, PageTasks, SpaceChanges):
    """Writing pages, and what belongs to them."""
