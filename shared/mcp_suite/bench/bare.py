"""The baseline for starting up: the SDK's server with tools like ours and nothing behind them."""

import keyword
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MODULE = "bare_server"
_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict[str, Any]"}
_CONSTRAINTS = {"minimum": "ge", "maximum": "le", "pattern": "pattern", "maxLength": "max_length"}
_HEAD = """from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from pydantic import Field

server = MCPServer("bare")
"""

Schema = dict[str, Any]


def write(folder: Path, tools: Sequence[Schema]) -> list[str]:
    """Write the server into `folder`; answers the arguments of the interpreter that run it.

    It is imported, not run as a script, so that its bytecode is kept as that of an installed server.
    """
    parts = [_HEAD, *(_tool(tool) for tool in tools)]
    (folder / f"{MODULE}.py").write_text("\n\n".join(parts), encoding="utf-8")
    return ["-c", f"import sys; sys.path.insert(0, {str(folder)!r}); from {MODULE} import server; server.run()"]


def _tool(tool: Schema) -> str:
    schema: Schema = tool["inputSchema"]
    properties: dict[str, Schema] = schema.get("properties", {})
    required: list[str] = schema.get("required", [])
    ordered = sorted(properties, key=lambda name: name not in required)
    parameters = ", ".join(_parameter(name, properties[name], name in required) for name in ordered)
    hints: Schema = tool.get("annotations", {})
    options = f"title={tool.get('title')!r}, annotations=ToolAnnotations.model_validate({hints!r})"
    return (
        f"@server.tool(structured_output=False, {options})\n"
        f"async def {tool['name']}({parameters}) -> str:\n"
        f"    {tool.get('description', '')!r}\n"
        f"    return ''\n"
    )


def _parameter(name: str, node: Schema, required: bool) -> str:
    safe = f"{name}_" if keyword.iskeyword(name) else name
    told = [f"description={node.get('description', '')!r}"]
    told += [f"{ours}={node[theirs]!r}" for theirs, ours in _CONSTRAINTS.items() if theirs in node]
    annotated = f"{safe}: Annotated[{_type(node)}, Field({', '.join(told)})]"
    return annotated if required else f"{annotated} = {node.get('default')!r}"


def _type(node: Schema) -> str:
    if "enum" in node:
        return f"Literal[{', '.join(repr(value) for value in node['enum'])}]"
    kind: object = node.get("type")
    if kind == "array":
        items: Schema = node.get("items", {})
        return f"list[{_type(items)}]"
    return _TYPES.get(str(kind), "Any")
