"""Which files a bundle holds: one server, the shared packages that it imports, and its locked project."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcp_suite.bundle import project
from mcp_suite.errors import SuiteError
from mcp_suite.servers import DISTRIBUTION, Script

ENTRY = "src/main.py"
"""The file that starts the server; Python puts its folder, where the packages are, on the path."""

_ROOTS = ("servers", "shared")
_TESTING = "testing"
"""The part of a shared package that only its users' tests need."""


def project_table(root: Path) -> Mapping[str, Any]:
    """The table `project` of the checkout's `pyproject.toml`."""
    table: Mapping[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def contents(root: Path, script: Script) -> dict[str, bytes]:
    """The files of a script's bundle, by their names in it, without the manifest.

    Raises:
        SuiteError: the checkout lacks the server or its lock.
    """
    described = project_table(root)
    locked = root / "uv.lock"
    if not locked.is_file():
        raise SuiteError(f"{locked} does not exist; run: uv lock")
    files = {
        "pyproject.toml": project.pyproject(described, script.extra).encode(),
        "uv.lock": project.lock(locked.read_text(encoding="utf-8"), script.extra).encode(),
        "LICENSE": (root / "LICENSE").read_bytes(),
        ENTRY: _entry(script).encode(),
        # The server asks for its version as an installed package does.
        f"src/{_distribution_folder(described['version'])}/METADATA": _metadata(described["version"]).encode(),
    }
    for package in packages(root, script.package):
        for path in _files(package):
            files[f"src/{package.name}/{path.relative_to(package).as_posix()}"] = path.read_bytes()
    return files


def packages(root: Path, package: str) -> list[Path]:
    """The folder of a package of ours and of those that it imports, itself first.

    Raises:
        SuiteError: there is no such package in the checkout.
    """
    known = {path.parent.name: path.parent for base in _ROOTS for path in sorted(root.glob(f"{base}/*/__init__.py"))}
    if package not in known:
        raise SuiteError(f"{root} has no package {package}")
    found, waiting = [known[package]], [known[package]]
    while waiting:
        for name in sorted(_imports(waiting.pop())):
            folder = known.get(name)
            if folder is not None and folder not in found:
                found.append(folder)
                waiting.append(folder)
    return found


def _imports(package: Path) -> set[str]:
    """The top-level names that a package imports, wherever in its code."""
    names: set[str] = set()
    for path in _files(package):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def _files(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and parts[0] != _TESTING:
            yield path


def _entry(script: Script) -> str:
    return (
        f'"""Starts {script.name} from its bundle."""\n\n'
        "import sys\n\n"
        f"from {script.package}.__main__ import main\n\n"
        'if __name__ == "__main__":\n'
        "    sys.exit(main())\n"
    )


def _distribution_folder(version: str) -> str:
    return f"{DISTRIBUTION.replace('-', '_')}-{version}.dist-info"


def _metadata(version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {DISTRIBUTION}\nVersion: {version}\n"
