"""Pages made of anything that storage format holds: what an edit does not touch stays byte for byte."""

import re
from xml.parsers import expat

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlassian_kit.storage import to_markdown, to_storage
from atlassian_kit.storage.markup import edited, markdown_of
from atlassian_kit.storage.reading import read
from atlassian_kit.storage.tree import Element, parse
from atlassian_kit.storage.writing import write

few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

WORDS = (
    "plan|1. x|a * b|# no heading|- dash|&lt;b&gt;|&nbsp;|&ndash;|a&amp;b|  two  |line\nend|[x](y)|`tick`|*stars*|~~"
)
words = st.sampled_from(
    [*WORDS.split("|"), "| pipe", "https://x.y/a_b", "&ldquo;said&rdquo;", "<br />", "::: x", "日本"]
)
text = st.lists(words, min_size=1, max_size=3).map(" ".join)

atoms = st.sampled_from(
    [
        '<ac:link><ri:user ri:account-id="5b1" /></ac:link>',
        '<ac:link><ri:page ri:space-key="PMOS" ri:content-title="Phase 1" /></ac:link>',
        '<ac:link ac:anchor="top"><ri:page ri:content-title="A/B &amp; C" />'
        "<ac:link-body>see <em>it</em></ac:link-body></ac:link>",
        '<ac:link><ri:attachment ri:filename="a b.pdf" />'
        "<ac:plain-text-link-body><![CDATA[a <b> ]]]]><![CDATA[> c]]></ac:plain-text-link-body></ac:link>",
        '<ac:structured-macro ac:name="status" ac:macro-id="m1"><ac:parameter ac:name="title">ON TRACK</ac:parameter>'
        '<ac:parameter ac:name="colour">Green</ac:parameter></ac:structured-macro>',
        '<ac:emoticon ac:name="smile" ac:emoji-shortname=":smile:" ac:emoji-id="1f604" ac:emoji-fallback="😄" />',
        '<ac:emoticon ac:name="tick" />',
        '<time datetime="2026-01-31" />',
        "<ac:placeholder>type here</ac:placeholder>",
        '<a href="https://example.com/x?a=1&amp;b=2" data-card-appearance="inline">https://example.com/x</a>',
        '<ac:image ac:width="20"><ri:attachment ri:filename="p.png" /></ac:image>',
        '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">PMOS-1</ac:parameter></ac:structured-macro>',
        '<span class="x"></span>',
        "<new:thing>some</new:thing>",
    ]
)
marked = st.sampled_from(
    [
        *["strong", "em", "u", "s", "code", "sub", "sup", "b"],
        'span style="color: rgb(255,0,0);"',
        'span class="y"',
        'a href="https://example.com/"',
        'a href="#top"',
        'ac:inline-comment-marker ac:ref="c-1"',
    ]
)


def inside(tag: str, contents: str) -> str:
    return f"<{tag}>{contents}</{tag.split()[0]}>"


inline = st.recursive(
    text | atoms,
    lambda inner: st.builds(inside, marked, inner) | st.lists(inner, min_size=1, max_size=3).map("".join),
    max_leaves=4,
)


def listed(items: list[str], tag: str) -> str:
    return inside(tag, "".join(f"<li>{item}</li>" for item in items))


def macro(name: str, body: str, title: str) -> str:
    said = f'<ac:parameter ac:name="title">{title}</ac:parameter>' if title else ""
    return (
        f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">{said}'
        f"<ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
    )


def table(rows: list[list[str]], tag: str) -> str:
    made = "".join(f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>\n" for row in rows)
    return f'<table class="wrapped"><colgroup><col style="width: 50%;" /></colgroup><tbody>{made}</tbody></table>'


def tasks(lines: list[str]) -> str:
    made = "".join(
        f"<ac:task>\n<ac:task-id>{number}</ac:task-id>\n<ac:task-status>incomplete</ac:task-status>\n"
        f'<ac:task-body><span class="placeholder-inline-tasks">{line}</span></ac:task-body>\n</ac:task>\n'
        for number, line in enumerate(lines, 1)
    )
    return f"<ac:task-list>\n{made}</ac:task-list>"


def layout(left: str, right: str, below: str) -> str:
    return (
        f'<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>{left}</ac:layout-cell>'
        f"<ac:layout-cell>{right}"
        '</ac:layout-cell></ac:layout-section><ac:layout-section ac:type="single"><ac:layout-cell>'
        f"{below}</ac:layout-cell></ac:layout-section></ac:layout>"
    )


fixed = st.sampled_from(
    [
        "<hr />",
        "<p />",
        "<p><br /></p>",
        "<pre>some\n  code</pre>",
        '<ac:structured-macro ac:name="toc" />',
        '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">py</ac:parameter>'
        "<ac:plain-text-body><![CDATA[if a < b:\n    print(']]]]><![CDATA[>')]]></ac:plain-text-body>"
        "</ac:structured-macro>",
        '<ac:image ac:alt="x"><ri:attachment ri:filename="a b.png" />'
        "<ac:caption><p>Shows <em>x</em></p></ac:caption></ac:image>",
        '<ac:image><ri:url ri:value="https://example.com/p.png" /></ac:image>',
        '<p><a href="https://example.com/" data-card-appearance="block">https://example.com/</a></p>',
        '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>'
        "<ac:adf-content><p>purple</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>purple</p></ac:adf-fallback></ac:adf-extension>",
        '<ac:structured-macro ac:name="html"><ac:plain-text-body><![CDATA[<script>x</script>]]></ac:plain-text-body>'
        "</ac:structured-macro>",
        "<!-- a comment -->",
        "<unknown><p>text of it</p></unknown>",
    ]
)
lines = inline.map(lambda shown: f"<p>{shown}</p>") | st.builds(
    inside, st.sampled_from(["h1", "h3", 'p style="text-align: center;"']), inline
)
blocks = st.recursive(
    lines | inline | fixed,
    lambda inner: st.one_of(
        st.builds(
            listed,
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(["ul", "ol"]),
        ),
        st.builds(
            macro,
            st.sampled_from(["info", "note", "panel", "expand", "excerpt", "mine"]),
            st.lists(inner, min_size=1, max_size=2).map("\n".join),
            st.sampled_from(["", "T &amp; x"]),
        ),
        st.builds(
            table,
            st.lists(st.lists(inner, min_size=2, max_size=2), min_size=1, max_size=3),
            st.sampled_from(["td", "th"]),
        ),
        st.builds(inside, st.sampled_from(["blockquote", "div"]), inner),
        st.builds(tasks, st.lists(inline, min_size=1, max_size=2)),
        st.builds(layout, inner, inner, inner),
    ),
    max_leaves=6,
)
pages = st.lists(blocks, min_size=0, max_size=4).map("\n".join)


def well_formed(storage: str) -> bool:
    entities = "".join(
        f'<!ENTITY {name} "?">'
        for name in set(re.findall(r"&([A-Za-z][A-Za-z0-9]*);", storage)) - {"amp", "lt", "gt", "quot", "apos"}
    )
    parser = expat.ParserCreate()
    parser.Parse(f"<!DOCTYPE page [{entities}]><page>{storage}</page>".encode(), True)
    return True


@few
@given(pages)
def test_a_tree_has_every_element_where_it_stands(source: str) -> None:
    def check(element: Element) -> None:
        position = element.inner
        for child in element.children:
            assert child.start == position
            position = child.end
            if isinstance(child, Element):
                assert source[child.start + 1 :].startswith(child.name)
                check(child)
        assert position == element.inner_end

    root = parse(source)
    check(root)
    assert root.raw == source


@few
@given(pages)
def test_a_page_that_is_not_edited_is_the_same_byte_for_byte(source: str) -> None:
    document = read(parse(source).children)
    edit = edited(document, markdown_of(document))
    assert not edit.changed
    assert write(edit.document) == source


@few
@given(pages, st.data())
def test_a_block_that_goes_takes_nothing_along(source: str, data: st.DataObject) -> None:
    document = read(parse(source).children)
    content = document["content"]
    if not content:
        return
    gone = data.draw(st.integers(0, len(content) - 1))
    left = write({**document, "content": [*content[:gone], *content[gone + 1 :]]})
    assert well_formed(left)
    raw = content[gone]["origin"].raw
    # A cell of a layout that loses all its blocks gets an empty one.
    expected = source.replace(raw, "", 1)
    assert re.sub("\n|<p />", "", left) == re.sub("\n|<p />", "", expected) or source.count(raw) > 1


@few
@given(pages, st.data())
def test_a_new_paragraph_is_all_that_changes(source: str, data: st.DataObject) -> None:
    document = read(parse(source).children)
    content = document["content"]
    place = data.draw(st.integers(0, len(content)))
    new = {"type": "paragraph", "content": [{"type": "text", "text": "ZZ <&> ZZ"}]}
    made = write({**document, "content": [*content[:place], new, *content[place:]]})
    assert well_formed(made)
    shown = "<p>ZZ &lt;&amp;&gt; ZZ</p>"
    wrapped = (
        '<ac:layout-section ac:type="fixed-width" ac:breakout-mode="default"><ac:layout-cell>'
        f"{shown}</ac:layout-cell></ac:layout-section>"
    )
    assert made.replace(wrapped, "") == source or made.replace(shown, "") == source


@few
@given(pages)
def test_words_added_at_the_end_leave_all_else_alone(source: str) -> None:
    document = read(parse(source).children)
    before = markdown_of(document)
    edit = edited(document, f"{before}\n\nZZ words")
    made = write(edit.document)
    assert (edit.lost, edit.unknown) == ((), ())
    assert well_formed(made)
    assert "ZZ words" in made
    for line in before.split("\n"):
        assert line in to_markdown(made)


@few
@given(pages)
def test_markdown_of_a_page_makes_a_page_of_the_same_markdown(source: str) -> None:
    once = to_storage(to_markdown(source))
    assert well_formed(once)
    shown = to_markdown(once)
    twice = to_storage(shown)
    assert well_formed(twice)
    # A file that is shown in two ways has a placeholder, which stands for nothing on another page.
    assert to_markdown(twice) == shown or "](adf:" in shown


@few
@given(pages, st.data())
def test_whatever_becomes_of_the_markdown_the_page_is_well_formed(source: str, data: st.DataObject) -> None:
    document = read(parse(source).children)
    edited_lines = markdown_of(document).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(edited_lines) - 1))
        what = data.draw(st.sampled_from(["drop", "double", "insert", "move"]))
        if what == "insert":
            new = [
                "- [x] done",
                "| a | b |",
                "# New",
                "  more",
                ":::",
                "::: layout",
                "> q",
                "![a](attachment:a b.png)",
                "",
            ]
            edited_lines.insert(place, data.draw(st.sampled_from(new)))
        elif what == "double":
            edited_lines.insert(place, edited_lines[place])
        else:
            line = edited_lines.pop(place)
            if what == "move":
                edited_lines.insert(data.draw(st.integers(0, len(edited_lines))), line)
            edited_lines = edited_lines or [""]
    made = write(edited(document, "\n".join(edited_lines)).document)
    assert well_formed(made)
    assert to_markdown(made) is not None
