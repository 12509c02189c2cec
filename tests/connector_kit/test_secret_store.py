"""Secrets at rest: in a keyring that can be trusted, else in a private file; bound to a host."""

import json
import os
import stat
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import cast

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput, NotConfigured, ServiceError, Unavailable
from connector_kit.keyring_access import KEYRING_CHARS, Backend, trusted_backend
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.testing.keyrings import MemoryKeyring

KEY = SecretKey("jira", "me@example.com", "site.invalid", "api_token")
SECRET = "hunter2-hunter2"


@pytest.fixture
def ring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def store(tmp_path: Path, ring: MemoryKeyring) -> SecretStore:
    return SecretStore(tmp_path / "secrets", find_backend=lambda: ring, patience=0.3)


@pytest.fixture
def filed(tmp_path: Path) -> SecretStore:
    return SecretStore(tmp_path / "secrets", find_backend=lambda: None, patience=0.3)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_goes_to_the_keyring_and_comes_back(store: SecretStore, ring: MemoryKeyring, tmp_path: Path) -> None:
    assert store.get(KEY) is None
    assert store.set(KEY, SECRET) == "keyring"
    assert store.get(KEY) == SECRET
    assert list(ring.kept.values()) == [SECRET]
    assert SECRET not in (tmp_path / "secrets" / "secrets.json").read_text()


def test_without_a_keyring_it_goes_to_a_file_that_only_the_owner_may_read(filed: SecretStore, tmp_path: Path) -> None:
    assert filed.set(KEY, SECRET) == "file"
    assert filed.get(KEY) == SECRET
    if os.name == "posix":
        assert mode_of(tmp_path / "secrets") == 0o700
        assert [mode_of(path) for path in (tmp_path / "secrets").iterdir()] == [0o600, 0o600]


@pytest.mark.parametrize("both", ["store", "filed"])
def test_a_secret_is_never_answered_for_another_host(both: str, request: pytest.FixtureRequest) -> None:
    store = cast("SecretStore", request.getfixturevalue(both))
    store.set(KEY, SECRET)
    for host in ("evil.invalid", "site.invalid.evil.invalid", "xsite.invalid", "", "site.invalid:444"):
        assert store.get(SecretKey(KEY.service, KEY.account, host, KEY.field)) is None
    assert store.get(SecretKey(KEY.service, KEY.account, "SITE.invalid.", KEY.field)) == SECRET
    assert store.get(SecretKey("confluence", KEY.account, KEY.host, KEY.field)) is None
    assert store.get(SecretKey(KEY.service, "you@example.com", KEY.host, KEY.field)) is None
    assert store.get(SecretKey(KEY.service, KEY.account, KEY.host, "other")) is None


def test_a_secret_longer_than_a_keyring_takes_goes_to_the_file(store: SecretStore, ring: MemoryKeyring) -> None:
    assert store.set(KEY, "x" * KEYRING_CHARS) == "keyring"
    assert store.set(KEY, "y" * (KEYRING_CHARS + 1)) == "file"
    assert store.get(KEY) == "y" * (KEYRING_CHARS + 1)
    assert ring.kept == {}


def test_a_keyring_that_forgets_in_silence_is_not_trusted(store: SecretStore, ring: MemoryKeyring) -> None:
    ring.forgetful = True
    assert store.set(KEY, SECRET) == "file"
    assert store.get(KEY) == SECRET


def test_a_keyring_that_raises_is_passed_over_when_storing(store: SecretStore, ring: MemoryKeyring) -> None:
    ring.fault = ModuleNotFoundError(f"no module for {SECRET}")
    assert store.set(KEY, SECRET) == "file"
    assert store.get(KEY) == SECRET


def test_an_old_value_is_left_behind_only_in_a_keyring_out_of_reach(store: SecretStore, ring: MemoryKeyring) -> None:
    store.set(KEY, "older-secret")
    ring.fault = RuntimeError("locked")
    assert store.set(KEY, SECRET) == "file"
    assert store.get(KEY) == SECRET


def test_a_locked_keyring_is_told_with_the_next_step_and_without_its_words(
    store: SecretStore, ring: MemoryKeyring
) -> None:
    store.set(KEY, SECRET)
    ring.fault = RuntimeError(f"locked, cannot read {SECRET}")
    with pytest.raises(Unavailable, match="Unlock it") as caught:
        store.get(KEY)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(Unavailable):
        store.delete(KEY)
    ring.fault = None
    assert store.delete(KEY)


def test_a_keyring_that_waits_for_a_prompt_nobody_sees_is_given_up(store: SecretStore, ring: MemoryKeyring) -> None:
    store.set(KEY, SECRET)
    ring.blocked = threading.Event()
    try:
        with pytest.raises(Unavailable, match="prompt"):
            store.get(KEY)
    finally:
        ring.blocked.set()


def test_a_secret_in_a_keyring_that_is_switched_off_is_told(store: SecretStore, filed: SecretStore) -> None:
    store.set(KEY, SECRET)
    with pytest.raises(Unavailable, match="MCP_SUITE_KEYRING"):
        filed.get(KEY)


def test_a_search_for_a_keyring_that_fails_means_the_file(tmp_path: Path) -> None:
    def broken() -> Backend | None:
        raise RuntimeError("no session bus")

    assert SecretStore(tmp_path, find_backend=broken).set(KEY, SECRET) == "file"


def test_secrets_are_listed_without_their_values_and_deleted(store: SecretStore, filed: SecretStore) -> None:
    other = SecretKey("slack", "me", "slack.com", "bot_token")
    store.set(KEY, SECRET)
    filed.set(other, "xoxb-1")
    assert store.list() == [(KEY, "keyring"), (other, "file")]
    assert store.list("slack") == [(other, "file")]
    assert SECRET not in repr(store.list())
    assert store.delete(other)
    assert store.delete(KEY)
    assert not store.delete(KEY)
    assert store.list() == []


def test_deleting_what_the_keyring_lost_already_is_well(store: SecretStore, ring: MemoryKeyring) -> None:
    store.set(KEY, SECRET)
    ring.kept.clear()
    assert store.get(KEY) is None
    assert store.delete(KEY)


def test_an_empty_secret_or_host_is_refused(store: SecretStore) -> None:
    with pytest.raises(InvalidInput):
        store.set(KEY, "")
    with pytest.raises(InvalidInput):
        store.set(SecretKey("jira", "me", " ", "api_token"), SECRET)


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
def test_a_file_that_others_may_read_is_refused(filed: SecretStore, tmp_path: Path) -> None:
    filed.set(KEY, SECRET)
    (tmp_path / "secrets" / "secrets.json").chmod(0o644)
    with pytest.raises(NotConfigured, match="chmod 600"):
        filed.get(KEY)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"a": 1}', '{"a": {"place": 1, "secret": "x"}}', '{"a": {"place": "file"}}', "\udcff"],
)
def test_a_damaged_file_is_told_and_not_overwritten(filed: SecretStore, tmp_path: Path, content: str) -> None:
    filed.set(KEY, SECRET)
    file = tmp_path / "secrets" / "secrets.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    for act in (lambda: filed.get(KEY), lambda: filed.set(KEY, SECRET), lambda: filed.delete(KEY)):
        with pytest.raises(NotConfigured, match="damaged"):
            act()
    assert file.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_names_of_another_origin_are_not_listed(filed: SecretStore, tmp_path: Path) -> None:
    filed.set(KEY, SECRET)
    file = tmp_path / "secrets" / "secrets.json"
    entries = cast("dict[str, object]", json.loads(file.read_bytes()))
    for name in ("words", "{}", "[1]", "[1,2,3,4]", '["a","b","c"]'):
        entries[name] = {"place": "file", "secret": "x"}
    file.write_text(json.dumps(entries))
    assert filed.list() == [(KEY, "file")]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(Unavailable, match="cannot be used"):
        SecretStore(tmp_path / "taken", find_backend=lambda: None).set(KEY, SECRET)


def test_a_file_that_cannot_be_replaced_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").mkdir()
    store = SecretStore(tmp_path, find_backend=lambda: None)
    with pytest.raises(ServiceError) as caught:
        store.set(KEY, SECRET)
    assert SECRET not in str(caught.value)


def test_a_write_that_fails_leaves_nothing_behind(
    filed: SecretStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed.set(KEY, SECRET)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        filed.set(KEY, "another-secret")
    assert filed.get(KEY) == SECRET
    assert sorted(path.name for path in (tmp_path / "secrets").iterdir()) == ["secrets.json", "secrets.lock"]


def test_a_lock_that_another_process_keeps_is_told(filed: SecretStore, tmp_path: Path) -> None:
    filed.set(KEY, SECRET)
    with (
        FileLock(tmp_path / "secrets" / "secrets.lock", mode=0o600),
        pytest.raises(Unavailable, match="Another process"),
    ):
        filed.set(KEY, "another-secret")


def test_several_processes_lose_no_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from connector_kit.secret_store import *\n"
        "store = SecretStore(Path(sys.argv[1]), find_backend=lambda: None)\n"
        "for n in range(10): store.set(SecretKey('jira', sys.argv[2], 'host', str(n)), 'secret')\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(number)]) for number in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(SecretStore(tmp_path, find_backend=lambda: None).list()) == 30


def test_the_default_store_can_be_kept_off_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_KEYRING", "off")
    assert SecretStore.default().set(KEY, SECRET) == "file"
    assert (tmp_path / "secrets" / "secrets.json").exists()


@pytest.mark.parametrize(
    ("module", "trusted"),
    [
        ("keyring.backends.SecretService", True),
        ("keyring.backends.macOS", True),
        ("keyring.backends.null", False),
        ("keyrings.alt.file", False),
    ],
)
@pytest.mark.parametrize("chained", [False, True])
def test_only_backends_that_keep_secrets_are_trusted(
    module: str, trusted: bool, chained: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from keyring.backends import chainer

    ring = type("Keyring", (MemoryKeyring,), {"__module__": module})()

    class Chained(chainer.ChainerBackend):
        backends = (ring,)  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    monkeypatch.setattr(keyring, "get_keyring", lambda: Chained() if chained else ring)
    assert trusted_backend() is (ring if trusted else None)


def test_the_default_store_looks_for_a_keyring_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    asked: list[int] = []
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("MCP_SUITE_KEYRING", raising=False)
    monkeypatch.setattr(keyring, "get_keyring", lambda: asked.append(1) or types.SimpleNamespace())
    store = SecretStore.default()
    assert store.set(KEY, SECRET) == "file"
    assert store.set(KEY, SECRET) == "file"
    assert asked == [1]


@given(parts=st.tuples(*[st.text(max_size=8)] * 4), others=st.tuples(*[st.text(max_size=8)] * 4))
def test_different_keys_never_have_the_same_text(parts: tuple[str, ...], others: tuple[str, ...]) -> None:
    one, other = SecretKey(*parts), SecretKey(*others)
    same = [str(part).strip().rstrip(".").lower() if n == 2 else part for n, part in enumerate(parts)] == [
        str(part).strip().rstrip(".").lower() if n == 2 else part for n, part in enumerate(others)
    ]
    assert (one.text == other.text) is same
    assert SecretKey.parse(one.text) is not None
