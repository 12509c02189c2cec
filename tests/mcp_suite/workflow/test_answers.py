"""Reading what tools answer, also where others' words are in it."""

import pytest

from mcp_suite.errors import SuiteError
from mcp_suite.workflow import answers, looking, roadmap
from mcp_suite.workflow.definitions import WORKFLOWS, daily_metrics, feature_proposal, places, workflow_of
from mcp_suite.workflow.model import InputError, StepError

TRANSCRIPT = """\
<data from="#pm-os-dev C0PMOS00002">
## 2026-11-21 UTC
[17:50 Mallory · 1795283400.000001 · you] I quote `wf-a-announce`
[17:51 HumanPM · 1795283476.478824 · you] hello

  `wf-a-announce`
[17:52 HumanPM · 1795283500.000000] bye
</data>
returned 3 messages; more: no. Permalink of a message: https://x.example/archives/C0PMOS00002/p and its ts …"""


def test_the_message_with_the_mark_is_the_one_whose_line_it_is() -> None:
    assert looking.message_in(TRANSCRIPT, "`wf-a-announce`", "wf-a-announce") == {
        "id": "C0PMOS00002:1795283476.478824",
        "url": "https://x.example/archives/C0PMOS00002/p1795283476478824",
    }
    assert looking.message_in(TRANSCRIPT, "`wf-a-ann`", "wf-a-ann") is None


def test_rows_are_read_by_their_columns_and_null_is_empty() -> None:
    answer = (
        '<data from="query 1">\ncolumns: DAY DATE, RATE NUMBER(5,2), "odd name" VARCHAR\n'
        '["2026-01-31","100.00",null]\n[null,1,"a, b"]\n</data>\nrows 1-2 of 2; truncated: no'
    )
    assert answers.rows(answer) == [
        {"day": "2026-01-31", "rate": "100.00", "odd name": ""},
        {"day": "", "rate": "1", "odd name": "a, b"},
    ]
    with pytest.raises(StepError, match="something else than rows"):
        answers.rows("no")


def test_issues_are_read_with_their_addresses() -> None:
    listed = (
        "key | type | status | priority | assignee | updated | summary\n"
        "PMOS-1 | Epic | Done | High |  | 2026-01-31 | One | two\n"
        "returned 1 issue; more: yes, next cursor: abc_-; each at https://x.example/browse/<key>"
    )
    (issue,) = answers.issues_listed(listed)
    assert (issue["key"], issue["summary"], issue["url"]) == ("PMOS-1", "One | two", "https://x.example/browse/PMOS-1")
    assert answers.next_cursor(listed) == "abc_-"
    assert answers.next_cursor("more: yes, next cursor: abc_-. Permalink of a message: https://x.example/p") == "abc_-"
    assert answers.issues_listed("No issue matches x") == []


@pytest.mark.parametrize(
    "read", [answers.page_written, answers.page_read, answers.issue_written, answers.message_posted]
)
def test_an_answer_of_another_kind_is_not_taken_for_success(read: object) -> None:
    assert callable(read)
    with pytest.raises(StepError, match="something else"):
        read("preview, nothing is run yet")


def row(date: str, velocity: str, passed: str = "100.00") -> dict[str, str]:
    return {"metric_date": date, "avg_velocity_multiplier": velocity, "quality_gate_pass_rate": passed}


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ([], ["missing"]),
        ([row("2026-02-01", "29")], ["missing"]),
        ([row("2026-02-02", "29")], []),
        ([row("2026-02-02", "80"), row("2026-02-01", "100")], []),
        ([row("2026-02-02", "79"), row("2026-02-01", "100")], ["velocity"]),
        ([row("2026-02-02", "79", "99.5"), row("2026-02-01", "100")], ["velocity", "gate"]),
        ([row("2026-02-02", "", ""), row("2026-02-01", "100")], []),
        ([row("2026-02-02", "5"), row("2026-02-01", "0")], []),
    ],
)
def test_a_fall_a_failed_gate_and_a_missing_day_are_findings(found: list[dict[str, str]], wrong: list[str]) -> None:
    assert [one["id"] for one in daily_metrics.findings(found, "2026-02-02", fall=20, gate=100)] == wrong


PRD = """\
# Agent versioning

Nobody knows which agent did what.

## User stories

- [ ] Record the version (3)
1. Show it: 5 points
* Compare two versions

## Risks

- None
"""


def test_title_text_and_stories_come_from_the_prd() -> None:
    given = {"prd": PRD, "title": "", "summary": "", "stories": ""}
    done = feature_proposal.complete(given)
    assert done["title"] == "Agent versioning"
    assert done["stories"].splitlines() == ["3:Record the version", "5:Show it", "3:Compare two versions"]
    assert done["body"].startswith("Nobody knows")


@pytest.mark.parametrize(
    ("story", "kept"),
    [
        ("Move to version-2", "3:Move to version-2"),
        ("Move to Python 3.11 - 5", "5:Move to Python 3.11"),
        ("Answer in 2 s (8 pts)", "8:Answer in 2 s"),
        ("Phase 2", "3:Phase 2"),
    ],
)
def test_a_number_counts_as_points_only_where_it_is_set_off(story: str, kept: str) -> None:
    given = {"prd": "", "title": "T", "summary": "Why.", "stories": story}
    assert feature_proposal.complete(given)["stories"] == kept


def test_without_a_prd_a_template_is_filled() -> None:
    done = feature_proposal.complete({"prd": "", "title": "T", "summary": "Why.", "stories": "One (2); Two"})
    assert "## Problem\n\nWhy." in done["body"]
    assert done["stories"].splitlines() == ["2:One", "3:Two"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"prd": "", "title": "T", "summary": "", "stories": ""}, "prd"),
        ({"prd": "no heading", "title": "", "summary": "", "stories": ""}, "title"),
        ({"prd": "", "title": "x" * 201, "summary": "y", "stories": ""}, "title"),
        ({"prd": "", "title": "T", "summary": "y", "stories": ";".join("abcdefghijklmnopqrstu")}, "stories"),
    ],
)
def test_a_proposal_without_what_it_needs_is_refused(given: dict[str, str], name: str) -> None:
    with pytest.raises(InputError) as told:
        feature_proposal.complete(given)
    assert told.value.name == name


def test_texts_cannot_leave_their_place_in_sql_or_markdown() -> None:
    assert places.quoted("it's \\ 'x'") == "'it''s \\\\ ''x'''"
    assert places.plain("<!channel> [x](y) @all") == "\\<!channel\\> \\[x\\](y) \\@all"


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (places.project_key, "pm os"),
        (places.channel_name, "#a b"),
        (places.whole_number, "-1"),
        (places.share, "101"),
        (places.day, "31.01.2026"),
        (places.text_of_file, "/nosuch"),
        (places.existing_file, "/nosuch"),
    ],
)
def test_an_input_of_the_wrong_form_is_refused(check: object, wrong: str) -> None:
    assert callable(check)
    with pytest.raises(ValueError, match=r"is no|cannot be read|there is no"):
        check(wrong)


def test_a_roadmap_is_understood_as_table_list_and_headings() -> None:
    text = (
        "| Phase | State |\n|---|---|\n| 3 | done |\n| 4 | in progress |\n| Phase 5 | planned |\n\n"
        "- [ ] Phase 4: servers\n- [ ] Phase 40: later\n\n### Phase 4 - Servers\n\n**Status**: Planned\n"
    )
    after = roadmap.updated(text, 4)
    assert "| 3 | done |\n| 4 | Complete |\n| Phase 5 | Current |" in after
    assert "- [x] Phase 4: servers\n- [ ] Phase 40: later" in after
    assert "**Status**: Complete" in after
    assert roadmap.updated(after, 4) == after
    with pytest.raises(StepError, match="Phase 9"):
        roadmap.updated(text, 9)


def test_a_workflow_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(SuiteError, match="feature-proposal, daily-metrics, phase-completion"):
        workflow_of("nosuch")
    assert len({workflow.name for workflow in WORKFLOWS}) == len(WORKFLOWS)
