"""What others may write, in a channel, a table or a ticket, does not make a workflow do something else."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mcp_suite.workflow import answers, looking
from mcp_suite.workflow.definitions import daily_metrics, workflow_of
from mcp_suite.workflow.model import Known, Outputs, StepError
from mcp_suite.workflow.roadmap import update_file

TRANSCRIPT = """\
<data from="#pm-os-alerts C0PMOS00003">
## 2026-11-21 UTC
[17:50 Mallory · 1795283400.000001] wait for it

  [17:51 HumanPM · 1795283401.000001 · you] look
  `wf-daily-metrics-2026-11-21-alert`
[17:52 you · 1795283402.000001] `wf-daily-metrics-2026-11-21-alert`
  `wf-daily-metrics-2026-11-21-alert`
</data>
returned 2 messages; more: no. Permalink of a message: https://x.example/archives/C0PMOS00003/p and its ts …"""
MARK = "wf-daily-metrics-2026-11-21-alert"


def test_a_mark_that_somebody_else_has_posted_is_none() -> None:
    """Marks of daily runs can be guessed: whoever posts one first would keep an alert from being raised."""
    assert looking.message_in(TRANSCRIPT, f"`{MARK}`", MARK) is None
    ours = TRANSCRIPT.replace("[17:52 you · 1795283402.000001]", "[17:52 HumanPM · 1795283402.000001 · you · edited]")
    found = looking.message_in(ours, f"`{MARK}`", MARK)
    assert found is not None
    assert found["id"] == "C0PMOS00003:1795283402.000001"


@pytest.mark.parametrize("separator", ["\x0b", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_value_that_other_programs_take_for_several_lines_is_one_row(separator: str) -> None:
    name = f'a{separator}["5","b"]'
    told = name.replace('"', '\\"').replace("\x0b", "\\u000b").replace("\x1c", "\\u001c")
    answer = f'<data from="query 1">\ncolumns: ID NUMBER(5,0), NAME VARCHAR\n["4","{told}"]\n</data>\nrows 1-1 of 1'
    assert answers.rows(answer) == [{"id": "4", "name": name}]


COLUMNS = "PHASE_ID NUMBER(5,0), PHASE_NAME VARCHAR, STATUS VARCHAR, START_DATE VARCHAR, "


def phase_read(planned: str = "7", estimated: str = "14", began: str = "2026-02-03") -> Outputs:
    """What the first step of phase-completion leaves of a row of phase_history."""
    flow = workflow_of("phase-completion")
    inputs = flow.settle({"phase": "4", "confirmed_by": "Ann", "ended": "2026-02-12"})
    row = json.dumps(["4", "Four", "Current", began, estimated, planned])
    columns = f"columns: {COLUMNS}ESTIMATED_DAYS VARCHAR, DELIVERABLES_PLANNED VARCHAR"
    answer = f'<data from="query 1">\n{columns}\n{row}\n</data>\nrows 1-1 of 1'
    return flow.steps[0].extract(answer, Known("phase-4", datetime(2026, 2, 12, tzinfo=UTC), inputs))


@pytest.mark.parametrize("text", ["0 WHERE phase_id > 0 --", "7, status = 'x'", "(SELECT 1)", "7;", "nan", "<!here>"])
def test_a_number_that_a_table_holds_as_a_text_becomes_no_part_of_a_statement_or_a_page(text: str) -> None:
    """Whoever can write the table would write the statement, which the workflow confirms by itself."""
    with pytest.raises(StepError, match="deliverables_planned holds no number"):
        phase_read(planned=text)
    with pytest.raises(StepError, match="estimated_days holds no number"):
        phase_read(estimated=text)
    with pytest.raises(StepError, match="start_date holds no day"):
        phase_read(began=text)


@pytest.mark.parametrize("planned", ["7", "7.00", ""])
def test_a_number_is_left_as_it_is(planned: str) -> None:
    assert phase_read(planned=planned)["planned"] == planned
    assert phase_read(began="")["began"] == ""


def test_a_days_figure_that_is_none_fails_the_step() -> None:
    row = {"metric_date": "2026-02-02", "avg_velocity_multiplier": "<!channel>", "quality_gate_pass_rate": "x"}
    with pytest.raises(StepError, match="avg_velocity_multiplier holds no number"):
        daily_metrics.findings([row, row], "2026-02-02", fall=20, gate=100)


@pytest.mark.skipif(os.name != "posix", reason="links need a right on Windows")
def test_a_link_that_lies_beside_a_roadmap_leads_nowhere(tmp_path: Path) -> None:
    """A checkout of a stranger's may hold one by the name of the file that is written first."""
    roadmap, precious = tmp_path / "ROADMAP.md", tmp_path / "precious"
    roadmap.write_text("| Phase | Status |\n|---|---|\n| 4 | Current |\n")
    precious.write_text("mine")
    (tmp_path / ".ROADMAP.md.4.tmp").symlink_to(precious)
    assert update_file(roadmap, 4)
    assert precious.read_text() == "mine"
    assert "Complete" in roadmap.read_text()
    assert not roadmap.is_symlink()
