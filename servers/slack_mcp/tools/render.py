"""Slack's records as the few lines that a model needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, excerpt, one_line, quoted, size

if TYPE_CHECKING:
    from slack_mcp.models import Channel, File, Message, Pin, Reaction, User

MESSAGE_BUDGET = 2_000
"""Bytes of a message that a list of messages shows."""
WHOLE_BUDGET = 12_000
"""Bytes of a message that is asked for by itself."""
_HEAD = 400
"""Bytes kept free for what an answer says about itself."""


def counted(number: int, noun: str) -> str:
    """A number with its noun, which takes an "s" unless there is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def minute(time: str) -> str:
    """Date, hour and minute of an ISO time."""
    return time[:16].replace("T", " ")


def transcript(messages: Sequence[Message], *, budget: int = MESSAGE_BUDGET) -> tuple[str, int]:
    """Messages as they follow each other under the days they are of, and how many fit, counted from the first.

    Each begins with [time author · ts · what else there is].
    """
    lines: list[str] = []
    used, day = 0, ""
    for shown, message in enumerate(messages):
        block = [f"## {message.time[:10]}"] if message.time[:10] != day else []
        block.append(entry(message, message.time[11:16], message.ts, budget=budget))
        text = "\n".join(block)
        used += size(text) + 1
        if used > ANSWER_BUDGET - _HEAD and lines:
            return "\n".join(lines), shown
        day = message.time[:10]
        lines.append(text)
    return "\n".join(lines), len(messages)


def found(messages: Sequence[Message]) -> tuple[str, int]:
    """Messages of different channels, and how many of them fit; each begins with [time #channel author · id]."""
    lines: list[str] = []
    used = 0
    for shown, message in enumerate(messages):
        when = f"{minute(message.time)} {one_line(message.channel)}"
        text = entry(message, when, f"{message.channel_id}:{message.ts}", budget=MESSAGE_BUDGET // 2)
        used += size(text) + 1
        if used > ANSWER_BUDGET - _HEAD and lines:
            return "\n".join(lines), shown
        lines.append(text)
    return "\n".join(lines), len(messages)


def entry(message: Message, when: str, ref: str, *, budget: int) -> str:
    """One message: its head in brackets, then its text."""
    head = [f"{when} {one_line(message.author)}{' (you)' if message.own else ''}", ref]
    if message.event:
        head.append(one_line(message.event).replace("_", " "))
    if message.edited:
        head.append("edited")
    if message.replies:
        last = f", last {minute(message.last_reply)}" if message.last_reply else ""
        head.append(f"{message.replies} {'reply' if message.replies == 1 else 'replies'}{last}")
    if message.reactions:
        head.append(" ".join(_reaction(item) for item in message.reactions))
    said = excerpt(message.text, budget=budget)
    return f"[{' · '.join(head)}] {said.text} {said.note}".rstrip()


def _reaction(item: Reaction) -> str:
    return f":{item.emoji}:{item.count if item.count > 1 else ''}"


def links(url_of: str) -> str:
    """How the permalinks of messages that were named by their ts are made."""
    return f"Permalink of a message: {url_of}/p and its ts without the dot"


def channel_row(channel: Channel) -> tuple[str, ...]:
    """A channel as a row of a list."""
    marks = [channel.kind if channel.kind != "public" else "", "member" if channel.member else ""]
    marks += ["archived" if channel.archived else "", "shared" if channel.external else ""]
    size_of = "" if channel.size is None else str(channel.size)
    return (channel.name, channel.id, size_of, " ".join(mark for mark in marks if mark), clean_text(channel.topic, 120))


CHANNEL_COLUMNS = ("channel", "id", "members", "kind", "topic")


def channel_detail(channel: Channel, parts: Iterable[str]) -> str:
    """One channel: what is ours in the first line, then what people wrote about it."""
    head = [channel.id, channel.kind, *(["archived"] if channel.archived else [])]
    head += ["you are a member" if channel.member else "you are not a member"]
    if channel.size is not None:
        head.append(counted(channel.size, "member"))
    if channel.unread is not None:
        head.append(f"{channel.unread} unread")
    written = [f"name: {one_line(channel.name)}"]
    told = {"topic": channel.topic, "purpose": channel.purpose, "created": minute(channel.created)}
    told["by"] = channel.creator
    written += [f"{name}: {one_line(clean_text(text, 500))}" for name, text in told.items() if text]
    written += parts
    return f"{' · '.join(head)} {channel.url}".rstrip() + "\n" + quoted(channel.id, "\n".join(written))


def pin_line(pin: Pin) -> str:
    """A pinned message or file in a line."""
    if pin.message is not None:
        text = f"{pin.message.author}: {clean_text(pin.message.text, 200)} ({pin.message.permalink})"
    else:
        text = f"file {pin.file.name} ({pin.file.id})" if pin.file else "something that is gone"
    return one_line(f"{text}; pinned {minute(pin.pinned)} by {pin.by}")


USER_COLUMNS = ("name", "id", "handle", "title", "e-mail", "time zone", "status")


def user_row(user: User) -> tuple[str, ...]:
    """A person as a row of a list."""
    marks = [user.status, "bot" if user.is_bot else "", "" if user.active else "deactivated"]
    marks.append("of another organisation" if user.external else "")
    name = user.name if user.real_name in ("", user.name) else f"{user.name} ({user.real_name})"
    status = "; ".join(mark for mark in marks if mark)
    return (name, user.id, user.handle, user.title, user.email or "", user.timezone, clean_text(status, 100))


FILE_COLUMNS = ("file", "id", "type", "bytes", "by", "created", "permalink")


def file_row(file: File) -> tuple[str, ...]:
    """A file as a row of a list."""
    kind = file.kind or file.media_type
    return (
        clean_text(file.title or file.name, 100),
        file.id,
        kind,
        str(file.size),
        file.user,
        minute(file.created),
        file.permalink,
    )


def file_line(file: File) -> str:
    """A file in a line that is ours but for its name."""
    return f"{file.id} {file.media_type or file.kind}, {file.size:,} bytes {file.permalink}".strip()
