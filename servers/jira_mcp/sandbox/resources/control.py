"""What Jira says when something is asked to go wrong."""

from __future__ import annotations

from jira_mcp.sandbox.errors import ApiError
from sandbox_kit.atlassian.control import Controls

CONTROLS = Controls(
    "jira-burst-based",
    {
        429: "Rate limit exceeded.",
        401: "Client must be authenticated to access this resource.",
        403: "You do not have permission to perform this operation.",
        404: "Issue does not exist or you do not have permission to see it.",
        409: "The issue was changed by somebody else in the meantime.",
        413: "The request is too large.",
        503: "Service Unavailable",
    },
    ApiError,
)
