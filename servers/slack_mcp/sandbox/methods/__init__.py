"""The handlers, one module for each family of methods. Importing this package registers them all."""

from slack_mcp.sandbox.methods import (
    assistant_search,
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
    presence,
    reactions,
    scheduling,
    search,
    site,
)
from slack_mcp.sandbox.methods.scheduling import deliver_due
from slack_mcp.sandbox.registry import METHODS

__all__ = ["FAMILIES", "METHODS", "deliver_due"]

FAMILIES = (
    assistant_search,
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
    presence,
    reactions,
    scheduling,
    search,
    site,
)
"""The modules; each registers its methods when it is imported."""
