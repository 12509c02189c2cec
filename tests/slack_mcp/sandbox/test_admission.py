"""Who may call what, in which form, and how refusals look."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.model import Token
from slack_mcp.sandbox.sample import people
from slack_mcp.sandbox.store import Store
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio


async def test_a_user_token_speaks_for_its_person(slack: Visitor) -> None:
    body = await slack.call("auth.test")
    assert body["user"] == "human.pm"
    assert "bot_id" not in body


async def test_a_bot_token_speaks_for_its_bot_user(bot: Visitor) -> None:
    body = await bot.call("auth.test")
    assert body["user"] == "assistant"
    assert body["bot_id"] == "B0PMOS00030"


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("", "not_authed"),
        ("xoxb-unheard-of", "invalid_auth"),
        ("xapp-anything", "not_allowed_token_type"),
        (accounts.EXPIRED_TOKEN, "token_expired"),
        (accounts.REVOKED_TOKEN, "token_revoked"),
        (accounts.LEFT_TOKEN, "account_inactive"),
    ],
)
async def test_a_token_that_is_no_good_is_told_apart(visit: Callable[[str], Visitor], token: str, error: str) -> None:
    assert await visit(token).refused("auth.test") == error


async def test_a_missing_scope_is_named_with_those_that_are_there(visit: Callable[[str], Visitor]) -> None:
    answer = await visit(accounts.READ_BOT_TOKEN).ask("team.info")
    assert answer.body == {
        "ok": False,
        "error": "missing_scope",
        "needed": "team:read",
        "provided": "channels:read,channels:history,users:read",
    }
    assert answer.headers["x-oauth-scopes"] == "channels:read,channels:history,users:read"
    assert answer.headers["x-accepted-oauth-scopes"] == "team:read"


async def test_a_token_may_come_as_a_form_field_but_not_in_the_address(visit: Callable[[str], Visitor]) -> None:
    stranger = visit("")
    form = f"token={accounts.SANDBOX_TOKEN}".encode()
    answer = await stranger.send("auth.test", content=form, content_type="application/x-www-form-urlencoded")
    assert answer.body["ok"]
    assert (await stranger.send("auth.test", query=form.decode())).body["error"] == "not_authed"


@pytest.mark.parametrize(
    ("content", "content_type", "error"),
    [
        (b"{", "application/json; charset=utf-8", "invalid_json"),
        (b'{"a": NaN}', "application/json; charset=utf-8", "invalid_json"),
        (b"[1]", "application/json; charset=utf-8", "json_not_object"),
        (b"a", "text/plain", "invalid_post_type"),
        (b"a", "", "missing_post_type"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    slack: Visitor, content: bytes, content_type: str, error: str
) -> None:
    answer = await slack.send("api.test", content=content, content_type=content_type)
    assert answer.status == 200
    assert answer.body["error"] == error


@pytest.mark.parametrize(
    ("content", "content_type", "warning"),
    [
        (b'{"a": "b"}', "application/json", "missing_charset"),
        (b"a=b", "application/x-www-form-urlencoded; charset=utf-8", "superfluous_charset"),
    ],
)
async def test_a_charset_is_remarked_upon(slack: Visitor, content: bytes, content_type: str, warning: str) -> None:
    body = (await slack.send("api.test", content=content, content_type=content_type)).body
    assert body["args"] == {"a": "b"}
    assert body["warning"] == warning
    assert body["response_metadata"] == {"warnings": [warning]}


async def test_arguments_may_come_in_the_address(slack: Visitor) -> None:
    assert (await slack.send("api.test", query="foo=bar")).body == {"ok": True, "args": {"foo": "bar"}}


async def test_an_unknown_method_is_told(slack: Visitor) -> None:
    answer = await slack.ask("chat.shout")
    assert answer.body == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


async def test_other_paths_are_not_there(slack: Visitor) -> None:
    assert (await slack.control("GET", "/elsewhere")).status == 404


async def test_a_token_that_will_end_says_when(visit: Callable[[str], Visitor], database: Path, clock: Clock) -> None:
    store = Store(database)
    with store.writing() as session:
        session.tokens.save(Token("xoxe.xoxp-rotating", "user", people.HUMAN_PM.id, "A0PMOS00001", (), clock.now + 60))
    store.close()
    visitor = visit("xoxe.xoxp-rotating")
    assert (await visitor.call("auth.test"))["expires_in"] == 60
    clock.now += 60
    assert await visitor.refused("auth.test") == "token_expired"


async def test_lists_numbers_and_flags_may_come_as_text(slack: Visitor) -> None:
    query = 'types=["private_channel","im"]&limit=2&exclude_archived=1'
    assert len((await slack.send("conversations.list", query=query)).body["channels"]) == 2
    as_json = await slack.call("conversations.list", types=["private_channel"], exclude_archived="true")
    assert len(as_json["channels"]) == 1
    answer = await slack.ask("conversations.list", limit="many")
    assert answer.body["error"] == "invalid_arguments"
    assert answer.body["response_metadata"]["messages"][0].startswith("[ERROR]")


async def test_an_argument_that_has_to_be_there_is_named(slack: Visitor) -> None:
    answer = await slack.ask("conversations.info")
    assert answer.body["response_metadata"] == {"messages": ["[ERROR] missing required field: channel"]}
