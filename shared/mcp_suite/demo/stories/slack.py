"""What is done in the demonstration of Slack: a morning's look at a project, an alert, and the talk below it."""

import re

from mcp_suite.demo.steps import Player, StepError

CHANNEL = "#pm-os-dev"
ALERTS = "#pm-os-alerts"

_MESSAGE = re.compile(r"\b[CDG][A-Z0-9]{8,}:[0-9]{10}\.[0-9]{6}\b")


def message_in(answer: str) -> str:
    """The first message that an answer names, as CHANNEL_ID:TS.

    Raises:
        StepError: it names none.
    """
    found = _MESSAGE.search(answer)
    if found is None:
        raise StepError("the answer names no message")
    return found.group()


async def work(player: Player) -> None:
    """Look around, read, search, raise an alert, answer in its thread, react, and look at the result.

    Raises:
        StepError: a step went wrong; those after it are not tried.
    """
    call = player.call
    await call("Which channels are there?", "slack_list_channels", {"limit": 5}, shows=CHANNEL)
    await call(
        f"Catch me up on {CHANNEL}.",
        "slack_read_channel",
        {"channel": CHANNEL, "limit": 5},
        shows="Phase 3 is COMPLETE",
    )
    await call(
        "Where was the quality gate talked about?",
        "slack_search_messages",
        {"query": "quality gate", "limit": 3},
        shows="SystemEvaluator",
    )
    alert = message_in(
        await call(
            "Raise an alert, with what to do about it.",
            "slack_post_alert",
            {
                "channel": ALERTS,
                "title": "The pilot's acceptance rate is below its gate",
                "severity": "critical",
                "priority": "P1",
                "text": "**62 %** of the drafts were accepted this week; the gate is 70 %.",
                "steps": ["Read the five drafts that were rejected", "Correct the template", "Measure again tomorrow"],
                "fields": {"Gate": "acceptance rate", "Owner": "Data Analyst"},
            },
            shows="posted to",
        )
    )
    await call(
        "Say in its thread who takes care of it. Nobody is woken up by that.",
        "slack_post_message",
        {
            "channel": ALERTS,
            "thread": alert,
            "text": "I take this:\n\n1. drafts by **noon**\n2. figures tomorrow\n\nNo need to wake up @channel.",
        },
        shows="posted to",
    )
    await call("Mark it as seen.", "slack_react_to_message", {"message": alert, "emoji": "eyes"}, shows="eyes")
    await call(
        "How does the thread look now?",
        "slack_read_thread",
        {"message": alert},
        shows="drafts by **noon**",
    )
    await call(
        "What is new for me? One message tries to command assistants; it comes marked as data.",
        "slack_list_unread",
        {"limit": 5},
        shows='<data from="unread">',
    )
