"""The tree of a body in the storage format.

Documentation: confluence.atlassian.com/doc/confluence-storage-format-790796544.html. A body is a piece of XML
whose prefixes (ac, ri, at) nobody declares and which uses the named characters of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from html.entities import html5
from xml.parsers.expat import ExpatError, ParserCreate

_DEEPEST = 120
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_SPACE = re.compile(r"[ \t\r\n]+")
_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML has no place for."""


class InvalidBodyError(ValueError):
    """The body is not well-formed; the text says why."""


@dataclass(slots=True)
class Element:
    """An element with its attributes as they are written, prefix and all."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    content: list[Element | str] = field(default_factory=list["Element | str"])

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def children(self, *tags: str) -> Iterator[Element]:
        """The elements right inside, of these names if any are given."""
        for child in self.content:
            if isinstance(child, Element) and (not tags or child.tag in tags):
                yield child

    def child(self, *tags: str) -> Element | None:
        """The first of them."""
        return next(self.children(*tags), None)

    def every(self, *tags: str) -> Iterator[Element]:
        """The elements anywhere inside, in the order of the text."""
        for child in self.children():
            if not tags or child.tag in tags:
                yield child
            yield from child.every(*tags)

    def words(self) -> str:
        """All characters inside."""
        return "".join(child if isinstance(child, str) else child.words() for child in self.content)

    @property
    def macro(self) -> str:
        """Which macro this is; empty for anything else."""
        return self.get("ac:name") if self.tag in ("ac:structured-macro", "ac:macro") else ""

    def parameters(self) -> dict[str, str]:
        """What a macro was told; a parameter that holds elements reads as their source."""
        return {
            each.get("ac:name"): "".join(map(source, each.content)) if each.child() else each.words()
            for each in self.children("ac:parameter")
        }


def parse(body: str) -> Element:
    """The body below an element `body`. Raises `InvalidBodyError`."""
    root = Element("body")
    open_elements = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > _DEEPEST:
            raise InvalidBodyError(f"Error parsing xhtml: more than {_DEEPEST} elements inside each other")
        element = Element(tag, dict(attributes))
        open_elements[-1].content.append(element)
        open_elements.append(element)

    def end(_tag: str) -> None:
        open_elements.pop()

    def characters(text: str) -> None:
        content = open_elements[-1].content
        if content and isinstance(content[-1], str):
            content[-1] += text
        else:
            content.append(text)

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(f"<body>{_without_names(body)}</body>", True)
    except (ExpatError, UnicodeEncodeError) as trouble:
        raise InvalidBodyError(f"Error parsing xhtml: {trouble}") from trouble
    root.content = [each for child in root.children("body") for each in child.content]
    return root


def _without_names(body: str) -> str:
    parts = _CDATA.split(body)
    parts[::2] = [_ENTITY.sub(_character, part) for part in parts[::2]]
    return "".join(parts)


def _character(found: re.Match[str]) -> str:
    name = found[1]
    return found[0] if name in _OF_XML else html5.get(f"{name};", found[0])


def source(part: Element | str) -> str:
    """The part as storage format."""
    if isinstance(part, str):
        return text_source(part)
    return element(part.tag, part.attributes, *map(source, part.content))


def element(tag: str, attributes: Mapping[str, object] | None = None, *content: str) -> str:
    """An element around pieces that are source already; attributes that are None are left out."""
    named = "".join(
        f' {name}="{text_source(value)}"' for name, value in (attributes or {}).items() if value is not None
    )
    inner = "".join(content)
    return f"<{tag}{named}>{inner}</{tag}>" if inner else f"<{tag}{named} />"


def text_source(text: object) -> str:
    """Words as source: what has a meaning in XML is escaped, what has no place in it is left out."""
    return escape(_IN_XML.sub("", str(text))).replace("&#x27;", "'")


def cdata(text: str) -> str:
    """Words that keep their line breaks and need no escapes."""
    return "<![CDATA[" + _IN_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def collapsed(text: str) -> str:
    """White space as a browser shows it."""
    return _SPACE.sub(" ", text)
