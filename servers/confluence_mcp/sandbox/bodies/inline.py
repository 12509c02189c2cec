"""The words inside a block of a body, as the inline nodes of an Atlassian document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from confluence_mcp.sandbox.bodies import references
from confluence_mcp.sandbox.bodies.grammar import Node, extension, merged_marks
from confluence_mcp.sandbox.bodies.tree import Element, collapsed

_MARKS = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "u": "underline", "ins": "underline",
    "s": "strike", "del": "strike", "strike": "strike", "code": "code", "tt": "code", "kbd": "code",
}  # fmt: skip
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STATUS_COLOURS = {
    "Grey": "neutral",
    "Red": "red",
    "Yellow": "yellow",
    "Green": "green",
    "Blue": "blue",
    "Purple": "purple",
}
STATUS_COLOURS = {node: name for name, node in _STATUS_COLOURS.items()}
MACRO = "com.atlassian.confluence.macro.core"
PLAIN_BODY = "__bodyContent"
_INLINE_MACROS = frozenset({"status", "anchor", "profile", "mathinline"})


def inline(parts: Iterable[Element | str], marks: list[Node] | None = None) -> list[Node]:
    """The inline nodes of these parts, whose words have the marks."""
    nodes: list[Node] = []
    for part in parts:
        if isinstance(part, str):
            nodes += text(collapsed(part), marks)
        else:
            nodes += _element(part, marks or [])
    return nodes


def text(words: str, marks: list[Node] | None = None) -> list[Node]:
    """Words as a node; no words, no node."""
    if not words:
        return []
    node: Node = {"type": "text", "text": words}
    if marks:
        node["marks"] = marks
    return [node]


def is_inline(part: Element) -> bool:
    """Whether a macro is a part of a line even where it stands alone."""
    return part.macro in _INLINE_MACROS or (part.macro == "jira" and "key" in part.parameters())


def _element(part: Element, marks: list[Node]) -> list[Node]:
    tag = part.tag
    if tag in _MARKS:
        return inline(part.content, merged_marks(marks, {"type": _MARKS[tag]}))
    if part.macro:
        return _macro(part)
    match tag:
        case "br":
            return [{"type": "hardBreak"}]
        case "sub" | "sup":
            return inline(part.content, merged_marks(marks, {"type": "subsup", "attrs": {"type": tag}}))
        case "a":
            return _anchor(part, marks)
        case "span":
            return inline(part.content, _styled(part, marks))
        case "ac:link":
            return _link(part, marks)
        case "ac:inline-comment-marker":
            attributes = {"id": part.get("ac:ref"), "annotationType": "inlineComment"}
            return inline(part.content, merged_marks(marks, {"type": "annotation", "attrs": attributes}))
        case "ac:emoticon" | "ac:emoji":
            return [_emoji(part)]
        case "time":
            return _date(part, marks)
        case "ac:placeholder":
            return [{"type": "placeholder", "attrs": {"text": part.words()}}]
        case "at:var":
            return [{"type": "placeholder", "attrs": {"text": part.get("at:name")}}]
        case "ac:image":
            return [_inline_image(part)]
        case "ac:adf-extension":
            return _of_an_app(part)
        case "at:declarations" | "ac:parameter" | "ac:adf-attribute" | "ac:adf-fallback":
            return []
        case _:
            return inline(part.content, marks)


def _anchor(part: Element, marks: list[Node]) -> list[Node]:
    href = part.get("href")
    if part.get("data-card-appearance") == "inline":
        return [{"type": "inlineCard", "attrs": {"url": href}}]
    return inline(part.content, merged_marks(marks, {"type": "link", "attrs": {"href": href}}) if href else marks)


def _styled(part: Element, marks: list[Node]) -> list[Node]:
    for declaration in part.get("style").split(";"):
        name, _, value = declaration.partition(":")
        colour = _colour(value.strip())
        kind = {"color": "textColor", "background-color": "backgroundColor"}.get(name.strip())
        if kind and colour:
            marks = merged_marks(marks, {"type": kind, "attrs": {"color": colour}})
    return marks


def _colour(value: str) -> str:
    if found := _RGB.fullmatch(value):
        return "#" + "".join(f"{min(255, int(each)):02x}" for each in found.groups())
    return value.lower() if _HEX.fullmatch(value) else ""


def _link(part: Element, marks: list[Node]) -> list[Node]:
    person = part.child("ri:user")
    if person is not None:
        return [{"type": "mention", "attrs": {"id": person.get("ri:account-id"), "text": "", "accessLevel": ""}}]
    marks = merged_marks(marks, {"type": "link", "attrs": {"href": references.address(part)}})
    body = part.child("ac:link-body", "ac:plain-text-link-body")
    return inline(body.content, marks) if body is not None else text(references.default_words(part), marks)


def _emoji(part: Element) -> Node:
    short = part.get("ac:emoji-shortname") or f":{part.get('ac:name') or part.get('ac:shortcut') or 'smile'}:"
    attributes = {"shortName": short}
    for name, key in (("ac:emoji-id", "id"), ("ac:emoji-fallback", "text")):
        if part.get(name):
            attributes[key] = part.get(name)
    return {"type": "emoji", "attrs": attributes}


def _date(part: Element, marks: list[Node]) -> list[Node]:
    try:
        day = datetime.fromisoformat(part.get("datetime"))
    except ValueError:
        return text(part.words() or part.get("datetime"), marks)
    moment = int((day if day.tzinfo else day.replace(tzinfo=UTC)).timestamp() * 1000)
    return [{"type": "date", "attrs": {"timestamp": str(moment)}}]


def media(image: Element) -> Node:
    """The attributes of the media node of an image."""
    attributes: Node = {}
    if image.get("ac:alt"):
        attributes["alt"] = image.get("ac:alt")
    for name in ("width", "height"):
        size = image.get(f"ac:original-{name}")
        if size.isdecimal():
            attributes[name] = int(size)
    url = image.child("ri:url")
    if url is not None:
        return {"type": "external", "url": url.get("ri:value"), **attributes}
    file = image.child("ri:attachment")
    name = file.get("ri:filename") if file is not None else ""
    return {"type": "file", "id": name or "unknown", "collection": "", **attributes}


def _inline_image(image: Element) -> Node:
    attributes = media(image)
    if attributes["type"] == "external":
        return {"type": "inlineCard", "attrs": {"url": attributes["url"]}}
    return {"type": "mediaInline", "attrs": attributes}


def _macro(part: Element) -> list[Node]:
    if part.macro == "status":
        return [_status(part.parameters())]
    inside = part.child("ac:rich-text-body")
    node = macro_extension("inlineExtension", part)
    if inside is None:
        return [node]
    return [node, *inline(inside.content)]


def _of_an_app(part: Element) -> list[Node]:
    node = part.child("ac:adf-node")
    if node is None:
        return []
    told = {each.get("key"): each.words() for each in node.children("ac:adf-attribute")}
    if not (told.get("extension-key") and told.get("extension-type")):
        return inline(node.content)
    return [app_extension("inlineExtension", told)]


def app_extension(kind: str, told: dict[str, str]) -> Node:
    """What an app put into the body; `told` has its key, type and parameters."""
    parameters: Node
    try:
        parameters = json.loads(told.get("parameters", "{}"))
    except ValueError:
        parameters = {}
    return extension(kind, told["extension-type"], told["extension-key"], parameters)


def _status(told: dict[str, str]) -> Node:
    colour = _STATUS_COLOURS.get(told.get("colour", told.get("color", "")).capitalize(), "neutral")
    style = {"style": "subtle"} if told.get("subtle") == "true" else {}
    return {"type": "status", "attrs": {"text": told.get("title") or " ", "color": colour, **style}}


def macro_extension(kind: str, part: Element) -> Node:
    """A macro that has no node of its own."""
    told: Node = {name: {"value": value} for name, value in part.parameters().items()}
    plain = part.child("ac:plain-text-body")
    if plain is not None:
        told[PLAIN_BODY] = {"value": plain.words()}
    about: Node = {"schemaVersion": {"value": part.get("ac:schema-version", "1")}, "title": part.macro}
    if part.get("ac:macro-id"):
        about["macroId"] = {"value": part.get("ac:macro-id")}
    return extension(kind, MACRO, part.macro, {"macroParams": told, "macroMetadata": about})
