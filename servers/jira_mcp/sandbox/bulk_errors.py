"""Refusals of the bulk operations, whose bodies are unlike those of the rest of the API."""

from __future__ import annotations

from jira_mcp.sandbox.errors import ApiError


class BulkError(ApiError):
    """A request for a bulk operation that Jira would refuse."""

    def body(self, path: str = "") -> dict[str, object]:  # noqa: ARG002 - all of Jira's paths have the same
        """`BulkOperationErrorResponse`."""
        return {"errors": [{"message": message} for message in self.messages]}


def refuse(*messages: str, status: int = 400) -> BulkError:
    """400, or another status, with sentences."""
    return BulkError(status, *messages)
