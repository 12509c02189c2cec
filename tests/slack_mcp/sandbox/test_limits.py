"""Rate limits by tier, and faults on demand."""

import pytest

from slack_mcp.sandbox.sample import channels
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio


async def limit(visitor: Visitor, **wish: object) -> None:
    assert (await visitor.control("POST", "/_sandbox/limits", wish)).status == 200


async def test_nothing_is_limited_unless_it_is_switched_on(slack: Visitor) -> None:
    for _ in range(30):
        await slack.call("emoji.list")
    answer = await slack.control("GET", "/_sandbox/limits")
    assert answer.body == {"factor": None, "restricted_history": False}


async def test_one_call_too_many_is_told_how_long_to_wait(slack: Visitor, bot: Visitor, clock: Clock) -> None:
    await limit(slack, factor=1)
    for _ in range(20):
        await slack.call("emoji.list")
        clock.now += 1
    answer = await slack.ask("emoji.list")
    assert (answer.status, answer.body) == (429, {"ok": False, "error": "ratelimited"})
    assert answer.headers["retry-after"] == "40"
    assert (await bot.ask("emoji.list")).status == 429, "budgets are for an app, whoever acts through it"
    assert (await slack.ask("team.info")).status == 200, "budgets are for a method"
    clock.now += 40
    assert (await slack.ask("emoji.list")).status == 200


async def test_posting_is_limited_by_channel(slack: Visitor) -> None:
    await limit(slack, factor=0.05)
    for _ in range(3):
        await slack.post(channels.DEV, "x")
    assert (await slack.ask("chat.postMessage", channel=channels.DEV, text="x")).status == 429
    await slack.post(channels.GENERAL, "x")


async def test_apps_that_are_sold_elsewhere_read_slowly_and_little(slack: Visitor, clock: Clock) -> None:
    await limit(slack, restricted_history=True)
    body = await slack.call("conversations.history", channel=channels.DEV, limit=100)
    assert len(body["messages"]) == 15
    answer = await slack.ask("conversations.history", channel=channels.DEV)
    assert answer.headers["retry-after"] == "60"
    clock.now += 60
    await slack.call("conversations.history", channel=channels.DEV)


async def test_limits_that_make_no_sense_are_refused(slack: Visitor) -> None:
    assert (await slack.control("POST", "/_sandbox/limits", {"factor": "much"})).status == 400


async def test_a_fault_strikes_as_often_as_it_was_asked_for(slack: Visitor) -> None:
    await slack.control("POST", "/_sandbox/faults", {"status": 429, "retry_after": 7, "count": 2, "method": "emoji"})
    assert (await slack.ask("team.info")).status == 200
    for _ in range(2):
        answer = await slack.ask("emoji.list")
        assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert (await slack.ask("emoji.list")).status == 200


async def test_a_fault_may_come_after_the_work_was_done(slack: Visitor) -> None:
    fault = {"status": 503, "method": "chat.postMessage", "after": True, "body": "<h1>Service unavailable</h1>"}
    await slack.control("POST", "/_sandbox/faults", fault)
    answer = await slack.ask("chat.postMessage", channel=channels.DEV, text="Was I posted?")
    assert (answer.status, answer.body) == (503, None)
    assert (await slack.texts(channels.DEV))[0] == "Was I posted?"


async def test_a_fault_may_be_an_error_of_slacks_own_or_a_delay(slack: Visitor) -> None:
    await slack.control("POST", "/_sandbox/faults", {"error": "fatal_error"})
    assert await slack.refused("emoji.list") == "fatal_error"
    await slack.control("POST", "/_sandbox/faults", {"delay": 0.001})
    await slack.call("emoji.list")
    await slack.control("POST", "/_sandbox/faults", {"status": 500})
    assert (await slack.ask("emoji.list")).body == {"ok": False, "error": "internal_error"}


async def test_waiting_faults_can_be_seen_and_cleared(slack: Visitor) -> None:
    await slack.control("POST", "/_sandbox/faults", {"status": 500, "count": 3})
    waiting = (await slack.control("GET", "/_sandbox/faults")).body
    assert [(each["count"], each["status"]) for each in waiting] == [(3, 500)]
    assert (await slack.control("DELETE", "/_sandbox/faults")).status == 204
    await slack.call("emoji.list")


async def test_a_fault_that_nobody_knows_is_refused(slack: Visitor) -> None:
    for fault in ({"colour": "red"}, {"count": "many"}):
        assert (await slack.control("POST", "/_sandbox/faults", fault)).status == 400
