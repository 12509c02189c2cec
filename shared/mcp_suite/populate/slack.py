"""The messages: found by the marks at their ends, posted in the order in which they were said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mcp_suite.populate.calls import Made, or_none, pages_of
from mcp_suite.populate.contents import MARK, Message
from mcp_suite.populate.texts import References
from mcp_suite.workflow.answers import first_line, message_posted
from mcp_suite.workflow.model import Call, StepError

BATCH = 20
"""Messages of a unit of work."""
_NO_CHANNEL = re.compile(r"^There is no channel called ")
_HEAD = re.compile(r"^\[\d\d:\d\d [^\n]*? · (?P<ts>\d+\.\d+)(?P<more>[^\]\n]*)\]")
_MARK = re.compile(rf"`{MARK}-([0-9a-f]{{8}}(?:-\d+)?)`")
_CHANNEL = re.compile(r'^<data from="[^"]*?([CG][A-Z0-9]+)">', re.MULTILINE)
_EVENT = re.compile(r" · (?:channel \w+|group \w+|tombstone|bot add|bot remove)\b")
_PURPOSES = {
    "dev": "Development updates of PM OS",
    "alerts": "What the System Evaluator has to report",
    "metrics": "Daily and weekly figures",
}


@dataclass(slots=True)
class Channel:
    """A channel: whether it is there and was made for this, the messages in it by mark, and how many others."""

    there: bool = False
    ours: bool = False
    member: bool = False
    archived: bool = False
    messages: dict[str, str] = field(default_factory=dict[str, str])
    others: int = 0


@dataclass(slots=True)
class Slack:
    """The side of Slack: `messages` in channels whose names begin with a `prefix`."""

    messages: Sequence[Message]
    prefix: str
    refs: References
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])

    def name(self, channel: str) -> str:
        """What a channel is called."""
        return f"#{self.prefix}{channel}"

    async def look(self, call: Call) -> None:
        """Find what is there, each channel once."""
        for name in dict.fromkeys(message.channel for message in self.messages):
            if name not in self.channels:
                self.channels[name] = await self._look(call, name)

    async def _look(self, call: Call, name: str) -> Channel:
        arguments = {"channel": self.name(name)}
        told = await or_none(call, "slack_get_channel", arguments, lambda said: bool(_NO_CHANNEL.match(said)))
        if told is None:
            return Channel()
        head = first_line(told)
        found = Channel(True, MARK in told, "you are a member" in head, " · archived · " in head)
        for answer in await pages_of(call, "slack_read_channel", {**arguments, "limit": 100}):
            began = _take(answer, found)
            for ts in began:
                if any(number.endswith(f":{ts}") for number in found.messages.values()):
                    for thread in await pages_of(
                        call, "slack_read_thread", {"message": ts, "channel": self.name(name), "limit": 200}
                    ):
                        _take(thread, found)
        return found

    def missing(self) -> list[Message]:
        """What is not there."""
        return [each for each in self.messages if each.mark not in self.channels[each.channel].messages]

    def batches(self) -> list[tuple[str, list[Message]]]:
        """The messages of each channel, some at a time."""
        found: list[tuple[str, list[Message]]] = []
        for name in dict.fromkeys(message.channel for message in self.messages):
            mine = [message for message in self.messages if message.channel == name]
            found += [(name, mine[first : first + BATCH]) for first in range(0, len(mine), BATCH)]
        return found

    async def open(self, call: Call, name: str) -> Made:
        """See that a channel is there and may be posted to.

        Raises:
            StepError: it was archived by others.
        """
        await self.look(call)
        channel = self.channels[name]
        if not channel.there:
            purpose = f"{_PURPOSES.get(name, 'PM OS')} ({MARK})"
            await call("slack", "slack_create_channel", {"name": self.name(name)[1:], "purpose": purpose})
            channel.there = channel.ours = channel.member = True
            return Made(1)
        if channel.archived:
            if not channel.ours:
                raise StepError(f"{self.name(name)} is archived: choose other names with --channels")
            await call("slack", "slack_update_channel", {"channel": self.name(name), "archived": False})
            channel.archived = False
        if not channel.member:
            await call("slack", "slack_join_channel", {"channel": self.name(name)})
            channel.member = True
        return Made(there=1)

    async def post(self, call: Call, messages: Sequence[Message]) -> Made:
        """Post those messages that are not there."""
        await self.look(call)
        made = Made()
        for message in messages:
            there = self.channels[message.channel].messages
            if message.mark in there:
                made.there += 1
                continue
            text = self.refs.told(message.words.text, message.round * 1_000, message.round)
            arguments = {
                "channel": self.name(message.channel),
                "text": f"{message.words.head}\n{text}\n\n`{MARK}-{message.mark}`",
                **({"thread": there[message.thread]} if message.thread in there else {}),
            }
            there[message.mark] = str(message_posted(await call("slack", "slack_post_message", arguments))["id"])
            made.made += 1
        return made

    async def remove(self, call: Call) -> Made:
        """Delete the messages that were posted, replies first, and archive channels that were made and hold no more."""
        made = Made()
        for name, channel in self.channels.items():
            for number in sorted(channel.messages.values(), key=_newest, reverse=True):
                await call("slack", "slack_delete_message", {"message": number, "confirm": True})
                made.made += 1
            if channel.ours and not channel.archived:
                if channel.others:
                    made.notes.append(f"{self.name(name)} stays: it holds {channel.others} messages of others")
                    continue
                await call("slack", "slack_update_channel", {"channel": self.name(name), "archived": True})
                made.made += 1
        return made


def _take(answer: str, channel: Channel) -> list[str]:
    """Take in a page of a channel or thread; answers the messages that have replies."""
    place = _CHANNEL.search(answer)
    began: list[str] = []
    blocks: list[tuple[str, str, list[str]]] = []
    for line in answer.splitlines():
        if head := _HEAD.match(line):
            blocks.append((head["ts"], head["more"], [line]))
        elif blocks and line.startswith("  "):
            blocks[-1][2].append(line)
    for ts, more, lines in blocks:
        mark = _MARK.search(lines[-1])
        if mark and " · you" in more and place:
            channel.messages[mark[1]] = f"{place[1]}:{ts}"
        elif not _EVENT.search(more):
            channel.others += 1
        if " repl" in more:
            began.append(ts)
    return began


def _newest(number: str) -> float:
    return float(number.rpartition(":")[2])
