"""Slack's `rich_text` blocks as Markdown: what people write in Slack's own editor comes as these.

Elements as in https://docs.slack.dev/reference/block-kit/blocks/rich-text-block. Texts in them are plain: Slack
writes no entities there, and a star is a star.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Final

from slack_mcp.text.markdown import Line, code_span, emphasised, fence, hang, link, literal, one_line, quote
from slack_mcp.text.mrkdwn import moment
from slack_mcp.text.names import Names, channel_mention, group_mention, user_mention
from slack_mcp.text.shapes import first_string, mapping, mappings, sequence, string, whole

_INDENT: Final = 4
"""Blanks a level of a list: enough to stand below the text of any item."""

_DEEPEST_LIST: Final = 8
_STYLES: Final = ("bold", "italic", "strike", "code")
_SKIN_TONE: Final = r"skin-tone-[2-6]"


def rich_text(block: Mapping[str, object], names: Names) -> str:
    """A `rich_text` block as Markdown of one or more paragraphs."""
    written = ""
    last = ""
    indent = -1
    for item in sequence(block.get("elements")):
        element = mapping(item)
        kind = string(element.get("type"))
        indent = min(max(whole(element.get("indent")), 0), indent + 1, _DEEPEST_LIST) if kind == _LIST else -1
        part = _element(element, kind, max(indent, 0), names) if element else literal(string(item))
        if not part.strip():
            continue
        joint = "" if not written else _joint(last, kind, part)
        written = f"{written.rstrip(chr(10)) if joint else written}{joint}{part.strip(chr(10))}"
        last = kind
    return written


_SECTION: Final = "rich_text_section"
_LIST: Final = "rich_text_list"
_QUOTE: Final = "rich_text_quote"
_CODE: Final = "rich_text_preformatted"


def _joint(before: str, after: str, text: str) -> str:
    """A line end where the next part begins a block of its own by itself, else a blank line."""
    if before == after == _LIST:
        return "\n"
    if before == _SECTION and (after in (_QUOTE, _CODE) or (after == _LIST and text.startswith("-"))):
        return "\n"
    return "\n\n"


def _element(element: Mapping[str, object], kind: str, indent: int, names: Names) -> str:
    if kind == _LIST:
        return _list(element, indent, names)
    if kind == _CODE:
        return fence(plain(element.get("elements"), names), string(element.get("language")))
    if kind == _QUOTE:
        return quote(inline(element.get("elements"), names).strip("\n"))
    if "elements" in element:
        text = inline(element.get("elements"), names)
        return quote(text.strip("\n")) if whole(element.get("border")) else text
    return inline([element], names)


def _list(element: Mapping[str, object], indent: int, names: Names) -> str:
    ordered = element.get("style") == "ordered"
    first = min(max(whole(element.get("offset")), 0), 999_999) + 1
    items: list[str] = []
    for number, item in enumerate(sequence(element.get("elements")), first):
        content = mapping(item).get("elements", [item])
        text = inline(content, names).strip("\n")
        items.append(hang(text, f"{number}." if ordered else "-", indent * _INDENT))
    text = "\n".join(items)
    return quote(text) if whole(element.get("border")) else text


def inline(elements: object, names: Names) -> str:
    """The elements of a section, a quote or an item as Markdown."""
    line = Line()
    for style, run in groupby(_items(elements), key=_style):
        bold, italic, strike, code = (name in style for name in _STYLES)
        if code:
            line.add(_linked_code(run, names))
        elif style:
            inner = Line()
            _add(run, names, inner)
            line.add(emphasised(str(inner), bold=bold, italic=italic, strike=strike))
        else:
            _add(run, names, line)
    return str(line)


def plain(elements: object, names: Names) -> str:
    """The text of elements without any markup, as it stands within code."""
    return "".join(_said(element, names) or string(element.get("url")) for element in _items(elements))


def _items(elements: object) -> list[Mapping[str, object]]:
    """Elements as objects; a bare text among them is taken for a text element."""
    return [mapping(item) or {"type": "text", "text": string(item)} for item in sequence(elements)]


def _style(element: Mapping[str, object]) -> frozenset[str]:
    style = mapping(element.get("style"))
    return frozenset(name for name in _STYLES if style.get(name) is True)


def _linked_code(run: Iterable[Mapping[str, object]], names: Names) -> str:
    """Code; a link in it is written as its address beside the code, for code shows no links."""
    line = Line()
    for is_link, part in groupby(run, key=lambda element: element.get("type") == "link"):
        elements = list(part)
        if not is_link:
            line.add(code_span("".join(_said(element, names) for element in elements)))
            continue
        for element in elements:
            url, said = string(element.get("url")), string(element.get("text"))
            line.add(code_span(said or url) + (f" ({link(url)})" if said and url and said != url else ""))
    return str(line)


def _add(run: Iterable[Mapping[str, object]], names: Names, line: Line) -> None:
    for is_text, part in groupby(run, key=lambda element: element.get("type") == "text"):
        if is_text:
            line.text("".join(string(element.get("text")) for element in part))
            continue
        for element in part:
            url = string(element.get("url"))
            if url and element.get("type") in ("link", "date"):
                line.add(link(url, _said(element, names)))
            else:
                line.text(_said(element, names))


def _said(element: Mapping[str, object], names: Names) -> str:
    """What an element shows, as literal text."""
    say = _SAYINGS.get(string(element.get("type")))
    return say(element, names) if say else _other(element, names)


def _emoji(element: Mapping[str, object], _names: Names) -> str:
    drawn = _drawn(string(element.get("unicode")))
    if drawn:
        return drawn
    name = one_line(string(element.get("name"))) or "emoji"
    tone = whole(element.get("skin_tone"))
    return f":{name}:" + (f":skin-tone-{tone}:" if tone and not re.search(_SKIN_TONE, name) else "")


def _drawn(unicode: str) -> str:
    """The characters of "1f44b-1f3fc"; empty when that is not an emoji's code."""
    if not re.fullmatch(r"[0-9a-fA-F]{2,6}(?:-[0-9a-fA-F]{2,6}){0,15}", unicode):
        return ""
    points = [int(part, 16) for part in unicode.split("-")]
    if points[-1] == 0x20E3:
        return "".join(map(chr, points)) if points[0] in (0x23, 0x2A, *range(0x30, 0x3A)) and len(points) < 4 else ""
    emoji = all(point in (0xA9, 0xAE, 0x200D) or 0x203C <= point <= 0x3299 or point >= 0x1F000 for point in points[:1])
    others = all(
        point == 0x200D or 0x203C <= point <= 0x3299 or point in (0xFE0E, 0xFE0F) or 0x1F000 <= point <= 0xE007F
        for point in points[1:]
    )
    return "".join(map(chr, points)) if emoji and others and max(points) <= 0xE007F else ""


def _date(element: Mapping[str, object], _names: Names) -> str:
    return string(element.get("fallback")) or moment(element.get("timestamp")) or string(element.get("timestamp"))


def _other(element: Mapping[str, object], names: Names) -> str:
    """An element that is not known here: what it says of itself, else its kind and id."""
    said = first_string(element, "text", "title", "label", "name", "display_name", "fallback", "value")
    if not said and "elements" in element:
        said = _within(element, names, 0)
    url = string(element.get("url"))
    if said or url:
        return f"{said} ({url})" if said and url else said or url
    ids = [string(value) for key, value in element.items() if key.endswith("id")]
    return "[" + " ".join(part for part in (string(element.get("type")), *ids) if part) + "]"


def _within(element: Mapping[str, object], names: Names, depth: int) -> str:
    """The texts of elements in an element of an unknown kind."""
    parts = mappings(element.get("elements"))
    if not parts or depth > _DEEPEST_LIST:
        say = _SAYINGS.get(string(element.get("type")))
        return say(element, names) if say else first_string(element, "text", "name", "url")
    return "".join(_within(part, names, depth + 1) for part in parts)


_SAYINGS: Final[Mapping[str, Callable[[Mapping[str, object], Names], str]]] = {
    "text": lambda element, _: string(element.get("text")),
    "link": lambda element, _: string(element.get("text")),
    "user": lambda element, names: user_mention(string(element.get("user_id")), names),
    "channel": lambda element, names: channel_mention(string(element.get("channel_id")), names),
    "usergroup": lambda element, names: group_mention(string(element.get("usergroup_id")), names),
    "broadcast": lambda element, _: "@" + (string(element.get("range")) or "here"),
    "emoji": _emoji,
    "date": _date,
    "color": lambda element, _: string(element.get("value")),
    "team": lambda element, _: "team " + string(element.get("team_id")),
}
