"""The table that the tool modules fill, and the parameter types that they share."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Resolve
from pydantic import Field

from connector_kit.serving.session import client_of
from connector_kit.serving.toolset import Toolset

TOOLS = Toolset("slack")

if TYPE_CHECKING:
    from slack_mcp.client import SlackClient

    Slack = Annotated[SlackClient, Resolve(client_of)]
else:
    # The SDK reads this annotation when the server starts; the client is imported by the first call.
    Slack = Annotated[Any, Resolve(client_of)]

ChannelRef = Annotated[
    str, Field(description="Channel by #name, id or link; @person for a direct message.", min_length=1, max_length=300)
]
MessageRef = Annotated[
    str,
    Field(description="Message by permalink, CHANNEL_ID:TS, or ts with channel.", min_length=1, max_length=500),
]
InChannel = Annotated[str, Field(description="Its channel, if message is a bare ts.", max_length=300)]
ThreadRef = Annotated[
    str, Field(description="Reply in the thread of this message (permalink, CHANNEL_ID:TS or ts).", max_length=500)
]
Window = Annotated[str, Field(description="2d, 36h, today, 2026-01-31 or FROM..TO, in local time.", max_length=80)]
Cursor = Annotated[str, Field(description="Next cursor of the answer before; all else as then.")]
Markdown = Annotated[str, Field(description="Markdown; <@U123> mentions a person.", min_length=1)]
MentionAll = Annotated[
    bool, Field(description="Let @channel, @here, @everyone and groups (<!subteam^ID>) notify people.")
]
Unfurl = Annotated[bool, Field(description="Show previews of links.")]

READ = ("channels:read",)
HISTORY = ("channels:read", "channels:history")
UNREAD = HISTORY
SEARCH = ("search:read",)
POST = ("channels:read", "chat:write")
DELETE = (*HISTORY, "chat:write")
"""What a tool cannot do without where a public channel is named by its id. That of other kinds of conversations
(groups:history, im:history, …), and of names in the place of ids (users:read), is needed where one is meant; Slack
then names it (https://docs.slack.dev/reference/scopes)."""
