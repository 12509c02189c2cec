"""Lines of storage format to ADF's inline nodes."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from atlassian_kit.adf.links import normalized
from atlassian_kit.adf.nodes import Node, clean, node, timestamp_of
from atlassian_kit.storage.links import target_of
from atlassian_kit.storage.origins import Origin, from_source, origin_of
from atlassian_kit.storage.tree import Element, Text

NameOf = Callable[[str], str]
"""From an account id to the name of somebody, "" for one unknown."""

STATUS_COLOURS: Final = {
    "": "neutral",
    "grey": "neutral",
    "gray": "neutral",
    "purple": "purple",
    "blue": "blue",
    "red": "red",
    "yellow": "yellow",
    "green": "green",
}

_EMOTICONS: Final = {
    "smile": "🙂",
    "sad": "🙁",
    "cheeky": "😛",
    "laugh": "😃",
    "wink": "😉",
    "thumbs-up": "👍",
    "thumbs-down": "👎",
    "information": "\N{INFORMATION SOURCE}\ufe0f",
    "tick": "✅",
    "cross": "❌",
    "warning": "⚠️",
    "plus": "\N{HEAVY PLUS SIGN}",
    "minus": "\N{HEAVY MINUS SIGN}",
    "question": "❓",
    "light-on": "💡",
    "yellow-star": "⭐",
    "heart": "❤️",
    "broken-heart": "💔",
}
"""The emoticons of the older editor, which have no other text."""
_DEEPEST: Final = 24
_IDENTITIES: Final = frozenset({"id", "name", "ac:ref"})
_BLANKS: Final = re.compile("[ \t\r\n]+")
_MARKS: Final = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "code": "code",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
}
_OTHER_MARKS: Final = frozenset({"span", "font", "big", "small", "cite", "q", "abbr", "var", "dfn", "label", "mark"})
_COLOUR: Final = re.compile(r"(?:^|;)\s*(background-color|color)\s*:\s*([^;]+)", re.IGNORECASE)
_HEX: Final = re.compile("#(?:[0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
_RGB: Final = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.IGNORECASE)
_INLINE: Final = (
    frozenset({"a", "br", "sub", "sup", "time", "ac:link", "ac:emoticon", "ac:placeholder", "ac:inline-comment-marker"})
    | frozenset(_MARKS)
    | _OTHER_MARKS
)
_INLINE_MACROS: Final = frozenset(
    {"status", "anchor", "mathinline", "easy-math-inline", "jira", "jiraissues", "profile", "loremipsum", "cheese"}
    | {"view-file", "emoji", "date", "page-info", "contributors-summary", "html-comment", "inline-extension"}
)


def is_inline(piece: Element | Text) -> bool:
    """Whether a piece of a container's contents belongs to a line of text."""
    if isinstance(piece, Text):
        return piece.kind != "comment" and bool(piece.text.strip(" \t\r\n"))
    if piece.macro:
        return piece.macro in _INLINE_MACROS and piece.body is None and not piece.parameter("jqlQuery")
    return piece.name in _INLINE


class LineReader:
    """Makes inline nodes of the pieces of a line."""

    def __init__(self, name_of: NameOf) -> None:
        self._name_of = name_of

    def line(self, pieces: Sequence[Element | Text]) -> list[Node]:
        """Return the inline nodes of a line."""
        return self._pieces(pieces, [], 0)

    def _pieces(self, pieces: Sequence[Element | Text], marks: list[Node], depth: int) -> list[Node]:
        made: list[Node] = []
        for piece in pieces:
            if isinstance(piece, Text):
                text = clean(_BLANKS.sub(" ", piece.text))
                origin = Origin(piece.source, piece.start, piece.end)
                shown = [_marked(from_source({"type": "text", "text": text}, origin), marks)] if text else []
            else:
                shown = self._element(piece, marks, depth)
            last = origin_of(made[-1]) if made and made[-1]["type"] == "text" else None
            if not shown and last is not None and last.end == piece.start:
                last.end = piece.end
            made += shown
        return made

    def _element(self, element: Element, marks: list[Node], depth: int) -> list[Node]:
        mark, holder = (None, None) if depth > _DEEPEST else _mark_of(element)
        if mark is not None:
            origin = Origin(element.source, element.start, element.end, element, holder or element)
            from_source(mark, origin)
            content = self._pieces(holder.children, [*marks, mark], depth + 1) if holder is not None else []
            target = target_of(element) if element.name == "ac:link" and not content else None
            if target is not None:
                content = [_marked({"type": "text", "text": clean(target.name)}, [*marks, mark])]
            origin.node = {"content": content}
            if content or not _IDENTITIES & element.attrs.keys():
                return content
        made = self._atom(element)
        return [_marked(from_source(made, Origin(element.source, element.start, element.end, element)), marks)]

    def _atom(self, element: Element) -> Node:
        """Return the node of an element that is no text."""
        attrs, name = element.attrs, element.name
        if name == "br":
            return node("hardBreak")
        if name == "time":
            timestamp = timestamp_of(attrs.get("datetime", ""))
            if timestamp and not element.children:
                return node("date", timestamp=timestamp)
        elif name == "ac:emoticon":
            old_name, identity = attrs.get("ac:name", ""), attrs.get("ac:emoji-id")
            short_name = attrs.get("ac:emoji-shortname") or f":{old_name}:"
            text = attrs.get("ac:emoji-fallback") or _EMOTICONS.get(old_name)
            return node("emoji", shortName=clean(short_name), id=identity, text=text)
        elif element.macro == "status":
            title = element.parameter("title").strip()
            colour = STATUS_COLOURS.get(element.parameter("colour").strip().lower())
            if title and colour:
                return node("status", text=clean(title), color=colour)
        elif name == "a" and attrs.get("data-card-appearance") == "inline" and attrs.get("href"):
            return node("inlineCard", url=clean(attrs["href"]))
        elif name == "ac:link":
            user = element.first("ri:user")
            account = user.attrs.get("ri:account-id", "") if user is not None else ""
            if account and len(element.elements) == 1:
                return node("mention", id=account, text=f"@{self._name_of(account) or account}")
        elif name == "ac:image" and (file := attachment_of(element))[0]:
            name, collection = file
            return node("mediaInline", type="file", id=name, collection=collection, alt=attrs.get("ac:alt") or name)
        return opaque(element, "inlineExtension")


def opaque(element: Element, type_: str) -> Node:
    """Return the node of what Markdown has no form for."""
    label = label_of(element)
    return node(type_, extensionType="storage", extensionKey=label, text=label)


def label_of(element: Element) -> str:
    """Return in a few words what an element is."""
    name = element.macro or element.name.removeprefix("ac:")
    if element.name == "ac:image":
        url = element.first("ri:url")
        name = "image"
        said = element.attrs.get("ac:alt") or (url.attrs.get("ri:value", "") if url is not None else "")
    elif element.macro:
        named = [element.parameter(key) for key in ("title", "key", "jqlQuery", "name", "page", "spaceKey", "")]
        body = element.body
        said = next((text for text in map(str.strip, named) if text), "") or (body.text if body is not None else "")
    else:
        said = element.text or " ".join(child.attrs.get("ri:content-title", "") for child in element.elements)
    said = clean(" ".join(said[:300].split()))
    return f"{name} {said}" if said else name


def attachment_of(image: Element) -> tuple[str, str]:
    """Return name of the file that an image shows and "" or where else than on this page it is; ("", "") for none."""
    attachment = image.first("ri:attachment")
    if attachment is None or not attachment.attrs.get("ri:filename"):
        return "", ""
    return clean(attachment.attrs["ri:filename"]), "elsewhere" if attachment.elements else ""


def _marked(made: Node, marks: list[Node]) -> Node:
    if marks:
        made["marks"] = marks
    return made


def _mark_of(element: Element) -> tuple[Node | None, Element | None]:
    """Return the mark that an element puts on its contents, and the element that holds these."""
    name, attrs = element.name, element.attrs
    if name in _MARKS:
        return {"type": _MARKS[name]}, element
    if name in ("sub", "sup"):
        return {"type": "subsup", "attrs": {"type": name}}, element
    if name == "a" and attrs.get("href") and attrs.get("data-card-appearance") != "inline":
        said = {"href": normalized(clean(attrs["href"]))}
        if attrs.get("title"):
            said["title"] = clean(attrs["title"])
        return {"type": "link", "attrs": said}, element
    if name == "ac:inline-comment-marker":
        said = {"id": attrs.get("ac:ref", ""), "annotationType": "inlineComment"}
        return {"type": "annotation", "attrs": said}, element
    if name == "ac:link":
        target = target_of(element)
        if target is None:
            return None, None
        return {"type": "link", "attrs": {"href": target.address}}, _link_body(element)
    if name in _OTHER_MARKS or (name == "a" and not attrs.get("href")):
        return _span_mark(attrs), element
    return None, None


def _link_body(link: Element) -> Element | None:
    return link.first("ac:link-body") or link.first("ac:plain-text-link-body")


def _span_mark(attrs: dict[str, str]) -> Node:
    found = {name.lower(): _hex(value) for name, value in _COLOUR.findall(attrs.get("style", ""))}
    if len(found) == 1:
        name, colour = found.popitem()
        if colour:
            return {"type": "textColor" if name == "color" else "backgroundColor", "attrs": {"color": colour}}
    return {"type": "element"}


def _hex(value: str) -> str:
    value = value.strip().lower()
    if _HEX.fullmatch(value):
        return value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])
    rgb = _RGB.fullmatch(value)
    return "#" + "".join(f"{min(int(part), 255):02x}" for part in rgb.groups()) if rgb else ""
