"""What is in the accounts after a run, a second one, one that was cut short, and a removal."""

import os
import re
from pathlib import Path

import pytest

from mcp_suite.populate.calls import confirmed
from mcp_suite.populate.command import everything, removed, survey
from mcp_suite.populate.contents import MARK, MOST, Contents
from mcp_suite.populate.samples import contents
from mcp_suite.populate.workflow import Sides
from mcp_suite.sandbox import prepare
from mcp_suite.servers import find, load
from mcp_suite.workflow.answers import first_line, issues_listed
from mcp_suite.workflow.record import runs

from .office import PLACES, WEB, Killed, Office, warehouse

pytestmark = pytest.mark.anyio
FULL = os.environ.get("POPULATE_PROOF") == "full"
MOMENTS = (
    [(call, after) for call in range(1, 34) for after in (False, True)]
    if FULL
    else [(8, True), (17, False), (26, True)]
)
"""At which call the process dies, before or after what it does; the whole run has 31."""
INPUTS = {**PLACES, "status-started": "In Progress", "status-done": "Done", "scale": "1"}
LINK = re.compile(r"\[(?P<key>PMOS-\d+)\]\(https://\S+?/browse/(?P<to>PMOS-\d+)\)")
PAGE = re.compile(r"/wiki/spaces/TRIAL/pages/(\d+)")


async def test_a_dry_run_tells_what_lacks_and_only_reads(office: Office) -> None:
    told = await survey(office, Sides(WEB).of(contents(1, WEB), INPUTS), WEB)
    whole = contents(1, WEB)
    assert sum(each.lacking for each in told) == len(whole.work) + len(whole.pages) + len(whole.messages)
    assert not any(each.there for each in told)
    effects = {entry.name: entry.effect for name in WEB for entry in load(find(name)).toolset}
    assert {effects[tool] for tool in office.calls} == {"reads"}


async def test_the_issues_stand_where_they_stood_under_their_epics(busy: Office) -> None:
    whole = contents(1, ("jira",)).work
    done = await busy.ask("jira_search_issues", jql=f"labels = {MARK} AND statusCategory = Done", count_only=True)
    assert f"about {len([each for each in whole if each.state == 'done'])} " in done
    (spec,) = [each for each in whole if each.number == 3]
    found = issues_listed(await busy.ask("jira_search_issues", jql=f"labels = {spec.mark}", fields=["Story Points"]))
    assert (found[0]["status"], found[0]["summary"], found[0]["Story Points"]) == ("Done", spec.summary, "2")
    read = await busy.ask("jira_get_issue", key=found[0]["key"])
    assert "Phase 0 - Bootstrap Foundation" in read
    assert "Agent: Product Architect" in read
    said = next(each for each in whole if each.words)
    key = issues_listed(await busy.ask("jira_search_issues", jql=f"labels = {said.mark}"))[0]["key"]
    assert (await busy.ask("jira_list_comments", key=key)).count(" UTC") == len(said.words)


async def test_keys_and_links_in_pages_and_messages_lead_to_what_was_made(busy: Office) -> None:
    """Every key that is named is that of an issue that was made, and every address that of a page that was made."""
    rows: list[dict[str, str]] = []
    cursor = ""
    while True:
        arguments = {"jql": f"labels = {MARK}", "limit": 100, "fields": ["labels"], "cursor": cursor}
        answer = await busy.ask("jira_search_issues", **arguments)
        rows += issues_listed(answer)
        following = re.search(r"next cursor: (\S+?);", answer)
        if following is None:
            break
        cursor = following[1]
    summaries = {row["key"]: row["summary"] for row in rows}
    assert len(summaries) == len(contents(1, ("jira",)).work)
    report = await busy.ask("confluence_get_page", page="TRIAL/Phase 1 completion report")
    posts = await busy.ask("slack_read_channel", channel="#trial-dev", limit=100)
    named = [*LINK.finditer(report), *LINK.finditer(posts)]
    assert len(named) > 15
    assert all(found["key"] == found["to"] and found["key"] in summaries for found in named)
    assert summaries[LINK.search(report)["key"]].startswith("Phase 1 - ")  # pyright: ignore[reportOptionalSubscript]
    pages = {found[1] for found in PAGE.finditer(posts)}
    assert len(pages) > 5
    for page in sorted(pages):
        assert MARK in await busy.ask("confluence_get_page", page=page)
    assert "(PM OS sample)" in await busy.ask("confluence_list_pages", space="TRIAL")
    old = "https://pm-os.sandbox.invalid/wiki/spaces/PMOS"
    assert old not in report + posts


async def test_a_second_run_makes_nothing_but_what_was_deleted_meanwhile(busy: Office) -> None:
    velocity = first_line(await busy.ask("confluence_get_page", page="TRIAL/Velocity")).partition(" ")[0]
    await busy.ask("confluence_delete_page", page=velocity, confirm=True)
    made = await busy.run()
    assert (made.made, made.notes) == (1, [])
    effects = {entry.name: entry.effect for name in WEB for entry in load(find(name)).toolset}
    adding = [
        tool for tool in busy.calls if effects[tool] == "adds" and tool != "jira_add_link"
    ]  # which adds none twice
    assert adding == ["confluence_create_page"]


async def test_removal_takes_what_was_made_and_nothing_else(busy: Office, office: Office) -> None:
    made = await removed(busy, Sides(WEB).of(everything(WEB), INPUTS), WEB)
    whole = contents(1, WEB)
    assert made["jira"].made == len(whole.work)
    assert made["confluence"].made == len(whole.pages)
    assert made["slack"].made == len(whole.messages) + 2
    assert made["slack"].notes == ["#trial-dev stays: it holds 1 messages of others"]
    for tool, arguments in (
        ("jira_search_issues", {"jql": "project = PMOS AND summary !~ own", "count_only": True}),
        ("confluence_list_pages", {"space": "PMOS", "depth": 10}),
    ):
        answers = [await each.ask(tool, **arguments) for each in (busy, office)]
        assert answers[0].partition(" (What was written")[0] == answers[1]
    left = await busy.ask("confluence_list_pages", space="TRIAL", depth=10)
    assert first_line(left.split("\n", 1)[1]).endswith(" PM OS")
    assert "returned 2 pages" in left
    assert "Somebody's own" in left
    assert "Somebody's own" in await busy.ask("slack_read_channel", channel="#trial-dev", limit=100)
    again = await removed(busy, Sides(WEB).of(everything(WEB), INPUTS), WEB)
    assert [each.made for each in again.values()] == [0, 0, 0]


@pytest.mark.parametrize(("number", "after"), MOMENTS)
async def test_a_run_that_is_killed_and_resumed_makes_each_thing_once(
    office: Office, some: Contents, number: int, after: bool
) -> None:
    office.dies, office.after = number, after
    try:
        await office.run(told=some)
    except Killed:
        office.dies = 0
        (record,) = runs()[0]
        await office.resume(record.run, told=some)
    office.dies = 0
    again = await office.run(told=some)
    assert again.made == 0
    sides = Sides(WEB).of(some, INPUTS)
    told = await survey(office, sides, WEB)
    assert [each.lacking for each in told] == [0] * len(told)
    found = await office.ask("jira_search_issues", jql=f"labels = {MARK}", count_only=True)
    assert f"about {len(some.work)} " in found
    posts = await office.ask("slack_read_channel", channel="#trial-dev", limit=100)
    assert posts.count(f"`{MARK}-") == len([each for each in some.messages if not each.thread])
    thread = await office.ask("slack_read_thread", message=sides[2].channels["dev"].messages[some.messages[0].mark])
    assert thread.count(f"`{MARK}-") == len(some.messages)
    listed = await office.ask("confluence_list_pages", space="TRIAL", depth=10)
    assert f"returned {len(some.pages) + 1} pages" in listed
    page = next(page for page in some.pages if page.words)
    comments = await office.ask("confluence_list_comments", page=sides[1].ids[page.id])
    assert comments.count(" UTC\n") == len(page.words)


async def test_a_project_without_our_fields_has_labels_in_their_place(office: Office, some: Contents) -> None:
    made = await office.run(("jira",), Contents(work=some.work), project="NOVA")
    issue = next(work for work in some.work if work.number == 6)
    rows = issues_listed(await office.ask("jira_search_issues", jql=f"labels = {issue.mark}", fields=["labels"]))
    assert "agent-product-architect" in rows[0]["labels"]
    assert "artifact-agent" in rows[0]["labels"]
    assert made.notes
    assert all("Done" in note for note in made.notes)


async def test_a_history_of_two_rounds_refers_to_its_own_issues(office: Office) -> None:
    told = contents(2, WEB)
    first = told.messages[0]
    assert "PMOS-26" in first.words.text
    work = tuple(each for each in told.work if each.number % 1_000 == 26)
    posts = tuple(each for each in told.messages if each.mark.startswith(first.mark))
    made = await office.run(("jira", "slack"), Contents(work=work, messages=posts))
    assert (made.made, made.notes) == (2 + 2 * 2 + 1 + 2, [])  # issues, their moves, a channel, messages
    for number, mark in ((26, first.mark), (1_026, f"{first.mark}-1")):
        rows = issues_listed(await office.ask("jira_search_issues", jql=f"labels = {MARK}-{number}"))
        read = await office.ask("slack_read_channel", channel="#trial-dev", limit=100)
        said = read.split(f"`{MARK}-{mark}`")[0].rpartition("**ProductArchitect**")[2]
        assert f"[{rows[0]['key']}]" in said


async def test_tables_are_filled_once_and_rows_of_others_stay(tmp_path: Path) -> None:
    """All in one conversation, since the stand-in takes seconds to start."""
    prepare(find("snowflake"), lambda _: None)
    places = {"database": "PM_OS_ANALYTICS", "schema": "PUBLIC"}

    def two_tables(scale: int) -> Contents:
        kept = ("phase_history", "quality_metrics_daily")
        return Contents(tables=tuple(each for each in contents(scale, ("snowflake",)).tables if each.name in kept))

    async with warehouse(tmp_path) as office:
        office.dies, office.after = 8, True
        with pytest.raises(Killed):
            await office.run(("snowflake",), two_tables(1), **places)
        office.dies = 0
        made = await office.run(("snowflake",), two_tables(2), **places)
        assert 0 < made.made < 2 * (8 + 3)
        assert (await office.run(("snowflake",), two_tables(2), **places)).made == 0
        insert = "INSERT INTO quality_metrics_daily (metric_date) VALUES ('2030-01-01')"
        await confirmed(office, "snowflake_run_change", {"sql": insert, "schema": "PUBLIC"})
        sides = Sides(("snowflake",)).of(two_tables(MOST), places)
        gone = (await removed(office, sides, ("snowflake",)))["snowflake"]
        assert gone.made == 2 * (8 + 3) + 1
        assert gone.notes == ["QUALITY_METRICS_DAILY stays: it holds 1 other rows"]
        left = await office.ask("snowflake_list_objects", kind="tables", within="PM_OS_ANALYTICS.PUBLIC")
        assert "returned 1 table" in left
        usual = await office.ask("snowflake_run_query", sql="SELECT COUNT(*) AS n FROM phase_history")
        assert "[8]" in usual
