"""What a Markdown file says of its page: title, labels, text, headings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confluence_mcp.client.markdown_files import anchors, read_document


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A title\n\nText.", "A title", "Text."),
        ("\n\n# A *title* with `code` and [a link](x.md)\nText.", "A title with code and a link", "Text."),
        ("A title\n=======\nText.", "A title", "Text."),
        ("Text.\n\n# Later", "Later", "Text.\n\n# Later"),
        ("## At the top\nText.", "At the top", "Text."),
        ("Text.\n\n## Not at the top\n\n# One\n", "One", "Text.\n\n## Not at the top\n\n# One"),
        ("Text.", "", "Text."),
        ("```\n# no heading\n```\n\n## Real", "", "```\n# no heading\n```\n\n## Real"),
        ("~~~~\n# no\n~~~\n# neither\n~~~~\n# Yes", "Yes", "~~~~\n# no\n~~~\n# neither\n~~~~\n# Yes"),
        ("---\ntitle: Front\n---\n# Front\n\nText.", "Front", "Text."),
        ("---\ntitle: Front\n---\n# Other\n\nText.", "Front", "# Other\n\nText."),
        ('---\ntitle: "Quoted: all"\n---\nText.', "Quoted: all", "Text."),
        ("---\nauthor: x\n---\n# Title\nText.", "Title", "Text."),
        ("---\nno front matter\n---\nText.", "", "---\nno front matter\n---\nText."),
        ("---\ntitle: never ends\n\nText.", "", "---\ntitle: never ends\n\nText."),
        ("\ufeff# Title\r\n\r\nText.\r\n", "Title", "Text."),
        ("# Title #\nText.", "Title", "Text."),
        (r"# 1\. Title with snake_case", "1. Title with snake_case", ""),
        ("", "", ""),
    ],
)
def test_the_title_is_that_of_the_front_matter_or_the_first_heading(text: str, title: str, body: str) -> None:
    found = read_document(text)
    assert (found.title, found.body) == (title, body)


@pytest.mark.parametrize(
    ("front", "labels"),
    [
        ("labels: [a, 'b c', \"d\"]", ("a", "b c", "d")),
        ("labels: a", ("a",)),
        ("labels:\n  - a\n  - b", ("a", "b")),
        ("tags: [b]\nlabels: [a, b]", ("a", "b")),
        ("Labels: []", ()),
        ("title: x", ()),
    ],
)
def test_labels_are_those_of_the_front_matter(front: str, labels: tuple[str, ...]) -> None:
    assert read_document(f"---\n{front}\n---\nText.").labels == labels


def test_headings_are_known_by_the_names_that_other_readers_give_them() -> None:
    found = read_document("# One\n## Two words, *really*\n## Two words, really\n### Ünï & co.\n\nSet\n---\n")
    assert found.headings == ("One", "Two words, really", "Two words, really", "Ünï & co.", "Set")
    assert anchors(found.headings) == {
        "one": "One",
        "two-words-really": "Two-words,-really",
        "two-words-really-1": "Two-words,-really.1",
        "ünï--co": "Ünï-&-co.",
        "set": "Set",
    }


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("#-=`~ \n\tab:[]'\"*_\\"), max_size=120))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    found = read_document(text)
    assert "\n" not in found.title
    assert found.title == " ".join(found.title.split())
    assert {line for line in found.body.split("\n") if line} <= set(text.split("\n"))
