"""The Slack server: its table of tools, its settings and its client, put together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connector_kit.serving.main import run
from connector_kit.serving.session import ServerSpec, connect_by
from slack_mcp.guidance import GUIDANCE
from slack_mcp.settings import SlackSettings
from slack_mcp.tools import TOOLS
from slack_mcp.tools.prompts import PROMPTS
from slack_mcp.tools.resources import RESOURCES

if TYPE_CHECKING:
    from slack_mcp.client import SlackClient

SERVER: "ServerSpec[SlackSettings, SlackClient]" = ServerSpec(
    service="slack",
    title="Slack",
    toolset=TOOLS,
    settings=SlackSettings,
    connect=connect_by("slack_mcp.client"),
    instructions=(
        "Slack: read channels and threads, search, post. Channels go by #name, people by @name, messages by "
        "permalink or CHANNEL_ID:TS; no look-up is needed first. Text goes in and comes out as Markdown, "
        "times are in UTC."
    ),
    guidance=GUIDANCE,
    modules=("slack_sdk", "starlette"),
    more_scopes="add what is lacking to the Slack app, to install the app again, to take its token",
    prompts=PROMPTS,
    resources=RESOURCES,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; answers the exit status."""
    return run(SERVER, argv)
