"""ADF's inline nodes to lines of storage format."""

from collections.abc import Sequence
from typing import Final

from atlassian_kit.adf.nodes import Node, attrs_of, is_script_link, iso_date, joined, marks_of, string
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.storage.links import Target, target_at
from atlassian_kit.storage.origins import Origin, is_untouched, origin_of
from atlassian_kit.storage.spelling import USUAL, Spelling, attribute, cdata, escaped

_TAGS: Final = {"strong": "strong", "em": "em", "underline": "u", "strike": "del", "code": "code"}
_COLOURS: Final = {"textColor": "color", "backgroundColor": "background-color"}
_STATUS_COLOURS: Final = {"purple": "Purple", "blue": "Blue", "red": "Red", "yellow": "Yellow", "green": "Green"}


def line(nodes: Sequence[Node], spelling: Spelling = USUAL) -> str:
    """Return inline nodes as storage format; what comes from a source unchanged as it stands there."""
    return _LineWriter(spelling).nodes(joined(list(nodes)), 0)


def macro(name: str, parameters: dict[str, str], body: str = "") -> str:
    """Return a macro; `body` is the element of its body."""
    said = "".join(
        f'<ac:parameter ac:name="{attribute(key)}">{escaped(value)}</ac:parameter>'
        for key, value in parameters.items()
        if value
    )
    return f'<ac:structured-macro ac:name="{attribute(name)}" ac:schema-version="1">{said}{body}</ac:structured-macro>'


def image(media: Node, caption: str = "", *, inline: bool = False) -> str:
    """Return a picture of the web or of an attached file."""
    attrs = attrs_of(media)
    name, url = string(attrs.get("id")), string(attrs.get("url"))
    alt = string(attrs.get("alt"))
    said = ' ac:inline="true"' if inline else ""
    said += f' ac:alt="{attribute(alt)}"' if alt else ""
    resource = Target("attachment", name).resource if name else f'<ri:url ri:value="{attribute(url)}" />'
    shown = f"<ac:caption><p>{escaped(caption)}</p></ac:caption>" if caption else ""
    return f"<ac:image{said}>{resource}{shown}</ac:image>"


class _LineWriter:
    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling

    def nodes(self, nodes: list[Node], level: int, applied: tuple[Node, ...] = ()) -> str:
        out: list[str] = []
        position = 0
        while position < len(nodes):
            left = [mark for mark in marks_of(nodes[position]) if not _in(mark, applied)]
            if not left:
                out.append(self._leaf(nodes[position]))
                position += 1
                continue
            ends = [_extent(nodes, position, mark, applied) for mark in left]
            longest = max(ends)
            mark = left[ends.index(longest)]
            group = nodes[position:longest]
            known = next(
                (found for node in group for found in marks_of(node) if _same(found, mark) and origin_of(found)), mark
            )
            out.append(self._wrapped(known, group, level, (*applied, known)))
            position = longest
        return "".join(out)

    def _wrapped(self, mark: Node, group: list[Node], level: int, applied: tuple[Node, ...]) -> str:
        origin = origin_of(mark)
        if origin is not None and joined(group) == joined(origin.node.get("content", [])):
            return origin.raw
        inside = self.nodes(group, level + 1, applied)
        if origin is not None and origin.element is not None:
            return _around(origin, inside, group, applied)
        return _tagged(mark, inside)

    def _leaf(self, node: Node) -> str:
        if node["type"] == "text":
            return escaped(string(node.get("text")), self._spelling)
        origin = origin_of(node)
        if origin is not None and (is_untouched(node) or origin.holder is None):
            return origin.raw
        return _atom(node)


def _around(origin: Origin, inside: str, group: list[Node], applied: tuple[Node, ...]) -> str:
    """Return an element of the source with other contents."""
    element, holder = origin.element, origin.holder
    if element is None:
        return inside
    if element.name != "ac:link":
        tag = element.start_tag
        return f"{tag.removesuffix('/>').rstrip() + '>' if tag.endswith('/>') else tag}{inside}</{element.name}>"
    plain = all(node["type"] == "text" and len(marks_of(node)) <= len(applied) for node in group)
    if holder is not None and holder.name == "ac:plain-text-link-body" and plain:
        body = f"<ac:plain-text-link-body>{cdata(plain_text(_bare(group)))}</ac:plain-text-link-body>"
    else:
        body = f"<ac:link-body>{inside}</ac:link-body>"
    source = element.source
    if holder is element or holder is None:
        resource = "".join(child.raw for child in element.elements)
        tag = element.start_tag
        tag = tag.removesuffix("/>").rstrip() + ">" if tag.endswith("/>") else tag
        return f"{tag}{resource}{body}</ac:link>"
    return source[element.start : holder.start] + body + source[holder.end : element.end]


def _bare(group: list[Node]) -> list[Node]:
    return [{"type": "paragraph", "content": [{"type": "text", "text": node["text"]} for node in group]}]


def _in(mark: Node, marks: Sequence[Node]) -> bool:
    return any(_same(mark, other) for other in marks)


def _same(mark: Node, other: Node) -> bool:
    """Whether two marks can be one element: both of the same, or one new and like the other."""
    if mark is other:
        return True
    one, two = origin_of(mark), origin_of(other)
    if one is not None and two is not None:
        return one is two
    return mark["type"] == other["type"] and attrs_of(mark) == attrs_of(other)


def _extent(nodes: list[Node], start: int, mark: Node, applied: Sequence[Node]) -> int:
    """Return the position up to which nodes have a mark without interruption."""
    end = start + 1
    while end < len(nodes):
        found = next((other for other in marks_of(nodes[end]) if _same(other, mark)), None)
        if found is None or _in(found, applied):
            break
        # A new mark may join an element before or after it, but not two elements to each other.
        if origin_of(mark) is None and origin_of(found) is not None:
            mark = found
        end += 1
    return end


def _tagged(mark: Node, inside: str) -> str:
    type_, attrs = mark["type"], attrs_of(mark)
    if type_ in _TAGS:
        return f"<{_TAGS[type_]}>{inside}</{_TAGS[type_]}>"
    if type_ == "subsup" and attrs.get("type") in ("sub", "sup"):
        return f"<{attrs['type']}>{inside}</{attrs['type']}>"
    if type_ in _COLOURS:
        colour = string(attrs.get("color")).lstrip("#")
        parts = ",".join(str(int(colour[at : at + 2], 16)) for at in (0, 2, 4))
        return f'<span style="{_COLOURS[type_]}: rgb({parts});">{inside}</span>'
    if type_ == "link":
        return _link(string(attrs.get("href")), string(attrs.get("title")), inside)
    return inside


def _link(href: str, title: str, inside: str) -> str:
    target = target_at(href)
    if target is not None:
        body = f"<ac:link-body>{inside}</ac:link-body>"
        if inside == escaped(target.name) and target.kind != "attachment" and not target.identity:
            body = ""
        return f"{target.opening}{target.resource}{body}</ac:link>"
    if not href or is_script_link(href):
        return inside
    said = f' title="{attribute(title)}"' if title else ""
    return f'<a href="{attribute(href)}"{said}>{inside}</a>'


def _atom(node: Node) -> str:
    type_, attrs = node["type"], attrs_of(node)
    text = string(attrs.get("text"))
    if type_ == "hardBreak":
        return "<br />"
    if type_ == "mention":
        return f'<ac:link><ri:user ri:account-id="{attribute(string(attrs.get("id")))}" /></ac:link>'
    if type_ == "date":
        return f'<time datetime="{iso_date(attrs.get("timestamp"))}" />'
    if type_ == "status":
        colour = _STATUS_COLOURS.get(string(attrs.get("color")), "Grey")
        return macro("status", {"title": text, "colour": colour})
    if type_ == "inlineCard":
        url = string(attrs.get("url"))
        return f'<a href="{attribute(url)}" data-card-appearance="inline">{escaped(url)}</a>'
    if type_ == "emoji":
        return _emoji(attrs)
    if type_ == "mediaInline":
        return image(node, inline=True)
    return escaped(plain_text([node]))


def _emoji(attrs: dict[str, object]) -> str:
    short_name, text = string(attrs.get("shortName")), string(attrs.get("text"))
    said = f'ac:emoji-shortname="{attribute(short_name)}" ac:emoji-id="{attribute(string(attrs.get("id")))}"'
    return f'<ac:emoticon ac:name="blue-star" {said} ac:emoji-fallback="{attribute(text or short_name)}" />'
