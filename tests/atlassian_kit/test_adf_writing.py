"""Markdown to ADF: what becomes of each thing that a model writes."""

from collections.abc import Callable
from typing import Any

import pytest

from atlassian_kit.adf import plain_text, to_adf, to_markdown

Node = dict[str, Any]
Errors = Callable[[object], list[str]]


def blocks(markdown: str) -> list[Node]:
    content: Any = to_adf(markdown)["content"]
    return content


def inline(markdown: str) -> list[Node]:
    (paragraph,) = blocks(markdown)
    assert paragraph["type"] == "paragraph"
    content: list[Node] = paragraph["content"]
    return content


def text(value: str, *marks: str | Node) -> Node:
    made: Node = {"type": "text", "text": value}
    if marks:
        made["marks"] = [{"type": mark} if isinstance(mark, str) else mark for mark in marks]
    return made


def link(href: str, **attrs: str) -> Node:
    return {"type": "link", "attrs": {"href": href, **attrs}}


def paragraph(*content: Node) -> Node:
    return {"type": "paragraph", "content": list(content)}


def item(*content: Node) -> Node:
    return {"type": "listItem", "content": list(content)}


BREAK: Node = {"type": "hardBreak"}
SUB: Node = {"type": "subsup", "attrs": {"type": "sub"}}

INLINE: dict[str, list[Node]] = {
    "plain": [text("plain")],
    "two\nlines": [text("two lines")],
    "a  \nb\\\nc<br/>d": [text("a"), BREAK, text("b"), BREAK, text("c"), BREAK, text("d")],
    "**b** *i* ~~s~~ `c`": [
        text("b", "strong"),
        text(" "),
        text("i", "em"),
        text(" "),
        text("s", "strike"),
        text(" "),
        text("c", "code"),
    ],
    "***x***": [text("x", "strong", "em")],
    "<u>u</u><INS>v</INS>": [text("uv", "underline")],
    "H<sub>2</sub>O": [text("H"), text("2", SUB), text("O")],
    "<kbd>Ctrl</kbd>": [text("Ctrl", "code")],
    "**bold `code`**": [text("bold ", "strong"), text("code", "code")],
    "[`code`](https://a.b)": [text("code", link("https://a.b"), "code")],
    "<b>never closed": [text("<b>never closed")],
    "closed only</b>": [text("closed only</b>")],
    '<span title="a_b_c">x</span>': [text('<span title="a_b_c">x</span>')],
    "a <!-- --> b": [text("a  b")],
    "a <!-- note --> b": [text("a <!-- note --> b")],
    "[t](https://a.b 'T')": [text("t", link("https://a.b", title="T"))],
    "[](https://a.b)": [text("https://a.b", link("https://a.b"))],
    "[<https://c.d> x](https://a.b)": [text("https://c.d x", link("https://a.b"))],
    "[<!-- -->](https://a.b)": [text("https://a.b", link("https://a.b"))],
    "[empty]()": [text("empty")],
    "[rel](../x#y) [mail](mailto:a@b.c) [call](tel:+1)": [
        text("rel", link("../x#y")),
        text(" "),
        text("mail", link("mailto:a@b.c")),
        text(" "),
        text("call", link("tel:+1")),
    ],
    "[x](javascript:alert(1))": [text("[x](javascript:alert(1))")],
    "[x](JAVA&#x09;SCRIPT:alert(1))": [text("[x](JAVA\tSCRIPT:alert(1))")],
    "[x](data:text/html,hi)": [text("[x](data:text/html,hi)")],
    "see https://a.b/c_d_e?x=1&y=2.": [
        text("see "),
        text("https://a.b/c_d_e?x=1&y=2", link("https://a.b/c_d_e?x=1&y=2")),
        text("."),
    ],
    "(https://a.b/(c))": [text("("), text("https://a.b/(c)", link("https://a.b/(c)")), text(")")],
    "**https://a.b**": [text("https://a.b", link("https://a.b"), "strong")],
    "xhttps://a.b": [text("xhttps://a.b")],
    "http://": [text("http://")],
    "<https://a.b/c>": [{"type": "inlineCard", "attrs": {"url": "https://a.b/c"}}],
    "<a@b.c>": [text("a@b.c", link("mailto:a@b.c"))],
    "[@Ann](mention:557058:ab-c)": [{"type": "mention", "attrs": {"id": "557058:ab-c", "text": "@Ann"}}],
    "[](mention:1)": [{"type": "mention", "attrs": {"id": "1"}}],
    "[**To** do](status:green)": [{"type": "status", "attrs": {"text": "To do", "color": "green"}}],
    "[To\ndo](status:red)": [{"type": "status", "attrs": {"text": "To do", "color": "red"}}],
    "[X](status:pink)": [{"type": "status", "attrs": {"text": "X", "color": "neutral"}}],
    "[2026-01-31](date:2026-01-31)": [{"type": "date", "attrs": {"timestamp": "1769817600000"}}],
    "[](date:1769817600001)": [{"type": "date", "attrs": {"timestamp": "1769817600001"}}],
    "[Friday](date:2026-01-31)": [text("Friday "), {"type": "date", "attrs": {"timestamp": "1769817600000"}}],
    "[x](date:2026-02-30)": [text("[x](date:2026-02-30)")],
    "[:party:](emoji::party:/u-1)": [
        {"type": "emoji", "attrs": {"shortName": ":party:", "id": "u-1", "text": ":party:"}}
    ],
    '[x](status:red "note")': [{"type": "status", "attrs": {"text": "x", "color": "red"}}, text(" note")],
    "see [f.pdf](attachment:a1)": [
        text("see "),
        {"type": "mediaInline", "attrs": {"type": "file", "id": "a1", "collection": "", "alt": "f.pdf"}},
    ],
    '![a](attachment:a1?collection=c-1 "T") x': [
        {"type": "mediaInline", "attrs": {"type": "file", "id": "a1", "collection": "c-1", "alt": "a"}},
        text(" T x"),
    ],
    "an ![icon](https://a.b/i.png) here": [
        text("an "),
        text("icon", link("https://a.b/i.png")),
        text(" here"),
    ],
    "![relative](img.png)": [text("relative", link("img.png"))],
    "![](mention:1)": [{"type": "mention", "attrs": {"id": "1"}}],
    "[![b](https://a.b/i.png)](https://c.d) x": [text("b", link("https://c.d")), text(" x")],
    "[![b](attachment:1)](https://c.d) x": [
        {
            "type": "mediaInline",
            "attrs": {"type": "file", "id": "1", "collection": "", "alt": "b"},
            "marks": [link("https://c.d")],
        },
        text(" x"),
    ],
    "[a][1]\n\n[1]: https://a.b": [text("a", link("https://a.b"))],
    "caf&eacute; &lt;b&gt; \\*x\\*": [text("café <b> *x*")],
}


@pytest.mark.parametrize("markdown", INLINE)
def test_inline_markup_becomes_marks_and_inline_nodes(markdown: str) -> None:
    assert inline(markdown) == INLINE[markdown]


BLOCKS: dict[str, list[Node]] = {
    "": [],
    "# A *b*": [{"type": "heading", "attrs": {"level": 1}, "content": [text("A "), text("b", "em")]}],
    "a\n\n---\n\nb": [paragraph(text("a")), {"type": "rule"}, paragraph(text("b"))],
    "- a\n- b": [{"type": "bulletList", "content": [item(paragraph(text("a"))), item(paragraph(text("b")))]}],
    "3. a": [{"type": "orderedList", "attrs": {"order": 3}, "content": [item(paragraph(text("a")))]}],
    "- - a": [
        {
            "type": "bulletList",
            "content": [
                item(paragraph(), {"type": "bulletList", "content": [item(paragraph(text("a")))]}),
            ],
        }
    ],
    "-": [{"type": "bulletList", "content": [item(paragraph())]}],
    "- # h [@A](mention:1)": [
        {
            "type": "bulletList",
            "content": [item(paragraph(text("h ", "strong"), {"type": "mention", "attrs": {"id": "1", "text": "@A"}}))],
        }
    ],
    "- # h\n\n  ---": [
        {"type": "bulletList", "content": [item(paragraph(text("h", "strong")), paragraph(text("———")))]}
    ],
    "```py\nx\n```": [{"type": "codeBlock", "attrs": {"language": "py"}, "content": [text("x")]}],
    "```py title=a\n```": [
        paragraph(text("title=a")),
        {"type": "codeBlock", "attrs": {"language": "py"}, "content": []},
    ],
    "    indented": [{"type": "codeBlock", "content": [text("indented")]}],
    "> a\n> > b": [{"type": "blockquote", "content": [paragraph(text("a")), paragraph(text("b"))]}],
    ">": [{"type": "blockquote", "content": [paragraph()]}],
    "> [!TIP]\n> a": [{"type": "panel", "attrs": {"panelType": "success"}, "content": [paragraph(text("a"))]}],
    "> [!caution] a\n>\n> > b": [
        {
            "type": "panel",
            "attrs": {"panelType": "error"},
            "content": [paragraph(text("a")), paragraph(text("b"))],
        }
    ],
    "> [!NOTE]": [{"type": "panel", "attrs": {"panelType": "info"}, "content": [paragraph()]}],
    "> [!OTHER]\n> a": [{"type": "blockquote", "content": [paragraph(text("[!OTHER] a"))]}],
    "> \\[!NOTE]": [{"type": "blockquote", "content": [paragraph(text("[!NOTE]"))]}],
    "- > [!WARNING]\n  > hot": [
        {
            "type": "bulletList",
            "content": [item(paragraph(text("Warning", "strong")), paragraph(text("hot")))],
        }
    ],
    "![a](https://a.b/i.png)": [
        {
            "type": "mediaSingle",
            "attrs": {"layout": "center"},
            "content": [{"type": "media", "attrs": {"type": "external", "url": "https://a.b/i.png", "alt": "a"}}],
        }
    ],
    '[![](https://a.b/i.png "T")](https://c.d)': [
        {
            "type": "mediaSingle",
            "attrs": {"layout": "center"},
            "content": [
                {
                    "type": "media",
                    "attrs": {"type": "external", "url": "https://a.b/i.png"},
                    "marks": [link("https://c.d")],
                },
                {"type": "caption", "content": [text("T")]},
            ],
        }
    ],
    "![a](attachment:1)": [
        {
            "type": "mediaSingle",
            "attrs": {"layout": "center"},
            "content": [{"type": "media", "attrs": {"type": "file", "id": "1", "collection": "", "alt": "a"}}],
        }
    ],
    "[a](attachment:1) [b](attachment:2)": [
        {
            "type": "mediaGroup",
            "content": [
                {"type": "media", "attrs": {"type": "file", "id": "1", "collection": "", "alt": "a"}},
                {"type": "media", "attrs": {"type": "file", "id": "2", "collection": "", "alt": "b"}},
            ],
        }
    ],
    "<div>\n*raw*\n</div>": [
        {"type": "codeBlock", "attrs": {"language": "html"}, "content": [text("<div>\n*raw*\n</div>")]}
    ],
    "<!-- -->": [],
    "<!-- todo -->": [{"type": "codeBlock", "attrs": {"language": "html"}, "content": [text("<!-- todo -->")]}],
    "<br>\ntext": [paragraph(BREAK, text(" text"))],
    "[TODO]: fix\n[TODO]: again": [paragraph(text("[TODO]: fix")), paragraph(text("[TODO]: again"))],
    "<details>\n<summary>A &amp; <b>b</b></summary>\n\nx\n\n</details>": [
        {"type": "expand", "attrs": {"title": "A & b"}, "content": [paragraph(text("x"))]}
    ],
    "<details><summary>T</summary>x</details> y": [
        {"type": "expand", "attrs": {"title": "T"}, "content": [paragraph(text("x"))]},
        paragraph(text("y")),
    ],
    "<details>\n<summary>\nT\n</summary>\nx": [
        {"type": "expand", "attrs": {"title": "T"}, "content": [paragraph(text("x"))]}
    ],
    "<details>\n\n</details>": [{"type": "expand", "content": [paragraph()]}],
    "</details>": [paragraph(text("</details>"))],
    "<details>\n\n- a": [
        {"type": "expand", "content": [{"type": "bulletList", "content": [item(paragraph(text("a")))]}]}
    ],
    "> <details><summary>T</summary>\n> x\n> </details>\n> y": [
        {
            "type": "blockquote",
            "content": [paragraph(text("T", "strong")), paragraph(text("x")), paragraph(text("y"))],
        }
    ],
    "<details>\n\n> <details>\n> a\n\n</details>": [
        {
            "type": "expand",
            "content": [
                {
                    "type": "blockquote",
                    "content": [paragraph(text("Details", "strong")), paragraph(text("a"))],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize("markdown", BLOCKS)
def test_blocks_become_the_nearest_block_that_may_stand_there(markdown: str) -> None:
    assert blocks(markdown) == BLOCKS[markdown]


def test_a_list_of_boxes_becomes_tasks_and_nested_ones_too() -> None:
    (tasks,) = blocks("- [ ]\n  a\n- [x] **b**\n  - [ ]\n- [X] ![p](https://a.b)")
    assert tasks["type"] == "taskList"
    first, second, nested, third = tasks["content"]
    assert [first["attrs"]["state"], second["attrs"]["state"], third["attrs"]["state"]] == ["TODO", "DONE", "DONE"]
    assert first["content"] == [text("a")]
    assert second["content"] == [text("b", "strong")]
    assert nested["type"] == "taskList"
    assert nested["content"][0]["content"] == []
    assert third["content"] == [text("p", link("https://a.b"))]


def test_every_task_has_an_id_of_its_own_that_does_not_change() -> None:
    markdown = "- [ ] same\n- [ ] same\n"
    first, second = blocks(markdown)[0]["content"]
    assert first["attrs"]["localId"] != second["attrs"]["localId"]
    assert to_adf(markdown) == to_adf(markdown)


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("- [ ] a\n- b", ["☐ a", "b"]),
        ("1. [x] a", ["☑ a"]),
        ("- [ ] a\n\n  b", ["☐ a", "b"]),
        ("- [ ] a\n  > b", ["☐ a", "b"]),
        ("- \\[ ] a", ["[ ] a"]),
        ("- [x](https://a.b) y", ["x y"]),
        ("> - [ ] a\n>   - [x] b", ["☐ a", "☑ b"]),
    ],
)
def test_boxes_that_cannot_be_tasks_stay_visible(markdown: str, lines: list[str]) -> None:
    assert plain_text(to_adf(markdown)).split("\n") == lines


def test_a_table_keeps_pipes_breaks_and_cells_beyond_the_header() -> None:
    (table,) = blocks("| a | b |\n|---|:-:|\n| `x\\|y` | 1<br>2 | extra |\n| short |\n")
    rows = [[plain_text(cell) for cell in row["content"]] for row in table["content"]]
    assert rows == [["a", "b", ""], ["x|y", "1\n2", "extra"], ["short", "", ""]]
    assert [cell["type"] for cell in table["content"][0]["content"]] == ["tableHeader"] * 3


def test_a_table_with_an_empty_header_has_none() -> None:
    (table,) = blocks("|  |  |\n|---|---|\n| a | b |")
    assert [[cell["type"] for cell in row["content"]] for row in table["content"]] == [["tableCell"] * 2]


def test_a_table_that_filling_up_would_blow_up_stays_ragged() -> None:
    (table,) = blocks("|a|\n|-|\n|" + "b|" * 3000 + "\n" + "|c|\n" * 3000)
    assert sum(len(row["content"]) for row in table["content"]) == 1 + 3000 + 3000


def test_a_table_where_none_may_stand_becomes_a_line_for_each_row() -> None:
    (listed,) = blocks("- | a | b |\n  |---|---|\n  | 1 | **2** |")
    assert listed["content"][0]["content"] == [
        paragraph(text("a | b")),
        paragraph(text("1 | "), text("2", "strong")),
    ]


def test_sections_nested_three_deep_keep_their_titles_and_text() -> None:
    markdown = "".join(f"<details><summary>T{n}</summary>\n\nx{n}\n\n" for n in range(5)) + "</details>\n" * 5
    (outer,) = blocks(markdown + "\nafter")[:1]
    nested = outer["content"][1]
    assert (outer["type"], nested["type"]) == ("expand", "nestedExpand")
    assert plain_text(outer).split("\n") == [f"{part}{n}" for n in range(5) for part in "Tx"]
    assert blocks(markdown + "\nafter")[-1] == paragraph(text("after"))


@pytest.mark.parametrize("markdown", [*INLINE, *BLOCKS])
def test_every_example_is_valid_and_stable(markdown: str, adf_errors: Errors) -> None:
    doc = to_adf(markdown)
    assert adf_errors(doc) == []
    assert to_markdown(to_adf(to_markdown(doc))) == to_markdown(doc)


def test_importing_the_package_does_not_import_the_parser() -> None:
    import subprocess
    import sys

    code = "import sys, atlassian_kit.adf as a; a.to_markdown({}); sys.exit('markdown_it' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
