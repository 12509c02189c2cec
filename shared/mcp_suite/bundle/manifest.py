"""A bundle's manifest, as the MCPB specification 0.4 has it.

https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md
"""

from collections.abc import Mapping
from typing import Any

from connector_kit.serving.session import ServerSpec
from mcp_suite.bundle.contents import ENTRY
from mcp_suite.documents.markdown import first_sentence
from mcp_suite.servers import Script
from mcp_suite.settings_fields import SettingField, setting_fields

VERSION = "0.4"
Json = dict[str, Any]


def manifest(script: Script, spec: ServerSpec[Any, Any], project: Mapping[str, Any]) -> Json:
    """The manifest of a server's bundle; `project` is the table of our `pyproject.toml`."""
    fields = setting_fields(spec)
    return {
        "manifest_version": VERSION,
        "name": script.name,
        "display_name": spec.title,
        "version": project["version"],
        "description": first_sentence(spec.instructions),
        "author": {"name": next((one["name"] for one in project.get("authors", [])), project["name"])},
        "license": project["license"],
        "keywords": ["mcp", spec.service],
        "server": {
            "type": "uv",
            "entry_point": ENTRY,
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--quiet", "--frozen", "--directory", "${__dirname}", ENTRY],
                "env": {field.variable: f"${{user_config.{field.name}}}" for field in fields},
            },
        },
        "tools": [{"name": entry.name, "description": first_sentence(entry.description)} for entry in spec.toolset],
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": project["requires-python"]},
        },
        "user_config": {field.name: option(field) for field in fields},
    }


def option(field: SettingField) -> Json:
    """A setting as a line of the client's form.

    None is required, for then the client would not start a server on its sandbox; the server itself
    says what is missing. Each has a default, for a client passes on the placeholder of one without.
    """
    told = all(choice in field.meaning for choice in field.choices)
    choices = "" if told else f" One of: {', '.join(field.choices)}."
    made: Json = {
        "type": field.kind,
        "title": field.title,
        "description": f"{field.meaning}{choices}",
        "required": False,
        "default": _default(field),
    }
    if field.secret:
        made["sensitive"] = True
    if field.least is not None:
        made["min"] = field.least
    if field.most is not None:
        made["max"] = field.most
    return made


def _default(field: SettingField) -> str | float | bool:
    if field.kind == "boolean":
        return field.default == "1"
    if field.kind == "number":
        number = float(field.default)
        return int(number) if number.is_integer() else number
    return field.default
