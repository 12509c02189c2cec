"""Whether what is installed is what the distribution demands."""

import platform
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, version
from pathlib import Path
from typing import cast

from mcp_suite.doctor.finding import Finding, fail, ok, warn
from mcp_suite.documents.files import checkout
from mcp_suite.errors import SuiteError
from mcp_suite.servers import DISTRIBUTION

MACHINE = "this machine"

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([\s,<>=!~\w.*+-]*)\)?\s*(?:;\s*(.*))?")
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w.-]+)["']""")
_BOUND = re.compile(r"(>=|<=|==|!=|~=|>|<)\s*([\w.*+!-]+)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that the distribution needs: its bounds, and the extra that asks for it ("" for none)."""

    name: str
    bounds: tuple[tuple[str, str], ...]
    extra: str

    @classmethod
    def parse(cls, text: str) -> "Requirement | None":
        """Read a line of the metadata; None for one that depends on more than an extra."""
        found = _REQUIREMENT.fullmatch(text)
        if found is None:
            return None
        name, bounds, marker = found[1], found[2], (found[3] or "").strip()
        extra = _EXTRA.fullmatch(marker)
        if marker and extra is None:
            return None
        pairs = tuple((bound[1], bound[2]) for bound in _BOUND.finditer(bounds))
        return cls(name, pairs, extra[1] if extra else "")

    @property
    def wanted(self) -> str:
        """The bounds as they are written: `>=2.3,<3`."""
        return ",".join(sorted((f"{sign}{limit}" for sign, limit in self.bounds), reverse=True))

    def allows(self, installed: str) -> bool:
        """Whether a version is within the bounds, going by its numbers."""
        return all(_fits(installed, sign, limit) for sign, limit in self.bounds)


def release(text: str) -> tuple[int, ...]:
    """The numbers that a version begins with, without zeros at the end: `2.3.0rc1` -> (2, 3)."""
    leading = re.match(r"[\d.]*", text)
    numbers = [int(part) for part in re.findall(r"\d+", leading[0] if leading else "")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _fits(installed: str, sign: str, limit: str) -> bool:
    have, need = release(installed), release(limit)
    match sign:
        case ">=":
            return have >= need
        case "<=":
            return have <= need
        case ">":
            return have > need
        case "<":
            return have < need
        case "!=":
            return have != need
        case "~=":
            parts = len(re.findall(r"\d+", limit)) - 1
            return have >= need and have[:parts] == need[:parts]
        case _:
            return have[: len(need)] == need if limit.endswith("*") else have == need


def needed(distribution: Distribution, extras: Collection[str]) -> list[Requirement]:
    """What the distribution and these extras of it need, each once."""
    found: dict[str, Requirement] = {}
    for line in distribution.requires or []:
        requirement = Requirement.parse(line)
        if requirement is None or _plain(requirement.name) == DISTRIBUTION:
            continue
        if not requirement.extra or requirement.extra in extras:
            found.setdefault(_plain(requirement.name), requirement)
    return list(found.values())


def check_versions(distribution: Distribution, extras: Collection[str]) -> list[Finding]:
    """Python, this distribution, and each package that it needs."""
    findings = [_python(distribution.metadata["Requires-Python"] or "")]
    good: list[str] = []
    locked = locked_versions()
    stale: list[str] = []
    for requirement in needed(distribution, extras):
        present = _installed(requirement.name)
        if present is None or not requirement.allows(present):
            state = "is not installed" if present is None else f"{present} is installed"
            told = f"{requirement.name} {state}; {requirement.wanted or 'any version'} is needed"
            findings.append(fail(MACHINE, "packages", told, install_command(requirement.extra, checkout=bool(locked))))
            continue
        good.append(f"{requirement.name} {present}")
        newest = locked.get(_plain(requirement.name), present)
        if newest != present:
            stale.append(f"{requirement.name} {present} (tested with {newest})")
    if stale:
        told = f"not the versions that this checkout is tested with: {', '.join(stale)}"
        findings.append(warn(MACHINE, "packages", told, "Run: uv sync"))
    findings.append(ok(MACHINE, "packages", f"{DISTRIBUTION} {distribution.version}; {_shown(good)}"))
    return findings


def install_command(extra: str, *, checkout: bool) -> str:
    """The command that brings the packages up to date: in a checkout, or wherever else it was installed."""
    if checkout:
        return "Run: uv sync"
    return f'Run: pip install --upgrade "{DISTRIBUTION}{f"[{extra}]" if extra else ""}"'


def locked_versions() -> Mapping[str, str]:
    """The versions in the lock of the checkout that this runs from, by name; empty elsewhere."""
    try:
        return dict(_locked(checkout() / "uv.lock"))
    except (SuiteError, OSError, ValueError):
        return {}


def _locked(path: Path) -> Iterator[tuple[str, str]]:
    packages: object = tomllib.loads(path.read_text(encoding="utf-8")).get("package")
    for package in cast("list[dict[str, object]]", packages if isinstance(packages, list) else []):
        name, number = package.get("name"), package.get("version")
        if isinstance(name, str) and isinstance(number, str):
            yield _plain(name), number


def _python(wanted: str) -> Finding:
    present = platform.python_version()
    requirement = Requirement.parse(f"python {wanted}")
    if requirement is None or requirement.allows(present):
        return ok(MACHINE, "python", f"Python {present} on {platform.system()} {platform.machine()}")
    told = f"Python {present} is running; {wanted} is needed"
    return fail(MACHINE, "python", told, f"Run: uv tool install --python 3.13 {DISTRIBUTION}")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _shown(packages: list[str]) -> str:
    """The packages that questions are most often about, and how many more there are."""
    asked = [one for one in packages if one.startswith(("mcp ", "httpx2 ", "pydantic "))]
    return f"{', '.join(asked)} and {len(packages) - len(asked)} more as needed"
