"""Tokens of JQL, and the errors that Jira reports before it looks at the grammar.

Reserved words, reserved characters and escapes follow Atlassian's reference "Use advanced search with JQL".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .errors import JqlError, JqlSyntaxError

MAX_LENGTH: Final = 65_536
"""Characters of a query."""
MAX_DEPTH: Final = 64
"""Parentheses and NOTs around one another."""

_KEYWORDS: Final = {
    "and": "_AND",
    "or": "_OR",
    "not": "_NOT",
    "in": "_IN",
    "is": "_IS",
    "empty": "EMPTY",
    "null": "EMPTY",
    "order": "_ORDER",
    "by": "_BY",
    "asc": "ASC",
    "desc": "DESC",
    "cf": "_CF",
    "was": "HISTORY",
    "changed": "HISTORY",
    "from": "PREDICATE",
    "to": "PREDICATE",
    "on": "PREDICATE",
    "before": "PREDICATE",
    "after": "PREDICATE",
    "during": "PREDICATE",
}
_SYMBOLS: Final = {
    "(": "_LPAR",
    ")": "_RPAR",
    "[": "_LSQB",
    "]": "_RSQB",
    ",": "_COMMA",
    "!": "_BANG",
    "&": "_AND",
    "&&": "_AND",
    "|": "_OR",
    "||": "_OR",
}
RESERVED_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        abort access add alias all alter any as audit avg begin between boolean break byte catch char
        character check checkpoint collate collation column commit connect continue count create current
        date decimal declare decrement default defaults define delete delimiter difference distinct divide
        do double drop else encoding end equals escape exclusive exec execute exists explain false fetch
        field file first float for function go goto grant greater group having identified if immediate
        increment index initial inner inout input insert int integer intersect intersection into isempty
        isnull join last left less like limit lock long max min minus mode modify modulo more multiply next
        noaudit notin nowait number object of option outer output power previous prior privileges public
        raise raw remainder rename resource return returns revoke right row rowid rownum rows select session
        set share size sqrt start strict string subtract sum synonym table then trans transaction trigger
        true uid union unique update user validate values view when whenever where while with
        """,
    )
)

_RESERVED_CHARACTERS: Final = "{}*/%+^$#@?;"
_ILLEGAL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_ESCAPE: Final = r"""\\(?:u[0-9a-fA-F]{4}|[tnr\\'" ])"""
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_SYMBOL: Final = re.compile(r"&&|\|\||!=|!~|<=|>=|[=~<>!()\[\],&|]")
_WORD: Final = re.compile(
    rf"""(?:[^{_ILLEGAL} \t\r\n"'\\=~<>!()\[\],&|{re.escape(_RESERVED_CHARACTERS)}]|{_ESCAPE})+"""
)
_QUOTED_BODY: Final = {
    '"': re.compile(rf'(?:[^{_ILLEGAL}"\\]|{_ESCAPE})*'),
    "'": re.compile(rf"(?:[^{_ILLEGAL}'\\]|{_ESCAPE})*"),
}
_ESCAPED: Final = re.compile(_ESCAPE)
_INTEGER: Final = re.compile(r"-?[0-9]+")
_LONG: Final = 2**63

_VALID_ESCAPES: Final = r"""The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token: its type in the grammar, its text without quotes and escapes, and where it starts."""

    type: str
    text: str
    offset: int


def lexemes(text: str) -> Iterator[Lexeme]:
    """The tokens of a query, one by one; JqlError at the first thing that is none."""
    if len(text) > MAX_LENGTH:
        raise JqlError(f"The JQL query is too long: {len(text)} characters, at most {MAX_LENGTH} are accepted.")
    depth = 0
    negations = 0
    enclosing: list[int] = []
    for lexeme in _lexemes(text):
        match lexeme.type:
            case "_NOT" | "_BANG":
                negations += 1
                depth += 1
            case "_LPAR":
                enclosing.append(negations)
                negations = 0
                depth += 1
            case "_RPAR":
                depth -= negations
                negations = 0
                depth -= enclosing.pop() + 1 if enclosing else 0
            case _:
                depth -= negations
                negations = 0
        if depth > MAX_DEPTH:
            detail = f"The query nests parentheses and NOTs more than {MAX_DEPTH} levels deep."
            raise JqlSyntaxError(detail, text, lexeme.offset)
        yield lexeme


def _lexemes(text: str) -> Iterator[Lexeme]:
    offset = 0
    while offset < len(text):
        if space := _SPACE.match(text, offset):
            offset = space.end()
        elif word := _WORD.match(text, offset):
            yield _word(text, word.group(), offset)
            offset = word.end()
        elif symbol := _SYMBOL.match(text, offset):
            yield Lexeme(_SYMBOLS.get(symbol.group(), "RELATION"), symbol.group(), offset)
            offset = symbol.end()
        elif body := _QUOTED_BODY.get(text[offset]):
            end = _end_of_string(text, offset, body)
            yield Lexeme("QUOTED", _unescaped(text[offset + 1 : end]), offset)
            offset = end + 1
        else:
            raise _unreadable(text, offset)


def _word(text: str, word: str, offset: int) -> Lexeme:
    if _INTEGER.fullmatch(word):
        if len(word) > 20 or not -_LONG <= int(word) < _LONG:
            detail = (
                f"'{word}' is not a valid number. Numbers must be between -9,223,372,036,854,775,808 and"
                " 9,223,372,036,854,775,807."
            )
            raise JqlSyntaxError(detail, text, offset)
        return Lexeme("NUMBER", word, offset)
    lowered = word.lower()
    if lowered in RESERVED_WORDS:
        detail = f"'{word}' is a reserved JQL word. You must surround it in quotation marks to use it in a query."
        raise JqlSyntaxError(detail, text, offset)
    return Lexeme(_KEYWORDS.get(lowered, "WORD"), _unescaped(word), offset)


def _end_of_string(text: str, start: int, body: re.Pattern[str]) -> int:
    """Where the closing quote is."""
    match = body.match(text, start + 1)
    end = match.end() if match else start + 1
    if end == len(text):
        content = " ".join(text[start + 1 :].split("\n"))
        named = f" '{content}'" if content else ""
        raise JqlSyntaxError(f"The quoted string{named} has not been completed.", text, start)
    if text[end] != text[start]:
        raise _unreadable(text, end)
    return end


def _unreadable(text: str, offset: int) -> JqlSyntaxError:
    character = text[offset]
    if character == "\\":
        sequence = text[offset : offset + 2]
        if sequence == "\\":
            return JqlSyntaxError(f"The escape sequence has not been completed. {_VALID_ESCAPES}", text, offset)
        if sequence == "\\u":
            sequence = text[offset : offset + 3]
        return JqlSyntaxError(f"'{sequence}' is an illegal JQL escape sequence. {_VALID_ESCAPES}", text, offset)
    escape = f"\\u{ord(character):04x}"
    if character in _RESERVED_CHARACTERS:
        detail = (
            f"The character '{character}' is a reserved JQL character. You must enclose it in a string or use the"
            f" escape '{escape}' instead."
        )
        return JqlSyntaxError(detail, text, offset)
    line = text.count("\n", 0, offset) + 1
    position = offset - text.rfind("\n", 0, offset)
    detail = (
        f"The character 'U+{ord(character):04X}' on line {line} at position {position} must be escaped."
        f" Use the escape '{escape}' instead."
    )
    return JqlSyntaxError(detail, text, offset)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    decoded = _ESCAPED.sub(_character, text)
    # \ud83d\ude00 is one character to Jira, which counts in UTF-16; half of a pair is none.
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(escape: re.Match[str]) -> str:
    sequence = escape.group()[1:]
    if sequence[0] == "u":
        return chr(int(sequence[1:], 16))
    return {"t": "\t", "n": "\n", "r": "\r"}.get(sequence, sequence)
