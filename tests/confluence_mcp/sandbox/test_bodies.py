"""The bodies of pages in their four forms: storage format, Atlassian document, HTML and plain words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confluence_mcp.sandbox.bodies import (
    InvalidBodyError,
    adf_to_storage,
    excerpt,
    storage_text,
    storage_to_adf,
    storage_to_view,
)
from connector_kit.testing.adf import adf_checker
from connector_kit.testing.specs import REASON

Node = dict[str, Any]
_COMPLAINTS = adf_checker()
PERSON = '<ac:link><ri:user ri:account-id="712020:1" /></ac:link>'


def macro(name: str, parameters: str = "", body: str = "") -> str:
    return f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">{parameters}{body}</ac:structured-macro>'


def told(name: str, value: str) -> str:
    return f'<ac:parameter ac:name="{name}">{value}</ac:parameter>'


def rich(inner: str) -> str:
    return f"<ac:rich-text-body>{inner}</ac:rich-text-body>"


def plain(words: str) -> str:
    return f"<ac:plain-text-body><![CDATA[{words}]]></ac:plain-text-body>"


def table(*cells: str, about: str = "") -> str:
    return f'<table data-layout="default"{about}><tbody><tr>{"".join(cells)}</tr></tbody></table>'


def attribute(key: str, value: str) -> str:
    return f'<ac:adf-attribute key="{key}">{value}</ac:adf-attribute>'


def adf(kind: str, *inner: str) -> str:
    return f'<ac:adf-extension><ac:adf-node type="{kind}">{"".join(inner)}</ac:adf-node></ac:adf-extension>'


PARAMETERS = attribute("parameters", "{&quot;a&quot;: 1}")
BOXED_TABLE = macro("info", "", rich("<p>In</p>" + table("<td><p>x</p></td>")))
TASK = (
    "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status>"
    f'<ac:task-body>Ask {PERSON} by <time datetime="2026-02-03" /></ac:task-body></ac:task></ac:task-list>'
)
SAME_AGAIN = (
    "<h2>Title &amp; more</h2>",
    "<p><strong>bold</strong> <em>slanted</em> <u>under</u> <s>gone</s> H<sub>2</sub>O <code>a &lt; b</code></p>",
    '<p><span style="color: rgb(255,0,0);">red</span> and <a href="https://example.org/?a=1&amp;b=2">a link</a></p>',
    f'<p>{PERSON} on <time datetime="2026-02-03" /></p>',
    "<ul><li><p>one</p><ol><li><p>inside</p></li></ol></li><li><p>two</p></li></ul>",
    "<blockquote><p>said</p></blockquote><hr />",
    table("<th><p>a</p></th>", '<td colspan="2" data-highlight-colour="#deebff"><p>b</p></td>'),
    TASK,
    macro("toc", told("maxLevel", "3")),
    macro(
        "code", told("language", "sql"), "<ac:plain-text-body><![CDATA[a < b ]]]]><![CDATA[> c]]></ac:plain-text-body>"
    ),
    macro("info", "", rich("<p>careful</p>")),
    macro("expand", told("title", "More"), rich("<p>inside</p>")),
    macro("details", "", rich(table("<th><p>Owner</p></th>"))),
    macro("gliffy", told("name", "d&amp;r"), plain("kept")),
    BOXED_TABLE,
    f"<p>On {macro('jira', told('key', 'PMOS-1'))}, {macro('status', told('title', 'ok') + told('colour', 'Red'))}</p>",
    '<p><ac:link ac:anchor="Part two"><ri:page ri:space-key="KB" ri:content-title="A &amp; B" /><ac:link-body>'
    "<strong>there</strong></ac:link-body></ac:link></p>",
    '<p><ac:inline-comment-marker ac:ref="f00">marked</ac:inline-comment-marker> words</p>',
    '<ac:image ac:align="center" ac:layout="center" ac:width="300" ac:alt="A chart"><ri:attachment '
    'ri:filename="a b.png" /></ac:image>',
    '<p style="text-align: center;">middle</p><h3 style="margin-left: 60.0px;">indented</h3>',
    '<p><a href="https://example.org"><ac:image ac:layout="wide" ac:border="true"><ri:url ri:value="https://a.org" />'
    "</ac:image></a></p>",
    '<p>a <ac:image ac:inline="true"><ri:attachment ri:filename="i.png" /></ac:image> <ac:emoticon ac:name="tick" '
    'ac:emoji-shortname=":tick:" ac:emoji-id="2705" ac:emoji-fallback="✅" /></p>',
    '<table data-layout="wide"><colgroup><col style="width: 120.0px;" /><col style="width: 360.0px;" /></colgroup>'
    '<tbody><tr><th colspan="2"><p>both</p></th></tr><tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>',
    adf("panel", attribute("panel-type", "note"), "<ac:adf-content><p>purple</p></ac:adf-content>"),
    adf(
        "decision-list",
        attribute("local-id", "l"),
        '<ac:adf-node type="decision-item">' + attribute("local-id", "i") + attribute("state", "UNDECIDED"),
        "<ac:adf-content>either <strong>way</strong></ac:adf-content></ac:adf-node>",
    ),
    adf("extension", attribute("extension-key", "k"), attribute("extension-type", "com.example"), PARAMETERS),
    macro("panel", told("panelIcon", ":rocket:") + told("bgColor", "#EAE6FF"), rich("<p>custom</p>")),
    macro("view-file", told("name", '<ri:attachment ri:filename="n.txt" />')),
    macro("noformat", "", plain("kept   as\nit is")),
    "<ac:task-list><ac:task><ac:task-id>4</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>a"
    "</ac:task-body><ac:task-list><ac:task><ac:task-id>5</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    "<ac:task-body>b</ac:task-body></ac:task></ac:task-list></ac:task></ac:task-list>",
    '<ac:layout><ac:layout-section ac:type="two_right_sidebar" ac:breakout-mode="wide"><ac:layout-cell><p>l</p>'
    "</ac:layout-cell><ac:layout-cell><p>r</p></ac:layout-cell></ac:layout-section></ac:layout>",
    '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell><p>l</p></ac:layout-cell><ac:layout-cell>'
    "<p>r</p></ac:layout-cell></ac:layout-section></ac:layout>",
)


@pytest.fixture(scope="module")
def adf_errors() -> Callable[[object], list[str]]:
    if _COMPLAINTS is None:
        pytest.skip(REASON)
    return _COMPLAINTS


@pytest.mark.parametrize("storage", SAME_AGAIN)
def test_what_has_a_node_comes_back_as_it_was(storage: str, adf_errors: Callable[[object], list[str]]) -> None:
    document = storage_to_adf(storage)
    assert adf_errors(document) == []
    assert adf_to_storage(document) == storage


def kinds(document: Node) -> list[str]:
    return [node["type"] for node in document["content"]]


def test_the_vendors_names_of_boxes_and_cards_become_those_of_its_documents() -> None:
    for name, panel in (("info", "info"), ("note", "warning"), ("tip", "success"), ("warning", "error")):
        assert storage_to_adf(macro(name, "", rich("<p>x</p>")))["content"][0]["attrs"] == {"panelType": panel}
    card = '<p><a href="https://example.org" data-card-appearance="{}">x</a></p>'
    assert kinds(storage_to_adf(card.format("block"))) == ["blockCard"]
    assert kinds(storage_to_adf(card.format("embed"))) == ["embedCard"]
    assert storage_to_adf(card.format("inline"))["content"][0]["content"][0]["type"] == "inlineCard"


def test_what_may_not_stand_where_it_does_is_kept_with_its_source() -> None:
    panel = storage_to_adf(BOXED_TABLE)["content"][0]
    assert [node["type"] for node in panel["content"]] == ["paragraph", "extension"]
    assert "<table " in panel["content"][1]["attrs"]["parameters"]["cxhtml"]
    nested = storage_to_adf(f"<table><tbody><tr><td>{macro('expand', '', rich('<p>x</p>'))}</td></tr></tbody></table>")
    assert nested["content"][0]["content"][0]["content"][0]["content"][0]["type"] == "nestedExpand"
    listed = storage_to_adf("<ul><li><h3>A heading</h3></li></ul>")
    assert listed["content"][0]["content"][0]["content"][0]["type"] == "paragraph"


def test_a_body_that_is_not_well_formed_is_refused_with_its_place() -> None:
    for broken in ("<p>never closed", "<p>&unknown;</p>", "a < b", "<!DOCTYPE x><p/>", "<p a=1/>", "<p>" * 500):
        with pytest.raises(InvalidBodyError, match="Error parsing xhtml"):
            storage_to_adf(broken)
    not_documents: tuple[Node, ...] = ({}, {"type": "doc"}, {"type": "doc", "content": [{"no": "type"}]})
    for document in not_documents:
        with pytest.raises(InvalidBodyError, match="Error parsing adf"):
            adf_to_storage(document)


def test_named_characters_of_html_are_understood_and_cdata_is_left_alone() -> None:
    code = macro("code", "", plain("&nbsp;"))
    document = storage_to_adf(f"<p>a&nbsp;&mdash;&amp;</p>{code}")
    assert document["content"][0]["content"][0]["text"] == "a\N{NO-BREAK SPACE}\N{EM DASH}&"
    assert document["content"][1]["content"][0]["text"] == "&nbsp;"


def test_the_view_is_html_with_names_of_people_and_without_scripts() -> None:
    view = storage_to_view(f"<p>{PERSON}</p>{TASK}", {"712020:1": "Human <PM>"})
    assert "Human &lt;PM&gt;</a>" in view
    assert '<li class="checked" data-inline-task-id="7">' in view
    hostile = storage_to_view('<p onclick="x()"><script>alert(1)</script><a href="javascript:x()">go</a></p>')
    assert "<script" not in hostile
    assert "onclick" not in hostile
    assert "javascript:" not in hostile
    headed = storage_to_view(f"{macro('toc')}<h2>Part two</h2>")
    assert '<a href="#Part-two">Part two</a>' in headed
    assert '<h2 id="Part-two">' in headed


def test_plain_words_have_a_line_per_block_and_nothing_that_is_not_shown() -> None:
    storage = f"<h2>Title</h2><p>a <strong>b</strong>c</p>{macro('code', told('language', 'sql'))}{TASK}{PERSON}"
    assert storage_text(storage) == "Title\na bc\nAsk by 2026-02-03"
    assert storage_text("<p>broken") == "broken"
    assert storage_text(macro("expand", told("title", "More"), rich("<p>inside</p>"))) == "More\ninside"


def test_an_excerpt_is_cut_at_words_around_what_was_searched() -> None:
    storage = "<p>" + " ".join(f"word{number}" for number in range(200)) + "</p>"
    assert excerpt(storage, length=20) == "word0 word1 word2"
    around = excerpt(storage, ["WORD150"], 60)
    assert "word150" in around
    assert around.startswith("word14")
    assert excerpt("<p>short</p>", ["absent"]) == "short"


_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
_BLOCKS = st.recursive(
    _WORDS.map(lambda words: "<p>" + words.replace("&", "&amp;").replace("<", "&lt;") + "</p>"),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        inner.map(lambda each: f"<ul><li>{each}</li></ul>"),
        inner.map(lambda each: f"<blockquote>{each}</blockquote>"),
        inner.map(lambda each: f"<table><tbody><tr><th>{each}</th></tr></tbody></table>"),
        inner.map(lambda each: f'<h3 style="text-align: right;">{each}</h3>'),
        inner.map(
            lambda each: adf("panel", attribute("panel-type", "note"), f"<ac:adf-content>{each}</ac:adf-content>")
        ),
        inner.map(lambda each: f'<p style="margin-left: 30.0px;">{each}</p>'),
        inner.map(
            lambda each: f'<a href="https://a.org">{each}<ac:image><ri:attachment ri:filename="a"/></ac:image></a>'
        ),
        inner.map(lambda each: f"<strong>{each}</strong>"),
        inner.map(lambda each: f"<madeup x='1'>{each}</madeup>"),
        st.tuples(st.sampled_from(("info", "panel", "expand", "excerpt", "strange")), inner).map(
            lambda pair: macro(pair[0], told("title", "t"), rich(pair[1]))
        ),
        inner.map(
            lambda each: (
                f"<ac:layout><ac:layout-section><ac:layout-cell>{each}</ac:layout-cell></ac:layout-section></ac:layout>"
            )
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(_BLOCKS)
def test_any_body_becomes_a_valid_document_that_comes_back_the_same(storage: str) -> None:
    document = storage_to_adf(storage)
    assert _COMPLAINTS is None or _COMPLAINTS(document) == []
    again = adf_to_storage(document)
    assert adf_to_storage(storage_to_adf(again)) == again
    storage_to_view(storage)
