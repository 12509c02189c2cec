"""Small marks on messages and channels: reactions, read marks, pins, bookmarks."""

from typing import Annotated

from pydantic import Field

from slack_mcp.tools.render import shown
from slack_mcp.tools.table import HISTORY, TOOLS, ChannelRef, InChannel, MessageRef, Slack


@TOOLS.tool(title="React to a Slack message", effect="changes", scopes=("channels:read", "reactions:write"))
async def slack_react_to_message(
    message: MessageRef,
    emoji: Annotated[
        str, Field(description="Name of the emoji, like eyes or white_check_mark.", min_length=1, max_length=100)
    ],
    slack: Slack,
    channel: InChannel = "",
    remove: Annotated[bool, Field(description="Take your reaction away instead.")] = False,
) -> str:
    """Add your reaction to a message, or take it away. slack_read_thread shows who reacted."""
    done = await (slack.unreact if remove else slack.react)(message, emoji, channel=channel)
    if done.already:
        return f"{shown(done.subject)}: it was so already"
    return f"{'removed' if remove else 'added'} {shown(done.subject)}"


@TOOLS.tool(title="Mark a Slack channel as read", effect="changes", scopes=(*HISTORY, "channels:write"))
async def slack_mark_read(
    channel: ChannelRef,
    slack: Slack,
    message: Annotated[str, Field(description="Up to this message; everything if empty.", max_length=500)] = "",
) -> str:
    """Move your read mark in a channel. Needs a person's token. slack_list_unread shows what is unread."""
    done = await slack.mark_read(channel, message=message)
    return f"marked as read: {shown(done.subject)}" + (" (there is nothing in it)" if done.already else "")


@TOOLS.tool(title="Pin a Slack message", effect="changes", scopes=("channels:read", "pins:write"))
async def slack_pin_message(
    message: MessageRef,
    slack: Slack,
    channel: InChannel = "",
    remove: Annotated[bool, Field(description="Unpin it instead.")] = False,
) -> str:
    """Pin a message to its channel, or unpin it. slack_get_channel lists pins."""
    done = await (slack.unpin if remove else slack.pin)(message, channel=channel)
    if done.already:
        return f"{shown(done.subject)}: it was so already"
    return f"{'unpinned' if remove else 'pinned'} {shown(done.subject)}"


@TOOLS.tool(
    title="Add a Slack bookmark", effect="adds", scopes=("channels:read", "bookmarks:write"), toolset="bookmarks"
)
async def slack_add_bookmark(
    channel: ChannelRef,
    title: Annotated[str, Field(description="Title.", min_length=1, max_length=255)],
    link: Annotated[str, Field(description="https:// address.", min_length=8, max_length=3_000)],
    slack: Slack,
    emoji: Annotated[str, Field(description="Name of an emoji before it.", max_length=100)] = "",
) -> str:
    """Add a link to the bar at the head of a channel. slack_get_channel lists bookmarks."""
    done = await slack.add_bookmark(channel, title, link, emoji=emoji)
    return f"added bookmark {shown(done.id)}"


@TOOLS.tool(
    title="Remove a Slack bookmark", effect="changes", scopes=("channels:read", "bookmarks:write"), toolset="bookmarks"
)
async def slack_remove_bookmark(
    channel: ChannelRef,
    id: Annotated[str, Field(description="Id from slack_get_channel.", min_length=1, max_length=40)],
    slack: Slack,
) -> str:
    """Remove a bookmark from a channel."""
    done = await slack.remove_bookmark(channel, id)
    return f"removed {shown(done.subject)}" + (": it was gone already" if done.already else "")
