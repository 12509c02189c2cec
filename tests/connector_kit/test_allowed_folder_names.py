"""Names of new files: one part of a path on every system."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.allowed_folder import AllowedFolder, is_plain_name, safe_name
from connector_kit.errors import InvalidInput


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a.txt", "/etc/a.txt", "sub/a.txt", "..\\a.txt", "C:\\a.txt", "a.txt:stream", ".hidden",
     "nul", "NUL.csv", "a\nb.csv", "a\x00b", "a ", "\u202etxt.exe", "x" * 201],
)  # fmt: skip
def test_only_a_plain_name_is_given_to_a_file(tmp_path: Path, name: str) -> None:
    folder = AllowedFolder.of(tmp_path, variable="X_FILES_DIR", guide="x.md", refused="Nothing was done")
    assert not is_plain_name(name)
    with pytest.raises(InvalidInput, match=r"\[file: .* is no plain name"):
        folder.create(name, field="file", numbered=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        (" .hidden. ", "hidden"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ("Ünïcödé 文書.md", "Ünïcödé 文書.md"),
        ("evil\x00\u202etxt.exe", "evil txt.exe"),
    ],
)
def test_a_name_that_a_service_gives_becomes_one_part_of_a_path(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize("name", ["", "..", "/", " . "])
def test_a_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"\[title: "):
        safe_name(name, field="title")


@given(st.text(max_size=400))
def test_any_name_of_a_file_is_one_part_of_a_path_or_refused(text: str) -> None:
    try:
        name = safe_name(text)
    except InvalidInput:
        return
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert name not in (".", "..")
    assert len(name.encode()) <= 200
    assert is_plain_name(name)
