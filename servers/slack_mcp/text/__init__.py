"""Slack's messages as Markdown, Markdown as Slack takes it, and Slack's ids, links and times. Pure functions."""

from slack_mcp.text.alerts import Priority, Severity, alert_blocks
from slack_mcp.text.ids import (
    ChannelRef,
    MessageRef,
    UserRef,
    is_ts,
    parse_channel,
    parse_file,
    parse_message_ref,
    parse_user,
    permalink,
)
from slack_mcp.text.mentions import NOBODY, MentionPolicy, mutes, neutral
from slack_mcp.text.message import Wanted, author, is_bot, message_markdown, wanted
from slack_mcp.text.names import KnownNames, Names
from slack_mcp.text.posting import PART_LIMIT, one_line_outgoing, outgoing
from slack_mcp.text.to_mrkdwn import to_mrkdwn
from slack_mcp.text.windows import is_after, parse_window, time_of, ts_of

__all__ = [
    "NOBODY",
    "PART_LIMIT",
    "ChannelRef",
    "KnownNames",
    "MentionPolicy",
    "MessageRef",
    "Names",
    "Priority",
    "Severity",
    "UserRef",
    "Wanted",
    "alert_blocks",
    "author",
    "is_after",
    "is_bot",
    "is_ts",
    "message_markdown",
    "mutes",
    "neutral",
    "one_line_outgoing",
    "outgoing",
    "parse_channel",
    "parse_file",
    "parse_message_ref",
    "parse_user",
    "parse_window",
    "permalink",
    "time_of",
    "to_mrkdwn",
    "ts_of",
    "wanted",
]
