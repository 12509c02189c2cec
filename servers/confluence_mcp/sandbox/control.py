"""What Confluence says when something is asked to go wrong."""

from __future__ import annotations

from confluence_mcp.sandbox.errors import ApiError
from sandbox_kit.atlassian.control import Controls

CONTROLS = Controls(
    "confluence-burst-based",
    {
        401: "Unauthorized",
        403: "Current user not permitted to use Confluence",
        404: "Not Found",
        409: "Version must be incremented when updating a page.",
        413: "The request is too large.",
        429: "Rate limit exceeded.",
        503: "Service Unavailable",
    },
    ApiError,
)
