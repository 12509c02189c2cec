"""A page for each server with all that a client is told about its tools."""

from typing import Any, cast

from connector_kit.serving.session import ServerSpec
from connector_kit.serving.tool import ServedTool
from connector_kit.serving.toolset import ToolEntry, parameters_of
from mcp_suite.documents.markdown import code, first_sentence, table
from mcp_suite.servers import Script

Schema = dict[str, Any]


def page(script: Script, spec: ServerSpec[Any, Any]) -> str:
    """The reference page of a server's tools, with a line break at its end."""
    variable = code(f"{spec.service.upper()}_ACCESS")
    intro = (
        f"# The tools of {code(script.name)}\n\n"
        f"Written by `mcp-suite docs` from the server's own table. How to connect an account: "
        f"[{spec.service}.md]({spec.service}.md).\n\n"
        f"*Effect* is what a tool does to {spec.title}: it reads, adds something new, changes what is "
        f"there, or destroys. *Access* is the level of {variable} from which a client is offered it. Unknown arguments "
        "are refused."
    )
    if any(entry.scopes for entry in spec.toolset):
        intro += " *Scopes* are what a login, or a token that has scopes, needs for a tool."
    if spec.toolset.optional:
        intro += (
            f" Tools of a *toolset* are offered only where {code(f'{spec.service.upper()}_TOOLSETS')} names it: "
            f"{', '.join(map(code, spec.toolset.optional))}."
        )
    parts = [intro, *(_section(entry) for entry in spec.toolset)]
    parts += _offers("Prompts", [(item.title, item.name, item.description) for item in spec.prompts])
    parts += _offers("Resources", [(item.title, item.uri, item.description) for item in spec.resources])
    return "\n\n".join(parts) + "\n"


def _offers(heading: str, rows: list[tuple[str, str, str]]) -> list[str]:
    if not rows:
        return []
    shown = [[title, code(name), first_sentence(told)] for title, name, told in rows]
    return [f"## {heading}", table(["Title", "Name", "What it is"], shown)]


def _section(entry: ToolEntry) -> str:
    schema: Schema = ServedTool.of(entry).parameters
    again = "the same call again changes nothing more" if entry.idempotent else "each call adds again"
    facts = [f"effect: {entry.effect}", f"access: {entry.access}"]
    if entry.toolset:
        facts.append(f"toolset: {entry.toolset}")
    if entry.effect != "reads":
        facts.append(again)
    if entry.scopes:
        facts.append(f"scopes: {', '.join(map(code, entry.scopes))}")
    required: list[str] = schema.get("required", [])
    rows = [
        [code(name), type_of(node), _needed(name, node, required), str(node.get("description", ""))]
        for name, node in parameters_of(schema).items()
    ]
    parts = [
        f"## {entry.name}",
        f"*{entry.title}* · {' · '.join(facts)}",
        entry.description,
        table(["Parameter", "Type", "Default", "Meaning"], rows) if rows else "It takes no parameters.",
    ]
    return "\n\n".join(parts)


def type_of(node: Schema) -> str:
    """A schema's type in a few words: `list of string`, `read or write`, `integer 1 to 100`."""
    if "enum" in node:
        values: list[object] = node["enum"]
        return " or ".join(code(str(value)) for value in values)
    if "anyOf" in node:
        arms: list[Schema] = node["anyOf"]
        return " or ".join(type_of(arm) for arm in arms)
    kind: object = node.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(cast("list[str]", kind))
    if kind == "array":
        items: Schema = node.get("items", {})
        fields = parameters_of(items)
        of = f"object ({', '.join(code(name) for name in fields)})" if fields else type_of(items)
        return f"list of {of}{_bounds(node, 'minItems', 'maxItems')}"
    return f"{kind}{_bounds(node, 'minimum', 'maximum')}"


def _bounds(node: Schema, low: str, high: str) -> str:
    least, most = node.get(low), node.get(high)
    if least is not None and most is not None:
        return f", {least} to {most}"
    if most is not None:
        return f", at most {most}"
    return f", at least {least}" if least is not None else ""


def _needed(name: str, node: Schema, required: list[str]) -> str:
    if name in required:
        return "**required**"
    default: object = node.get("default")
    if default in (None, "", [], {}):
        return ""
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    return code(shown)
