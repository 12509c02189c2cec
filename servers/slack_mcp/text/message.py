"""A message of Slack as Markdown, whole: blocks, attachments, forwards, files, and what became of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slack_mcp.text.attachments import attachment_markdown
from slack_mcp.text.blocks import blocks_markdown
from slack_mcp.text.files import file_line
from slack_mcp.text.markdown import emphasised, label, literal, one_line
from slack_mcp.text.mrkdwn import mrkdwn, unescaped
from slack_mcp.text.names import Names, WantedNames, user_mention
from slack_mcp.text.shapes import first_string, mapping, mappings, string

_DEEPEST: Final = 3
"""Messages within messages that are read, as an event about a change has them."""

_REMARKS: Final = {
    "thread_broadcast": "(reply in a thread, also sent to the channel)",
    "reply_broadcast": "(reply in a thread, also sent to the channel)",
    "message_changed": "(edited)",
    "message_deleted": "[message deleted]",
    "tombstone": "[message deleted]",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ids that occur in messages and need a name, each once and in the order of their first use."""

    users: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def message_markdown(message: Mapping[str, object], names: Names) -> str:
    """All that a message shows, as Markdown; empty for one that shows nothing.

    `message` is as Slack's API answers it, or any other JSON object: what makes no sense is left out, and nothing
    is raised. Blocks are shown where there are any, as in Slack, else the text; then attachments and files, a line
    for each file. An edited message ends in "(edited)". People wrote this: a tool marks it as data.
    """
    return _message(message, names, 0)


def author(message: Mapping[str, object], names: Names) -> str:
    """Who posted a message, as literal Markdown: the name that a bot gave itself, else of the user, else of the bot.

    What a person posts through an app bears the app's profile as well, and is the person's all the same.
    """
    profile = mapping(message.get("bot_profile"))
    user = first_string(message, "user", "user_id")
    own = one_line(first_string(message, "username"))
    if not user or message.get("subtype") == "bot_message" or first_string(profile, "user_id") == user:
        own = own or one_line(first_string(profile, "name"))
    if own:
        return literal(own, starts_line=False)
    if user:
        return literal(user_mention(user, names)[1:], starts_line=False)
    return literal(first_string(message, "bot_id"), starts_line=False) or "unknown"


def is_bot(message: Mapping[str, object]) -> bool:
    """Whether an app posted the message, be it in the name of a person."""
    return bool(first_string(message, "bot_id") or message.get("subtype") == "bot_message")


def wanted(messages: Iterable[Mapping[str, object]]) -> Wanted:
    """The ids whose names `message_markdown` and `author` would ask for, for look-ups before rendering."""
    noted = WantedNames()
    for message in messages:
        author(message, noted)
        message_markdown(message, noted)
    return Wanted(tuple(noted.users), tuple(noted.channels), tuple(noted.groups))


def _message(message: Mapping[str, object], names: Names, depth: int) -> str:
    subtype = string(message.get("subtype"))
    if subtype == "tombstone" or (subtype == "message_deleted" and depth == 0):
        return _REMARKS["tombstone"]
    body = _body(message, names)
    if subtype == "me_message":
        body = emphasised(body, italic=True)
    parts = [
        _REMARKS.get(subtype, "") if subtype.endswith("_broadcast") else "",
        body,
        *(attachment_markdown(item, names) for item in mappings(message.get("attachments"))),
        "\n".join(file_line(item) for item in _files(message)),
    ]
    if not any(part.strip() for part in parts[1:]):
        parts.append(_silent(message, subtype, names, depth))
    text = "\n\n".join(part.strip("\n").rstrip() for part in parts if part.strip())
    edited = mapping(message.get("edited")) or (subtype == "message_changed" and text)
    return f"{text}{_edit_joint(text)}(edited)" if edited and text and not text.endswith("(edited)") else text


def _edit_joint(text: str) -> str:
    """A blank after plain text; a blank line after what the remark would become a part of."""
    last = text.rpartition("\n")[2]
    return "\n\n" if re.match(r"\s*(?:`{3}|~{3}|>|\||[-*+] |\d+[.)] |---|#)|    ", last) else " "


def _body(message: Mapping[str, object], names: Names) -> str:
    blocks = blocks_markdown(message.get("blocks"), names)
    if re.search(r"[^\W_]", blocks) or _picture(blocks):
        return blocks
    text = string(message.get("text"))
    said = literal(unescaped(text)) if message.get("mrkdwn") is False else mrkdwn(text, names)
    return said.strip("\n") or blocks


def _picture(blocks: str) -> bool:
    """Whether Markdown without a letter or digit shows something all the same, an emoji for instance."""
    return any(not character.isspace() and character not in "-*_~`>|.[]()" for character in blocks)


def _files(message: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The files of a message; one that a block shows already is not repeated."""
    shown = {string(mapping(block.get("file")).get("id")) for block in mappings(message.get("blocks"))}
    files = mappings(message.get("files")) or mappings([message.get("file")])
    return [file for file in files if not file.get("id") or string(file.get("id")) not in shown]


def _silent(message: Mapping[str, object], subtype: str, names: Names, depth: int) -> str:
    """What is to be said of a message that shows nothing itself."""
    for key in ("message", "comment", "root"):
        inner = mapping(message.get(key))
        if inner and depth < _DEEPEST and key != "root":
            return _message(inner, names, depth + 1) or mrkdwn(string(inner.get("comment")), names)
    title = first_string(mapping(message.get("assistant_app_thread")), "title") or first_string(message, "topic")
    title = title or first_string(message, "purpose") or first_string(mapping(message.get("room")), "name")
    if not subtype and not title:
        return ""
    user = first_string(message, "user")
    who = f" by {literal(user_mention(user, names), starts_line=False)}" if user else ""
    return f"[{label(subtype or 'message')}{who}{f': {label(title)}' if title else ''}]"
