"""All bulk operations, in the client's one class."""

from jira_mcp.client.bulk_delete import BulkDelete
from jira_mcp.client.bulk_move import BulkMove
from jira_mcp.client.bulk_transition import BulkTransition


class Bulk(BulkTransition, BulkMove, BulkDelete):
    """Bulk edits, transitions, moves and deletions."""
