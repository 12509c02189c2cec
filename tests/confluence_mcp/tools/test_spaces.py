"""Listing spaces by name and kind, to the last one."""

import pytest

from .conversation import Conversation, cursor_in, rows

pytestmark = pytest.mark.anyio


async def test_a_name_and_a_kind_hold_together(reader: Conversation) -> None:
    assert len(rows(await reader.ask("confluence_list_spaces", query="m"))) > 1
    found = rows(await reader.ask("confluence_list_spaces", query="m", kind="personal"))
    assert [row[2] for row in found] == ["personal"]


async def test_spaces_of_a_name_come_page_after_page(reader: Conversation) -> None:
    whole = rows(await reader.ask("confluence_list_spaces", query="m"))
    found: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await reader.ask("confluence_list_spaces", query="m", limit=1, cursor=cursor)
        found += rows(answer)
        cursor = cursor_in(answer)
    assert found == whole


async def test_the_first_call_already_tells_the_record_who_signed_in(reader: Conversation) -> None:
    await reader.ask("confluence_list_spaces")
    assert str(reader.audited()[-1]["account"]).endswith("0001")
