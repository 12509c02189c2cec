"""Changing variables of an env file, and nothing else in it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import NotConfigured
from mcp_suite.auth.env_file import EnvFile

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
LINES = st.sampled_from(
    [
        "# a comment",
        "",
        "   ",
        "A=1",
        "export B = two # why",
        "B=other",
        "C='in quotes' # why",
        'C="two\nlines"',
        "\tD=",
        "E",
        "'A'=3",
    ]
)


def read(text: str) -> EnvFile:
    return EnvFile(Path("nowhere"), text)


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans(), TEXT.map(str.strip))
def test_what_is_set_is_read_back_and_the_rest_stays(lines: list[str], newline: str, ends: bool, value: str) -> None:
    before = read(newline.join(lines) + (newline if ends else ""))
    after = read(before.changed({"B": value, "NEW": value}, without=["C"]))
    kept = {name: old for name, old in before.values.items() if name not in ("B", "C")}
    assert after.values == (kept | {"B": value, "NEW": value} if value else kept)
    comments = [line for line in before.text.splitlines() if line.startswith("#")]
    assert [line for line in after.text.splitlines() if line.startswith("#")] == comments


@given(st.lists(LINES, max_size=8))
def test_a_file_that_says_it_already_stays_as_it_is(lines: list[str]) -> None:
    once = read(read("\n".join(lines)).changed({"A": "1", "B": "it's"})).text
    assert read(once).changed({"A": "1", "B": "it's"}) == once


def test_a_changed_line_keeps_its_export_its_blanks_and_its_comment() -> None:
    text = "\n  export A = 'old'  # why\nB=old # because\n"
    assert read(text).changed({"A": "new", "B": "b c"}) == "\n  export A = new  # why\nB='b c' # because\n"


def test_a_variable_that_is_removed_leaves_the_blank_lines_before_it() -> None:
    assert read("A=1\n\n  B=2\n# end\n").changed({}, without=["B"]) == "A=1\n\n# end\n"


def test_a_new_file_begins_with_the_heading() -> None:
    assert read("").changed({"A": "1"}, heading="Settings.") == "# Settings.\nA=1\n"


def test_a_malformed_file_is_refused_with_the_line() -> None:
    with pytest.raises(NotConfigured, match="malformed in line 2"):
        read("A=1\nthis is nothing\n")


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_is_followed_so_that_the_file_behind_it_changes(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "config" / ".env.jira"
    target.write_text("A=1\n")
    link.parent.mkdir()
    link.symlink_to(target)
    EnvFile(link, "A=1\n").write("A=2\n")
    assert link.is_symlink()
    assert target.read_text() == "A=2\n"


def test_nothing_is_made_when_nothing_changes(tmp_path: Path) -> None:
    file = EnvFile(tmp_path / "config" / ".env.jira", "")
    file.write(file.changed({}, without=["A"]))
    assert not (tmp_path / "config").exists()
