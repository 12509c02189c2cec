"""All that is done to many issues at once, in the client's one class."""

from jira_mcp.client.bulk_delete import BulkDelete
from jira_mcp.client.bulk_move import BulkMove
from jira_mcp.client.bulk_transition import BulkTransition
from jira_mcp.client.create_many import CreateMany


class Bulk(CreateMany, BulkTransition, BulkMove, BulkDelete):
    """Creating many issues; bulk edits, transitions, moves and deletions."""
