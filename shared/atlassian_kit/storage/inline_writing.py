"""ADF's inline nodes to lines of storage format."""

from collections.abc import Sequence
from typing import Final

from atlassian_kit.adf.nodes import Node, attrs_of, is_script_link, iso_date, joined, marks_of, string
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.storage.links import Target, target_at
from atlassian_kit.storage.origins import Origin, origin_of
from atlassian_kit.storage.patching import opened, parameter_patch, patched
from atlassian_kit.storage.spelling import attribute, cdata, escaped
from atlassian_kit.storage.wording import Wording

_TAGS: Final = {"strong": "strong", "em": "em", "underline": "u", "strike": "del", "code": "code"}
_COLOURS: Final = {"textColor": "color", "backgroundColor": "background-color"}
_STATUS_COLOURS: Final = {"purple": "Purple", "blue": "Blue", "red": "Red", "yellow": "Yellow", "green": "Green"}


def line(nodes: Sequence[Node], before: Sequence[Node] = (), source: str = "") -> str:
    """Return inline nodes as storage format; what comes from a source unchanged as it stands there.

    `before` are the nodes that stood in their place, and `source` is what these were made of.
    """
    made = joined(list(nodes))
    return _LineWriter(Wording(before, made, source)).nodes(made)


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
    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def nodes(self, nodes: list[Node], applied: tuple[Node, ...] = ()) -> str:
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
            if origin_of(known) is None:
                known = self._wording.replaced_mark(known) or known
            out.append(self._wrapped(known, group, (*applied, mark, known)))
            position = longest
        return "".join(out)

    def _wrapped(self, mark: Node, group: list[Node], applied: tuple[Node, ...]) -> str:
        origin = origin_of(mark)
        if origin is not None and joined(group) == joined(origin.node.get("content", [])):
            self._wording.skip(group)
            return origin.raw
        inside = self.nodes(group, applied)
        if origin is not None and origin.element is not None:
            return _around(origin, inside, group, applied)
        return _tagged(mark, inside)

    def _leaf(self, node: Node) -> str:
        shown = self._wording.next(node)
        if node["type"] == "text":
            return shown
        origin = origin_of(node)
        if origin is not None:
            return origin.raw
        if node["type"] == "status":
            return _status(node, self._wording.replaced(node))
        return _atom(node)


def _around(origin: Origin, inside: str, group: list[Node], applied: tuple[Node, ...]) -> str:
    """Return an element of the source with other contents."""
    element, holder = origin.element, origin.holder
    if element is None:
        return inside
    if element.name != "ac:link":
        return f"{opened(element.start_tag)}{inside}</{element.name}>"
    plain = all(node["type"] == "text" and all(_in(mark, applied) for mark in marks_of(node)) for node in group)
    if holder is not None and holder.name == "ac:plain-text-link-body" and plain:
        text = "".join(string(node.get("text")) for node in group)
        body = f"<ac:plain-text-link-body>{cdata(text)}</ac:plain-text-link-body>"
    else:
        body = f"<ac:link-body>{inside}</ac:link-body>"
    source = element.source
    if holder is element or holder is None:
        resource = "".join(child.raw for child in element.elements)
        return f"{opened(element.start_tag)}{resource}{body}</ac:link>"
    return source[element.start : holder.start] + body + source[holder.end : element.end]


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
    if type_ == "hardBreak":
        return "<br />"
    if type_ == "mention":
        return f'<ac:link><ri:user ri:account-id="{attribute(string(attrs.get("id")))}" /></ac:link>'
    if type_ == "date":
        return f'<time datetime="{iso_date(attrs.get("timestamp"))}" />'
    if type_ == "inlineCard":
        url = string(attrs.get("url"))
        return f'<a href="{attribute(url)}" data-card-appearance="inline">{escaped(url)}</a>'
    if type_ == "emoji":
        return _emoji(attrs)
    if type_ == "mediaInline":
        return image(node, inline=True)
    return escaped(plain_text([node]))


def _status(node: Node, before: Node | None) -> str:
    """Return a status; what it took the place of keeps what Markdown does not show."""
    attrs = attrs_of(node)
    title, colour = string(attrs.get("text")), _STATUS_COLOURS.get(string(attrs.get("color")), "")
    origin = origin_of(before) if before is not None else None
    if before is None or origin is None or origin.element is None:
        return macro("status", {"title": title, "colour": colour})
    patches = [parameter_patch(origin.element, "title", title)]
    if attrs_of(before).get("color") != attrs.get("color"):
        patches.append(parameter_patch(origin.element, "colour", colour))
    return patched(origin.source, origin.start, origin.end, patches)


def _emoji(attrs: dict[str, object]) -> str:
    short_name, text = string(attrs.get("shortName")), string(attrs.get("text"))
    said = f'ac:emoji-shortname="{attribute(short_name)}" ac:emoji-id="{attribute(string(attrs.get("id")))}"'
    return f'<ac:emoticon ac:name="blue-star" {said} ac:emoji-fallback="{attribute(text or short_name)}" />'
