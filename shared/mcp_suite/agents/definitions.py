"""The agents of this distribution, as their files say them.

A file is Markdown with a front matter, as Claude Code reads agents: https://code.claude.com/docs/en/sub-agents
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mcp_suite.errors import SuiteError

_SERVER_TOOL = re.compile(r"mcp__([a-z]+)__(\w+)")
_SETTING = re.compile(r"(?m)^    ([A-Z]+)_(ACCESS|TOOLSETS)=(\S+)$")


@dataclass(frozen=True, slots=True)
class Needs:
    """What an agent's tools take of a server: the level of `<SERVICE>_ACCESS`, and which `<SERVICE>_TOOLSETS`."""

    access: str = "read"
    toolsets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent: its file's name without the suffix, and what the file says."""

    name: str
    text: str

    @property
    def described(self) -> str:
        """When Claude is to hand work to it."""
        return _member(self.text, "description")

    @property
    def tools(self) -> list[str]:
        """The names of its tools, as Claude Code calls them: `mcp__jira__jira_get_issue`."""
        listed = re.search(r"(?m)^tools:\n((?:  - \S+\n)+)", self.text)
        return re.findall(r"  - (\S+)", listed[1]) if listed else []

    @property
    def server_tools(self) -> list[tuple[str, str]]:
        """Those of servers: the server's name in Claude Code, and the tool's there."""
        found = [_SERVER_TOOL.fullmatch(tool) for tool in self.tools]
        return [(tool[1], tool[2]) for tool in found if tool]

    @property
    def needs(self) -> dict[str, Needs]:
        """What it needs of each server, by the service's name, as its settings say."""
        said: dict[str, dict[str, str]] = {}
        for prefix, what, value in _SETTING.findall(self.text):
            said.setdefault(prefix.lower(), {})[what] = value
        return {
            service: Needs(told.get("ACCESS", "read"), frozenset(filter(None, told.get("TOOLSETS", "").split(","))))
            for service, told in said.items()
        }


def shipped() -> Mapping[str, Agent]:
    """The agents by name.

    Raises:
        SuiteError: their files are missing from this installation.
    """
    found = {agent.name: agent for agent in _read()}
    if not found:
        raise SuiteError("The files of the agents are not part of this installation; install it again.")
    return found


def chosen(names: Sequence[str]) -> list[Agent]:
    """The named agents, or all.

    Raises:
        SuiteError: there is none of that name; names those that there are.
    """
    known = shipped()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SuiteError(f"There is no agent {unknown[0]!r}. Agents: {', '.join(known)}.", status=2)
    return [known[name] for name in dict.fromkeys(names)] if names else list(known.values())


def _read() -> Iterator[Agent]:
    """In a checkout the files of the guides, which a wheel carries inside of this package."""
    here = Path(__file__).resolve()
    guides = here.parents[3] / "setup_guides" / "agents"
    folder = guides if guides.is_dir() else resources.files(__package__ or "mcp_suite.agents") / "files"
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".md"):
            yield Agent(file.name.removesuffix(".md"), file.read_text(encoding="utf-8"))


def _member(text: str, name: str) -> str:
    found = re.search(rf"(?m)^{name}: (.+)$", text)
    return found[1] if found else ""
