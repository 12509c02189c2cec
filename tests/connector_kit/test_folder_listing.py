"""What is in the allowed folder: all ordinary files below one of its folders, and nothing that a link leads to."""

import os
import stat
from pathlib import Path

import pytest

from connector_kit import directories
from connector_kit.allowed_folder import AllowedFolder, Listing
from connector_kit.errors import InvalidInput


@pytest.fixture(params=["by descriptor", "by path"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AllowedFolder:
    """The folder, with secrets beside it, in both ways that systems have of opening what is in one."""
    if request.param == "by path":
        monkeypatch.setattr(directories, "_BY_DESCRIPTOR", False)
    (tmp_path / "allowed" / "docs" / "guide").mkdir(parents=True)
    (tmp_path / "allowed" / "docs" / "a.md").write_text("A")
    (tmp_path / "allowed" / "docs" / "guide" / "b.md").write_text("BB")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("secret")
    return AllowedFolder.of(tmp_path / "allowed", variable="X_FILES_DIR", guide="x.md", refused="Nothing was done")


def listed(folder: AllowedFolder, wanted: str = "docs", most: int = 100, deepest: int = 5) -> Listing:
    return folder.listing(wanted, most=most, deepest=deepest)


def test_files_are_listed_with_their_paths_and_bytes(folder: AllowedFolder) -> None:
    assert listed(folder) == Listing({"a.md": 1, "guide/b.md": 2})
    assert listed(folder, ".").files == {"docs/a.md": 1, "docs/guide/b.md": 2}
    assert listed(folder, str(folder.path / "docs" / "guide")).files == {"b.md": 2}


def test_links_and_devices_are_named_and_not_followed(folder: AllowedFolder, tmp_path: Path) -> None:
    docs = folder.path / "docs"
    (docs / "link.md").symlink_to(tmp_path / "outside" / "secret.md")
    (docs / "linked").symlink_to(tmp_path / "outside")
    os.mkfifo(docs / "pipe")
    found = listed(folder)
    assert found.refused == ("link.md", "linked", "pipe")
    assert set(found.files) == {"a.md", "guide/b.md"}


def test_what_begins_with_a_point_is_passed_over(folder: AllowedFolder) -> None:
    (folder.path / "docs" / ".git").mkdir()
    (folder.path / "docs" / ".git" / "config").write_text("secret")
    (folder.path / "docs" / ".env").write_text("secret")
    assert set(listed(folder).files) == {"a.md", "guide/b.md"}


@pytest.mark.parametrize("wanted", ["..", "docs/../..", "../outside", "/", "/etc", "nothing", "docs/a.md", "link"])
def test_what_is_no_folder_inside_is_refused(folder: AllowedFolder, tmp_path: Path, wanted: str) -> None:
    (folder.path / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(InvalidInput, match="folder: "):
        listed(folder, wanted)


def test_too_much_is_refused_and_not_listed_in_part(folder: AllowedFolder) -> None:
    with pytest.raises(InvalidInput, match="holds more than 2 files and folders"):
        listed(folder, most=2)
    with pytest.raises(InvalidInput, match="too deep in each other: docs/guide"):
        listed(folder, ".", deepest=1)


def test_names_that_hide_what_they_are_are_not_taken(folder: AllowedFolder) -> None:
    (folder.path / "docs" / "a\u202e.md").write_text("x")
    (folder.path / "docs" / "two\nlines.md").write_text("x")
    found = listed(folder)
    assert len(found.refused) == 2
    assert set(found.files) == {"a.md", "guide/b.md"}


def test_a_folder_that_cannot_be_read_is_told(folder: AllowedFolder) -> None:
    inner = folder.path / "docs" / "guide"
    inner.chmod(0)
    try:
        if os.access(inner, os.R_OK):
            pytest.skip("this account reads everything")
        with pytest.raises(InvalidInput, match="'docs' cannot be read"):
            listed(folder)
    finally:
        inner.chmod(stat.S_IRWXU)
