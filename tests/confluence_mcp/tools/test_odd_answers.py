"""Answers of Confluence that are JSON, but not what was promised, or full of characters that must not get through."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector_kit.http import Exchange
from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.families import Family, Recordings, Stage
from connector_kit.testing.faults import Fault, FaultServer, ReceivedRequest
from connector_kit.testing.odd_json import changes

from .families import FAMILIES, conversation

pytestmark = pytest.mark.anyio

STRUCTURE = frozenset({"id", "spaceId", "parentId", "accountId", "authorId", "type", "status", "key", "next", "value"})
"""What an answer is steered by; the rest is for reading. The texts of pages are turned apart from these."""
WAITS = ("copy tree",)
"""Families that wait on while an answer says nothing of the end: tried with what says nothing at all."""
CHANGES = {**changes(STRUCTURE), "poisoned texts": changes(STRUCTURE - {"value"})["poisoned"]}


class Odd(Stage):
    """A site whose answers are changed: that which matters alone, or all of them."""

    def __init__(self, family: Family, exchanges: tuple[Exchange, ...]) -> None:
        super().__init__(family, exchanges)
        self.change: Callable[[Any], Any] = lambda value: value
        self.all = False

    async def answer(self, request: ReceivedRequest) -> Fault:
        """The recorded answer, changed."""
        known = self.healthy(request)
        matters = (request.method, request.path) == (self.family.method, self.family.path)
        if not known.body or not (self.all or matters):
            return known
        return Fault.json(self.change(json.loads(known.body)), known.status)


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
async def test_an_answer_of_another_shape_does_not_crash_a_tool(
    family: Family, recordings: Recordings, tmp_path: Path
) -> None:
    stage = Odd(family, recordings[family.name])
    wrong: list[str] = []
    async with FaultServer(answering=stage.answer) as server:
        for name, change in CHANGES.items():
            if family.name in WAITS and not name.startswith("a "):
                continue
            stage.change = change
            for every in (False, True):
                stage.all = every
                # A session of its own: what was kept of one answer must not hide the next.
                async with conversation(tmp_path / f"{name}-{every}", server, family) as confluence:
                    text, _ = await confluence.attempt(family.tool, family.arguments)
                    kind = confluence.audited()[-1]["error_kind"]
                if kind == "crash" or len(text.encode("utf-8")) > ANSWER_LIMIT + 200:
                    wrong.append(f"{name}, all={every}: {kind}: {text[:300]}")
                if any(char in text for char in "\x00\x1b\u202e"):
                    wrong.append(f"{name}, all={every}: lets characters through")
                marked = text.partition("<data")[1] + text.partition("<data")[2]
                if marked.count("</data>") != marked.count("<data"):
                    wrong.append(f"{name}, all={every}: a mark is broken: {text[:300]}")
    assert not wrong, "\n".join(wrong)
