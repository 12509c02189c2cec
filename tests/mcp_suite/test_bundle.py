"""`mcp-suite bundle`: a server in one file that Claude Desktop installs."""

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from connector_kit.serving.session import ServerSpec
from mcp_suite.bundle import command, contents, manifest, project
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, load, scripts

Suite = Callable[..., Result]
Pens = tuple[Script, ServerSpec[Any, Any]]

ROOT = Path(__file__).resolve().parents[2]
SERVERS = scripts()
PROJECT: dict[str, Any] = {
    "name": "mcp-integration-suite",
    "version": "1.2.3",
    "description": "Servers",
    "requires-python": ">=3.11",
    "license": "Apache-2.0",
    "dependencies": ["mcp>=2.3,<3"],
    "optional-dependencies": {"pens": ["ink>=1"], "other": ["paper"]},
}
LOCK = """version = 1
requires-python = ">=3.11"

[[package]]
name = "ink"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "water" },
]

[[package]]
name = "mcp"
version = "2.3.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "mcp-integration-suite"
version = "1.2.3"
source = { editable = "." }
dependencies = [
    { name = "mcp" },
]

[package.optional-dependencies]
other = [
    { name = "paper" },
]
pens = [
    { name = "ink" },
]

[package.dev-dependencies]
dev = [
    { name = "pytest" },
]

[package.metadata]
requires-dist = [
    { name = "ink", marker = "extra == 'pens'", specifier = ">=1" },
    { name = "mcp", specifier = ">=2.3,<3" },
    { name = "paper", marker = "extra == 'other'" },
    { name = "water", marker = "sys_platform == 'linux' and extra == 'pens'" },
]
provides-extras = ["other", "pens"]

[[package]]
name = "paper"
version = "3.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "pytest"
version = "9.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "water"
version = "0.1"
source = { registry = "https://pypi.org/simple" }
"""


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module", params=SERVERS, ids=lambda script: script.name)
def files(request: pytest.FixtureRequest) -> tuple[Script, dict[str, bytes]]:
    """The files of a server's bundle, without the manifest."""
    return request.param, contents.contents(ROOT, request.param)


def test_the_command_writes_the_bundle_and_tells_its_sum(suite: Suite, tmp_path: Path) -> None:
    result = suite("bundle", "jira", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    (path,) = tmp_path.glob("jira-mcp-*.mcpb")
    found = unpacked(path.read_bytes())
    assert next(iter(found)) == "manifest.json"
    assert f"{path}: {len(found)} files" in result.stdout
    assert re.search(r"^sha256 [0-9a-f]{64}$", result.stdout, re.MULTILINE)
    again = tmp_path / "again.mcpb"
    assert suite("bundle", "jira", "--out", str(again)).exit_code == 0
    assert again.read_bytes() == path.read_bytes()


def test_a_place_that_cannot_be_written_is_told(suite: Suite, tmp_path: Path) -> None:
    result = suite("bundle", "jira", "--out", str(tmp_path / "missing" / "x.mcpb"))
    assert isinstance(result.exception, SuiteError)
    assert "cannot be written: No such file or directory" in str(result.exception)


def test_an_archive_depends_on_its_files_only() -> None:
    assert command.pack({"b": b"2", "manifest.json": b"{}", "a": b"1"}) == command.pack(
        {"a": b"1", "b": b"2", "manifest.json": b"{}"}
    )


def test_a_bundle_holds_the_server_and_what_it_imports(files: tuple[Script, dict[str, bytes]]) -> None:
    script, found = files
    packages = {name.split("/")[1] for name in found if name.startswith("src/") and name.endswith(".py")}
    assert packages >= {script.package, "connector_kit"}
    assert "mcp_suite" not in packages
    assert not packages & {other.package for other in SERVERS if other != script}
    assert not [name for name in found if "/testing/" in name or "__pycache__" in name or "/." in name]
    assert not [name for name in found if Path(name).name.startswith(".env")]


def test_a_bundle_runs_from_its_own_folder(files: tuple[Script, dict[str, bytes]], tmp_path: Path) -> None:
    script, found = files
    for name, content in found.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    # Without the site's own .pth files the packages can only come from the bundle.
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if "site-packages" in path)}
    ended = subprocess.run(
        [sys.executable, "-S", str(tmp_path / contents.ENTRY), "--version"], env=env, capture_output=True, timeout=120
    )
    version = tomllib.loads(found["pyproject.toml"].decode())["project"]["version"]
    assert (ended.returncode, ended.stdout.decode().strip()) == (0, f"{script.name} {version}"), ended.stderr


def test_the_project_in_a_bundle_is_locked_and_built_from_nothing(files: tuple[Script, dict[str, bytes]]) -> None:
    _, found = files
    described = tomllib.loads(found["pyproject.toml"].decode())
    locked = tomllib.loads(found["uv.lock"].decode())
    assert described["tool"]["uv"]["package"] is False
    assert "build-system" not in described
    wanted = {re.split(r"[<>=\[]", item)[0] for item in described["project"]["dependencies"]}
    by_name = {package["name"]: package for package in locked["package"]}
    assert wanted <= set(by_name)
    assert {one["name"] for one in by_name["mcp-integration-suite"]["dependencies"]} == wanted
    assert by_name["mcp-integration-suite"]["source"] == {"virtual": "."}
    for package in locked["package"]:
        needs = [
            *package.get("dependencies", []),
            *[one for all_ in package.get("optional-dependencies", {}).values() for one in all_],
        ]
        assert {one["name"] for one in needs} <= set(by_name), package["name"]
    assert "pytest" not in by_name


def test_the_lock_of_a_bundle_has_the_servers_packages_only() -> None:
    locked = tomllib.loads(project.lock(LOCK, "pens"))
    assert [package["name"] for package in locked["package"]] == ["ink", "mcp", "mcp-integration-suite", "water"]
    own = locked["package"][2]
    assert own["dependencies"] == [{"name": "ink"}, {"name": "mcp"}]
    assert own["metadata"]["requires-dist"] == [
        {"name": "ink", "specifier": ">=1"},
        {"name": "mcp", "specifier": ">=2.3,<3"},
        {"name": "water", "marker": "sys_platform == 'linux'"},
    ]
    assert locked["requires-python"] == ">=3.11"


def test_the_project_of_a_bundle_has_the_servers_dependencies_only() -> None:
    assert tomllib.loads(project.pyproject(PROJECT, "pens"))["project"]["dependencies"] == ["ink>=1", "mcp>=2.3,<3"]


def test_a_lock_without_us_is_refused() -> None:
    with pytest.raises(SuiteError, match=r"uv\.lock does not lock mcp-integration-suite; run: uv lock"):
        project.lock("version = 1\n", "pens")


def test_a_checkout_without_a_lock_or_the_server_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with pytest.raises(SuiteError, match=r"uv\.lock does not exist; run: uv lock"):
        contents.contents(tmp_path, SERVERS[0])
    with pytest.raises(SuiteError, match="has no package nosuch"):
        contents.packages(tmp_path, "nosuch")


@pytest.mark.parametrize("script", SERVERS, ids=lambda script: script.name)
def test_the_manifest_is_of_the_uv_type_and_asks_for_secrets_as_secrets(script: Script) -> None:
    made = manifest.manifest(script, load(script), contents.project_table(ROOT))
    assert made["manifest_version"] == "0.4"
    server = made["server"]
    assert (server["type"], server["entry_point"]) == ("uv", "src/main.py")
    assert server["mcp_config"]["args"][-3:] == ["--directory", "${__dirname}", "src/main.py"]
    asked = made["user_config"]
    assert sorted(server["mcp_config"]["env"].values()) == sorted(f"${{user_config.{name}}}" for name in asked)
    for name, option in asked.items():
        assert option["type"] in ("string", "number", "boolean")
        assert option["title"]
        assert option["description"]
        # A client passes the placeholder on where neither a value nor a default is.
        assert "default" in option
        assert option["required"] is False
        assert option.get("sensitive", False) or not re.search("(token|secret|password|key)$", name)
    tools = [tool["name"] for tool in made["tools"]]
    assert tools
    assert len(set(tools)) == len(tools)
    assert all(tool["description"] for tool in made["tools"])
    assert json.loads(json.dumps(made)) == made


def test_a_form_offers_bounds_choices_and_defaults(pens: Pens) -> None:
    asked = manifest.manifest(*pens, PROJECT)["user_config"]
    assert asked["api_token"] == {
        "type": "string",
        "title": "API token",
        "description": "A token of the shop.",
        "required": False,
        "default": "",
        "sensitive": True,
    }
    assert asked["sandbox"]["default"] is False
    assert asked["requests_per_minute"]["default"] == 100
    assert asked["drawers"]["default"] == "A,B"
    assert list(asked)[:2] == ["url", "api_token"]


@pytest.mark.parametrize("script", SERVERS, ids=lambda script: script.name)
def test_what_an_empty_form_passes_on_is_as_good_as_nothing(script: Script) -> None:
    spec = load(script)
    asked = manifest.manifest(script, spec, contents.project_table(ROOT))["user_config"]
    environ = {spec.settings.variable(name): _as_a_client_writes(option["default"]) for name, option in asked.items()}
    given, usual = spec.settings.load(environ=environ), spec.settings.load(environ={})
    assert given.model_dump() == usual.model_dump()
    assert given.missing() == usual.missing()
    assert given.login == usual.login
    assert given.unknown_variables() == []


def _as_a_client_writes(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
