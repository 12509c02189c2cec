"""Whatever text stands in any argument of a reading tool, the call is answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.texts import labels

from .conversation import NOW, Conversation, converse
from .families import settings_for
from .hostile import READING, Spot, with_text

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

Reader = tuple[BlockingPortal, Conversation]

WORDS = st.sampled_from(
    ["from:", "in:", "before:", "after:", "has:link", "#general", "@alex", "me", '"', "'", "\\", "-", "*", "..", ":",
     "2d", "36h", "today", "2026-01-31", "C0PMOS00001", "1769848200.003057", "<@U0PMOS00010>", "<#", "<!here>", "|",
     "https://pm-os.sandbox.invalid/archives/", "p1769848200003057", "?thread_ts=", "F0PMOS00001", "🜚", "\ud800"]
)  # fmt: skip
ANYTHING = st.text(st.characters(), max_size=200) | st.lists(WORDS, max_size=8).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda between: between.join(words))
)
"""Any characters at all, halves of them too, and texts that look like references, windows and queries."""


@pytest.fixture(scope="module")
def reader(library: "Sandbox", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One session for all examples."""
    folder = tmp_path_factory.mktemp("any_text")
    session = converse(
        folder, transport=httpx2.ASGITransport(library), settings=settings_for(folder), clock=lambda: NOW
    )
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(session) as slack:
        yield portal, slack


@pytest.mark.parametrize("spot", READING, ids=labels(READING))
@given(text=ANYTHING)
@settings(max_examples=30, deadline=None)
def test_any_text_is_answered(reader: Reader, spot: Spot, text: str) -> None:
    portal, slack = reader
    answer, is_error = portal.call(slack.attempt, spot[0], with_text(spot, text))
    record = last_record(slack.audit_folder)
    assert '"error_kind":"crash"' not in record.replace(" ", "")
    assert '"outcome":"error"' in record.replace(" ", "") or not is_error
    assert len(answer.encode("utf-8")) < ANSWER_LIMIT + 200


def last_record(folder: Path) -> str:
    """The last line of the audit log, without reading all of it."""
    (path,) = folder.glob("*.jsonl")
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4_000))
        return log.read().decode().splitlines()[-1]
