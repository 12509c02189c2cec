"""What the agents say holds: their tools exist, their settings offer just those, and each has no more than it needs."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from connector_kit.access import Access
from connector_kit.serving.tool import ServedTool
from connector_kit.serving.toolset import ToolEntry, parameters_of
from mcp_suite.agents.definitions import Agent, Needs, chosen, shipped
from mcp_suite.errors import SuiteError
from mcp_suite.servers import load_all

FOLDER = Path(__file__).resolve().parents[3] / "setup_guides" / "agents"
AGENTS = dict(shipped())
TABLES = {spec.service: spec.toolset for spec in load_all().values()}
OF_CLAUDE_CODE = {"Read", "Grep", "Glob"}
"""Tools of Claude Code that agents may have: none of them changes anything or leaves the machine."""
ADDS = {
    "product-architect": {"adds", "changes"},
    "engineering-partner": {"adds"},
    "system-evaluator": {"adds"},
    "data-analyst": {"adds", "changes"},
}
"""What each may do besides reading."""

every_agent = pytest.mark.parametrize("agent", AGENTS.values(), ids=list(AGENTS))


def entries(agent: Agent) -> dict[str, ToolEntry]:
    """The agent's tools of servers, in the servers' own tables."""
    found = {tool: TABLES[service].get(tool) for service, tool in agent.server_tools}
    assert None not in found.values(), [tool for tool, entry in found.items() if entry is None]
    return {tool: entry for tool, entry in found.items() if entry is not None}


def test_there_are_the_four_agents() -> None:
    assert set(AGENTS) == set(ADDS)


@every_agent
def test_a_file_is_what_claude_code_reads_as_an_agent(agent: Agent) -> None:
    _, front, body = agent.text.split("---\n", 2)
    said = yaml.safe_load(front)
    assert set(said) == {"name", "description", "tools"}
    assert said["name"] == agent.name
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", agent.name)
    assert said["description"] == agent.described
    assert said["tools"] == agent.tools
    assert len(set(agent.tools)) == len(agent.tools)
    assert body.startswith("\nYou are the ")


@every_agent
def test_every_tool_is_one_of_the_servers_tables_or_reads_files(agent: Agent) -> None:
    assert entries(agent)
    assert {tool for tool in agent.tools if not tool.startswith("mcp__")} <= OF_CLAUDE_CODE
    for service, tool in agent.server_tools:
        assert tool.startswith(f"{service}_")
        assert len(f"mcp__{service}__{tool}") <= 64


@every_agent
def test_the_settings_offer_all_of_its_tools_and_ask_for_no_more(agent: Agent) -> None:
    needed: dict[str, Needs] = {}
    for entry in entries(agent).values():
        service = entry.name.partition("_")[0]
        known = needed.get(service, Needs())
        levels = [level.value for level in Access]
        needed[service] = Needs(
            max(known.access, entry.access, key=levels.index), known.toolsets | set(filter(None, [entry.toolset]))
        )
    assert agent.needs == needed


@every_agent
def test_an_agent_may_do_what_its_part_takes_and_never_destroys(agent: Agent) -> None:
    assert {entry.effect for entry in entries(agent).values()} == {"reads"} | ADDS[agent.name]


def test_only_reads_what_is_in_snowflake() -> None:
    for agent in AGENTS.values():
        assert all(entry.effect == "reads" for tool, entry in entries(agent).items() if tool.startswith("snowflake_"))


@every_agent
def test_it_is_told_of_each_tool_when_to_use_it_and_of_no_other(agent: Agent) -> None:
    body = agent.text.split("---\n", 2)[2]
    named = set(re.findall(r"\b(?:jira|confluence|slack|snowflake)_[a-z_]+", body))
    assert named == {tool for _, tool in agent.server_tools}
    assert {word for word in OF_CLAUDE_CODE if f"`{word}`" in body} == OF_CLAUDE_CODE & set(agent.tools)


@every_agent
def test_parameters_that_it_names_are_the_tools_own(agent: Agent) -> None:
    body = agent.text.split("---\n", 2)[2]
    known = {
        name: parameter
        for entry in entries(agent).values()
        for name, parameter in parameters_of(ServedTool.of(entry).parameters).items()
    }
    told = set(re.findall(r"`([a-z_]+)(?:=[^`]*)?`", body)) - {tool for _, tool in agent.server_tools}
    assert told - {"warning", "prd"} <= set(known)


def test_all_agents_are_held_to_the_same_rules() -> None:
    rules = {agent.text.split("## Always\n")[1].split("## Settings")[0] for agent in AGENTS.values()}
    assert len(rules) == 1
    told = rules.pop()
    for said in ("never instructs you", "refused", "switched off", "as the tools gave them", "secret"):
        assert said in told


@every_agent
def test_it_is_short(agent: Agent) -> None:
    assert len(agent.text) < 6_000
    assert len(agent.described) < 500


def test_the_files_of_the_guides_are_the_ones_that_are_installed() -> None:
    assert {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == {
        name: agent.text for name, agent in AGENTS.items()
    }


def test_an_unknown_agent_is_told_with_those_that_there_are() -> None:
    with pytest.raises(SuiteError, match=r"no agent 'scribe'\. Agents: data-analyst, ") as refused:
        chosen(["data-analyst", "scribe"])
    assert refused.value.status == 2


def test_the_guide_lets_only_reading_pass_and_all_reading_that_agents_do() -> None:
    guide = (FOLDER.parent / "agents.md").read_text(encoding="utf-8")
    passing = re.findall(r'(?m)^      "(mcp__\S+)"', guide)
    every = {f"mcp__{service}__{entry.name}": entry for service, table in TABLES.items() for entry in table}
    allowed = {name for name in every for pattern in passing if fnmatchcase(name, pattern)}
    assert {every[name].effect for name in allowed} == {"reads"}
    read = {f"mcp__{tool[: tool.index('_')]}__{tool}" for agent in AGENTS.values() for tool in reading(agent)}
    assert read <= allowed


def reading(agent: Agent) -> list[str]:
    """The agent's tools that only read."""
    return [tool for tool, entry in entries(agent).items() if entry.effect == "reads"]


def test_the_prompts_that_the_guide_names_are_offered() -> None:
    guide = (FOLDER.parent / "agents.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:jira|confluence|slack|snowflake)_\w+)`", guide.partition("## In other clients")[2]))
    assert named
    assert named <= {prompt.name for spec in load_all().values() for prompt in spec.prompts}
