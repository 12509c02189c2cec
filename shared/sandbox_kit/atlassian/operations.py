"""Finds what is written of an operation by its method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property


class Operations:
    """A table of operations such as "GET /issue/{}, PUT /issue/{}" and what is written of them.

    A path without a variable part goes before one with. The table is read when it is first asked.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table

    def find(self, method: str, path: str) -> str | None:
        """What is written of the operation; `path` is unquoted and without the query."""
        return next((text for pattern, text in self._by_method.get(method, ()) if pattern.fullmatch(path)), None)

    @cached_property
    def _by_method(self) -> dict[str, list[tuple[re.Pattern[str], str]]]:
        found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        named = [(operation, text) for names, text in self._table.items() for operation in names.split(", ")]
        for operation, text in sorted(named, key=lambda each: each[0].count("{}")):
            method, _, template = operation.partition(" ")
            found.setdefault(method, []).append((re.compile(template.replace("{}", "[^/]+")), text))
        return found
