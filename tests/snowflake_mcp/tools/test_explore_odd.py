"""Answers of an account that are not as documented, and any text in any argument: each call is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_kit.output import ANSWER_LIMIT, size
from connector_kit.testing.odd_json import POISON
from connector_kit.testing.texts import labels, spots, with_text
from snowflake_mcp.guard import examine
from snowflake_mcp.server import SERVER

from ..client.furnished import SHOWN, Furnished
from ..scripted_rules import Pattern, Rows, Rule, Stated
from ..wire_rows import ColumnSpec
from .conversation import Conversation, converse

Answer = tuple[list[str], list[list[object]]]

CALLS: dict[str, dict[str, Any]] = {
    "snowflake_search_objects": {"query": "orders total"},
    "snowflake_list_objects": {"kind": "tables"},
    "snowflake_describe_table": {"table": "orders", "sample": 3, "nulls": True},
    "snowflake_get_ddl": {"kind": "function", "name": "tax(NUMBER)"},
}
KINDS = ["databases", "schemas", "views", "dynamic tables", "functions", "tasks", "warehouses", "roles"]


def _poisoned(columns: list[str], rows: list[list[object]]) -> Answer:
    clean = POISON.encode("utf-8", "replace").decode()
    return columns, [[cell if cell is None else f"{cell}{clean}" for cell in row] for row in rows]


ODD: dict[str, Callable[[list[str], list[list[object]]], Answer]] = {
    "no rows": lambda columns, _: (columns, []),
    "nothing but null": lambda columns, rows: (columns, [[None] * len(columns) for _ in rows]),
    "other columns": lambda columns, rows: ([f"x_{name}" for name in columns], rows),
    "half of the columns": lambda columns, rows: (columns[::2], [row[::2] for row in rows]),
    "one column": lambda columns, rows: (columns[:1], [row[:1] for row in rows]),
    "columns of one name": lambda columns, rows: ([columns[0]] * len(columns), rows),
    "turned around": lambda columns, rows: (columns, [row[::-1] for row in rows]),
    "poisoned": _poisoned,
    "endless texts": lambda columns, rows: (columns, [["long " * 20_000] * len(columns) for _ in rows]),
    "no numbers": lambda columns, rows: (columns, [["-1" if isinstance(c, int) else c for c in row] for row in rows]),
    "each row twice": lambda columns, rows: (columns, [*rows, *rows]),
}


class Odd(Furnished):
    """The account, with every answer changed."""

    def __init__(self, change: Callable[[list[str], list[list[object]]], Answer]) -> None:
        self.change = change
        super().__init__()
        counted = [(f"C{place}", 7) for place in range(18)]
        self.answer("^SELECT COUNT", [name for name, _ in counted], [tuple(value for _, value in counted)])
        self.answer("LIMIT 3$", ["A"] * 6, [("a",) * 6])
        self.answer("GET_DDL", ["DDL"], [("create function",)])
        self.answer("SHOW (DYNAMIC|USER|TASKS|WARE|ROLES|VIEWS)", ["name", "arguments"], [("F", "F(NUMBER) RETURN X")])

    def answer(
        self,
        pattern: Pattern,
        columns: Sequence[ColumnSpec] = (),
        rows: Rows | Callable[[Stated], Rows] = (),
        *,
        kind: int | None = SHOWN,
        **others: Any,
    ) -> Rule:
        """As usual, but changed; every cell is text."""
        names = [column if isinstance(column, str) else column[0] for column in columns]

        def changed(statement: Stated) -> Rows:
            given = rows(statement) if callable(rows) else rows
            return self.change(names, [list(row) for row in given])[1]

        return super().answer(pattern, self.change(names, [])[0], changed, kind=kind, **others)


@pytest.mark.anyio
@pytest.mark.parametrize("change", ODD)
async def test_odd_answers_are_answered(tmp_path: Path, change: str) -> None:
    async with Odd(ODD[change]) as account:
        place = account.settings(database="SALES", default_schema="PUBLIC", warehouse="WH")
        async with converse(tmp_path, place) as snowflake:
            calls = [*CALLS.items(), *(("snowflake_list_objects", {"kind": kind}) for kind in KINDS)]
            for tool, arguments in calls:
                text, _ = await snowflake.attempt(tool, arguments)
                assert size(text) <= ANSWER_LIMIT
                assert text.count("<data") == text.count("</data>")
                assert not {"\x1b", "\x00", "\u202e"} & set(text)
            assert [record for record in snowflake.audited() if record.get("error_kind") == "crash"] == []


WORDS = st.sampled_from(
    ["SALES", "PUBLIC", "ORDERS", ".", "..", '"', '""', "'", "\\", "%", "_", ";", "--", "/*", "$$", "(", ")", "NUMBER",
     "ACCOUNT", "\n", "\x00", "🜚", "?", ":1", "IDENTIFIER(", "@~", "IN ACCOUNT", "DROP TABLE ORDERS", "\ud800"]
)  # fmt: skip
ANYTHING = st.text(st.characters(), max_size=200) | st.lists(WORDS, max_size=8).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda between: between.join(words))
)
"""Any characters at all, halves of them too, and what names and statements are made of."""
SPOTS = [spot for spot in spots(SERVER) if spot[0] in CALLS]


@pytest.fixture(scope="module")
def exploring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BlockingPortal, Conversation, Furnished]]:
    """One session for all examples."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Furnished()) as account:
        place = account.settings(database="SALES", default_schema="PUBLIC", warehouse="WH")
        session = converse(tmp_path_factory.mktemp("exploring"), place)
        with portal.wrap_async_context_manager(session) as snowflake:
            yield portal, snowflake, account


@pytest.mark.parametrize("spot", SPOTS, ids=labels(SPOTS))
@given(text=ANYTHING)
@settings(max_examples=40, deadline=None)
def test_any_text_is_answered_and_nothing_but_reads_is_sent(
    exploring: tuple[BlockingPortal, Conversation, Furnished], spot: tuple[str, str], text: str
) -> None:
    portal, snowflake, account = exploring
    sent = len(account.statements)
    answer, _ = portal.call(snowflake.attempt, spot[0], with_text(CALLS[spot[0]], spot[1], text))
    assert '"error_kind":"crash"' not in snowflake.audit_text()[-3_000:].replace(" ", "")
    assert size(answer) <= ANSWER_LIMIT + 200
    for statement in account.statements[sent:]:
        assert examine(statement.sql).kind == "read", statement.sql
