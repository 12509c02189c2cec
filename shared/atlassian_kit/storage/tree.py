"""Confluence's storage format as a tree of elements that know where in the text they stand.

Follows https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html: XHTML with elements
of the undeclared prefixes `ac`, `ri` and `at`, HTML's named entities, and text in CDATA sections. A tree
holds nothing but spans of the text it was made of, so whatever is not changed can be written as it was.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

_TOKEN: Final = re.compile(
    r"([^<]+)"  # text
    r"|</([A-Za-z_][\w:.\-]*+)\s*+>"  # end tag
    r"""|<([A-Za-z_][\w:.\-]*+)(?:\s++[^\s=<>/"']++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+\s*+(/?)>"""  # start tag
    r"|(<!\[CDATA\[.*?\]\]>)"
    r"|(<!--.*?-->|<\?.*?\?>)",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"""\s([^\s=<>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE: Final = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{0,31}));")
_ANY_TAG: Final = re.compile(r"<!\[CDATA\[|\]\]>|</?(p|h[1-6]|li|tr|div|br|ac:task|ac:layout-cell)\b[^<>]*>|<[^<>]*>")


class StorageSyntaxError(ValueError):
    """A text that is not in storage format, with the position (in characters) where that shows."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (at character {position})")
        self.reason = reason
        self.position = position


class Text:
    """A stretch of text between tags; `kind` is "text", "cdata" or "comment" (a processing instruction too)."""

    __slots__ = ("end", "kind", "source", "start")

    def __init__(self, source: str, start: int, end: int, kind: str = "text") -> None:
        self.source = source
        self.start = start
        self.end = end
        self.kind = kind

    @property
    def raw(self) -> str:
        """The text as it stands in the source."""
        return self.source[self.start : self.end]

    @property
    def text(self) -> str:
        """The characters that it stands for; "" for a comment."""
        if self.kind == "text":
            return unescaped(self.raw)
        return self.source[self.start + 9 : self.end - 3] if self.kind == "cdata" else ""


class Element:
    """An element with the spans of its source: `start`, `end` of all of it, `inner`, `inner_end` of its contents.

    The root of a tree has the name "" and no tags.
    """

    __slots__ = ("_attrs", "children", "end", "inner", "inner_end", "name", "source", "start")

    def __init__(self, name: str, source: str, start: int, inner: int) -> None:
        self.name = name
        self.source = source
        self.start = start
        self.inner = inner
        self.inner_end = inner
        self.end = inner
        self.children: list[Element | Text] = []
        self._attrs: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"<{self.name} {self.start}:{self.end}>"

    @property
    def raw(self) -> str:
        """The element as it stands in the source."""
        return self.source[self.start : self.end]

    @property
    def start_tag(self) -> str:
        """The start tag as it stands in the source; all of an element that is written as one tag."""
        return self.source[self.start : self.inner]

    @property
    def attrs(self) -> dict[str, str]:
        """The attributes with their prefixes (`ac:name`), references replaced."""
        if self._attrs is None:
            found = _ATTRIBUTE.findall(self.start_tag)
            self._attrs = {name: unescaped(one or other) for name, one, other in found}
        return self._attrs

    @property
    def elements(self) -> "list[Element]":
        """The elements that it holds directly."""
        return [child for child in self.children if isinstance(child, Element)]

    def first(self, name: str) -> "Element | None":
        """Return the first element of a name that it holds directly, None for none."""
        return next((child for child in self.children if isinstance(child, Element) and child.name == name), None)

    def walk(self) -> "Iterator[Element]":
        """Yield this element and all within it, in the order of their start tags."""
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))

    @property
    def text(self) -> str:
        """All characters within it, as they stand, without those of comments."""
        parts: list[str] = []
        waiting: list[Element | Text] = [self]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, Element):
                waiting.extend(reversed(piece.children))
            else:
                parts.append(piece.text)
        return "".join(parts)

    # What the elements of macros have in common.

    @property
    def macro(self) -> str:
        """The name of the macro that it is, "" for any other element."""
        return self.attrs.get("ac:name", "") if self.name in ("ac:structured-macro", "ac:macro") else ""

    def parameter(self, name: str) -> str:
        """Return the text of a macro's parameter, "" for none; the default parameter has the name ""."""
        found = self.parameter_element(name)
        return found.text if found is not None else ""

    def parameter_element(self, name: str) -> "Element | None":
        """Return the element of a macro's parameter."""
        for child in self.elements:
            if child.name == "ac:parameter" and child.attrs.get("ac:name", "") == name:
                return child
        return None

    @property
    def body(self) -> "Element | None":
        """The element that holds a macro's rich text or plain text."""
        return self.first("ac:rich-text-body") or self.first("ac:plain-text-body")


def parse(source: str) -> Element:
    """Return the root of a text in storage format.

    Raises StorageSyntaxError for tags that are broken or do not match. References to entities that
    nobody knows count as text. Takes time in proportion to the text, however deep it is nested.
    """
    root = Element("", source, 0, 0)
    open_elements: list[Element] = []
    current = root
    children = root.children
    position = 0
    for match in _TOKEN.finditer(source):
        start = match.start()
        if start != position:
            break
        position = match.end()
        group = match.lastindex
        if group == 1:
            children.append(Text(source, start, position))
        elif group == 4:
            element = Element(match[3], source, start, position)
            children.append(element)
            if not match[4]:
                open_elements.append(current)
                current, children = element, element.children
        elif group == 2:
            if current.name != match[2] or current is root:
                expected = f"expected </{current.name}>" if open_elements else "nothing is open"
                raise StorageSyntaxError(f"</{match[2]}> closes nothing: {expected}", start)
            current.inner_end, current.end = start, position
            current = open_elements.pop()
            children = current.children
        else:
            children.append(Text(source, start, position, "cdata" if group == 5 else "comment"))
    if position != len(source):
        raise StorageSyntaxError(f"{source[position : position + 20]!r} is no tag", position)
    if open_elements:
        raise StorageSyntaxError(f"<{current.name}> is not closed", current.start)
    root.inner_end = root.end = len(source)
    return root


def unescaped(text: str) -> str:
    """Return a text with its references to characters replaced; what is no reference stays."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html5.get(f"{name};", match[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def bare_text(source: str) -> str:
    """Return the text of a source that need not be well-formed, a line for each block; for reading only."""
    text = _ANY_TAG.sub(lambda tag: "\n" if tag[1] else "", source)
    lines = (" ".join(line.split()) for line in unescaped(text).split("\n"))
    return "\n".join(line for line in lines if line)
