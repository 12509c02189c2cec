"""The README's tables of servers and tools, between markers."""

from collections.abc import Mapping
from typing import Any

from connector_kit.serving.session import ServerSpec
from mcp_suite.documents.markdown import code, first_sentence, table
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script

BEGIN = "<!-- servers and tools: written by `mcp-suite docs` -->"
END = "<!-- end of servers and tools -->"


def splice(readme: str, servers: Mapping[Script, ServerSpec[Any, Any]]) -> str:
    """The README with its tables renewed.

    Raises:
        SuiteError: the README lacks the markers, or has them more than once.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise SuiteError(f"README.md needs these two lines once, in this order:\n{BEGIN}\n{END}")
    return f"{before}{BEGIN}\n\n{tables(servers)}\n\n{END}{after}"


def tables(servers: Mapping[Script, ServerSpec[Any, Any]]) -> str:
    """One table of the servers, then one of each server's tools."""
    overview = table(
        ["Server", "Script", "Extra", "Tools", "Guide"],
        [
            [
                spec.title,
                code(script.name),
                code(f"[{script.extra}]"),
                f"[{len(spec.toolset)}](setup_guides/{spec.service}-tools.md)",
                f"[{spec.service}.md](setup_guides/{spec.service}.md)",
            ]
            for script, spec in servers.items()
        ],
    )
    return "\n\n".join([overview, *(_tools(spec) for spec in servers.values())])


def _tools(spec: ServerSpec[Any, Any]) -> str:
    rows = [[code(entry.name), first_sentence(entry.description), entry.effect, entry.access] for entry in spec.toolset]
    variable = code(f"{spec.service.upper()}_ACCESS")
    return f"**{spec.title}**\n\n{table(['Tool', 'What it does', 'Effect', f'Offered from {variable}'], rows)}"
