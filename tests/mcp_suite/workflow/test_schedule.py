"""What each platform's scheduler is told, read back as that one reads it, and what is left alone."""

import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import Result

from mcp_suite.errors import SuiteError
from mcp_suite.workflow import schedule, schedulers
from mcp_suite.workflow.schedulers import Change, Job

ODD = ["a b", "5%", "x%y%z", r"back\slash", r"C:\%d", "it's", 'say "hi"', "$HOME", "a;b|c&d", "# no comment", ""]
"""Words that one format or another reads as something else."""
JOB = Job("daily-metrics", "08:05", ["/opt/my python", "-m", "mcp_suite", *ODD], {"A_B": "/s p%d/$x"})


def files(change: Change) -> list[str]:
    return [content.decode() for content in change.files.values() if content is not None]


@pytest.fixture
def unit_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path / ".config" / "systemd" / "user"


def words_of_unit(line: str) -> list[str]:
    """The words of a unit's line, as systemd.service(5) reads them."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(line)]


def test_a_user_timer_gives_the_command_as_it_is(unit_folder: Path, tmp_path: Path) -> None:
    change = schedulers.entry(JOB, "systemd", tmp_path)
    service, timer = files(change)
    lines = dict(line.split("=", 1) for line in service.splitlines() if "=" in line)
    assert words_of_unit(lines["ExecStart"]) == list(JOB.command)
    assert shlex.split(lines["Environment"]) == ["A_B=/s p%%d/$x"]  # variables are not put into variables
    assert "OnCalendar=*-*-* 08:05:00\nPersistent=true" in timer
    assert change.commands[-1] == ["systemctl", "--user", "enable", "--now", "mcp-suite-daily-metrics.timer"]
    assert {path.parent for path in change.files} == {unit_folder}
    gone = schedulers.removal(JOB, "systemd", tmp_path)
    assert gone.files == dict.fromkeys(change.files)
    assert gone.before == [["systemctl", "--user", "disable", "--now", "mcp-suite-daily-metrics.timer"]]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="only systemd can say what it makes of a unit")
def test_systemd_itself_finds_nothing_wrong_with_the_units(unit_folder: Path, tmp_path: Path) -> None:
    program = tmp_path / "my 100%h $python"
    program.symlink_to(sys.executable)
    job = replace(JOB, command=[str(program), *ODD])
    change = schedulers.entry(job, "systemd", tmp_path)
    schedule.apply(replace(change, commands=()), job, refuse)

    def verify() -> subprocess.CompletedProcess[str]:
        command = ["systemd-analyze", "verify", "--user", "--man=no", *map(str, change.files)]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    told = verify()
    assert (told.returncode, told.stderr) == (0, "")
    service = unit_folder / "mcp-suite-daily-metrics.service"
    service.write_text(service.read_text().replace("$python", "$nosuch"))
    assert verify().returncode != 0  # so it does look


def as_cron_runs(line: str) -> str:
    """The command of a line, as crontab(5) says: the sixth field up to a bare percent sign, `\\%` being one."""
    command, escaped = "", False
    for char in line.split(maxsplit=5)[5]:
        if escaped and char == "%":
            command = command[:-1]
        elif char == "%":
            break
        command += char
        escaped = char == "\\" and not escaped
    return command


@pytest.mark.skipif(os.name != "posix", reason="cron is not for Windows")
def test_a_line_of_cron_gives_the_shell_the_command_as_it_is(tmp_path: Path) -> None:
    shown = [sys.executable, "-c", "import os, sys; print([os.environ['A_B'], *sys.argv[1:]])", *ODD]
    line = schedulers.entry(replace(JOB, command=shown), "cron", tmp_path).crontab
    assert line is not None
    assert line.startswith("5 8 * * * env ")
    assert line.endswith(" # mcp-suite-daily-metrics")
    done = subprocess.run(["/bin/sh", "-c", as_cron_runs(line)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{['/s p%d/$x', *ODD]}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="launchd is not for Windows")
def test_an_agent_of_launchd_has_the_command_in_words_and_replaces_the_one_before(tmp_path: Path) -> None:
    change = schedulers.entry(JOB, "launchd", tmp_path)
    ((path, content),) = change.files.items()
    assert content is not None
    agent = plistlib.loads(content)
    assert path == tmp_path / "Library" / "LaunchAgents" / "mcp-suite-daily-metrics.plist"
    assert agent["ProgramArguments"] == list(JOB.command)
    assert agent["EnvironmentVariables"] == dict(JOB.environment)
    assert agent["StartCalendarInterval"] == {"Hour": 8, "Minute": 5}
    domain = f"gui/{os.getuid()}"
    assert change.first == [["launchctl", "bootout", f"{domain}/mcp-suite-daily-metrics"]]
    assert change.commands == [["launchctl", "bootstrap", domain, str(path)]]
    assert schedulers.removal(JOB, "launchd", tmp_path) == Change(files={path: None}, first=change.first)


def test_a_task_of_windows_has_the_program_and_its_arguments_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "a state"))
    words = ["C:\\Program Files\\Python\\python.exe", "-m", "mcp_suite", "fall=5%", "<a & b>", 'say "hi"', "C:\\x y\\"]
    job = Job("daily-metrics", "08:05", words, {})
    change = schedulers.entry(job, "schtasks", tmp_path)
    ((path, content),) = change.files.items()
    assert content is not None
    names = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = ElementTree.fromstring(content)  # noqa: S314 - it is ours
    told = {
        name: task.findtext("/".join(f"t:{part}" for part in name.split("/")), None, names)
        for name in (
            "Actions/Exec/Command",
            "Actions/Exec/Arguments",
            "Triggers/CalendarTrigger/StartBoundary",
            "Triggers/CalendarTrigger/ScheduleByDay/DaysInterval",
            "Settings/StartWhenAvailable",
        )
    }
    assert list(told.values()) == [
        words[0],
        '-m mcp_suite fall=5% "<a & b>" "say \\"hi\\"" "C:\\x y\\\\"',
        "2026-01-01T08:05:00",
        "1",
        "true",
    ]
    assert change.commands == [["schtasks", "/Create", "/F", "/TN", "mcp-suite-daily-metrics", "/XML", str(path)]]
    assert schedulers.removal(job, "schtasks", tmp_path).files == {path: None}
    assert "\n".join(schedule.told(change)).count("<Command>") == 1


@pytest.mark.parametrize(
    ("job", "told"),
    [(JOB, "A_B"), (Job("x", "08:05", ["py", "50% to 60%"], {}), r"% to 60% for a variable")],
)
def test_what_the_task_scheduler_cannot_do_is_told(job: Job, told: str, tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=told):
        schedulers.entry(job, "schtasks", tmp_path)


class Table:
    """A crontab in memory, and how often it was written."""

    def __init__(self, text: str | None, why: str = "no crontab for me") -> None:
        self.text, self.why, self.written = text, why, 0

    def __call__(self, command: Sequence[str], typed: str) -> str:
        if list(command) == ["crontab", "-"]:
            self.text, self.written = typed, self.written + 1
            return ""
        if self.text is None:
            raise SuiteError(f"{shlex.join(command)} failed: {self.why}")
        return self.text


@pytest.mark.parametrize("others", ["MAILTO=me\n0 1 * * * other\n", "", "a\x0cb\u2028c\n\n", "0 1 * * * no end"])
def test_only_the_line_of_the_job_is_changed_in_a_crontab(others: str) -> None:
    table = Table(others)
    ended = others if not others or others.endswith("\n") else f"{others}\n"
    schedule.apply(Change(crontab="5 8 * * * x # mcp-suite-daily-metrics"), JOB, table)
    schedule.apply(Change(crontab="6 9 * * * y # mcp-suite-daily-metrics"), JOB, table)
    assert table.text == f"{ended}6 9 * * * y # mcp-suite-daily-metrics\n"
    schedule.apply(Change(crontab=""), JOB, table)
    assert table.text == ended
    schedule.apply(Change(crontab=""), JOB, table)
    assert table.written == 3


def test_a_crontab_that_cannot_be_read_is_not_replaced() -> None:
    table = Table(None, "permission denied")
    with pytest.raises(SuiteError, match="permission denied"):
        schedule.apply(Change(crontab="x"), JOB, table)
    assert table.text is None
    empty = Table(None)
    assert not schedule.is_there(Change(crontab=""), JOB, empty)
    schedule.apply(Change(crontab=f"x # {JOB.entry}"), JOB, empty)
    assert empty.text == f"x # {JOB.entry}\n"
    assert schedule.is_there(Change(crontab=""), JOB, empty)


def refuse(command: Sequence[str], _: str) -> str:
    raise SuiteError(f"{shlex.join(command)} failed")


def test_files_are_written_and_removed_also_where_there_was_nothing_to_take_away(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    run: list[Sequence[str]] = []

    def note(command: Sequence[str], typed: str) -> str:
        if command == ["first"]:
            return refuse(command, typed)
        run.append(command)
        return typed

    schedule.apply(Change(files={path: b"text"}, first=[["first"]], commands=[["after"]]), JOB, note)
    assert path.read_text() == "text"
    assert schedule.is_there(Change(files={path: None}), JOB, note)
    schedule.apply(Change(files={path: None}, before=[["before"]]), JOB, note)
    assert not path.exists()
    assert run == [["after"], ["before"]]


@pytest.mark.parametrize(
    ("name", "at", "given", "told"),
    [
        ("nosuch", "08:00", [], "There is no workflow"),
        ("daily-metrics", "8:00", [], "is no time of day"),
        ("daily-metrics", "24:00", [], "is no time of day"),
        ("daily-metrics", "08:00", ["fall=x"], "is no percentage"),
        ("phase-completion", "08:00", [], "is needed"),
        ("feature-proposal", "08:00", ["title=T", "summary=a\n* * * * * b"], "one line"),
    ],
)
def test_a_wrong_job_is_refused(name: str, at: str, given: list[str], told: str) -> None:
    with pytest.raises(SuiteError, match=told) as error:
        schedule.job_of(name, at, given, sandbox=True)
    assert error.value.status == 2


def test_a_file_is_named_as_it_is_from_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "R.md").touch()
    given = ["phase=4", "confirmed_by=Me", "roadmap=R.md"]
    assert schedule.job_of("phase-completion", "08:00", given, sandbox=True).command[-1] == f"roadmap={tmp_path}/R.md"


def test_a_schedule_is_shown_first_and_nothing_is_done_without_a_yes(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(schedulers, "found", lambda: "cron")
    table = Table("0 1 * * * other\n")
    monkeypatch.setattr(schedule, "run_command", table)
    printed = suite("schedule", "daily-metrics", "--at", "08:00", "--print")
    assert printed.stdout.startswith(f"In your crontab: 0 8 * * * env MCP_SUITE_ENV_DIR={tmp_path}/config ")
    refused = suite("schedule", "daily-metrics", "--at", "08:00")
    assert "Nothing was changed" in refused.output or refused.exit_code == 1
    assert table.written == 0
    assert suite("schedule", "daily-metrics", "--remove").stdout.startswith("daily-metrics is not scheduled here")
    assert "runs every day at 08:00, by cron" in suite("schedule", "daily-metrics", "--yes").stdout
    assert table.written == 1
    assert "is not scheduled any more" in suite("schedule", "daily-metrics", "--remove", "--yes").stdout
    assert table.text == "0 1 * * * other\n"
