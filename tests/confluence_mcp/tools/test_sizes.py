"""What typical answers cost a model. Bytes are counted, so that the figures are the same on every machine."""

import pytest

from .conversation import Conversation, rows, tokens

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "arguments",
    [{"text": "agent"}, {"space": "KB", "kind": "page"}, {"kind": "comment"}, {"text": "how to", "space": "KB"}],
)
async def test_ten_hits_cost_at_most_900_tokens(reader: Conversation, arguments: dict[str, str]) -> None:
    text = await reader.ask("confluence_search", **arguments)
    assert len(rows(text)) == 11
    assert tokens(text) <= 900


@pytest.mark.parametrize("page", ["98425", "98415", "98400"])
async def test_an_outline_costs_at_most_700_tokens_with_its_head(reader: Conversation, page: str) -> None:
    assert tokens(await reader.ask("confluence_get_page", page=page, part="outline")) <= 700


async def test_a_tree_costs_ten_tokens_a_page(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_pages", space="PMOS", depth=10)
    assert tokens(text) <= 50 + 10 * text.count("\n")


async def test_going_back_costs_at_most_150_tokens(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_restore_version", page="98415", number=1, version=3)
    assert tokens(text) <= 150


async def test_a_short_refusal_is_enough(reader: Conversation) -> None:
    assert tokens(await reader.refused("confluence_get_page", page="99999999")) <= 100
    assert tokens(await reader.refused("confluence_search", cql="spaces = PMOS")) <= 150
