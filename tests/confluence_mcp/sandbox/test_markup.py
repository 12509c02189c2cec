"""The source of bodies: every span is where it says, marks come and go without a trace."""

import xml.etree.ElementTree as ET
from html.entities import name2codepoint

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confluence_mcp.sandbox.errors import ApiError
from confluence_mcp.sandbox.markers import marked, matches, references_in, unmarked
from confluence_mcp.sandbox.markup import scan
from confluence_mcp.sandbox.task_store import numbered, with_status

_WORDS = st.sampled_from(["plan", "a&amp;b", "caf&eacute;", " ", "\n", "&lt;", "\r\n", "ü", "&#x41;", "&nbsp;"])
_BLOCKS = st.recursive(
    _WORDS,
    lambda inner: st.tuples(
        st.sampled_from(["p", "strong", "li", "ac:rich-text-body", 'td colspan="2"', "em class='a>b'"]),
        st.lists(inner, max_size=3),
    ).map(lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0].split(' ', maxsplit=1)[0]}>"),
    max_leaves=12,
)
_BODIES = st.lists(st.one_of(_BLOCKS, st.just("<br/>"), st.just("<![CDATA[a < plan]]>"), st.just("<!-- plan -->"))).map(
    "".join
)


@given(_BODIES)
@settings(max_examples=50, deadline=None)
def test_spans_are_those_of_the_elements(body: str) -> None:
    source = scan(body)
    for element in source.elements:
        whole = source.content[element.start : element.end].decode()
        assert whole.startswith(f"<{element.name}")
        assert whole.endswith((f"</{element.name}>", "/>"))
        assert source.inside(element) in whole
    for piece in source.pieces:
        if piece.plain:
            assert source.content[piece.start : piece.end].decode() == piece.text


@given(_BODIES, st.sampled_from(["plan", "a&b", "café", "planplan", "A"]))
@settings(max_examples=50, deadline=None)
def test_a_mark_that_is_taken_away_leaves_no_trace(body: str, selection: str) -> None:
    source = scan(body)
    for match in matches(source, selection)[:2]:
        changed = marked(source, match, "R")
        again = scan(changed)
        assert references_in(again) == {"R"}
        inside = "".join(again.inside(each) for each in again.named("ac:inline-comment-marker"))
        assert "".join(piece.text for piece in scan(inside).pieces if piece.start != piece.end) == selection
        assert unmarked(changed, "R") == body


@given(st.text(alphabet="<>/&;pb =\"'a", max_size=20))
@settings(max_examples=50, deadline=None)
def test_what_is_taken_is_xml_and_what_is_refused_is_not(body: str) -> None:
    try:
        scan(body)
        taken = True
    except ApiError as refusal:
        assert refusal.status == 400
        taken = False
    named = "".join(f'<!ENTITY {name} "x">' for name in name2codepoint if name not in ("lt", "gt", "amp", "quot"))
    try:
        ET.fromstring(f"<!DOCTYPE xml [{named}]><xml>{body}</xml>")  # noqa: S314 - made by this test
        good = True
    except ET.ParseError:
        good = False
    assert taken == good


def test_tasks_are_numbered_and_switched_in_their_source() -> None:
    task = "<ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>x</ac:task-body></ac:task>"
    body = numbered(f"<ac:task-list>{task}{task}</ac:task-list>")
    assert body.count("<ac:task-id>") == 2
    switched = with_status(body, "2", "complete")
    assert switched.index("<ac:task-id>2") < switched.index(">complete<")
    assert with_status(body, "9", "complete") == body
    assert numbered("<p>no task</p>") == "<p>no task</p>"


@pytest.mark.parametrize("body", ["</xml><xml>", "<!DOCTYPE x>", "<?xml version='1.0'?>", "<p>\x00</p>", "<ac:/>"])
def test_what_breaks_out_of_the_body_is_refused(body: str) -> None:
    with pytest.raises(ApiError) as refused:
        scan(body)
    assert refused.value.title.startswith("Error parsing xhtml: ")
