"""A server's entry in the MCP registry, `server.json`, after the registry's schema of 2025-12-11.

Clients compose the command `uvx RUNTIME-ARGUMENTS mcp-integration-suite@VERSION PACKAGE-ARGUMENTS`,
which runs the script that has the package's name; the extra comes with `--with`.
"""

from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connector_kit.serving.session import ServerSpec
from mcp_suite.documents.markdown import first_sentence
from mcp_suite.servers import DISTRIBUTION, Script
from mcp_suite.settings_fields import SettingField, setting_fields

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
UNPUBLISHED = "io.github.OWNER"
"""Stands for the namespace, which the registry derives from the repository's owner, until there is a repository."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """What the distribution's metadata says of its publication: version, and repository where it has one."""

    version: str
    repository: str

    @classmethod
    def of(cls, distribution: Distribution) -> "Published":
        """Read it from the metadata; the repository is the project's URL of that label."""
        labelled = (line.partition(",") for line in distribution.metadata.get_all("Project-URL") or [])
        urls = {label.strip().lower(): url.strip() for label, _, url in labelled}
        return cls(distribution.version, urls.get("repository", ""))

    @property
    def namespace(self) -> str:
        """The reverse-DNS name under which a GitHub owner may publish."""
        parts = urlsplit(self.repository)
        owner = parts.path.strip("/").partition("/")[0]
        return f"io.github.{owner}" if parts.hostname == "github.com" and owner else UNPUBLISHED


def path(script: Script) -> Path:
    """Where the entry is written; the registry's publisher takes it from its own folder."""
    return Path("registry") / script.name / "server.json"


def entry(script: Script, spec: ServerSpec[Any, Any], published: Published) -> Json:
    """The entry of a server."""
    where = {"repository": {"url": published.repository, "source": "github"}} if published.repository else {}
    return {
        "$schema": SCHEMA,
        "name": f"{published.namespace}/{script.name}",
        "title": spec.title,
        "description": first_sentence(spec.instructions),
        **where,
        "version": published.version,
        "packages": [
            {
                "registryType": "pypi",
                "identifier": DISTRIBUTION,
                "version": published.version,
                "runtimeHint": "uvx",
                "runtimeArguments": [
                    {
                        "type": "named",
                        "name": "--with",
                        "value": f"{DISTRIBUTION}[{script.extra}]=={published.version}",
                    }
                ],
                "packageArguments": [
                    {"type": "positional", "value": "run"},
                    {"type": "positional", "value": script.extra},
                ],
                "transport": {"type": "stdio"},
                "environmentVariables": [_variable(field) for field in setting_fields(spec)],
            }
        ],
    }


def _variable(field: SettingField) -> Json:
    """A variable; one of a token is not required, for there is the login in the browser too."""
    made: Json = {
        "name": field.variable,
        "description": field.meaning,
        "format": field.kind,
        "isRequired": field.needed == "always",
        "isSecret": field.secret,
    }
    if field.choices:
        made["choices"] = list(field.choices)
    if field.default:
        made["default"] = {"1": "true", "0": "false"}[field.default] if field.kind == "boolean" else field.default
    return made
