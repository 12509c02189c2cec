"""Whole results as files: exact, only in the folder that the user allowed, nothing overwritten, nothing left behind."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.faults import Fault
from snowflake_mcp.sandbox import Address
from snowflake_mcp.settings import SnowflakeSettings

from ..scripted import Scripted
from .conversation import Conversation, converse
from .test_queries import SOMEBODYS, id_in

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the user allowed."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    return folder


@pytest.fixture
async def session(account: Scripted, folder: Path, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with the scripted account, in which files may be written."""
    async with converse(tmp_path, account.settings(files_dir=folder)) as talking:
        yield talking


def names_in(folder: Path) -> list[str]:
    """The names of what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_a_result_larger_than_any_answer_is_written_whole(
    stand_in: Address, folder: Path, tmp_path: Path
) -> None:
    del stand_in
    settings = SnowflakeSettings.model_validate({"sandbox": True, "files_dir": folder})
    sql = "SELECT event_id, agent_name, cost_usd, details FROM agent_events WHERE event_id <= 30000 ORDER BY 1"
    async with converse(tmp_path, settings) as talking:
        text = await talking.ask("snowflake_export_query", query=sql, file="events.csv")
    path = folder / "events.csv"
    assert text == (
        f"wrote 30,000 rows, 4 columns, {path.stat().st_size:,} bytes of query {id_in(text)} to\n"
        f'<data from="SNOWFLAKE_FILES_DIR">\n{path}\n</data>'
    )
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[:2] == [
        ["EVENT_ID", "AGENT_NAME", "COST_USD", "DETAILS"],
        ["1", "Orchestrator", "0.001800", '{"attempt":1,"editor":"cursor"}'],
    ]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 30_001)]
    assert names_in(folder) == ["events.csv"]


async def test_cells_are_written_with_nothing_left_out(session: Conversation, account: Scripted, folder: Path) -> None:
    columns = [
        ("N", "NUMBER(38,0)"),
        ("D", "NUMBER(10,2)"),
        "T",
        "E",
        ("B", "BOOLEAN"),
        ("X", "BINARY"),
        ("V", "VARIANT"),
        "L",
    ]
    row = (12345678901234567890, Decimal("1.50"), None, "", True, b"\xab" * 40, '{"a": [1, null]}', "x" * 5_000)
    account.answer("FROM wide", columns, [row, ("-1", None, 'a,"b"\nc', "é", False, None, None, "")])
    await session.ask("snowflake_export_query", query="SELECT * FROM wide", file="wide.csv")
    assert (folder / "wide.csv").read_text() == (
        "N,D,T,E,B,X,V,L\n"
        f'12345678901234567890,1.50,,"",true,{"AB" * 40},"{{""a"":[1,null]}}",{"x" * 5_000}\n'
        '-1,,"a,""b""\nc",é,false,,,""\n'
    )
    await session.ask("snowflake_export_query", query="SELECT * FROM wide", file="wide.jsonl")
    lines = (folder / "wide.jsonl").read_text().splitlines()
    assert json.loads(lines[0]) == {
        "N": "12345678901234567890",
        "D": "1.50",
        "T": None,
        "E": "",
        "B": True,
        "X": "AB" * 40,
        "V": {"a": [1, None]},
        "L": "x" * 5_000,
    }
    assert json.loads(lines[1])["T"] == 'a,"b"\nc'


async def test_columns_of_the_same_name_stay_apart_in_json(
    session: Conversation, account: Scripted, folder: Path
) -> None:
    account.answer("FROM pairs", ["ID", "ID", "ID_2"], [("a", "b", "c")])
    text = await session.ask("snowflake_export_query", query="SELECT * FROM pairs", file="pairs.jsonl")
    assert json.loads((folder / "pairs.jsonl").read_text()) == {"ID": "a", "ID_2": "b", "ID_2_2": "c"}
    assert "(Columns of the same name have a number behind it" in text


async def test_an_empty_result_has_its_columns(session: Conversation, account: Scripted, folder: Path) -> None:
    account.answer("FROM nothing", ["A", "B"], [])
    assert "wrote 0 rows" in await session.ask("snowflake_export_query", query="SELECT * FROM nothing", file="n.csv")
    assert (folder / "n.csv").read_text() == "A,B\n"


async def test_a_limit_is_told(session: Conversation, account: Scripted, folder: Path) -> None:
    account.answer("FROM many", [("N", "NUMBER")], [(number,) for number in range(25)], first_rows=5, chunk_rows=5)
    text = await session.ask("snowflake_export_query", query="SELECT n FROM many", file="many.csv", limit=12)
    assert "wrote 12 rows" in text
    assert "(Incomplete: the first 12 rows of 25, because of limit." in text
    assert (folder / "many.csv").read_text().splitlines() == ["N", *map(str, range(12))]
    text = await session.ask("snowflake_export_query", query="SELECT n FROM many", file="all.csv", limit=25)
    assert "Incomplete" not in text


async def test_what_a_spreadsheet_would_compute_is_written_as_it_is_and_told(
    session: Conversation, account: Scripted, folder: Path
) -> None:
    cells = ["=1+1", "@SUM(A1)", "-2+3", "+cmd|' /C calc'!A0", "-5", "+1.5", "a=b", ""]
    account.answer("FROM notes", ["NOTE"], [(cell,) for cell in cells])
    text = await session.ask("snowflake_export_query", query="SELECT * FROM notes", file="notes.csv")
    assert "(4 text cells begin with =, +, - or @." in text
    with (folder / "notes.csv").open(newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["NOTE", *cells]


async def test_a_finished_query_is_exported_without_running_it_again(
    session: Conversation, account: Scripted, folder: Path
) -> None:
    account.answer("FROM orders", ["ID"], [("a",)])
    query = id_in(await session.ask("snowflake_submit_query", sql="SELECT id FROM orders"))
    await session.ask("snowflake_export_query", query=query, file="orders.csv")
    assert (folder / "orders.csv").read_text() == "ID\na\n"
    assert len(account.statements) == 1


async def test_nothing_is_written_while_the_query_runs(account: Scripted, folder: Path, tmp_path: Path) -> None:
    account.answer("slow", ["N"], [("done",)], hangs=True)
    async with converse(tmp_path, account.settings(files_dir=folder, timeout=3.5)) as session:
        text = await session.ask("snowflake_export_query", query="SELECT slow", file="slow.csv")
        assert text.startswith("Nothing is written yet. The query still runs")
        assert names_in(folder) == []
        account.finish(account.statements[0])
        await session.ask("snowflake_export_query", query=id_in(text), file="slow.csv")
    assert (folder / "slow.csv").read_text() == "N\ndone\n"


@pytest.mark.parametrize(
    "name",
    [
        "../out.csv",
        "/etc/out.csv",
        "..\\out.csv",
        ".hidden.csv",
        "nul.csv",
        "a\nb.csv",
        "a\u202evsc.csv",
        "a\u200b.csv",
        "out.sh",
        "out",
        "out.csv.exe",
        f"{'ä' * 100}.csv",
    ],
)
async def test_a_file_gets_a_plain_name_in_the_folder(
    session: Conversation, account: Scripted, folder: Path, name: str
) -> None:
    assert "[file: " in await session.refused("snowflake_export_query", query="SELECT 1", file=name)
    assert account.statements == []
    assert names_in(folder) == []


async def test_no_file_is_overwritten(session: Conversation, account: Scripted, folder: Path, tmp_path: Path) -> None:
    (folder / "taken.csv").write_text("mine")
    elsewhere = tmp_path / "elsewhere.csv"
    (folder / "link.csv").symlink_to(elsewhere)
    for name in ("taken.csv", "link.csv"):
        text = await session.refused("snowflake_export_query", query="SELECT 1", file=name)
        assert "files are never overwritten" in text
    assert account.statements == []
    assert (folder / "taken.csv").read_text() == "mine"
    assert not elsewhere.exists()


async def test_a_file_is_for_its_owner_only(session: Conversation, account: Scripted, folder: Path) -> None:
    account.answer("SELECT 1", ["N"], [("1",)])
    await session.ask("snowflake_export_query", query="SELECT 1", file="one.csv")
    assert stat.S_IMODE((folder / "one.csv").stat().st_mode) == 0o600


@pytest.mark.parametrize("files_dir", [None, "missing"])
async def test_without_a_folder_nothing_is_exported(account: Scripted, tmp_path: Path, files_dir: str | None) -> None:
    settings = account.settings(files_dir=tmp_path / files_dir if files_dir else None)
    async with converse(tmp_path, settings) as session:
        text = await session.refused("snowflake_export_query", query="SELECT 1", file="one.csv")
    assert "SNOWFLAKE_FILES_DIR" in text
    assert account.statements == []


@pytest.mark.parametrize("sql", ["DELETE FROM t WHERE a = 1", "CREATE TABLE t (a INT)", "CALL p()"])
async def test_only_reads_are_exported(session: Conversation, account: Scripted, folder: Path, sql: str) -> None:
    assert "not run" in await session.refused("snowflake_export_query", query=sql, file="t.csv")
    assert account.statements == []
    assert names_in(folder) == []


async def test_a_query_that_nobody_knows_leaves_no_file(session: Conversation, folder: Path) -> None:
    await session.refused("snowflake_export_query", query=SOMEBODYS, file="t.csv")
    assert names_in(folder) == []


async def test_a_download_that_breaks_leaves_no_file(session: Conversation, account: Scripted, folder: Path) -> None:
    rows: list[tuple[Any, ...]] = [(number,) for number in range(60)]
    account.answer("FROM many", [("N", "NUMBER")], rows, first_rows=5, chunk_rows=5)
    for _ in range(30):
        account.fault("chunk", Fault(403))
    await session.refused("snowflake_export_query", query="SELECT n FROM many", file="many.csv")
    assert names_in(folder) == []
