"""The inside of a paragraph as rich text elements: docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from slack_mcp.sandbox.model import JsonObject

MENTION = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^>]*)?>|<#(?P<channel>[CDG][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<!subteam\^(?P<group>S[A-Z0-9]+)(?:\|[^>]*)?>|<!(?P<range>here|channel|everyone)(?:\|[^>]*)?>"
    r"|<!date\^(?P<moment>\d+)\^(?P<format>[^|^>]+)(?:\^(?P<date_link>[^|>]+))?\|(?P<fallback>[^>]*)>"
    r"|<(?P<link>(?:https?|mailto|tel):[^|>\s]+)(?:\|(?P<label>[^>]*))?>"
)
"""What stands between angle brackets and means something."""
EMOJI = re.compile(r":(?P<emoji>[a-z0-9_+'-]*[a-z_+-][a-z0-9_+'-]*)(?:::skin-tone-(?P<skin>[2-6]))?:")
BARE_LINK = re.compile(r"https?://[^\s<>|\"]*[^\s<>|\".,;:!?)\]]")

_PLAIN_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def unescaped(text: str) -> str:
    """Text with Slack's three entities as characters."""
    for entity, character in _PLAIN_ENTITIES:
        text = text.replace(entity, character)
    return text


def escaped(text: str) -> str:
    """Text as Slack stores it: the three characters that control are entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_element(text: str, style: Sequence[str] = ()) -> JsonObject:
    """A run of text."""
    return _styled({"type": "text", "text": unescaped(text)}, style)


def mention_element(found: re.Match[str], style: Sequence[str] = ()) -> JsonObject:
    """What a match of `MENTION` stands for."""
    part = found.groupdict()
    if part["user"]:
        return _styled({"type": "user", "user_id": part["user"]}, style)
    if part["channel"]:
        return _styled({"type": "channel", "channel_id": part["channel"]}, style)
    if part["group"]:
        return _styled({"type": "usergroup", "usergroup_id": part["group"]}, style)
    if part["range"]:
        return _styled({"type": "broadcast", "range": part["range"]}, style)
    if part["moment"]:
        element: JsonObject = {"type": "date", "timestamp": int(part["moment"]), "format": part["format"]}
        return _styled({**element, "fallback": unescaped(part["fallback"])}, style)
    return link_element(unescaped(part["link"]), unescaped(part["label"] or ""), style)


def link_element(url: str, label: str = "", style: Sequence[str] = ()) -> JsonObject:
    """A link, with a label of its own or not."""
    element: JsonObject = {"type": "link", "url": url}
    if label and label != url:
        element["text"] = label
    return _styled(element, style)


def emoji_element(found: re.Match[str], style: Sequence[str] = ()) -> JsonObject:
    """What a match of `EMOJI` stands for."""
    element: JsonObject = {"type": "emoji", "name": found["emoji"]}
    if found["skin"]:
        element["skin_tone"] = int(found["skin"])
    return _styled(element, style)


Reader = Callable[[str, Sequence[str]], list[JsonObject]]


def split(
    text: str,
    pattern: re.Pattern[str],
    style: Sequence[str],
    found: Callable[[re.Match[str]], list[JsonObject]],
    rest: Reader,
) -> list[JsonObject]:
    """Read what matches with `found` and what stands between with `rest`."""
    elements: list[JsonObject] = []
    position = 0
    for match in pattern.finditer(text):
        if match.start() > position:
            elements += rest(text[position : match.start()], style)
        elements += found(match)
        position = match.end()
    if position < len(text):
        elements += rest(text[position:], style)
    return elements


def plain(text: str, style: Sequence[str]) -> list[JsonObject]:
    """A text in which only mentions, links and emoji mean something."""

    def emoji_or_text(part: str, inner: Sequence[str]) -> list[JsonObject]:
        return split(
            part, EMOJI, inner, lambda match: [emoji_element(match, inner)], lambda run, own: [text_element(run, own)]
        )

    def bare_links(part: str, inner: Sequence[str]) -> list[JsonObject]:
        return split(
            part, BARE_LINK, inner, lambda match: [link_element(unescaped(match[0]), "", inner)], emoji_or_text
        )

    return split(text, MENTION, style, lambda match: [mention_element(match, style)], bare_links)


def _styled(element: JsonObject, style: Sequence[str]) -> JsonObject:
    return {**element, "style": dict.fromkeys(style, True)} if style else element
