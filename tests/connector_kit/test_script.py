"""The command line that every server script has."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from connector_kit.credentials import ServiceSettings, required
from connector_kit.errors import NotAuthenticated
from connector_kit.logs import redactor
from connector_kit.serving.main import run
from connector_kit.serving.session import ServerSpec, connect_by
from connector_kit.serving.toolset import Toolset

TOOLS = Toolset("toy")


@TOOLS.tool(title="Get it", effect="reads")
async def toy_get_it() -> str:
    """Read the one thing there is."""
    return "it"


class ToySettings(ServiceSettings, service="toy"):
    name: str | None = required("What the toy is called.")


class ToyClient:
    def __init__(self, refusing: bool = False) -> None:
        self.account = None
        self.refusing = refusing

    async def check(self) -> str:
        if self.refusing:
            raise NotAuthenticated("Toy answered 401 to opensesame-4711.", next_step="Wind it up.")
        return "signed in to Toyland"

    async def lacking_scopes(self, _: Sequence[str]) -> tuple[str, ...]:
        return ()

    async def aclose(self) -> None:
        pass


async def connect(settings: ToySettings) -> ToyClient:
    return ToyClient(refusing=settings.name == "broken")


def spec(*modules: str) -> ServerSpec[ToySettings, ToyClient]:
    return ServerSpec("toy", "Toy", TOOLS, ToySettings, connect, "Toys.", modules)


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_KEYRING", "off")
    yield
    assert not sys.stdout.closed


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec(), ["--version"]) == 0
    assert capsys.readouterr().out.startswith("toy-mcp 0.")


def test_the_tools_are_listed_as_a_table_or_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec(), ["--list-tools"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["toy_get_it", "reads", "read", "Get", "it"]
    assert run(spec(), ["--list-tools", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["tool"] == "toy_get_it"


def test_a_missing_extra_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec("no_such_module"), ["--check"]) == 2
    assert "mcp-integration-suite[toy]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [("", 2, "TOY_NAME"), ("broken", 1, "Wind it up."), ("good", 0, "signed in to Toyland; access: read")],
)
def test_check_tells_who_signed_in_or_what_is_wrong(
    name: str, status: int, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_NAME", name)
    assert run(spec(), ["--check"]) == status
    printed = capsys.readouterr()
    assert told in printed.out + printed.err


def test_check_warns_of_a_misspelt_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_NAMME", "x")
    monkeypatch.setenv("TOY_NAME", "good")
    assert run(spec(), ["--check"]) == 0
    assert "TOY_NAME" in capsys.readouterr().err


@pytest.mark.anyio
async def test_the_client_is_imported_by_the_first_call() -> None:
    connecting = connect_by("json")
    with pytest.raises(AttributeError, match="connect"):
        await connecting(None)


def test_a_check_does_not_print_a_secret_that_the_service_repeats(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    redactor.add("opensesame-4711")
    monkeypatch.setenv("TOY_NAME", "broken")
    assert run(spec(), ["--check"]) == 1
    assert "Toy answered 401 to [secret]." in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["here", "${HOME}/x", "~nobody-of-this-name/x"])
@pytest.mark.parametrize("variable", ["MCP_SUITE_ENV_DIR", "MCP_SUITE_STATE_DIR"])
def test_a_folder_that_depends_on_the_current_directory_is_refused_by_name(
    variable: str, folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / ".env.toy").write_text("TOY_NAME=good")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, folder)
    assert run(spec(), ["--check"]) == 2
    assert f"{variable} is not an absolute path" in capsys.readouterr().err
