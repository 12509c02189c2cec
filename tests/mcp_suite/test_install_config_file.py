"""Replacing a client's configuration: nothing of it is ever lost."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mcp_suite.errors import SuiteError
from mcp_suite.install import config_file
from mcp_suite.install.config_file import ConfigFile, locked

NOW = datetime(2026, 1, 31, 12, 5, 9, tzinfo=UTC)

CRASHING = """
import os, sys
from datetime import datetime
from pathlib import Path
from mcp_suite.install.config_file import ConfigFile

path, fatal = Path(sys.argv[1]), int(sys.argv[2])
file = ConfigFile.read(path)
seen = 0

def crash(event, arguments):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "tempfile.mkstemp"):
        seen += 1
        if seen == fatal:
            os._exit(9)

sys.addaudithook(crash)
file.replace("new" * 1000, datetime(2026, 1, 31))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A client's configuration that only its owner may read."""
    file = tmp_path / "config.json"
    file.write_bytes(b'{"a": 1}\r\n')
    file.chmod(0o640)
    return file


def others(path: Path) -> list[str]:
    """The names of all other files in the folder."""
    return sorted(one.name for one in path.parent.iterdir() if one != path)


def test_the_old_content_is_kept_in_a_dated_file(path: Path) -> None:
    backup = ConfigFile.read(path).replace("{}", NOW)
    assert path.read_text() == "{}"
    assert backup == path.with_name("config.json.20260131-120509.bak")
    assert path.with_name("config.json.20260131-120509.bak").read_bytes() == b'{"a": 1}\r\n'
    assert others(path) == ["config.json.20260131-120509.bak"]


def test_two_changes_within_a_second_keep_two_files(path: Path) -> None:
    ConfigFile.read(path).replace("one", NOW)
    ConfigFile.read(path).replace("two", NOW)
    assert path.with_name("config.json.20260131-120509-2.bak").read_text() == "one"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_permissions_are_kept_and_those_of_a_new_file_are_private(path: Path) -> None:
    backup = ConfigFile.read(path).replace("{}", NOW)
    assert backup is not None
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, backup)] == [0o640, 0o640]
    fresh = path.with_name("fresh.json")
    assert ConfigFile.read(fresh).replace("{}", NOW) is None
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege elsewhere")
def test_a_symbolic_link_stays_one_and_its_target_is_changed(path: Path, tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    real = path.rename(dotfiles / "real.json")
    path.symlink_to(Path("dotfiles") / "real.json")
    backup = ConfigFile.read(path).replace("{}", NOW)
    assert path.is_symlink()
    assert real.read_text() == "{}"
    assert backup is not None
    assert backup.parent == dotfiles


def test_a_missing_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "Claude" / "config.json"
    file = ConfigFile.read(path)
    assert file.content is None
    assert file.text == ""
    assert file.replace("{}", NOW) is None
    assert path.read_text() == "{}"
    assert others(path) == []


def test_a_byte_order_mark_stays(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf{}")
    file = ConfigFile.read(path)
    assert file.text == "{}"
    file.replace('{"a": 1}', NOW)
    assert path.read_bytes() == b'\xef\xbb\xbf{"a": 1}'


def test_another_encoding_is_refused_and_nothing_is_changed(path: Path) -> None:
    path.write_bytes("{}".encode("utf-16"))
    with pytest.raises(SuiteError, match=r"is not UTF-8 text \(byte 1\).*Nothing was changed"):
        ConfigFile.read(path)


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="cannot be read: Is a directory"):
        ConfigFile.read(tmp_path)


def test_a_change_by_another_program_meanwhile_is_not_overwritten(path: Path) -> None:
    file = ConfigFile.read(path)
    path.write_text("theirs")
    with pytest.raises(SuiteError, match="was changed by another program meanwhile"):
        file.replace("ours", NOW)
    assert path.read_text() == "theirs"
    assert others(path) == []


def test_a_file_that_another_program_made_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    file = ConfigFile.read(path)
    path.write_text("theirs")
    with pytest.raises(SuiteError, match="was changed by another program meanwhile"):
        file.replace("ours", NOW)
    assert path.read_text() == "theirs"


@pytest.mark.skipif(os.name != "posix", reason="such pipes are POSIX's")
def test_a_pipe_in_the_place_of_the_file_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(SuiteError, match=r"it is no file\. Nothing was changed"):
        ConfigFile.read(tmp_path / "pipe.json")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_read_only_file_is_left_alone(path: Path) -> None:
    path.chmod(0o440)
    with pytest.raises(SuiteError, match="is read-only; make it writable or use --print"):
        ConfigFile.read(path).replace("ours", NOW)
    assert others(path) == []


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SuiteError, match=r"cannot be written: No space left on device\. Nothing was changed"):
        ConfigFile.read(path).replace("ours", NOW)
    assert path.read_bytes() == b'{"a": 1}\r\n'
    assert others(path) == []


def test_an_interruption_behind_the_replacement_keeps_the_old_content(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        usual(self, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ConfigFile.read(path).replace("ours", NOW)
    assert path.read_text() == "ours"
    assert others(path) == ["config.json.20260131-120509.bak"]


def test_a_folder_that_cannot_be_synchronised_is_no_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = os.fsync

    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        usual(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    ConfigFile.read(path).replace("ours", NOW)
    assert path.read_text() == "ours"


def test_a_crash_at_any_step_leaves_the_old_file_or_the_new_one(path: Path) -> None:
    states: list[str] = []
    for fatal in range(1, 40):
        path.write_text("old" * 1000)
        for name in others(path):
            path.with_name(name).unlink()
        ended = subprocess.run([sys.executable, "-c", CRASHING, str(path), str(fatal)], timeout=60)
        states.append(path.read_text()[:3])
        assert path.read_text() in ("old" * 1000, "new" * 1000)
        if states[-1] == "new":
            assert path.with_name("config.json.20260131-000000.bak").read_text() == "old" * 1000
        if ended.returncode == 0:
            break
        assert ended.returncode == 9
    assert states[0] == "old"
    assert states[-1] == "new"
    assert len(states) > 4


def test_the_lock_is_held_while_the_file_is_written(path: Path) -> None:
    lock = path.with_name("config.json.lock")
    with locked(path):
        assert lock.is_dir()
    assert not lock.exists()


def test_the_lock_of_a_process_that_is_writing_is_waited_for(path: Path) -> None:
    lock = path.with_name("config.json.lock")
    lock.mkdir()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            lock.rmdir()

    with locked(path, sleep=sleep):
        assert len(slept) == 3


def test_a_lock_that_is_not_given_back_is_told(path: Path) -> None:
    lock = path.with_name("config.json.lock")
    lock.mkdir()
    told = r"is being written by another program \(.*config\.json\.lock exists\)"
    with pytest.raises(SuiteError, match=told), locked(path, patience=0.0):
        pytest.fail("the lock was another's")
    assert lock.is_dir()


def test_the_lock_of_a_dead_process_is_taken_over(path: Path) -> None:
    lock = path.with_name("config.json.lock")
    lock.mkdir()
    os.utime(lock, (0, 0))
    with locked(path):
        assert lock.is_dir()
    assert not lock.exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(SuiteError, match="cannot be written: Permission denied"), locked(path):
            pytest.fail("no lock can be made")
    finally:
        path.parent.chmod(0o700)


def test_a_lock_that_cannot_be_made_is_told(path: Path) -> None:
    with pytest.raises(SuiteError, match=r"cannot be written: .*Nothing was changed"), locked(path / "below.json"):
        pytest.fail("no lock can be made")


def test_the_time_after_which_a_lock_is_stale_is_its_makers() -> None:
    assert config_file.LOCK_STALE == 10.0
