"""Which issues a query finds, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from jira_mcp.sandbox.jql import FieldCatalog, FieldDef, FieldValue, JqlContext, JqlError, parse, standard_fields

Search = Callable[[str], str]


@dataclass(frozen=True)
class Holding:
    """An issue with one value in every field."""

    held: FieldValue
    id: str = "1"

    def value(self, _field_id: str, /) -> FieldValue:
        return self.held


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("", "1 2 3 4 10 o2"),
        # equality
        ("status = 'To Do'", "3 4 10"),
        ("status = 'TO DO'", "3 4 10"),
        ("status = 11", "3 4 10"),
        ("status = '11'", "3 4 10"),
        ("status != Done", "2 3 4 10"),
        ("status in (Done, 'In Progress')", "1 2 o2"),
        ("status in ((Done), (12))", "1 2 o2"),
        ("status not in (Done, 'In Progress')", "3 4 10"),
        ("project = 'pm os' and issuetype = epic", "1"),
        ("type = Story and space = OPS", "o2"),
        ("statusCategory = new", "3 4 10"),
        ("assignee = ada@example.com", None),
        ("assignee = 'ada@example.com'", "1 o2"),
        ("assignee = acc-1", "1 o2"),
        ("assignee = currentUser()", "1 o2"),
        ("assignee in (currentUser(), 'Bob Ross')", "1 2 o2"),
        ("labels = urgent", "1"),
        ("labels in (nothing, backend)", "1 2"),
        ("Link = 'HTTPS://A.example'", "1"),
        ("Colour = red", "1"),
        ("cf[10001] = Blue", "2"),
        ("'Colour[Dropdown]' = Blue", "2"),
        ("customfield_10001 = Blue", "2"),
        ("issueLinkType = 'is blocked by'", "2"),
        # several values in a field
        ("component = UI", "1 2"),
        ("component != UI", ""),
        ("component != API", "2"),
        ("fixVersion = 1.0", "1 o2"),
        ("fixVersion not in (1.0)", "2"),
        # empty
        ("assignee is EMPTY", "3 4 10"),
        ("assignee is null", "3 4 10"),
        ("assignee = empty", "3 4 10"),
        ("assignee is not EMPTY", "1 2 o2"),
        ("assignee != EMPTY", "1 2 o2"),
        ("assignee != acc-1", "2"),
        ("assignee not in (acc-1)", "2"),
        ("not assignee = acc-1", "2"),
        ("assignee in (EMPTY, 'Bob Ross')", "2 3 4 10"),
        ("assignee not in (EMPTY, 'Bob Ross')", "1 o2"),
        ("resolution = Unresolved", "2 3 4 10 o2"),
        ("resolution != unresolved", "1"),
        ("resolution in (Fixed, Unresolved)", "1 2 3 4 10 o2"),
        ("labels is empty and summary is not empty", "3 4 10 o2"),
        ("description ~ EMPTY", "2 3 4 10 o2"),
        ("cf[10016] is empty", "3 10 o2"),
        ("due is empty", "3 4 10 o2"),
        # order
        ("priority > Low", "1 2 o2"),
        ("priority <= Medium", "2 3 4"),
        ("fixVersion >= 2.0", "2 o2"),
        ("not fixVersion >= 2.0", "1"),
        ("'Story Points' > 3", "1 2"),
        ("'story points' = 3.5", "2"),
        ("'Story Points[Number]' >= 1 and cf[10016] < 8", "2 4"),
        ("cf[10016] in (1, 8)", "1 4"),
        ("cf[10016] not in (1, 8)", "2"),
        ("votes < 1", "2 3"),
        ("timespent >= 1d", "2"),
        ("timespent = '2h'", "1"),
        ("timespent = 120", "1"),
        ("timeSpent < '1d 30m'", "1 2"),
        ("key > PMOS-2", "3 4 10"),
        ("key <= PMOS-2", "1 2"),
        ("key in (PMOS-1, 'ops-2')", "1 o2"),
        ("id = 10003", "3"),
        ("parent = PMOS-1", "2 3"),
        # logic
        ("status = Done or type = Story and priority = Medium", "1 2 o2"),
        ("(status = Done or type = Story) and priority = Medium", "2"),
        ("status = Done && priority = High || type = Sub-task", "1 4 o2"),
        ("!status = Done & ! (type = Story | type = Epic)", "4"),
        ("not (status = Done or assignee = 'Bob Ross')", ""),
        ("not (status = Done and assignee = acc-1)", "2 3 4 10"),
        ("not not status = Done", "1 o2"),
    ],
)
def test_a_restriction_finds_the_issues_that_jira_would(search: Search, jql: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(JqlError):
            search(jql)
    else:
        assert sorted(search(jql).split()) == sorted(found.split())


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("created >= '2026-03-11'", "2 3 4"),
        ("created >= 2026-03-11", "2 3 4"),
        ("created > '2026/03/11 12:00'", "3 4"),
        ("created = '2026-03-11 12:00'", "2"),
        ("created in ('2026-03-11 12:00')", "2"),
        ("created > -1d", "4"),
        ("created >= -1d", "3 4"),
        ("created >= '-1w 4h'", "2 3 4"),
        ("created > '1d'", ""),
        ("created < -365d", ""),
        ("created < 1767225600000", "o2"),
        ("resolved is not empty and resolved < now()", "1"),
        ("created > startOfDay()", "4"),
        ("created >= startOfDay(-1)", "3 4"),
        ("created >= startOfDay('-1d')", "3 4"),
        ("created <= endOfDay(-1d) and created > startOfWeek()", "3"),
        ("created > startOfMonth()", "1 2 3 4"),
        ("created > startOfMonth('+14d')", "3 4"),
        ("created < startOfYear()", "o2"),
        ("created < endOfMonth(-1)", "10 o2"),
        ("created < endOfYear(-1y)", "o2"),
        ("created > endOfWeek(-1w)", "3 4"),
        ("due = '2026-03-18'", "1"),
        ("due <= now()", "1"),
        ("due > now()", "2"),
        ("due >= startOfDay() and due <= endOfWeek()", "1 2"),
        ("due < 2d", "1"),
        ("due != '2026-03-18'", "2"),
    ],
)
def test_dates_compare_with_moments_periods_and_functions(search: Search, jql: str, found: str) -> None:
    assert sorted(search(jql).split()) == sorted(found.split())


def test_dates_are_read_in_the_time_zone_of_the_user(catalog: FieldCatalog, context: JqlContext) -> None:
    tokyo = JqlContext(datetime(2026, 3, 18, 1, tzinfo=ZoneInfo("Asia/Tokyo")), context.directory)

    late = Holding(datetime(2026, 3, 17, 15, 30, tzinfo=UTC))
    assert parse("created >= startOfDay() and created > '2026-03-18'").compile(catalog, tokyo).matches(late)
    assert not parse("created >= startOfDay()").compile(catalog, context).matches(late)


def test_the_week_starts_where_the_locale_says(catalog: FieldCatalog, context: JqlContext) -> None:
    sunday = Holding(datetime(2026, 3, 15, 12, tzinfo=UTC))
    query = parse("created > startOfWeek()")
    european = JqlContext(context.now, context.directory, first_weekday=0)
    assert query.compile(catalog, context).matches(sunday)
    assert not query.compile(catalog, european).matches(sunday)


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("sprint in openSprints()", "2 3"),
        ("sprint not in openSprints()", "4"),
        ("sprint in closedSprints()", "2"),
        ("sprint in (futureSprints(), 'Sprint 1')", "2 4"),
        ("sprint = 31", "2"),
        ("sprint = '31'", ""),
        ("fixVersion in releasedVersions()", "1 o2"),
        ("fixVersion in unreleasedVersions(PMOS)", "2 o2"),
        ("fixVersion in releasedVersions(OPS, 10001)", ""),
        ("issuetype in standardIssueTypes()", "1 2 3 10 o2"),
        ("issuetype in SUBTASKISSUETYPES()", "4"),
        ("type in subtaskWorkTypes() or type in (Epic)", "1 4"),
        ("issue in linkedIssues(PMOS-2)", "3"),
        ("issue in linkedIssues('PMOS-2', 'is blocked by')", ""),
        ("issue in linkedIssues('PMOS-2', blocks)", "3"),
        ("key not in linkedIssues(10002)", "1 2 4 10 o2"),
    ],
)
def test_functions_stand_for_the_values_of_the_site(search: Search, jql: str, found: str) -> None:
    assert sorted(search(jql).split()) == sorted(found.split())


def test_nobody_is_the_current_user_of_an_anonymous_request(catalog: FieldCatalog, context: JqlContext) -> None:
    unassigned = Holding(None)
    anonymous = JqlContext(context.now, context.directory)
    assert not parse("assignee = currentUser()").compile(catalog, anonymous).matches(unassigned)


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("", "o2 10 4 3 2 1"),
        ("order by key", "10 4 3 2 1 o2"),
        ("order by key asc", "o2 1 2 3 4 10"),
        ("order by created", "4 3 2 1 10 o2"),
        ("order by created ASC", "o2 10 1 2 3 4"),
        ("order by priority", "10 o2 1 2 4 3"),
        ("order by priority, key", "10 1 o2 2 4 3"),
        ("order by status, priority asc, key desc", "1 o2 2 4 3 10"),
        ("order by summary", "1 4 o2 2 10 3"),
        ("order by summary desc", "3 10 2 o2 4 1"),
        ("order by due asc", "1 2 o2 10 4 3"),
        ("order by due desc", "o2 10 4 3 2 1"),
        ("order by assignee", "o2 1 2 10 4 3"),
        ("order by 'Story Points' asc", "4 2 1 o2 10 3"),
        ("order by cf[10016] desc", "o2 10 3 1 2 4"),
        ("order by labels, key asc", "1 2 o2 3 4 10"),
        ("project = PMOS order by fixVersion asc, votes", "1 2 10 4 3"),
        ("status = Done order by parent", "o2 1"),
    ],
)
def test_order_by_sorts_with_empty_as_the_largest_value(search: Search, jql: str, found: str) -> None:
    assert search(jql) == found


def test_a_search_is_bounded_by_any_restriction() -> None:
    assert parse("project is not empty order by key").is_bounded
    assert not parse("order by key").is_bounded
    assert not parse(" \n").is_bounded


def test_a_value_of_another_type_than_its_kind_is_a_mistake_of_the_sandbox(
    context: JqlContext,
) -> None:
    wrong = Holding("Done")
    query = parse("status = Done").compile(FieldCatalog(standard_fields()), context)
    with pytest.raises(TypeError, match="The field status of kind status holds a str"):
        query.matches(wrong)


def test_the_first_of_two_fields_with_one_name_is_meant() -> None:
    first, second = FieldDef("a", ("Team",), "option"), FieldDef("b", ("team", "Squad"), "option")
    catalog = FieldCatalog([first, second])
    assert (catalog.get("TEAM"), catalog.get("squad"), list(catalog)) == (first, second, [first, second])
    assert (first.name, first.descending) == ("Team", False)
