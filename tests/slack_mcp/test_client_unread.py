"""What is unread in the sample workspace, and for whom."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import pytest

from connector_kit.errors import NotPermitted
from connector_kit.testing.recorder import Recorder
from slack_mcp.client import SlackClient
from slack_mcp.sandbox.accounts import COLLEAGUE_TOKEN

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[SlackClient]]

DEV, GENERAL, LEADS = "C0PMOS00002", "C0PMOS00001", "C0PMOS00005"


async def test_unread_channels_come_with_their_newest(slack: SlackClient) -> None:
    unread = await slack.unread()
    alerts = next(item for item in unread.channels if item.channel.name == "#pm-os-alerts")
    assert alerts.count == 3
    assert alerts.messages[0].author == "SystemEvaluator"
    assert unread.looked_at == unread.total
    await slack.mark_read("pm-os-alerts")
    assert "#pm-os-alerts" not in [item.channel.name for item in (await slack.unread()).channels]


async def test_only_people_with_something_unread_are_looked_up(connected: Connect, recorder: Recorder) -> None:
    colleague = await connected(token=COLLEAGUE_TOKEN)
    await colleague.post("@human.pm", "Have you a minute?")
    slack = await connected()
    await slack.post("@alex.moreau", "A conversation in which nothing is unread")
    recorder.clear()
    unread = await slack.unread()
    assert unread.channels[0].channel.name == "@alex.rivera"
    wanted = {item.channel.peer for item in unread.channels}
    wanted |= {message.author_id for item in unread.channels for message in item.messages}
    asked = [
        dict(parse_qsl(each.request_body.decode()))["user"]
        for each in recorder.exchanges
        if each.url.endswith("/users.info")
    ]
    assert set(asked) <= wanted


async def test_a_bot_has_no_read_marks_and_is_told_so(bot: SlackClient) -> None:
    for call in (bot.unread(), bot.mark_read("general")):
        with pytest.raises(NotPermitted, match="person's token"):
            await call
