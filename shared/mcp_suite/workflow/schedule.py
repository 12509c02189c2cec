"""Running a workflow every day, by the platform's own scheduler: shown first, then written."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from mcp_suite import client_config
from mcp_suite.errors import SuiteError
from mcp_suite.workflow import schedulers
from mcp_suite.workflow.command import parsed
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.model import InputError
from mcp_suite.workflow.schedulers import Change, Job, Scheduler

Run = Callable[[Sequence[str], str], str]
"""Runs a command with a text on its standard input and answers what it printed; raises SuiteError where it fails."""
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def schedule(
    name: str, at: str, given: Sequence[str], *, sandbox: bool, remove: bool, yes: bool, printed: bool
) -> None:
    """Show what would be written and run, ask, and do it; with `printed`, only show it.

    Raises:
        SuiteError: there is no such workflow, an input or the time is wrong, or the scheduler refuses.
    """
    workflow_of(name)
    job = Job(name, at, (), {}) if remove else job_of(name, at, given, sandbox=sandbox)
    scheduler = _scheduler(printed=printed)
    change = (schedulers.removal if remove else schedulers.entry)(job, scheduler, Path.home())
    if remove and not is_there(change, job, run_command):
        typer.echo(f"{name} is not scheduled here, by {scheduler}. Nothing was changed.")
        return
    for line in told(change):
        typer.echo(line)
    if printed:
        return
    if not yes and not typer.confirm("Do that?"):
        typer.echo("Nothing was changed.")
        return
    apply(change, job, run_command)
    if remove:
        typer.echo(f"{name} is not scheduled any more.")
    else:
        typer.echo(f"{name} runs every day at {at}, by {scheduler}. How it went: mcp-suite workflow status")


def job_of(name: str, at: str, given: Sequence[str], *, sandbox: bool) -> Job:
    """The job that runs a workflow.

    Raises:
        SuiteError: there is no such workflow, or an input or the time is wrong.
    """
    workflow = workflow_of(name)
    if not _TIME.fullmatch(at):
        raise SuiteError(f"--at {at}: is no time of day like 08:00", status=2)
    try:
        workflow.settle(parsed(given))
    except InputError as error:
        raise SuiteError(f"{error}. See: mcp-suite workflow list", status=2) from None
    inputs = [part for each in given for part in ("--input", _with_absolute_path(each))]
    place = "--sandbox" if sandbox else "--live"
    # -P: a scheduler starts it in the home folder, where any file may be called like a module.
    command = [sys.executable, "-P", "-m", "mcp_suite", "workflow", "run", name, place, *inputs]
    environment = client_config.folders(os.environ)
    if any(not word.isprintable() for word in (*command, *environment.values())):
        raise SuiteError("--input: a scheduler's entry is one line, and so is each input of it", status=2)
    return Job(name, at, command, environment)


def _with_absolute_path(given: str) -> str:
    """An input, with the path in it as it is from everywhere."""
    name, _, value = given.partition("=")
    if name.strip() in ("prd", "roadmap") and value.strip():
        return f"{name}={Path(value.strip()).expanduser().absolute()}"
    return given


def _scheduler(*, printed: bool) -> Scheduler:
    try:
        return schedulers.found()
    except SuiteError:
        if not printed:
            raise
        return "cron"


def is_there(change: Change, job: Job, run: Run) -> bool:
    """Whether what a removal takes out is there."""
    if change.crontab is None:
        return any(path.exists() for path in change.files)
    table = _crontab(run)
    return with_line(table, job, "") != table


def told(change: Change) -> list[str]:
    """A change in lines for a person."""
    lines = [f"Run, if it is there already: {shlex.join(command)}" for command in change.first]
    lines += [f"Run: {shlex.join(command)}" for command in change.before]
    for path, content in change.files.items():
        if content is None:
            lines.append(f"Remove: {path}")
        else:
            text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")
            lines += [f"Write: {path}", *(f"    {line}" for line in text.splitlines())]
    if change.crontab is not None:
        lines.append(f"In your crontab: {change.crontab}" if change.crontab else "Out of your crontab: its line")
    return [*lines, *(f"Run: {shlex.join(command)}" for command in change.commands)]


def apply(change: Change, job: Job, run: Run) -> None:
    """Do it.

    Raises:
        SuiteError: a file cannot be written, or a command fails.
    """
    for command in change.first:
        try:
            run(command, "")
        except SuiteError:
            continue  # there was none
    for command in change.before:
        run(command, "")
    try:
        for path, content in change.files.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    except OSError as error:
        raise SuiteError(f"{error.filename} cannot be changed: {error.strerror}") from error
    if change.crontab is not None:
        before = _crontab(run)
        after = with_line(before, job, change.crontab)
        if after != before:
            run(["crontab", "-"], after)
    for command in change.commands:
        run(command, "")


def with_line(table: str, job: Job, line: str) -> str:
    """A crontab with this line in the place of the job's, which ends in its name; all else stays as it is."""
    lines = table.removesuffix("\n").split("\n") if table else []
    kept = [each for each in lines if not each.endswith(f" # {job.entry}")]
    if not line and len(kept) == len(lines):
        return table
    return "".join(f"{each}\n" for each in (*kept, *([line] if line else [])))


def run_command(command: Sequence[str], typed: str) -> str:
    """Run a command of the scheduler.

    Raises:
        SuiteError: it fails, with what it said.
    """
    try:
        done = subprocess.run(  # noqa: S603 - ours
            list(command),
            input=typed,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="surrogateescape",  # others' lines stay what they are, in any encoding
        )
    except OSError as error:
        raise SuiteError(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        raise SuiteError(f"{shlex.join(command)} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _crontab(run: Run) -> str:
    try:
        return run(["crontab", "-l"], "")
    except SuiteError as error:
        if "no crontab" in str(error):
            return ""
        raise  # another reason, for which the table must not be replaced
