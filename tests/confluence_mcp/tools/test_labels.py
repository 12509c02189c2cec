"""Labels: added and removed by name, and each that is none is named."""

import pytest

from .conversation import Conversation, tokens

pytestmark = pytest.mark.anyio

PAGE = "98453"
LABEL = f"/wiki/rest/api/content/{PAGE}/label"


async def test_labels_are_added_and_removed_and_all_are_told(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_update_labels", page=PAGE, add=["Phase-2", "New", "q4"], remove=["nope"])
    assert text.startswith(f'labelled {PAGE} "Phase 2 completion report"')
    assert "added new, q4; there already: phase-2; not there: nope; now: new, phase-2, q4, report" in text
    assert tokens(text) < 150
    text = await confluence.ask("confluence_update_labels", page=PAGE, remove=["new", "Q4"])
    assert "removed new, q4; now: phase-2, report" in text


async def test_what_is_so_already_is_not_written(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_update_labels", page=PAGE, add=["report"], remove=["nope"])
    assert text.startswith("nothing was written:")
    assert not confluence.sent("POST", LABEL)
    assert not confluence.sent("DELETE", LABEL)


async def test_every_invalid_label_is_named_and_nothing_is_changed(confluence: Conversation) -> None:
    text = await confluence.refused(
        "confluence_update_labels", page=PAGE, add=["fine", "two words", "what?", " ", "x" * 256], remove=["a,b"]
    )
    assert "Nothing was changed" in text
    assert "two-words would do" in text
    assert "'?'" in text
    assert "255" in text
    assert not confluence.exchanges
    text = await confluence.refused("confluence_update_labels", page=PAGE, remove=["a,b"])
    assert "a-b would do" in text
    text = await confluence.refused("confluence_update_labels", page=PAGE, add=["same"], remove=["Same"])
    assert "at once" in text
    assert "No label was given" in await confluence.refused("confluence_update_labels", page=PAGE)


async def test_a_personal_label_keeps_its_prefix(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_update_labels", page=PAGE, add=["my:favourite"])
    assert "my:favourite" in text
    text = await confluence.ask("confluence_update_labels", page=PAGE, add=["my:favourite"])
    assert "there already: my:favourite" in text
