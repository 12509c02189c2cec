"""Writing messages: now, later, as an alert; changing and deleting one's own."""

from typing import TYPE_CHECKING, Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import page_line, quoted
from connector_kit.serving import consent
from slack_mcp.tools.paging import fitted_rows
from slack_mcp.tools.render import address, minute, named, shown
from slack_mcp.tools.table import (
    DELETE,
    POST,
    TOOLS,
    ChannelRef,
    Cursor,
    InChannel,
    Markdown,
    MentionAll,
    MessageRef,
    Slack,
    ThreadRef,
    Unfurl,
)

if TYPE_CHECKING:
    from connector_kit.pages import Page
    from slack_mcp.models import PostedMessage, ScheduledMessage
    from slack_mcp.text import MentionPolicy


@TOOLS.tool(title="Post a Slack message", effect="adds", scopes=POST)
async def slack_post_message(
    channel: ChannelRef,
    text: Markdown,
    slack: Slack,
    thread: ThreadRef = "",
    broadcast: Annotated[bool, Field(description="Show a reply in the channel as well.")] = False,
    mention_all: MentionAll = False,
    unfurl: Unfurl = False,
) -> str:
    """Post Markdown to a channel, a person or a thread. Long texts become several messages.

    slack_post_alert is for what must stand out, slack_upload_file for files.
    """
    mentions = _mentions(mention_all)
    done = await slack.post(channel, text, thread=thread, broadcast=broadcast, unfurl=unfurl, mentions=mentions)
    lines = [_posted(message) for message in done.messages]
    if done.problem:
        left = f"{len(done.unsent):,} characters"
        told = f"Of the last {left} the next message may be there, the rest is not:" if done.unclear else ""
        lines.append(f"Then it stopped: {shown(done.problem)} {told or f'Not posted, {left} from:'}")
        lines.append(quoted("your text", clean_text(done.unsent, 200)))
    return "\n".join([*lines, *_muted(mention_all, text)])


@TOOLS.tool(title="Post an alert to Slack", effect="adds", scopes=POST)
async def slack_post_alert(
    channel: ChannelRef,
    title: Annotated[str, Field(description="What happened, in a line.", min_length=1, max_length=150)],
    slack: Slack,
    severity: Annotated[Literal["info", "warning", "critical"], Field(description="How bad it is.")] = "warning",
    priority: Annotated[Literal["", "P0", "P1", "P2", "P3"], Field(description="How urgent it is.")] = "",
    text: Annotated[str, Field(description="Details, as Markdown.", max_length=3_000)] = "",
    steps: Annotated[list[str], Field(description="What to do, in order.", max_length=20)] = [],
    fields: Annotated[dict[str, str], Field(description='Facts by name: {"Gate": "coverage"}.', max_length=10)] = {},
    thread: ThreadRef = "",
) -> str:
    """Post an alert that stands out: severity, priority, facts and the steps that remedy it."""
    from slack_mcp.text import alert_blocks

    blocks, fallback = alert_blocks(severity, priority or None, title, text, steps, fields)
    done = await slack.post_blocks(channel, blocks, fallback, thread=thread)
    return "\n".join([_posted(done), *_muted(False, title, text, *steps, *fields, *fields.values(), alert=True)])


@TOOLS.tool(title="Edit a Slack message", effect="changes", scopes=POST)
async def slack_update_message(
    message: MessageRef,
    text: Markdown,
    slack: Slack,
    channel: InChannel = "",
    mention_all: MentionAll = False,
) -> str:
    """Replace the text of a message that you posted. Nobody else's can be edited: reply with slack_post_message."""
    mentions = _mentions(mention_all)
    done = await slack.update(message, text, channel=channel, mentions=mentions)
    return "\n".join(
        [f"updated {done.channel_id}:{done.ts} {address(done.permalink)}".rstrip(), *_muted(mention_all, text)]
    )


async def ask_before_deleting(
    ctx: Context, message: str, channel: str, confirm: bool, slack: Slack
) -> consent.Consent | Elicit[consent.Consent]:
    """The question whether to delete, with what would be lost."""
    found = await slack.own_message(message, channel=channel)
    said = clean_text(found.text, 200)
    stay = f" Replies to it stay ({found.replies})." if found.replies else ""
    question = f"Delete this message in {found.channel} of {minute(found.time)} UTC for good: “{said}”?{stay}"
    return consent.ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Delete a Slack message", effect="destroys", scopes=DELETE)
async def slack_delete_message(
    message: MessageRef,
    slack: Slack,
    answer: Annotated[consent.Answer, Resolve(ask_before_deleting)],
    channel: InChannel = "",
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete a message that you posted, for good; slack_update_message corrects it. The user is asked first."""
    consent.require(answer)
    done = await slack.delete(message, channel=channel)
    return f"deleted {shown(done.subject)}"


@TOOLS.tool(title="Schedule a Slack message", effect="adds", scopes=POST, toolset="scheduling")
async def slack_schedule_message(
    channel: ChannelRef,
    text: Markdown,
    at: Annotated[
        str,
        Field(description="When, like 2026-02-01T09:00+01:00, or 2h from now; 120 days ahead at most.", min_length=1),
    ],
    slack: Slack,
    thread: ThreadRef = "",
    mention_all: MentionAll = False,
    unfurl: Unfurl = False,
) -> str:
    """Have Slack post a message later. slack_list_scheduled_messages shows what waits."""
    mentions = _mentions(mention_all)
    done = await slack.schedule(channel, text, at, thread=thread, unfurl=unfurl, mentions=mentions)
    told = f"scheduled for {done.at} in {named(done.channel)}: {named(done.id)}"
    return "\n".join([f"{told} (slack_cancel_scheduled_message takes it back)", *_muted(mention_all, text)])


@TOOLS.tool(title="List scheduled Slack messages", effect="reads", scopes=("chat:write",), toolset="scheduling")
async def slack_list_scheduled_messages(
    slack: Slack,
    channel: Annotated[str, Field(description="Only of this channel.", max_length=300)] = "",
    limit: Annotated[int, Field(description="Messages in an answer.", ge=1, le=100)] = 50,
    cursor: Cursor = "",
) -> str:
    """List the messages that this account has scheduled and Slack has not posted yet."""

    async def ask(limit: int) -> "Page[ScheduledMessage]":
        return await slack.scheduled(channel=channel, limit=limit, cursor=cursor or None)

    page, text = await fitted_rows(ask, limit, ("id", "at", "channel", "text"), _scheduled_row)
    if not page.items and not page.cursor:
        return "Nothing is scheduled."
    return f"{text}\n{page_line(len(page.items), noun='messages', cursor=page.cursor)}"


def _scheduled_row(item: "ScheduledMessage") -> tuple[str, ...]:
    return (item.id, item.at, item.channel, clean_text(item.text, 200))


@TOOLS.tool(title="Cancel a scheduled Slack message", effect="changes", scopes=POST, toolset="scheduling")
async def slack_cancel_scheduled_message(
    channel: ChannelRef,
    id: Annotated[str, Field(description="Id from slack_list_scheduled_messages.", min_length=1, max_length=40)],
    slack: Slack,
) -> str:
    """Take back a scheduled message before it is posted."""
    done = await slack.unschedule(channel, id)
    return f"cancelled {shown(done.subject)}" + (": it was gone already" if done.already else "")


def _mentions(everybody: bool) -> "MentionPolicy":
    from slack_mcp.text import MentionPolicy

    return MentionPolicy(broadcast=everybody, groups=everybody)


def _muted(everybody: bool, *texts: str, alert: bool = False) -> list[str]:
    """What is said of texts that would have called many people, had that been allowed."""
    from slack_mcp.text import mutes

    if everybody or not any(map(mutes, texts)):
        return []
    how = "slack_post_message has mention_all" if alert else "mention_all lets them"
    return [f"@channel, @here, @everyone and groups in it notify nobody: {how}."]


def _posted(message: "PostedMessage") -> str:
    found = " (an earlier try had posted it)" if message.found else ""
    where = f"{named(message.channel)}: {message.channel_id}:{message.ts}"
    return f"posted to {where} {address(message.permalink)}".rstrip() + found
