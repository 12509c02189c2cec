"""The tools of the Slack server, one module per resource.

Importing a module fills the table, and clients list the tools in that order.
"""

# isort: off
from slack_mcp.tools.table import TOOLS
from slack_mcp.tools import channels, messages, people, files, posting, marks, manage
# isort: on

__all__ = ["TOOLS", "channels", "files", "manage", "marks", "messages", "people", "posting"]
