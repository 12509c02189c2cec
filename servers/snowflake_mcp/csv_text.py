"""Cells as CSV after RFC 4180, in which NULL and an empty text stay different."""

import re
from collections.abc import Sequence
from typing import Final

from snowflake_mcp.values import Json, text_of

_QUOTED: Final = re.compile(r'[",\r\n]|^\s|\s$')


def csv_line(cells: Sequence[Json]) -> str:
    """A line without its end: NULL is nothing, an empty text is "", text with a sign of CSV in it is quoted.

    A row of one NULL is an empty line.
    """
    return ",".join([csv_cell(value) for value in cells])


def csv_cell(value: Json) -> str:
    """One cell of such a line."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else text_of(value)
    if not text or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
