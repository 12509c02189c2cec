"""Tables inside of answers."""

from __future__ import annotations


def table_in(text: str) -> list[list[str]]:
    """The rows of the table inside the data mark, its headings first."""
    inside = text.partition('">\n')[2].partition("\n</data>")[0]
    return [[cell.strip() for cell in line.split(" | ")] for line in inside.splitlines() if " | " in line]
