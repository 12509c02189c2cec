"""`mcp-suite install agents`: files of agents into a folder of Claude Code, and out again."""

import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typer

from mcp_suite.agents import placing
from mcp_suite.agents.definitions import chosen
from mcp_suite.agents.lacking import lacking
from mcp_suite.agents.placing import Outcome, Placed
from mcp_suite.install.clients import Machine

AFTERWARDS = "Start claude anew; then ask for an agent by its name, or run: claude --agent "


def put_agents(names: Sequence[str], *, project: bool, force: bool) -> None:
    """Put agents into the user's folder of Claude Code, or that of the project here; all, when none is named.

    Raises:
        SuiteError: an agent is unknown; a file cannot be read or written.
    """
    agents, folder, machine = chosen(names), _folder(project=project), Machine.here()
    now = datetime.now().astimezone()
    typer.echo(f"Claude Code: {folder}")
    outcomes = [_told(placing.put(agent, folder, force=force, now=now)) for agent in agents]
    if not {Outcome.CHANGED, Outcome.FOREIGN}.isdisjoint(outcomes):
        where = " --project" if project else ""
        left = [agent.name for agent, outcome in zip(agents, outcomes, strict=True) if outcome.value.endswith("alone")]
        command = shlex.join(["mcp-suite", "install", "agents", *left, "--force"])
        typer.echo(f"To replace what was left alone, keeping a copy: {command}{where}")
    missing = lacking(agents, machine, Path.cwd())
    if missing:
        typer.echo("\n".join(["Still missing for all of their tools:", *(f"  {line}" for line in missing)]))
    if not {Outcome.ADDED, Outcome.UPDATED, Outcome.REPLACED}.isdisjoint(outcomes):
        typer.echo(f"{AFTERWARDS}{agents[0].name}")


def take_agents_away(names: Sequence[str], *, project: bool) -> None:
    """Remove agents that were put there; all of them, when none is named. What the user changed stays.

    Raises:
        SuiteError: an agent is unknown; a file cannot be read or removed.
    """
    folder = _folder(project=project)
    there = placing.placed_in(folder)
    if names and not set(names) <= set(there):
        chosen([name for name in names if name not in there])
    typer.echo(f"Claude Code: {folder}")
    for name in dict.fromkeys(names) if names else there:
        _told(placing.take_away(name, folder))
    if not names and not there:
        typer.echo("  none of its agents was put there by mcp-suite")


def print_agents(names: Sequence[str], *, project: bool) -> None:
    """Print the files on standard output, and on standard error where each belongs.

    Raises:
        SuiteError: an agent is unknown.
    """
    for agent in chosen(names):
        typer.echo(f"For {_folder(project=project) / f'{agent.name}.md'}:", err=True)
        typer.echo(agent.text, nl=False)


def _folder(*, project: bool) -> Path:
    return placing.project_folder(Path.cwd()) if project else placing.user_folder(Machine.here())


def _told(placed: Placed) -> Outcome:
    kept = f"; yours is kept: {placed.kept}" if placed.kept else ""
    typer.echo(f"  {placed.name} {placed.outcome.value}{kept}")
    return placed.outcome
