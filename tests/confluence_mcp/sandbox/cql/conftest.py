"""A small site to search: a few documents of two spaces."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from confluence_mcp.sandbox.cql import CqlContext, CqlError, Document, parse

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)  # a Wednesday
CONTEXT = CqlContext(NOW, "acc-1", favourite_spaces=("PMOS",), recently_viewed=("3", "1"))


def document(number: int, title: str, body: str = "", *, modified: str = "2026-03-01 09:00", **values: str) -> Document:
    filled = {"space": "PMOS", "type": "page", "creator": "acc-1", "id": str(number), **values}
    split = {name.replace("_", "."): tuple(text.casefold().split()) for name, text in filled.items()}
    moment = datetime.fromisoformat(modified).replace(tzinfo=UTC)
    return Document(
        number,
        title,
        split,
        {"created": moment, "lastmodified": moment},
        {"title": title, "labels": values.get("label", ""), "space.title": "PM OS"},
        lambda: body,
    )


DOCUMENTS = [
    document(1, "Search design", "The index of all pages is built every night.", label="search needs_review"),
    document(2, "Deployment", "Searching is deployed last. Searches are slow.", ancestor="1", parent="1"),
    document(3, "Notes", "Nothing but a search; deployments wait.", modified="2026-03-18 10:00", creator="acc-2"),
    document(4, "Plan for Q2", "Milestones", space="OPS", modified="2025-12-31 23:59", space_type="global"),
    document(5, "Search design", "A remark", type="comment", container="1", label="search", macro="jira info"),
    document(6, "design.png", type="attachment", container="1", mention="acc-1", watcher="acc-2"),
]


@pytest.fixture
def find() -> Callable[[str], list[int]]:
    """The ids that a query finds, in order."""
    return lambda text: [each.id for each, _ in parse(text, CONTEXT).select(DOCUMENTS)]


@pytest.fixture
def refusal() -> Callable[[str], str]:
    """Why a query is refused."""

    def refused(text: str) -> str:
        with pytest.raises(CqlError) as caught:
            parse(text, CONTEXT)
        assert caught.value.message == f"Could not parse cql : {text}"
        return caught.value.detail

    return refused
