"""Where each client keeps its configuration, on each system."""

from pathlib import Path

import pytest

from mcp_suite.install.clients import CLIENTS, ClientName, Machine

HOME = Path("/home/ada")


@pytest.mark.parametrize(
    ("client", "platform", "environ", "expected"),
    [
        ("claude-desktop", "darwin", {}, "Library/Application Support/Claude/claude_desktop_config.json"),
        ("claude-desktop", "linux", {}, ".config/Claude/claude_desktop_config.json"),
        ("claude-desktop", "win32", {}, "AppData/Roaming/Claude/claude_desktop_config.json"),
        ("claude-code", "darwin", {}, ".claude.json"),
        ("claude-code", "linux", {}, ".claude.json"),
        ("claude-code", "win32", {}, ".claude.json"),
        ("cursor", "darwin", {}, ".cursor/mcp.json"),
        ("cursor", "linux", {}, ".cursor/mcp.json"),
        ("cursor", "win32", {}, ".cursor/mcp.json"),
        ("vscode", "darwin", {}, "Library/Application Support/Code/User/mcp.json"),
        ("vscode", "linux", {}, ".config/Code/User/mcp.json"),
        ("vscode", "win32", {}, "AppData/Roaming/Code/User/mcp.json"),
        ("claude-desktop", "linux", {"XDG_CONFIG_HOME": "/x"}, "/x/Claude/claude_desktop_config.json"),
        ("vscode", "linux", {"XDG_CONFIG_HOME": "/x"}, "/x/Code/User/mcp.json"),
        ("claude-desktop", "win32", {"APPDATA": "/r"}, "/r/Claude/claude_desktop_config.json"),
        ("vscode", "win32", {"APPDATA": "/r"}, "/r/Code/User/mcp.json"),
        (
            "claude-desktop",
            "darwin",
            {"XDG_CONFIG_HOME": "/x"},
            "Library/Application Support/Claude/claude_desktop_config.json",
        ),
        ("claude-code", "linux", {"CLAUDE_CONFIG_DIR": "/c"}, "/c/.claude.json"),
        ("claude-code", "linux", {"CLAUDE_CONFIG_DIR": ""}, ".claude.json"),
    ],
)
def test_each_client_has_its_place(client: ClientName, platform: str, environ: dict[str, str], expected: str) -> None:
    assert CLIENTS[client].locate(Machine(platform, environ, HOME)) == HOME / expected


def test_claude_desktop_from_an_msix_package_reads_the_packages_own_folder(tmp_path: Path) -> None:
    machine = Machine("win32", {}, tmp_path)
    package = tmp_path / "AppData/Local/Packages/Claude_pzs8sxrjxfjjc"
    package.mkdir(parents=True)
    locate = CLIENTS["claude-desktop"].locate
    assert locate(machine).parent == tmp_path / "AppData/Roaming/Claude"
    (package / "LocalCache/Roaming").mkdir(parents=True)
    assert locate(machine) == package / "LocalCache/Roaming/Claude/claude_desktop_config.json"


def test_of_two_packages_the_one_with_a_configuration_is_meant(tmp_path: Path) -> None:
    machine = Machine("win32", {"LOCALAPPDATA": str(tmp_path)}, Path("/nowhere"))
    for name in ("Claude_a", "Claude_b"):
        (tmp_path / "Packages" / name / "LocalCache/Roaming/Claude").mkdir(parents=True)
    wanted = tmp_path / "Packages/Claude_b/LocalCache/Roaming/Claude/claude_desktop_config.json"
    wanted.write_text("{}")
    assert CLIENTS["claude-desktop"].locate(machine) == wanted


@pytest.mark.parametrize(
    ("older", "newer", "chosen"),
    [
        ("{}", "{}", "older"),
        ("{}", "", "older"),
        ("{}", None, "older"),
        ("", None, "older"),
        ("", "{}", "newer"),
        (None, "{}", "newer"),
        (None, None, "newer"),
    ],
)
def test_claude_codes_older_place_is_used_as_claude_code_uses_it(
    tmp_path: Path, older: str | None, newer: str | None, chosen: str
) -> None:
    paths = {"older": tmp_path / ".claude" / ".config.json", "newer": tmp_path / ".claude.json"}
    paths["older"].parent.mkdir()
    for name, content in (("older", older), ("newer", newer)):
        if content is not None:
            paths[name].write_text(content)
    assert CLIENTS["claude-code"].locate(Machine("linux", {}, tmp_path)) == paths[chosen]


def test_this_machine_is_the_one_that_runs() -> None:
    assert Machine.here().home == Path.home()
