"""What history puts into SQL: values of callers never, its own ones as constants that cannot be anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from connector_kit.errors import InvalidInput
from connector_kit.pages import encode_cursor, fingerprint
from connector_kit.windows import Window
from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.client.account_usage import constant, moment, read_window, timestamp, within
from snowflake_mcp.client.history import Asked

NOW = 1_770_064_200.0
"""2 February 2026, 20:30 UTC."""


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
def test_a_constant_is_one_whatever_is_in_it(text: str) -> None:
    parsed = sqlglot.parse_one(f"SELECT {constant(text)}", read="snowflake")
    [value] = parsed.expressions
    assert isinstance(value, exp.Literal)
    assert value.this == text


def test_moments_are_told_in_utc() -> None:
    somewhere = datetime(2026, 2, 2, 12, 0, tzinfo=timezone(timedelta(hours=5)))
    assert moment(somewhere) == "2026-02-02 07:00:00.000000+00:00"
    assert timestamp(somewhere) == "TO_TIMESTAMP_LTZ('2026-02-02 07:00:00.000000+00:00')"


def test_a_window_is_as_many_conditions_as_it_has_ends() -> None:
    at = datetime(2026, 2, 2, tzinfo=UTC)
    assert within(Window(None, None)) == ([], [])
    assert within(Window(at, None)) == (["start_time >= CAST(? AS TIMESTAMP_LTZ)"], [moment(at)])
    assert within(Window(None, at)) == (["start_time <= CAST(? AS TIMESTAMP_LTZ)"], [moment(at)])


def test_a_window_that_begins_in_the_future_is_refused() -> None:
    assert read_window("2026-02-02T20:00Z", now=NOW).first == datetime(2026, 2, 2, 20, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="begins in the future"):
        read_window("2026-02-02T21:00Z", now=NOW)


@pytest.mark.anyio
async def test_a_cursor_that_says_nonsense_is_refused(client: SnowflakeClient) -> None:
    question = fingerprint("7d", "", "", None, "", "", 0.0)
    cursor = encode_cursor("queries", {"b": "yesterday", "s": "view"}, question)
    with pytest.raises(InvalidInput, match="cannot be continued"):
        await client.history.queries(Asked(), limit=1, cursor=cursor)


@pytest.mark.anyio
async def test_all_queries_before_a_day_are_those_that_began_by_its_end(client: SnowflakeClient) -> None:
    day = (datetime.now(UTC) - timedelta(days=20)).date()
    page = await client.history.queries(Asked(window=f"..{day}"), limit=100)
    assert len(page.items) > 20
    assert not page.more
    assert page.cursor(len(page.items)) is None
    assert page.cursor(0) is None
    # A day of the window is one of this machine's zone.
    assert all(query.started and query.started.date() <= day + timedelta(days=1) for query in page.items)
