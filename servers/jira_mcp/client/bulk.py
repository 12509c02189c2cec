"""All bulk operations, in the client's one class."""

from jira_mcp.client.bulk_edit import BulkEdit


class Bulk(BulkEdit):
    """Bulk edits, transitions, moves and deletions."""
