"""The handlers, one module for each family of methods. Importing this package registers them all."""

from slack_mcp.sandbox.methods import (
    canvases,
    channels,
    chat,
    conversations,
    files,
    history,
    membership,
    oauth,
    people,
    pins,
    reactions,
    scheduling,
    site,
)
from slack_mcp.sandbox.methods.scheduling import deliver_due
from slack_mcp.sandbox.registry import METHODS

__all__ = ["FAMILIES", "METHODS", "deliver_due"]

FAMILIES = (
    canvases,
    channels,
    chat,
    conversations,
    files,
    history,
    membership,
    oauth,
    people,
    pins,
    reactions,
    scheduling,
    site,
)
"""The modules; each registers its methods when it is imported."""
