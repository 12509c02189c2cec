"""Every element of storage format as Markdown, and what an edit of that Markdown makes of it."""

import pytest

from atlassian_kit.storage import edit, to_markdown, to_storage
from atlassian_kit.storage.tree import parse

NAMES = {"5b1": "Ann Lee"}


def macro(name: str, body: str = "", **parameters: str) -> str:
    said = "".join(f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items())
    return f'<ac:structured-macro ac:name="{name}" ac:macro-id="m">{said}{body}</ac:structured-macro>'


def rich(contents: str) -> str:
    return f"<ac:rich-text-body>{contents}</ac:rich-text-body>"


def plain(contents: str) -> str:
    return f"<ac:plain-text-body><![CDATA[{contents}]]></ac:plain-text-body>"


READ = [
    ("<h3>Head <em>ing</em></h3>", "### Head *ing*"),
    ("<p>a<br />b&nbsp;c &ldquo;d&rdquo;\n  e</p>", "a\\\nb\u00a0c “d” e"),
    ("text without a <b>paragraph</b>", "text without a **paragraph**"),
    ("<ul><li>a<ol><li><p>b</p></li></ol></li><li>c</li></ul>", "- a\n  1. b\n- c"),
    ('<ol start="3"><li>a</li></ol>', "3. a"),
    ("<blockquote><p>q</p></blockquote>", "> q"),
    ("<pre>a &lt; b\n c</pre>", "```\na < b\n c\n```"),
    ("<hr />", "---"),
    ("<div class='x'><p>a</p><div>b</div></div>", "a\n\nb"),
    (
        "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
        "| A | B |\n| --- | --- |\n| 1 | 2 |",
    ),
    (
        "<table><tbody><tr><td colspan='2'>a</td></tr><tr><th>b</th><td><ul><li>c</li></ul></td></tr></tbody></table>",
        "|  |  |\n| --- | --- |\n| a | < |\n| ! b | - c |",
    ),
    (macro("code", plain("a]]]]><![CDATA[>b"), language="py"), "```py\na]]>b\n```"),
    (macro("info", rich("<p>x</p>")), "> [!NOTE]\n> x"),
    (macro("tip", rich("<p>x</p>")), "> [!TIP]\n> x"),
    (macro("note", rich("<p>x</p>")), "> [!WARNING]\n> x"),
    (macro("warning", rich("<p>x</p>")), "> [!CAUTION]\n> x"),
    (
        macro("expand", rich("<p>x</p>"), title="A &amp; B"),
        "<details>\n<summary>A &amp; B</summary>\n\nx\n\n</details>",
    ),
    (macro("status", title="On track", colour="Green"), "[On track](status:green)"),
    ('<p><time datetime="2026-01-31" /></p>', "[2026-01-31](date:2026-01-31)"),
    ('<p><ac:emoticon ac:name="smile" ac:emoji-fallback="😄" /></p>', "😄"),
    ('<p><ac:link><ri:user ri:account-id="5b1" /></ac:link></p>', "@[Ann Lee]"),
    ('<p><ac:link><ri:user ri:account-id="6c2" /></ac:link></p>', "@[6c2]"),
    ('<ac:link><ri:page ri:space-key="PM" ri:content-title="A/B c" /></ac:link>', "[A/B c](page:PM/A%2FB%20c)"),
    ('<ac:link ac:anchor="x y"><ri:page ri:content-title="T" /></ac:link>', "[T](page:T#x%20y)"),
    ('<ac:link><ri:page ri:content-title="2026" /></ac:link>', "[2026](page:/2026)"),
    ('<ac:link><ri:content-entity ri:content-id="12" /><ac:link-body>t</ac:link-body></ac:link>', "[t](page:12)"),
    (
        '<ac:link><ri:blog-post ri:space-key="PM" ri:posting-day="2026/01/31" ri:content-title="N" /></ac:link>',
        "[N](blog:PM/2026-01-31/N)",
    ),
    ('<ac:link><ri:space ri:space-key="PM" /></ac:link>', "[PM](space:PM)"),
    ('<ac:link ac:anchor="top"><ac:link-body>up</ac:link-body></ac:link>', "[up](#top)"),
    ('<ac:link><ri:attachment ri:filename="a b.pdf" /></ac:link>', "[a b.pdf](attachment:a%20b.pdf)"),
    ('<a href="https://x.y/?a=1&amp;b=2">t</a>', "[t](https://x.y/?a=1&b=2)"),
    ('<p><a href="https://x.y/" data-card-appearance="inline">https://x.y/</a></p>', "<https://x.y/>"),
    ('<p><a href="https://x.y/" data-card-appearance="block">https://x.y/</a></p>', "::card https://x.y/"),
    ('<ac:image ac:alt="a"><ri:attachment ri:filename="p.png" /></ac:image>', "![a](attachment:p.png)"),
    ('<p><ac:image><ri:url ri:value="https://x.y/p.png" /></ac:image></p>', "![](https://x.y/p.png)"),
    ("<p><u>a</u><s>b</s><sub>c</sub><sup>d</sup><code>e</code></p>", "<u>a</u>~~b~~<sub>c</sub><sup>d</sup>`e`"),
    ('<p><span style="color: rgb(255,0,0);">r</span></p>', '<font color="#ff0000">r</font>'),
    ('<p>x <ac:inline-comment-marker ac:ref="r">y</ac:inline-comment-marker></p>', "x y"),
    (
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>"
        "<ac:task-body>a</ac:task-body></ac:task></ac:task-list>",
        "- [x] a",
    ),
]


@pytest.mark.parametrize(("source", "markdown"), READ, ids=[markdown for _, markdown in READ])
def test_an_element_is_read_as_markdown_that_leaves_it_as_it_is(source: str, markdown: str) -> None:
    assert to_markdown(source, NAMES) == markdown
    assert edit(source, markdown, names=NAMES).storage == source


@pytest.mark.parametrize("markdown", [markdown for _, markdown in READ if "@[" not in markdown])
def test_what_is_read_of_an_element_can_be_written_anew(markdown: str) -> None:
    made = to_storage(markdown)
    parse(made)
    assert to_markdown(made) == markdown


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (macro("toc", maxLevel="3"), "extension: toc"),
        (macro("jira", key="PMOS-1"), "inlineExtension: jira PMOS-1"),
        (macro("jira", jqlQuery="project = PMOS"), "extension: jira project = PMOS"),
        (macro("html", plain("<script>x</script>")), "extension: html \\<script>x\\</script>"),
        ("<unknown><p>its text</p></unknown>", "extension: unknown its text"),
        ("<p>a <ac:placeholder>type here</ac:placeholder></p>", "inlineExtension: placeholder type here"),
        ("<p><ac:link><ri:shortcut ri:key='k' ri:parameter='p' /></ac:link></p>", "inlineExtension: link"),
    ],
)
def test_what_markdown_has_no_form_for_is_a_placeholder_that_tells_what_it_is(source: str, said: str) -> None:
    shown = to_markdown(source)
    assert f"[{said}](adf:" in shown
    moved = edit(source, f"before\n\n{shown}\n\nafter").storage
    assert moved == f"<p>before</p>{source}<p>after</p>"


def test_a_macro_around_text_is_a_frame_around_it_and_macros_inside_are_too() -> None:
    inner = macro("excerpt", rich("<p>in</p>"), nopanel="true")
    source = macro("panel", rich(f"<h2>h</h2>{inner}"), title="Plan")
    shown = to_markdown(source)
    first, *_, last = shown.split("\n")
    assert first.startswith("::: adf:")
    assert first.endswith(" panel Plan")
    assert last == ":::"
    assert edit(source, shown.replace("\nin\n", "\nin it\n")).storage == source.replace(">in<", ">in it<")


PLAIN_BODY = "<ac:plain-text-link-body><![CDATA[{}]]></ac:plain-text-link-body>"
EDITS = [
    (macro("info", rich("<p>x</p>\n<p>y</p>")), "> [!NOTE]\n> x\n>\n> z", macro("info", rich("<p>x</p>\n<p>z</p>"))),
    (macro("info", rich("<p>x</p>")), "> [!CAUTION]\n> x", macro("warning", rich("<p>x</p>"))),
    (macro("code", plain("a"), title="T"), "```py\nb]]>\n```", None),
    (
        macro("expand", rich("<p>x</p>"), title="T"),
        "<details>\n<summary>U</summary>\n\nx\n\n</details>",
        macro("expand", rich("<p>x</p>"), title="U"),
    ),
    ("<h2 id='h'>a</h2>", "### a", "<h3 id='h'>a</h3>"),
    ("<ul class='k'><li>a</li></ul>", "1. a", "<ol class='k'><li>a</li></ol>"),
    ("<p>&ldquo;a&rdquo; b&nbsp;c\n d</p>", "“a” B\u00a0c d", "<p>&ldquo;a&rdquo; B&nbsp;c\n d</p>"),
    ("<p>a <b class='x'>bold</b> c</p>", "a **bolder** c", "<p>a <b class='x'>bolder</b> c</p>"),
    (
        f'<ac:link ac:card="1"><ri:page ri:content-title="T" />{PLAIN_BODY.format("a")}</ac:link>',
        "[a & b](page:T)",
        f'<ac:link ac:card="1"><ri:page ri:content-title="T" />{PLAIN_BODY.format("a & b")}</ac:link>',
    ),
    (
        macro("status", title="On track", colour="Green", subtle="true"),
        "[Late](status:red)",
        macro("status", title="Late", colour="Red", subtle="true"),
    ),
    (
        '<ac:image ac:width="9"><ri:attachment ri:filename="p.png" /></ac:image>',
        '![p.png](attachment:p.png "new")',
        '<ac:image ac:width="9"><ri:attachment ri:filename="p.png" /><ac:caption><p>new</p></ac:caption></ac:image>',
    ),
    (
        "<table><colgroup /><tbody><tr><td class='c'>1</td></tr><tr><td>2</td></tr></tbody></table>",
        "|  |\n| --- |\n| 1 |\n| 1.5 |\n| 2 |",
        "<table><colgroup /><tbody><tr><td class='c'>1</td></tr><tr><td><p>1.5</p></td></tr><tr><td>2</td></tr></tbody>"
        "</table>",
    ),
]


@pytest.mark.parametrize(("source", "markdown", "expected"), EDITS)
def test_what_an_edit_does_not_say_stays(source: str, markdown: str, expected: str | None) -> None:
    made = edit(source, markdown)
    assert made.lost == ()
    if expected is None:
        expected = macro("code", plain("b]]]]><![CDATA[>"), language="py", title="T")
    assert made.storage == expected


def test_a_picture_shown_twice_stays_what_it_was_in_both_places() -> None:
    small, large = (
        f'<ac:image ac:width="{width}"><ri:attachment ri:filename="p.png" /></ac:image>' for width in (9, 99)
    )
    source = f"<p>a {small} b {large}</p>"
    assert edit(source, to_markdown(source).replace(" b ", " c ")).storage == source.replace(" b ", " c ")


def test_new_tasks_get_ids_that_no_task_of_the_page_has() -> None:
    status = "<ac:task-status>incomplete</ac:task-status>"
    task = f"<ac:task><ac:task-id>7</ac:task-id>{status}<ac:task-body>a</ac:task-body></ac:task>"
    made = edit(f"<ac:task-list>{task}</ac:task-list>", "- [x] a\n- [ ] b").storage
    assert "<ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status>" in made
    assert "<ac:task-id>8</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>b</ac:task-body>" in made


def test_links_tells_what_the_addresses_of_a_file_of_markdown_mean() -> None:
    known = {"other.md": "page:PM/Other", "img/a.png": "attachment:a.png"}
    made = to_storage("[o](other.md) [p](third.md)\n\n![x](img/a.png)", known)
    assert '<ri:page ri:space-key="PM" ri:content-title="Other" />' in made
    assert '<a href="third.md">p</a>' in made
    assert '<ac:image ac:alt="x"><ri:attachment ri:filename="a.png" /></ac:image>' in made


def test_names_with_blanks_need_no_encoding() -> None:
    made = to_storage('[a](page:PM/Phase 1 (b) PRD) ![b](attachment:my file.png "c") [d](https://x y)')
    assert 'ri:content-title="Phase 1 (b) PRD"' in made
    assert 'ri:filename="my file.png"' in made
    assert "[d](" in made


def test_an_emoticon_of_the_older_editor_shows_as_the_character_and_stays_what_it_is() -> None:
    source = '<p><ac:emoticon ac:name="tick" /> done</p>'
    assert to_markdown(source) == "✅ done"
    assert edit(source, "✅ not done").storage == source.replace("done", "not done")


def test_marks_inside_of_a_link_that_had_only_plain_text_are_kept() -> None:
    source = f'<p><ac:link><ri:page ri:content-title="T" />{PLAIN_BODY.format("a b")}</ac:link></p>'
    made = edit(source, "[a **b**](page:T)").storage
    assert "<ac:link-body>a <strong>b</strong></ac:link-body>" in made


def test_the_description_and_the_address_of_a_picture_can_be_changed() -> None:
    source = '<ac:image ac:width="9" ac:alt="old"><ri:attachment ri:filename="p.png" /></ac:image>'
    made = edit(source, "![new  *one*](attachment:p.png)")
    assert (made.storage, made.lost) == (source.replace("old", "new  one"), ())
    external = source.replace('<ri:attachment ri:filename="p.png" />', '<ri:url ri:value="https://x.y/1.png" />')
    assert edit(external, "![](https://x.y/2.png)").storage == external.replace("1.png", "2.png").replace("old", "")


def test_text_in_many_elements_that_show_nothing_is_read_and_edited() -> None:
    source = "<div>" * 30 + "<p>inside</p>" + "</div>" * 30
    assert to_markdown(source) == "inside"
    assert edit(source, "well inside").storage == source.replace("inside", "well inside")
