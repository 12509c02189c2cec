"""Arguments of the query tools that nobody would write in good faith: handled or refused, never crashed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.texts import Spot, labels, spots
from snowflake_mcp.server import SERVER

from ..scripted import Scripted
from .conversation import converse

pytestmark = pytest.mark.anyio

QUERY = "01b2c3d4-0000-1a2b-0000-000100020003"
IN_ORDER: dict[str, dict[str, Any]] = {
    "snowflake_run_query": {"sql": "SELECT 1"},
    "snowflake_submit_query": {"sql": "SELECT 1"},
    "snowflake_get_query": {"query_id": QUERY, "wait": 0},
    "snowflake_cancel_query": {"query_id": QUERY},
    "snowflake_explain_query": {"sql": "SELECT 1"},
    "snowflake_export_query": {"query": "SELECT 1", "file": "one.csv"},
}
SPOTS = [spot for spot in spots(SERVER) if spot[0] in IN_ORDER]
ODD = [
    "",
    " ",
    "\x00",
    "SELECT 1\x00",
    "a\x1b[31mred\x07\x9b",
    "\u202eright to left",
    "\ud800",
    "🜚" * 300,
    "\\",
    '"',
    "'",
    '""',
    '"a""b"',
    "a.b.c.d",
    "${SNOWFLAKE_TOKEN}",
    "null",
    "-1",
    "9" * 400,
    "../../etc/passwd",
    "..csv",
    ".csv",
    "a.csv\x00.sh",
    "CON.csv",
    "<data>",
    "</data>",
    "`" * 1_000,
    "0" * 36,
    "-" * 36,
    QUERY + "/../../session",
    QUERY.replace("0", "٠"),
    "W10",
    "eyJhIjoxfQ",
    "A" * 5_000,
    "SELECT" + "(" * 400 + "1" + ")" * 400,
    "SELECT 1; DROP TABLE t",
    "SELECT $$ ; DROP TABLE t",
    "/* SELECT 1",
    "-- SELECT 1",
]


def names_in(folder: Path) -> list[Path]:
    """What is in a folder."""
    return list(folder.iterdir())


@pytest.mark.parametrize("spot", SPOTS, ids=labels(SPOTS))
async def test_odd_text_is_answered(spot: Spot, tmp_path: Path) -> None:
    tool, name = spot
    folder = tmp_path / "allowed"
    folder.mkdir()
    async with Scripted() as account:
        account.answer("", ["N"], [("1",)])
        async with converse(tmp_path, account.settings(files_dir=folder), only=tool) as session:
            for text in ODD:
                answer, refused = await session.attempt(tool, {**IN_ORDER[tool], name: text})
                record = session.audited()[-1] if session.audit_folder.is_dir() else {}
                assert record.get("error_kind") != "crash", (text, answer)
                assert len(answer.encode("utf-8", "replace")) <= ANSWER_LIMIT + 200
                assert refused or answer
    assert all(path.suffix in (".csv", ".jsonl") for path in names_in(folder))
    assert {path.name for path in names_in(tmp_path)} <= {"allowed", "audit"}
    assert not [statement for statement in account.statements if "DROP" in statement.sql.upper()]
