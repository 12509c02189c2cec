"""Records of a CSV or JSON lines file, one after another: nothing is kept but the record at hand.

CSV as in RFC 4180, JSON lines as in https://jsonlines.org, both in UTF-8 or in UTF-16 with a mark of its byte order.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final, Literal, cast

from connector_kit.errors import InvalidInput, clean_text

Format = Literal["csv", "jsonl"]

MAX_LINE: Final = 16_000_000
"""Characters of one line, and of one cell."""
MAX_COLUMNS: Final = 1_000
DELIMITERS: Final = (",", ";", "\t", "|")
_SNIFFED: Final = 65_536
_SNIFFED_RECORDS: Final = 20
_SAVE: Final = "Save the file as UTF-8."
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Digits(str):
    """A number of a JSON file, with the digits that it has there."""

    __slots__ = ()


class Nested(str):
    """An object or an array of a JSON file, as JSON without blanks."""

    __slots__ = ()


Cell = str | bool | None
"""A value: None for one that is not there. Text of a CSV file; `Digits`, `Nested`, text or a boolean of a JSON one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: `encoding` as Python calls it, `delimiter` and `header` for CSV only."""

    format: Format
    encoding: str
    delimiter: str = ""
    header: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record by the columns' names; `line` is where it begins, counted from 1."""

    line: int
    cells: Mapping[str, Cell]


def layout_of(head: bytes, *, name: str = "", delimiter: str = "") -> Layout:
    """How a file is written, by its first bytes (64 KB are enough) and, for the format, the end of its name.

    Raises:
        InvalidInput: it is empty, not text, in another encoding, or no file of that kind.
    """
    encoding = _encoding(head)
    text = _decoded(head[:_SNIFFED], encoding)
    if not text.strip():
        raise InvalidInput("The file is empty.")
    if _format(text, name) == "jsonl":
        return Layout("jsonl", encoding)
    if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InvalidInput(
            "That cannot separate cells.", fields={"delimiter": "is one character, no quote or line end"}
        )
    return Layout("csv", encoding, delimiter or _delimiter(text))


def records(source: IO[bytes], layout: Layout) -> Iterator[Record]:
    """The records of a file, in order. `source` stays open.

    A CSV cell that is empty is None, one that is "" in quotes is empty text, \\N is None; lines without anything are
    passed over. Records of a CSV file without a header have the columns C1, C2 and so on.

    Raises:
        InvalidInput: the file breaks a rule of its format; the line is named.
    """
    text = io.TextIOWrapper(source, encoding=layout.encoding, errors="strict", newline="")
    try:
        yield from _csv(text, layout) if layout.format == "csv" else _json_lines(text)
    finally:
        text.detach()


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise InvalidInput("The file is in UTF-32.", next_step=_SAVE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\x00" in head:
        raise InvalidInput("The file is not text, or in an encoding that does not say so.", next_step=_SAVE)
    return "utf-8"


def _decoded(head: bytes, encoding: str) -> str:
    """The text of the first bytes, less a character that is cut."""
    text = head.decode(encoding, "ignore")
    return text if len(head) < _SNIFFED or "\n" not in text else text[: text.rindex("\n") + 1]


def _format(text: str, name: str) -> Format:
    if name.lower().endswith((".jsonl", ".ndjson", ".json")):
        return "jsonl"
    if name.lower().endswith((".csv", ".tsv")):
        return "csv"
    return "jsonl" if text.lstrip().startswith("{") else "csv"


def _delimiter(text: str) -> str:
    """The sign that gives the first records most cells, the same number in each; a comma if there is none."""
    best, most = ",", 1
    for delimiter in DELIMITERS:
        counts: list[int] = []
        try:
            for _, cells in _rows(io.StringIO(text, newline=""), delimiter):
                counts.append(len(cells))
                if len(counts) == _SNIFFED_RECORDS:
                    break
        except InvalidInput:
            counts = counts[:-1]
        if counts and counts[0] > most and len(set(counts)) == 1:
            best, most = delimiter, counts[0]
    return best


def _lines(text: IO[str]) -> Iterator[str]:
    """Lines with their ends, and a clear word on what is no text."""
    number = 0
    while True:
        number += 1
        try:
            line = text.readline(MAX_LINE + 1)
        except UnicodeError:
            raise InvalidInput(
                f"Line {number:,} or one soon after it is not in the encoding of the file.", next_step=_SAVE
            ) from None
        if len(line) > MAX_LINE:
            raise InvalidInput(f"Line {number:,} has more than {MAX_LINE:,} characters.")
        if "\x00" in line:
            raise InvalidInput(f"Line {number:,} holds a zero byte: the file is not text.", next_step=_SAVE)
        if not line:
            return
        yield line


def _csv(text: IO[str], layout: Layout) -> Iterator[Record]:
    rows = _rows(text, layout.delimiter)
    names: list[str] = []
    for line, cells in rows:
        if not names:
            names = _header(cells) if layout.header else [f"C{place}" for place in range(1, len(cells) + 1)]
            if len(names) > MAX_COLUMNS:
                raise InvalidInput(f"The file has {len(names):,} columns; at most {MAX_COLUMNS:,} are loaded.")
            if layout.header:
                continue
        if len(cells) != len(names):
            raise InvalidInput(
                f"Line {line:,} has {len(cells):,} cell{'s' * (len(cells) != 1)}, and the first line {len(names):,}.",
                next_step="Correct the line, or name the delimiter.",
            )
        yield Record(line, dict(zip(names, cells, strict=True)))


def _header(cells: Sequence[str | None]) -> list[str]:
    names = [(cell or "").strip() or f"COLUMN_{place}" for place, cell in enumerate(cells, 1)]
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise InvalidInput(
                f"The header has the column {clean_text(name, 80)!r} twice.",
                next_step="Rename one; for a file without a header give header=false.",
            )
        seen.add(name.casefold())
    return names


def _rows(text: IO[str], delimiter: str) -> Iterator[tuple[int, list[str | None]]]:
    """The cells of each record, and the line that it begins at. A quote inside of an unquoted cell is text."""
    quoted = re.compile(r'[^"]*(?:""[^"]*)*')
    number = 0
    cells: list[str | None] = []
    begun, size = 0, 0
    parts: list[str] | None = None  # of a quoted cell that is still open; its record began at the line `begun`
    for line in _lines(text):
        number += 1
        if parts is None and '"' not in line:
            plain = line.rstrip("\r\n")
            if plain:
                yield number, [None if not cell or cell == "\\N" else cell for cell in plain.split(delimiter)]
            continue
        place, end = 0, len(line.rstrip("\r\n"))
        if parts is None:
            begun, cells = number, []
        while True:
            if parts is None and line.startswith('"', place):
                parts, size, place = [], 0, place + 1
            if parts is not None:
                found = quoted.match(line, place)
                assert found is not None  # it matches nothing at least
                parts.append(found.group())
                size += len(found.group())
                if size > MAX_LINE:
                    raise InvalidInput(f"A cell of the record at line {begun:,} has more than {MAX_LINE:,} characters.")
                if found.end() == len(line):
                    break  # it goes on in the next line
                place = found.end() + 1
                if place < end and not line.startswith(delimiter, place):
                    raise InvalidInput(
                        f"Line {number:,} has text behind a closing quote.", next_step='Double each " inside of quotes.'
                    )
                cells.append("".join(parts).replace('""', '"'))
                parts = None
            else:
                stop = line.find(delimiter, place, end)
                stop = end if stop < 0 else stop
                cell = line[place:stop]
                cells.append(None if not cell or cell == "\\N" else cell)
                place = stop
            if place >= end:
                yield begun, cells
                break
            place += len(delimiter)
    if parts is not None:
        raise InvalidInput(
            f"A quote of the record at line {begun:,} is never closed.", next_step='Close it, or double each " in it.'
        )


def _json_lines(text: IO[str]) -> Iterator[Record]:
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        value = _parsed(line, number)
        if not isinstance(value, dict):
            kind = "is an array" if isinstance(value, list) else "is no object"
            raise InvalidInput(
                f"Line {number:,} {kind}: each line has to be a JSON object.",
                next_step="Write one object a line, without brackets around them.",
            )
        yield Record(number, {key: _cell(item) for key, item in cast("dict[str, object]", value).items()})


def _parsed(line: str, number: int) -> object:
    def refuse(constant: str) -> object:
        raise InvalidInput(f"Line {number:,} has {constant}, which is not JSON.")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise InvalidInput(f"Line {number:,} has an object that names a key twice.")
        return found

    try:
        value: object = json.loads(
            line, parse_float=Digits, parse_int=Digits, parse_constant=refuse, object_pairs_hook=unique
        )
        if "\\u" in line:
            compact(value).encode()
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"Line {number:,} is not JSON: {error.msg} at column {error.colno:,}.",
            next_step="Each line has to be a JSON object.",
        ) from None
    except UnicodeEncodeError:
        raise InvalidInput(f"Line {number:,} has one half of a character that takes two \\u escapes.") from None
    except RecursionError:
        raise InvalidInput(f"Line {number:,} is nested too deeply.") from None
    return value


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (bool, str)):
        return value
    return Nested(compact(value))


def compact(value: object) -> str:
    """A value of a JSON file as JSON without blanks; numbers keep their digits."""
    match value:
        case Digits() | Nested():
            return str(value)
        case dict():
            items = cast("dict[str, object]", value).items()
            return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{compact(item)}" for key, item in items) + "}"
        case list():
            return "[" + ",".join(map(compact, cast("list[object]", value))) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def is_json(text: str) -> bool:
    """Whether text is an object or an array of JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
