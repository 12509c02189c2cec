"""What holds for any Markdown and any document."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from atlassian_kit.adf import plain_text, to_adf, to_editable, to_markdown, write_back

Node = dict[str, Any]
Nodes = SearchStrategy[Node]
Errors = Callable[[object], list[str]]

QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

# Text that looks like markup, put together from the pieces that markup is made of.
PIECES = [*"abXY 019 *_`~[]()<>#+-=|!&;:.\\/\"'\n\t", "é", "漢", "😀", "\u00a0", "https://x.y/z_w", "&amp;"]
PIECES_OF_BLOCKS = [
    "- ",
    "1. ",
    "[x] ",
    "[!NOTE]",
    "```",
    "**",
    "<br>",
    "<b>",
    "</b>",
    "<!-- -->",
    "](",
    "]:",
    "http://",
]
TEXT = st.lists(st.sampled_from([*PIECES, *PIECES_OF_BLOCKS]), min_size=1, max_size=8).map("".join)
URL = st.sampled_from(
    ["https://example.com", "http://x.y/z_w?a=1&b=2", "/rel", "#a", "mailto:a@b.c", "https://e.x/(a)b\\c", "tel:+1"]
)


def node(type_: str, content: list[Node] | None = None, **attrs: Any) -> Node:
    made: Node = {"type": type_}
    kept = {name: value for name, value in attrs.items() if value is not None}
    if kept:
        made["attrs"] = kept
    if content is not None:
        made["content"] = content
    return made


def made(type_: str, content: SearchStrategy[list[Node]], **attrs: SearchStrategy[Any]) -> Nodes:
    return st.fixed_dictionaries({"content": content, **attrs}).map(lambda given: node(type_, **given))


def some(*child: Nodes, most: int = 3) -> SearchStrategy[list[Node]]:
    return st.lists(st.one_of(*child), min_size=1, max_size=most)


def text(value: str, marks: list[Node]) -> Node:
    return {"type": "text", "text": value, **({"marks": marks} if marks else {})}


def leaf(type_: str, **attrs: SearchStrategy[Any]) -> Nodes:
    return st.fixed_dictionaries(attrs).map(lambda given: node(type_, **given))


def marks(formats: list[str], link: list[Node]) -> list[Node]:
    return [*({"type": name} for name in formats), *link]


def code(value: str, language: str | None) -> Node:
    return node("codeBlock", [text(value, [])], language=language)


MAYBE = st.one_of(st.none(), TEXT)
FORMATS = st.lists(st.sampled_from(["strong", "em", "strike", "underline"]), unique=True, max_size=3)
LINKS = st.lists(leaf("link", href=URL, title=MAYBE), max_size=1)
MARKS = st.one_of(
    st.builds(marks, FORMATS, LINKS),
    st.builds(marks, st.just(["code"]), LINKS),
    st.sampled_from([[node("subsup", type="sub")], [node("textColor", color="#ff0000")]]),
)
INLINE = st.one_of(
    st.builds(text, TEXT, MARKS),
    st.builds(text, TEXT, MARKS),
    URL.map(lambda url: text(url, [node("link", href=url)])),
    st.just(node("hardBreak")),
    leaf("mention", id=TEXT, text=MAYBE),
    leaf("status", text=TEXT, color=st.sampled_from(["green", "#00ff00"])),
    leaf("date", timestamp=st.sampled_from(["0", "1769817600000", "123456", "soon"])),
    leaf("emoji", shortName=TEXT, id=MAYBE, text=MAYBE),
    leaf("inlineCard", url=URL),
    leaf("placeholder", text=TEXT),
    st.just(node("inlineExtension", extensionKey="k", extensionType="t")),
    leaf("mediaInline", id=TEXT, collection=st.just(""), alt=MAYBE),
)
LINE = st.lists(INLINE, max_size=4)
PARAGRAPH = made("paragraph", LINE)
HEADING = made("heading", LINE, level=st.integers(1, 6))
CODE = st.builds(code, TEXT, st.sampled_from([None, "py", "adf", "a b"]))
MEDIA = st.one_of(
    leaf("media", type=st.just("external"), url=URL, alt=MAYBE),
    leaf("media", type=st.just("file"), id=TEXT, collection=st.just("c"), alt=MAYBE),
)
CAPTION = made("caption", st.builds(text, TEXT, st.just(list[Node]())).map(lambda value: [value]))
PICTURE = st.one_of(
    made("mediaSingle", st.tuples(MEDIA).map(list[Node]), layout=st.just("center")),
    made("mediaSingle", st.tuples(MEDIA, CAPTION).map(list[Node]), layout=st.just("center")),
)
FILES = made("mediaGroup", some(MEDIA))
RULE, EXTENSION = st.just(node("rule")), st.just(node("extension", extensionKey="k", extensionType="t", text="e"))
CARD = leaf("blockCard", url=URL)
TASK = made("taskItem", LINE, state=st.sampled_from(["TODO", "DONE"]), localId=st.just("1"))
FLAT_TASKS = made("taskList", some(TASK), localId=st.just("2"))
TASKS = st.one_of(FLAT_TASKS, made("taskList", some(TASK, FLAT_TASKS), localId=st.just("3")))
DECISIONS = made(
    "decisionList",
    some(made("decisionItem", LINE, state=st.just("DECIDED"), localId=st.just("4"))),
    localId=st.just("5"),
)
SIMPLE = st.one_of(PARAGRAPH, PARAGRAPH, CODE, PICTURE, EXTENSION)


def lists(child: Nodes) -> Nodes:
    items = some(made("listItem", some(child)))
    order = st.sampled_from([None, 0, 7, 999_999_999])
    return st.one_of(made("bulletList", items), made("orderedList", items, order=order))


FLAT_LIST = lists(st.one_of(SIMPLE, TASKS))
LIST = st.one_of(FLAT_LIST, lists(st.one_of(SIMPLE, FLAT_LIST)), lists(lists(FLAT_LIST)))
QUOTE = made("blockquote", some(SIMPLE, LIST, FILES))
PANEL = made(
    "panel",
    some(SIMPLE, LIST, HEADING, RULE, TASKS, DECISIONS, CARD),
    panelType=st.sampled_from(["info", "note", "tip", "warning", "error", "success", "custom"]),
)
BODY = st.one_of(SIMPLE, LIST, HEADING, RULE, TASKS, DECISIONS, QUOTE, PANEL, FILES)
NESTED = made("nestedExpand", some(BODY, most=2), title=TEXT)
CELL = st.one_of(
    made("tableHeader", some(PARAGRAPH, most=1)),
    made(
        "tableCell",
        some(PARAGRAPH, BODY, NESTED, most=2),
        colspan=st.sampled_from([None, 2]),
        rowspan=st.sampled_from([None, 2]),
    ),
)
TABLE = made("table", some(made("tableRow", st.lists(CELL, max_size=3))))
EXPAND = made("expand", some(BODY, NESTED, TABLE), title=MAYBE)
BODIED = made("bodiedExtension", some(BODY, most=2), extensionKey=st.just("k"), extensionType=st.just("t"))
BLOCK = st.one_of(BODY, BODY, TABLE, EXPAND, BODIED, CARD)
COLUMN = made("layoutColumn", some(BLOCK, most=2), width=st.just(50))
LAYOUT = made("layoutSection", st.lists(COLUMN, min_size=2, max_size=2))
CENTRED = PARAGRAPH.map(lambda block: {**block, "marks": [node("alignment", align="center")]})


def document(content: list[Node]) -> Node:
    return {"type": "doc", "version": 1, "content": content}


DOCUMENT = st.lists(st.one_of(BLOCK, BLOCK, LAYOUT, CENTRED), max_size=3).map(document)

WORDS = ["word", "Word", "two", "漢字"]
MARKUP = [
    *"ab \n*_`~[]()|\\!>#\t\x00\ud800",
    "\n\n",
    "- ",
    "* ",
    "1. ",
    "7) ",
    "> ",
    "    ",
    "# ",
    "---",
    "===",
    "**",
    "```",
    "```adf\n",
    '{"type":"rule"}',
    "](",
    "- [ ] ",
    "- [x] ",
    "> [!WARNING]\n",
    "![",
    "](https://x.y/z)",
    "](mention:abc)",
    "](status:green)",
    "](date:2026-01-31)",
    "](attachment:12)",
    "](javascript:x)",
    "[a]: /u 't'",
    "<https://x.y>",
    "https://x.y/z ",
    "<br>",
    "<u>",
    "</u>",
    "<code>",
    "</code>",
    "<div>",
    "<!-- c -->",
    "<!-- -->",
    "<details>",
    "<details>\n<summary>T</summary>\n",
    "</details>",
    "<summary>",
    "| a | b |\n",
    "|---|---|\n",
    "&amp;",
    "@[Ann]",
    "@[Bob Roe](",
    "- [d] ",
    "::: layout\n",
    "::: column 50\n",
    ":::\n",
    "::card https://x.y\n",
    "[x](adf:123456)",
    '<font color="#ff0000">',
    "</font>",
    '<mark color="#00FF00">',
    "</mark>",
    "| ! h | < |\n",
    "| ^ | - a<br>- b |\n",
]
MARKDOWN = st.lists(st.sampled_from([*MARKUP, *WORDS]), max_size=25).map("".join)


@settings(QUICK, max_examples=300)
@given(markdown=MARKDOWN)
def test_any_markdown_becomes_a_valid_document_with_all_its_words(markdown: str, adf_errors: Errors) -> None:
    doc = to_adf(markdown)
    assert adf_errors(doc) == []
    shown = str(doc)
    for word, count in Counter({word: markdown.count(word) for word in WORDS}).items():
        assert shown.count(word) >= count


@settings(QUICK, max_examples=200)
@given(markdown=MARKDOWN)
def test_any_markdown_comes_to_rest_when_it_has_been_read_once(markdown: str) -> None:
    doc = to_adf(markdown)
    shown = to_markdown(doc)
    assert to_markdown(to_adf(shown)) == shown
    assert to_adf(to_markdown(doc, lossless=True)) == doc


@settings(QUICK, max_examples=300)
@given(line=LINE)
def test_any_line_is_the_same_markdown_when_written_back(line: list[Node]) -> None:
    shown = to_markdown(document([node("paragraph", line)]))
    assert to_markdown(to_adf(shown)) == shown


@QUICK
@given(doc=DOCUMENT)
def test_any_document_is_the_same_markdown_when_written_back(doc: Node, adf_errors: Errors) -> None:
    shown = to_markdown(doc)
    again = to_adf(shown)
    assert to_markdown(again) == shown
    assert adf_errors(again) == []


@QUICK
@given(doc=DOCUMENT)
def test_any_document_comes_back_from_lossless_markdown(doc: Node, adf_errors: Errors) -> None:
    shown = to_markdown(doc, lossless=True)
    again = to_adf(shown)
    assert to_markdown(again, lossless=True) == shown
    assert plain_text(again) == plain_text(doc)
    assert adf_errors(again) == []
    assert one_form(again) == one_form(doc)


@settings(QUICK, max_examples=60)
@given(doc=DOCUMENT)
def test_any_document_is_the_same_when_it_is_written_back_unchanged(doc: Node) -> None:
    edit = write_back(doc, to_editable(doc))
    assert edit.document is doc
    assert not edit.changed


@settings(QUICK, max_examples=30)
@given(doc=DOCUMENT)
def test_a_paragraph_added_to_any_document_leaves_all_else_as_it_was(doc: Node, adf_errors: Errors) -> None:
    edit = write_back(doc, f"first words\n\n{to_editable(doc)}\n\nlast words")
    first, last = (node("paragraph", [text(words, [])]) for words in ("first words", "last words"))
    content: Any = edit.document["content"]
    assert [block for block in content if block not in (first, last)] == doc["content"]
    assert len(content) == len(doc["content"]) + 2
    assert (edit.lost, edit.unknown, edit.strangers) == ((), (), ())
    assert adf_errors(doc) != [] or adf_errors(edit.document) == []


@settings(QUICK, max_examples=8)
@given(doc=DOCUMENT, other=DOCUMENT, markdown=MARKDOWN)
def test_any_document_overwritten_with_anything_is_valid(
    doc: Node, other: Node, markdown: str, adf_errors: Errors
) -> None:
    if adf_errors(doc) == []:
        assert adf_errors(write_back(doc, to_editable(other)).document) == []
        assert adf_errors(write_back(doc, f"{markdown}\n\n{to_editable(doc)}").document) == []
        assert adf_errors(write_back(doc, f"{to_editable(doc)}{markdown}").document) == []


@settings(QUICK, max_examples=300)
@given(markdown=MARKDOWN)
def test_any_markdown_of_the_dialect_that_is_edited_survives(markdown: str, adf_errors: Errors) -> None:
    made = write_back(None, markdown, people={"Ann": "1"}).document
    assert adf_errors(made) == []
    shown = to_editable(made)
    assert write_back(made, shown).document is made
    again = write_back(None, shown, people={"Ann": "1"})
    if "](adf:" not in shown and not again.strangers:  # whoever writes refuses strangers
        assert to_editable(again.document) == shown
        assert plain_text(again.document) == plain_text(made)


def one_form(value: Any) -> Any:
    """Return a document with equal neighbours joined, marks in order, and defaults left out."""
    if isinstance(value, list):
        joined: list[Any] = []
        for item in map(one_form, value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            last = joined[-1] if joined else None
            if last and item.keys() >= {"text"} and last.get("text") and last.get("marks") == item.get("marks"):
                last["text"] += item["text"]
            else:
                joined.append(item)
        return joined
    if not isinstance(value, dict):
        return value
    pairs: list[tuple[str, Any]] = list(value.items())  # pyright: ignore[reportUnknownArgumentType]
    formed = {name: one_form(inner) for name, inner in pairs if inner not in ([], {})}
    if "marks" in formed:
        formed["marks"] = sorted(formed["marks"], key=str)
    return formed
