"""Reading messages: a channel's, a thread's, what is unread, what a search finds."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from connector_kit.errors import Unavailable
from connector_kit.fitting import fitted
from connector_kit.output import page_line, quoted, size
from slack_mcp.tools.paging import surplus, told
from slack_mcp.tools.render import ROOM, WHOLE_BUDGET, counted, found, label, links, named, transcript
from slack_mcp.tools.table import (
    HISTORY,
    SEARCH,
    TOOLS,
    UNREAD,
    ChannelRef,
    Cursor,
    InChannel,
    MessageRef,
    Slack,
    Window,
)

if TYPE_CHECKING:
    from connector_kit.pages import Page
    from slack_mcp.models import Message, SearchPage, UnreadChannel


@TOOLS.tool(title="Read a Slack channel", effect="reads", scopes=HISTORY)
async def slack_read_channel(
    channel: ChannelRef,
    slack: Slack,
    window: Window = "",
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=100)] = 30,
    cursor: Cursor = "",
) -> str:
    """Read the newest messages of a channel, or those of a window of time, in the order they were posted.

    Each begins with [time author · ts · replies · reactions]; times are in UTC. Read replies with slack_read_thread.
    The next cursor leads to older messages.
    """

    async def ask(limit: int) -> "Page[Message]":
        return await slack.history(channel, window=window, limit=limit, cursor=cursor or None)

    page, part = await fitted(ask, lambda page: transcript(page.items), limit=limit)
    if not page.items:
        if page.cursor:
            return "\n".join(["Slack showed nothing of this page.", *page.warnings, _line(0, page.cursor)])
        within = f" in {named(window)}" if window else ""
        return "\n".join([f"No messages in {named(channel)}{within}.", *page.warnings])
    text = transcript(page.items[: part.shown][::-1]).text
    notes = [*surplus(part.left), *page.warnings]
    first = page.items[0]
    line = f"{_line(part.shown, page.cursor)}.{links(page.items, channel=True)}"
    return "\n".join([quoted(f"{first.channel} {first.channel_id}", text), *notes, line])


@TOOLS.tool(title="Read a Slack thread", effect="reads", scopes=HISTORY)
async def slack_read_thread(
    message: MessageRef,
    slack: Slack,
    channel: InChannel = "",
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=200)] = 50,
    cursor: Cursor = "",
) -> str:
    """Read a message whole, with who reacted and all replies, oldest first; any message of the thread will do."""

    async def ask(limit: int) -> "Page[Message]":
        return await slack.thread(message, channel=channel, limit=limit, cursor=cursor or None)

    page, part = await fitted(ask, lambda page: transcript(page.items, budget=WHOLE_BUDGET, thread=True), limit=limit)
    if not page.items:
        return "\n".join(["The thread has no further messages.", *page.warnings])
    first = page.items[0]
    line = f"{_line(len(page.items), page.cursor)}.{links(page.items, channel=True)}"
    return "\n".join([quoted(f"thread in {first.channel} {first.channel_id}", told(part)), *page.warnings, line])


@TOOLS.tool(title="Search Slack messages", effect="reads", scopes=SEARCH)
async def slack_search_messages(
    query: Annotated[
        str, Field(description='Words, "a phrase", has:link, or a question.', min_length=1, max_length=500)
    ],
    slack: Slack,
    channel: Annotated[str, Field(description="Only in this channel.", max_length=300)] = "",
    sender: Annotated[
        str, Field(description="Only from this person (@name, e-mail or id), or me.", max_length=200)
    ] = "",
    window: Window = "",
    newest_first: Annotated[bool, Field(description="By time instead of by relevance.")] = False,
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=20)] = 20,
    cursor: Cursor = "",
) -> str:
    """Search messages that you may see, each with its id (CHANNEL_ID:TS). Needs a person's token.

    Read what surrounds a hit with slack_read_thread, or slack_read_channel with a window.
    """

    async def ask(limit: int) -> "SearchPage":
        return await slack.search(
            query,
            channel=channel,
            sender=sender,
            window=window,
            newest_first=newest_first,
            limit=limit,
            cursor=cursor or None,
        )

    page, part = await fitted(ask, lambda page: found(page.items), limit=limit)
    nothing = f"Nothing found by {page.engine}. Try other words, or read a channel with slack_read_channel."
    return _hits(page, told(part), "search", "messages", nothing)


@TOOLS.tool(title="List what is unread in Slack", effect="reads", scopes=UNREAD)
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

    Needs a person's token: a bot has no read marks. slack_mark_read moves the mark.
    """
    if what == "mentions":

        async def ask(limit: int) -> "SearchPage":
            return await slack.mentions(window=window, limit=limit, cursor=cursor or None)

        page, part = await fitted(ask, lambda page: found(page.items), limit=min(limit, 20))
        nothing = f"Nobody mentioned you within {named(window)}, by {page.engine}."
        return _hits(page, told(part), "mentions", "mentions", nothing)
    unread = await slack.unread(limit=limit)
    looked = f"looked at {unread.looked_at:,} of {counted(unread.total, 'channel')}"
    if unread.total and not unread.looked_at:
        raise Unavailable(
            f"None of {counted(unread.total, 'conversation')} could be looked at.",
            next_step="slack_read_channel with one of them tells why.",
        )
    if not unread.channels:
        return "\n".join([f"Nothing unread; {looked}.", *unread.warnings])
    parts, left_out = _unread(unread.channels)
    notes = [f"(The messages of {counted(left_out, 'channel')} did not fit: read them.)"] if left_out else []
    line = f"{looked}; read one whole with slack_read_channel."
    return "\n".join([quoted("unread", "\n".join(parts)), *notes, *unread.warnings, line])


def _unread(channels: "tuple[UnreadChannel, ...]") -> tuple[list[str], int]:
    """Each channel with what is unread in it, in the order it was posted, and in how many this did not fit."""
    parts: list[str] = []
    used = left_out = 0
    for item in channels:
        head = f"# {label(item.channel.name)} ({item.channel.id}): {item.count}{'+' if item.more else ''} unread"
        text = transcript(item.messages[::-1], budget=400).text
        used += size(head) + 1
        parts.append(head)
        if used + size(text) > ROOM:
            left_out += 1
            continue
        used += size(text) + 1
        parts.append(text)
    return parts, left_out


def _hits(page: "SearchPage", text: str, source: str, noun: str, nothing: str) -> str:
    """What a search answers."""
    limits = [f"({limit})" for limit in page.limits]
    if not page.items:
        more = [page_line(0, noun=noun, cursor=page.cursor)] if page.cursor else []
        return "\n".join([nothing, *limits, *more])
    line = page_line(len(page.items), noun=noun, total=page.total, cursor=page.cursor)
    rule = links(page.items, channel=False)
    return "\n".join([quoted(source, text), *limits, f"{line}; by {page.engine}.{rule}"])


def _line(returned: int, cursor: str | None) -> str:
    return page_line(returned, noun="messages", cursor=cursor)
