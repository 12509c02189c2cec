"""The client against a Slack that fails: what is told, what is not sent twice, where the token does not go."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from connector_kit.errors import (
    InvalidInput,
    NotAuthenticated,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    ScopeMissing,
    ServiceError,
    Unavailable,
)
from connector_kit.http import HttpClient, HttpPolicy
from connector_kit.testing.faults import QUICK, Fault, FaultServer, fault_cases
from slack_mcp.client import SlackClient, connect
from slack_mcp.client.bridge import Bridge, describe
from slack_mcp.client.rates import PER_MINUTE
from slack_mcp.client.refusals import PASSING, REFUSALS, explain_refusal
from slack_mcp.settings import SlackSettings

from ..faulty import TOKEN, TS, C, client_of, no_pause, refused, times

pytestmark = pytest.mark.anyio


Call = Callable[[SlackClient], Awaitable[object]]
READS: dict[str, Call] = {
    "conversations.history": lambda slack: slack.history(C),
    "users.list": lambda slack: slack.users("ann"),
}
WRITES: dict[str, Call] = {
    "conversations.setTopic": lambda slack: slack.set_topic(C, "topic"),
    "chat.scheduleMessage": lambda slack: slack.schedule(C, "later", "2026-12-03T09:00+00:00"),
}


@pytest.mark.parametrize("case", fault_cases(), ids=lambda case: case.name)
@pytest.mark.parametrize("method", READS)
async def test_a_read_is_repeated_where_that_helps(
    server: FaultServer, slack: SlackClient, method: str, case: Any
) -> None:
    server.queue(f"/api/{method}", *[case.answer] * 4)
    with pytest.raises(ServiceError) as caught:
        await READS[method](slack)
    assert caught.value.kind == case.read_kind
    assert TOKEN not in str(caught.value)
    if case.repeated:
        assert times(server, method) > 1


@pytest.mark.parametrize("case", fault_cases(), ids=lambda case: case.name)
@pytest.mark.parametrize("method", WRITES)
async def test_a_write_is_never_sent_twice_unless_it_was_turned_away(
    server: FaultServer, method: str, case: Any
) -> None:
    chosen = SlackSettings.model_validate({"token": TOKEN, "api_url": server.url})
    slack = await connect(chosen, policy=QUICK, sleep=no_pause, clock=lambda: 1_796_000_000.0)
    server.queue(f"/api/{method}", *[case.answer] * 4)
    with pytest.raises(ServiceError) as caught:
        await WRITES[method](slack)
    assert caught.value.kind == case.write_kind
    assert case.write_repeated or times(server, method) == 1
    await slack.aclose()


@pytest.mark.parametrize("code", sorted(PASSING))
async def test_trouble_inside_of_slack_is_waited_out_by_reads_only(
    server: FaultServer, slack: SlackClient, code: str
) -> None:
    server.queue("/api/conversations.history", refused(code), refused(code), Fault.json({"ok": True, "messages": []}))
    assert (await slack.history(C)).items == ()
    server.queue("/api/conversations.setTopic", refused(code))
    with pytest.raises(OutcomeUnknown, match="slack_get_channel"):
        await slack.set_topic(C, "topic")
    assert times(server, "conversations.setTopic") == 1


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_known_refusal_is_told_in_sentences(code: str) -> None:
    method, _, error_code = code.rpartition(":")
    error = explain_refusal(method or "chat.postMessage", {"ok": False, "error": error_code}, place="#general")
    assert type(error) is REFUSALS[code].kind
    assert error.message[0].isupper() or error.message.startswith("#general")
    assert error.message.endswith(".")
    assert not error.next_step or error.next_step.endswith(".")
    assert "{" not in str(error)


async def test_an_unknown_refusal_is_quoted_with_what_slack_says(server: FaultServer, slack: SlackClient) -> None:
    server.queue(
        "/api/conversations.history",
        refused(
            "brand_new_code\x1b[31m", response_metadata={"messages": ["[ERROR] limit is wrong [json-pointer:/limit]"]}
        ),
    )
    with pytest.raises(ServiceError, match=r"brand_new_code.*limit is wrong"):
        await slack.history(C)


async def test_an_unknown_emoji_is_told_as_such(server: FaultServer, slack: SlackClient) -> None:
    server.queue("/api/reactions.add", refused("invalid_name"))
    with pytest.raises(InvalidInput, match="no emoji of that name"):
        await slack.react(f"{C}:{TS}", "no_such_emoji")


async def test_a_missing_scope_is_named(server: FaultServer, slack: SlackClient) -> None:
    server.queue("/api/conversations.history", refused("missing_scope", needed="channels:history", provided="a,b"))
    with pytest.raises(ScopeMissing, match="needs the scope channels:history") as caught:
        await slack.history(C)
    assert "install the app again" in caught.value.next_step


async def test_a_bot_outside_of_the_channel_is_told_to_be_invited(server: FaultServer, slack: SlackClient) -> None:
    server.queue("/api/conversations.history", refused("not_in_channel"))
    with pytest.raises(NotPermitted, match="not in #general") as caught:
        await slack.history(C)
    assert "/invite @app" in caught.value.next_step


async def test_a_refused_token_is_told_and_never_shown(server: FaultServer, slack: SlackClient) -> None:
    server.queue("/api/conversations.history", refused("token_revoked"))
    with pytest.raises(NotAuthenticated, match="revoked") as caught:
        await slack.history(C)
    assert "SLACK_TOKEN" in caught.value.next_step
    assert times(server, "conversations.history") == 1


async def test_a_wait_that_slack_asks_for_is_honoured_or_told(server: FaultServer, slack: SlackClient) -> None:
    turned_away = Fault.json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "0"})
    server.queue("/api/conversations.history", turned_away, Fault.json({"ok": True, "messages": []}))
    assert (await slack.history(C)).items == ()
    long = Fault.json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "60"})
    server.queue("/api/conversations.history", long)
    with pytest.raises(RateLimited, match=r"once a minute, 15 messages.*in 60 s") as caught:
        await slack.history(C)
    assert caught.value.retry_after == 60


async def test_fifteen_messages_where_more_were_asked_for_are_explained(
    server: FaultServer, slack: SlackClient
) -> None:
    messages = [{"ts": f"1769846400.{number:06}", "text": "x", "user": "U0000ME01"} for number in range(15)]
    body = {"ok": True, "messages": messages, "has_more": True, "response_metadata": {"next_cursor": "abc"}}
    server.queue("/api/conversations.history", Fault.json(body))
    page = await slack.history(C, limit=50)
    assert "Marketplace" in page.warnings[0]


async def test_each_method_has_a_budget_of_its_own(server: FaultServer) -> None:
    slack = await client_of(server, HttpPolicy(total_timeout=1.0, requests_per_minute=60_000))
    server.queue("/api/pins.list", *[Fault.json({"ok": True, "items": []})] * 30)
    for _ in range(int(PER_MINUTE["pins.list"])):
        await slack.pins(C)
    with pytest.raises(RateLimited, match="not sent"):
        await slack.pins(C)
    await slack.check()  # others go on
    await slack.aclose()


async def test_an_answer_of_another_shape_breaks_nothing(server: FaultServer, slack: SlackClient) -> None:
    odd: list[object] = [
        {"ok": True},
        {"ok": True, "messages": None},
        {"ok": True, "messages": [None, 5, {}, {"ts": 5, "user": ["x"], "reactions": "x", "files": {"a": 1}}]},
    ]
    for body in odd:
        server.queue("/api/conversations.history", Fault.json(body))
        await slack.history(C)
    others: list[object] = [[], "text", 5, None]
    for body in others:
        server.queue("/api/conversations.history", Fault.json(body))
        with pytest.raises(Unavailable, match="without saying whether"):
            await slack.history(C)


# A login


class Rotating:
    """A login whose first token is refused; `more` says whether there is another."""

    def __init__(self, more: bool) -> None:
        self.more = more
        self.rejected: list[str] = []

    async def access_token(self) -> str:
        return f"token {len(self.rejected)}"

    async def renew(self, rejected: str, /) -> bool:
        self.rejected.append(rejected)
        return self.more


def bridge(server: FaultServer, login: Rotating) -> tuple[Bridge, HttpClient]:
    http = HttpClient(f"{server.url}/api", service="Slack", policy=QUICK, lanes=dict(PER_MINUTE))
    return Bridge(http, QUICK, name_of=str, login=login, sleep=no_pause), http


@pytest.mark.parametrize("code", ["token_expired", "invalid_auth"])
async def test_a_refused_login_is_renewed_once_also_for_a_write(server: FaultServer, code: str) -> None:
    login = Rotating(more=True)
    calls, http = bridge(server, login)
    server.queue("/api/chat.delete", refused(code), Fault.json({"ok": True}))
    await calls.call("chat.delete", repeatable=False, channel=C, ts=TS)
    assert login.rejected == ["token 0"]
    server.queue("/api/chat.delete", refused(code), refused(code))
    with pytest.raises(NotAuthenticated):
        await calls.call("chat.delete", repeatable=False, channel=C, ts=TS)
    assert times(server, "chat.delete") == 4
    await http.aclose()


async def test_a_login_that_cannot_be_renewed_tells_the_refusal(server: FaultServer) -> None:
    calls, http = bridge(server, Rotating(more=False))
    server.queue("/api/chat.delete", refused("token_revoked"))
    with pytest.raises(NotAuthenticated, match="revoked"):
        await calls.call("chat.delete", repeatable=False, channel=C, ts=TS)
    assert times(server, "chat.delete") == 1
    await http.aclose()


async def test_once_it_is_posted_nothing_fails_any_more(server: FaultServer, slack: SlackClient) -> None:
    server.queue("/api/chat.postMessage", Fault.json({"ok": True, "ts": TS}))
    await slack.post(C, "hello")
    asked = [request.path for request in server.requests]
    assert asked[-1] == "/api/chat.postMessage"


async def test_what_was_changed_is_told_also_where_slack_says_little(server: FaultServer, slack: SlackClient) -> None:
    for method in ("conversations.create", "conversations.rename", "conversations.join"):
        server.queue(f"/api/{method}", Fault.json({"ok": True}))
    assert (await slack.create_channel("new")).name == "#new"
    assert (await slack.rename_channel(C, "newer")).name == "#newer"
    assert (await slack.join(C)).name == "#general"
    server.queue("/api/canvases.create", Fault.json({"ok": True, "canvas_id": "F0123456789"}))
    server.queue("/api/files.info", *[Fault.json({}, 500)] * 4)
    assert (await slack.create_canvas("Plan", "text")).id == "F0123456789"


async def test_an_error_body_beside_a_status_is_told_in_slacks_words(server: FaultServer, slack: SlackClient) -> None:
    server.queue("/api/pins.list", Fault.json({"ok": False, "error": "team_access_not_granted"}, 403))
    with pytest.raises(NotPermitted, match="not allowed in that workspace") as caught:
        await slack.pins(C)
    assert caught.value.status == 403


async def test_half_a_character_is_refused_before_it_is_sent(server: FaultServer, slack: SlackClient) -> None:
    for blocks in ([{"type": "section", "text": "\ud800"}],):
        with pytest.raises(InvalidInput, match="half a character"):
            await slack.post_blocks(C, blocks, "x")
    with pytest.raises(InvalidInput, match="half a character"):
        await slack.search("\ud800", channel=C)
    assert times(server, "chat.postMessage") == 0


async def test_a_part_that_may_have_been_posted_is_not_told_as_unsent(server: FaultServer, slack: SlackClient) -> None:
    done = Fault.json({"ok": True, "ts": TS, "channel": C})
    server.queue("/api/chat.postMessage", done, refused("internal_error"))
    server.queue("/api/conversations.history", refused("missing_scope", needed="channels:history"))
    posted = await slack.post(C, "\n\n".join(f"Part {number} " + "words " * 1_900 for number in range(3)))
    assert len(posted.messages) == 1
    assert posted.unclear


def test_a_method_that_slack_sdk_does_not_know_is_described_by_name() -> None:
    call = describe("assistant.search.context", query="x", cursor=None)
    assert (call.method, call.arguments, call.as_json) == ("assistant.search.context", {"query": "x"}, False)
    assert describe("chat.postMessage", channel=C, text="x").as_json
