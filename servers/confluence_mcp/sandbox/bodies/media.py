"""Pictures and files in a body, as the media nodes of an Atlassian document."""

from __future__ import annotations

from confluence_mcp.sandbox.bodies.grammar import Node, trim
from confluence_mcp.sandbox.bodies.inline import inline, media
from confluence_mcp.sandbox.bodies.tree import Element

_LAYOUTS = ("wide", "full-width", "center", "wrap-right", "wrap-left", "align-end", "align-start")
_ALIGNED = {"left": "align-start", "right": "align-end"}
_IN_A_CAPTION = ("text", "hardBreak", "mention", "emoji", "date", "placeholder", "inlineCard", "status")
_BORDER: Node = {"type": "border", "attrs": {"size": 2, "color": "#091e4224"}}


def picture(part: Element, href: str = "") -> Node:
    """An `ac:image` as a block; `href` is where a click on it leads."""
    layout = part.get("ac:layout")
    attributes: Node = {"layout": layout if layout in _LAYOUTS else _ALIGNED.get(part.get("ac:align"), "center")}
    if part.get("ac:width").isdecimal():
        attributes |= {"width": int(part.get("ac:width")), "widthType": "pixel"}
    shown: Node = {"type": "media", "attrs": media(part)}
    marks: list[Node] = [_BORDER] if part.get("ac:border") == "true" else []
    if href:
        marks.append({"type": "link", "attrs": {"href": href}})
    if marks:
        shown["marks"] = marks
    content = [shown]
    caption = part.child("ac:caption")
    if caption is not None:
        words = [each for each in trim(inline(caption.content)) if each["type"] in _IN_A_CAPTION]
        content.append({"type": "caption", "content": words})
    return {"type": "mediaSingle", "attrs": attributes, "content": content}


def linked_picture(part: Element) -> Element | None:
    """The picture that is all of what a link is around."""
    shown = [each for each in part.content if isinstance(each, Element) or each.strip()]
    only = shown[0] if len(shown) == 1 else None
    return only if isinstance(only, Element) and only.tag == "ac:image" else None


def file_card(part: Element) -> Node | None:
    """The file that a macro `view-file` shows as a card."""
    for parameter in part.children("ac:parameter"):
        file = parameter.child("ri:attachment")
        if file is not None and file.get("ri:filename"):
            shown = {"type": "file", "id": file.get("ri:filename"), "collection": ""}
            return {"type": "mediaGroup", "content": [{"type": "media", "attrs": shown}]}
    return None
