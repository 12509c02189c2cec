"""All that only reads, put together."""

from confluence_mcp.client.blog import BlogPosts
from confluence_mcp.client.page_access import PageAccesses
from confluence_mcp.client.page_versions import Versions
from confluence_mcp.client.search import Search
from confluence_mcp.client.space_details import SpaceDetails
from confluence_mcp.client.task_lists import TaskLists
from confluence_mcp.client.template_reads import TemplateReads


class Reads(Versions, Search, PageAccesses, TaskLists, BlogPosts, TemplateReads, SpaceDetails):
    """Searching, and reading pages, versions, access, tasks, blog posts, templates and spaces."""
