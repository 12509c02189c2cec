"""Which files of a checkout are written from the servers, and whether they are up to date."""

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.documents import environment, readme, reference, registry, scopes
from mcp_suite.errors import SuiteError
from mcp_suite.servers import DISTRIBUTION, Script, installed


def checkout() -> Path:
    """The root of the checkout that this code runs from.

    Raises:
        SuiteError: it was installed from a wheel, and there are no documents to write.
    """
    root = Path(__file__).resolve().parents[3]
    project = root / "pyproject.toml"
    if not project.is_file() or f'name = "{DISTRIBUTION}"' not in project.read_text(encoding="utf-8"):
        raise SuiteError("This works in a checkout of the project only; name one with --root.")
    return root


def expected(root: Path, servers: Mapping[Script, ServerSpec[Any, Any]], suite: readme.Commands) -> dict[Path, str]:
    """What each written file should hold, by its path under `root`; `suite` are the commands of mcp-suite.

    Raises:
        SuiteError: the README is missing, or lacks the markers.
    """
    about = root / "README.md"
    if not about.is_file():
        raise SuiteError(f"{about} does not exist")
    commands = {script: client_config.example_executable(script) for script in servers}
    config = client_config.desktop(commands, sandbox=True)
    wanted = {
        Path("README.md"): readme.splice(about.read_text(encoding="utf-8"), servers, suite),
        Path("claude_desktop_config.example.json"): f"{json.dumps(config, indent=2)}\n",
    }
    guide = Path("setup_guides/security.md")
    if present := _read(root / guide):
        wanted[guide] = scopes.splice(present, servers)
    published = registry.Published.of(installed())
    for script, spec in servers.items():
        wanted[registry.path(script)] = f"{json.dumps(registry.entry(script, spec, published), indent=2)}\n"
        wanted[Path(f"setup_guides/{spec.service}-tools.md")] = reference.page(script, spec)
        if spec.guidance is not None:
            wanted |= {Path("setup_guides") / name: text for name, text in spec.guidance.documents().items()}
        wanted[Path(f"setup_guides/env/.env.{spec.service}.example")] = environment.example(script, spec)
    return wanted


def drift(root: Path, wanted: Mapping[Path, str]) -> dict[Path, str]:
    """A unified diff for each file that is not as it should be, from what is to what should be."""
    diffs: dict[Path, str] = {}
    for path, text in wanted.items():
        present = _read(root / path)
        if present != text:
            lines = difflib.unified_diff(
                present.splitlines(keepends=True), text.splitlines(keepends=True), f"a/{path}", f"b/{path}"
            )
            diffs[path] = "".join(lines)
    return diffs


def write(root: Path, wanted: Mapping[Path, str]) -> list[Path]:
    """Write the files that are not as they should be, and tell which."""
    stale = list(drift(root, wanted))
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(wanted[path], encoding="utf-8", newline="\n")
    return stale


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
