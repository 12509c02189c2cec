"""Whatever a page holds, an edit changes what was edited and not a byte more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from atlassian_kit.storage import edit, outline, to_markdown
from atlassian_kit.storage.blocks import HEADING, Block, Page
from atlassian_kit.storage.editing import How

PAGES = sorted((Path(__file__).parent / "pages").glob("*.xml"))
WELL_FORMED = [path for path in PAGES if path.stem != "malformed"]
ANN, BOB, EVE = (
    "712020:0a1b2c3d-1111-4aaa-8bbb-000000000001",
    "712020:0a1b2c3d-1111-4aaa-8bbb-000000000002",
    "557058:7e1f0000-2222-4bbb-9ccc-000000000003",
)
NAMES = {ANN: "Ann Lee", BOB: "Bob Roe", EVE: "Eve Fox"}

RESPELT = ("<![CDATA[a <raw>", "<kbd>Ctrl</kbd><tt>tt</tt>", "</time>&nbsp;</ac:task-body>")
"""What Markdown says as it says something else; in a line that is edited it becomes that."""

every_page = pytest.mark.parametrize("path", WELL_FORMED, ids=lambda path: path.stem)

_HIDDEN = re.compile(
    r"!?@?\[[^\]]*\](?:\([^)]*\))?|<summary>|<[^>]*>|^ *(?:```|:::|::card|::embed).*$|&\w+;", re.MULTILINE
)
_WORD = re.compile(r"(?<![\w@\[!])[A-Za-z]{3,}(?!\w)")


def source_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def parts(source: str) -> Iterator[tuple[str, Block]]:
    """Yield what names each block, and nothing but the block."""
    for block in outline(source):
        yield (block.id + HEADING if block.level else block.id), block


def word_in(markdown: str) -> re.Match[str] | None:
    """Return a word of the text that is no part of a placeholder, an address or a tag."""
    hidden = _HIDDEN.sub(lambda found: "\0" * len(found[0]), markdown)
    return _WORD.search(hidden)


@every_page
def test_a_page_written_back_unchanged_is_the_same_byte_for_byte(path: Path) -> None:
    source = source_of(path)
    for names in (NAMES, None):
        made = edit(source, to_markdown(source, names), names=names)
        assert (made.storage, made.changed, made.lost, made.unknown, made.strangers) == (source, False, (), (), ())


@every_page
def test_a_block_written_back_unchanged_is_the_same_byte_for_byte(path: Path) -> None:
    source = source_of(path)
    for part, _ in parts(source):
        made = edit(source, to_markdown(source, NAMES, part), part=part, names=NAMES)
        assert (made.storage, made.changed, made.lost) == (source, False, ())


@every_page
def test_a_section_written_back_unchanged_is_the_same_byte_for_byte(path: Path) -> None:
    source = source_of(path)
    for block in outline(source):
        if block.level:
            made = edit(source, to_markdown(source, NAMES, block.id), part=block.id, names=NAMES)
            assert (made.storage, made.changed) == (source, False)


@every_page
def test_a_letter_in_any_block_is_all_that_an_edit_of_it_adds(path: Path) -> None:
    source = source_of(path)
    edited = 0
    page = Page(source)
    for placed, (part, block) in zip(page.placed, parts(source), strict=True):
        before, after = source[: placed.span.start], source[placed.span.end :]
        markdown = to_markdown(source, NAMES, part)
        word = word_in(markdown)
        if word is None:
            continue
        made = edit(source, f"{markdown[: word.end()]}Q{markdown[word.end() :]}", part=part, names=NAMES)
        assert (made.lost, made.unknown, made.strangers, made.changed) == ((), (), (), True), block
        assert made.storage.startswith(before)
        assert made.storage.endswith(after)
        if not any(spelling in page.raw(placed.span) for spelling in RESPELT):
            _assert_one_letter_more(source, made.storage, block.text)
        edited += 1
    assert edited or path.stem in ("dashboard", "empty", "empty_paragraph")


@every_page
def test_a_letter_in_the_whole_page_is_all_that_an_edit_of_it_adds(path: Path) -> None:
    source = source_of(path)
    markdown = to_markdown(source, NAMES)
    words = list(_WORD.finditer(_HIDDEN.sub(lambda found: "\0" * len(found[0]), markdown)))
    for word in words[:: max(len(words) // 4, 1)]:
        made = edit(source, f"{markdown[: word.end()]}Q{markdown[word.end() :]}", names=NAMES)
        assert (made.lost, made.unknown, made.strangers) == ((), (), ()), word
        if not any(spelling in source for spelling in RESPELT):
            _assert_one_letter_more(source, made.storage, word)


def _assert_one_letter_more(old: str, new: str, what: object) -> None:
    # What a panel of the newer editor shows elsewhere holds its text again.
    old, new = (re.sub("<ac:adf-fallback>.*?</ac:adf-fallback>", "", text) for text in (old, new))
    position = next((index for index, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    assert new[:position] + new[position + 1 :] == old, (what, old[position - 30 :][:90], new[position - 30 :][:90])
    assert new[position : position + 1] == "Q"


@every_page
def test_what_is_put_beside_a_block_leaves_all_old_bytes_alone(path: Path) -> None:
    source = source_of(path)
    page = Page(source)
    for placed, (part, _) in zip(page.placed, parts(source), strict=True):
        places: list[tuple[How, int]] = [("before", placed.span.start), ("after", placed.span.end)]
        for how, place in places:
            made = edit(source, "New *text*.", part=part, how=how, names=NAMES)
            assert made.storage == f"{source[:place]}<p>New <em>text</em>.</p>{source[place:]}"
            assert (made.changed, made.lost) == (True, ())


@every_page
def test_what_is_appended_leaves_all_old_bytes_alone(path: Path) -> None:
    source = source_of(path)
    ways: tuple[How, ...] = ("append", "before", "after")
    for how in ways:
        made = edit(source, "New *text*.", how=how, names=NAMES)
        before, added, after = made.storage.partition("<p>New <em>text</em>.</p>")
        layout = re.compile("</?ac:layout-(?:section|cell)[^>]*>")
        assert added
        assert layout.sub("", before) + layout.sub("", after) == layout.sub("", source)
        assert outline(made.storage)[0 if how == "before" else -1].text == "New text."
        assert made.lost == ()


@every_page
def test_what_a_removed_block_takes_along_is_said(path: Path) -> None:
    source = source_of(path)
    page = Page(source)
    for placed, (part, block) in zip(page.placed, parts(source), strict=True):
        made = edit(source, "", part=part, names=NAMES)
        raw = page.raw(placed.span)
        assert made.storage == source[: placed.span.start] + source[placed.span.end :]
        assert made.changed
        kinds = {loss.kind for loss in made.lost}
        gone = set(re.findall('ac:ref="([^"]+)"', raw)) - set(re.findall('ac:ref="([^"]+)"', made.storage))
        comments = [loss for loss in made.lost if loss.kind == "comment"]
        assert len(comments) == len(gone)
        if block.kind in ("macro", "image", "other") and not raw.startswith("<div") and "<ri:url" not in raw:
            assert "placeholder" in kinds, raw
        if "(adf:" in to_markdown(source, NAMES, part):
            assert "placeholder" in kinds
