"""Where settings come from, what is refused, and that no value is ever told."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, field_validator

from connector_kit import logs
from connector_kit.access import Access, Effect
from connector_kit.credentials import Missing, ServiceSettings, required
from connector_kit.env_files import accounts_of
from connector_kit.errors import NotConfigured
from connector_kit.secret_store import SecretKey, SecretStore

TOKEN = "ATATT3xFfGF0-a-very-secret-token"


class ToySettings(ServiceSettings, service="toy"):
    url: str | None = required("The address of your site, like https://example.invalid.")
    email: str | None = required("Your account's e-mail address.")
    api_token: SecretStr | None = required("An API token.")
    rate: int = 100

    @field_validator("url")
    @classmethod
    def _is_https(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("https://"):
            raise ValueError(f"{value} does not start with https://")
        return value


class BareSettings(ServiceSettings, service="bare"):
    key: SecretStr | None = None


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_KEYRING", "off")
    return tmp_path


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refusal(environ: dict[str, str] | None = None, env_file: Path | None = None) -> str:
    with pytest.raises(NotConfigured) as caught:
        ToySettings.load(environ=environ or {"MCP_SUITE_ENV_DIR": "/nowhere"}, env_file=env_file)
    return str(caught.value)


def test_a_server_loads_with_nothing_set_and_may_only_read() -> None:
    settings = ToySettings.load()
    assert settings.access is Access.READ
    assert not settings.sandbox
    assert settings.url is None
    assert settings.guide == "setup_guides/toy.md"


def test_an_argument_beats_the_environment_which_beats_the_file_which_beats_the_default(folders: Path) -> None:
    file = write(folders / ".env.toy", "TOY_RATE=1\nTOY_EMAIL=file@example.com\nTOY_URL=https://file.invalid\n")
    environ = {"MCP_SUITE_ENV_DIR": str(folders), "TOY_RATE": "2", "TOY_EMAIL": "env@example.com"}
    settings = ToySettings.load(environ=environ, rate=3)
    assert (settings.rate, settings.email, settings.url) == (3, "env@example.com", "https://file.invalid")
    assert ToySettings.load(environ={}, env_file=file).rate == 1
    assert ToySettings.load(environ={"MCP_SUITE_ENV_DIR": str(folders / "none")}).rate == 100


def test_an_empty_variable_counts_as_unset_and_blanks_around_a_value_are_dropped(folders: Path) -> None:
    write(folders / ".env.toy", "TOY_EMAIL=file@example.com\n")
    settings = ToySettings.load(environ={"TOY_EMAIL": "  ", "TOY_API_TOKEN": f" {TOKEN}\n"})
    assert settings.email == "file@example.com"
    assert settings.secrets() == [TOKEN]


def test_calling_the_class_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_RATE", "7")
    assert ToySettings().rate == 100
    assert ToySettings.load().rate == 7


def test_the_current_directory_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = tmp_path / "checkout"
    hostile.mkdir()
    write(hostile / ".env.toy", "TOY_URL=https://evil.invalid\n")
    write(hostile / ".env", "TOY_URL=https://evil.invalid\n")
    monkeypatch.chdir(hostile)
    assert ToySettings.load().url is None


def test_the_usual_folder_is_the_users_configuration_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCP_SUITE_ENV_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    from connector_kit.paths import config_dir

    config_dir().mkdir(parents=True)
    write(config_dir() / ".env.toy", "TOY_RATE=5\n")
    assert ToySettings.load().rate == 5


def test_a_file_with_a_byte_order_mark_quotes_comments_and_export_is_read(folders: Path) -> None:
    file = write(
        folders / "chosen",
        "\ufeffTOY_RATE=5 # five\n# TOY_RATE=6\nexport TOY_EMAIL='a@b.cd'\nTOY_URL=\"https://x.invalid\"\n\nTOY\n",
    )
    settings = ToySettings.load(env_file=file, environ={})
    assert (settings.rate, settings.email, settings.url) == (5, "a@b.cd", "https://x.invalid")


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604, 0o601])
def test_a_file_that_others_may_use_is_refused_with_the_command_to_run(folders: Path, mode: int) -> None:
    (folders / "my dir").mkdir()
    file = write(folders / "my dir" / ".env.toy", f"TOY_API_TOKEN={TOKEN}\n", mode)
    told = refusal(env_file=file)
    assert f"chmod 600 '{file}'" in told
    assert TOKEN not in told


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
def test_a_symbolic_link_is_judged_by_its_target(folders: Path) -> None:
    target = write(folders / "target", "TOY_RATE=5\n", 0o644)
    link = folders / ".env.toy"
    link.symlink_to(target)
    assert f"chmod 600 {target.resolve()}" in refusal({"MCP_SUITE_ENV_DIR": str(folders)})
    target.chmod(0o600)
    assert ToySettings.load().rate == 5


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(folders: Path) -> None:
    file = write(folders / ".env.toy", "TOY_RATE=5\n")
    os.chown(file, 12345, -1)
    assert "belongs to another user" in refusal(env_file=file)


def test_a_named_file_must_exist_and_be_a_text_file(folders: Path) -> None:
    assert "does not exist" in refusal(env_file=folders / "none")
    assert "not a regular file" in refusal(env_file=folders)
    binary = folders / "binary"
    binary.write_bytes(b"TOY_EMAIL=\xff\xfe")
    binary.chmod(0o600)
    assert "not UTF-8" in refusal(env_file=binary)
    large = write(folders / "large", "#" * (1 << 20) + "#")
    assert "larger than" in refusal(env_file=large)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_named_pipe_is_refused_and_not_waited_for(folders: Path) -> None:
    os.mkfifo(folders / "pipe", 0o600)
    assert "not a regular file" in refusal(env_file=folders / "pipe")


def test_a_file_that_cannot_be_opened_is_told(folders: Path) -> None:
    loop = folders / "loop"
    loop.symlink_to(loop)
    assert "cannot be read" in refusal(env_file=loop)


def test_malformed_lines_are_told_by_number_and_without_their_text(folders: Path) -> None:
    file = write(folders / ".env.toy", f"TOY_RATE=5\nTOY_API_TOKEN='{TOKEN}\n")
    told = refusal(env_file=file)
    assert "malformed in line 2" in told
    assert TOKEN not in told


def test_a_placeholder_is_refused_by_the_name_of_its_variable(folders: Path) -> None:
    write(folders / ".env.toy", "TOY_API_TOKEN=${user_config.token}\n")
    told = refusal({"MCP_SUITE_ENV_DIR": str(folders), "TOY_URL": "https://${HOST}"})
    assert "TOY_URL: still holds a placeholder (in the environment)" in told
    assert f"TOY_API_TOKEN: still holds a placeholder (in {folders / '.env.toy'})" in told
    assert "user_config" not in told


def test_an_env_file_is_not_interpolated(folders: Path) -> None:
    write(folders / ".env.toy", "TOY_API_TOKEN=abc$HOME$(id)def\n")
    assert ToySettings.load().secrets() == ["abc$HOME$(id)def"]


def test_everything_wrong_is_told_at_once_and_without_values() -> None:
    told = refusal(
        {"TOY_RATE": "many-many", "TOY_URL": "http://plain.invalid", "TOY_ACCESS": "root", "TOY_SANDBOX": "?"}
    )
    assert "TOY_RATE: Input should be a valid integer" in told
    assert "TOY_URL: is not valid" in told
    assert "TOY_ACCESS: Input should be 'read', 'write' or 'delete'" in told
    assert "TOY_SANDBOX:" in told
    assert "setup_guides/toy.md" in told
    assert not re.search("many-many|plain.invalid|root", told)


def test_a_wrong_argument_of_the_program_is_told_too() -> None:
    with pytest.raises(NotConfigured, match="given by the program"):
        ToySettings.load(environ={}, rate="x")


def test_everything_missing_is_told_at_once_with_its_meaning_and_the_guide() -> None:
    settings = ToySettings.load(environ={"TOY_EMAIL": "a@example.com"})
    assert settings.missing() == [
        Missing("TOY_URL", "The address of your site, like https://example.invalid."),
        Missing("TOY_API_TOKEN", "An API token."),
    ]
    with pytest.raises(NotConfigured) as caught:
        settings.require()
    told = str(caught.value)
    assert "TOY_URL: The address of your site" in told
    assert "TOY_API_TOKEN: An API token" in told
    assert "setup_guides/toy.md" in told
    assert "TOY_EMAIL" not in told


def test_a_sandbox_needs_no_credentials() -> None:
    settings = ToySettings.load(environ={"TOY_SANDBOX": "1"})
    assert settings.missing() == []
    settings.require()


def test_an_unset_secret_comes_from_the_store_for_this_host_only() -> None:
    store = SecretStore.default()
    store.set(SecretKey("toy", "a@example.com", "site.invalid", "api_token"), TOKEN)
    mine = ToySettings.load(environ={"TOY_URL": "https://site.invalid/x", "TOY_EMAIL": "a@example.com"})
    assert mine.api_token is None
    mine.require()
    assert mine.secrets() == [TOKEN]
    assert TOKEN not in repr(mine)
    assert TOKEN not in logs.redactor.text(f"x{TOKEN}y")
    elsewhere = ToySettings.load(environ={"TOY_URL": "https://evil.invalid", "TOY_EMAIL": "a@example.com"})
    with pytest.raises(NotConfigured, match="TOY_API_TOKEN"):
        elsewhere.require()


def test_a_secret_that_is_set_is_not_looked_up(folders: Path) -> None:
    SecretStore.default().set(SecretKey("toy", "a@example.com", "site.invalid", "api_token"), "stored-token")
    settings = ToySettings.load(
        environ={"TOY_URL": "https://site.invalid", "TOY_EMAIL": "a@example.com", "TOY_API_TOKEN": TOKEN}
    )
    settings.require()
    assert settings.secrets() == [TOKEN]


def test_without_a_host_nothing_is_looked_up() -> None:
    bare = BareSettings.load(environ={})
    bare.resolve_secrets()
    assert bare.key is None
    assert bare.secret_account() == "default"


def test_secrets_are_in_no_repr_and_in_no_dump() -> None:
    settings = ToySettings.load(environ={"TOY_API_TOKEN": TOKEN})
    assert TOKEN not in repr(settings) + str(settings) + settings.model_dump_json()


def test_loading_does_not_touch_a_keyring() -> None:
    code = (
        "import sys; from connector_kit.credentials import ServiceSettings, SecretStr\n"
        "class S(ServiceSettings, service='toy'):\n    key: SecretStr | None = None\n"
        "S.load(); assert not {'keyring', 'filelock', 'cryptography'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_misspelt_variable_is_hinted_at(folders: Path) -> None:
    write(folders / ".env.toy", "TOY_RAET=5\n")
    settings = ToySettings.load(environ={"MCP_SUITE_ENV_DIR": str(folders), "TOY_API_TOKNE": "x", "TOY_ZZZZZZZZ": "x"})
    assert settings.unknown_variables() == [
        "TOY_API_TOKNE is not a setting of toy; did you mean TOY_API_TOKEN?",
        "TOY_RAET is not a setting of toy; did you mean TOY_RATE?",
        "TOY_ZZZZZZZZ is not a setting of toy",
    ]


def test_the_fingerprint_differs_between_credentials_and_tells_nothing() -> None:
    one = ToySettings(api_token=SecretStr(TOKEN))
    assert one.fingerprint() == ToySettings(api_token=SecretStr(TOKEN)).fingerprint()
    assert one.fingerprint() != ToySettings(api_token=SecretStr("other")).fingerprint()
    assert re.fullmatch("[0-9a-f]{16}", one.fingerprint())


@pytest.mark.parametrize(
    ("level", "effects"),
    [
        (Access.READ, {"reads"}),
        (Access.WRITE, {"reads", "adds", "changes"}),
        (Access.DELETE, {"reads", "adds", "changes", "destroys"}),
    ],
)
def test_each_access_level_allows_its_effects(level: Access, effects: set[str]) -> None:
    every: tuple[Effect, ...] = ("reads", "adds", "changes", "destroys")
    assert {effect for effect in every if level.allows(effect)} == effects


def test_access_levels_are_ordered_and_read_in_any_case() -> None:
    assert Access.READ < Access.WRITE < Access.DELETE
    assert Access.DELETE > Access.READ
    assert Access.READ <= Access.READ >= Access.READ
    assert ToySettings.load(environ={"TOY_ACCESS": "Write"}).access is Access.WRITE


printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() and "${" not in text
)


@given(value=printable)
def test_every_quoted_value_of_an_env_file_arrives_as_written(
    value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("env") / "env"
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    write(file, f"TOY_API_TOKEN='{quoted}'\n")
    assert ToySettings.load(env_file=file, environ={}).secrets() == [value.strip()]


@given(text=st.text(max_size=200))
def test_no_content_of_an_env_file_crashes_the_loading(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("env") / "env"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    file.chmod(0o600)
    with suppress(NotConfigured):
        ToySettings.load(env_file=file, environ={})


def test_an_account_has_a_file_of_its_own(folders: Path) -> None:
    write(folders / ".env.toy", "TOY_URL=https://usual.invalid\n")
    write(folders / ".env.toy.work", "TOY_URL=https://work.invalid\n")
    write(folders / ".env.toy.example", "TOY_URL=https://example.invalid\n")
    write(folders / ".env.toybox.home", "TOY_URL=https://box.invalid\n")
    work = ToySettings.load(account="work", environ={"MCP_SUITE_ENV_DIR": str(folders)})
    assert (work.account, work.url) == ("work", "https://work.invalid")
    assert work.login_command == "mcp-suite auth login toy --account work"
    assert ToySettings.load().url == "https://usual.invalid"
    assert accounts_of("toy") == ["", "work"]
    assert accounts_of("bare") == []


def test_what_the_environment_says_of_another_account_does_not_reach_one_by_name(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folders / ".env.toy.work", "TOY_URL=https://work.invalid\nTOY_EMAIL=w@work.invalid\nTOY_RATE=5\n")
    for name, value in {"URL": "https://usual.invalid", "API_TOKEN": TOKEN, "RATE": "7", "ACCESS": "write"}.items():
        monkeypatch.setenv(f"TOY_{name}", value)
    work = ToySettings.load(account="work")
    assert (work.url, work.api_token, work.email) == ("https://work.invalid", None, "w@work.invalid")
    assert (work.rate, work.access) == (7, Access.WRITE)
    assert work.unknown_variables() == [
        "TOY_API_TOKEN of the environment is not used by the account work",
        "TOY_URL of the environment is not used by the account work",
    ]
    usual = ToySettings.load()
    assert (usual.url, usual.secrets(), usual.unknown_variables()) == ("https://usual.invalid", [TOKEN], [])


def test_an_account_that_is_not_there_names_the_command_that_makes_it() -> None:
    with pytest.raises(NotConfigured, match=r"no account work of toy.*auth login toy --account work"):
        ToySettings.load(account="work")


@pytest.mark.parametrize("name", ["Work", "../x", "a b", "-a", "example", "x" * 32])
def test_what_is_no_name_of_an_account_reaches_no_path(name: str) -> None:
    with pytest.raises(NotConfigured, match="no name of an account"):
        ToySettings.load(account=name)
