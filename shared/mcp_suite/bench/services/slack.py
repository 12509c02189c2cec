"""What is measured of the Slack server: how long its tools take, and what its usual answers cost a model."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mcp_suite.bench import latency
from mcp_suite.bench.figures import Figure, MeasurementError, tokens
from mcp_suite.bench.latency import Ask, Case
from mcp_suite.bench.service import Service, running
from mcp_suite.bench.services import Read
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

GROUP = "answers"
CHANNELS, MESSAGES = 100, 30
MOST_CHANNELS, MOST_MESSAGES, MOST_WRITE = 1500, 1800, 100
MOST_MS = 1000.0
"""What a call may take by the plan of the product."""
DEV, METRICS = "#pm-os-dev", "#pm-os-metrics"
_CHANNEL = re.compile(r"(?m)^#\S+ \| C[A-Z0-9]+ \|")
_MESSAGE = re.compile(r"(?m)^\[\d\d:\d\d ")
_POSTED = re.compile(r"C[A-Z0-9]+:\d+\.\d+")
_ALERT = {
    "title": "The acceptance rate is below its gate",
    "severity": "critical",
    "text": "**62 %** of the drafts were accepted this week; the gate is 70 %.",
    "steps": ["Read the rejected drafts", "Correct the template", "Measure again"],
}


def cases(service: Service, place: Isolated) -> Sequence[Case]:
    """The usual tools, in the sample workspace."""
    del service, place

    def posted(number: int, ask: Ask) -> str:
        return _message(ask("slack_post_message", {"channel": METRICS, "text": f"To be changed, no. {number}"}))

    def thread(number: int, ask: Ask) -> Mapping[str, Any]:
        parent = posted(number, ask)
        ask("slack_post_message", {"channel": METRICS, "thread": parent, "text": "I take this."})
        return {"message": parent}

    return [
        Case("slack_list_channels", lambda n, _: {"limit": 10 + n}),
        Case("slack_get_channel", lambda n, _: {"channel": DEV, "include": ["members", "pins"][n % 2 :]}),
        Case("slack_read_channel", lambda n, _: {"channel": DEV, "limit": 10 + n}),
        Case("slack_read_thread", thread),
        Case("slack_search_messages", lambda n, _: {"query": "phase", "limit": 3 + n}),
        Case("slack_post_message", lambda n, _: {"channel": DEV, "text": f"**62 %** were accepted. No. {n}"}),
        Case("slack_post_alert", lambda n, _: {"channel": DEV, **_ALERT, "title": f"{_ALERT['title']}, no. {n}"}),
        Case("slack_update_message", lambda n, ask: {"message": posted(n, ask), "text": "Corrected."}),
        Case("slack_react_to_message", lambda n, ask: {"message": posted(n, ask), "emoji": "eyes"}),
    ]


TOOLS = latency.Plan(MOST_MS, cases)
READS: Sequence[Read] = (
    ("slack_read_channel", lambda n: {"channel": DEV, "limit": 5 + n % 20}),
    ("slack_search_messages", lambda n: {"query": "phase", "limit": 5 + n % 10}),
    ("slack_list_channels", lambda n: {"limit": 3 + n % 10}),
)


def answers(script: Script, runs: int) -> list[Figure]:
    """Make each usual call once in a workspace of 300 channels and 50,000 messages, and count what comes back.

    Raises:
        MeasurementError: a call failed, or answered less than was asked for.
    """
    del runs
    with isolated(script, {}) as place, running(script, place, data="large") as service:
        variables = {**place.environment, **service.variables()}
        with WireClient(place.command, variables, place.folder, place.errors) as client:
            client.initialize()
            listed, _ = client.call("slack_list_channels", {"limit": CHANNELS})
            channel = _busiest(listed, client)
            read, _ = client.call("slack_read_channel", {"channel": channel, "limit": MESSAGES})
            _enough("channels", len(_CHANNEL.findall(listed)), CHANNELS)
            _enough("messages", len(_MESSAGE.findall(read)), MESSAGES)
            text = "The figures of the week are in. **62 %** of the drafts were accepted; see `report.md`."
            writes: dict[str, str] = {}
            writes["post"], _ = client.call("slack_post_message", {"channel": channel, "text": text})
            message = _message(writes["post"])
            writes["reply"], _ = client.call(
                "slack_post_message", {"channel": channel, "thread": message, "text": "I take this."}
            )
            writes["alert"], _ = client.call("slack_post_alert", {"channel": channel, **_ALERT})
            writes["edit"], _ = client.call("slack_update_message", {"message": message, "text": f"{text} Done."})
            writes["reaction"], _ = client.call("slack_react_to_message", {"message": message, "emoji": "eyes"})
    longest = max(writes, key=lambda name: len(writes[name].encode()))
    return [
        _figure(f"{CHANNELS} channels", listed, MOST_CHANNELS),
        _figure(f"{MESSAGES} messages", read, MOST_MESSAGES),
        _figure("a post", writes["post"], MOST_WRITE),
        _figure("a write", writes[longest], MOST_WRITE, f"the longest of {', '.join(writes)}: {longest}"),
    ]


def _busiest(listed: str, client: WireClient) -> str:
    """A channel that can be posted to and has enough messages."""
    for row in listed.splitlines():
        name, *_ = row.split(" | ")
        if " | member | " not in row or not name.startswith("#"):
            continue
        read, _ = client.call("slack_read_channel", {"channel": name, "limit": MESSAGES})
        if len(_MESSAGE.findall(read)) >= MESSAGES:
            return name
    raise MeasurementError(f"no channel of the sandbox has {MESSAGES} messages")


def _message(answer: str) -> str:
    found = _POSTED.search(answer)
    if found is None:
        raise MeasurementError(f"posting answered no message: {answer}")
    return found[0]


def _enough(what: str, there: int, wanted: int) -> None:
    if there < wanted:
        raise MeasurementError(f"{there} {what} were answered, {wanted} are needed")


def _figure(name: str, answer: str, most: int, note: str = "bytes / 4") -> Figure:
    return Figure(GROUP, name, tokens(len(answer.encode())), "tokens", most, note=note)


def _latency(script: Script, runs: int) -> list[Figure]:
    return latency.measure(script, TOOLS, runs)


GROUPS = {"latency": _latency, "answers": answers}
