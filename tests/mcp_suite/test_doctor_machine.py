"""What doctor says of the machine: packages, keyring, folders, sandboxes; and how it runs its checks."""

import errno
import os
import threading
import time
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import anyio
import keyring
import pytest
from keyring.backends import fail as failing_backend

from connector_kit.paths import state_dir
from connector_kit.secret_store import SecretKey, SecretStore
from mcp_suite.doctor import examination, requirements, storage
from mcp_suite.doctor.examination import Section, examine, run_sections
from mcp_suite.doctor.finding import Finding, State, ok
from mcp_suite.doctor.patience import in_thread
from mcp_suite.doctor.requirements import Requirement, check_versions, install_command, release
from mcp_suite.doctor.storage import check_keyring, check_sandbox, check_state
from mcp_suite.errors import SuiteError
from mcp_suite.sandbox import reset
from mcp_suite.servers import Script, find, installed


class _Metadata(Distribution):
    """A distribution that needs these packages."""

    def __init__(self, *requires: str, python: str = ">=3.11") -> None:
        lines = ["Name: made-up", "Version: 1.0", f"Requires-Python: {python}"]
        self._text = "\n".join([*lines, *(f"Requires-Dist: {line}" for line in requires), ""])

    def read_text(self, filename: str) -> str | None:
        """The metadata."""
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        """Nothing is located."""
        raise NotImplementedError


@pytest.mark.parametrize(
    ("wanted", "installed_version", "fits"),
    [
        (">=2.3,<3", "2.3.0", True),
        (">=2.3,<3", "3.0.0", False),
        (">=2.3,<3", "2.10", True),
        (">2.3", "2.3", False),
        ("<=2.3", "2.3.0", True),
        ("~=2.3", "2.9", True),
        ("~=2.3", "3.0", False),
        ("~=2.3.1", "2.3.0", False),
        ("==2.3.*", "2.3.7", True),
        ("==2.3", "2.3.1", False),
        ("!=2.3", "2.3", False),
        ("", "1", True),
    ],
)
def test_versions_fit_their_bounds(wanted: str, installed_version: str, fits: bool) -> None:
    requirement = Requirement.parse(f"mcp{wanted}")
    assert requirement is not None
    assert requirement.allows(installed_version) is fits


def test_a_version_is_told_by_its_numbers() -> None:
    assert release("2.3.0rc1") == (2, 3)
    assert release("odd") == ()


def test_requirements_of_other_systems_and_other_text_are_passed_over() -> None:
    assert Requirement.parse("pywin32>=3; sys_platform == 'win32'") is None
    assert Requirement.parse("???") is None
    assert Requirement.parse("mcp[cli] (>=2.3); extra == 'jira'") == Requirement("mcp", ((">=", "2.3"),), "jira")


def test_this_installation_is_well() -> None:
    findings = check_versions(installed(), ["jira"])
    assert {finding.state for finding in findings} <= {State.OK, State.WARN}
    assert any("mcp-integration-suite" in finding.told and "mcp 2." in finding.told for finding in findings)


def test_a_missing_and_an_old_package_are_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "locked_versions", dict[str, str])
    made = _Metadata("no-such-package>=1; extra == 'jira'", "pydantic>=99", "mcp>=2; extra == 'other'", "odd???")
    failures = [finding for finding in check_versions(made, ["jira"]) if finding.state is State.FAIL]
    assert [finding.fix for finding in failures] == [
        'Run: pip install --upgrade "mcp-integration-suite[jira]"',
        'Run: pip install --upgrade "mcp-integration-suite"',
    ]
    assert failures[0].told == "no-such-package is not installed; >=1 is needed"


def test_an_old_python_is_told() -> None:
    first = check_versions(_Metadata(python=">=99"), [])[0]
    assert (first.state, first.fix) == (
        State.FAIL,
        "Run: uv tool install --python 3.13 mcp-integration-suite",
    )


def test_versions_that_differ_from_the_lock_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = '[[package]]\nname = "pydantic"\nversion = "0.1"\n[[package]]\nname = "source-only"\n'
    (tmp_path / "uv.lock").write_text(lock)
    monkeypatch.setattr(requirements, "checkout", lambda: tmp_path)
    [found] = [finding for finding in check_versions(_Metadata("pydantic>=2"), []) if finding.state is State.WARN]
    assert "(tested with 0.1)" in found.told
    assert found.fix == install_command("", checkout=True) == "Run: uv sync"


@pytest.mark.parametrize("lock", ["= nonsense", "package = 7", None])
def test_a_lock_that_says_nothing_is_passed_over(
    lock: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lock is not None:
        (tmp_path / "uv.lock").write_text(lock)
    monkeypatch.setattr(requirements, "checkout", lambda: tmp_path)
    assert requirements.locked_versions() == {}


class _Keyring:
    """A desktop's keyring that answers, or does not until it is let go."""

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self.released = threading.Event()
        self._secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self._silent:
            self.released.wait(30)
        return self._secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._secrets[service, username]


@pytest.fixture
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A state folder of the test's own, and the keyring switched on."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("MCP_SUITE_KEYRING")
    return tmp_path / "state"


def _stored_in(found: _Keyring) -> None:
    store = SecretStore(state_dir() / "secrets", find_backend=lambda: found)
    assert store.set(SecretKey("jira", "me", "example.atlassian.net", "api_token"), "a-secret") == "keyring"


@pytest.mark.usefixtures("own_state")
def test_a_machine_without_a_keyring_is_told_what_happens_then() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(failing_backend.Keyring())
    try:
        found = check_keyring()
        _stored_in(_Keyring())
        worse = check_keyring()
    finally:
        keyring.set_keyring(before)
    assert (found.state, worse.state) == (State.WARN, State.FAIL)
    assert "secrets go to private files" in found.told
    assert "export MCP_SUITE_KEYRING=off" in found.fix
    assert "secrets are stored in one" in worse.told


@pytest.mark.usefixtures("own_state")
def test_a_keyring_that_answers_is_well_and_one_that_waits_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "usual_backend", _Keyring)
    assert check_keyring().state is State.OK
    silent = _Keyring(silent=True)
    monkeypatch.setattr(storage, "usual_backend", lambda: silent)
    found = check_keyring(patience=0.05)
    silent.released.set()
    assert found.state is State.FAIL
    assert found.fix.startswith("Unlock the keyring")


@pytest.mark.usefixtures("own_state")
def test_a_keyring_that_is_switched_off_is_well_unless_secrets_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_KEYRING", "off")
    assert check_keyring().state is State.OK
    _stored_in(_Keyring())
    assert check_keyring().fix.startswith("Run: unset MCP_SUITE_KEYRING")
    (state_dir() / "secrets" / "secrets.json").write_text("{")
    assert check_keyring().state is State.OK


def states(findings: list[Finding]) -> list[State]:
    return [finding.state for finding in findings]


def test_folders_that_are_not_there_yet_and_those_that_are_are_well(own_state: Path) -> None:
    assert [finding.told.partition(" ")[2] for finding in check_state()] == ["will be made when it is needed"] * 2
    (own_state / "audit").mkdir(parents=True)
    assert [finding.told.partition(" ")[2] for finding in check_state()] == ["is writable"] * 2


def test_a_file_in_the_place_of_a_folder_is_told(own_state: Path) -> None:
    own_state.mkdir()
    (own_state / "audit").write_text("")
    well, wrong = check_state()
    assert (well.state, wrong.state) == (State.OK, State.FAIL)
    assert wrong.fix == f"Run: mv {own_state / 'audit'} {own_state / 'audit'}.old"


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "Make room on its disk; see: df -h "),
        (errno.EROFS, "export MCP_SUITE_STATE_DIR="),
        (errno.EACCES, 'sudo chown -R "$USER" '),
    ],
)
def test_a_folder_that_takes_a_file_but_nothing_into_it_is_told(
    own_state: Path, monkeypatch: pytest.MonkeyPatch, number: int, fix: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    first, _ = check_state()
    assert first.state is State.FAIL
    assert os.strerror(number) in first.told
    assert fix in (first.fix or "")


def test_an_audit_log_that_is_switched_off_is_told(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_AUDIT", "off")
    assert states(check_state()) == [State.OK, State.SKIP]


def test_a_sandbox_is_unused_then_sound_then_broken_and_its_fix_mends_it(own_state: Path) -> None:
    assert check_sandbox("jira").state is State.SKIP
    reset("jira")
    assert check_sandbox("jira").state is State.OK
    database = own_state / "sandbox" / "jira.sqlite3"
    database.write_bytes(b"this is no database" * 100)
    for other in database.parent.glob("jira.sqlite3-*"):
        other.unlink()
    broken = check_sandbox("jira")
    assert broken.state is State.FAIL
    assert broken.fix == f"Run: mv {database} {database}.broken && mcp-suite sandbox reset jira"
    database.rename(f"{database}.broken")
    reset("jira")
    assert check_sandbox("jira").state is State.OK


@pytest.mark.anyio
async def test_checks_run_side_by_side_and_what_is_late_is_told() -> None:
    entered = anyio.Event()

    async def first(section: Section) -> None:
        section.findings.append(ok("a", "first", "found before time ran out"))
        entered.set()
        await anyio.sleep_forever()

    async def second(section: Section) -> None:
        await entered.wait()
        section.findings.append(ok("b", "second", "well"))

    findings = await run_sections([Section("a", "first", first), Section("b", "second", second)], 0.2)
    assert states(findings) == [State.FAIL, State.OK, State.OK]
    assert findings[0].told == "not finished after 0.2 s"


@pytest.mark.anyio
async def test_a_check_that_breaks_does_not_hide_the_others() -> None:
    async def broken(section: Section) -> None:
        raise RuntimeError("token=abcdef123456")

    async def well(section: Section) -> None:
        section.findings.append(ok("b", "second", "well"))

    findings = await run_sections([Section("a", "first", broken), Section("b", "second", well)], 5)
    assert states(findings) == [State.FAIL, State.OK]
    assert "RuntimeError" in findings[0].told
    assert "abcdef123456" not in str(findings)


@pytest.mark.anyio
async def test_a_thread_that_is_stuck_is_left_behind_and_a_failure_is_passed_on() -> None:
    stuck = threading.Event()
    with anyio.move_on_after(0.05):
        await in_thread(lambda: stuck.wait(30))
    stuck.set()
    await anyio.sleep(0.05)
    assert await in_thread(lambda: 7) == 7
    with pytest.raises(SuiteError):
        await in_thread(lambda: find("nosuch"))


def test_an_answer_after_the_end_is_nobodys() -> None:
    released = threading.Event()

    async def leave() -> None:
        with anyio.move_on_after(0.05):
            await in_thread(lambda: released.wait(30))

    anyio.run(leave)
    released.set()
    deadline = time.monotonic() + 5
    while any(thread.name == "doctor" for thread in threading.enumerate()):
        assert time.monotonic() < deadline


@pytest.mark.anyio
async def test_a_server_that_cannot_be_loaded_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = await examine([Script("odd-mcp", "no_such_package")], expected=True, offline=True)
    failures = [finding for finding in findings if finding.state is State.FAIL]
    assert [(finding.subject, finding.fix) for finding in failures] == [("odd", "Run: uv sync")]


@pytest.mark.anyio
async def test_a_server_without_its_extra_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> str:
        return "lark is not installed. Install the extra"

    monkeypatch.setattr(examination, "lacking", nothing)
    findings = await examine([find("jira")], expected=True, offline=True)
    assert findings[0].told.startswith("lark is not installed")
    assert findings[0].fix == "Run: uv sync"
    assert not any(finding.check == "settings" for finding in findings)
