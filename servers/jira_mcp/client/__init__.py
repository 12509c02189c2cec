"""Jira Cloud's REST API v3 in the calls that the tools need."""

from jira_mcp.client.connection import JiraClient, connect
from jira_mcp.client.create import NewIssue
from jira_mcp.client.filters import ORDERS, SearchFilters
from jira_mcp.client.issues import Part

__all__ = ["ORDERS", "JiraClient", "NewIssue", "Part", "SearchFilters", "connect"]
