"""Files that hold credentials are ignored by git in whatever folder of the checkout they are made."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from connector_kit.env_files import env_file_of
from connector_kit.oauth.vault import Vault
from connector_kit.private_files import write_private
from connector_kit.secret_store import SecretKey, SecretStore
from mcp_suite.servers import scripts

from .planted import stored_login
from .repository import ROOT, is_checkout

pytestmark = pytest.mark.skipif(not is_checkout(), reason="this is no git checkout: there is nothing to commit to")
FOLDERS = ("", "setup_guides/", "setup_guides/env/", "servers/jira_mcp/", "tests/", "work/", "state/secrets/")
_MADE_BY_GUIDES = re.compile(r"-out (\S+)|[<>] (\S+\.\w+)|(\S+\.(?:p8|pem|key|pub))\b")
_PUBLIC = (".pub",)


def not_ignored(paths: Iterable[str]) -> set[str]:
    """Those of these paths that the repository's own rules would let be committed."""
    wanted = set(paths)
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", "--verbose", "--stdin", "-z"],
        cwd=ROOT,
        input="\0".join(wanted).encode(),
        capture_output=True,
        check=False,
    )
    assert asked.returncode in (0, 1), asked.stderr
    parts = asked.stdout.decode().split("\0")
    rules = zip(parts[0::4], parts[2::4], parts[3::4], strict=False)
    return wanted - {path for source, rule, path in rules if source == ".gitignore" and not rule.startswith("!")}


def env_files() -> list[str]:
    return [env_file_of(script.extra, account).name for script in scripts() for account in ("", "work", "a-b_2")]


def test_every_env_file_of_every_account_is_ignored_in_every_folder() -> None:
    names = env_files()
    assert ".env.jira" in names
    assert ".env.slack.work" in names
    spelled = [f"{name}{ending}" for name in names for ending in ("", "~", ".bak", ".swp", ".orig")]
    assert not_ignored(f"{folder}{name}" for folder in FOLDERS for name in [*spelled, ".env", ".envrc"]) == set()


def test_what_an_editor_or_a_crash_leaves_of_an_env_file_is_ignored() -> None:
    assert not_ignored(f"{folder}.{name}.k3x_1a" for folder in FOLDERS for name in env_files()) == set()


def guided_files() -> set[str]:
    """The names of files with secrets that the guides have users make or pass."""
    guides = [*sorted((ROOT / "setup_guides").glob("*.md")), ROOT / "README.md"]
    lines = [line for guide in guides for line in guide.read_text("utf-8").splitlines() if line.startswith("    ")]
    found = {name for line in lines for groups in _MADE_BY_GUIDES.findall(line) for name in groups if name}
    return {Path(name.strip("`'\"")).name for name in found if not name.endswith((".md", ".mmd"))}


def test_the_files_that_the_guides_have_users_make_are_ignored() -> None:
    names = guided_files()
    assert {"snowflake_key.p8", "token.txt", "passphrase.txt", "secret.txt"} <= names
    assert not_ignored(f"{folder}{name}" for folder in FOLDERS for name in names) == set()


def test_stored_secrets_and_logins_are_ignored_also_where_the_state_folder_is_in_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    SecretStore.default().set(SecretKey("jira", "ann@example.org", "example.atlassian.net", "api_token"), "planted-1")
    Vault.default().save(*stored_login("jira", "planted-2"))
    made = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert {"secrets/secrets.json", "credentials/key"} <= set(made)
    torn = [f"{Path(name).parent.as_posix()}/.{Path(name).name}.k3x_1a" for name in made if not name.endswith(".lock")]
    assert not_ignored(f"{folder}{name}" for folder in FOLDERS for name in [*made, *torn]) == set()


def test_a_file_that_is_half_written_has_the_name_that_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []

    def broken(self: Path, target: Path) -> Path:
        left.append(self.name)
        raise OSError(str(target))

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match=r"\.env\.jira"):
        write_private(tmp_path / ".env.jira", b"planted")
    assert re.fullmatch(r"\.\.env\.jira\.\w+", left[0])


def test_the_examples_and_the_public_halves_are_not_ignored() -> None:
    examples = {f"setup_guides/env/.env.{script.extra}.example" for script in scripts()}
    assert not_ignored(examples) == examples


def test_a_file_that_no_rule_names_would_be_told() -> None:
    assert not_ignored(["work/credentials.txt", ".env.jira"]) == {"work/credentials.txt"}
