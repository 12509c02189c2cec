"""Change one member of a JSON text and leave every other character as it is."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mcp_suite.install.jsonc import JsonValue, Malformed, Member, Node, Parser

Keys = Sequence[str]
"""The keys that lead from the root to a member."""
Change = tuple[int, int, str]
"""From where, to where, and what stands there afterwards."""

_REST_OF_LINE = re.compile(
    r"(?:[ \t]*(?://[^\r\n]*|/\*(?:(?!\*/)[^\r\n])*\*/))+(?=[ \t]*(?:\r?\n|\Z))",
)
_LINE_ENDS = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_BLANKS = re.compile(r"[ \t]*")


class EditFailed(RuntimeError):  # noqa: N818 - says what happened
    """An edit would not have given what was meant; the text is unchanged."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON text whose root is an object."""

    text: str
    comments: bool
    root: Node

    @classmethod
    def parse(cls, text: str, *, comments: bool) -> Self:
        """Read a text; one without a value is an empty object after the comments that it has.

        Raises:
            Malformed: it is not JSON, or its root is not an object.
        """
        node = Parser(text, comments).document()
        if node is None:
            newline = _newline(text)
            gap = "" if not text.strip() or text.endswith("\n") else newline
            return cls.parse(f"{text if text.strip() else ''}{gap}{{}}{newline}", comments=comments)
        if node.members is None:
            raise Malformed("the document is not an object", text, node.start)
        return cls(text, comments, node)

    @property
    def value(self) -> dict[str, JsonValue]:
        """What the text says."""
        assert isinstance(self.root.value, dict)
        return self.root.value

    def section(self, name: str) -> dict[str, JsonValue]:
        """The object under a key of the root; empty when there is none.

        Raises:
            Malformed: it is something else, or stands there twice.
        """
        member = self._member(self.root, name)
        if member is None:
            return {}
        if not isinstance(member.node.value, dict):
            raise Malformed(f'"{name}" is not an object', self.text, member.node.start)
        return member.node.value

    def put(self, path: Keys, value: JsonValue) -> Self:
        """Set the member at `path`, with the objects above it that are missing.

        Raises:
            Malformed: something on the path is not an object, or a key on it stands there twice.
        """
        parent, flat, meant = self.root, False, _with(self.value, path, value)
        for depth, key in enumerate(path):
            # What is inside of an object on one line stays on that line.
            flat = flat or bool(parent.members and self._on_one_line(parent))
            member = self._member(parent, key)
            rest = path[depth + 1 :]
            if member is None:
                return self._changed(self._insertion(parent, key, _nested(rest, value), flat=flat), meant)
            if not rest:
                new = self._replacement(member, value, flat=flat)
                return self._changed([(member.node.start, member.node.end, new)], meant)
            parent = member.node
        raise ValueError("the path is empty")

    def drop(self, path: Keys) -> Self:
        """Remove the member at `path`; the same document when there is none.

        Raises:
            Malformed: as `put`.
        """
        parent = self.root
        for key in path[:-1]:
            member = self._member(parent, key)
            if member is None:
                return self
            parent = member.node
        member = self._member(parent, path[-1])
        return self if member is None else self._changed(self._removal(parent, member), _without(self.value, path))

    def _member(self, node: Node, key: str) -> Member | None:
        if node.members is None:
            raise Malformed("this is not an object", self.text, node.start)
        found = [member for member in node.members if member.key == key]
        if len(found) > 1:
            raise Malformed(f'"{key}" stands there twice', self.text, found[1].start)
        return found[0] if found else None

    def _changed(self, changes: Sequence[Change], meant: JsonValue) -> Self:
        pieces: list[str] = []
        done = 0
        for start, end, new in sorted(changes, key=lambda change: change[0]):
            pieces += [self.text[done:start], new]
            done = end
        text = "".join([*pieces, self.text[done:]])
        try:
            made = self.parse(text, comments=self.comments)
        except Malformed as error:
            raise EditFailed(str(error)) from error
        if made.value != meant:
            raise EditFailed("the edited text does not say what was meant")
        return made

    def _insertion(self, parent: Node, key: str, value: JsonValue, *, flat: bool) -> list[Change]:
        name, newline = json.dumps(key, ensure_ascii=False), _newline(self.text)
        if not parent.members:
            if flat:
                inside = self.text[parent.start + 1 : parent.end - 1]
                end = parent.start + 1 if inside.strip() else parent.end - 1
                return [(parent.start + 1, end, f"{name}{self._colon}{self._compact(value)}")]
            outer = self._indent_of_line(parent.start)
            inner = outer + self._unit
            place = self._after_comments(parent.start + 1)
            kept = self.text[place : parent.end - 1]
            closing = kept if kept.strip() or "\n" in kept else f"{newline}{outer}"
            member = f"{name}: {self._rendered(value, inner)}"
            return [(place, parent.end - 1, f"{newline}{inner}{member}{closing}")]
        last = parent.members[-1]
        comma: list[Change] = [(last.node.end, last.node.end, ",")] if last.comma is None else []
        trailing = "" if last.comma is None else ","
        end = last.node.end if last.comma is None else last.comma + 1
        if flat:
            gap = " " if self._colon == ": " else ""
            return [*comma, (end, end, f"{gap}{name}{self._colon}{self._compact(value)}{trailing}")]
        indent = self._indent_of_line(last.start)
        place = self._after_comments(end)
        return [*comma, (place, place, f"{newline}{indent}{name}: {self._rendered(value, indent)}{trailing}")]

    def _replacement(self, member: Member, value: JsonValue, *, flat: bool) -> str:
        old = member.node
        was_flat = bool(old.value) and isinstance(old.value, dict | list) and self._on_one_line(old)
        return self._compact(value) if flat or was_flat else self._rendered(value, self._indent_of_line(member.start))

    def _removal(self, parent: Node, member: Member) -> list[Change]:
        assert parent.members is not None
        text, index = self.text, parent.members.index(member)
        end = member.node.end if member.comma is None else member.comma + 1
        start = member.start
        if not text[text.rfind("\n", 0, start) + 1 : start].strip():
            # A comment behind what has a line of its own is about it.
            end = self._after_comments(end)
        ends_line = _LINE_ENDS.match(text, end)
        if ends_line or member.comma is not None:
            blanks = _BLANKS.match(text, end)
            end = blanks.end() if blanks else end
        if ends_line:
            start = len(text[:start].rstrip(" \t"))
            start -= len("\r\n") if text.endswith("\r\n", 0, start) else int(text.endswith("\n", 0, start))
        if len(parent.members) == 1:
            inside = text[parent.start + 1 : start] + text[end : parent.end - 1]
            return [(start, end, "")] if inside.strip() else [(parent.start + 1, parent.end - 1, "")]
        if member.comma is not None or index == 0:
            return [(start, end, "")]
        comma = parent.members[index - 1].comma
        assert comma is not None
        between = text[comma + 1 : start]
        return [(comma, comma + 1, ""), (start if between.strip() else comma + 1, end, "")]

    def _after_comments(self, position: int) -> int:
        """Where the comments that fill the rest of the line end; `position` when there are none."""
        found = _REST_OF_LINE.match(self.text, position) if self.comments else None
        return found.end() if found else position

    def _on_one_line(self, node: Node) -> bool:
        return "\n" not in self.text[node.start : node.end]

    def _indent_of_line(self, position: int) -> str:
        found = _BLANKS.match(self.text, self.text.rfind("\n", 0, position) + 1)
        return found[0] if found else ""

    @property
    def _unit(self) -> str:
        """The indentation of a level."""
        for member in self.root.members or ():
            indent = self._indent_of_line(member.start)
            if indent and not self._on_one_line(self.root):
                return indent
        return "  "

    @property
    def _colon(self) -> str:
        return ": " if re.search(r'":\s', self.text) or not self.root.members else ":"

    def _compact(self, value: JsonValue) -> str:
        separators = (", ", ": ") if self._colon == ": " else (",", ":")
        return json.dumps(value, ensure_ascii=False, separators=separators)

    def _rendered(self, value: JsonValue, indent: str) -> str:
        lines = json.dumps(value, ensure_ascii=False, indent=self._unit).split("\n")
        return f"{_newline(self.text)}{indent}".join(lines)


def _newline(text: str) -> str:
    found = re.search(r"\r?\n", text)
    return found[0] if found else "\n"


def _nested(path: Keys, value: JsonValue) -> JsonValue:
    for key in reversed(path):
        value = {key: value}
    return value


def _with(value: JsonValue, path: Keys, new: JsonValue) -> JsonValue:
    if not path:
        return new
    present = value if isinstance(value, dict) else {}
    return {**present, path[0]: _with(present.get(path[0]), path[1:], new)}


def _without(value: JsonValue, path: Keys) -> JsonValue:
    assert isinstance(value, dict)
    if len(path) == 1:
        return {key: item for key, item in value.items() if key != path[0]}
    return {**value, path[0]: _without(value[path[0]], path[1:])}
