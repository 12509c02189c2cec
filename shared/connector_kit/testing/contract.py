"""What every server of the suite must hold, as functions that answer a list of complaints.

Nothing here knows a particular server: servers are found by their folder, and the next one is
checked by the same functions. They need no test framework.
"""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from mcp_types import Tool

from connector_kit.output import size
from connector_kit.serving.session import ServerSpec
from connector_kit.serving.tool import ServedTool
from connector_kit.serving.toolset import parameters_of
from connector_kit.sites import PARAMETER

NAME = re.compile(r"^[a-z][a-z0-9_]{2,63}$")
_OWN = "get list search read create update add append remove delete run post schedule cancel upload"
_VENDORS = (
    "apply transition move watch vote react mark pin join open describe explain submit export load ask "
    "archive compare copy publish restore"
)
VERBS = frozenset(f"{_OWN} {_VENDORS}".split())
DESCRIPTION_LIMIT = 2_000
"""Characters: clients cut a description at 2 KB."""

CATALOGUE_TOKENS = 4_000
"""Tokens that a server's whole catalogue may cost, counted as bytes of compact JSON / 4."""

Spec = ServerSpec[Any, Any]


def find_servers(root: Path) -> Iterator[str]:
    """The import packages under `root`/servers that are servers: those with a server.py."""
    for path in sorted((root / "servers").glob("*/server.py")):
        yield path.parent.name


def load(package: str) -> Spec:
    """The server's spec."""
    return importlib.import_module(f"{package}.server").SERVER


def catalogue(spec: Spec) -> list[Tool]:
    """All tools of a server as clients receive them, whatever the access level."""
    return [
        Tool(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.parameters,
            output_schema=tool.output_schema,
            annotations=tool.annotations,
        )
        for tool in map(ServedTool.of, spec.toolset)
    ]


def wire(tool: Tool) -> dict[str, Any]:
    """A tool as JSON on the wire."""
    return tool.model_dump(mode="json", by_alias=True, exclude_none=True)


def tokens(value: object) -> int:
    """Tokens of a value's compact JSON, by the rule of four bytes to a token."""
    return size(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) // 4


def complaints(spec: Spec) -> list[str]:
    """Everything in the table that breaks a rule, each as one sentence."""
    found: list[str] = []
    tools = catalogue(spec)
    for tool in tools:
        found += [f"{tool.name}: {complaint}" for complaint in _tool_complaints(spec, tool)]
    by_tool = "client_id" in spec.settings.model_fields and getattr(spec.settings, "scopes_by_tool", True)
    for entry in spec.toolset:
        found += [f"{entry.name}: {complaint}" for complaint in _signature_complaints(ServedTool.of(entry))]
        if by_tool and not entry.scopes:
            found.append(f"{entry.name}: needs its OAuth scopes")
    usual = {entry.name for entry in spec.toolset if not entry.toolset}
    cost = tokens([wire(tool) for tool in tools if tool.name in usual])
    if cost > CATALOGUE_TOKENS:
        found.append(f"the catalogue costs {cost} tokens, more than {CATALOGUE_TOKENS}")
    return found


def _signature_complaints(tool: ServedTool) -> Iterator[str]:
    for name, field in tool.fn_metadata.arg_model.model_fields.items():
        if set(get_args(field.annotation)) == {str, NoneType}:
            yield f"{name}: a text is `str` with a default: the SDK takes JSON in a `str | None` apart"


def phantom_tools(spec: Spec, package: Path) -> list[str]:
    """Tools that the texts of a server or its kits send the model to, and that do not exist."""
    known = {entry.name for entry in spec.toolset}
    told = re.compile(rf"\b{spec.service}_(?:{'|'.join(sorted(VERBS))})_[a-z_]+")
    found: set[str] = set()
    for path in package.rglob("*.py"):
        found |= {f"{path.name}: {name}" for name in told.findall(path.read_text("utf-8")) if name not in known}
    return sorted(found)


def _tool_complaints(spec: Spec, tool: Tool) -> Iterator[str]:
    prefix, _, rest = tool.name.partition("_")
    if not NAME.match(tool.name) or prefix != spec.service:
        yield "the name needs the service's prefix and only a-z, 0-9 and _"
    if rest.partition("_")[0] not in VERBS:
        yield f"the verb {rest.partition('_')[0]!r} is not one of the suite's"
    if not tool.title or tool.annotations is None or tool.annotations.title != tool.title:
        yield "needs a title, the same in the annotations"
    yield from _hint_complaints(spec, tool)
    description = tool.description or ""
    if not 20 <= len(description) <= DESCRIPTION_LIMIT:
        yield f"the description has {len(description)} characters, not 20 to {DESCRIPTION_LIMIT}"
    if any(line.startswith("    ") for line in description.splitlines()):
        yield "the description is indented like source code"
    if tool.output_schema is not None:
        yield "answers are text: no output schema"
    if PARAMETER in parameters_of(tool.input_schema) and "sites" in spec.settings.model_fields:
        yield f"{PARAMETER} is an argument that the server adds where there are several sites"
    yield from schema_complaints(tool.input_schema)


def _hint_complaints(spec: Spec, tool: Tool) -> Iterator[str]:
    entry = spec.toolset.get(tool.name)
    hints = tool.annotations
    if entry is None or hints is None:
        return
    told = (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint)
    if None in told:
        yield "all four hints must be set"
    if hints.read_only_hint != (entry.effect == "reads"):
        yield "readOnlyHint does not follow from the effect"
    if entry.effect in ("changes", "destroys") and not hints.destructive_hint:
        yield "overwriting and deleting are destructive"
    if entry.effect == "destroys" and "confirm" not in parameters_of(tool.input_schema):
        yield "a tool that destroys takes `confirm` for clients that cannot ask"


def schema_complaints(schema: dict[str, Any], where: str = "") -> Iterator[str]:
    """What strict clients would refuse in an input schema, or a model would miss in it."""
    if "properties" in schema and schema.get("additionalProperties") is not False:
        yield f"{where or 'schema'}: unknown arguments must be refused: additionalProperties false"
    for keyword in ("anyOf", "oneOf", "allOf", "$ref", "$defs"):
        if keyword in schema:
            yield f"{where or 'schema'}: {keyword} is refused by some clients"
    if "title" in schema and not isinstance(schema["title"], dict):
        yield f"{where or 'schema'}: a title says what the name says"
    for name, child in parameters_of(schema).items():
        path = f"{where}.{name}".lstrip(".")
        if not child.get("description"):
            yield f"{path}: needs a description"
        if "" in child.get("enum", ()):
            yield f"{path}: an empty one of several values is refused by some clients"
        yield from schema_complaints(child, path)
    if isinstance(schema.get("items"), dict):
        yield from schema_complaints(schema["items"], f"{where}[]")
