"""What becomes of a document when its Markdown was edited."""

from typing import Any

import pytest

from atlassian_kit.adf import Loss, names_in, to_editable, to_markdown, write_back

Node = dict[str, Any]


def doc(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(content)}


def node(type_: str, *content: Node, **attrs: Any) -> Node:
    return {"type": type_, **({"attrs": attrs} if attrs else {}), **({"content": list(content)} if content else {})}


def text(value: str, *marks: Node) -> Node:
    return {"type": "text", "text": value, **({"marks": list(marks)} if marks else {})}


def para(*content: Node | str, **more: Any) -> Node:
    return {"type": "paragraph", "content": [text(one) if isinstance(one, str) else one for one in content], **more}


def content_of(original: Node | str | None, markdown: str, people: dict[str, str] | None = None) -> list[Node]:
    """Return the blocks after an edit in which nothing is wrong."""
    edit = write_back(original, markdown, people)
    assert (edit.lost, edit.unknown, edit.strangers) == ((), (), ())
    content: Any = edit.document["content"]
    return content


CENTRED: Node = {"type": "alignment", "attrs": {"align": "center"}}
COMMENT: Node = {"type": "annotation", "attrs": {"id": "c1", "annotationType": "inlineComment"}}
TOC = node("extension", extensionKey="toc", extensionType="com.atlassian", parameters={"depth": 2})
SHOT = node("media", type="file", id="5f1c", collection="jira-1", alt="shot.png", width=300)
ANN = node("mention", id="712020:ann", text="@Ann Lee", accessLevel="")
PICTURE = node("mediaSingle", SHOT, layout="wrap-left")
HEAD = node("tableRow", node("tableHeader", para("A"), colwidth=[100]), node("tableHeader", para("B"), colwidth=[200]))
BODY = node("tableRow", node("tableCell", para("1"), background="#ffffff"), node("tableCell", para("2")))
TABLE = node("table", HEAD, BODY, layout="wide", localId="t1")


def test_what_markdown_cannot_say_is_a_placeholder_that_comes_back() -> None:
    original = doc(para("before"), TOC, para("after"))
    markdown = to_editable(original)
    assert markdown.split("\n\n")[1].startswith("[extension: toc](adf:")
    assert content_of(original, markdown.replace("before", "Before")) == [para("Before"), TOC, para("after")]


def test_a_placeholder_says_the_same_in_another_document() -> None:
    line = to_editable(doc(TOC))
    assert line in to_editable(doc(para("x"), TOC, TABLE))


def test_a_placeholder_that_was_dropped_is_told_and_may_be_dropped() -> None:
    original = doc(para("a"), TOC)
    edit = write_back(original, "a")
    token = to_editable(doc(TOC)).partition("(")[2].removesuffix(")")
    assert edit.lost == (Loss("placeholder", "extension “toc”", token),)
    assert edit.document["content"] == [para("a")]


def test_one_of_two_equal_placeholders_is_missed_too() -> None:
    original = doc(TOC, para("a"), TOC)
    markdown = to_editable(original).partition("\n\na")[0]
    assert [loss.what for loss in write_back(original, markdown).lost] == ["extension “toc”"]


def test_a_placeholder_may_be_moved_and_copied() -> None:
    original = doc(TOC, para("a"))
    placeholder = to_editable(doc(TOC))
    assert content_of(original, f"a\n\n{placeholder}\n\n{placeholder}") == [para("a"), TOC, TOC]


def test_a_block_put_into_a_line_parts_it() -> None:
    original = doc(TOC, para("a"))
    assert content_of(original, f"a {to_editable(doc(TOC))} b") == [para("a"), TOC, para("b")]


def test_a_placeholder_in_a_place_where_it_cannot_be_is_missed() -> None:
    original = doc(TABLE, {"type": "syncBlock", "attrs": {"resourceId": "r", "localId": "l"}})
    lines = to_editable(original).split("\n\n")
    assert [loss.kind for loss in write_back(original, f"{lines[0]}\n\n> quote {lines[1]}").lost] == ["placeholder"]


def test_a_placeholder_that_nobody_knows_is_told() -> None:
    edit = write_back(doc(para("a")), "a\n\n[extension: toc](adf:123456) b [x](adf:123456)")
    assert edit.unknown == ("adf:123456",)
    assert edit.document["content"] == [para("a"), para("extension: toc b x")]


def test_pictures_keep_their_size_and_place() -> None:
    original = doc(PICTURE, para("text"))
    assert to_editable(original).startswith("![shot.png](adf:")
    markdown = to_editable(original).replace(")\n", ' "The *login* page")\n')
    caption = node("caption", text("The *login* page"))
    assert content_of(original, markdown) == [node("mediaSingle", SHOT, caption, layout="wrap-left"), para("text")]


def test_files_beside_each_other_stay_a_group() -> None:
    other = node("media", type="file", id="77", collection="jira-1", alt="log.txt")
    original = doc(node("mediaGroup", SHOT, other))
    first, second = to_editable(original).split(" ")
    assert content_of(original, f"{second} {first}") == [node("mediaGroup", other, SHOT)]


def test_people_are_mentioned_by_name() -> None:
    original = doc(para("Ask ", ANN))
    assert to_editable(original) == "Ask @[Ann Lee]"
    bob = node("mention", id="2", text="@Bob Roe")
    made = content_of(original, "Ask @[Bob Roe] or @[Ann Lee] today", {"Bob Roe": "2", "Ann Lee": "3"})
    assert made == [para("Ask ", bob, " or ", ANN, " today")]


def test_two_people_of_one_name_are_told_apart() -> None:
    namesake = node("mention", id="9", text="@Ann Lee")
    original = doc(para(ANN, " and ", namesake))
    assert to_editable(original) == "[@Ann Lee](mention:712020:ann) and [@Ann Lee](mention:9)"
    assert write_back(original, to_editable(original) + " x @[Ann Lee]").strangers == ("Ann Lee",)


def test_somebody_unknown_is_told_and_stays_text() -> None:
    edit = write_back(None, "Ask @[Eve]")
    assert edit.strangers == ("Eve",)
    assert edit.document["content"] == [para("Ask @Eve")]


def test_the_names_to_look_up_are_those_that_are_not_in_the_document() -> None:
    assert names_in("@[Ann Lee], @[Bob] and @[Bob], `@[Code]`", doc(para(ANN))) == ("Bob",)
    assert names_in("nobody") == ()


@pytest.mark.parametrize(
    "edited",
    [
        "The quick red fox",
        "The slow fox",
        "The very quick brown fox",
        "The **quick** brown fox",
        "# The quick brown fox",
    ],
)
def test_a_comment_stays_on_text_that_is_edited(edited: str) -> None:
    original = doc(para("The ", text("quick brown", COMMENT), " fox"))
    assert to_editable(original) == "The quick brown fox"
    made: Node = content_of(original, edited)[0]
    assert any(COMMENT in child.get("marks", []) for child in made["content"])


def test_a_comment_whose_text_is_gone_is_missed() -> None:
    original = doc(para("The ", text("quick brown", COMMENT), " fox"))
    assert write_back(original, "A fox").lost == (Loss("comment", "comment on “quick brown”"),)


def test_a_paragraph_keeps_what_is_not_shown_of_it() -> None:
    original = doc({**para("a b", marks=[CENTRED]), "attrs": {"localId": "p1"}}, para(), para("c"))
    assert to_editable(original) == "a b\n\nc"
    made = content_of(original, "a big b\n\nc")
    assert made == [{**para("a big b", marks=[CENTRED]), "attrs": {"localId": "p1"}}, para(), para("c")]
    assert content_of(original, "c\n\na b")[1]["marks"] == [CENTRED]


def test_the_look_of_a_block_for_which_another_stands_is_missed() -> None:
    original = doc(para("a b", marks=[CENTRED]), para("c"))
    assert write_back(original, "- x\n- y\n\nc").lost == (Loss("format", "alignment of paragraph “a b”"),)
    assert write_back(original, "c").lost == ()


def test_a_row_and_a_column_can_be_added_to_a_table() -> None:
    original = doc(TABLE)
    assert to_editable(original) == "| A | B |\n| --- | --- |\n| 1 | 2 |"
    (made,) = content_of(original, "| A | N | B |\n|---|---|---|\n| 1 | n | 2 |\n| 3 | 4 | 5 |")
    assert made["attrs"] == TABLE["attrs"]
    head, body, added = made["content"]
    assert [head["content"][0], head["content"][2]] == HEAD["content"]
    assert [body["content"][0], body["content"][2]] == BODY["content"]
    assert added == node("tableRow", *(node("tableCell", para(value)) for value in "345"))


def test_cells_hold_blocks_and_reach_over_others() -> None:
    items = node("bulletList", node("listItem", para("x")), node("listItem", para("y|z")))
    table = node(
        "table",
        node("tableRow", node("tableHeader", para("H"), rowspan=2), node("tableCell", para("a"), para("b"), colspan=2)),
        node("tableRow", node("tableCell", items), node("tableCell", node("codeBlock", text("1\n2"), language="py"))),
    )
    markdown = (
        "|  |  |  |\n| --- | --- | --- |\n| ! H | a<br><br>b | < |\n| ^ | - x<br>- y\\|z | ```py<br>1<br>2<br>``` |"
    )
    assert to_editable(doc(table)) == markdown
    assert content_of(None, markdown) == [table]


def test_layouts_decisions_cards_and_colours_can_be_written() -> None:
    columns = [node("layoutColumn", para("l"), width=30), node("layoutColumn", para("r"), width=70)]
    red = text("red", {"type": "textColor", "attrs": {"color": "#ff0000"}})
    lit = text("lit", {"type": "backgroundColor", "attrs": {"color": "#ffff00"}})
    cards = [node("blockCard", url="https://a.b/c"), node("embedCard", url="https://d.e", layout="center")]
    original = doc(node("layoutSection", *columns), *cards, para(red, " and ", lit))
    markdown = to_editable(original)
    assert content_of(None, markdown) == original["content"]
    assert "::: layout\n\n::: column 30\n\nl\n\n:::" in markdown
    assert '::card https://a.b/c\n\n::embed https://d.e\n\n<font color="#ff0000">red</font>' in markdown
    made = content_of(None, "- [d] we go\n- [d] we stay")[0]
    assert [item["attrs"]["state"] for item in made["content"]] == ["DECIDED", "DECIDED"]
    assert to_editable(doc(made)) == "- [d] we go\n- [d] we stay"


def test_the_contents_of_a_macro_can_be_edited() -> None:
    attrs = {"extensionKey": "excerpt", "extensionType": "com.atlassian", "localId": "m1"}
    original = doc(node("bodiedExtension", para("inside"), **attrs))
    opening, body, closing = to_editable(original).split("\n\n")
    assert (opening[:8], body, closing) == ("::: adf:", "inside", ":::")
    made = content_of(original, to_editable(original).replace("inside", "now *inside*"))
    em = text("inside", {"type": "em"})
    assert made == [node("bodiedExtension", para("now ", em), **attrs)]
    assert [loss.what for loss in write_back(original, "inside").lost] == ["bodiedExtension “excerpt”"]


def test_a_task_that_is_done_keeps_its_id_and_a_new_one_gets_another() -> None:
    tasks = node("taskList", node("taskItem", text("a"), localId="i1", state="TODO"), localId="l1")
    (made,) = content_of(doc(tasks), "- [x] a\n- [ ] b")
    assert made["attrs"] == {"localId": "l1"}
    assert made["content"][0] == node("taskItem", text("a"), localId="i1", state="DONE")
    assert made["content"][1]["attrs"]["localId"] not in ("i1", "l1")


def test_emoji_are_shown_as_they_look_and_stay_what_they_are() -> None:
    smile = node("emoji", shortName=":smile:", id="1f604", text="😄")
    custom = node("emoji", shortName=":team:", id="abc", text=":team:")
    original = doc(para("Hi ", smile, custom, " all"))
    assert to_editable(original) == "Hi 😄[:team:](emoji::team:/abc) all"
    assert content_of(original, to_editable(original) + "!") == [para("Hi ", smile, custom, " all!")]


def test_a_document_of_a_newer_schema_keeps_what_we_do_not_know() -> None:
    new = {"type": "hologram", "depth": 3, "content": [{"type": "beam"}]}
    strange = doc(new, para("a", {"type": "ray"}), {"type": "heading", "attrs": {"level": 9}, "content": [text("h")]})
    edited = to_editable(strange).replace("a[ray]", "b[ray]")
    assert write_back(strange, edited).document["content"] == [new, para("b", {"type": "ray"}), strange["content"][2]]


def test_an_empty_original_and_none_are_the_same() -> None:
    assert to_editable(None) == to_editable({}) == to_editable(doc()) == ""
    assert write_back(None, "").document == doc()
    assert content_of(None, "a") == content_of(doc(), "a") == [para("a")]


def test_a_list_of_several_kinds_becomes_lists_of_one_kind_each() -> None:
    types = [block["type"] for block in content_of(None, "- a\n- [d] b\n- [ ] c\n- [x] d\n- e")]
    assert types == ["bulletList", "decisionList", "taskList", "bulletList"]


def test_what_cannot_be_in_a_list_becomes_the_next_best() -> None:
    (items,) = content_of(None, "- a\n  - [d] b\n- ::card https://x.y")
    inner, card = items["content"][0]["content"][1], items["content"][1]["content"]
    assert inner == node("bulletList", node("listItem", para("b")))
    assert card == [para(node("inlineCard", url="https://x.y"))]
    (numbered,) = content_of(None, "1. [d] a")
    assert numbered["content"] == [node("listItem", para("Decision: a"))]


def test_text_that_looks_like_markup_of_the_dialect_stays_text() -> None:
    lines = [
        "::: layout",
        ":::",
        "::card https://x.y",
        "[d] a",
        "@[Ann Lee]",
        "[x](adf:123456)",
        '<font color="#ff0000">',
    ]
    original = doc(*map(para, lines))
    assert content_of(None, to_editable(original)) == original["content"]
    assert content_of(original, to_editable(original) + "\n\nend") == [*original["content"], para("end")]


def test_blanks_and_breaks_at_the_ends_of_a_line_cost_no_placeholder() -> None:
    ragged = para("  a ", node("hardBreak"), text(" b\nc "), node("hardBreak"))
    original = doc(ragged, para(" "), para("d"))
    assert to_editable(original) == "a\\\nb\\\nc\n\nd"
    assert content_of(original, "a\\\nb\\\nc\n\nd!")[:2] == [ragged, para(" ")]


def test_a_placeholder_loses_the_marks_that_it_may_not_bear_in_its_new_place() -> None:
    odd = {"type": "heading", "attrs": {"level": 1.5}, "marks": [{"type": "indentation", "attrs": {"level": 1}}]}
    original = doc(odd, node("expand", para("a"), title="T"))
    placeholder = to_editable(doc(odd))
    made = content_of(original, f"<details>\n<summary>T</summary>\n\na\n\n{placeholder}\n\n</details>")
    assert made == [node("expand", para("a"), {"type": "heading", "attrs": {"level": 1.5}}, title="T")]


def test_a_file_put_into_a_list_is_a_picture_there() -> None:
    original = doc(node("mediaGroup", SHOT))
    (items,) = content_of(original, f"- {to_editable(original)}")
    assert items["content"][0]["content"] == [node("mediaSingle", SHOT, layout="center")]


def test_what_was_read_as_plain_markdown_can_be_written_back_too() -> None:
    tasks = node("taskList", node("taskItem", ANN, localId="i1", state="TODO"), localId="l1")
    original = doc(para("Hi ", ANN), PICTURE, node("mediaGroup", SHOT), TABLE, tasks)
    assert content_of(original, to_markdown(original)) == original["content"]
    assert content_of(original, to_markdown(original) + "\n\nend") == [*original["content"], para("end")]


def test_what_stands_beside_the_columns_of_a_layout_gets_a_column() -> None:
    section = "<details>\n<summary>T</summary>\n\na\n\n</details>"
    (layout,) = content_of(None, f"::: layout\n\n{section}\n\n::: column 40\n\nb\n\n:::\n\n:::")
    expand = node("expand", para("a"), title="T")
    columns = [node("layoutColumn", expand, width=50.0), node("layoutColumn", para("b"), width=40)]
    assert layout == node("layoutSection", *columns)


def test_a_text_that_is_no_document_yet_becomes_one() -> None:
    assert to_editable("one *star*\ntwo") == "one \\*star\\*\n\ntwo"
    assert content_of("one\ntwo", "one\n\nTwo") == [para("one"), para("Two")]
