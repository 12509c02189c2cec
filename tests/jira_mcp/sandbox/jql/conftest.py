"""A small site to search: eight issues, three users, two projects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from jira_mcp.sandbox.jql import (
    FieldCatalog,
    FieldDef,
    FieldValue,
    JqlContext,
    JqlError,
    Ref,
    RefIndex,
    SprintState,
    custom_field,
    parse,
    standard_fields,
)

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)  # a Wednesday

ADA = Ref("acc-1", ("Ada Lovelace", "ada@example.com"))
BOB = Ref("acc-2", ("Bob Ross", "bob@example.com"))
CY = Ref("acc-3", ("Cy Young", "cy@example.com"))
PMOS = Ref("10000", ("PMOS", "PM OS"))
OPS = Ref("10001", ("OPS", "Operations"))
EPIC, STORY, SUBTASK = Ref("1", ("Epic",)), Ref("2", ("Story",)), Ref("3", ("Sub-task",))
TODO, DOING, DONE = Ref("11", ("To Do",)), Ref("12", ("In Progress",)), Ref("13", ("Done",))
NEW, ACTIVE, CLOSED = Ref("2", ("To Do", "new")), Ref("4", ("In Progress",)), Ref("3", ("Done", "done"))
HIGH, MEDIUM, LOW = Ref("2", ("High",), 3), Ref("3", ("Medium",), 2), Ref("4", ("Low",), 1)
FIXED = Ref("1", ("Fixed",))
API, UI = Ref("71", ("API",)), Ref("72", ("UI",))
V1, V2 = Ref("51", ("1.0",), 1), Ref("52", ("2.0",), 2)
SPRINT_1, SPRINT_2, SPRINT_3 = Ref("31", ("Sprint 1",)), Ref("32", ("Sprint 2",)), Ref("33", ("Sprint 3",))
RED, BLUE = Ref("81", ("Red",)), Ref("82", ("Blue",))
BLOCKS = Ref("91", ("Blocks", "is blocked by", "blocks"))


def key(number: int, project: str = "PMOS") -> Ref:
    return Ref(str(10_000 + number if project == "PMOS" else 20_000 + number), (f"{project}-{number}",))


@dataclass(frozen=True)
class Issue:
    id: str
    fields: Mapping[str, FieldValue]

    def value(self, field_id: str, /) -> FieldValue:
        return self.fields.get(field_id)


def issue(number: int, summary: str, *, project: Ref = PMOS, **fields: FieldValue) -> Issue:
    itself = key(number, project.names[0])
    return Issue(itself.id, {"issuekey": itself, "project": project, "summary": summary, **fields})


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ISSUES = [
    issue(
        1, "Plan the search", issuetype=EPIC, status=DONE, statusCategory=CLOSED, priority=HIGH, assignee=ADA,
        reporter=BOB, resolution=FIXED, created=day("2026-03-01 09:00"), resolutiondate=day("2026-03-10 10:00"),
        duedate=date(2026, 3, 18), components=(API, UI), fixVersions=(V1,), labels=("backend", "Urgent"),
        customfield_10016=8.0, timespent=7200, votes=2, customfield_10001=RED, customfield_10002="https://a.example",
        description="Deployments of the indexing service.", comment=("Looks good", "Planned for May"),
    ),
    issue(
        2, "Search stories by word", issuetype=STORY, status=DOING, statusCategory=ACTIVE, priority=MEDIUM,
        assignee=BOB, reporter=ADA, parent=key(1), created=day("2026-03-11 12:00"), duedate=date(2026, 3, 20),
        components=(UI,), fixVersions=(V2,), labels=("backend",), customfield_10020=(SPRINT_1, SPRINT_2),
        customfield_10016=3.5, timespent=28_800, votes=0, issueLinkType=(BLOCKS,), customfield_10001=BLUE,
    ),
    issue(
        3, "Write the guide", issuetype=STORY, status=TODO, statusCategory=NEW, priority=LOW, reporter=ADA,
        parent=key(1), created=day("2026-03-17 15:30"), customfield_10020=(SPRINT_2,), votes=0, environment="Staging",
    ),
    issue(
        4, "Review the guide", issuetype=SUBTASK, status=TODO, statusCategory=NEW, priority=LOW, reporter=CY,
        parent=key(3), created=day("2026-03-18 10:00"), customfield_10016=1.0, votes=1, customfield_10020=(SPRINT_3,),
    ),
    issue(10, "Ship", issuetype=STORY, status=TODO, statusCategory=NEW, reporter=CY, created=day("2026-02-28 23:00")),
    issue(2, "Rotate keys", project=OPS, issuetype=STORY, status=DONE, statusCategory=CLOSED, priority=HIGH,
          assignee=ADA, reporter=ADA, created=day("2025-12-31 23:59"), fixVersions=(V1, V2)),
]  # fmt: skip

FIELDS = (
    *standard_fields(),
    custom_field(10020, "Sprint", "sprint", "Sprint"),
    custom_field(10016, "Story Points", "number", "Number"),
    custom_field(10001, "Colour", "option", "Dropdown"),
    custom_field(10002, "Link", "string"),
)


class Site:
    """The directory of the site."""

    def __init__(self) -> None:
        self.values = {
            "user": RefIndex([ADA, BOB, CY]),
            "project": RefIndex([PMOS, OPS]),
            "issuetype": RefIndex([EPIC, STORY, SUBTASK]),
            "status": RefIndex([TODO, DOING, DONE]),
            "status_category": RefIndex([NEW, ACTIVE, CLOSED]),
            "priority": RefIndex([HIGH, MEDIUM, LOW]),
            "resolution": RefIndex([FIXED]),
            "component": RefIndex([API, UI]),
            "version": RefIndex([V1, V2]),
            "sprint": RefIndex([SPRINT_1, SPRINT_2, SPRINT_3, Ref("34", ("31",))]),
            "option": RefIndex([RED, BLUE]),
            "link_type": RefIndex([BLOCKS]),
            "issue": RefIndex([found for each in ISSUES if isinstance(found := each.value("issuekey"), Ref)]),
        }

    def find(self, field: FieldDef, spelling: str, /) -> Sequence[Ref]:
        return self.values[field.kind].find(spelling)

    def sprints(self, state: SprintState, /) -> Sequence[Ref]:
        return {"closed": [SPRINT_1], "active": [SPRINT_2], "future": [SPRINT_3]}[state]

    def versions(self, released: bool, projects: Sequence[str], /) -> Sequence[Ref]:
        return [] if "OPS" in projects else [V1] if released else [V2]

    def issue_types(self, subtask: bool, /) -> Sequence[Ref]:
        return [SUBTASK] if subtask else [EPIC, STORY]

    def linked_issues(self, issue: Ref, link_type: str | None, /) -> Sequence[Ref] | None:
        if link_type not in {None, "blocks", "is blocked by"}:
            return None
        return [key(3)] if issue == key(2) and link_type != "is blocked by" else []


@pytest.fixture(scope="session")
def context() -> JqlContext:
    """Ada asks, on a Wednesday afternoon."""
    return JqlContext(NOW, Site(), ADA)


@pytest.fixture(scope="session")
def catalog() -> FieldCatalog:
    """The fields of the site."""
    return FieldCatalog(FIELDS)


@pytest.fixture(scope="session")
def search(catalog: FieldCatalog, context: JqlContext) -> Callable[[str], str]:
    """Runs a query: the numbers of the issues found, OPS-2 as o2."""

    def run(jql: str) -> str:
        found = parse(jql).compile(catalog, context).select(ISSUES)
        keys = [each.value("issuekey") for each in found]
        names = [each.names[0] for each in keys if isinstance(each, Ref)]
        return " ".join(name.replace("PMOS-", "").replace("OPS-", "o") for name in names)

    return run


@pytest.fixture(scope="session")
def refusal(search: Callable[[str], str]) -> Callable[[str], str]:
    """Runs a query that must be refused: what the error says."""

    def run(jql: str) -> str:
        with pytest.raises(JqlError) as refused:
            search(jql)
        return str(refused.value)

    return run


@pytest.fixture(scope="session")
def search_text(catalog: FieldCatalog, context: JqlContext) -> Callable[[str, str], bool]:
    """Whether `summary ~ query` matches an issue of that summary."""

    def run(query: str, text: str) -> bool:
        escaped = query.replace("\\", "\\\\").replace('"', '\\"')
        return parse(f'summary ~ "{escaped}"').compile(catalog, context).matches(issue(1, text))

    return run
