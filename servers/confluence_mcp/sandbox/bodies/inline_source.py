"""The inline nodes of an Atlassian document as storage format, and the macros and pictures that blocks use too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from confluence_mcp.sandbox.bodies.grammar import Node
from confluence_mcp.sandbox.bodies.inline import STATUS_COLOURS
from confluence_mcp.sandbox.bodies.references import link_source
from confluence_mcp.sandbox.bodies.tree import InvalidBodyError, element, parse, text_source

_TAGS = {"strong": "strong", "em": "em", "underline": "u", "strike": "s", "code": "code"}
_ORDER = ("code", "subsup", "textColor", "backgroundColor", "underline", "strike", "em", "strong", "link", "annotation")
"""From the inside out."""
_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_ALIGN = {"center": "center", "align-start": "left", "align-end": "right"}


def marks(node: Node) -> list[Node]:
    """The marks on a node."""
    return node.get("marks") or []


def attributes(node: Node) -> Node:
    """What a node says of itself."""
    return node.get("attrs") or {}


def macro(name: str, parameters: Mapping[str, str], body: str = "", about: Mapping[str, str] | None = None) -> str:
    """A macro around a body that is source already."""
    told = "".join(
        element("ac:parameter", {"ac:name": key}, value if _is_source(value) else text_source(value))
        for key, value in parameters.items()
    )
    return element("ac:structured-macro", {"ac:name": name, "ac:schema-version": "1", **(about or {})}, told, body)


def _is_source(value: str) -> bool:
    if not value.startswith(("<ac:", "<ri:")):
        return False
    try:
        parse(value)
    except InvalidBodyError:
        return False
    return True


def image(media: Node, told: Mapping[str, str], caption: str = "") -> str:
    """A picture, with the link that is around it."""
    about = attributes(media)
    named: dict[str, str] = dict(told)
    if about.get("alt"):
        named["ac:alt"] = about["alt"]
    for name in ("width", "height"):
        if name in about:
            named[f"ac:original-{name}"] = str(about[name])
    if any(mark["type"] == "border" for mark in marks(media)):
        named["ac:border"] = "true"
    if about.get("type") == "external":
        target = element("ri:url", {"ri:value": about["url"]})
    else:
        target = element("ri:attachment", {"ri:filename": about["id"]})
    made = element("ac:image", named, target, caption)
    link = next((mark for mark in marks(media) if mark["type"] == "link"), None)
    return element("p", {}, element("a", {"href": link["attrs"]["href"]}, made)) if link else made


def image_layout(told: Node) -> dict[str, str]:
    """What a picture's block says of its place and size."""
    layout = str(told.get("layout", "center"))
    named = {"ac:align": _ALIGN[layout]} if layout in _ALIGN else {}
    named["ac:layout"] = layout
    if told.get("widthType") == "pixel":
        named["ac:width"] = str(told["width"])
    return named


def _text(node: Node) -> str:
    words: str = node["text"]
    made = text_source(words)
    carried: dict[str, Node] = {mark["type"]: mark.get("attrs") or {} for mark in marks(node)}
    for kind in _ORDER:
        if kind not in carried:
            continue
        told = carried[kind]
        match kind:
            case "link":
                made = link_source(told["href"], made, words)
            case "annotation":
                made = element("ac:inline-comment-marker", {"ac:ref": told["id"]}, made)
            case "subsup":
                made = element(told["type"], {}, made)
            case "textColor":
                made = element("span", {"style": f"color: {_rgb(told['color'])};"}, made)
            case "backgroundColor":
                made = element("span", {"style": f"background-color: {_rgb(told['color'])};"}, made)
            case _:
                made = element(_TAGS[kind], {}, made)
    return made


def _rgb(colour: str) -> str:
    found = _HEX.fullmatch(colour)
    return f"rgb({','.join(str(int(each, 16)) for each in found.groups())})" if found else colour


def _break(_node: Node) -> str:
    return "<br />"


def _mention(node: Node) -> str:
    return element("ac:link", {}, element("ri:user", {"ri:account-id": attributes(node)["id"]}))


def _emoji(node: Node) -> str:
    told = attributes(node)
    short: str = told["shortName"]
    named = {
        "ac:name": short.strip(":"),
        "ac:emoji-shortname": short,
        "ac:emoji-id": told.get("id"),
        "ac:emoji-fallback": told.get("text"),
    }
    return element("ac:emoticon", named)


def _date(node: Node) -> str:
    day = datetime.fromtimestamp(int(attributes(node)["timestamp"]) / 1000, UTC)
    return element("time", {"datetime": f"{day:%Y-%m-%d}"})


def _status(node: Node) -> str:
    told = attributes(node)
    parameters = {"title": told["text"], "colour": STATUS_COLOURS.get(told["color"], "Grey")}
    if told.get("style") == "subtle":
        parameters["subtle"] = "true"
    return macro("status", parameters)


def _placeholder(node: Node) -> str:
    return element("ac:placeholder", {}, text_source(attributes(node)["text"]))


def _inline_card(node: Node) -> str:
    return card(node, "inline")


def card(node: Node, appearance: str) -> str:
    """A smart link."""
    told = attributes(node)
    named = {"href": told["url"], "data-card-appearance": appearance}
    if appearance == "embed":
        named |= {"data-layout": told.get("layout"), "data-width": told.get("width")}
    return element("a", named, text_source(told["url"]))


def _inline_image(node: Node) -> str:
    return image(node, {"ac:inline": "true"})


INLINE_WRITERS: dict[str, Callable[[Node], str]] = {
    "text": _text,
    "hardBreak": _break,
    "mention": _mention,
    "emoji": _emoji,
    "date": _date,
    "status": _status,
    "placeholder": _placeholder,
    "inlineCard": _inline_card,
    "mediaInline": _inline_image,
}
