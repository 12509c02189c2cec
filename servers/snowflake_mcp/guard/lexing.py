"""The tokens of a statement, read more strictly than Snowflake or sqlglot read them.

Wherever two readers could disagree about where a string, a name or a comment ends, the statement is refused instead
of read one way: what is checked must be what is run. Lexical rules as in
https://docs.snowflake.com/en/sql-reference/data-types-text and .../sql-reference/identifiers-syntax.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from snowflake_mcp.guard.refusal import SPLIT, RefusedError

TokenKind = Literal["word", "name", "string", "number", "symbol"]

MAX_CHARACTERS: Final = 100_000
MAX_TOKENS: Final = 20_000
MAX_DEPTH: Final = 50
"""Brackets open at once: each costs the parser a dozen frames of its stack."""

_SHORTER = "Shorten the statement, or move parts of it into a view."
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_POSITION = re.compile(r"\$(?=\d)")
_NAME = re.compile(r'"(?:[^"]|"")*+"')
_STRING = re.compile(r"'(?:[^'\\]|''|\\[\s\S])*+'")
_DOLLAR_STRING = re.compile(r"\$\$(?:(?!\$\$)[\s\S])*+\$\$")
_SYMBOLS: Final = ("::", "||", "<=>", "<>", "!=", "<=", ">=", "=>", "->", *"()[]{},.;:+-*/%=<>?|^")
_REFUSED_SYMBOLS: Final = {
    "->>": ("chains statements with the flow operator ->>", "Run the statements one by one."),
    ":=": ("assigns a variable (:=)", "Scripting is not offered; write one query."),
    "{{": ("has a template placeholder", "Fill the template in first."),
    "{%": ("has a template placeholder", "Fill the template in first."),
    "{#": ("has a template placeholder", "Fill the template in first."),
    "@": ("refers to a stage (@)", "Files on stages are out of reach of every tool; load the data into a table first."),
    "!": ("has a command of a client or a method call (!)", "Write plain SQL."),
    "$": (
        "refers to a session variable ($name)",
        "Sessions have no variables here; write the value, or $1 for a column by position.",
    ),
    "&": ("has a variable of a client (&)", "Write the value itself."),
    "`": ("quotes with a backtick", 'Quote names with "double quotes".'),
    "\\": ("has a backslash outside of a string", "Remove it."),
    "#": ("has a character that SQL does not use (#)", "Comments begin with --."),
    "~": ("has a character that SQL does not use (~)", "Use RLIKE, or NOT."),
}
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_STRING_PREFIXES: Final = frozenset("BENRU")
_BREAKS: Final = "\x0b\x0c\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a statement: its text as written, and where it starts and ends (offset behind it)."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """A word in upper case; "" for anything else, so that a quoted name never counts as a keyword."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The identifier that a word or a quoted name stands for, as Snowflake resolves it."""
        return self.text[1:-1].replace('""', '"') if self.kind == "name" else self.text.upper()

    def is_symbol(self, *symbols: str) -> bool:
        """Whether it is one of these symbols."""
        return self.kind == "symbol" and self.text in symbols


def tokens_of(sql: str) -> tuple[Token, ...]:
    """The tokens of one statement, without comments and without the semicolon that ends it.

    Raises RefusedError for text of more than one statement, for what is not terminated, and for what is ambiguous.
    """
    if len(sql) > MAX_CHARACTERS:
        raise RefusedError(f"The statement has more than {MAX_CHARACTERS:,} characters", _SHORTER)
    found: list[Token] = []
    open_brackets: list[str] = []
    place = 0
    while place < len(sql):
        behind = _skipped(sql, place)
        if behind > place:
            place = behind
            continue
        token = _token_at(sql, place)
        _check_neighbour(token, found)
        _check_brackets(token, open_brackets)
        found.append(token)
        if len(found) > MAX_TOKENS:
            raise RefusedError(f"The statement has more than {MAX_TOKENS:,} words and signs", _SHORTER, place)
        place = token.end
    while found and found[-1].is_symbol(";"):
        del found[-1]
    _check_single(found)
    if open_brackets:
        raise RefusedError(f"A bracket {open_brackets[-1]} is not closed", "Close it.")
    return tuple(found)


def _check_single(found: list[Token]) -> None:
    if not found:
        raise RefusedError("There is no statement", "Write one query, like SELECT CURRENT_DATE().")
    for token in found:
        if token.is_symbol(";"):
            raise RefusedError(
                "There is more than one statement", "Send one statement a call, without scripting.", token.start
            )


def _skipped(sql: str, place: int) -> int:
    """The offset behind whitespace or a comment at `place`; `place` itself where there is none."""
    char = sql[place]
    if char in " \t\r\n":
        return place + 1
    if sql.startswith(("--", "//"), place):
        end = sql.find("\n", place)
        end = len(sql) if end < 0 else end
        _check_comment(sql, place, end, line=True)
        return end
    if sql.startswith("/*", place):
        end = sql.find("*/", place + 2)
        if end < 0:
            raise RefusedError("A comment is not closed", "End it with */.", place)
        _check_comment(sql, place, end, line=False)
        return end + 2
    return place


def _check_comment(sql: str, start: int, end: int, *, line: bool) -> None:
    body = sql[start + 2 : end]
    if not line and "/*" in body:
        raise RefusedError("A comment begins inside of a comment", "Remove the inner one.", start)
    if line and "\r" in body.removesuffix("\r"):
        raise RefusedError("A comment holds a carriage return", "End lines with a line feed.", start)
    _check_characters(body, start, formats=True)


def _check_characters(text: str, start: int, *, formats: bool) -> None:
    if text.isascii() and text.isprintable():
        return
    for offset, char in enumerate(text):
        category = unicodedata.category(char)
        hidden = category in ("Cs", "Zl", "Zp") or (category == "Cc" and char not in "\t\r\n")
        if hidden or char in _BREAKS or (formats and category == "Cf"):
            raise RefusedError(
                f"There is a character that does not show (U+{ord(char):04X})", "Remove it.", start + offset
            )


def _token_at(sql: str, place: int) -> Token:
    char = sql[place]
    if char == '"':
        return _quoted(sql, place, _NAME, "name", 'A name in double quotes is not closed, or holds a "')
    if char == "'":
        return _quoted(sql, place, _STRING, "string", "A string is not closed")
    if sql.startswith("$$", place):
        return _quoted(sql, place, _DOLLAR_STRING, "string", "A string in $$ is not closed")
    if word := _WORD.match(sql, place):
        if "$$" in word.group():
            raise RefusedError("A word holds $$", "Put a space before a string in $$.", place)
        return Token("word", word.group(), place, word.end())
    if number := _NUMBER.match(sql, place):
        return Token("number", number.group(), place, number.end())
    if _POSITION.match(sql, place):
        return Token("symbol", "$", place, place + 1)
    for symbol, (what, next_step) in _REFUSED_SYMBOLS.items():
        if sql.startswith(symbol, place) and not (symbol == "!" and sql.startswith("!=", place)):
            raise RefusedError(f"The statement {what}", next_step, place)
    for symbol in _SYMBOLS:
        if sql.startswith(symbol, place):
            return Token("symbol", symbol, place, place + len(symbol))
    raise RefusedError(
        f"There is a character outside of quotes that SQL does not use (U+{ord(char):04X})",
        'Write it inside of a string, or put the name in "double quotes".',
        place,
    )


def _quoted(sql: str, place: int, pattern: re.Pattern[str], kind: TokenKind, otherwise: str) -> Token:
    match = pattern.match(sql, place)
    if not match:
        raise RefusedError(otherwise, "Close it.", place)
    _check_characters(match.group(), place, formats=kind == "name")
    return Token(kind, match.group(), place, match.end())


def _check_neighbour(token: Token, before: list[Token]) -> None:
    """Refuse what is written without a gap and can be read as one token or as two."""
    if not before or before[-1].end != token.start:
        return
    last = before[-1]
    if last.kind == "number" and token.kind in ("word", "number", "name", "string"):
        raise RefusedError("A number runs into what follows", "Put a space between them.", token.start)
    if last.kind in ("string", "name") and token.kind in ("string", "name"):
        raise RefusedError("A string or a name runs into another", "Put a space between them.", token.start)
    if last.kind == "word" and token.kind == "string":
        if last.upper in _STRING_PREFIXES or token.text.startswith("$$"):
            raise RefusedError(f"A string has the prefix {last.text[:1]}", "Write a plain string.", last.start)
        if last.upper == "X" and not re.fullmatch("'[0-9A-Fa-f]*'", token.text):
            raise RefusedError("A binary string holds other than hexadecimal digits", "Correct it.", token.start)


def _check_brackets(token: Token, open_brackets: list[str]) -> None:
    if token.is_symbol("(", "[", "{"):
        open_brackets.append(token.text)
        if len(open_brackets) > MAX_DEPTH:
            raise RefusedError(f"More than {MAX_DEPTH} brackets are open at once", SPLIT, token.start)
    elif token.is_symbol(")", "]", "}") and (not open_brackets or open_brackets.pop() != _PAIRS[token.text]):
        raise RefusedError(f"A bracket {token.text} closes nothing", "Remove it, or open it.", token.start)
