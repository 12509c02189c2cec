"""Names that must exist elsewhere: Slack's methods, the tools; and what foreign text cannot do to a request."""

import ast
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import slack_mcp.client
from connector_kit.errors import InvalidInput, NotFound, ServiceError
from connector_kit.testing.recorder import Recorder
from connector_kit.testing.specs import REASON
from slack_mcp.client import SlackClient
from slack_mcp.client.bridge import MethodCall, describe
from slack_mcp.client.rates import PER_MINUTE

SOURCES = sorted(Path(slack_mcp.client.__path__[0]).glob("*.py"))
METHOD = re.compile(r"[a-z]+(?:\.[a-zA-Z]+)+")
HEAVY = ("slack_sdk", "aiohttp", "starlette", "keyring", "cryptography", "markdown_it")
HOSTILE = (
    *("", " ", "\x00", "../../etc/passwd", "C0123456789/../x", "C0123456789&token=x", "C0123456789\nX-Evil: 1"),
    *("<!channel>", "<@U0123456789", "\ud800", "\u202e", "#" * 200, "a" * 10_000, "%2e%2e%2f", "https://evil.example/"),
    *("{}", "[object Object]", "'; DROP TABLE message; --", "😀", "channel=C1&user=U1", "-1", "@", "#", "me\x00"),
)


def literals() -> Iterator[str]:
    """Every text in the client's source that looks like a method of Slack's."""
    for source in SOURCES:
        if source.name in ("rates.py", "refusals.py"):
            continue
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and METHOD.fullmatch(node.value):
                yield node.value


def test_every_method_that_is_called_has_a_budget_and_the_other_way_round() -> None:
    assert set(literals()) == set(PER_MINUTE)


@pytest.mark.parametrize("method", sorted(PER_MINUTE))
def test_every_method_is_one_that_slack_sdk_or_the_documents_know(method: str, contract: Any) -> None:
    if contract.parameters(method):
        return
    # The rest has no parameters at all.
    assert describe(method) == MethodCall(method, {})
    assert method == "auth.test"


def test_the_types_are_at_hand_or_the_test_says_why_not(contract: Any) -> None:
    if not contract.knows_types:
        pytest.skip(REASON)
    assert contract.type_of("chat.postMessage")


def test_every_tool_that_a_message_names_exists() -> None:
    from slack_mcp.tools import TOOLS

    tools = {entry.name for entry in TOOLS}
    named = {name for source in SOURCES for name in re.findall(r"\bslack_(?!mcp\b|sdk\b)[a-z_]+", source.read_text())}
    assert named - tools == set()
    assert len(named) > 5


def test_the_client_is_imported_without_the_heavy_libraries() -> None:
    code = f"import sys, slack_mcp.client; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


Call = Callable[[SlackClient, str], Awaitable[object]]
TAKING_TEXT: dict[str, Call] = {
    "channel": lambda slack, text: slack.channel(text),
    "history": lambda slack, text: slack.history(text),
    "message": lambda slack, text: slack.message(text),
    "thread": lambda slack, text: slack.thread(text, channel="general"),
    "user": lambda slack, text: slack.user(text),
    "group": lambda slack, text: slack.group_members(text),
    "file": lambda slack, text: slack.file(text),
    "canvas": lambda slack, text: slack.canvas(text),
    "window": lambda slack, text: slack.history("general", window=text or "x"),
    "cursor": lambda slack, text: slack.history("general", cursor=text or "x"),
    "emoji": lambda slack, text: slack.react("C0PMOS00001:1769848200.003057", text or "\n"),
    "bookmark": lambda slack, text: slack.remove_bookmark("general", text),
    "scheduled": lambda slack, text: slack.unschedule("general", text),
    "name": lambda slack, text: slack.create_channel(text),
    "link": lambda slack, text: slack.add_bookmark("general", "title", f"x{text}"),
    "at": lambda slack, text: slack.schedule("general", "hello", text),
}


@pytest.mark.anyio
@pytest.mark.parametrize("what", TAKING_TEXT)
async def test_foreign_text_is_refused_or_not_found_and_never_changes_a_request(
    slack: SlackClient, recorder: Recorder, what: str
) -> None:
    for text in HOSTILE:
        try:
            await TAKING_TEXT[what](slack, text)
        except (InvalidInput, NotFound):
            continue
        except ServiceError as error:  # pragma: no cover - tells which text it was
            pytest.fail(f"{text!r}: {error!r}")
    for exchange in recorder.exchanges:
        assert re.fullmatch(r"/api/[a-zA-Z.]+", exchange.url)
        assert "x-evil" not in exchange.request_headers


@pytest.mark.anyio
async def test_text_arrives_as_it_was_written(slack: SlackClient, recorder: Recorder) -> None:
    text = "a & b = c; 100% + «ü» 😀 \\ \"quoted\" 'single' \u00a0 {json}"
    await slack.set_purpose("general", text)
    assert (await slack.channel("general")).purpose == " ".join(text.split())
    posted = (await slack.post("general", text)).messages[0]
    assert "😀" in (await slack.message(posted.permalink)).text
