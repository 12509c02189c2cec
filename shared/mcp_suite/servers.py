"""The servers of this distribution, found by its console scripts: `jira-mcp` is `jira_mcp.server:SERVER`."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any, cast

from mcp_suite.errors import SuiteError

if TYPE_CHECKING:
    # At run time the SDK behind it is loaded only by commands that need it.
    from connector_kit.serving.session import ServerSpec

DISTRIBUTION = "mcp-integration-suite"
_SUFFIX = "-mcp"


@dataclass(frozen=True, slots=True)
class Script:
    """A console script that serves MCP: its `name`, the `package` it runs and the `extra` it needs."""

    name: str
    package: str

    @property
    def extra(self) -> str:
        """The extra that installs what the server needs; also its service's name."""
        return self.name.removesuffix(_SUFFIX)


def installed() -> Distribution:
    """This distribution's metadata.

    Raises:
        SuiteError: the code runs without having been installed.
    """
    try:
        return distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise SuiteError(f"{DISTRIBUTION} is not installed here; in a checkout, run: uv sync") from None


def scripts() -> list[Script]:
    """The server scripts, by name.

    Raises:
        SuiteError: the distribution is not installed.
    """
    points = installed().entry_points.select(group="console_scripts")
    found = [Script(point.name, point.module.partition(".")[0]) for point in points if point.name.endswith(_SUFFIX)]
    return sorted(found, key=lambda script: script.name)


def load(script: Script) -> "ServerSpec[Any, Any]":
    """Import a script's server.

    Raises:
        SuiteError: it cannot be imported, because its extra is missing or it is not a server of ours.
    """
    from connector_kit.serving.session import ServerSpec

    try:
        server: object = importlib.import_module(f"{script.package}.server").SERVER
    except ModuleNotFoundError as error:
        raise SuiteError(f"{script.name}: {error.name} is not installed. {_install(script)}") from error
    except ImportError as error:
        raise SuiteError(f"{script.name} cannot be loaded: {error}") from error
    except AttributeError as error:
        raise SuiteError(f"{script.name}: {script.package}.server defines no SERVER") from error
    if not isinstance(server, ServerSpec):
        raise SuiteError(f"{script.name}: {script.package}.server:SERVER is not a ServerSpec")
    return cast("ServerSpec[Any, Any]", server)


def load_all() -> Mapping[Script, "ServerSpec[Any, Any]"]:
    """Every server of the distribution.

    Raises:
        SuiteError: one of them cannot be imported.
    """
    return {script: load(script) for script in scripts()}


def find(service: str) -> Script:
    """The script of a service, by the service's name or the script's.

    Raises:
        SuiteError: there is none; names those that there are.
    """
    known = scripts()
    for script in known:
        if service in (script.extra, script.name):
            return script
    names = ", ".join(script.extra for script in known) or "none"
    raise SuiteError(f"There is no server {service!r}. Servers: {names}.", status=2)


def lacking(script: Script, spec: "ServerSpec[Any, Any]") -> str:
    """What is missing for the server to run and the command that installs it; empty when nothing is."""
    missing = spec.absent
    return f"{', '.join(missing)} is not installed. {_install(script)}" if missing else ""


def _install(script: Script) -> str:
    return f'Install the extra: pip install "{DISTRIBUTION}[{script.extra}]"'
