"""Types of settings: what is taken, and what is refused with a reason."""

from pathlib import Path

import pytest

from connector_kit.setting_types import absolute_path, loopback_origin, split_at_commas


def test_names_are_parted_by_commas() -> None:
    assert split_at_commas(" a, b c ,,d ") == ("a", "b c", "d")
    assert split_at_commas(" , ") == ()
    assert split_at_commas(("a, b",)) == ("a, b",)


def test_a_path_begins_at_the_root_or_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert absolute_path(tmp_path) == tmp_path
    assert absolute_path(Path("~/files")) == tmp_path / "files"
    assert absolute_path(Path("  ")) is None
    assert absolute_path(None) is None
    with pytest.raises(ValueError, match="must be an absolute path"):
        absolute_path(Path("files"))


@pytest.mark.parametrize(
    "address",
    [
        "https://slack.com.evil.example/api",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1:8080",
        "https://slack.com",
        "http://user:password@127.0.0.1:80",
        "http://127.0.0.1@evil.example",
        "file:///etc/passwd",
        "127.0.0.1:8080",
        "http://127.0.0.1:notaport",
    ],
)
def test_a_stand_in_is_on_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="on this machine"):
        loopback_origin(address)


def test_an_address_of_this_machine_is_reduced_to_its_origin() -> None:
    assert loopback_origin(" http://[::1]:8080/api/x?y#z ") == "http://[::1]:8080"
    assert loopback_origin("http://localhost") == "http://localhost"
    assert loopback_origin(" ") is None
    assert loopback_origin(None) is None
