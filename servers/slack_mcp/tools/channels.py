"""Finding channels, and what one is about."""

from typing import Annotated, Literal

from pydantic import Field

from connector_kit.output import one_line, page_line, quoted, table
from slack_mcp.tools.render import (
    CHANNEL_COLUMNS,
    USER_COLUMNS,
    channel_detail,
    channel_row,
    pin_line,
    user_row,
)
from slack_mcp.tools.table import READ, TOOLS, ChannelRef, Cursor, Slack

Kind = Literal["public", "private", "dm", "group_dm"]


@TOOLS.tool(title="List Slack channels", effect="reads", scopes=READ)
async def slack_list_channels(
    slack: Slack,
    name: Annotated[str, Field(description="Part of the name.", max_length=80)] = "",
    kinds: Annotated[list[Kind], Field(description="Which kinds.", min_length=1)] = ["public", "private"],
    mine: Annotated[bool, Field(description="Only those you are a member of.")] = False,
    archived: Annotated[bool, Field(description="Archived ones too.")] = False,
    limit: Annotated[int, Field(description="Channels in an answer.", ge=1, le=200)] = 100,
    cursor: Cursor = "",
) -> str:
    """List channels and direct conversations, one row each; private ones only where you are a member.

    A channel that you know by name needs no look-up: every tool takes #name.
    """
    page = await slack.channels(name, kinds=kinds, mine=mine, archived=archived, limit=limit, cursor=cursor or None)
    shown = table(CHANNEL_COLUMNS, map(channel_row, page.items))
    if shown.shown < len(page.items):
        # The rows that do not fit must be reachable by the cursor, so the page has to end where they begin.
        page = await slack.channels(
            name, kinds=kinds, mine=mine, archived=archived, limit=shown.shown, cursor=cursor or None
        )
        shown = table(CHANNEL_COLUMNS, map(channel_row, page.items))
    if not page.items and not page.cursor:
        return "\n".join(["No channel matches.", *page.warnings])
    return "\n".join([shown.text, *page.warnings, page_line(shown.shown, noun="channels", cursor=page.cursor)])


@TOOLS.tool(title="Get a Slack channel", effect="reads", scopes=READ)
async def slack_get_channel(
    channel: ChannelRef,
    slack: Slack,
    include: Annotated[
        list[Literal["members", "pins", "bookmarks"]], Field(description="What to add about the channel.")
    ] = [],
    cursor: Cursor = "",
) -> str:
    """Read what a channel is about: topic, purpose, and on request members, pins and bookmarks.

    Its messages are read with slack_read_channel.
    """
    if cursor:
        members = await slack.members(channel, cursor=cursor)
        shown = table(USER_COLUMNS, map(user_row, members.items))
        return f"{shown.text}\n{page_line(len(members.items), noun='members', cursor=members.cursor)}"
    known = await slack.channel(channel)
    parts: list[str] = []
    after: list[str] = []
    if "pins" in include:
        pins = await slack.pins(known.id)
        parts += ["pins:", *(f"- {pin_line(pin)}" for pin in pins[:50])] if pins else ["pins: none"]
    if "bookmarks" in include:
        marks = [
            f"- {one_line(mark.title)}: {one_line(mark.link)} ({mark.id})" for mark in await slack.bookmarks(known.id)
        ]
        parts += ["bookmarks:", *marks] if marks else ["bookmarks: none"]
    if "members" in include:
        members = await slack.members(known.id)
        after.append(quoted(f"members of {known.id}", table(USER_COLUMNS, map(user_row, members.items)).text))
        after.append(page_line(len(members.items), noun="members", cursor=members.cursor))
    return "\n".join([channel_detail(known, parts), *after])
