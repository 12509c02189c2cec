"""Editing a page, a section or a block of it."""

from collections.abc import Callable

import pytest

from atlassian_kit.storage import Edit, Loss, NoSingleMatchError, edit, outline, replace_text, to_markdown
from atlassian_kit.storage.blocks import PartNotFoundError
from atlassian_kit.storage.editing import How
from atlassian_kit.storage.tree import StorageSyntaxError

Source = Callable[[str], str]

TOC = '<ac:structured-macro ac:name="toc" ac:schema-version="1" ac:macro-id="m-1" />'
OLD = f"{TOC}<h1>A</h1><p>one</p><h2>B</h2><p>two &rsquo;s</p><p /><h1>C</h1><p>three</p>"
REF = "5a1f0d2c-0001-4c4c-8d8d-000000000001"
MARKED = f'<p>We ship <ac:inline-comment-marker ac:ref="{REF}">on Friday</ac:inline-comment-marker> at noon.</p>'


def id_of(source: str, text: str) -> str:
    return next(block.id for block in outline(source) if text in block.text)


def clean(made: Edit) -> str:
    """Return the page after an edit with which nothing is wrong."""
    assert (made.lost, made.unknown, made.strangers, made.changed) == ((), (), (), True)
    return made.storage


def test_a_section_is_written_anew_and_nothing_else() -> None:
    made = clean(edit(OLD, "## B2\n\nTwo **bold**", part="B"))
    assert made == OLD.replace("<h2>B</h2><p>two &rsquo;s</p>", "<h2>B2</h2><p>Two <strong>bold</strong></p>")


def test_a_section_holds_the_sections_under_it() -> None:
    assert to_markdown(OLD, part="A") == "# A\n\none\n\n## B\n\ntwo ’s"
    made = clean(edit(OLD, "# A\n\none\n\n## B\n\ntwo ’s\n\nmore", part=id_of(OLD, "A")))
    assert made == OLD.replace("&rsquo;s</p>", "&rsquo;s</p><p>more</p>")


def test_a_block_is_written_anew_and_may_become_several() -> None:
    made = clean(edit(OLD, "1\n\n- 2", part=id_of(OLD, "one")))
    assert made == OLD.replace("<p>one</p>", "<p>1</p><ul><li><p>2</p></li></ul>")


def test_a_heading_alone_can_be_changed() -> None:
    assert to_markdown(OLD, part=f"{id_of(OLD, 'A')}:heading") == "# A"
    assert clean(edit(OLD, "# Aa", part="A:heading")) == OLD.replace("<h1>A</h1>", "<h1>Aa</h1>")


def test_the_end_of_a_section_is_before_the_next_heading() -> None:
    ways: tuple[How, ...] = ("after", "append")
    for how in ways:
        made = clean(edit(OLD, "x", part="B", how=how))
        assert made == OLD.replace("&rsquo;s</p>", "&rsquo;s</p><p>x</p>")
    assert clean(edit(OLD, "x", part="B", how="before")) == OLD.replace("<h2>B", "<p>x</p><h2>B")


def test_what_comes_after_a_heading_alone_opens_its_section() -> None:
    assert clean(edit(OLD, "x", part="A:heading", how="after")) == OLD.replace("</h1><p>one", "</h1><p>x</p><p>one")


def test_text_is_appended_to_a_page_and_put_before_it() -> None:
    assert clean(edit(OLD, "- [ ] x", how="append")).startswith(f"{OLD}<ac:task-list>")
    assert clean(edit(OLD, "x", how="before")) == f"<p>x</p>{OLD}"
    assert clean(edit("", "x", how="append")) == "<p>x</p>"
    assert clean(edit("", "x")) == "<p>x</p>"


def test_text_is_appended_to_a_layout_in_a_section_of_its_own(page: Source) -> None:
    source = page("layout_two_columns").rstrip("\n")
    section = '<ac:layout-section ac:type="fixed-width" ac:breakout-mode="default"><ac:layout-cell>'
    added = f"{section}<p>x</p></ac:layout-cell></ac:layout-section>"
    assert clean(edit(source, "x", how="append")) == source.replace("</ac:layout>", f"{added}</ac:layout>")
    # The first section is one column, so what is put before it can stand in it.
    assert clean(edit(source, "x", how="before")) == source.replace("<h1>Weekly", "<p>x</p><h1>Weekly")


def test_nothing_to_insert_changes_nothing() -> None:
    ways: tuple[How, ...] = ("before", "after", "append")
    for how in ways:
        made = edit(OLD, " \n", part="A", how=how)
        assert (made.storage, made.changed) == (OLD, False)


def test_a_macro_that_is_left_out_is_lost_and_a_copy_of_it_is_not() -> None:
    token = to_markdown(OLD, part=id_of(OLD, "toc")).partition("(")[2].removesuffix(")")
    made = edit(OLD, "# A", part="")
    assert made.lost == (Loss("placeholder", made.lost[0].what, token),)
    assert "toc" in made.lost[0].what
    assert made.changed
    again = OLD + TOC
    left = edit(again, "", part=id_of(again, "toc"))
    assert [loss.token for loss in left.lost] == [token]  # each of them is a macro of its own


def test_a_macro_of_another_block_can_be_put_into_one() -> None:
    placeholder = to_markdown(OLD, part=id_of(OLD, "toc"))
    assert clean(edit(OLD, placeholder, part="C", how="append")) == OLD + TOC
    assert clean(edit(OLD, f"{placeholder}\n\none", part=id_of(OLD, "one"))) == OLD.replace("<p>one", f"{TOC}<p>one")


def test_a_placeholder_that_nobody_knows_is_told() -> None:
    assert edit(OLD, "[extension: toc](adf:999999)", part="C", how="append").unknown == ("adf:999999",)


def test_a_comment_stays_while_some_of_its_text_does() -> None:
    made = clean(edit(MARKED, "We ship on Monday at noon."))
    assert f'<ac:inline-comment-marker ac:ref="{REF}">on Monday</ac:inline-comment-marker>' in made


def test_a_comment_whose_text_is_gone_is_lost() -> None:
    for made in (edit(MARKED, "Later."), edit(MARKED, "", part=id_of(MARKED, "We ship"))):
        assert made.lost == (Loss("comment", "comment on “on Friday”"),)


def test_a_comment_on_two_pieces_is_lost_with_the_last_of_them() -> None:
    piece = f'<p>x <ac:inline-comment-marker ac:ref="{REF}">y</ac:inline-comment-marker></p>'
    source = MARKED + piece
    assert clean(edit(source, "", part=id_of(source, "x y"))) == MARKED
    assert [loss.what for loss in edit(source, "z").lost] == ["comment on “on Friday y”"]


def test_a_comment_on_somebody_is_lost_by_the_name(page: Source) -> None:
    source = page("inline_comments")
    names = {"712020:0a1b2c3d-1111-4aaa-8bbb-000000000001": "Ann Lee"}
    made = edit(source, "", part=id_of(source, "On a person"), names=names)
    assert [loss.what for loss in made.lost] == ["comment on “@Ann Lee”"]


def test_people_are_mentioned_by_their_names(page: Source) -> None:
    ann = "712020:0a1b2c3d-1111-4aaa-8bbb-000000000001"
    source = page("task_list").rstrip("\n")
    assert "@[Ann Lee] writes" in to_markdown(source, {ann: "Ann Lee"})
    mention = f'<ac:link><ri:user ri:account-id="{ann}" /></ac:link>'
    made = clean(edit(source, "Ask @[Ann Lee]", how="append", names={ann: "Ann Lee"}))
    assert made == f"{source}<p>Ask {mention}</p>"
    assert clean(edit("", "@[Ann Lee]", people={"Ann Lee": ann})) == f"<p>{mention}</p>"
    assert edit("", "@[Nobody]").strangers == ("Nobody",)


def test_a_part_that_changed_meanwhile_is_not_found() -> None:
    old = id_of(OLD, "one")
    with pytest.raises(PartNotFoundError):
        edit(OLD.replace("one", "ONE"), "x", part=old)


def test_what_is_not_well_formed_is_not_edited(page: Source) -> None:
    with pytest.raises(StorageSyntaxError):
        edit(page("malformed"), "x", how="append")


def test_text_is_replaced_where_it_stands(page: Source) -> None:
    source = page("product_requirements")
    assert clean(replace_text(source, "under 20 seconds", "under 15 seconds")) == source.replace("under 20", "under 15")
    made = clean(replace_text(OLD, "two", "**2**"))
    assert made == OLD.replace("two &rsquo;s", "<strong>2</strong> &rsquo;s")


def test_text_in_code_and_cells_is_replaced_too(page: Source) -> None:
    source = page("merged_cells")
    assert clean(replace_text(source, "Refunds", "Returns")) == source.replace("Refunds", "Returns")
    code = page("nested_macros")
    assert clean(replace_text(code, "queue status", "queue list")) == code.replace("queue status", "queue list")


def test_text_is_found_as_it_reads_and_as_markdown_writes_it() -> None:
    source = "<p>snake_case_name and 2 * 3</p>"
    assert clean(replace_text(source, "snake_case_name", "x")) == "<p>x and 2 * 3</p>"
    assert clean(replace_text(source, "2 * 3", "6")) == "<p>snake_case_name and 6</p>"


def test_text_is_found_whatever_blanks_and_quotes_it_is_typed_with() -> None:
    source = "<p>It&rsquo;s 10&nbsp;000&nbsp;&euro; &ldquo;net&rdquo; &ndash; 10 001 gross</p>"
    made = clean(replace_text(source, "It's 10 000 €", "It&rsquo;s 9&nbsp;000&nbsp;€"))
    assert made == source.replace("10&nbsp;000", "9&nbsp;000")
    assert clean(replace_text(source, '"net" - 10', "net – 10")) == source.replace("&ldquo;net&rdquo;", "net")


def test_text_that_is_there_more_than_once_is_replaced_when_all_of_it_is_meant() -> None:
    source = "<p>a cat</p><p>a cat and a cat</p>"
    with pytest.raises(NoSingleMatchError) as caught:
        replace_text(source, "cat", "dog")
    assert caught.value.count == 3
    assert clean(replace_text(source, "cat", "dog", every=True)) == source.replace("cat", "dog")
    assert (
        clean(replace_text(source, "cat", "dog", part=id_of(source, "a cat"))) == "<p>a dog</p><p>a cat and a cat</p>"
    )


def test_text_that_is_not_there_is_told() -> None:
    with pytest.raises(NoSingleMatchError, match="“zebra” is not in the text") as caught:
        replace_text(OLD, "zebra", "x")
    assert caught.value.count == 0


def test_text_over_several_blocks_is_replaced() -> None:
    assert clean(replace_text(OLD, "one\n\n## B", "uno\n\n## Be")) == OLD.replace("one", "uno").replace("B<", "Be<")


def test_a_replacement_that_loses_something_says_so() -> None:
    made = replace_text(MARKED, "on Friday", "")
    assert [loss.kind for loss in made.lost] == ["comment"]


@pytest.mark.parametrize("added", ["more ![n](n.png)", "![n](https://x.y/n.png)"])
def test_a_picture_of_the_web_is_not_taken_for_one_of_the_page(added: str) -> None:
    page = '<p>two</p><ac:image><ri:url ri:value="/relative.png" /></ac:image>'
    made = edit(page, f"{to_markdown(page)}\n\n{added}")
    assert made.storage.startswith(page)
    assert "relative" not in made.storage.removeprefix(page)
    assert "n.png" in made.storage
