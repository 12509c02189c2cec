"""What holds for every server, whichever they are: they are found by their folder."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp.client import Client

from connector_kit.audit import AuditLog
from connector_kit.private_files import write_private
from connector_kit.serving.server import create_server
from connector_kit.serving.session import Session
from connector_kit.testing import contract, quality, snapshots
from connector_kit.testing.stdio import HANDSHAKE_VERSIONS, StdioServer, isolated_environment

ROOT = Path(__file__).resolve().parents[2]
SERVERS = list(contract.find_servers(ROOT))

pytestmark = pytest.mark.parametrize("package", SERVERS)


@pytest.fixture
def spec(package: str) -> contract.Spec:
    return contract.load(package)


@pytest.fixture
def server(package: str, tmp_path: Path) -> Iterator[StdioServer]:
    """The server on a machine where nothing is configured."""
    with StdioServer(package, isolated_environment(tmp_path)) as running:
        yield running


def test_the_catalogue_keeps_the_rules(spec: contract.Spec) -> None:
    assert contract.complaints(spec) == []


def test_no_text_sends_the_model_to_a_tool_that_does_not_exist(package: str, spec: contract.Spec) -> None:
    assert contract.phantom_tools(spec, ROOT / "servers" / package) == []
    assert contract.phantom_tools(spec, ROOT / "shared") == []


def test_the_catalogue_is_the_recorded_one(package: str) -> None:
    assert snapshots.drift(ROOT, package) == []


def test_the_claimed_quality_tier_is_met(package: str) -> None:
    assert quality.complaints(ROOT / "servers" / package / "quality.toml") == []


def test_every_server_has_a_guide_a_script_and_an_extra(spec: contract.Spec) -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'{spec.script} = "' in project
    assert f"\n{spec.service} = [" in project
    assert (ROOT / "setup_guides" / f"{spec.service}.md").is_file()


@pytest.mark.stdio
@pytest.mark.parametrize("version", HANDSHAKE_VERSIONS)
def test_every_handshake_version_is_served_without_credentials(
    package: str, spec: contract.Spec, server: StdioServer, version: str
) -> None:
    hello = server.initialize(version)
    assert hello["protocolVersion"] == version
    assert hello["serverInfo"]["name"] == spec.script
    assert {tool["name"] for tool in server.tools()} == _offered(spec, {"reads"})
    assert server.close() == 0
    assert server.noise == []


@pytest.mark.stdio
def test_the_stateless_era_is_served_without_credentials(package: str, spec: contract.Spec, tmp_path: Path) -> None:
    with StdioServer(package, isolated_environment(tmp_path), stateless=True) as server:
        discovered = server.request("server/discover")["result"]
        assert "2026-07-28" in discovered["supportedVersions"]
        listed = server.request("tools/list")["result"]
        assert {tool["name"] for tool in listed["tools"]} == _offered(spec, {"reads"})
        assert listed["ttlMs"] > 0
        assert server.close() == 0
        assert server.noise == []


@pytest.mark.stdio
def test_a_call_without_credentials_names_the_variables_and_the_guide(spec: contract.Spec, server: StdioServer) -> None:
    server.initialize()
    for entry in spec.toolset:
        if entry.effect == "reads" and not _required(entry.name, spec):
            text, is_error = server.call(entry.name)
            assert is_error
            assert f"{spec.service.upper()}_" in text
            assert f"setup_guides/{spec.service}.md" in text
            return
    pytest.fail("no reading tool can be called without arguments")


@pytest.mark.anyio
async def test_a_toolset_is_offered_where_the_user_asks_for_it(spec: contract.Spec, tmp_path: Path) -> None:
    for name in spec.toolset.optional:
        variables = {f"{spec.service.upper()}_TOOLSETS": name, f"{spec.service.upper()}_ACCESS": "delete"}
        settings = spec.settings.load(env_file=_no_file(tmp_path), environ=variables)
        session = Session(spec, settings, None, AuditLog(tmp_path / "audit", server=spec.script, version="1"))
        async with Client(create_server(spec, session, "1"), mode="legacy") as client:
            offered = {tool.name for tool in (await client.list_tools()).tools}
            assert offered == {entry.name for entry in spec.toolset if entry.toolset in ("", name)}
            for entry in spec.toolset:
                if entry.name not in offered:
                    refusal = await client.call_tool(entry.name, {})
                    assert f"{spec.service.upper()}_TOOLSETS={name},{entry.toolset}" in str(refusal.content)


def _no_file(folder: Path) -> Path:
    path = folder / ".env"
    write_private(path, b"")
    return path


def _offered(spec: contract.Spec, effects: set[str]) -> set[str]:
    """The tools with these effects that every user is offered."""
    return {entry.name for entry in spec.toolset if entry.effect in effects and not entry.toolset}


def _required(name: str, spec: contract.Spec) -> list[str]:
    return next(tool.input_schema.get("required", []) for tool in contract.catalogue(spec) if tool.name == name)


@pytest.mark.stdio
@pytest.mark.parametrize(
    ("access", "effects"),
    [
        ("read", {"reads"}),
        ("write", {"reads", "adds", "changes"}),
        ("delete", {"reads", "adds", "changes", "destroys"}),
    ],
)
def test_only_the_tools_of_the_access_level_are_offered(
    package: str, spec: contract.Spec, tmp_path: Path, access: str, effects: set[str]
) -> None:
    env = isolated_environment(tmp_path, {f"{spec.service.upper()}_ACCESS": access})
    with StdioServer(package, env) as server:
        server.initialize()
        assert {tool["name"] for tool in server.tools()} == _offered(spec, effects)
        for entry in spec.toolset:
            if entry.effect not in effects:
                text, is_error = server.call(entry.name)
                assert is_error
                assert f"{spec.service.upper()}_ACCESS={entry.access}" in text


@pytest.mark.stdio
def test_unknown_arguments_tools_and_cursors_are_refused_by_name(spec: contract.Spec, server: StdioServer) -> None:
    server.initialize()
    reading = next(entry.name for entry in spec.toolset if entry.effect == "reads")
    text, is_error = server.call(reading, {"no_such_argument": 1})
    assert is_error
    assert "no_such_argument" in text
    text, is_error = server.call(f"{reading}x")
    assert is_error
    assert reading in text
    answer = server.request("tools/list", {"cursor": "forged"})
    assert answer["error"]["code"] == -32602


@pytest.mark.stdio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server(package: str, server: StdioServer, number: signal.Signals) -> None:
    server.initialize()
    assert server.interrupt(number) in (0, 130)
    assert server.noise == []


@pytest.mark.stdio
def test_lines_that_are_not_messages_are_survived(package: str, server: StdioServer) -> None:
    server.initialize()
    assert server.process.stdin is not None
    server.process.stdin.write(b'\n{"jsonrpc": "2.0"\n[]\nnull\n\xff\xfe\n')
    server.process.stdin.flush()
    assert server.tools()
    assert server.noise == []
