"""Credentials at rest: encrypted, private, bound to what they are for, and never half written."""

import base64
import itertools
import os
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from connector_kit.errors import InvalidInput, NotConfigured, Unavailable
from connector_kit.oauth import vault as vault_module
from connector_kit.oauth.failures import KeyUnavailable
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.testing.keyrings import MemoryKeyring
from connector_kit.testing.logins import CREDENTIAL, file_vault

TOKENS = TokenSet(
    "access-secret-1",
    "refresh-secret-1",
    expires_at=3600.0,
    scopes=("read:jira-work",),
    obtained_at=10.0,
    extra={"cloud_id": "1"},
    seeds=("0123456789abcdef",),
)
posix = pytest.mark.skipif(os.name != "posix", reason="mode bits")


@pytest.fixture
def ring() -> MemoryKeyring:
    return MemoryKeyring()


def ringed(folder: Path, ring: MemoryKeyring, *, allow_key_file: bool = False) -> Vault:
    return Vault(folder, find_backend=lambda: ring, allow_key_file=allow_key_file, patience=0.3)


def test_what_is_saved_comes_back_whole(tmp_path: Path, ring: MemoryKeyring) -> None:
    vault = ringed(tmp_path, ring)
    assert vault.load(CREDENTIAL) is None
    vault.save(CREDENTIAL, TOKENS)
    assert vault.load(CREDENTIAL) == TOKENS
    assert ringed(tmp_path, ring).load(CREDENTIAL) == TOKENS
    again = replace(TOKENS, refresh_token=None, expires_at=None, access_token="x" * 9000)
    vault.save(CREDENTIAL, again)
    assert vault.load(CREDENTIAL) == again


def test_no_token_stands_in_the_file_and_none_in_a_repr(tmp_path: Path, ring: MemoryKeyring) -> None:
    ringed(tmp_path, ring).save(CREDENTIAL, TOKENS)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in ("access-secret-1", "refresh-secret-1"):
        assert secret.encode() not in written
        assert base64.b64encode(secret.encode()) not in written
        assert secret not in repr(TOKENS)
    assert len(ring.kept) == 1


@posix
def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    vault = file_vault(tmp_path / "credentials")
    vault.save(CREDENTIAL, TOKENS)
    with vault.lock(CREDENTIAL):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "credentials").iterdir()}
    assert set(modes.values()) == {0o600}
    assert len(modes) == 4
    assert stat.S_IMODE((tmp_path / "credentials").stat().st_mode) == 0o700


@posix
def test_a_file_that_others_may_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    vault = file_vault(tmp_path)
    vault.save(CREDENTIAL, TOKENS)
    vault.path(CREDENTIAL).chmod(0o644)
    with pytest.raises(NotConfigured, match="chmod 600"):
        vault.load(CREDENTIAL)
    assert vault.list() == []


def test_a_credential_is_not_answered_for_another_host_account_or_service(tmp_path: Path, ring: MemoryKeyring) -> None:
    vault = ringed(tmp_path, ring)
    vault.save(CREDENTIAL, TOKENS)
    for other in (
        replace(CREDENTIAL, host="evil.invalid"),
        replace(CREDENTIAL, account="you@example.com"),
        replace(CREDENTIAL, service="confluence"),
    ):
        assert vault.load(other) is None
        vault.path(CREDENTIAL).rename(vault.path(other))  # somebody moves the file
        with pytest.raises(NotConfigured, match="is not the credential"):
            vault.load(other)
        vault.path(other).rename(vault.path(CREDENTIAL))
    assert vault.load(replace(CREDENTIAL, host="SITE.invalid.")) == TOKENS


def test_a_changed_file_is_refused_wherever_it_was_changed(tmp_path: Path, ring: MemoryKeyring) -> None:
    vault = ringed(tmp_path, ring)
    vault.save(CREDENTIAL, TOKENS)
    path = vault.path(CREDENTIAL)
    content = path.read_bytes()
    for position in range(0, len(content), 7):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        with pytest.raises(NotConfigured, match=r"damaged|any more"):
            vault.load(CREDENTIAL)
    for cut in (0, 1, 50, len(content) - 1):
        path.write_bytes(content[:cut])
        with pytest.raises(NotConfigured, match="mcp-suite auth login jira"):
            vault.load(CREDENTIAL)
    for line in (b"[]\n", b'{"format": 1}\n', b'{"format":1,"service":"","account":"","host":"","key":""}\n'):
        path.write_bytes(line)
        with pytest.raises(NotConfigured, match="damaged"):
            vault.load(CREDENTIAL)


def test_a_damaged_credential_is_mended_by_a_new_login(tmp_path: Path, ring: MemoryKeyring) -> None:
    vault = ringed(tmp_path, ring)
    vault.save(CREDENTIAL, TOKENS)
    vault.path(CREDENTIAL).write_bytes(b"{}")
    vault.save(CREDENTIAL, TOKENS)
    assert vault.load(CREDENTIAL) == TOKENS


def test_credentials_are_listed_without_their_key_and_forgotten(tmp_path: Path, ring: MemoryKeyring) -> None:
    slack = CredentialId("slack", "me", "slack.com")
    ringed(tmp_path, ring).save(CREDENTIAL, TOKENS)
    file_vault(tmp_path).save(slack, TOKENS)
    (tmp_path / "torn.credential").write_bytes(b"{")
    ring.fault = RuntimeError("locked")
    vault = ringed(tmp_path, ring)
    assert vault.list() == [(CREDENTIAL, "keyring"), (slack, "file")]
    assert vault.list("slack") == [(slack, "file")]
    assert vault.delete(slack)
    assert not vault.delete(slack)
    assert vault.list("slack") == []
    assert Vault(tmp_path / "nowhere").list() == []


def test_a_credential_needs_a_service_and_a_host() -> None:
    for service, host in (("", "site.invalid"), ("jira", " ")):
        with pytest.raises(InvalidInput):
            CredentialId(service, "me", host)


def test_without_a_keyring_a_key_file_is_written_only_if_the_user_agreed(tmp_path: Path) -> None:
    careful = Vault(tmp_path, find_backend=lambda: None)
    assert not careful.has_keyring
    with pytest.raises(KeyUnavailable, match=r"`mcp-suite auth login jira`.*MCP_SUITE_KEYRING=off"):
        careful.save(CREDENTIAL, TOKENS)
    assert list(tmp_path.iterdir()) == []
    file_vault(tmp_path).save(CREDENTIAL, TOKENS)
    careful.save(CREDENTIAL, TOKENS)  # the key is there now
    assert careful.load(CREDENTIAL) == TOKENS


@pytest.mark.parametrize("trouble", ["forgetful", "raising", "silent"])
def test_a_keyring_that_does_not_keep_the_key_is_passed_over(tmp_path: Path, ring: MemoryKeyring, trouble: str) -> None:
    ring.forgetful = trouble == "forgetful"
    ring.fault = RuntimeError("no session bus") if trouble == "raising" else None
    ring.blocked = None if trouble != "silent" else threading.Event()
    with pytest.raises(KeyUnavailable):
        ringed(tmp_path, ring).save(CREDENTIAL, TOKENS)
    vault = ringed(tmp_path, ring, allow_key_file=True)
    vault.save(CREDENTIAL, TOKENS)
    assert vault.load(CREDENTIAL) == TOKENS
    assert vault.list() == [(CREDENTIAL, "file")]
    if ring.blocked:
        ring.blocked.set()


@pytest.mark.parametrize(
    ("switch", "told"),
    [("", r"can be used here\. Ask the user"), ("off", r"can be used here \(MCP_SUITE_KEYRING=off\)\. Unset MCP_S")],
)
def test_a_keyring_that_is_not_here_any_more_is_not_to_be_unlocked(
    tmp_path: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, switch: str, told: str
) -> None:
    ringed(tmp_path, ring).save(CREDENTIAL, TOKENS)
    monkeypatch.setenv("MCP_SUITE_KEYRING", switch)
    with pytest.raises(KeyUnavailable, match=rf"is in a keyring, and none {told}.*`mcp-suite auth login jira`"):
        Vault(tmp_path, find_backend=lambda: None).load(CREDENTIAL)


def test_a_locked_keyring_is_told_with_what_to_do(tmp_path: Path, ring: MemoryKeyring) -> None:
    ringed(tmp_path, ring).save(CREDENTIAL, TOKENS)
    ring.fault = RuntimeError("locked: access-secret-1")
    with pytest.raises(KeyUnavailable, match="unlock the keyring") as caught:
        ringed(tmp_path, ring).load(CREDENTIAL)
    assert "access-secret-1" not in str(caught.value)
    ring.fault = None
    assert ringed(tmp_path, ring).load(CREDENTIAL) == TOKENS


@pytest.mark.parametrize("now", ["gone", "another", "garbage"])
def test_a_lost_key_asks_for_a_new_login_which_works(tmp_path: Path, ring: MemoryKeyring, now: str) -> None:
    ringed(tmp_path, ring).save(CREDENTIAL, TOKENS)
    name = next(iter(ring.kept))
    ring.kept = {"gone": {}, "another": {name: base64.b64encode(b"k" * 32).decode()}, "garbage": {name: "?"}}[now]
    vault = ringed(tmp_path, ring)
    with pytest.raises(KeyUnavailable, match="mcp-suite auth login jira"):
        vault.load(CREDENTIAL)
    vault.save(CREDENTIAL, TOKENS)
    assert vault.load(CREDENTIAL) == TOKENS


def test_a_key_that_was_replaced_while_we_ran_is_found(tmp_path: Path, ring: MemoryKeyring) -> None:
    vault, other = ringed(tmp_path, ring), ringed(tmp_path, ring)
    vault.save(CREDENTIAL, TOKENS)
    ring.kept.clear()
    other.save(CREDENTIAL, TOKENS)
    assert vault.load(CREDENTIAL) == TOKENS
    vault.save(CREDENTIAL, TOKENS)
    assert other.load(CREDENTIAL) == TOKENS


def test_a_key_file_that_holds_no_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("not a key")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(KeyUnavailable, match=r"does not hold a key.*`rm .*key`"):
        file_vault(tmp_path).save(CREDENTIAL, TOKENS)
    assert (tmp_path / "key").read_text() == "not a key"


@pytest.mark.parametrize("place", ["keyring", "file"])
def test_a_key_made_by_another_process_meanwhile_is_used(tmp_path: Path, ring: MemoryKeyring, place: str) -> None:
    def vault(folder: Path) -> Vault:
        return ringed(folder, ring) if place == "keyring" else file_vault(folder)

    vault(tmp_path / "other").save(CREDENTIAL, TOKENS)
    made, ring.kept = ring.kept, {}
    (tmp_path / "ours").mkdir()
    with FileLock(tmp_path / "ours" / "key.lock", mode=0o600):
        waiting = threading.Thread(target=vault(tmp_path / "ours").save, args=(CREDENTIAL, TOKENS))
        waiting.start()
        time.sleep(0.2)
        ring.kept = made
        if place == "file":
            (tmp_path / "other" / "key").rename(tmp_path / "ours" / "key")
    waiting.join()
    (tmp_path / "other" / CREDENTIAL.file_name).replace(tmp_path / "ours" / CREDENTIAL.file_name)
    assert vault(tmp_path / "ours").load(CREDENTIAL) == TOKENS


def test_several_processes_agree_on_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from connector_kit.testing.logins import *\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "file_vault(Path(sys.argv[1])).save(CredentialId('jira', sys.argv[2], 'host'), TokenSet('token'))\n"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for n in range(4)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline()
    for writer in writers:
        writer.communicate(b"go\n")
        assert writer.returncode == 0
    vault = file_vault(tmp_path)
    assert [vault.load(CredentialId("jira", str(n), "host")) for n in range(4)] == [TokenSet("token")] * 4


def test_a_rehearsal_finds_out_what_would_fail_and_changes_nothing(tmp_path: Path) -> None:
    vault = file_vault(tmp_path)
    vault.save(CREDENTIAL, TOKENS)
    before = sorted(path.name for path in tmp_path.iterdir())
    vault.rehearse(CREDENTIAL, replace(TOKENS, access_token="other"))
    assert vault.load(CREDENTIAL) == TOKENS
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = file_vault(tmp_path)
    vault.save(CREDENTIAL, TOKENS)
    before = sorted(path.name for path in tmp_path.iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        for act in (vault.save, vault.rehearse):
            with pytest.raises(Unavailable, match=r"No space left.*make room"):
                act(CREDENTIAL, replace(TOKENS, access_token="other"))
        with pytest.raises(Unavailable, match="No space left"):
            file_vault(tmp_path / "new").save(CREDENTIAL, TOKENS)
    assert vault.load(CREDENTIAL) == TOKENS
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "new") == before


def test_a_disk_that_does_not_keep_what_is_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(path: Path, content: bytes) -> None:
        path.write_bytes(content[:-1])

    vault = file_vault(tmp_path)
    vault.save(CREDENTIAL, TOKENS)
    monkeypatch.setattr(vault_module, "write_private", short)
    with pytest.raises(Unavailable, match="does not keep"):
        vault.save(CREDENTIAL, TOKENS)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    vault = file_vault(tmp_path / "taken")
    for act in (lambda: vault.save(CREDENTIAL, TOKENS), lambda: vault.lock(CREDENTIAL)):
        with pytest.raises(Unavailable, match="cannot be written"):
            act()


def test_the_lock_for_a_key_that_cannot_be_had_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_module, "_LOCK_SECONDS", 0.1)
    with FileLock(tmp_path / "key.lock", mode=0o600), pytest.raises(Unavailable, match="Another process"):
        file_vault(tmp_path).save(CREDENTIAL, TOKENS)
    (tmp_path / "key.lock").unlink(missing_ok=True)
    (tmp_path / "key.lock").mkdir()
    with pytest.raises(Unavailable, match="cannot be written"):
        file_vault(tmp_path).save(CREDENTIAL, TOKENS)


def test_what_dying_processes_left_behind_is_removed_in_time(tmp_path: Path) -> None:
    vault = file_vault(tmp_path)
    vault.save(CREDENTIAL, TOKENS)
    fresh, old = (tmp_path / f".{CREDENTIAL.file_name}.{name}" for name in ("fresh", "old"))
    fresh.write_text("")
    old.write_text("")
    hour_ago = time.time() - 3600
    os.utime(old, (hour_ago, hour_ago))
    vault.save(CREDENTIAL, TOKENS)
    assert fresh.exists()
    assert not old.exists()


def test_the_default_vault_is_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_KEYRING", "off")  # which agrees to a key file
    Vault.default().save(CREDENTIAL, TOKENS)
    assert (tmp_path / "credentials" / CREDENTIAL.file_name).exists()
    assert (tmp_path / "credentials" / "key").exists()


def test_file_names_differ_for_each_credential_and_show_no_account() -> None:
    names = {
        CredentialId(*parts).file_name for parts in itertools.product(("jira", "ji/ra", "JIRA"), ("me@x", "m/e"), "ab")
    }
    assert len(names) == 12
    assert not any("me@x" in name or "/" in name for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"access_token": 1}',
        '{"extra": []}',
        '{"scopes": "a"}',
        '{"expires_at": true}',
        '{"extra": {"a": 1}}',
    ],
)
def test_tokens_of_the_wrong_shape_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        TokenSet.from_json(text)
