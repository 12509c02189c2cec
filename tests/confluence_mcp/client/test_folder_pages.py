"""A folder as a tree of pages, and where the links in its files lead."""

import pytest

from confluence_mcp.client.folder_pages import LinksOf, SourcePage, source_pages
from confluence_mcp.client.markdown_files import read_document

TEXTS = {
    "index.md": "# Home",
    "README.md": "# Read me",
    "guide/readme.md": "no heading",
    "guide/set_up-now.md": "no heading either\n\n## First step",
    "guide/deep/er/x.md": "# X",
    "a b.markdown": "# A B",
}
KNOWN = {"dot.png": 5, "guide/dot.png": 6, "empty.png": 0, "guide/deep/data.csv": 7}


@pytest.fixture
def pages() -> tuple[SourcePage, ...]:
    return source_pages({path: read_document(text) for path, text in TEXTS.items()}, "docs")


def links_of(pages: tuple[SourcePage, ...], path: str) -> LinksOf:
    by_path = {page.path: page for page in pages}
    return LinksOf(by_path[path], "PMOS", by_path, {**KNOWN, **dict.fromkeys(TEXTS, 1)})


def test_files_stand_below_the_page_of_their_folder(pages: tuple[SourcePage, ...]) -> None:
    assert [(page.path, page.parent, page.title) for page in pages] == [
        ("index.md", "", "Home"),
        ("a b.markdown", "index.md", "A B"),
        ("guide/readme.md", "index.md", "guide"),
        ("guide/deep/", "guide/readme.md", "deep"),
        ("guide/deep/er/", "guide/deep/", "er"),
        ("guide/deep/er/x.md", "guide/deep/er/", "X"),
        ("guide/set_up-now.md", "guide/readme.md", "set up now"),
        ("README.md", "index.md", "Read me"),
    ]
    assert "children" in pages[3].storage, "a folder without a text of its own lists what is below it"
    alone = source_pages({"one.md": read_document("# One")}, "docs")
    assert [(page.path, page.parent) for page in alone] == [("one.md", "")]


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("set_up-now.md", "page:PMOS/set%20up%20now"),
        ("./set_up-now.md#first-step", "page:PMOS/set%20up%20now#First-step"),
        ("set_up-now.md#gone", "page:PMOS/set%20up%20now"),
        ("../index.md", "page:PMOS/Home"),
        ("/a%20b.markdown", "page:PMOS/A%20B"),
        ("deep/", "page:PMOS/deep"),
        ("deep", "page:PMOS/deep"),
        ("..", "page:PMOS/Home"),
        ("dot.png", "attachment:dot.png"),
        ("dot.png?raw=true", "attachment:dot.png"),
        ("../dot.png", "attachment:dot.png"),
        ("deep/data.csv", "attachment:data.csv"),
        ("https://example.com/a.md", None),
        ("//example.com/a.md", None),
        ("mailto:a@example.com", None),
        ("page:PMOS/Home", None),
        ("", None),
        ("#none", None),
    ],
)
def test_relative_links_become_pages_and_files(pages: tuple[SourcePage, ...], address: str, meant: str | None) -> None:
    links = links_of(pages, "guide/readme.md")
    assert links(address) == meant
    assert links.problems == []


def test_links_within_a_page_keep_their_place(pages: tuple[SourcePage, ...]) -> None:
    assert links_of(pages, "guide/set_up-now.md")("#first-step") == "#First-step"


def test_files_of_one_name_get_names_of_their_own(pages: tuple[SourcePage, ...]) -> None:
    links = links_of(pages, "guide/readme.md")
    assert links("../dot.png") == "attachment:dot.png"
    assert links("dot.png") == "attachment:guide-dot.png"
    assert links("../dot.png") == "attachment:dot.png"
    assert links.files == {"dot.png": "dot.png", "guide-dot.png": "guide/dot.png"}


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("../../secret.md", "../../secret.md leads out of the folder"),
        ("../%2e%2e/secret.md", "../../secret.md leads out of the folder"),
        ("/../secret.md", "/../secret.md leads out of the folder"),
        ("gone.md", "guide/gone.md is not in the folder"),
        ("../empty.png", "empty.png is empty"),
    ],
)
def test_what_leads_nowhere_is_noted_and_left_as_it_is(
    pages: tuple[SourcePage, ...], address: str, problem: str
) -> None:
    links = links_of(pages, "guide/readme.md")
    assert links(address) is None
    assert links(address) is None
    assert links.problems == [problem]
    assert links.files == {}
