"""The README's generated parts, between markers like `<!-- generated:servers -->`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connector_kit.serving.session import ServerSpec
from connector_kit.serving.toolset import ToolEntry
from mcp_suite.documents.markdown import code, first_sentence, table
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script

Commands = Sequence[tuple[str, str]]
"""Names of commands and what each does."""

_PART = re.compile(r"(<!-- generated:(\w+) -->)(.*?)(<!-- /generated:\2 -->)", re.DOTALL)


def splice(readme: str, servers: Mapping[Script, ServerSpec[Any, Any]], commands: Commands) -> str:
    """The README with its generated parts renewed.

    Raises:
        SuiteError: it lacks the markers of a part, or has them more than once.
    """
    parts = {"servers": tables(servers), "commands": _commands(commands)}
    found = [match[2] for match in _PART.finditer(readme)]
    if sorted(found) != sorted(parts):
        lines = "\n".join(f"<!-- generated:{name} -->\n<!-- /generated:{name} -->" for name in parts)
        raise SuiteError(f"README.md needs these lines once:\n{lines}")
    return _PART.sub(lambda match: f"{match[1]}\n{parts[match[2]]}\n{match[4]}", readme)


def tables(servers: Mapping[Script, ServerSpec[Any, Any]]) -> str:
    """One table of the servers, then one of each server's tools, folded until it is opened."""
    overview = table(
        ["Server", "Script", "Extra", "Tools", "Guide"],
        [
            [
                spec.title,
                code(script.name),
                code(f"[{script.extra}]"),
                f"[{_count(spec)}](setup_guides/{spec.service}-tools.md)",
                f"[{spec.service}.md](setup_guides/{spec.service}.md)",
            ]
            for script, spec in servers.items()
        ],
    )
    return "\n\n".join([overview, *(_tools(spec) for spec in servers.values())])


def _count(spec: ServerSpec[Any, Any]) -> str:
    usual = sum(not entry.toolset for entry in spec.toolset)
    rest = len(spec.toolset) - usual
    return f"{usual}, and {rest} in toolsets" if rest else str(usual)


def _tools(spec: ServerSpec[Any, Any]) -> str:
    rows = [
        [code(entry.name), first_sentence(entry.description), entry.effect, _offered(entry)] for entry in spec.toolset
    ]
    variable = code(f"{spec.service.upper()}_ACCESS")
    folded = f"<details>\n<summary>The {len(rows)} tools of {spec.title}</summary>"  # Markdown needs empty lines inside
    listed = table(["Tool", "What it does", "Effect", f"Offered from {variable}"], rows)
    return f"{folded}\n\n{listed}\n\n</details>"


def _offered(entry: ToolEntry) -> str:
    return f"{entry.access}, toolset {code(entry.toolset)}" if entry.toolset else entry.access


def _commands(commands: Commands) -> str:
    return table(["Command", "What it does"], [[code(name), first_sentence(told)] for name, told in commands])
