"""Whatever text stands in any argument of a reading tool, the call is answered."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_kit.output import ANSWER_LIMIT
from jira_mcp.sandbox.app import Sandbox

from .conversation import Conversation, converse
from .hostile import READING, Spot, with_text

Reader = tuple[BlockingPortal, Conversation]

WORDS = st.sampled_from(
    ["project", "=", "!=", "in", "(", ")", '"', "'", "\\", "AND", "OR", "NOT", "ORDER BY", "EMPTY", "currentUser()",
     "status", "Done", "PMOS", "PMOS-5", "-7d", "2026-01-31", "~", ",", "cf[10016]", "startOfDay(-1)", "🜚", "\ud800"]
)  # fmt: skip
ANYTHING = st.text(st.characters(), max_size=200) | st.lists(WORDS, max_size=12).map(" ".join)
"""Any characters at all, halves of them too, and sentences that look like JQL."""


@pytest.fixture(scope="module")
def reader(library: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One session for all examples."""
    folder = tmp_path_factory.mktemp("any_text")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(converse(folder, transport=httpx2.ASGITransport(library))) as jira,
    ):
        yield portal, jira


@pytest.mark.parametrize("spot", READING, ids=[f"{tool}.{path}" for tool, path in READING])
@given(text=ANYTHING)
@settings(max_examples=30, deadline=None)
def test_any_text_is_answered(reader: Reader, spot: Spot, text: str) -> None:
    portal, jira = reader
    answer, is_error = portal.call(jira.attempt, spot[0], with_text(spot, text))
    record = last_record(jira.audit_folder)
    assert '"error_kind":"crash"' not in record.replace(" ", "")
    assert '"outcome":"error"' in record.replace(" ", "") or not is_error
    assert len(answer.encode("utf-8")) < ANSWER_LIMIT + 200


def last_record(folder: Path) -> str:
    """The last line of the audit log, without reading all of it."""
    (path,) = folder.glob("*.jsonl")
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4_000))
        return log.read().decode().splitlines()[-1]
