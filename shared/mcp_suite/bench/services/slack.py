"""What is measured of the Slack server: how much of a model's context its usual answers take."""

import re

from mcp_suite.bench.figures import Figure, MeasurementError, tokens
from mcp_suite.bench.service import running
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import isolated
from mcp_suite.servers import Script

GROUP = "answers"
CHANNELS, MESSAGES = 100, 30
MOST_CHANNELS, MOST_MESSAGES, MOST_WRITE = 1500, 1800, 100
_CHANNEL = re.compile(r"(?m)^#\S+ \| C[A-Z0-9]+ \|")
_MESSAGE = re.compile(r"(?m)^\[\d\d:\d\d ")
_ALERT = {
    "title": "The acceptance rate is below its gate",
    "severity": "critical",
    "text": "**62 %** of the drafts were accepted this week; the gate is 70 %.",
    "steps": ["Read the rejected drafts", "Correct the template", "Measure again"],
}


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
            message = re.search(r"C[A-Z0-9]+:\d+\.\d+", writes["post"])
            if message is None:
                raise MeasurementError(f"posting answered no message: {writes['post']}")
            writes["reply"], _ = client.call(
                "slack_post_message", {"channel": channel, "thread": message[0], "text": "I take this."}
            )
            writes["alert"], _ = client.call("slack_post_alert", {"channel": channel, **_ALERT})
            writes["edit"], _ = client.call("slack_update_message", {"message": message[0], "text": f"{text} Done."})
            writes["reaction"], _ = client.call("slack_react_to_message", {"message": message[0], "emoji": "eyes"})
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


def _enough(what: str, there: int, wanted: int) -> None:
    if there < wanted:
        raise MeasurementError(f"{there} {what} were answered, {wanted} are needed")


def _figure(name: str, answer: str, most: int, note: str = "bytes / 4") -> Figure:
    return Figure(GROUP, name, tokens(len(answer.encode())), "tokens", most, note=note)


GROUPS = {"answers": answers}
