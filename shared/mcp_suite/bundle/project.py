"""The project in a bundle: one server's dependencies, pinned as in our lock.

A bundle's project is virtual: nothing is built when it is installed, so that what runs is what was
packed and no build backend is fetched.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mcp_suite.errors import SuiteError
from mcp_suite.servers import DISTRIBUTION

Table = Mapping[str, Any]

_HEADER = "[[package]]\n"


def pyproject(project: Table, extra: str) -> str:
    """The `pyproject.toml` of a bundle: `project` is the table of ours, `extra` the server's."""
    dependencies = _merged(project["dependencies"], project["optional-dependencies"].get(extra, []))
    lines = [
        "[project]",
        *(f"{name} = {_toml(project[name])}" for name in ("name", "version", "description", "requires-python")),
        "dependencies = [",
        *(f"    {_toml(item)}," for item in dependencies),
        "]",
        "",
        "[tool.uv]",
        "package = false",
    ]
    return "\n".join(lines) + "\n"


def lock(text: str, extra: str) -> str:
    """Our `uv.lock` for a bundle: the same versions, of what the server needs only.

    Raises:
        SuiteError: the lock has a form that we do not know.
    """
    head, *blocks = text.split(_HEADER)
    packages = [(tomllib.loads(block), block) for block in blocks]
    root = next((block for table, block in packages if table["name"] == DISTRIBUTION), None)
    if root is None:
        raise SuiteError(f"uv.lock does not lock {DISTRIBUTION}; run: uv lock")
    ours = _root(root, extra)
    own = tomllib.loads(ours)
    needed = _closure(own, [table for table, _ in packages if table["name"] != DISTRIBUTION])
    kept = [
        ours if table["name"] == DISTRIBUTION else block
        for table, block in packages
        if table["name"] == DISTRIBUTION or _identity(table) in needed
    ]
    return head + "".join(f"{_HEADER}{block.rstrip()}\n\n" for block in kept).rstrip() + "\n"


def _root(block: str, extra: str) -> str:
    """Our own entry in the lock, with the extra's dependencies among the others."""
    needs = _merged(_array(block, "", "dependencies"), _array(block, "package.optional-dependencies", extra))
    marker = f"extra == '{extra}'"
    declared = [
        _without_extra(line, marker)
        for line in _array(block, "package.metadata", "requires-dist")
        if "extra == " not in line or marker in line
    ]
    version = tomllib.loads(block)["version"]
    return "\n".join(
        [
            f'name = "{DISTRIBUTION}"',
            f'version = "{version}"',
            'source = { virtual = "." }',
            "dependencies = [",
            *needs,
            "]",
            "",
            "[package.metadata]",
            "requires-dist = [",
            *sorted(declared),
            "]",
        ]
    )


def _array(block: str, table: str, name: str) -> list[str]:
    """The lines of an array in a part of our entry; none when it is not there."""
    part = block if not table else block.partition(f"[{table}]\n")[2]
    part = re.split(r"^\[", part, maxsplit=1, flags=re.MULTILINE)[0]
    found = re.search(rf"^{re.escape(name)} = \[\n(.*?)^\]", part, re.MULTILINE | re.DOTALL)
    return found[1].splitlines() if found else []


def _without_extra(line: str, marker: str) -> str:
    line = line.replace(f' and {marker}"', '"').replace(f'"{marker} and ', '"')
    return line.replace(f', marker = "{marker}"', "")


def _closure(root: Table, packages: Sequence[Table]) -> set[tuple[str, str]]:
    """The packages that the root needs, and what those need, by name and version."""
    needed: set[tuple[str, str]] = set()
    waiting = [root]
    while waiting:
        table = waiting.pop()
        optional: Mapping[str, list[Table]] = table.get("optional-dependencies", {})
        wanted: list[Table] = [*table.get("dependencies", []), *(one for each in optional.values() for one in each)]
        for need in wanted:
            for package in packages:
                same = package["name"] == need["name"] and need.get("version") in (None, package["version"])
                if same and _identity(package) not in needed:
                    needed.add(_identity(package))
                    waiting.append(package)
    return needed


def _identity(package: Table) -> tuple[str, str]:
    return package["name"], package["version"]


def _merged(first: Iterable[str], second: Iterable[str]) -> list[str]:
    return sorted({*first, *second})


def _toml(text: str) -> str:
    # A basic string of TOML has JSON's escapes.
    return json.dumps(text)
