"""Every way in which Slack may fail, for every family of tools: what is told, what is recorded, what was sent."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from typing_extensions import override

from connector_kit.http import Exchange
from connector_kit.testing.conversation import path_of
from connector_kit.testing.families import PATIENT, Family, Recordings, arrived, stage
from connector_kit.testing.faults import QUICK, Fault, FaultCase, FaultServer, fault_cases

from .conversation import NOW, calls, converse, given
from .families import FAMILIES, POSTS, TOKEN, conversation, healthy

pytestmark = pytest.mark.anyio

SECRETS = (TOKEN, "a-token-that-nobody")
WRITING = [family for family in FAMILIES if family.writes]
IN_ONE_GO = [family for family in FAMILIES if family not in POSTS]
TRIES = 1 + QUICK.retries
TRIES_OF_PASSING = 3

IMPATIENT = {
    "slow headers": replace(PATIENT, read_timeout=2.5),
    "slow body": replace(PATIENT, total_timeout=2.5),
}
CASES = fault_cases()
TOLD = {
    "invalid_input": "Slack",
    "not_authenticated": "mcp-suite auth login slack",
    "not_permitted": "",
    "not_found": "",
    "conflict": "",
    "rate_limited": "again",
    "unavailable": "again",
    "timed_out": "again",
    "outcome_unknown": "Before repeating it, look: slack_",
    "bad_answer": "answered",
}
"""What a model needs in the text of each kind of failure."""


class Report:
    """What a call with a fault in it came to."""

    def __init__(self, text: str, is_error: bool, audit: str, kind: str | None, requests: int) -> None:
        self.text, self.is_error, self.audit, self.kind, self.requests = text, is_error, audit, kind, requests


async def suffer(folder: Path, family: Family, exchanges: tuple[Exchange, ...], name: str, answer: Fault) -> Report:
    """Make the family's call while Slack answers its request with a fault."""
    async with FaultServer() as server:
        stage(server, family, exchanges, answer, lambda exchange: healthy(exchange, server.url))
        async with conversation(folder / family.name, server, family, IMPATIENT.get(name, PATIENT)) as slack:
            text, is_error = await slack.attempt(family.tool, family.arguments)
            kind = slack.audited()[-1]["error_kind"]
            return Report(text, is_error, slack.audit_text(), kind, arrived(server, family))


def has_another_way(family: Family, kind: str) -> bool:
    """Whether the family answers such a refusal by asking in another way: then it is told as that one fails."""
    return family.name in ("search", "canvas") and kind in ("not_permitted", "not_found")


def complaints(family: Family, report: Report, kind: str, tries: int, told: str) -> list[str]:
    """What is wrong with how a fault was taken."""
    wrong: list[str] = []
    if not report.is_error or report.kind != kind:
        wrong.append(f"is {report.kind}, not {kind}: {report.text}")
    elif told not in report.text:
        wrong.append(f"does not say {told!r}: {report.text}")
    elif family.writes and kind == "bad_answer" and TOLD["outcome_unknown"] not in report.text:
        wrong.append(f"does not say how to look whether it happened: {report.text}")
    if report.requests != tries:
        wrong.append(f"reached Slack {report.requests} times: {report.text}")
    if len(report.text) > 1_500 or "<h1>" in report.text or "xxxxxxxxxx" in report.text or "\x00" in report.text:
        wrong.append(f"repeats what Slack sent: {report.text[:200]}")
    wrong += [f"tells {secret[:8]}…" for secret in SECRETS if secret in report.text + report.audit]
    return [f"{family.name}: {complaint}" for complaint in wrong]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_fault_is_told_and_a_write_is_never_sent_twice(
    case: FaultCase, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found: list[str] = []

    async def try_out(family: Family) -> None:
        kind = case.write_kind if family.writes else case.read_kind
        if has_another_way(family, kind):
            return
        repeated = case.write_repeated if family.writes else case.repeated
        report = await suffer(tmp_path, family, recordings[family.name], case.name, case.answer)
        found.extend(complaints(family, report, kind, TRIES if repeated else 1, TOLD[kind]))

    async with anyio.create_task_group() as tasks:
        for family in IN_ONE_GO:
            tasks.start_soon(try_out, family)
    assert not found, "\n".join(found)
    assert not [secret for secret in SECRETS if secret in caplog.text]


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal with status 200, the kind of error that it is, and what has to be told."""

    body: dict[str, Any]
    kind: str
    told: str


REFUSED = (
    Refused({"error": "invalid_auth"}, "not_authenticated", "mcp-suite auth login slack"),
    Refused({"error": "not_authed"}, "not_authenticated", "mcp-suite auth login slack"),
    Refused({"error": "token_expired"}, "not_authenticated", "The token has expired."),
    Refused({"error": "token_revoked"}, "not_authenticated", "The token was revoked."),
    Refused({"error": "account_inactive"}, "not_authenticated", "deactivated"),
    Refused(
        {"error": "missing_scope", "needed": "groups:history", "provided": "channels:read,chat:write"},
        "not_permitted",
        "needs the scope groups:history, which the token lacks (it has 2 others). Ask the user to add what is lacking "
        "to the Slack app, to install the app again, to take its token, and to store it with "
        "`mcp-suite auth login slack`.",
    ),
    Refused({"error": "not_in_channel"}, "not_permitted", "slack_join_channel"),
    Refused({"error": "channel_not_found"}, "not_found", "slack_list_channels finds channels by name."),
    Refused({"error": "not_allowed_token_type"}, "not_permitted", "kind of token"),
    Refused({"error": "is_archived"}, "conflict", "is archived"),
    Refused({"error": "ratelimited"}, "rate_limited", "Try again in a minute."),
    Refused({"error": "never_heard_of", "response_metadata": {"messages": ["[ERROR] bad"]}}, "invalid_input", "bad"),
)


@pytest.mark.parametrize("case", REFUSED, ids=[case.body["error"] for case in REFUSED])
async def test_a_refusal_is_told_with_what_to_do_about_it(
    case: Refused, recordings: Recordings, tmp_path: Path
) -> None:
    found: list[str] = []

    async def try_out(family: Family) -> None:
        if not has_another_way(family, case.kind):
            answer = Fault.json({"ok": False, **case.body})
            report = await suffer(tmp_path, family, recordings[family.name], "", answer)
            found.extend(complaints(family, report, case.kind, 1, case.told))

    async with anyio.create_task_group() as tasks:
        for family in FAMILIES:
            tasks.start_soon(try_out, family)
    assert not found, "\n".join(found)


UNCLEAR: dict[str, dict[str, Any]] = {
    "internal_error": {"ok": False, "error": "internal_error"},
    "fatal_error": {"ok": False, "error": "fatal_error"},
    "request_timeout": {"ok": False, "error": "request_timeout"},
    "no error": {"ok": False},
    "no ok": {"channel": "C0PMOS00001"},
}


@pytest.mark.parametrize("body", UNCLEAR.values(), ids=UNCLEAR)
async def test_an_answer_that_does_not_say_whether_it_worked_is_told_as_such(
    body: dict[str, Any], recordings: Recordings, tmp_path: Path
) -> None:
    found: list[str] = []

    async def try_out(family: Family) -> None:
        report = await suffer(tmp_path, family, recordings[family.name], "", Fault.json(body))
        kind = "outcome_unknown" if family.writes else "unavailable"
        tries = 1 if family.writes or not body.get("error") else TRIES_OF_PASSING
        found.extend(complaints(family, report, kind, tries, TOLD[kind]))

    async with anyio.create_task_group() as tasks:
        for family in IN_ONE_GO:
            tasks.start_soon(try_out, family)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("family", WRITING, ids=[family.name for family in WRITING])
async def test_a_write_that_slack_turned_away_for_the_moment_is_sent_again(
    family: Family, recordings: Recordings, tmp_path: Path
) -> None:
    refusals = [
        Fault.json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "0"}),
        Fault.json({"ok": False, "error": "ratelimited"}, 429),
    ]
    async with FaultServer() as server:
        exchanges = recordings[family.name]
        first = next(number for number, exchange in enumerate(exchanges) if family.is_target(exchange))
        for exchange in exchanges[:first]:
            server.queue(path_of(exchange), healthy(exchange, server.url))
        server.queue(family.path, *refusals)
        for exchange in exchanges[first:]:
            server.queue(path_of(exchange), healthy(exchange, server.url))
        async with conversation(tmp_path, server, family) as slack:
            await slack.ask(family.tool, **family.arguments)
        assert server.pending() == 0
        assert arrived(server, family) == len(refusals) + sum(family.is_target(each) for each in exchanges)


@pytest.mark.parametrize("family", WRITING, ids=[family.name for family in WRITING])
async def test_a_write_that_never_reached_slack_is_told_as_unsent(family: Family, tmp_path: Path) -> None:
    async with FaultServer() as server:
        pass
    # The server is gone: nobody accepts connections at its address.
    async with conversation(tmp_path, server, family) as slack:
        text = await slack.refused(family.tool, **family.arguments)
        assert slack.audited()[-1]["error_kind"] == "unavailable"
        assert "Nothing was sent" in text
        assert len(slack.exchanges) >= TRIES


async def test_a_long_wait_that_slack_asks_for_is_told_in_seconds(recordings: Recordings, tmp_path: Path) -> None:
    family = next(family for family in FAMILIES if family.name == "history")
    answer = Fault.json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "60"})
    report = await suffer(tmp_path, family, recordings[family.name], "", answer)
    assert report.kind == "rate_limited"
    assert "Try again in 60 s." in report.text
    assert "Marketplace" in report.text


@pytest.mark.parametrize("name", ["history", "update"])
async def test_a_cancelled_call_closes_its_connection_and_is_recorded(
    name: str, recordings: Recordings, tmp_path: Path
) -> None:
    family = next(family for family in FAMILIES if family.name == name)
    async with FaultServer() as server:
        fault = Fault().slow_headers(30)
        stage(server, family, recordings[name], fault, lambda exchange: healthy(exchange, server.url))
        async with conversation(tmp_path, server, family) as slack:
            async with anyio.create_task_group() as group:
                group.start_soon(slack.attempt, family.tool, family.arguments)
                while not arrived(server, family):
                    await server.wait_for_requests(len(server.requests) + 1)
                group.cancel_scope.cancel()
            await server.wait_for_disconnects()
        assert slack.audited()[-1]["outcome"] == "cancelled"


class Losing(httpx2.AsyncBaseTransport):
    """A way to a workspace on which posts get lost: before they arrive, or their answers after.

    `plan` says for each post what happens: "request" or "answer" is lost, "502" is answered, "" goes well.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, *plan: str) -> None:
        self._inner = inner
        self._plan = list(plan)
        self.blind = False

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.blind and request.url.path.endswith(("conversations.history", "conversations.replies")):
            raise httpx2.ConnectError("no way")
        what = self._plan.pop(0) if self._plan and request.url.path.endswith("chat.postMessage") else ""
        if what == "request":
            raise httpx2.ReadError("lost")
        response = await self._inner.handle_async_request(request)
        if what:
            await response.aread()
            if what == "502":
                return httpx2.Response(502, text="<html></html>", request=request)
            if what == "no JSON":
                return httpx2.Response(200, text="<html></html>", request=request)
            raise httpx2.ReadError("lost")
        return response


POST = {"channel": "C0PMOS00001", "text": "Only once."}
ALERT = {"channel": "C0PMOS00001", "title": "Only once."}
THREAD = "C0PMOS00001:1769848200.003057"


@pytest.mark.parametrize("lost", ["answer", "502", "no JSON"])
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("slack_post_message", POST),
        ("slack_post_message", {**POST, "thread": THREAD}),
        ("slack_post_alert", ALERT),
    ],
    ids=["post", "reply", "alert"],
)
async def test_a_post_whose_answer_was_lost_is_found_and_told(
    site: Any, tmp_path: Path, tool: str, arguments: dict[str, Any], lost: str
) -> None:
    way = Losing(httpx2.ASGITransport(site), lost)
    async with converse(tmp_path, transport=way, clock=lambda: NOW) as slack:
        text = await slack.ask(tool, **arguments)
        assert text.endswith(" (an earlier try had posted it)")
        read = (
            await slack.ask("slack_read_thread", message=THREAD)
            if "thread" in arguments
            else await slack.ask("slack_read_channel", channel="C0PMOS00001")
        )
    assert read.count("Only once.") == 1
    assert text.split()[3].partition(":")[2] in read


async def test_a_post_that_was_lost_on_its_way_is_tried_once_more(site: Any, tmp_path: Path) -> None:
    way = Losing(httpx2.ASGITransport(site), "request")
    async with converse(tmp_path, transport=way, clock=lambda: NOW) as slack:
        assert (await slack.ask("slack_post_message", **POST)).startswith("posted to #general: ")
        assert (await slack.ask("slack_read_channel", channel="C0PMOS00001")).count("Only once.") == 1


async def test_a_post_that_was_lost_twice_is_told_with_where_to_look(site: Any, tmp_path: Path) -> None:
    way = Losing(httpx2.ASGITransport(site), "request", "request", "request")
    async with converse(tmp_path, transport=way, clock=lambda: NOW) as slack:
        text = await slack.refused("slack_post_message", **POST)
        assert slack.audited()[-1]["error_kind"] == "outcome_unknown"
    assert "it was not posted twice" in text
    assert "Before posting it again, look at #general: slack_read_channel with C0PMOS00001" in text
    assert calls(slack).count("chat.postMessage") == 2


async def test_a_post_whose_fate_cannot_be_seen_is_not_tried_again(site: Any, tmp_path: Path) -> None:
    way = Losing(httpx2.ASGITransport(site), "answer")
    way.blind = True
    async with converse(tmp_path, transport=way, policy=PATIENT, clock=lambda: NOW) as slack:
        text = await slack.refused("slack_post_message", **POST)
        assert "could not be seen" in text
        assert "slack_read_channel with C0PMOS00001" in text
        assert calls(slack).count("chat.postMessage") == 1
        way.blind = False
        assert (await slack.ask("slack_read_channel", channel="C0PMOS00001")).count("Only once.") == 1


async def test_what_of_a_long_text_was_not_posted_is_told(site: Any, tmp_path: Path) -> None:
    way = Losing(httpx2.ASGITransport(site), "", "request", "request")
    text = "first " * 1_900 + "\n\n" + "second " * 1_500
    async with converse(tmp_path, transport=way, settings=given(), clock=lambda: NOW) as slack:
        told = await slack.ask("slack_post_message", channel="C0PMOS00001", text=text)
    assert told.startswith("posted to #general: C0PMOS00001:")
    assert "\nThen it stopped: " in told
    assert "characters the next message may be there, the rest is not:" in told
    assert '<data from="your text">\nsecond second' in told
