"""Finding channels, and what one is about."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from connector_kit.output import page_line
from slack_mcp.tools.paging import fitted_rows
from slack_mcp.tools.render import (
    CHANNEL_COLUMNS,
    USER_COLUMNS,
    bookmark_line,
    channel_detail,
    channel_row,
    pin_line,
    user_row,
)
from slack_mcp.tools.table import READ, TOOLS, ChannelRef, Cursor, Slack

if TYPE_CHECKING:
    from connector_kit.pages import Page
    from slack_mcp.models import Channel, User

PINS = 50
MEMBERS = 100
"""Of a channel in one answer."""

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

    async def ask(limit: int) -> "Page[Channel]":
        return await slack.channels(name, kinds=kinds, mine=mine, archived=archived, limit=limit, cursor=cursor or None)

    page, text = await fitted_rows(ask, limit, CHANNEL_COLUMNS, channel_row)
    if not page.items and not page.cursor:
        tried = "" if set(kinds) >= {"public", "private"} else f" among {', '.join(kinds)}"
        return "\n".join([f"No channel matches{tried}.", *page.warnings])
    return "\n".join([text, *page.warnings, page_line(len(page.items), noun="channels", cursor=page.cursor)])


@TOOLS.tool(title="Get a Slack channel", effect="reads", scopes=READ)
async def slack_get_channel(
    channel: ChannelRef,
    slack: Slack,
    include: Annotated[
        list[Literal["members", "pins", "bookmarks"]], Field(description="What to add about the channel.")
    ] = [],
    cursor: Annotated[str, Field(description="For members: next cursor of the answer before.")] = "",
) -> str:
    """Read what a channel is about: topic, purpose, and on request members, pins and bookmarks.

    Its messages are read with slack_read_channel.
    """

    async def ask(limit: int) -> "Page[User]":
        return await slack.members(channel, limit=limit, cursor=cursor or None)

    if cursor:
        return "\n".join(await _members(ask))
    known = await slack.channel(channel)
    parts: list[str] = []
    if "pins" in include:
        pins = await slack.pins(known.id)
        parts += ["pins:", *(f"- {pin_line(pin)}" for pin in pins[:PINS])] if pins else ["pins: none"]
        parts += [f"- and {len(pins) - PINS} more"] if len(pins) > PINS else []
    if "bookmarks" in include:
        marks = [bookmark_line(mark) for mark in await slack.bookmarks(known.id)]
        parts += ["bookmarks:", *(f"- {mark}" for mark in marks)] if marks else ["bookmarks: none"]
    members = await _members(ask) if "members" in include else []
    return "\n".join([channel_detail(known, parts), *members])


async def _members(ask: "Callable[[int], Awaitable[Page[User]]]") -> list[str]:
    page, text = await fitted_rows(ask, MEMBERS, USER_COLUMNS, user_row)
    return [text, *page.warnings, page_line(len(page.items), noun="members", cursor=page.cursor)]
