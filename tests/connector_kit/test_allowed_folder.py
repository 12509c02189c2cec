"""The allowed folder: what is read from it, what is written to it, and what no path, link or race gets out of it."""

import errno
import os
import stat
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from connector_kit import allowed_folder, directories
from connector_kit.allowed_folder import AllowedFolder
from connector_kit.errors import Conflict, InvalidInput, NotConfigured

SECRET = "secret"


@pytest.fixture(params=["by descriptor", "by path"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways that systems have of opening what is in a folder."""
    if request.param == "by path":
        monkeypatch.setattr(directories, "_BY_DESCRIPTOR", False)
    elif not directories._BY_DESCRIPTOR:  # pyright: ignore[reportPrivateUsage] - which way this system has
        pytest.skip("this system goes by path")
    return request.param


@pytest.fixture
def folder(tmp_path: Path) -> AllowedFolder:
    """The folder, with a secret beside it."""
    (tmp_path / "allowed").mkdir()
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text(SECRET)
    return allowed(tmp_path / "allowed")


def allowed(path: Path | None) -> AllowedFolder:
    return AllowedFolder.of(path, variable="X_FILES_DIR", guide="setup_guides/x.md", refused="Nothing was done")


def read(folder: AllowedFolder, path: str, most: int = 1_000) -> bytes:
    with closing(folder.open(path, most=most)) as file:
        return file.file.read()


def names_in(folder: AllowedFolder) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir())


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0  # noqa: PTH208


# The setting


def test_a_folder_that_is_not_named_is_the_users_to_name() -> None:
    with pytest.raises(NotConfigured) as refused:
        allowed(None)
    assert str(refused.value) == (
        "Nothing was done: X_FILES_DIR is not set. Ask the user to name a folder in X_FILES_DIR; see setup_guides/x.md."
    )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(NotConfigured, match="X_FILES_DIR names no folder that exists"):
            allowed(path)


# Reading


@pytest.mark.usefixtures("way")
def test_a_file_is_read_by_its_path_in_the_folder(folder: AllowedFolder) -> None:
    (folder.path / "2026" / "may").mkdir(parents=True)
    (folder.path / "2026" / "may" / "ä b.txt").write_bytes(b"text")
    for path in ("2026/may/ä b.txt", " 2026//may/./ä b.txt ", str(folder.path / "2026" / "may" / "ä b.txt")):
        with closing(folder.open(path, most=4)) as file:
            assert (file.name, file.size, file.file.read()) == ("ä b.txt", 4, b"text")


def test_a_folder_behind_a_link_is_entered_by_either_name(folder: AllowedFolder, tmp_path: Path) -> None:
    (folder.path / "a.txt").write_bytes(b"text")
    (tmp_path / "link").symlink_to(folder.path)
    linked = allowed(tmp_path / "link")
    for path in ("a.txt", str(tmp_path / "link" / "a.txt"), str(folder.path / "a.txt")):
        assert read(linked, path) == b"text"


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "is empty: no file was named"),
        ("  ", "is empty: no file was named"),
        (".", "'.' is not inside of X_FILES_DIR"),
        ("../secret.txt", "'../secret.txt' is not inside of X_FILES_DIR"),
        ("sub/../../secret.txt", "'sub/../../secret.txt' is not inside of X_FILES_DIR"),
        ("sub/../real.txt", "'sub/../real.txt' is not inside of X_FILES_DIR"),
        ("/etc/passwd", "'/etc/passwd' is not inside of X_FILES_DIR"),
        ("//etc/passwd", "'//etc/passwd' is not inside of X_FILES_DIR"),
        ("~/.ssh/id_rsa", "there is no file '~/.ssh/id_rsa' that can be read in X_FILES_DIR"),
        ("link.txt", "'link.txt' is, or lies behind, a link"),
        ("inner.txt", "'inner.txt' is, or lies behind, a link"),
        ("nowhere", "'nowhere' is, or lies behind, a link"),
        ("links/a.txt", "'links/a.txt' is, or lies behind, a link"),
        ("links/missing", "'links/missing' is, or lies behind, a link"),
        ("sub", "'sub' is not an ordinary file"),
        ("pipe", "'pipe' is not an ordinary file"),
        ("missing.txt", "there is no file 'missing.txt' that can be read in X_FILES_DIR"),
        ("real.txt/below", "there is no file 'real.txt/below' that can be read in X_FILES_DIR"),
        ("a\x00b", "there is no file 'a b' that can be read in X_FILES_DIR"),
        ("x" * 5_000, "that can be read in X_FILES_DIR"),
        ("\ud800", "that can be read in X_FILES_DIR"),
        ("empty.txt", "'empty.txt' is empty"),
        ("large.txt", "'large.txt' has 1,001 bytes; files up to 1,000 are taken"),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(folder: AllowedFolder, tmp_path: Path, path: str, why: str) -> None:
    (folder.path / "sub").mkdir()
    (folder.path / "real.txt").write_text("fine")
    (folder.path / "empty.txt").touch()
    (folder.path / "large.txt").write_bytes(bytes(1_001))
    (folder.path / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder.path / "links").symlink_to(tmp_path / "outside")
    (folder.path / "inner.txt").symlink_to(folder.path / "real.txt")
    (folder.path / "nowhere").symlink_to("nothing")
    os.mkfifo(folder.path / "pipe")
    before = open_descriptors()
    with pytest.raises(InvalidInput) as refused:
        folder.open(path, most=1_000, field="file")
    assert open_descriptors() == before
    assert refused.value.message == "Nothing was done."
    assert list(refused.value.fields) == ["file"]
    assert why in refused.value.fields["file"]
    assert refused.value.next_step


def test_what_to_do_with_a_file_that_is_too_large_is_the_callers_to_say(folder: AllowedFolder) -> None:
    (folder.path / "a.txt").write_bytes(bytes(11))
    with pytest.raises(InvalidInput, match=r"11 bytes; files up to 10 are taken\] Split it\."):
        folder.open("a.txt", most=10, too_large="Split it.")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs the right to make a device")
def test_a_device_is_not_opened(folder: AllowedFolder) -> None:
    try:
        os.mknod(folder.path / "zero", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices cannot be made here")
    with pytest.raises(InvalidInput, match="not an ordinary file"):
        folder.open("zero", most=1_000)


@contextmanager
def swapping(path: Path, first: Path, second: Path) -> Generator[None]:
    """What has the name `path` is now the one, now the other, all the time."""
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            for kind in (first, second):
                path.rename(path.with_name("aside"))
                kind.rename(path)
                path.rename(kind)
                path.with_name("aside").rename(path)

    running = threading.Thread(target=swap)
    running.start()
    try:
        yield
    finally:
        over.set()
        running.join()


@pytest.mark.usefixtures("way")
def test_a_link_that_is_put_there_between_looking_and_opening_is_not_followed(
    folder: AllowedFolder, tmp_path: Path
) -> None:
    (folder.path / "sub").mkdir()
    (folder.path / "sub" / "a.txt").write_text("fine")
    (folder.path / "sub" / "link").symlink_to(tmp_path / "secret.txt")
    (folder.path / "sub" / "real").write_text("fine")
    (folder.path / "links").symlink_to(tmp_path / "outside")
    (folder.path / "other").mkdir()
    (folder.path / "other" / "a.txt").write_text("fine")
    found: set[bytes] = set()
    for swapped in (
        swapping(folder.path / "sub" / "a.txt", folder.path / "sub" / "link", folder.path / "sub" / "real"),
        swapping(folder.path / "sub", folder.path / "links", folder.path / "other"),
    ):
        with swapped:
            for _ in range(1_000):
                try:
                    found.add(read(folder, "sub/a.txt"))
                except InvalidInput:
                    continue
    assert found <= {b"fine"}


@pytest.mark.usefixtures("way")
def test_what_is_a_link_by_the_time_it_is_opened_is_refused(
    folder: AllowedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.path / "a.txt").symlink_to(tmp_path / "secret.txt")
    (folder.path / "sub").symlink_to(tmp_path / "outside")
    real = (tmp_path / "secret.txt").stat()

    def not_yet(path: str | Path, **_: object) -> os.stat_result:
        return (tmp_path / "outside").stat() if Path(path).name == "sub" else real

    for path in ("a.txt", "sub/a.txt"):
        with monkeypatch.context() as looking:
            looking.setattr(os, "stat", not_yet)
            with pytest.raises(InvalidInput, match=r"a link|can be read"):
                folder.open(path, most=1_000)


# Writing


@pytest.mark.usefixtures("way")
def test_a_file_appears_when_it_is_whole_and_for_its_owner_alone(folder: AllowedFolder) -> None:
    before = open_descriptors()
    with folder.create("ä b.txt") as file:
        assert file.write(b"one ") == 4
        file.write(b"two")
        assert [name[-5:] for name in names_in(folder)] == [".part"]
        kept = file.keep()
    assert kept == folder.path / "ä b.txt"
    assert kept.read_bytes() == b"one two"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.stat().st_nlink == 1
    assert names_in(folder) == ["ä b.txt"]
    assert open_descriptors() == before


@pytest.mark.usefixtures("way")
def test_what_is_not_kept_leaves_nothing(folder: AllowedFolder) -> None:
    before = open_descriptors()

    def fail() -> None:
        with folder.create("a.txt") as file:
            file.write(bytes(1 << 20))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names_in(folder) == []
    assert open_descriptors() == before


@pytest.mark.usefixtures("way")
def test_nothing_is_overwritten(folder: AllowedFolder, tmp_path: Path) -> None:
    (folder.path / "taken.txt").write_text("mine")
    (folder.path / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (folder.path / "sub").mkdir()
    for name in ("taken.txt", "link.txt", "sub"):
        with pytest.raises(Conflict) as refused:
            folder.create(name, field="file")
        assert str(refused.value) == (
            f"Nothing was done: files are never overwritten. [file: there is a file {name!r} already] "
            "Give another name."
        )
    assert names_in(folder) == ["link.txt", "sub", "taken.txt"]
    assert (folder.path / "taken.txt").read_text() == "mine"
    assert not (tmp_path / "elsewhere.txt").exists()


def no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "a file system without hard links")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken_meanwhile_stays_with_its_owner(
    folder: AllowedFolder, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with folder.create("a.txt") as file, pytest.raises(Conflict, match="never overwritten"):
        file.write(b"ours")
        (folder.path / "a.txt").write_text("mine")
        file.keep()
    assert names_in(folder) == ["a.txt"]
    assert (folder.path / "a.txt").read_text() == "mine"


@pytest.mark.usefixtures("way")
def test_a_file_system_without_hard_links_will_do(folder: AllowedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    with folder.create("a.txt") as file:
        file.write(b"text")
        assert file.keep().read_bytes() == b"text"
    assert names_in(folder) == ["a.txt"]


@pytest.mark.usefixtures("way")
def test_a_name_that_cannot_be_given_is_not_left_to_an_empty_file(
    folder: AllowedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os, "replace", no_links)
    with folder.create("a.txt") as file, pytest.raises(NotConfigured, match="EPERM"):
        file.keep()
    assert names_in(folder) == []


def test_a_name_gets_a_number_where_that_was_asked_for(folder: AllowedFolder) -> None:
    for name in ("a.tar.gz", "noending"):
        for _ in range(3):
            with folder.create(name, numbered=True) as file:
                file.keep()
    assert names_in(folder) == [
        "a.tar (2).gz", "a.tar (3).gz", "a.tar.gz", "noending", "noending (2)", "noending (3)",
    ]  # fmt: skip


def test_numbers_come_to_an_end(folder: AllowedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowed_folder, "_NUMBERS", 2)
    (folder.path / "a.txt").touch()
    with folder.create("a.txt", numbered=True) as file, pytest.raises(Conflict, match="another name"):
        file.keep()
    assert names_in(folder) == ["a.txt"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that not even root can write to")
def test_a_folder_that_cannot_be_written_to_is_the_users_to_correct(folder: AllowedFolder) -> None:
    with pytest.raises(NotConfigured, match=r"X_FILES_DIR cannot be written to \(\w+\). Ask the user to correct it"):
        allowed(Path("/proc")).create("a.txt")
    folder.path.rmdir()
    with pytest.raises(NotConfigured, match="ENOENT"):
        folder.create("a.txt")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
@pytest.mark.parametrize("size", [10, 1 << 20])
def test_a_disk_that_fills_up_is_told_and_leaves_nothing(
    folder: AllowedFolder, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    opened = os.open

    def on_a_full_disk(path: str, flags: int, mode: int = 0, *, dir_fd: int | None = None) -> int:
        descriptor = opened(path, flags, mode, dir_fd=dir_fd)
        if flags & os.O_CREAT:
            os.dup2(full := opened("/dev/full", os.O_WRONLY), descriptor)
            os.close(full)
        return descriptor

    before = open_descriptors()
    monkeypatch.setattr(os, "open", on_a_full_disk)
    with folder.create("a.txt") as file, pytest.raises(NotConfigured, match=r"\(ENOSPC\). Ask the user to make room"):
        file.write(bytes(size))
        file.keep()
    assert names_in(folder) == []
    assert open_descriptors() == before
