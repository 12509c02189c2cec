"""Where the suite keeps its files."""

import os
import stat
from pathlib import Path

import pytest

from connector_kit.paths import config_dir, private_dir, state_dir


def test_the_variables_decide_where_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "env"))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    assert config_dir() == tmp_path / "env"
    assert state_dir() == tmp_path / "state"
    assert not config_dir().exists()


def test_without_variables_files_are_in_the_users_own_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCP_SUITE_ENV_DIR", raising=False)
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", "")
    for place in (config_dir(), state_dir()):
        assert place.is_absolute()
        assert place.name == "mcp-integration-suite"


@pytest.mark.skipif(os.name != "posix", reason="permissions of folders are POSIX")
def test_a_private_folder_is_closed_to_others_even_if_it_was_open(tmp_path: Path) -> None:
    made = private_dir(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    opened = tmp_path / "open"
    opened.mkdir(mode=0o755)
    assert private_dir(opened) == opened
    assert stat.S_IMODE(opened.stat().st_mode) == 0o700
