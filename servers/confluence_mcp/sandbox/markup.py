"""The source of a body in storage format: whether it is well-formed, and where in it things are.

A body is kept as it was sent. What has to change in one – the mark of an inline comment, the state of a task – is
changed in the source, so that every other byte stays. Offsets are of bytes in UTF-8.
Documentation: confluence.atlassian.com/doc/confluence-storage-format-790796544.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import name2codepoint
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate, errors

from confluence_mcp.sandbox.errors import bad_request

MARKER = "ac:inline-comment-marker"
_WRAPPER = b"<xml>"
_PREFIXES = frozenset({"ac", "ri", "at", "xml", "xmlns"})
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "s", "small", "span", "strike", "strong"),
        *("sub", "sup", "time", "tt", "u", "ac:link", "ac:link-body", "ac:plain-text-link-body", "ri:user", MARKER),
    }
)
_SILENT = frozenset(
    {"ac:parameter", "ac:plain-text-body", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-attribute"}
)
"""Elements whose characters are none of the page's words that can be marked."""


@dataclass(slots=True)
class Element:
    """An element of the source: its whole span, and that of what is inside."""

    name: str
    attributes: dict[str, str]
    parent: Element | None
    start: int
    inner_start: int = 0
    inner_end: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the source. `plain` ones are there byte for byte; others stand for a named character."""

    text: str
    start: int
    end: int
    plain: bool


@dataclass(slots=True)
class Source:
    """A scanned body: its bytes, its elements in their order, and the pieces of its words."""

    content: bytes
    elements: list[Element] = field(default_factory=list[Element])
    pieces: list[Piece] = field(default_factory=list[Piece])

    def named(self, name: str) -> Iterator[Element]:
        """The elements of that name."""
        return (each for each in self.elements if each.name == name)

    def inside(self, element: Element) -> str:
        """The source of what is inside an element."""
        return self.content[element.inner_start : element.inner_end].decode()

    def replaced(self, changes: list[tuple[int, int, str]]) -> str:
        """The source with spans replaced, which must not overlap."""
        content = self.content
        for start, end, text in sorted(changes, key=lambda each: (each[0], each[1]), reverse=True):
            content = content[:start] + text.encode() + content[end:]
        return content.decode()


def scan(body: str) -> Source:
    """Read a body; 400 in the vendor's wording when it is not well-formed."""
    content = body.encode("utf-8", "replace")
    scanner = _Scanner(content)
    scanner.run()
    return scanner.source


class _Scanner:
    """Follows the events of the parser, which sees the body inside an element `xml`, as the vendor's does."""

    def __init__(self, content: bytes) -> None:
        self.source = Source(content)
        self._open: list[Element] = []
        self._starting: Element | None = None
        self._silent = 0
        self._parser = ParserCreate("utf-8")
        self._parser.UseForeignDTD(True)  # so that named characters are told of, and are no error
        self._parser.ordered_attributes = False
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.SkippedEntityHandler = self._named_character
        self._parser.StartCdataSectionHandler = self._verbatim
        self._parser.EndCdataSectionHandler = self._no_longer_verbatim
        self._parser.CommentHandler = self._touch
        self._parser.ProcessingInstructionHandler = self._touch

    def run(self) -> None:
        try:
            self._parser.Parse(_WRAPPER + self.source.content + b"</xml>", True)
        except ExpatError as trouble:
            raise self._refusal(self._explain(trouble), trouble.lineno, trouble.offset) from None

    @property
    def _at(self) -> int:
        return self._parser.CurrentByteIndex - len(_WRAPPER)

    def _touch(self, *_: object) -> None:
        """Something else begins here, so the start tag before it ended here."""
        if self._starting is not None:
            self._starting.inner_start = self._at
            self._starting = None

    def _verbatim(self) -> None:
        """No mark can be set inside a CDATA section."""
        self._touch()
        self._silent += 1

    def _no_longer_verbatim(self) -> None:
        self._silent -= 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._touch()
        for each in (name, *attributes):
            prefix, colon, local = each.partition(":")
            if colon and (prefix not in _PREFIXES or not local):
                raise self._refusal(f'Undeclared namespace prefix "{prefix}"')
        element = Element(name, attributes, self._open[-1] if self._open else None, self._at)
        if self._open:
            self.source.elements.append(element)
        self._open.append(element)
        self._starting = element
        self._silent += name in _SILENT
        self._break(name)

    def _end(self, name: str) -> None:
        element = self._open.pop()
        if not self._open:  # the element around the body
            self._touch()
            return
        if self._starting is element and self.source.content[self._at : self._at + 2] != b"</":
            # An empty element: the parser tells of its end where it begins.
            element.inner_start = element.inner_end = element.end = self._tag_end(element.start)
            self._starting = None
        else:
            self._touch()
            element.inner_end = self._at
            element.end = self._tag_end(self._at)
        self._silent -= name in _SILENT
        self._break(name)

    def _tag_end(self, start: int) -> int:
        """Where the tag ends that begins here; a quoted value may hold a bracket."""
        quote = 0
        for place in range(start, len(self.source.content)):
            byte = self.source.content[place]
            if quote:
                quote = 0 if byte == quote else quote
            elif byte in b"\"'":
                quote = byte
            elif byte == ord(">"):
                return place + 1
        return len(self.source.content)

    def _characters(self, text: str) -> None:
        self._touch()
        start = self._at
        raw = text.encode()
        if self.source.content[start : start + 1] == b"&" and not self._silent:
            self._add(text, start, self.source.content.index(b";", start) + 1, plain=False)
        elif self.source.content[start : start + len(raw)] == raw:
            self._add(text, start, start + len(raw), plain=True)
        else:  # a line break of two characters
            self._add(text, start, start + len(raw) + 1, plain=False)

    def _named_character(self, name: str, is_parameter: bool) -> None:
        del is_parameter
        self._touch()
        if name not in name2codepoint:
            raise self._refusal(f'Undeclared general entity "{name}"')
        start = self._at
        self._add(chr(name2codepoint[name]), start, start + len(name) + 2, plain=False)

    def _add(self, text: str, start: int, end: int, *, plain: bool) -> None:
        if not self._silent:
            self.source.pieces.append(Piece(text, start, end, plain))

    def _break(self, name: str) -> None:
        """Words on both sides of a block do not belong together."""
        if name not in _INLINE and not self._silent:
            self.source.pieces.append(Piece("\n\n", self._at, self._at, plain=False))

    def _explain(self, trouble: ExpatError) -> str:
        what = ErrorString(trouble.code)
        inside = self._open[-1].name if self._open else "xml"
        start = max(0, self._parser.ErrorByteIndex - len(_WRAPPER))
        rest = self.source.content[start:].decode("utf-8", "replace")
        if what == errors.XML_ERROR_TAG_MISMATCH:
            closing = rest.removeprefix("</").split(">")[0].strip()[:100] or "xml"
            return f"Unexpected close tag </{closing}>; expected </{inside}>."
        if what == errors.XML_ERROR_DUPLICATE_ATTRIBUTE:
            return f"Duplicate attribute '{rest.partition('=')[0].strip()[:100]}'."
        if what in (errors.XML_ERROR_INVALID_TOKEN, errors.XML_ERROR_SYNTAX) and rest:
            return f"Unexpected character '{rest[0]}' (code {ord(rest[0])}) in content"
        return f"Unexpected end of input block in element <{inside}> ({what})"

    def _refusal(self, message: str, line: int = 0, column: int = -1) -> Exception:
        line = line or self._parser.CurrentLineNumber
        column = self._parser.CurrentColumnNumber if column < 0 else column
        column = max(0, column - len(_WRAPPER)) if line == 1 else column
        return bad_request(
            f"Error parsing xhtml: {message}\n at [row,col {{unknown-source}}]: [{line},{column + 1}]",
            code="BAD_REQUEST",
        )
