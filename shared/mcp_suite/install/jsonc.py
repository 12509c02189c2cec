"""JSON text with the place of every value in it, so that it can be changed without being rewritten.

Reads RFC 8259 JSON and, where `comments` are allowed, what editors add to it: `//` and `/* */`
comments and a comma after the last element.
"""

import json
import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias, cast

JsonValue: TypeAlias = "bool | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_PLAIN_BLANK = re.compile(r"[ \t\r\n]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*[\s\S]*?\*/)*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}


class Malformed(ValueError):  # noqa: N818 - says what the text is
    """The text is not JSON, or not such as we change: the reason, and the place counted from 1."""

    def __init__(self, reason: str, text: str, position: int) -> None:
        """Find the line and the column of `position` in `text`."""
        self.line = text.count("\n", 0, position) + 1
        self.column = position - (text.rfind("\n", 0, position) + 1) + 1
        super().__init__(f"line {self.line}, column {self.column}: {reason}")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object: its key, where that begins, its value, and where the comma after it is."""

    key: str
    start: int
    node: "Node"
    comma: int | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the span of its text; `members` are an object's, in their order, and None for others."""

    start: int
    end: int
    value: JsonValue
    members: tuple[Member, ...] | None = None


@dataclass(frozen=True, slots=True)
class Parser:
    """A reader of one text."""

    text: str
    comments: bool

    def document(self) -> Node | None:
        """The one value of the text; None when there is none.

        Raises:
            Malformed: the text is something else.
        """
        position = self.blank(0)
        if position == len(self.text):
            return None
        try:
            node = self._value(position)
        except RecursionError:
            raise Malformed("it is nested too deeply", self.text, position) from None
        end = self.blank(node.end)
        if end != len(self.text):
            self._fail("something follows the end of the document", end)
        return node

    def blank(self, position: int) -> int:
        """Where white space, and comments where they are allowed, end."""
        found = (_BLANK if self.comments else _PLAIN_BLANK).match(self.text, position)
        return found.end() if found else position

    def _value(self, start: int) -> Node:
        match self.text[start : start + 1]:
            case "{":
                return self._object(start)
            case "[":
                return self._array(start)
            case '"':
                text, end = self._string(start)
                return Node(start, end, text)
            case _:
                return self._scalar(start)

    def _object(self, start: int) -> Node:
        members: list[Member] = []
        position = self.blank(start + 1)
        while self._at(position) != "}":
            if self._at(position) != '"':
                self._fail("a key in double quotes, or }, is missing", position)
            key, end = self._string(position)
            colon = self.blank(end)
            if self._at(colon) != ":":
                self._fail("a colon is missing after a key", colon)
            node = self._value(self.blank(colon + 1))
            comma, following = self._comma(node.end, "}")
            members.append(Member(key, position, node, comma))
            position = following
        value: JsonValue = {member.key: member.node.value for member in members}
        return Node(start, position + 1, value, tuple(members))

    def _array(self, start: int) -> Node:
        values: list[JsonValue] = []
        position = self.blank(start + 1)
        while self._at(position) != "]":
            node = self._value(position)
            values.append(node.value)
            _, position = self._comma(node.end, "]")
        return Node(start, position + 1, values)

    def _comma(self, end: int, closing: str) -> tuple[int | None, int]:
        """Where the comma after an element is, if there is one, and where the next thing begins."""
        position = self.blank(end)
        if self._at(position) == closing:
            return None, position
        if self._at(position) != ",":
            self._fail(f"a comma or {closing} is missing", position)
        following = self.blank(position + 1)
        if self._at(following) == closing and not self.comments:
            self._fail("a comma stands before the closing bracket", position)
        return position, following

    def _string(self, start: int) -> tuple[str, int]:
        found = _STRING.match(self.text, start)
        if found is None:
            self._fail("a string is not closed on its line, or holds a wrong escape", start)
        return cast("str", json.loads(found[0])), found.end()

    def _scalar(self, start: int) -> Node:
        found = _NUMBER.match(self.text, start)
        if found is not None:
            return Node(start, found.end(), float(found[0]))
        word = _WORD.match(self.text, start)
        if word is None or word[0] not in _WORDS:
            self._fail("a value is missing", start)
        return Node(start, word.end(), _WORDS[word[0]])

    def _at(self, position: int) -> str:
        return self.text[position : position + 1]

    def _fail(self, reason: str, position: int) -> NoReturn:
        if self.text.startswith(("//", "/*"), position):
            reason = "a comment is not closed" if self.comments else "comments are not allowed here"
        elif position == len(self.text):
            reason = f"the text ends too early ({reason})"
        raise Malformed(reason, self.text, position)
