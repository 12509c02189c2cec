"""ADF to Markdown: what a model reads, whatever a server sends."""

from typing import Any

import pytest

from atlassian_kit.adf import plain_text, to_adf, to_markdown

Node = dict[str, Any]


def node(type_: str, *content: Node, **attrs: Any) -> Node:
    made: Node = {"type": type_}
    if attrs:
        made["attrs"] = attrs
    if content:
        made["content"] = list(content)
    return made


def text(value: str, *marks: str | Node) -> Node:
    listed = [{"type": mark} if isinstance(mark, str) else mark for mark in marks]
    return {"type": "text", "text": value, "marks": listed}


def link(href: str, **attrs: str) -> Node:
    return {"type": "link", "attrs": {"href": href, **attrs}}


def para(*content: Node | str) -> Node:
    return node("paragraph", *(text(child) if isinstance(child, str) else child for child in content))


def item(*content: Node) -> Node:
    return node("listItem", *content)


def cell(*content: Node, type_: str = "tableCell", **attrs: Any) -> Node:
    return node(type_, *content, **attrs)


def external(url: str, **attrs: str) -> Node:
    return node("media", type="external", url=url, **attrs)


BREAK = node("hardBreak")

LINES: list[tuple[list[Node | str], str]] = [
    (["snake_case and 2 * 3 stay"], "snake_case and 2 * 3 stay"),
    (["*a* _b_ `c` <d> ~~e~~ &amp; \\*"], r"\*a\* \_b\_ \`c\` \<d> \~\~e\~\~ \&amp; \\\*"),
    (["[ABC-1] and [a](b) and [c]: d"], r"[ABC-1] and [a\](b) and [c\]: d"),
    (["# a"], r"\# a"),
    (["- a"], r"\- a"),
    (["1. a"], r"1\. a"),
    (["> a"], r"\> a"),
    (["---"], r"\---"),
    (["+ x", BREAK, "==="], "\\+ x\\\n\\==="),
    (["a | b", BREAK, "--- | ---"], "a | b\\\n\\--- | ---"),
    (["[x] a"], r"\[x] a"),
    (["[!NOTE]"], r"\[!NOTE]"),
    (["  spaced  ", BREAK, "\tout ", BREAK], "spaced  \\\nout"),
    (["two\nlines\r\nin one"], "two\\\nlines\\\nin one"),
    (["ends with \\", BREAK, "next"], "ends with \\\\\\\nnext"),
    (["a\x00\x07b\ud83d\ude00\ud800\ufffe"], "ab😀\ufffd"),
    ([text("b", "strong"), text("i", "em"), text("s", "strike")], "**b**<i>i</i>~~s~~"),
    ([text("a", "strong", "em"), text(" b", "em")], "***a** b*"),
    ([text("bold ", "strong"), "x"], "**bold** x"),
    ([text("(a)", "strong"), "b"], "<b>(a)</b>b"),
    ([text("a", "strong"), node("mention", id="1"), text("b", "strong")], "**a[](mention:1)b**"),
    ([text(" ", "strong"), "x"], "x"),
    ([text("u", "underline"), text("2", {"type": "subsup", "attrs": {"type": "sup"}})], "<u>u</u><sup>2</sup>"),
    ([text("x", {"type": "subsup", "attrs": {"type": "odd"}})], "x"),
    ([text("a`b", "code", "strong")], "``a`b``"),
    ([text("`", "code"), text(" a ", "code", link("https://a.b"))], "`` ` ``[`  a  `](https://a.b)"),
    ([text("t", link("https://a.b/(c) d", title='say "x"'))], '[t](https://a.b/\\(c\\)%20d "say \\"x\\"")'),
    ([text("https://a.b", link("https://a.b")), ", so"], "https://a.b, so"),
    ([text("https://a.b", link("https://a.b")), "so"], "[https://a.b](https://a.b)so"),
    (["x", text("https://a.b", link("https://a.b"))], "x[https://a.b](https://a.b)"),
    ([text("https://a.b", link("https://a.b"), "strong")], "**https://a.b**"),
    ([text("a@b.c", link("mailto:a@b.c"))], "<a@b.c>"),
    ([text("http://x", "code"), "=http://x"], "`http://x`=http://x"),
    ([text("http://x", link("/y")), "=http://x"], "[http://x](/y)=http\\://x"),
    (["http://", text("x", "strong")], "http\\://**x**"),
    (["~http://", text("http://x", link("http://x"))], "~http\\://[http://x](http://x)"),
    (["see https://a.b/x_y_z now"], "see https://a.b/x_y_z now"),
    ([text("x", "strong"), "https://a.b"], "**x**https\\://a.b"),
    (["http:// and https://."], "http:// and https://."),
    ([text("x", link("javascript:alert(1)"))], "x"),
    ([text("x", link("ftp://a.b")), " y"], "x (ftp://a.b) y"),
    ([text("x", link(""))], "x"),
    ([text("x", link("mention:1"))], "x (mention:1)"),
    ([text("red", {"type": "textColor", "attrs": {"color": "#ff0000"}}), "der"], "redder"),
    ([node("mention", id="5b:1", text="@Ann [x]")], r"[@Ann \[x\]](mention:5b:1)"),
    ([node("mention")], "[mention]"),
    ([node("status", text="DONE", color="green")], "[DONE](status:green)"),
    ([node("status", text="DONE", color="pink")], "[DONE](status:neutral)"),
    ([node("status")], "[status]"),
    ([node("date", timestamp="1769817600000")], "[2026-01-31](date:2026-01-31)"),
    ([node("date", timestamp=1769817600001)], "[2026-01-31](date:1769817600001)"),
    ([node("date", timestamp="999999999999999")], "[date]"),
    ([node("date", timestamp="soon")], "[date]"),
    ([node("emoji", shortName=":smile:", text="😄")], "😄"),
    ([node("emoji", shortName=":party:", id="u 1", text=":party:")], "[:party:](emoji::party:/u%201)"),
    ([node("emoji")], "[emoji]"),
    ([node("inlineCard", url="https://a.b/c")], "<https://a.b/c>"),
    ([node("inlineCard", url="/c d")], "[/c d](/c%20d)"),
    ([node("inlineCard", data={"url": "https://a.b", "name": "N"})], "[N](https://a.b)"),
    ([node("inlineCard")], "[inlineCard]"),
    ([node("placeholder", text="type here")], "[placeholder] type here"),
    ([node("inlineExtension", extensionKey="k", text="t")], "[inlineExtension: k] t"),
    ([node("mediaInline", id="1", collection="c", alt="a]")], r"![a\]](attachment:1?collection=c)"),
    ([node("strange", text("inside"))], "[strange]"),
]


@pytest.mark.parametrize(("content", "markdown"), LINES)
def test_a_line_says_in_markdown_just_what_it_says(content: list[Node | str], markdown: str) -> None:
    assert to_markdown(node("doc", para(*content))) == markdown
    assert to_markdown(to_adf(markdown)) == markdown


TASKS = node(
    "taskList",
    node("taskList", node("taskItem", text("z"), state="TODO")),
    node("taskItem", text("a"), BREAK, text("# b"), state="TODO"),
    node("taskList", node("taskItem", text("c"), state="DONE")),
    node("blockTaskItem", para("d"), para("e"), state="DONE"),
)
ROW = node("tableRow", cell(para("1"), BREAK), cell(para("x|y"), para("z"), background="#fff"))
SPANS = node(
    "table",
    node("tableRow", cell(para("a"), rowspan=2), cell(para("b"), colspan=2)),
    node("tableRow", cell(para("c")), cell(para("d"), colspan=True, rowspan="x")),
    node("tableRow"),
)
RICH = cell(
    node("heading", text("H"), level=2),
    node("heading", text("H "), node("mention", id="1"), level=2),
    node("bulletList", item(para("a")), item(node("orderedList", item(para("b")), order=4))),
    node("codeBlock", text("x = `1`\n\ny"), language="py"),
    node("panel", para("p"), panelType="info"),
    node("nestedExpand", para("n"), title="T"),
    node("taskList", node("taskItem", text("t"), state="DONE"), node("taskItem", state="TODO")),
    node("rule"),
    node("table", node("tableRow", cell(para("q")), cell(para("r")))),
    node("mediaSingle", external("https://a.b/i.png")),
    node("mediaSingle", node("media", type="file", id="1", alt="f")),
    node("extension", extensionKey="k", text="ext"),
)

BLOCKS: list[tuple[Node, str]] = [
    (para(), ""),
    (node("heading", text("a # b #"), level=2), r"## a # b \#"),
    (node("heading", text("a"), BREAK, text("b"), level="9"), "# a<br>b"),
    (node("heading", level=12), "######"),
    (node("codeBlock", text("a\n```\n"), language="c++ x"), "````c++\na\n```\n\n````"),
    (node("codeBlock"), "```\n```"),
    (node("codeBlock", text("{}"), language="adf"), "```json\n{}\n```"),
    (node("blockquote", para("a"), para("b")), "> a\n>\n> b"),
    (node("blockquote"), ">"),
    (node("panel", para("a"), panelType="warning"), "> [!WARNING]\n> a"),
    (node("panel", node("rule"), panelType="custom"), "> [!NOTE]\n>\n> ---"),
    (node("panel"), "> [!NOTE]"),
    (
        node("expand", para("a"), title="A <b> & c"),
        "<details>\n<summary>A &lt;b&gt; &amp; c</summary>\n\na\n\n</details>",
    ),
    (node("expand"), "<details>\n\n</details>"),
    (node("bulletList", item(para("a"), node("bulletList", item(para("b"))))), "- a\n  - b"),
    (node("bulletList", item(para("a"), node("orderedList", item(para("b")), order=2))), "- a\n\n  2. b"),
    (node("bulletList", item(), item(node("bulletList", item()))), "-\n-\n  -"),
    (node("bulletList", item(para("a"), para("b"), node("codeBlock"))), "- a\n\n  b\n\n  ```\n  ```"),
    (node("orderedList", item(para("a")), item(para("b")), order=9), "9. a\n10. b"),
    (node("orderedList", item(para("a")), order=10**12), "999999998. a"),
    (node("orderedList", item(para("a")), order=float("nan")), "1. a"),
    (node("bulletList", para("no item")), "- no item"),
    (TASKS, "- [ ] z\n- [ ] a\\\n  \\# b\n  - [x] c\n- [x] d\\\n  e"),
    (node("decisionList", node("decisionItem", text("yes"), state="DECIDED")), "- Decision: yes"),
    (node("mediaSingle", external("https://a.b/i.png", alt="x")), "![x](https://a.b/i.png)"),
    (
        node("mediaSingle", node("media", id="1", type="file"), node("caption", text("C"))),
        '![](attachment:1 "C")',
    ),
    (
        node("mediaSingle", {**external("https://a.b"), "marks": [link("https://c.d")]}),
        "[![](https://a.b)](https://c.d)",
    ),
    (node("mediaSingle", external("img.png", alt="x")), "[x](img.png)"),
    (node("mediaSingle", external("data:x")), "[media]"),
    (node("mediaSingle", external("ftp://x", alt="+")), r"\+ (ftp://x)"),
    (node("mediaSingle"), ""),
    (
        node(
            "mediaGroup",
            node("media", id="1", alt="a"),
            node("media", id="2"),
            external("https://a.b"),
            node("media", id="3"),
        ),
        "[a](attachment:1) [](attachment:2)\n\n![](https://a.b)\n\n[](attachment:3)",
    ),
    (
        node("table", node("tableRow", cell(para("h"), type_="tableHeader")), ROW),
        "| h |  |\n| --- | --- |\n| 1 | x\\|y<br>z |",
    ),
    (SPANS, "|  |  |  |\n| --- | --- | --- |\n| a | b |\n|  | c | d |\n|  |"),
    (node("table"), ""),
    (
        node("table", node("tableRow", RICH)),
        "|  |\n| --- |\n| **H**<br>H [](mention:1)<br>- a<br>- 4. b<br>`` x = `1` ``<br><br>`y`<br>p<br>**T**<br>n<br>"
        "☑ t<br>———<br>q \\| r<br>https://a.b/i.png<br>![f](attachment:1)<br>ext |",
    ),
    (
        node("table", node("tableRow", cell(node("mediaSingle", external("https://a.b/i.png"))))),
        "|  |\n| --- |\n| ![](https://a.b/i.png) |",
    ),
    (node("blockCard", url="https://a.b"), "<https://a.b>"),
    (node("embedCard", url="https://a.b", layout="wide"), "<https://a.b>"),
    (
        node("layoutSection", node("layoutColumn", para("a"), width=50), node("layoutColumn", para("b"), width=50)),
        "a\n\nb",
    ),
    (node("extension", extensionKey="toc", text="Contents"), "[extension: toc] Contents"),
    (node("bodiedExtension", para("a"), extensionKey="k"), "[bodiedExtension: k]\n\na"),
    (node("newThing", node("other", para("a"))), "[newThing]\n\n[other]\n\na"),
    (node("media", id="1", type="file"), "![](attachment:1)"),
    (node("taskItem", text("a"), state="DONE"), "☑ a"),
    (text("bare"), "bare"),
    (node("doc", para("a")), "a"),
]


@pytest.mark.parametrize(("block", "markdown"), BLOCKS)
def test_a_block_becomes_markdown_that_can_be_read(block: Node, markdown: str) -> None:
    assert to_markdown(node("doc", block)) == markdown


def test_lists_that_follow_each_other_stay_apart() -> None:
    bullets, numbers = node("bulletList", item(para("a"))), node("orderedList", item(para("b")))
    doc = node("doc", bullets, bullets, bullets, numbers, numbers, TASKS)
    content: Any = to_adf(to_markdown(doc))["content"]
    assert [block["type"] for block in content] == [block["type"] for block in doc["content"]]


STRANGE: list[object] = [
    None,
    7,
    True,
    [],
    {},
    {"type": 7},
    {"type": "doc"},
    {"type": "doc", "content": "text"},
    {"type": "doc", "content": [None, 7, "x", [], {}, {"type": None}, {"type": "paragraph", "content": {"a": 1}}]},
    {"type": "text"},
    {"type": "text", "text": ["a"]},
    {"type": "text", "text": "", "marks": "strong"},
    {"type": "text", "text": "", "marks": [7, {"type": "link"}, {"type": "link", "attrs": {"href": 7}}]},
    {"type": "heading", "attrs": {"level": None}, "content": [{"type": "text"}]},
    {"type": "mediaSingle", "content": [{"type": "paragraph"}]},
    {"type": "table", "content": [{"type": "paragraph", "content": [{"type": "text"}]}]},
]


@pytest.mark.parametrize("doc", STRANGE, ids=repr)
def test_a_strange_document_is_read_without_complaint(doc: object) -> None:
    for shown in (to_markdown(doc), to_markdown(doc, lossless=True), plain_text(doc)):
        assert isinstance(shown, str)


def test_a_text_instead_of_a_document_is_shown_as_it_is() -> None:
    assert to_markdown(" *plain*\x00 ") == plain_text(" *plain*\x00 ") == "*plain*"
    assert to_markdown(" *plain* ", lossless=True) == "*plain*"


@pytest.mark.parametrize("type_", ["bulletList", "blockquote", "table", "taskList", "expand", "unknown"])
def test_a_document_of_any_depth_is_read_to_its_end(type_: str) -> None:
    inner: Node = para("treasure")
    for _ in range(3000):
        inner = node(type_, inner if type_ not in ("bulletList",) else item(inner))
    for shown in (to_markdown(inner), to_markdown(node("doc", inner), lossless=True), plain_text(inner)):
        assert "treasure" in shown
    assert "treasure" in to_markdown(node("doc", node("table", node("tableRow", cell(inner)))))


def test_plain_text_has_a_line_for_each_block_and_no_markup() -> None:
    doc = node(
        "doc",
        node("heading", text("Title"), level=1),
        para("a ", text("b", "strong"), BREAK, node("mention", id="1"), node("date", timestamp="0")),
        node("expand", para(node("status", text="OK", color="green")), title="More"),
        node("mediaSingle", external("https://a.b", alt="picture")),
        node("blockCard", url="https://c.d"),
        para(node("emoji", shortName=":x:")),
    )
    assert plain_text(doc).split("\n") == [
        "Title",
        "a b",
        "@11970-01-01",
        "More",
        "OK",
        "picture",
        "https://c.d",
        ":x:",
    ]


def test_a_description_of_several_lines_is_one_line() -> None:
    media = {"type": "media", "attrs": {"type": "external", "url": "tel:+1", "alt": "a\nb"}}
    shown = to_markdown({"type": "doc", "content": [{"type": "mediaSingle", "content": [media]}]})
    assert shown == "[a b](tel:+1)"
    assert to_markdown(to_adf(shown)) == shown
