"""No arguments whatsoever make the sandbox fail: it answers, and says no."""

from collections.abc import Callable
from typing import Any

import pytest

from slack_mcp.sandbox.methods import METHODS
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

GOOD: dict[str, Any] = {
    "channel": channels.DEV,
    "channel_id": channels.DEV,
    "user": people.ALEX_RIVERA.id,
    "users": people.ALEX_RIVERA.id,
    "text": "x",
    "name": "a-name",
    "title": "T",
    "type": "link",
    "link": "https://x.example",
    "email": people.ALEX_RIVERA.email,
}
OTHERS = (
    "ts",
    "timestamp",
    "thread_ts",
    "message_ts",
    "oldest",
    "latest",
    "cursor",
    "limit",
    "types",
    "blocks",
    "attachments",
    "metadata",
    "post_at",
    "scheduled_message_id",
    "usergroup",
    "bot",
    "bookmark_id",
    "topic",
    "purpose",
    "markdown_text",
    "exclude_archived",
    "file",
    "files",
    "query",
)
BAD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    [],
    [None, 1, {}],
    {},
    {"type": {}},
    "\x00",
    "\ud800",
    "💥" * 300,
    "[1,",
    '{"a":' * 500,
    "[" * 100_000,
    "1770064200.000000",
    "9" * 40,
    "-",
    "²",
]


@pytest.mark.parametrize("name", sorted(METHODS))
async def test_every_method_answers_to_nonsense(slack: Visitor, name: str) -> None:
    sound = {"channel": channels.DEV, "ts": (await slack.latest(channels.DEV))["ts"]}
    for bad in BAD:
        trials: list[dict[str, Any]] = [dict.fromkeys([*GOOD, *OTHERS], bad), {**GOOD, **dict.fromkeys(OTHERS, bad)}]
        trials += [{**GOOD, **sound, wrong: bad} for wrong in ("channel", "user", "users", "blocks", "attachments")]
        for arguments in trials:
            answer = await slack.ask(name, **arguments)
            assert answer.status in (200, 302), (name, bad)
            assert isinstance(answer.body["ok"], bool)


async def test_blocks_of_any_shape_are_taken_or_refused(slack: Visitor) -> None:
    shapes: list[Callable[[Any], Any]] = [
        lambda bad: [bad],
        lambda bad: [{"type": bad}],
        lambda bad: [{"type": "rich_text", "elements": bad}],
        lambda bad: [{"type": "rich_text", "elements": [bad]}],
        lambda bad: [{"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": bad, "indent": bad}]}],
        lambda bad: [{"type": "section", "text": bad, "fields": bad}],
        lambda bad: [{"type": "section", "text": {"type": "mrkdwn", "text": bad}}],
        lambda bad: [{"type": "context", "elements": bad}],
        lambda bad: [{"type": "table", "rows": bad}],
        lambda bad: [{"type": "table", "rows": [bad]}],
        lambda bad: [{"type": "image", "alt_text": bad, "image_url": bad, "block_id": bad}],
    ]
    for shape in shapes:
        for bad in BAD:
            for place in ("blocks", "attachments"):
                value = shape(bad) if place == "blocks" else [{"blocks": shape(bad), "text": bad}]
                answer = await slack.ask("chat.postMessage", channel=channels.DEV, **{place: value})
                assert isinstance(answer.body["ok"], bool)
