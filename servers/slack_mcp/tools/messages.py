"""Reading messages: a channel's, a thread's, what is unread, what a search finds."""

from typing import Annotated, Literal

from pydantic import Field

from connector_kit.output import page_line, quoted
from slack_mcp.tools.render import (
    WHOLE_BUDGET,
    counted,
    found,
    links,
    transcript,
)
from slack_mcp.tools.table import (
    HISTORY,
    READ,
    SEARCH,
    TOOLS,
    ChannelRef,
    Cursor,
    InChannel,
    MessageRef,
    Slack,
    Window,
)


@TOOLS.tool(title="Read a Slack channel", effect="reads", scopes=HISTORY)
async def slack_read_channel(
    channel: ChannelRef,
    slack: Slack,
    window: Window = "",
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=100)] = 30,
    cursor: Cursor = "",
) -> str:
    """Read the newest messages of a channel, or those of a window of time, in the order they were posted.

    Each begins with [time author · ts · replies · reactions]; read replies with slack_read_thread. The next
    cursor leads to older messages.
    """
    page = await slack.history(channel, window=window, limit=limit, cursor=cursor or None)
    _, shown = transcript(page.items)
    if shown < len(page.items):
        page = await slack.history(channel, window=window, limit=shown, cursor=cursor or None)
    if not page.items:
        within = f" in {window}" if window else ""
        return "\n".join([f"No messages in {channel}{within}.", *page.warnings])
    in_order, _ = transcript(page.items[::-1])
    first = page.items[0]
    line = page_line(len(page.items), noun="messages", cursor=page.cursor)
    source = f"{first.channel} {first.channel_id}"
    return "\n".join([quoted(source, in_order), *page.warnings, f"{line}. {links(_base(first.permalink))}"])


@TOOLS.tool(title="Read a Slack thread", effect="reads", scopes=HISTORY)
async def slack_read_thread(
    message: MessageRef,
    slack: Slack,
    channel: InChannel = "",
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=200)] = 50,
    cursor: Cursor = "",
) -> str:
    """Read a message whole, with all replies to it, oldest first; any message of the thread will do."""
    page = await slack.thread(message, channel=channel, limit=limit, cursor=cursor or None)
    budget = WHOLE_BUDGET if len(page.items) == 1 else WHOLE_BUDGET // 3
    text, shown = transcript(page.items, budget=budget)
    if shown < len(page.items):
        page = await slack.thread(message, channel=channel, limit=shown, cursor=cursor or None)
        text, shown = transcript(page.items, budget=budget)
    if not page.items:
        return "The thread has no further messages."
    first = page.items[0]
    line = page_line(shown, noun="messages", cursor=page.cursor)
    source = f"thread in {first.channel} {first.channel_id}"
    return "\n".join([quoted(source, text), *page.warnings, f"{line}. {links(_base(first.permalink))}"])


@TOOLS.tool(title="Search Slack messages", effect="reads", scopes=SEARCH)
async def slack_search_messages(
    query: Annotated[str, Field(description="Words, or a question.", min_length=1, max_length=500)],
    slack: Slack,
    channel: Annotated[str, Field(description="Only in this channel.", max_length=300)] = "",
    sender: Annotated[str, Field(description="Only from this person (@name, e-mail or id), or me.")] = "",
    window: Window = "",
    newest_first: Annotated[bool, Field(description="By time instead of by relevance.")] = False,
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=20)] = 20,
    cursor: Cursor = "",
) -> str:
    """Search messages that you may see, each with its id (CHANNEL_ID:TS).

    Read what surrounds a hit with slack_read_thread, or slack_read_channel with a window.
    """
    page = await slack.search(
        query,
        channel=channel,
        sender=sender,
        window=window,
        newest_first=newest_first,
        limit=limit,
        cursor=cursor or None,
    )
    text, shown = found(page.items)
    if shown < len(page.items):
        page = await slack.search(
            query,
            channel=channel,
            sender=sender,
            window=window,
            newest_first=newest_first,
            limit=shown,
            cursor=cursor or None,
        )
        text, shown = found(page.items)
    limits = [f"({limit})" for limit in page.limits]
    if not page.items:
        return "\n".join([f"Nothing found by {page.engine}.", *limits])
    line = page_line(shown, noun="messages", total=page.total, cursor=page.cursor)
    return "\n".join(
        [quoted("search", text), *limits, f"{line}; by {page.engine}. {_any_link(page.items[0].permalink)}"]
    )


@TOOLS.tool(title="List what is unread in Slack", effect="reads", scopes=READ)
async def slack_list_unread(
    slack: Slack,
    what: Annotated[
        Literal["channels", "mentions"], Field(description="Channels with unread messages, or messages that name you.")
    ] = "channels",
    window: Annotated[str, Field(description="How far back mentions are looked for.", max_length=80)] = "7d",
    limit: Annotated[int, Field(description="Channels or messages in an answer.", ge=1, le=50)] = 20,
    cursor: Annotated[str, Field(description="For mentions: next cursor of the answer before.")] = "",
) -> str:
    """List the channels in which something is unread, with the newest of it; or where you were mentioned.

    Needs a person's token: a bot has no read marks.
    """
    if what == "mentions":
        page = await slack.mentions(window=window, limit=min(limit, 20), cursor=cursor or None)
        text, shown = found(page.items)
        limits = [f"({limit})" for limit in page.limits]
        if not page.items:
            return "\n".join([f"Nobody mentioned you within {window}, by {page.engine}.", *limits])
        line = page_line(shown, noun="mentions", total=page.total, cursor=page.cursor)
        return "\n".join([quoted("mentions", text), *limits, f"{line}. {_any_link(page.items[0].permalink)}"])
    unread = await slack.unread(limit=limit)
    looked = f"looked at {unread.looked_at:,} of {counted(unread.total, 'channel')}"
    if not unread.channels:
        return "\n".join([f"Nothing unread; {looked}.", *unread.warnings])
    parts: list[str] = []
    for item in unread.channels:
        more = "+" if item.more else ""
        parts.append(f"# {item.channel.name} ({item.channel.id}): {item.count}{more} unread")
        parts.append(transcript(item.messages, budget=400)[0])
    return "\n".join([quoted("unread", "\n".join(parts)), *unread.warnings, f"{looked}."])


def _base(permalink: str) -> str:
    """The part of a message's permalink that its channel's messages share."""
    return permalink.partition("?")[0].rpartition("/")[0]


def _any_link(permalink: str) -> str:
    base = _base(permalink).rpartition("/")[0]
    return f"Permalink of a message: {base}/CHANNEL_ID/p and its ts without the dot"
