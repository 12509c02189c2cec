"""The tree of elements: spans, text, macros, and what is not well-formed."""

import pytest

from atlassian_kit.storage import to_markdown
from atlassian_kit.storage.tree import StorageSyntaxError, Text, bare_text, parse, unescaped

MACRO = (
    '<ac:structured-macro ac:name="code" ac:macro-id="1"><ac:parameter ac:name="language">py</ac:parameter>'
    "<ac:parameter ac:name=\"\">first</ac:parameter><ac:plain-text-body><![CDATA[a < b && ']]]]><![CDATA[>']]>"
    "</ac:plain-text-body></ac:structured-macro>"
)


def test_elements_know_their_tags_attributes_and_contents() -> None:
    source = "x<p class='a&quot;b' data-x=\"1 > 0\">one <b>two</b>&nbsp;&copy;</p>\n<br/>"
    root = parse(source)
    paragraph, line_break = root.elements
    assert (paragraph.name, paragraph.attrs) == ("p", {"class": 'a"b', "data-x": "1 > 0"})
    assert source[paragraph.start : paragraph.end] == paragraph.raw
    assert source[paragraph.inner : paragraph.inner_end] == "one <b>two</b>&nbsp;&copy;"
    assert paragraph.text == "one two\u00a0©"
    assert line_break.raw == line_break.start_tag == "<br/>"
    assert [child.raw for child in root.children if isinstance(child, Text)] == ["x", "\n"]


def test_macros_tell_their_name_parameters_and_body() -> None:
    macro = parse(MACRO).elements[0]
    assert macro.macro == "code"
    assert (macro.parameter("language"), macro.parameter(""), macro.parameter("none")) == ("py", "first", "")
    assert macro.body is not None
    assert macro.body.text == "a < b && ']]>'"
    assert parse('<p ac:name="code" />').elements[0].macro == ""


def test_references_to_nothing_are_text() -> None:
    assert unescaped("&lt;&#65;&#x42;&nbsp;&eacute; &unknown; &; & AT&T &#0; &#xD800; &#9999999;") == (
        "<AB\u00a0é &unknown; &; & AT&T &#0; &#xD800; &#9999999;"
    )


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("<p>open", 0),
        ("</p>", 0),
        ("<p><b></p></b>", 6),
        ("1 < 2", 2),
        ("<p a=b></p>", 0),
        ("<p>x<![CDATA[y</p>", 4),
        ("<p>x<!-- y</p>", 4),
        ("<!DOCTYPE x [<!ENTITY y 'z'>]><p>&y;</p>", 0),
        ('<p a="<b>"></p>', 0),
    ],
)
def test_a_malformed_text_is_an_error_that_tells_where(source: str, position: int) -> None:
    with pytest.raises(StorageSyntaxError) as raised:
        parse(source)
    assert raised.value.position == position
    assert f"at character {position}" in str(raised.value)


def test_a_malformed_text_can_still_be_read() -> None:
    source = "<h1>Half &amp; half</h1><p>not <b>closed<p>next</p><ul><li>a<li>b</li></ul><p><![CDATA[c]]>"
    assert bare_text(source) == "Half & half\nnot closed\nnext\na\nb\nc"
    assert to_markdown(source) == bare_text(source)
    assert to_markdown("1 < 2") == "1 < 2"


@pytest.mark.parametrize("piece", ["<p ", "<![CDATA[", "<p a='", "<", "&lt", "<!--", "</p>", "<p>"])
def test_a_long_row_of_broken_tags_is_read(piece: str) -> None:
    assert isinstance(to_markdown(piece * 5_000), str)
    assert isinstance(to_markdown("<p" + " " * 50_000), str)


@pytest.mark.parametrize("tags", ["div", "ul li", "blockquote", "table tbody tr td", "strong em"])
def test_a_page_of_thousands_of_levels_is_read(tags: str) -> None:
    opening = "".join(f"<{tag}>" for tag in tags.split())
    closing = "".join(f"</{tag}>" for tag in reversed(tags.split()))
    source = opening * 3_000 + "deepest" + closing * 3_000
    assert parse(source).text == "deepest"
    assert "deepest" in to_markdown(source)
