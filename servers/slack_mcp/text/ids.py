"""Ids and links of Slack in all the forms that people paste.

Links as Slack writes them: https://docs.slack.dev/reference/methods/chat.getPermalink and, for `slack://`,
https://docs.slack.dev/interactivity/deep-linking. The host of a link is not looked at: nothing is fetched from it,
and workspaces have hosts of many kinds (acme.slack.com, acme.enterprise.slack.com, slack-gov.com).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from connector_kit.errors import InvalidInput

_CHANNEL: Final = r"[CGD](?=[A-Z]*[0-9])[A-Z0-9]{2,30}"
_USER: Final = r"(?:[UW](?=[A-Z]*[0-9])[A-Z0-9]{2,30}|USLACKBOT)"
_FILE: Final = r"F(?=[A-Z]*[0-9])[A-Z0-9]{2,30}"
_TS: Final = r"[0-9]{1,12}\.[0-9]{6}"
_SECONDS: Final = 12
_LONGEST: Final = 4_000
_MESSAGE_FORMS: Final = "a permalink, CHANNEL_ID:ts such as C0123ABCD:1706745600.123456, or the ts with its channel"
_CHANNEL_FORMS: Final = "an id such as C0123ABCD, #name, @person, or a link to the channel"
_USER_FORMS: Final = "an id such as U0123ABCD, an e-mail address, @name, or a link to the profile"
_FILE_FORMS: Final = "an id such as F0123ABCD, or a link to the file or canvas; slack_list_files shows them"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message: its channel, its ts, and the ts of the thread it is in, where the link said so."""

    channel_id: str
    ts: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class UserRef:
    """A person by exactly one of id, e-mail address and name (without "@")."""

    id: str = ""
    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A conversation by exactly one of id, name (without "#"), and the person of a direct message."""

    id: str = ""
    name: str = ""
    user: UserRef | None = None


@dataclass(frozen=True, slots=True)
class _Link:
    """What a link names; empty where it does not."""

    channel: str = ""
    user: str = ""
    file: str = ""
    ts: str = ""
    thread_ts: str = ""


def parse_message_ref(text: str, *, channel: str = "") -> MessageRef:
    """The message that a permalink, "C0123ABCD:ts" or a ts means.

    A ts alone needs `channel`, an id; with a link, `channel` must be the link's where it is given. Raises
    InvalidInput, naming the accepted forms.
    """
    said = _pasted(text)
    link = _link(said)
    if link is not None and link.channel and link.ts:
        found = MessageRef(link.channel, link.ts, link.thread_ts or None)
    elif pair := re.fullmatch(rf"({_CHANNEL})[:/ ]\s*(?:p([0-9]{{7,18}})|({_TS}))(?:[:/ ]\s*({_TS}))?", said):
        found = MessageRef(pair[1], pair[3] or _ts_of_digits(pair[2]), pair[4])
    elif ts := _bare_ts(said):
        if not channel:
            raise InvalidInput(
                "A ts alone does not name a message: a ts is unique within its channel only.",
                fields={"message": _MESSAGE_FORMS},
            )
        found = MessageRef(channel, ts)
    else:
        raise InvalidInput(f'"{_shown(text)}" does not name a message.', fields={"message": _MESSAGE_FORMS})
    if channel and found.channel_id != channel:
        raise InvalidInput(
            f"The message is in {found.channel_id}, not in {_shown(channel)}.",
            next_step="Leave the channel out, or name that of the message.",
        )
    return found


def permalink(workspace_url: str, channel: str, ts: str, thread_ts: str | None = None) -> str:
    """The link to a message, as `chat.getPermalink` writes it; a reply's names its thread.

    `workspace_url` is the `url` of `auth.test`, such as "https://acme.slack.com/".
    """
    base = f"{workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{base}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else base


def parse_channel(text: str) -> ChannelRef:
    """The conversation that an id, "#name", a mention, a link, or a person ("@name", e-mail, user id) means.

    A name is given in lower case, as Slack keeps names; a link to a message means its channel. Raises InvalidInput,
    naming the accepted forms.
    """
    said = _pasted(text)
    if re.fullmatch(rf"#?{_CHANNEL}", said):
        return ChannelRef(id=said.lstrip("#"))
    link = _link(said)
    if link is not None:
        if link.channel:
            return ChannelRef(id=link.channel)
        if link.user:
            return ChannelRef(user=UserRef(id=link.user))
    elif said.startswith("@") or "@" in said or re.fullmatch(_USER, said):
        return ChannelRef(user=parse_user(said))
    elif re.fullmatch(r"#?[\w-]{1,80}", said):
        return ChannelRef(name=said.lstrip("#").lower())
    raise InvalidInput(f'"{_shown(text)}" does not name a channel.', fields={"channel": _CHANNEL_FORMS})


def parse_user(text: str) -> UserRef:
    """The person that an id, a mention, an e-mail address, "@name" or a link to a profile means.

    Raises InvalidInput, naming the accepted forms.
    """
    said = _pasted(text).removeprefix("mailto:")
    if re.fullmatch(rf"@?{_USER}", said):
        return UserRef(id=said.lstrip("@"))
    link = _link(said)
    if link is not None:
        if link.user:
            return UserRef(id=link.user)
    elif re.fullmatch(r"[^@\s<>]{1,64}@[^@\s<>]+\.[^@\s<>.]+", said):
        return UserRef(email=said)
    elif re.fullmatch(r"@?(?!!)[^@#<>:/|]{1,80}", said) and said.strip("@ "):
        return UserRef(name=said.removeprefix("@").strip())
    raise InvalidInput(f'"{_shown(text)}" does not name a person.', fields={"user": _USER_FORMS})


def parse_file(text: str) -> str:
    """The id of the file or canvas that an id or a link means. Raises InvalidInput, naming the accepted forms."""
    said = _pasted(text)
    if re.fullmatch(_FILE, said):
        return said
    link = _link(said)
    if link is None or not link.file:
        raise InvalidInput(f'"{_shown(text)}" does not name a file.', fields={"file": _FILE_FORMS})
    return link.file


def is_ts(text: str) -> bool:
    """Whether a text is a ts, "1706745600.123456": seconds since 1970 and six digits that make it unique."""
    return re.fullmatch(_TS, text) is not None


def _pasted(text: str) -> str:
    """What was meant, without what a paste brings along: quotes, brackets, a label, a full stop."""
    said = text.strip()[:_LONGEST].strip("\"'`“”‘’ \t\n")
    if markdown := re.fullmatch(r"\[[^\]]*\]\(<?([^\s()<>]+)>?\)", said):
        said = markdown[1]
    if token := re.fullmatch(r"<([^<>|]+)(?:\|[^<>]*)?>", said):
        said = token[1]
        if said.startswith("#"):
            said = said[1:]
    if "://" in said:
        said = said.rstrip(".,;:!?)]'\"`").replace("&amp;", "&")
    return said


def _link(said: str) -> _Link | None:
    """The parts of a link; None for what is no link."""
    if not re.match(r"(?i)(?:https?|slack)://", said):
        return None
    try:
        url = urlsplit(said)
    except ValueError:
        return _Link()
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.scheme.lower() == "slack":
        return _deep_link(url.netloc.lower() + url.path, query)
    path = url.path
    if found := re.search(rf"/archives/({_CHANNEL})(?:/p([0-9]{{7,18}})|/({_TS}))?/?$", path):
        ts = found[3] or (_ts_of_digits(found[2]) if found[2] else "")
        return _Link(channel=found[1], ts=ts, thread_ts=_ts_or_empty(query.get("thread_ts", "")))
    if found := re.search(rf"/client/[ET][A-Z0-9]+/({_CHANNEL})(?:/(.*))?$", path):
        return _client_link(found[1], found[2] or "")
    if found := re.search(rf"/(?:files|docs|lists|canvas)/[A-Z0-9]+/({_FILE})(?:/|$)", path):
        return _Link(file=found[1])
    if found := re.search(rf"/files-[a-z]+/[A-Z0-9]+-({_FILE})(?:-[0-9a-f]+)?/", path):
        return _Link(file=found[1])
    if found := re.search(rf"/(?:team|user_profile|messages/@?)/?({_USER})/?$", path):
        return _Link(user=found[1])
    if path.endswith("/app_redirect"):
        return _deep_link("channel", {"id": query.get("channel", ""), **query})
    return _Link()


def _client_link(channel: str, rest: str) -> _Link:
    """A link of the web client: "thread/C…-ts" opens a thread, "p…" or a ts a message."""
    thread = re.match(rf"thread/({_CHANNEL})-({_TS})(?:/|$)", rest)
    if thread:
        return _Link(channel=thread[1], ts=thread[2], thread_ts=thread[2])
    message = re.match(rf"(?:p([0-9]{{7,18}})|({_TS}))(?:/|$)", rest)
    if message:
        return _Link(channel=channel, ts=message[2] or _ts_of_digits(message[1]))
    profile = re.match(rf"user_profile/({_USER})(?:/|$)", rest)
    if profile:
        return _Link(channel=channel, user=profile[1])
    return _Link(channel=channel)


def _deep_link(target: str, query: dict[str, str]) -> _Link:
    item = query.get("id", "")
    kind = target.strip("/")
    if kind == "channel" and re.fullmatch(_CHANNEL, item):
        ts = _ts_or_empty(query.get("message", "") or query.get("message_ts", ""))
        return _Link(channel=item, ts=ts, thread_ts=_ts_or_empty(query.get("thread_ts", "")))
    if kind in ("user", "channel") and re.fullmatch(_USER, item):
        return _Link(user=item)
    if kind == "file" and re.fullmatch(_FILE, item):
        return _Link(file=item)
    return _Link()


def _bare_ts(said: str) -> str:
    if is_ts(said):
        return said
    digits = re.fullmatch(r"p?([0-9]{16})", said)
    return _ts_of_digits(digits[1]) if digits else ""


def _ts_or_empty(text: str) -> str:
    return text if is_ts(text) else ""


def _ts_of_digits(digits: str) -> str:
    return f"{digits[:-6]}.{digits[-6:]}"


def _shown(text: str) -> str:
    return text[:80]
