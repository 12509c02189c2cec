"""What each platform's scheduler is told so that a command is run every day.

systemd's user timers (systemd.timer(5), systemd.service(5)), cron (crontab(5)), launchd (launchd.plist(5)), and the
Task Scheduler of Windows (schtasks /Create /XML, Task Scheduler Schema 1.2).
"""

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from connector_kit.paths import state_dir
from mcp_suite.errors import SuiteError

Scheduler = Literal["systemd", "cron", "launchd", "schtasks"]
_TASK_SCHEMA = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_ANY_DAY = "2026-01-01"
"""A trigger of the Task Scheduler begins on a day; one in the past begins at once."""
_WINDOWS_VARIABLE = re.compile(r"%[^%]+%")


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

    `first` are commands that may fail: they take away what may not be there. `crontab` is the line that the user's
    table is to hold, "" for none, and None where it is left alone.
    """

    files: Mapping[Path, bytes | None] = field(default_factory=dict[Path, bytes | None])
    first: Sequence[Sequence[str]] = ()
    before: Sequence[Sequence[str]] = ()
    commands: Sequence[Sequence[str]] = ()
    crontab: str | None = None


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
        "Neither a systemd of the user nor cron is here. Run the workflow by a scheduler of your own: "
        "--print shows the entry for cron."
    )


def entry(job: Job, scheduler: Scheduler, home: Path) -> Change:
    """What brings a job in, or changes its time.

    Raises:
        SuiteError: the scheduler cannot run it.
    """
    of = {"systemd": _timer, "cron": _line, "launchd": _agent, "schtasks": _task}[scheduler]
    return of(job, home)


def removal(job: Job, scheduler: Scheduler, home: Path) -> Change:
    """What takes a job out again."""
    if scheduler == "systemd":
        service, timer = _unit_paths(job, home)
        return Change(
            files={service: None, timer: None},
            before=[["systemctl", "--user", "disable", "--now", timer.name]],
            commands=[["systemctl", "--user", "daemon-reload"]],
        )
    if scheduler == "cron":
        return Change(crontab="")
    if scheduler == "launchd":
        return Change(files={_agent_path(job, home): None}, first=[_boot_out(job)])
    return Change(files={_task_path(job): None}, commands=[["schtasks", "/Delete", "/F", "/TN", job.entry]])


def _timer(job: Job, home: Path) -> Change:
    service, timer = _unit_paths(job, home)
    variables = "".join(f"Environment={_quoted(f'{key}={value}')}\n" for key, value in job.environment.items())
    program, *arguments = job.command
    # Variables are put into arguments, not into the path of the program.
    command = " ".join([_quoted(program), *(_quoted(word.replace("$", "$$")) for word in arguments)])
    written = {
        service: f"[Unit]\nDescription={job.entry}\n\n[Service]\nType=oneshot\n{variables}ExecStart={command}\n",
        timer: (
            f"[Unit]\nDescription={job.entry}\n\n[Timer]\nOnCalendar=*-*-* {job.at}:00\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }
    return Change(
        files={path: text.encode() for path, text in written.items()},
        commands=[
            ["systemctl", "--user", "daemon-reload"],
            ["systemctl", "--user", "enable", "--now", timer.name],
        ],
    )


def _line(job: Job, _: Path) -> Change:
    hour, minute = job.at.split(":")
    variables = [f"{key}={value}" for key, value in job.environment.items()]
    command = shlex.join([*(["env", *variables] if variables else []), *job.command])
    # A bare percent sign ends a command, and a backslash before `\%` would take that one's meaning away.
    escaped = command.replace(r"\%", r"\''%").replace("%", r"\%")
    return Change(crontab=f"{int(minute)} {int(hour)} * * * {escaped} # {job.entry}")


def _agent(job: Job, home: Path) -> Change:
    hour, minute = job.at.split(":")
    path, log = _agent_path(job, home), str(home / "Library" / "Logs" / f"{job.entry}.log")
    agent = {
        "Label": job.entry,
        "ProgramArguments": list(job.command),
        "EnvironmentVariables": dict(job.environment),
        "StartCalendarInterval": {"Hour": int(hour), "Minute": int(minute)},
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    return Change(
        files={path: plistlib.dumps(agent)},
        first=[_boot_out(job)],
        commands=[["launchctl", "bootstrap", _domain(), str(path)]],
    )


def _task(job: Job, _: Path) -> Change:
    if job.environment:
        raise SuiteError(
            f"The Task Scheduler sets no variables: set {', '.join(job.environment)} for your account instead, "
            "and run this in a shell without them."
        )
    program, *arguments = job.command
    written = subprocess.list2cmdline(arguments)
    if replaced := _WINDOWS_VARIABLE.search(f"{program} {written}"):
        raise SuiteError(f"The Task Scheduler takes {replaced[0]} for a variable: say it without percent signs.")
    path = _task_path(job)
    return Change(
        files={path: _task_xml(job, program, written)},
        commands=[["schtasks", "/Create", "/F", "/TN", job.entry, "/XML", str(path)]],
    )


def _task_xml(job: Job, program: str, arguments: str) -> bytes:
    """A task as the Task Scheduler exports it, in UTF-16 as it does that."""
    task = ElementTree.Element("Task", {"version": "1.2", "xmlns": _TASK_SCHEMA})
    told: dict[str, str] = {
        "RegistrationInfo/Description": job.entry,
        "Triggers/CalendarTrigger/StartBoundary": f"{_ANY_DAY}T{job.at}:00",
        "Triggers/CalendarTrigger/ScheduleByDay/DaysInterval": "1",
        "Principals/Principal/LogonType": "InteractiveToken",
        "Principals/Principal/RunLevel": "LeastPrivilege",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        "Settings/DisallowStartIfOnBatteries": "false",
        "Settings/StopIfGoingOnBatteries": "false",
        "Settings/StartWhenAvailable": "true",
        "Actions/Exec/Command": program,
        "Actions/Exec/Arguments": arguments,
    }
    for path, text in told.items():
        place = task
        for name in path.split("/"):
            inner = place.find(name)
            place = ElementTree.SubElement(place, name) if inner is None else inner
        place.text = text
    task.find("Principals/Principal", None).set("id", "Author")  # pyright: ignore[reportOptionalMemberAccess]
    ElementTree.indent(task)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{ElementTree.tostring(task, "unicode")}\n'.encode("utf-16")


def _unit_paths(job: Job, home: Path) -> tuple[Path, Path]:
    base = os.environ.get("XDG_CONFIG_HOME")
    folder = (Path(base) if base else home / ".config") / "systemd" / "user"
    return folder / f"{job.entry}.service", folder / f"{job.entry}.timer"


def _agent_path(job: Job, home: Path) -> Path:
    return home / "Library" / "LaunchAgents" / f"{job.entry}.plist"


def _task_path(job: Job) -> Path:
    return state_dir() / "schedule" / f"{job.entry}.xml"


def _boot_out(job: Job) -> list[str]:
    return ["launchctl", "bootout", f"{_domain()}/{job.entry}"]


def _domain() -> str:
    return f"gui/{os.getuid()}" if sys.platform != "win32" else ""


def _quoted(word: str) -> str:
    """A word as a unit file quotes it, without specifiers being put into it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
