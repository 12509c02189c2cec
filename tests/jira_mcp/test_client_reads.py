"""Reading through the client: searches, issues with their parts, catalogues, people."""

from collections.abc import Awaitable, Callable

import pytest

from connector_kit.errors import InvalidInput, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue, SearchFilters
from jira_mcp.models import FieldChange, IssueRef

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[JiraClient]]


async def test_a_check_names_the_account_and_the_site(jira: JiraClient) -> None:
    assert jira.account is None
    line = await jira.check()
    assert line == "signed in to PM OS sandbox at https://pm-os.sandbox.invalid as Human PM"
    assert jira.account == (await jira.myself()).account_id


async def test_any_answer_tells_who_signed_in(jira: JiraClient) -> None:
    await jira.link_types()
    assert jira.account is not None
    assert jira.account == (await jira.myself()).account_id


async def test_a_search_reads_the_fields_that_are_named(jira: JiraClient) -> None:
    page = await jira.search("key = PMOS-1", fields=["story points", "customfield_10101"])
    (issue,) = page.items
    assert issue.key == "PMOS-1"
    assert issue.url == "https://pm-os.sandbox.invalid/browse/PMOS-1"
    assert (issue.type, issue.status) == ("Story", "Done")
    assert issue.fields == {"story points": 1, "customfield_10101": "Phase 0"}


async def test_pages_of_a_search_follow_each_other_without_gaps(jira: JiraClient) -> None:
    jql, keys, cursor = "project = NOVA ORDER BY key", list[str](), None
    for _ in range(3):
        page = await jira.search(jql, limit=40, cursor=cursor)
        keys += [issue.key for issue in page.items]
        cursor = page.cursor
    assert len(keys) == len(set(keys)) == 120
    assert cursor is not None
    assert await jira.count("project = NOVA") >= 2_000


async def test_the_last_page_has_no_cursor(jira: JiraClient) -> None:
    page = await jira.search("key in (PMOS-1, PMOS-2)", limit=2)
    assert len(page.items) == 2
    assert page.cursor is None


async def test_a_cursor_of_another_search_is_refused(jira: JiraClient) -> None:
    page = await jira.search("project = NOVA", limit=1)
    with pytest.raises(InvalidInput, match="cursor: belongs to a question with other arguments"):
        await jira.search("project = PMOS", limit=1, cursor=page.cursor)


async def test_a_repeated_search_is_answered_from_the_cache(jira: JiraClient, recorder: Recorder) -> None:
    first = await jira.search("key = PMOS-1")
    recorder.clear()
    assert await jira.search("key = PMOS-1") == first
    assert recorder.exchanges == []


@pytest.mark.parametrize(
    ("jql", "told"),
    [
        ("project = PMOS AND stauts = Done", "Did you mean status"),
        ("project = PMOS AND status = Dine", "Did you mean Done"),
        ("project = PMSO", "Did you mean PMOS"),
        ("project = PMOS AND priority = Hihg", "Did you mean High"),
        ("project = PMOS AND issuetype = Stroy", "Did you mean Story"),
        ("assignee = curentUser()", "Did you mean currentUser"),
    ],
)
async def test_a_slip_in_jql_is_answered_with_what_was_meant(jira: JiraClient, jql: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.search(jql)
    assert told in str(caught.value)


async def test_broken_jql_is_shown_with_the_place(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.search("project = PMOS AND AND status = Done")
    assert "project = PMOS AND ⟨here⟩AND" in caught.value.fields["jql"]


async def test_the_place_is_right_when_projects_are_limited(connected: Connect) -> None:
    jira = await connected(projects=("PMOS",))
    with pytest.raises(InvalidInput) as caught:
        await jira.search("project = PMOS AND AND status = Done")
    assert "project = PMOS AND ⟨here⟩AND" in caught.value.fields["jql"]


async def test_jql_without_a_condition_is_told_to_add_one(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="Add a condition before ORDER BY"):
        await jira.search("ORDER BY created")


async def test_wrong_jql_fails_in_a_count_too(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="Did you mean status"):
        await jira.count("stauts = Done")


async def test_an_unknown_field_is_answered_with_a_similar_one(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="Did you mean Story Points"):
        await jira.search("key = PMOS-1", fields=["Story Point"])
    with pytest.raises(InvalidInput, match="jira_list_fields"):
        await jira.search("key = PMOS-1", fields=["xyzzy"])


async def test_a_field_name_that_two_share_is_refused_with_both_ids(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.search("key = PMOS-1", fields=["Severity"])
    assert set(caught.value.fields) == {"customfield_10105", "customfield_10112"}


async def test_an_issue_is_read_with_all_its_parts(jira: JiraClient) -> None:
    found = await jira.issue(
        "PMOS-1", include=["comments", "worklogs", "children", "changes", "transitions", "all_fields"]
    )
    assert found.project == "PM OS"
    assert found.reporter == "Human PM"
    assert "## Layout" in found.description
    assert found.parent == IssueRef("PMOS-26", "Phase 0 - Bootstrap Foundation", "Done", "Epic")
    assert found.links[0].phrase == "blocks"
    assert found.issue.fields["pm_os_phase"] == "Phase 0"
    assert found.issue.fields["Sprint"] == ["Phase 0 (closed)"]
    assert "Rank" not in found.issue.fields
    assert found.worklogs is not None
    assert found.worklogs.items[0].seconds == 3600
    assert found.changes is not None
    latest = found.changes.items[0]
    assert FieldChange("status", "In Progress", "Done") in latest.fields
    assert latest.created > found.changes.items[-1].created
    assert found.transitions is not None
    assert "In Progress" in {way.to_status for way in found.transitions}
    assert found.comments is not None


async def test_an_issue_without_parts_costs_one_request(jira: JiraClient, recorder: Recorder) -> None:
    found = await jira.issue("https://pm-os.sandbox.invalid/browse/pmos-1")
    assert found.issue.key == "PMOS-1"
    assert found.comments is None
    assert recorder.sent == [("GET", "/rest/api/3/issue/PMOS-1")]


async def test_the_children_of_an_epic_are_listed(jira: JiraClient) -> None:
    found = await jira.issue("PMOS-26", include=["children"])
    assert found.children is not None
    assert "PMOS-1" in {child.key for child in found.children.items}


async def test_comments_come_newest_first_and_go_on_by_cursor(jira: JiraClient) -> None:
    for number in range(3):
        await jira.add_comment("PMOS-1", f"number {number}")
    page = await jira.comments("PMOS-1", limit=2)
    assert [comment.body for comment in page.items] == ["number 2", "number 1"]
    assert page.total == 3
    rest = await jira.comments("PMOS-1", limit=2, cursor=page.cursor)
    assert [comment.body for comment in rest.items] == ["number 0"]
    assert rest.cursor is None


async def test_a_missing_issue_tells_what_to_try(jira: JiraClient) -> None:
    with pytest.raises(NotFound, match="jira_search_issues"):
        await jira.issue("PMOS-99999")


@pytest.mark.parametrize(
    "key", ["A-1/../../admin?x=1", "PMOS", "PMOS-0", "PMOS-1\n", "", "10001", "PMOS-1 ", "pmos-1\x00", "\ud800-1"]
)
async def test_only_issue_keys_reach_a_path(jira: JiraClient, recorder: Recorder, key: str) -> None:
    if key.strip() == "PMOS-1":
        assert (await jira.issue(key)).issue.key == "PMOS-1"
        return
    with pytest.raises(InvalidInput, match="should look like PROJ-123"):
        await jira.issue(key)
    assert recorder.exchanges == []


async def test_projects_are_listed_and_filtered(jira: JiraClient) -> None:
    page = await jira.projects()
    assert [project.key for project in page.items] == sorted(project.key for project in page.items)
    assert page.total == 3
    assert page.cursor is None
    assert [project.name for project in (await jira.projects("PM OS")).items] == ["PM OS"]


async def test_projects_go_on_by_cursor(jira: JiraClient) -> None:
    first = await jira.projects(limit=2)
    second = await jira.projects(limit=2, cursor=first.cursor)
    assert len({project.key for project in (*first.items, *second.items)}) == 3
    assert second.cursor is None


async def test_issue_types_are_listed_from_epics_to_sub_tasks(jira: JiraClient) -> None:
    types = await jira.issue_types("pmos")
    assert types[0].name == "Epic"
    assert types[-1].subtask
    with pytest.raises(InvalidInput, match=r"no issue type of PMOS. Did you mean Story"):
        await jira.issue_type("PMOS", "Stroy")


async def test_create_fields_come_required_first_with_their_values(jira: JiraClient) -> None:
    fields = (await jira.screen_fields(project="PMOS", type_name="Epic")).fields
    assert fields[0].required
    phase = next(field for field in fields if field.name == "pm_os_phase")
    assert phase.kind == "option"
    assert phase.allowed[:2] == ("Phase 0", "Phase 1")
    assert phase.allowed_total == 8


async def test_the_types_of_a_missing_project_lead_to_the_list_of_projects(jira: JiraClient) -> None:
    with pytest.raises((NotFound, InvalidInput), match="jira_list_projects"):
        await jira.issue_types("NOPE")
    with pytest.raises(InvalidInput, match="should look like PROJ"):
        await jira.issue_types("no/pe")


async def test_link_types_priorities_and_statuses_are_known(jira: JiraClient) -> None:
    assert "is blocked by" in {kind.inward for kind in await jira.link_types()}
    assert (await jira.priorities())[0] == "Highest"
    assert "In Progress" in await jira.statuses()


async def test_people_are_found_by_name_address_and_id(jira: JiraClient) -> None:
    orchestrator = await jira.resolve_user("orchestrator")
    assert orchestrator.name == "Orchestrator"
    assert await jira.resolve_user(orchestrator.account_id) == orchestrator
    assert await jira.resolve_user("orchestrator@pm-os.example") == orchestrator
    assert (await jira.resolve_user("me")).name == "Human PM"


async def test_a_name_that_two_people_share_is_refused_with_both(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.resolve_user("Alex")
    assert sorted(name.split(" <")[0] for name in caught.value.fields.values()) == ["Alex Moreau", "Alex Rivera"]


async def test_a_person_who_does_not_exist_is_told_so(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="jira_search_users"):
        await jira.resolve_user("Nobody Inparticular")
    with pytest.raises(InvalidInput, match="Nobody has the account id"):
        await jira.resolve_user("712020:00000000-0000-4000-8000-000000000000")


async def test_plain_filters_become_jql(jira: JiraClient) -> None:
    jql = await jira.jql_from(
        SearchFilters(
            project=["PMOS"],
            text='say "hi"',
            type=["Story", "Bug"],
            status=["In Progress"],
            category="not done",
            priority=["High"],
            assignee=["me", "unassigned", "Orchestrator"],
            labels=["phase-4"],
            parent="PMOS-35",
            sprint="open",
            created_after="2026-01-31",
            updated_after="-7d",
            due_before="2026-12-31",
            fields={"pm_os_phase": "Phase 4", "Story Points": [3, None], "Reviewers": None, "summary": "x"},
            order_by="created",
        )
    )
    orchestrator = (await jira.resolve_user("Orchestrator")).account_id
    assert jql == (
        'project = "PMOS" AND issuetype in ("Story", "Bug") AND status = "In Progress" AND '
        'statusCategory != "Done" AND priority = "High" AND '
        f'(assignee in (currentUser(), "{orchestrator}") OR assignee is EMPTY) AND labels = "phase-4" AND '
        'parent = PMOS-35 AND sprint in openSprints() AND created >= "2026-01-31" AND updated >= -7d AND '
        'due <= "2026-12-31" AND text ~ "say \\"hi\\"" AND cf[10101] = "Phase 4" AND '
        '(cf[10016] = 3 OR cf[10016] is EMPTY) AND cf[10106] is EMPTY AND (summary ~ "x") ORDER BY created DESC'
    )
    await jira.search(jql)


@pytest.mark.parametrize(
    ("sprint", "clause"),
    [
        ("Phase 4", 'sprint = "Phase 4"'),
        ("5", "sprint = 5"),
        ("none", "sprint is EMPTY"),
        ("active", "sprint in openSprints()"),
    ],
)
async def test_sprints_are_filtered_by_name_number_or_state(jira: JiraClient, sprint: str, clause: str) -> None:
    jql = await jira.jql_from(SearchFilters(sprint=sprint))
    assert jql == f"{clause} ORDER BY updated DESC"
    await jira.search(jql)


@pytest.mark.parametrize(
    ("filters", "clause"),
    [
        (SearchFilters(updated_after="7d"), "updated >= -7d"),
        (SearchFilters(created_after="-2w"), "created >= -2w"),
        (SearchFilters(due_before="7d"), "due <= 7d"),
        (SearchFilters(due_before="+7d"), "due <= 7d"),
    ],
)
async def test_a_span_of_time_is_behind_or_ahead_as_the_filter_means(
    jira: JiraClient, filters: SearchFilters, clause: str
) -> None:
    jql = await jira.jql_from(filters)
    assert jql == f"{clause} ORDER BY updated DESC"
    await jira.search(jql)


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (SearchFilters(), "at least one filter"),
        (SearchFilters(updated_after="+-7d"), "is not a date"),
        (SearchFilters(text="x", order_by="colour"), "order_by: one of"),
        (SearchFilters(category="later"), "category: one of"),
        (SearchFilters(updated_after="yesterday"), "is not a date"),
        (SearchFilters(assignee=["Alex"]), "may mean 2 people"),
    ],
)
async def test_filters_that_mean_nothing_are_refused(jira: JiraClient, filters: SearchFilters, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        await jira.jql_from(filters)


async def test_projects_outside_the_allowed_ones_are_refused_by_name(connected: Connect, recorder: Recorder) -> None:
    jira = await connected(projects=("PMOS",))
    with pytest.raises(NotPermitted, match="Project NOVA is outside of the projects that JIRA_PROJECTS allows: PMOS"):
        await jira.issue("NOVA-1")
    with pytest.raises(NotPermitted, match="Project NOVA"):
        await jira.create(NewIssue("NOVA", "Task", "x"))
    assert recorder.exchanges == []
    assert [project.key for project in (await jira.projects()).items] == ["PMOS"]
    assert await jira.count("created >= 2000-01-01") < 100
    page = await jira.search("project = NOVA OR project = PMOS ORDER BY key", limit=100)
    assert {issue.key.partition("-")[0] for issue in page.items} == {"PMOS"}


ESCAPING = r'summary ~ \") OR project = NOVA OR (summary ~ "x\" y"'
"""Jira reads a backslash outside of quotes as an escape, so that its strings are not where they seem to be."""


async def test_a_query_cannot_escape_from_the_allowed_projects(connected: Connect, recorder: Recorder) -> None:
    jira = await connected(projects=("PMOS",))
    for jql in ("project = NOVA) OR (project = NOVA", 'summary ~ "x', "(project = NOVA", "summary ~ 'x", ESCAPING):
        with pytest.raises(InvalidInput):
            await jira.search(jql)
    assert recorder.exchanges == []
