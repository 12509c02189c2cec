"""Running a workflow every day, by the platform's own scheduler.

systemd's user timers (systemd.timer(5)), cron (crontab(5)), launchd (launchd.plist(5)), or the Task Scheduler of
Windows (schtasks /Create).
"""

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import typer

from mcp_suite import client_config
from mcp_suite.errors import SuiteError
from mcp_suite.workflow.command import parsed
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.model import InputError

Scheduler = Literal["systemd", "cron", "launchd", "schtasks"]
Run = Callable[[Sequence[str], str], str]
"""Runs a command with a text on its standard input and answers what it printed; raises SuiteError where it fails."""
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Job:
    """What is done every day `at` a local time like 08:00: a command, with variables added to its environment."""

    name: str
    at: str
    command: Sequence[str]
    environment: Mapping[str, str]

    @property
    def entry(self) -> str:
        """What the job is called by the scheduler."""
        return f"mcp-suite-{self.name}"


@dataclass(frozen=True, slots=True)
class Change:
    """What brings a job in, or takes it out: files by path (None: gone), and commands after or `before` that.

    `crontab` is the line that the user's table is to hold, "" for none, and None where it is left alone.
    """

    files: Mapping[Path, str | None] = field(default_factory=dict[Path, str | None])
    before: Sequence[Sequence[str]] = ()
    commands: Sequence[Sequence[str]] = ()
    crontab: str | None = None


def schedule(
    name: str, at: str, given: Sequence[str], *, sandbox: bool, remove: bool, yes: bool, printed: bool
) -> None:
    """Show what would be written and run, ask, and do it; with `printed`, only show it.

    Raises:
        SuiteError: there is no such workflow, an input or the time is wrong, or the scheduler refuses.
    """
    job = Job(name, at, (), {}) if remove else job_of(name, at, given, sandbox=sandbox)
    workflow_of(name)
    scheduler = found()
    change = (removal if remove else entry)(job, scheduler, Path.home())
    for line in told(change):
        typer.echo(line)
    if printed:
        return
    if not yes and not typer.confirm("Do that?"):
        raise SuiteError("Nothing was changed.")
    apply(change, job, run_command)
    typer.echo(f"{job.entry} is {'gone' if remove else f'run every day at {at}'}, by {scheduler}.")


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
        raise SuiteError(str(error), status=2) from None
    if any(not each.isprintable() for each in given):
        raise SuiteError("--input: a scheduler's entry is one line, and so is each input of it", status=2)
    inputs = [part for each in given for part in ("--input", each)]
    place = "--sandbox" if sandbox else "--live"
    command = [sys.executable, "-m", "mcp_suite", "workflow", "run", name, place, *inputs]
    return Job(name, at, command, client_config.folders(os.environ))


def found() -> Scheduler:
    """The scheduler of this machine.

    Raises:
        SuiteError: there is none that is known.
    """
    if sys.platform == "win32":
        return "schtasks"
    if sys.platform == "darwin":
        return "launchd"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime, "systemd").is_dir() and shutil.which("systemctl"):
        return "systemd"
    if shutil.which("crontab"):
        return "cron"
    raise SuiteError(
        "There is neither a systemd of the user nor cron here: run the workflow by a scheduler of your own."
    )


def entry(job: Job, scheduler: Scheduler, home: Path) -> Change:
    """What brings a job in, or changes its time.

    Raises:
        SuiteError: the scheduler cannot run it.
    """
    hour, minute = job.at.split(":")
    if scheduler == "systemd":
        service, timer = _units(job, home)
        variables = "".join(f"Environment={_quoted(f'{key}={value}')}\n" for key, value in job.environment.items())
        command = " ".join(map(_of_command, job.command))
        return Change(
            files={
                service: (
                    f"[Unit]\nDescription={job.entry}\n\n[Service]\nType=oneshot\n{variables}ExecStart={command}\n"
                ),
                timer: (
                    f"[Unit]\nDescription={job.entry}\n\n[Timer]\nOnCalendar=*-*-* {job.at}:00\nPersistent=true\n\n"
                    "[Install]\nWantedBy=timers.target\n"
                ),
            },
            commands=[
                ["systemctl", "--user", "daemon-reload"],
                ["systemctl", "--user", "enable", "--now", timer.name],
            ],
        )
    if scheduler == "cron":
        variables = [f"{key}={value}" for key, value in job.environment.items()]
        command = shlex.join([*(["env", *variables] if variables else []), *job.command])
        escaped = command.replace("%", r"\%")  # cron ends a command at a bare one
        return Change(crontab=f"{int(minute)} {int(hour)} * * * {escaped} # {job.entry}")
    if scheduler == "launchd":
        path = _agent(job, home)
        agent = {
            "Label": job.entry,
            "ProgramArguments": list(job.command),
            "EnvironmentVariables": dict(job.environment),
            "StartCalendarInterval": {"Hour": int(hour), "Minute": int(minute)},
        }
        domain = _domain()
        return Change(
            files={path: plistlib.dumps(agent).decode()},
            commands=[["launchctl", "bootstrap", domain, str(path)]],
        )
    if job.environment:
        raise SuiteError(
            f"The Task Scheduler sets no variables: set {', '.join(job.environment)} for your account instead, "
            "and run this in a shell without them."
        )
    task = subprocess.list2cmdline(job.command)
    return Change(
        commands=[["schtasks", "/Create", "/F", "/SC", "DAILY", "/TN", job.entry, "/ST", job.at, "/TR", task]]
    )


def removal(job: Job, scheduler: Scheduler, home: Path) -> Change:
    """What takes a job out again."""
    if scheduler == "systemd":
        service, timer = _units(job, home)
        return Change(
            files={service: None, timer: None},
            before=[["systemctl", "--user", "disable", "--now", timer.name]],
            commands=[["systemctl", "--user", "daemon-reload"]],
        )
    if scheduler == "cron":
        return Change(crontab="")
    if scheduler == "launchd":
        return Change(files={_agent(job, home): None}, before=[["launchctl", "bootout", f"{_domain()}/{job.entry}"]])
    return Change(commands=[["schtasks", "/Delete", "/F", "/TN", job.entry]])


def told(change: Change) -> list[str]:
    """A change in lines for a person."""
    lines = [f"Run: {shlex.join(command)}" for command in change.before]
    for path, content in change.files.items():
        if content is None:
            lines.append(f"Remove: {path}")
        else:
            lines += [f"Write: {path}", *(f"    {line}" for line in content.splitlines())]
    if change.crontab is not None:
        lines.append(f"In your crontab: {change.crontab}" if change.crontab else "Out of your crontab: its line")
    return [*lines, *(f"Run: {shlex.join(command)}" for command in change.commands)]


def apply(change: Change, job: Job, run: Run) -> None:
    """Do it.

    Raises:
        SuiteError: a file cannot be written, or a command fails.
    """
    for command in change.before:
        run(command, "")
    try:
        for path, content in change.files.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"{error.filename} cannot be changed: {error.strerror}") from error
    if change.crontab is not None:
        run(["crontab", "-"], with_line(_crontab(run), job, change.crontab))
    for command in change.commands:
        run(command, "")


def with_line(table: str, job: Job, line: str) -> str:
    """A crontab with this line in the place of the job's, which ends in its name; all else stays as it is."""
    kept = [each for each in table.splitlines() if not each.endswith(f" # {job.entry}")]
    lines = [*kept, *([line] if line else [])]
    return "\n".join(lines) + "\n" if lines else ""


def run_command(command: Sequence[str], typed: str) -> str:
    """Run a command of the scheduler.

    Raises:
        SuiteError: it fails, with what it said.
    """
    done = subprocess.run(list(command), input=typed, capture_output=True, text=True, check=False)  # noqa: S603 - ours
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


def _units(job: Job, home: Path) -> tuple[Path, Path]:
    base = os.environ.get("XDG_CONFIG_HOME")
    folder = (Path(base) if base else home / ".config") / "systemd" / "user"
    return folder / f"{job.entry}.service", folder / f"{job.entry}.timer"


def _agent(job: Job, home: Path) -> Path:
    return home / "Library" / "LaunchAgents" / f"{job.entry}.plist"


def _domain() -> str:
    return f"gui/{os.getuid()}" if sys.platform != "win32" else ""


def _quoted(word: str) -> str:
    """A word as a unit file quotes it, without specifiers being put into it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _of_command(word: str) -> str:
    """The same in a command, where variables would be put in as well."""
    return _quoted(word.replace("$", "$$"))
