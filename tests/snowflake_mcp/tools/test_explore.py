"""Finding out what there is, on the stand-in: what SHOW, DESCRIBE and INFORMATION_SCHEMA of the sample data tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from snowflake_mcp.settings import SnowflakeSettings

from .conversation import ERAS, Conversation, converse, outside, tokens
from .tables import table_in

pytestmark = pytest.mark.anyio

HOME = "PM_OS_ANALYTICS.PM_OS_ANALYTICS"


async def test_words_find_tables_with_the_columns_that_match(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_search_objects", query="velocity", within="pm_os_analytics")
    lines = text.splitlines()
    assert lines[1] == f"in {HOME}:"
    assert table_in(text)[0] == ["name", "kind", "rows", "columns that match", "comment"]
    assert {row[0] for row in table_in(text)[1:]} == {"PHASE_HISTORY", "QUALITY_METRICS_DAILY", "V_SYSTEM_HEALTH"}
    assert "VELOCITY_PER_DAY (Deliverables done per day of work)" in text
    assert lines[-1] == "returned 3 matches; more: no"


async def test_the_best_match_comes_first_and_what_is_left_out_is_said(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_search_objects", query="phase history", within="pm_os_analytics", limit=1)
    assert table_in(text)[1][0] == "PHASE_HISTORY"
    assert text.splitlines()[-1] == "returned 1 of 6 matches; more: yes, with other words, within or a higher limit"


async def test_nothing_found_is_said_with_where_was_looked(snowflake: Conversation) -> None:
    assert await snowflake.ask("snowflake_search_objects", query="zeppelin") == "Nothing in the account matches."
    text = await snowflake.refused("snowflake_search_objects", query="--")
    assert "query: has no word or number in it" in text


async def test_tables_are_listed_with_rows_and_comments(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_list_objects", kind="tables")
    assert table_in(text)[0] == ["name", "rows", "comment"]
    assert ["AGENT_EVENTS", "1000000", "What the agents did, event by event; generated."] in table_in(text)
    assert text.splitlines()[-1] == "returned 6 tables; more: no"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("databases", "PM_OS_ANALYTICS"), ("schemas", "PUBLIC"), ("views", "V_SYSTEM_HEALTH"), ("warehouses", "PM_OS_WH")],
)
async def test_what_the_stand_in_has_is_listed(snowflake: Conversation, kind: str, name: str) -> None:
    assert f"\n{name}" in await snowflake.ask("snowflake_list_objects", kind=kind)


@pytest.mark.parametrize("kind", ["stages", "file formats", "procedures", "sequences"])
async def test_what_there_is_none_of_is_said(snowflake: Conversation, kind: str) -> None:
    assert await snowflake.ask("snowflake_list_objects", kind=kind) == f"There are no {kind} in PM_OS_ANALYTICS."


async def test_a_list_is_held_to_a_part_of_the_name(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_list_objects", kind="tables", like="metrics", within=HOME)
    assert [row[0] for row in table_in(text)[1:]] == ["NORTH_STAR_METRICS", "QUALITY_METRICS_DAILY"]
    none = await snowflake.ask("snowflake_list_objects", kind="tables", like="<b>'x'")
    assert none == "There are no tables in PM_OS_ANALYTICS like ‹b›'x'."


@pytest.mark.parametrize("kind", ["roles", "tasks", "pipes", "streams", "dynamic tables", "functions"])
async def test_what_the_stand_in_cannot_show_is_an_error_as_of_an_account(snowflake: Conversation, kind: str) -> None:
    text = await snowflake.refused("snowflake_list_objects", kind=kind)
    assert "Unsupported feature" in text
    assert "SQL state 0A000" in text


async def test_a_table_is_described_with_sample_values_and_counts(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_describe_table", table="agent_events", sample=5, nulls=True)
    lines = text.splitlines()
    assert lines[0] == "table · 1,000,000 rows · 10 columns"
    assert lines[2] == f"{HOME}.AGENT_EVENTS"
    assert lines[-1] == "Counted in 1,000,000 rows; ~ is an estimate."
    assert table_in(text)[0] == ["column", "type", "comment", "nulls", "distinct", "range", "values"]
    by_name = {row[0]: row for row in table_in(text)[1:]}
    assert by_name["PHASE"][3:] == ["0", "~4", "0 to 3", "0"]
    assert by_name["AGENT_NAME"][3:] == ["0", "~8", "", "Orchestrator; Product Architect"]
    assert by_name["TOKENS_USED"][-1].endswith("NULL")
    assert "Orchestrator" not in outside(text)


async def test_a_view_is_described_with_its_text(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_describe_table", table="v_system_health")
    assert text.startswith("view · 15 columns\n")
    assert "\ntext: CREATE VIEW" in text
    assert "comment: One row: where PM OS stands, out of the five tables." in text


@pytest.mark.parametrize(
    ("table", "meant"),
    [
        ("phase_histori", "PHASE_HISTORY"),
        ("public.phase_history", f"{HOME}.PHASE_HISTORY"),
        ("pm_os_analytic.public.phase_history", "PM_OS_ANALYTICS"),
        ("pm_os_analytics.publik.phase_history", "PM_OS_ANALYTICS.PUBLIC"),
    ],
)
async def test_a_table_that_is_not_there_is_told_with_what_was_meant(
    snowflake: Conversation, table: str, meant: str
) -> None:
    assert f"Did you mean {meant}?" in await snowflake.refused("snowflake_describe_table", table=table)


async def test_ddl_is_what_the_stand_in_does_not_have(snowflake: Conversation) -> None:
    text = await snowflake.refused("snowflake_get_ddl", kind="table", name="phase_history")
    assert "Unsupported feature 'GET_DDL'" in text


async def test_a_search_costs_at_most_450_tokens(snowflake: Conversation) -> None:
    assert tokens(await snowflake.ask("snowflake_search_objects", query="phase history")) <= 450


async def test_a_role_that_only_reads_can_explore(settings: SnowflakeSettings, tmp_path: Path) -> None:
    reading = settings.model_copy(update={"role": "PM_OS_READER"})
    async with converse(tmp_path, reading) as snowflake:
        assert "PHASE_HISTORY" in await snowflake.ask("snowflake_search_objects", query="phase")
        assert "nulls" in await snowflake.ask("snowflake_describe_table", table="phase_history", sample=3, nulls=True)


@pytest.mark.parametrize("era", ERAS)
async def test_both_protocols_are_spoken(settings: SnowflakeSettings, tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, settings, mode=era) as snowflake:
        assert "PHASE_HISTORY" in await snowflake.ask("snowflake_search_objects", query="phase")
        assert "PUBLIC" in await snowflake.ask("snowflake_list_objects", kind="schemas")
        assert "VELOCITY_PER_DAY" in await snowflake.ask("snowflake_describe_table", table="phase_history")
        assert "has one part" in await snowflake.refused("snowflake_get_ddl", kind="database", name="a.b")
