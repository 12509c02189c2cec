"""The sample's texts on their way into accounts, and what is declared of populating."""

import pytest

from mcp_suite.populate.contents import MARK, ROUND, SERVICES, Service, later
from mcp_suite.populate.jira import chosen_type, takes, unranged
from mcp_suite.populate.samples import contents
from mcp_suite.populate.snowflake import among, merged
from mcp_suite.populate.texts import SITE, References, from_storage
from mcp_suite.populate.workflow import populate, populate_called
from mcp_suite.servers import find, load
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.model import Step

BROWSE = "https://acme.example/browse"


@pytest.fixture
def refs() -> References:
    """An account in which two issues of the first round, one of the second and a page were made."""
    issues = {1: f"{BROWSE}/ACME-7", 26: f"{BROWSE}/ACME-5", 1 + ROUND: f"{BROWSE}/ACME-70"}
    pages = {(98451, 0): "https://acme.example/wiki/spaces/X/pages/1", (98451, 1): "https://acme.example/second"}
    return References("trial-", "ACME", issues, pages, {"PM OS": "PM OS (PM OS sample)"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See PMOS-1.", f"See [ACME-7]({BROWSE}/ACME-7)."),
        (f"([PMOS-1]({SITE}/browse/PMOS-1))", f"([ACME-7]({BROWSE}/ACME-7))"),
        (f"[Report]({SITE}/wiki/spaces/PMOS/pages/98451)", "[Report](https://acme.example/wiki/spaces/X/pages/1)"),
        (f"[Gone]({SITE}/wiki/spaces/PMOS/pages/99999)", "Gone"),
        (f"<{SITE}/browse/PMOS-26>", f"<{BROWSE}/ACME-5>"),
        ("`project = PMOS AND parent = PMOS-26`", "`project = ACME AND parent = ACME-5`"),
        ("PMOS-99 is not there, and `PMOS-98` neither", "PMOS-99 is not there, and `PMOS-98` neither"),
        ("see #pm-os-alerts", "see #trial-alerts"),
        ("[Home](page:PM%20OS#top)", "[Home](page:PM%20OS%20%28PM%20OS%20sample%29#top)"),
        ("[Log](page:Request%20log)", "Log"),
        ("[x](https://docs.example/PMOS-1)", "[x](https://docs.example/PMOS-1)"),
        ("[done](status:green)", "[done](status:green)"),
    ],
)
def test_references_lead_to_what_was_made(refs: References, before: str, after: str) -> None:
    assert refs.told(before) == after


def test_a_later_round_refers_to_its_own(refs: References) -> None:
    page = f"[r]({SITE}/wiki/spaces/PMOS/pages/98451)"
    assert refs.told(f"PMOS-1 PMOS-26 {page}", ROUND, 1) == (
        f"[ACME-70]({BROWSE}/ACME-70) [ACME-5]({BROWSE}/ACME-5) [r](https://acme.example/second)"
    )


def test_a_page_keeps_its_words_and_loses_what_only_its_site_can_show() -> None:
    body = (
        '<ac:structured-macro ac:name="toc"/><ac:structured-macro ac:name="panel"><ac:parameter ac:name="title">Mind'
        "</ac:parameter><ac:rich-text-body><p>Two <strong>words</strong></p></ac:rich-text-body></ac:structured-macro>"
        '<p><ac:link><ri:user ri:account-id="u-1" /></ac:link> asks.</p>'
        '<p><ac:image ac:alt="A bar"><ri:attachment ri:filename="a.png" /></ac:image></p>'
    )
    assert from_storage(body, {"u-1": "Ann"}) == "**Mind**\n\nTwo **words**\n\nAnn asks.\n\n*Picture: A bar*"


def test_nothing_of_the_sample_is_left_that_only_the_sandbox_knows() -> None:
    told = contents(1)
    texts = [
        *(work.text for work in told.work),
        *(words.text for work in told.work for words in work.words),
        *(page.text for page in told.pages),
        *(message.words.text for message in told.messages),
    ]
    for sign in ("](adf:", "](attachment:", "](mention:", "@[", ":::", "712020:", "```adf"):
        assert not [text for text in texts if sign in text], sign
    refs = References()
    assert not [text for text in map(refs.told, texts) if f"]({SITE}/" in text]


def test_everything_has_a_mark_of_its_own_in_any_number_of_rounds() -> None:
    told = contents(2)
    for marks in (
        [work.mark for work in told.work],
        [page.mark for page in told.pages],
        [page.title for page in told.pages],
        [f"{MARK}-{message.mark}" for message in told.messages],
        *(table.row_keys() for table in told.tables),
    ):
        assert len(marks) == len(set(marks))
    for table, first in zip(told.tables, contents(1).tables, strict=True):
        assert table.rows[: first.each_round] == first.rows


def test_days_and_moments_are_shifted_as_they_are_written() -> None:
    assert later("2026-01-31", 1) == "2026-02-01"
    assert later("2026-01-31 09:00", 3) == "2026-02-03 09:00"
    assert later("", 3) == ""


def test_an_issue_is_of_the_nearest_type_that_a_project_has() -> None:
    assert chosen_type({"epic": ["Epic"], "standard": ["Story"]}, "epic", "Epic") == "Epic"
    assert chosen_type({"standard": ["Ticket", "Task"]}, "epic", "Epic") == "Task"
    assert chosen_type({"standard": ["Ticket"]}, "sub-task", "Sub-task") == "Ticket"


def test_a_field_is_set_only_where_it_takes_the_value() -> None:
    assert takes("number", 3)
    assert takes("option; one of Phase 0, Phase 1; default Phase 0", "Phase 1")
    assert not takes("option; one of Phase 0, Phase 1", "Phase 7")


def test_keys_are_read_from_ranges() -> None:
    assert unranged("P_1-1..3, 7; OPS-3") == ["P_1-1", "P_1-2", "P_1-3", "P_1-7", "OPS-3"]


def test_sql_tells_rows_apart_by_their_keys_and_escapes_texts() -> None:
    table = next(table for table in contents(1, ("snowflake",)).tables if table.name == "north_star_metrics")
    row = ("It's", "2026-02-02", 1.5, 2, None, "hours", "Met")
    assert "FROM VALUES ('It''s', '2026-02-02', 1.5, 2, NULL, 'hours', 'Met')" in merged("D.S.T", table, [row])
    assert "ON t.metric_name = s.metric_name AND t.metric_date = s.metric_date" in merged("D.S.T", table, [row])
    assert among(table, [row[:2]]) == "(metric_name = 'It''s' AND metric_date = '2026-02-02')"


@pytest.mark.parametrize("step", populate(SERVICES).steps, ids=lambda step: step.name)
def test_each_tool_exists_and_is_offered(step: Step) -> None:
    offered = populate(SERVICES).settings
    for server, tool in step.tools():
        entry = next((entry for entry in load(find(server)).toolset if entry.name == tool), None)
        assert entry is not None, f"{server} has no {tool}"
        assert not entry.toolset or entry.toolset in offered.get(server, {}).get("TOOLSETS", "")


@pytest.mark.parametrize("services", [SERVICES, ("slack",), ("jira", "snowflake")])
def test_a_run_is_found_again_by_its_name(services: tuple[Service, ...]) -> None:
    name = populate(services).name
    assert workflow_of(name).servers() == populate_called(name).servers() == sorted(services)
