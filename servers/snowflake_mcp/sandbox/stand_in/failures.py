"""Errors as Snowflake words and numbers them, made out of those of the emulator.

Codes and SQL states as Snowflake answers them; clients look for the names in the texts. Nothing here needs the
emulator, so that it can be read and checked without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Failure(Exception):  # noqa: N818 - it is an answer, and goes over the wire as one
    """A statement that did not work: `code` has six digits, `message` is the text a client shows."""

    code: str
    sql_state: str
    message: str


CANCELED = Failure("000604", "57014", "SQL execution canceled")
NO_RESULT = Failure("000709", "02000", "Statement not found")


def unsupported(what: str) -> Failure:
    """Something that an account does and this stand-in cannot."""
    return Failure("000002", "0A000", f"SQL compilation error:\nUnsupported feature '{what}' (in the sandbox).")


def several_statements(count: int) -> Failure:
    """More statements in one request than the one that was announced."""
    return Failure("000008", "0A000", f"Actual statement count {count} did not match the desired statement count 1.")


def timed_out(seconds: float) -> Failure:
    """A statement that ran for longer than its own limit."""
    text = f"Statement reached its statement or warehouse timeout of {seconds:g} second(s) and was canceled."
    return Failure("000630", "57014", text)


def not_permitted(role: str, what: str) -> Failure:
    """A statement beyond what the role of the session may do."""
    text = f"SQL access control error:\nInsufficient privileges to operate on {what} (role {role} only reads)."
    return Failure("003001", "42501", text)


_COLUMN = re.compile(r'Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"')
_COLUMN_OF = re.compile(r'Table "[^"]+" does not have a column (?:named|with name) "([^"]+)"')
_FUNCTION = re.compile(r"(?:Scalar|Table|Aggregate)? ?Function with name \"?(\w+)\"? does not exist", re.IGNORECASE)
_ARGUMENTS = re.compile(r"No function matches the given name and argument types '(\w+)\((.*?)\)'")
_MISSING = re.compile(r'with name "?([^"\n]+?)"? does not exist')
_NO_CATALOG = re.compile(r'Catalog "([^"]+)" does not exist|Database "([^"]+)" (?:does not exist|not found)')
_EXISTS = re.compile(
    r'with name "?([^"\s]+?)"? already exists|is already attached by database "([^"]+)"', re.IGNORECASE
)
_NO_PLACE = re.compile(r"No catalog \+ schema named ")
_CAST = re.compile(r"Could not convert string '([^']*)' to (\w+)")
_VALUE = re.compile(r'invalid (date|timestamp|time) field format: "([^"]*)"', re.IGNORECASE)
_PLACE = re.compile(r"[Ll]ine (\d+), Col: (\d+)")
_UNCLOSED = re.compile(r"Values were not provided for the following prepared statement parameters")
_COUNT = re.compile(r"(?:has|expected) (\d+) columns but (\d+) values were supplied")


def _named(match: re.Match[str]) -> str:
    return next((name for name in match.groups() if name), "")


def from_message(errno: int, sql_state: str, message: str) -> Failure:
    """What Snowflake would say where the emulator said `message`.

    Unknown texts keep the emulator's own number and words.
    """
    head = "SQL compilation error:\n"
    if match := _COLUMN_OF.search(message) or _COLUMN.search(message):
        place = _caret(message)
        return Failure("000904", "42000", f"SQL compilation error: {place}\ninvalid identifier '{_named(match)}'")
    if match := _ARGUMENTS.search(message):
        text = f"error line 1 at position 0\nInvalid argument types for function '{match[1].upper()}': ({match[2]})"
        return Failure("001044", "42P13", f"SQL compilation error: {text}")
    if match := _FUNCTION.search(message):
        return Failure("002140", "42601", f"{head}Unknown function {match[1].upper()}.")
    if match := _EXISTS.search(message):
        return Failure("002002", "42710", f"{head}Object '{_named(match)}' already exists.")
    if _NO_PLACE.search(message):
        return Failure("002043", "02000", f"{head}Object does not exist, or operation cannot be performed.")
    if match := _NO_CATALOG.search(message) or _MISSING.search(message):
        return Failure("002003", "02000", f"{head}Object '{_named(match)}' does not exist or not authorized.")
    if match := _CAST.search(message):
        if match[2].startswith(("INT", "DECIMAL", "DOUBLE", "HUGEINT", "FLOAT")):
            return Failure("100038", "22018", f"Numeric value '{match[1]}' is not recognized")
        return Failure("100037", "22018", f"{match[2].title()} value '{match[1]}' is not recognized")
    if match := _VALUE.search(message):
        return Failure("100040", "22007", f"{match[1].title()} '{match[2]}' is not recognized")
    if match := _COUNT.search(message):
        text = f"Insert value list does not match column list expecting {match[1]} but got {match[2]}"
        return Failure("002020", "21S01", head + text)
    if _UNCLOSED.search(message):
        return Failure("002049", "42601", f"{head}Bind variable not set.")
    if errno == 9999:
        return unsupported(message.split(" not implemented", 1)[0])
    if errno == 1003:
        return _syntax(message)
    if errno == 100035:
        return Failure("100038", "22018", message.removeprefix("Conversion Error: "))
    if errno <= 0:
        return Failure("000603", "XX000", f"The sandbox could not process the statement: {message.strip()[:400]}")
    return Failure(f"{errno:06d}", sql_state or "42000", message.strip()[:600])


def _syntax(message: str) -> Failure:
    if message.startswith("SQL compilation error"):
        return Failure("001003", "42000", message)
    place = _PLACE.search(message)
    where = f"line {place[1]} at position {max(int(place[2]) - 1, 0)}" if place else "line 1 at position 0"
    reason = message.split(". Line", 1)[0].splitlines()[0][:200]
    return Failure("001003", "42000", f"SQL compilation error:\nsyntax error {where}: {reason}.")


def _caret(message: str) -> str:
    """`error line 1 at position 7`, from the line that the emulator shows with a caret beneath it."""
    lines = message.splitlines()
    for shown, beneath in pairwise(lines):
        if beneath.strip().startswith("^") and (line := re.match(r"LINE (\d+): ", shown)):
            return f"error line {line[1]} at position {max(beneath.index('^') - line.end(), 0)}"
    return "error line 1 at position 0"
