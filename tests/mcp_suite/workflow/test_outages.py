"""By the command and with servers that are processes: one is lost when it has done what it was asked for."""

import sys
from pathlib import Path
from typing import Any

import pytest

from mcp_suite.workflow import connection
from mcp_suite.workflow.connection import Launch, launcher

from .company import Company, given
from .conftest import FULL
from .outcomes import case

LOST = [("jira", 2, "after"), ("confluence", 3, "after"), ("jira", 2, "before"), ("slack", 1, "after")]


@pytest.mark.stdio
@pytest.mark.parametrize(("service", "number", "moment"), LOST if FULL else LOST[:1])
def test_what_a_lost_server_has_done_is_not_done_again(
    company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str, number: int, moment: str
) -> None:
    flag = tmp_path / "lost"
    proxy = [sys.executable, str(Path(__file__).with_name("unreliable.py")), str(flag), moment, str(number)]

    def unreliable(*flow: Any, **how: Any) -> Any:
        real = launcher(*flow, **how)

        def launch(name: str) -> Launch:
            usual = real(name)
            return Launch([*proxy, *usual.command], usual.environment) if name == service else usual

        return launch

    monkeypatch.setattr(connection, "launcher", unreliable)
    one = case("feature-proposal", tmp_path, 96)
    stopped = company.command("run", "feature-proposal", "--sandbox", *given(**one.inputs), status=1)
    assert flag.exists()
    assert stopped["resume"] == f"mcp-suite workflow resume {stopped['run']}"
    done = company.command("resume", stopped["run"])
    assert done["state"] == "finished"
    assert one.faults(one.resume(company, stopped["run"])) == []
