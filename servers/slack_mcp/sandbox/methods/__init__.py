"""The handlers, one module for each family of methods. Importing this package registers them all."""

from slack_mcp.sandbox.methods import (
    channels,
    chat,
    conversations,
    history,
    membership,
    people,
    pins,
    reactions,
    scheduling,
    site,
)
from slack_mcp.sandbox.methods.scheduling import deliver_due
from slack_mcp.sandbox.registry import METHODS

__all__ = ["FAMILIES", "METHODS", "deliver_due"]

FAMILIES = (channels, chat, conversations, history, membership, people, pins, reactions, scheduling, site)
"""The modules; each registers its methods when it is imported."""
