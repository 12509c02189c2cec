"""Slack's own notation, `mrkdwn`: docs.slack.dev/messaging/formatting-message-text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.text.inline import BARE_LINK, MENTION, escaped, mention_element, plain, split, text_element

_FENCE = re.compile(r"```\n?(?P<code>.*?)\n?```", re.DOTALL)
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_STYLED = re.compile(
    rf"(?P<mention>{MENTION.pattern})|`(?P<code>[^`\n]+)`"
    r"|(?<![A-Za-z0-9*_~])(?P<mark>[*_~])(?P<inside>\S(?:[^\n]*?\S)?)(?P=mark)(?![A-Za-z0-9*_~])"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_QUOTE = re.compile(r"(?:&gt;|>) ?")


def stored(text: str) -> str:
    """Text as Slack keeps what was sent: characters that mean nothing are escaped, bare links are marked."""
    parts: list[str] = []
    position = 0
    for found in MENTION.finditer(text):
        parts += [_kept(text[position : found.start()]), found[0]]
        position = found.end()
    return "".join([*parts, _kept(text[position:])])


def _kept(text: str) -> str:
    pieces = _ENTITY.split(text)
    entities = [*_ENTITY.findall(text), ""]
    safe = "".join(escaped(piece) + entity for piece, entity in zip(pieces, entities, strict=True))
    return BARE_LINK.sub(lambda found: f"<{found[0]}>", safe)


def rich_text(text: str) -> list[JsonObject]:
    """The elements of a rich_text block for a stored text."""
    elements: list[JsonObject] = []
    position = 0
    for fence in _FENCE.finditer(text):
        elements += _paragraphs(text[position : fence.start()].removesuffix("\n"))
        elements.append({"type": "rich_text_preformatted", "elements": [text_element(fence["code"])], "border": 0})
        position = fence.end()
    rest = text[position:]
    elements += _paragraphs(rest.removeprefix("\n") if position else rest)
    return elements


def inline(text: str, style: Sequence[str] = ()) -> list[JsonObject]:
    """The elements of one section."""

    def styled(found: re.Match[str]) -> list[JsonObject]:
        if found["mention"]:
            return [mention_element(found, style)]
        if found["code"]:
            return [text_element(found["code"], [*style, "code"])]
        return inline(found["inside"], [*style, _STYLES[found["mark"]]])

    return split(text, _STYLED, style, styled, plain)


def _paragraphs(text: str) -> list[JsonObject]:
    """Sections and quotes, which take whole lines."""
    elements: list[JsonObject] = []
    if not text:
        return elements
    group: list[str] = []
    quoted = False
    for line in [*text.split("\n"), None]:
        here = line is not None and bool(_QUOTE.match(line))
        if group and (line is None or here != quoted):
            kind = "rich_text_quote" if quoted else "rich_text_section"
            elements.append({"type": kind, "elements": inline("\n".join(group))})
            group = []
        quoted = here
        if line is not None:
            group.append(_QUOTE.sub("", line, count=1) if here else line)
    return elements
