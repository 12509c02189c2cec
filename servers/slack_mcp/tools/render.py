"""Slack's records as the few lines that a model needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, Part, excerpt, joined, one_line, quoted, size

if TYPE_CHECKING:
    from slack_mcp.models import Bookmark, Channel, File, Message, Pin, Reaction, User

MESSAGE_BUDGET = 2_000
"""Bytes of a message that a list of messages shows."""
WHOLE_BUDGET = 11_500
"""Bytes of a message that is asked for by itself: two of them fit into an answer."""
ROOM = ANSWER_BUDGET - 800
"""Bytes of an answer that are for rows or messages; the rest is for what it says about itself."""

_OF_TAGS = str.maketrans("<>", "‹›")
_OF_HEADS = str.maketrans("[]·", "()・")


def counted(number: int, noun: str) -> str:
    """A number with its noun, which takes an "s" unless there is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def minute(time: str) -> str:
    """Date, hour and minute of an ISO time, in UTC."""
    return time[:16].replace("T", " ")


def label(text: str) -> str:
    """A name inside the head of a message: one line, without the signs that part a head."""
    return one_line(clean_text(text, 80)).translate(_OF_HEADS)


def named(text: str) -> str:
    """A name outside of data marks: in words without blanks, so that it says nothing by itself."""
    parts = clean_text(text, 120).split(", ")
    return ", ".join(re.sub(r"[\s<>|\"`]+", "-", part) for part in parts)


def shown(text: str) -> str:
    """A text that is ours but for names in it, outside of data marks: without the signs that tags are made of."""
    return one_line(text).translate(_OF_TAGS)


def address(url: str) -> str:
    """A link outside of data marks; "" for what is none."""
    return url if re.fullmatch(r"https://[^\s<>\"`|\\]{1,500}", url) else ""


def transcript(messages: Sequence[Message], *, budget: int = MESSAGE_BUDGET, thread: bool = False) -> Part:
    """Messages as they follow each other under the days they are of, as many as fit, counted from the first.

    Each begins with [time author · ts · what else there is]. In a `thread` it goes without saying which one replies
    are in; reactions are told with names there.
    """
    lines: list[str] = []
    used, day = 0, ""
    for shown, message in enumerate(messages):
        block = [f"## {message.time[:10]} UTC"] if message.time[:10] != day else []
        block.append(entry(message, message.time[11:16], message.ts, budget=budget, thread=thread))
        text = "\n".join(block)
        used += size(text) + 1
        if used > ROOM and lines:
            return Part("\n".join(lines), shown, len(messages) - shown)
        day = message.time[:10]
        lines.append(text)
    return Part("\n".join(lines), len(messages))


def found(messages: Sequence[Message]) -> Part:
    """Messages of different channels, as many as fit; each begins with [time #channel author · id]."""
    return joined([_hit(message) for message in messages], budget=ROOM)


def _hit(message: Message) -> str:
    when = f"{minute(message.time)}Z {label(message.channel)}"
    return entry(message, when, f"{message.channel_id}:{message.ts}", budget=MESSAGE_BUDGET // 2)


def entry(message: Message, when: str, ref: str, *, budget: int, thread: bool = False) -> str:
    """One message: its head in brackets, then its text.

    The further lines of a text are indented: whoever writes a line that looks like another's message is seen through.
    """
    head = [f"{when} {label(message.author)}", ref]
    if message.own:
        head.append("you")
    if message.event:
        head.append(label(message.event).replace("_", " "))
    if message.edited:
        head.append("edited")
    if message.thread_ts and not thread:
        head.append(f"reply in {message.thread_ts}")
    if message.replies:
        last = f", last {minute(message.last_reply)}" if message.last_reply else ""
        head.append(f"{message.replies} {'reply' if message.replies == 1 else 'replies'}{last}")
    if message.reactions:
        head.append(" ".join(_reaction(item, by_whom=thread) for item in message.reactions))
    rest = "The user can read on in Slack." if thread else "slack_read_thread shows it whole."
    said = excerpt(message.text, budget=budget, rest=rest)
    text = re.sub(r"\r\n?|[\n\v\f\x85\u2028\u2029]", "\n", f"{said.text} {said.note}".strip())
    return f"[{' · '.join(head)}] {re.sub(_FURTHER_LINE, _INDENT, text)}".rstrip()


_FURTHER_LINE = r"\n(?=[^\n])"
_INDENT = "\n  "


def _reaction(item: Reaction, *, by_whom: bool) -> str:
    names = [label(user) for user in item.users]
    if by_whom and names and item.count == len(names) <= _NAMED:
        return f":{label(item.emoji)}: by {', '.join(names)}"
    return f":{label(item.emoji)}:{item.count if item.count > 1 else ''}"


_NAMED = 5
"""Up to so many people are named who reacted."""


def links(messages: Sequence[Message], *, channel: bool) -> str:
    """How the permalinks of messages are made that were named by their ts: said once, it costs least.

    `channel` says that all are of one channel.
    """
    base = address(messages[0].permalink).partition("?")[0].rpartition("/")[0]
    if not base:
        return ""
    if not channel:
        base = f"{base.rpartition('/')[0]}/CHANNEL_ID"
    replied = {message.thread_ts for message in messages if message.thread_ts}
    rule = f" Permalink of a message: {base}/p and its ts without the dot"
    if replied:
        began = replied.pop() if channel and len(replied) == 1 else "TS"
        rule += (
            f"; of a reply, then ?thread_ts={began or 'TS'}&cid={messages[0].channel_id if channel else 'CHANNEL_ID'}"
        )
        rule += " with the ts that it is a reply in" if began == "TS" else ""
    return f"{rule}."


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
    return f"{' · '.join(head)} {address(channel.url)}".rstrip() + "\n" + quoted(channel.id, "\n".join(written))


def pin_line(pin: Pin) -> str:
    """A pinned message or file in a line."""
    if pin.message is not None:
        text = f"{pin.message.author}: {clean_text(pin.message.text, 200)} ({pin.message.permalink})"
    else:
        text = f"file {pin.file.name} ({pin.file.id})" if pin.file else "something that is gone"
    return one_line(f"{text}; pinned {minute(pin.pinned)} by {pin.by}")


def bookmark_line(mark: Bookmark) -> str:
    """A bookmark in a line."""
    return f"{one_line(mark.title)}: {one_line(mark.link)} ({mark.id})"


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
    """A file in a line outside of data marks: all but its name."""
    kind = re.sub(r"[^\w.+/-]", "", file.media_type) or "file"
    return f"{named(file.id)} {kind}, {file.size:,} bytes {address(file.permalink)}".rstrip()
