"""`server.json`: a server's entry in the MCP registry."""

import json
import tomllib
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector_kit.serving.session import ServerSpec
from mcp_suite.documents import registry
from mcp_suite.documents.registry import Published
from mcp_suite.servers import DISTRIBUTION, Script, load, scripts

Pens = tuple[Script, ServerSpec[Any, Any]]

ROOT = Path(__file__).resolve().parents[2]
UNPUBLISHED = Published("1.2.3", "")

_TEXT: dict[str, Any] = {"type": "string"}
_INPUT: dict[str, Any] = {
    "value": _TEXT,
    "description": _TEXT,
    "format": {"enum": ["string", "number", "boolean", "filepath"]},
    "isRequired": {"type": "boolean"},
    "isSecret": {"type": "boolean"},
    "default": _TEXT,
    "placeholder": _TEXT,
    "choices": {"type": "array", "items": _TEXT},
}


def _closed(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_ARGUMENT: dict[str, Any] = {
    "oneOf": [
        _closed(["type", "value"], {**_INPUT, "type": {"const": "positional"}}),
        _closed(["type", "name"], {**_INPUT, "type": {"const": "named"}, "name": _TEXT}),
    ]
}
# What of the registry's schema concerns servers that are installed from a package index, and no more than that:
# a property that is misspelt is refused here, which the registry would overlook.
SCHEMA: dict[str, Any] = _closed(
    ["$schema", "name", "description", "version", "packages"],
    {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "minLength": 3, "maxLength": 200},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255, "pattern": r"^\d+\.\d+\.\d+"},
        "repository": _closed(["url", "source"], {"url": _TEXT, "source": _TEXT}),
        "packages": {
            "type": "array",
            "minItems": 1,
            "items": _closed(
                ["registryType", "identifier", "version", "transport"],
                {
                    "registryType": {"enum": ["pypi"]},
                    "identifier": {"const": DISTRIBUTION},
                    "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
                    "runtimeHint": {"const": "uvx"},
                    "runtimeArguments": {"type": "array", "items": _ARGUMENT},
                    "packageArguments": {"type": "array", "items": _ARGUMENT},
                    "transport": _closed(["type"], {"type": {"const": "stdio"}}),
                    "environmentVariables": {
                        "type": "array",
                        "items": _closed(["name", "description"], {**_INPUT, "name": {"pattern": "^[A-Z][A-Z0-9_]*$"}}),
                    },
                },
            ),
        },
    },
)


def complaints(entry: registry.Json) -> list[str]:
    Draft202012Validator.check_schema(SCHEMA)
    found: Any = Draft202012Validator(SCHEMA)
    return [error.message for error in found.iter_errors(entry)]


def variables(entry: registry.Json) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in entry["packages"][0]["environmentVariables"]}


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_the_entry_of_each_server_is_such_as_the_registry_takes(script: Script) -> None:
    entry = registry.entry(script, load(script), UNPUBLISHED)
    assert complaints(entry) == []
    assert entry["version"] == entry["packages"][0]["version"] == "1.2.3"


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_the_written_entry_is_of_the_version_that_is_published(script: Script) -> None:
    written = json.loads((ROOT / registry.path(script)).read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert written["version"] == project["version"]


def test_the_variables_tell_what_is_needed_what_is_secret_and_what_is_usual(pens: Pens) -> None:
    told = variables(registry.entry(*pens, UNPUBLISHED))
    assert list(told)[:2] == ["PENS_URL", "PENS_API_TOKEN"]
    assert told["PENS_URL"] == {
        "name": "PENS_URL",
        "description": "The shop's address, like https://pens.example.",
        "format": "string",
        "isRequired": True,
        "isSecret": False,
    }
    assert told["PENS_API_TOKEN"]["isSecret"] is True
    assert told["PENS_ACCESS"]["choices"] == ["read", "write", "delete"]
    assert told["PENS_ACCESS"]["default"] == "read"
    assert told["PENS_SANDBOX"]["format"] == "boolean"
    assert told["PENS_SANDBOX"]["default"] == "false"
    assert told["PENS_REQUESTS_PER_MINUTE"]["format"] == "number"
    assert told["PENS_REQUESTS_PER_MINUTE"]["default"] == "100"
    assert told["PENS_DRAWERS"]["default"] == "A,B"


def test_a_token_is_not_required_where_there_is_a_login_in_the_browser_too() -> None:
    (script,) = [one for one in scripts() if one.extra == "jira"]
    told = variables(registry.entry(script, load(script), UNPUBLISHED))
    assert told["JIRA_URL"]["isRequired"] is True
    assert told["JIRA_API_TOKEN"]["isRequired"] is False
    assert told["JIRA_CLIENT_SECRET"]["isSecret"] is True


def test_a_setting_of_listed_texts_offers_these() -> None:
    (script,) = [one for one in scripts() if one.extra == "slack"]
    told = variables(registry.entry(script, load(script), UNPUBLISHED))
    assert told["SLACK_TOKEN_KIND"]["choices"] == ["user", "bot"]
    assert "choices" not in told["SLACK_TOOLSETS"]


def test_the_command_that_clients_compose_is_one_of_our_scripts(pens: Pens) -> None:
    package = registry.entry(*pens, UNPUBLISHED)["packages"][0]
    named = [part for one in package["runtimeArguments"] for part in (one["name"], one["value"])]
    command = ["uvx", *named, f"{package['identifier']}@{package['version']}"]
    command += [one["value"] for one in package["packageArguments"]]
    assert command == [
        "uvx",
        "--with",
        "mcp-integration-suite[pens]==1.2.3",
        "mcp-integration-suite@1.2.3",
        "run",
        "pens",
    ]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"][package["identifier"]] == project["scripts"]["mcp-suite"]


class _Published(Distribution):
    """A distribution with these project URLs."""

    def __init__(self, *urls: str) -> None:
        self._metadata = Message()
        self._metadata["Name"] = DISTRIBUTION
        self._metadata["Version"] = "2.0.0"
        for url in urls:
            self._metadata["Project-URL"] = url

    @property
    def metadata(self) -> Any:
        return self._metadata

    def read_text(self, filename: str) -> str | None:
        raise FileNotFoundError(filename)

    def locate_file(self, path: Any) -> Any:
        raise NotImplementedError


def test_the_namespace_is_the_owners_of_the_repository(pens: Pens) -> None:
    published = Published.of(
        _Published("Homepage, https://pens.example", "Repository, https://github.com/ada/mcp-integration-suite")
    )
    entry = registry.entry(*pens, published)
    assert complaints(entry) == []
    assert entry["name"] == "io.github.ada/pens-mcp"
    assert entry["version"] == "2.0.0"
    assert entry["repository"] == {"url": "https://github.com/ada/mcp-integration-suite", "source": "github"}


@pytest.mark.parametrize("url", ["", "Repository, https://gitlab.example/ada/suite", "Repository, https://github.com/"])
def test_without_a_repository_on_github_the_namespace_is_a_placeholder(url: str, pens: Pens) -> None:
    published = Published.of(_Published(*([url] if url else [])))
    assert registry.entry(*pens, published)["name"] == "io.github.OWNER/pens-mcp"
