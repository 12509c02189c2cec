"""The handlers, one module for each family of methods. Importing this package registers them all."""

from slack_mcp.sandbox.methods import site
from slack_mcp.sandbox.registry import METHODS

__all__ = ["FAMILIES", "METHODS"]

FAMILIES = (site,)
"""The modules; each registers its methods when it is imported."""
