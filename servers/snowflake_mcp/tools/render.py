"""A result as text: its columns once, its rows as JSON arrays, CSV or Markdown; marked as data, within a budget."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from connector_kit.output import ANSWER_BUDGET, clip, quoted, size
from snowflake_mcp.csv_text import csv_line
from snowflake_mcp.guard import written
from snowflake_mcp.values import BINARY_SHOWN, CELL_LIMIT, Json, cell, text_of

if TYPE_CHECKING:
    from snowflake_mcp.models import Column, Result

Format = Literal["rows", "csv", "markdown"]

ROOM: Final = ANSWER_BUDGET - 1_200
"""Bytes for the rows of an answer; the rest is for the cursor and what is said about them."""

_NAME_LIMIT: Final = 300
_SMALLER: Final = (CELL_LIMIT, 300, 100, 30, 10)
"""Characters of a cell, where a single row with longer ones would not fit."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rows as `text`, marked as data. `rows` says how many of them fit, `notes` what else was left out."""

    text: str
    rows: int
    notes: tuple[str, ...] = ()


def rendered(result: "Result", *, label: str, form: Format = "rows", budget: int = ROOM) -> Rendered:
    """The rows of a result, as many as fit in `budget` bytes; the first one always, shortened where it must be.

    In the form `rows` a line says the columns with their types, names as a statement would write them, and each row is
    a JSON array in one line; NULL is null. In CSV, after RFC 4180, NULL is nothing and an empty text is "". In
    Markdown NULL is NULL. Cells are those of `values.cell`: one that is longer than its limit is cut, and says so.
    `label` names the source in the mark of the data.
    """
    layout = _LAYOUTS[form]
    width, limit = _fitting(result, layout, budget)
    header = layout.header(result.columns[:width])
    lines = [header]
    used = size(header)
    cut = False
    for row in result.rows:
        cells = [cell(value, column.type, limit=limit) for value, column in _pairs(row, result.columns, width)]
        line = layout.line(cells)
        used += size(line) + 1
        if used > budget and len(lines) > 1:
            break
        lines.append(line)
        cut = cut or any(map(_is_cut, cells, row, [limit] * width))
    return Rendered(quoted(label, "\n".join(lines)), len(lines) - 1, tuple(_notes(result, width, limit, cut=cut)))


def columns_line(columns: "Sequence[Column]") -> str:
    """Names and types of columns in one line, names as a statement writes them: AMOUNT NUMBER(10,2), "a b" DATE."""
    names = [re.sub(r"\s", " ", clip(written(column.name), _NAME_LIMIT)) for column in columns]
    return ", ".join(f"{_visible(name)} {column.type}" for name, column in zip(names, columns, strict=True))


@dataclass(frozen=True, slots=True)
class _Layout:
    header: "Callable[[Sequence[Column]], str]"
    line: Callable[[Sequence[Json]], str]


def _pairs(row: Sequence[object], columns: "Sequence[Column]", width: int) -> "list[tuple[object, Column]]":
    return list(zip(row[:width], columns[:width], strict=True))


def _fitting(result: "Result", layout: _Layout, budget: int) -> tuple[int, int]:
    """How many columns, and characters of a cell, let the first row fit: all and the usual ones if they can."""
    width = len(result.columns)
    first = result.rows[0] if result.rows else ()
    while True:
        header = size(layout.header(result.columns[:width]))
        for limit in _SMALLER:
            cells = (
                [cell(value, column.type, limit=limit) for value, column in _pairs(first, result.columns, width)]
                if first
                else []
            )
            if header + size(layout.line(cells)) + 1 <= budget:
                return width, limit
        if width <= 1:
            return width, _SMALLER[-1]
        width = width // 2


def _is_cut(shown: Json, value: object, limit: int) -> bool:
    # What is not cut has at most `limit` characters; what is cut has these and its length.
    if isinstance(value, (bytes, bytearray)):
        return len(value) > BINARY_SHOWN
    return isinstance(shown, str) and len(shown) > limit


def _notes(result: "Result", width: int, limit: int, *, cut: bool) -> list[str]:
    notes: list[str] = []
    if not result.columns:
        notes.append("(The statement gives no columns.)")
    if width < len(result.columns):
        notes.append(f"(Only the first {width:,} of {len(result.columns):,} columns fit: select those that matter.)")
    if cut:
        notes.append(
            f"(Cells that end in … are cut after {limit:,} characters, or {BINARY_SHOWN} bytes, and say their length: "
            f"SUBSTR(column, {limit + 1}, {limit}) reads on, HEX_ENCODE shows binary.)"
        )
    return notes


def _rows_header(columns: "Sequence[Column]") -> str:
    return f"columns: {columns_line(columns)}" if columns else "columns: none"


def _rows_line(cells: Sequence[Json]) -> str:
    return _visible(json.dumps(list(cells), ensure_ascii=False, separators=(",", ":")))


def _visible(text: str) -> str:
    """JSON in which characters that do not show, and what looks like the mark of the data, are written as escapes."""
    return re.sub(
        r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]|<(?=\s*/?\s*data\b)",
        lambda found: "\\u003c" if found.group() == "<" else json.dumps(found.group())[1:-1],
        text,
        flags=re.IGNORECASE,
    )


def _csv_header(columns: "Sequence[Column]") -> str:
    return csv_line([_shown(column.name) for column in columns])


def _csv_line(cells: Sequence[Json]) -> str:
    return _shown(csv_line(cells))


def _shown(text: str) -> str:
    """Text in which a character that cannot be shown leaves a mark; lines end as in Unix."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text
    )


def _markdown_header(columns: "Sequence[Column]") -> str:
    names = _markdown_line([column.name for column in columns])
    return f"{names}\n|{' --- |' * len(columns)}"


def _markdown_line(cells: Sequence[Json]) -> str:
    return f"| {' | '.join(map(_markdown_cell, cells))} |"


def _markdown_cell(value: Json) -> str:
    if value is None:
        return "NULL"
    text = re.sub(r"([\\|])", r"\\\1", _shown(text_of(value)))
    return text.replace("\t", " ").replace("\n", "<br>")


_LAYOUTS: Final[dict[Format, _Layout]] = {
    "rows": _Layout(_rows_header, _rows_line),
    "csv": _Layout(_csv_header, _csv_line),
    "markdown": _Layout(_markdown_header, _markdown_line),
}
