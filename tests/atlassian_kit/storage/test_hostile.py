"""Text that looks like markup, in pages and in Markdown, never becomes markup and never goes missing."""

import re
from xml.parsers import expat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlassian_kit.storage import edit, to_markdown, to_storage
from atlassian_kit.storage.spelling import escaped
from atlassian_kit.storage.tree import parse

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIECES = [
    *[
        "]]>",
        "<![CDATA[",
        "<script>alert(1)</script>",
        "&lt;",
        "&amp;",
        "&",
        "<",
        ">",
        '"',
        "'",
        "&nbsp;",
        "&#60;",
        "</p>",
        "</ac:rich-text-body>",
    ],
    *[
        "<ac:structured-macro",
        'ac:name="html">',
        "<p",
        'onclick="x">',
        "javascript:alert(1)",
        "<!--",
        "-->",
        "<?x",
        "?>",
        "[a](javascript:x)",
    ],
    *[
        "\x00",
        "\x0b",
        "\x1b",
        "�",
        "\ufffe",
        "\u202e",
        ":::",
        "|",
        "```",
        "~~~",
        "-",
        "#",
        ">",
        "**",
        "[x]",
        "adf:123456",
        "page:",
        "attachment:",
        "@[x]",
        "word",
    ],
    *["\n", "\n\n", " ", "[t](page:A/B]]>)", '![a"b](attachment:<c>&"d)', "[l](<page:a b>)", "```\n]]>\n```"],
]
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map("".join)
ALLOWED = re.compile(
    "p|h[1-6]|strong|em|u|del|code|sub|sup|span|a|br|hr|ul|ol|li|blockquote|table|tbody|tr|t[dh]|div"
    "|ac:(?:link|link-body|image|caption|structured-macro|parameter|plain-text-body|rich-text-body|emoticon)"
    "|ac:(?:task|task-list|task-id|task-status|task-body|adf-[a-z]+|layout|layout-section|layout-cell)"
    "|ri:(?:page|attachment|url|user|space|blog-post|content-entity)|time"
)


def check(storage: str) -> None:
    """Fail for a text that is no XML, and for elements or attributes that nothing of ours writes."""
    names = set(re.findall(r"&([A-Za-z][A-Za-z0-9]*);", storage)) - {"amp", "lt", "gt", "quot", "apos"}
    entities = "".join(f'<!ENTITY {name} "?">' for name in names)
    expat.ParserCreate().Parse(f"<!DOCTYPE page [{entities}]><page>{storage}</page>".encode(), True)
    for element in parse(storage).walk():
        assert not element.name or ALLOWED.fullmatch(element.name), element
        assert element.macro in ("", "code", "info", "tip", "note", "warning", "expand", "status")
        assert not any(name.startswith("on") for name in element.attrs)
        assert not element.attrs.get("href", "").lower().startswith(("javascript", "data", "vbscript"))


@few
@given(hostile)
def test_any_markdown_becomes_a_page_of_nothing_but_our_elements(markdown: str) -> None:
    made = to_storage(markdown)
    check(made)
    assert "word" not in markdown or "word" in made
    shown = to_markdown(made)
    assert to_markdown(to_storage(shown)) == shown


@few
@given(hostile, st.sampled_from(["p", "td", "li", "code", "info", "link", "title"]))
def test_any_text_of_a_page_is_text_in_markdown_and_comes_back(text: str, place: str) -> None:
    said = escaped(text)
    source = {
        "p": f"<p>{said}</p>",
        "td": f"<table><tbody><tr><td>{said}</td></tr></tbody></table>",
        "li": f"<ul><li>{said}</li></ul>",
        "code": f"<p><code>{said}</code></p>",
        "info": '<ac:structured-macro ac:name="info"><ac:rich-text-body>'
        + said
        + "</ac:rich-text-body></ac:structured-macro>",
        "link": f'<p><a href="https://example.com/">{said}</a></p>',
        "title": '<ac:structured-macro ac:name="mine"><ac:parameter ac:name="title">'
        + said
        + "</ac:parameter></ac:structured-macro>",
    }[place]
    shown = to_markdown(source)
    assert edit(source, shown).storage == source
    again = edit(source, f"{shown}\n\nmore").storage
    assert again == f"{source}<p>more</p>"
    check(to_storage(shown))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:x",
        "java\tscript:x",
        "data:text/html,x",
        "vbscript:x",
        "&#106;avascript:x",
    ],
)
def test_no_link_carries_a_script(address: str) -> None:
    for markdown in (f"[a]({address})", f"<{address}>", f"![a]({address})", f"[a]: {address}\n\n[a]"):
        check(to_storage(markdown))
    check(to_storage("[a](b.md)", {"b.md": address}))


def test_a_link_of_a_script_that_a_page_holds_is_no_link_in_markdown_and_stays_on_the_page() -> None:
    source = '<p>see <a href="javascript:alert(1)">this</a> now</p>'
    shown = to_markdown(source)
    assert shown == "see this now"
    assert edit(source, "see this soon").storage == source.replace("now", "soon")


def test_a_name_of_a_person_cannot_break_out() -> None:
    source = '<p><ac:link><ri:user ri:account-id="5b1" /></ac:link> x</p>'
    for name in ("A](javascript:x)", "A\n# B", "A]] <b>", "", "@", "|", "x" * 500):
        shown = to_markdown(source, {"5b1": name})
        assert "\n" not in shown
        assert edit(source, shown, names={"5b1": name}).storage == source
