"""What a scheduler is told, by each of the schedulers; none of them is run."""

import plistlib
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from mcp_suite.errors import SuiteError
from mcp_suite.workflow import schedule
from mcp_suite.workflow.schedule import Change, Job

JOB = Job("daily-metrics", "08:05", ["/opt/my python", "-m", "mcp_suite", "--input", "fall=5%$x"], {"A_B": "/s p"})


def test_a_user_timer_is_written_quoted_and_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    change = schedule.entry(JOB, "systemd", tmp_path)
    service, timer = change.files.values()
    assert service is not None
    assert timer is not None
    assert 'ExecStart="/opt/my python" "-m" "mcp_suite" "--input" "fall=5%%$$x"' in service
    assert 'Environment="A_B=/s p"' in service
    assert "OnCalendar=*-*-* 08:05:00\nPersistent=true" in timer
    assert change.commands[-1] == ["systemctl", "--user", "enable", "--now", "mcp-suite-daily-metrics.timer"]
    assert set(schedule.removal(JOB, "systemd", tmp_path).files) == set(change.files)


def test_a_line_of_cron_has_no_bare_percent_sign(tmp_path: Path) -> None:
    line = schedule.entry(JOB, "cron", tmp_path).crontab
    assert line is not None
    assert line.startswith("5 8 * * * env 'A_B=/s p' '/opt/my python' -m mcp_suite --input ")
    assert "fall=5\\%$x" in line
    assert line.endswith(" # mcp-suite-daily-metrics")


@pytest.mark.skipif("sys.platform == 'win32'", reason="launchd is not for Windows")
def test_an_agent_of_launchd_has_the_command_in_words(tmp_path: Path) -> None:
    ((path, content),) = schedule.entry(JOB, "launchd", tmp_path).files.items()
    assert content is not None
    agent = plistlib.loads(content.encode())
    assert path == tmp_path / "Library" / "LaunchAgents" / "mcp-suite-daily-metrics.plist"
    assert agent["ProgramArguments"] == list(JOB.command)
    assert agent["StartCalendarInterval"] == {"Hour": 8, "Minute": 5}


def test_the_task_scheduler_is_told_the_time_and_sets_no_variables(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="A_B"):
        schedule.entry(JOB, "schtasks", tmp_path)
    (command,) = schedule.entry(Job("x", "08:05", ["py", "a b"], {}), "schtasks", tmp_path).commands
    assert command[-3:] == ["08:05", "/TR", 'py "a b"']


class Table:
    """A crontab in memory."""

    def __init__(self, text: str | None, why: str = "no crontab for me") -> None:
        self.text, self.why = text, why

    def __call__(self, command: Sequence[str], typed: str) -> str:
        if list(command) == ["crontab", "-"]:
            self.text = typed
            return ""
        if self.text is None:
            raise SuiteError(f"{shlex.join(command)} failed: {self.why}")
        return self.text


def test_only_the_line_of_the_job_is_changed_in_a_crontab() -> None:
    table = Table("MAILTO=me\n0 1 * * * other\n")
    schedule.apply(Change(crontab="5 8 * * * x # mcp-suite-daily-metrics"), JOB, table)
    schedule.apply(Change(crontab="6 9 * * * y # mcp-suite-daily-metrics"), JOB, table)
    assert table.text == "MAILTO=me\n0 1 * * * other\n6 9 * * * y # mcp-suite-daily-metrics\n"
    schedule.apply(Change(crontab=""), JOB, table)
    assert table.text == "MAILTO=me\n0 1 * * * other\n"


def test_a_crontab_that_cannot_be_read_is_not_replaced() -> None:
    table = Table(None, "permission denied")
    with pytest.raises(SuiteError, match="permission denied"):
        schedule.apply(Change(crontab="x"), JOB, table)
    assert table.text is None
    empty = Table(None)
    schedule.apply(Change(crontab="x"), JOB, empty)
    assert empty.text == "x\n"


def test_files_are_written_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    run: list[Sequence[str]] = []

    def note(command: Sequence[str], typed: str) -> str:
        run.append(command)
        return typed

    schedule.apply(Change(files={path: "text"}, commands=[["after"]]), JOB, note)
    assert path.read_text() == "text"
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


def test_what_would_be_changed_is_told_first(tmp_path: Path) -> None:
    lines = schedule.told(
        Change({tmp_path / "a": "x\ny", tmp_path / "b": None}, [["one"]], [["two", "a b"]], "0 1 * * *")
    )
    assert lines == [
        "Run: one",
        f"Write: {tmp_path / 'a'}",
        "    x",
        "    y",
        f"Remove: {tmp_path / 'b'}",
        "In your crontab: 0 1 * * *",
        "Run: two 'a b'",
    ]
