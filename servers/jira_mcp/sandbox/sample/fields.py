"""The fields of the site: Jira's own, and those that PM OS and the service desk added."""

from __future__ import annotations

from jira_mcp.sandbox.model import FieldSpec, JsonObject, Kind, Option

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"


def _system(
    field_id: str,
    name: str,
    kind: Kind,
    type_: str,
    *clauses: str,
    items: str = "",
    operations: tuple[str, ...] = ("set",),
    navigable: bool = True,
) -> FieldSpec:
    schema: JsonObject = {"type": type_, "system": field_id}
    if items:
        schema["items"] = items
    return FieldSpec(field_id, name, kind, schema, clauses, operations, navigable=navigable)


def _custom(
    number: int,
    name: str,
    kind: Kind,
    type_: str,
    custom: str,
    *,
    items: str = "",
    description: str = "",
    options: tuple[str, ...] = (),
    operations: tuple[str, ...] = ("set",),
) -> FieldSpec:
    schema: JsonObject = {
        "type": type_,
        "custom": custom if ":" in custom else _TYPES + custom,
        "customId": number,
    }
    if items:
        schema["items"] = items
    return FieldSpec(
        f"customfield_{number}",
        name,
        kind,
        schema,
        (f"cf[{number}]", name),
        operations,
        description,
        tuple(Option(str(number * 100 + index), value) for index, value in enumerate(options)),
    )


LIST = ("add", "set", "remove")
AGENTS = (
    "Orchestrator",
    "Product Architect",
    "Engineering Partner",
    "UX Strategist",
    "Data Analyst",
    "GTM Strategist",
    "System Evaluator",
    "Documentation Maintainer",
    "Human PM",
)
ARTIFACT_TYPES = (
    "Agent",
    "PRD",
    "Spec",
    "Template",
    "Infrastructure",
    "Integration",
    "Report",
    "Dashboard",
    "Test",
)

STORY_POINTS = "customfield_10016"
RANK = "customfield_10019"
SPRINT_FIELD = "customfield_10020"
PHASE = "customfield_10101"
AGENT_OWNER = "customfield_10102"
ARTIFACT_TYPE = "customfield_10103"
ACCEPTANCE_RATE = "customfield_10104"
SEVERITY = "customfield_10105"
REVIEWERS = "customfield_10106"
ROOT_CAUSE = "customfield_10108"
AFFECTED_TEAMS = "customfield_10109"

FIELDS: tuple[FieldSpec, ...] = (
    _system("issuetype", "Issue Type", "issuetype", "issuetype", "issuetype", "type"),
    _system("project", "Project", "project", "project", "project"),
    _system("summary", "Summary", "summary", "string", "summary"),
    _system("description", "Description", "rich_text", "string", "description"),
    _system("environment", "Environment", "rich_text", "string", "environment"),
    _system("status", "Status", "computed", "status", "status", operations=()),
    _system("statusCategory", "Status Category", "computed", "statusCategory", "statusCategory", operations=()),
    _system("priority", "Priority", "priority", "priority", "priority"),
    _system("resolution", "Resolution", "resolution", "resolution", "resolution"),
    _system("assignee", "Assignee", "user", "user", "assignee"),
    _system("reporter", "Reporter", "user", "user", "reporter"),
    _system("creator", "Creator", "computed", "user", "creator", operations=()),
    _system("labels", "Labels", "labels", "array", "labels", items="string", operations=LIST),
    _system("components", "Components", "components", "array", "component", items="component", operations=LIST),
    _system("fixVersions", "Fix versions", "versions", "array", "fixVersion", items="version", operations=LIST),
    _system("versions", "Affects versions", "versions", "array", "affectedVersion", items="version", operations=LIST),
    _system("parent", "Parent", "parent", "issuelink", "parent"),
    _system("duedate", "Due date", "date", "date", "due", "duedate"),
    _system("created", "Created", "computed", "datetime", "created", "createdDate", operations=()),
    _system("updated", "Updated", "computed", "datetime", "updated", "updatedDate", operations=()),
    _system("resolutiondate", "Resolved", "computed", "datetime", "resolutiondate", "resolved", operations=()),
    _system(
        "statuscategorychangedate",
        "Status Category Changed",
        "computed",
        "datetime",
        "statusCategoryChangedDate",
        operations=(),
    ),
    _system("lastViewed", "Last Viewed", "computed", "datetime", "lastViewed", operations=()),
    _system(
        "timetracking", "Time tracking", "timetracking", "timetracking", operations=("set", "edit"), navigable=False
    ),
    _system("timespent", "Time Spent", "computed", "number", "timespent", operations=()),
    _system("timeoriginalestimate", "Original estimate", "computed", "number", "originalEstimate", operations=()),
    _system("timeestimate", "Remaining Estimate", "computed", "number", "remainingEstimate", operations=()),
    _system("workratio", "Work Ratio", "computed", "number", "workratio", operations=()),
    _system(
        "issuelinks",
        "Linked Issues",
        "issuelinks",
        "array",
        "issueLinkType",
        items="issuelinks",
        operations=("add", "copy"),
    ),
    _system("subtasks", "Sub-tasks", "computed", "array", "subtasks", items="issuelinks", operations=()),
    _system("watches", "Watchers", "computed", "watches", "watchers", operations=()),
    _system("votes", "Votes", "computed", "votes", "votes", operations=()),
    _system(
        "attachment",
        "Attachment",
        "computed",
        "array",
        "attachments",
        items="attachment",
        operations=(),
        navigable=False,
    ),
    _system(
        "comment",
        "Comment",
        "comment",
        "comments-page",
        "comment",
        operations=("add", "edit", "remove"),
        navigable=False,
    ),
    _system("worklog", "Log Work", "worklog", "array", items="worklog", operations=("add",), navigable=False),
    _custom(10016, "Story Points", "number", "number", "float", description="How large the work is."),
    _custom(10019, "Rank", "computed", "any", "com.pyxis.greenhopper.jira:gh-lexo-rank", operations=()),
    _custom(10020, "Sprint", "sprint", "array", "com.pyxis.greenhopper.jira:gh-sprint", items="json"),
    _custom(
        10101,
        "pm_os_phase",
        "option",
        "option",
        "select",
        description="The phase of the PM OS roadmap.",
        options=tuple(f"Phase {number}" for number in range(8)),
    ),
    _custom(
        10102,
        "agent_owner",
        "option",
        "option",
        "select",
        description="The agent that answers for the work.",
        options=AGENTS,
    ),
    _custom(
        10103,
        "artifact_type",
        "option",
        "option",
        "select",
        description="What comes out of the work.",
        options=ARTIFACT_TYPES,
    ),
    _custom(
        10104,
        "acceptance_rate",
        "number",
        "number",
        "float",
        description="Per cent of what was delivered that passed at the first review.",
    ),
    _custom(
        10105,
        "Severity",
        "option",
        "option",
        "select",
        description="How many people an incident hits.",
        options=("SEV-1", "SEV-2", "SEV-3", "SEV-4"),
    ),
    _custom(10106, "Reviewers", "users", "array", "multiuserpicker", items="user", operations=LIST),
    _custom(10107, "Target date", "date", "date", "datepicker"),
    _custom(10108, "Root cause", "rich_text", "string", "textarea"),
    _custom(
        10109,
        "Affected teams",
        "options",
        "array",
        "multiselect",
        items="option",
        options=("Storefront", "Payments", "Search", "Fulfilment", "Data"),
        operations=LIST,
    ),
    _custom(10110, "Runbook", "url", "string", "url"),
    _custom(10111, "Customer reference", "text", "string", "textfield"),
    _custom(10112, "Severity", "text", "string", "textfield", description="Of the old service desk."),
    _custom(10113, "Incident start", "datetime", "datetime", "datetime"),
)

FIELD = {field.id: field for field in FIELDS}

_EVERYWHERE = (
    "summary",
    "issuetype",
    "project",
    "description",
    "priority",
    "assignee",
    "reporter",
    "labels",
    "components",
    "fixVersions",
    "parent",
    "duedate",
    "timetracking",
    "issuelinks",
    "comment",
    "worklog",
)
PRODUCT_SCREEN = (
    *_EVERYWHERE,
    "versions",
    "environment",
    STORY_POINTS,
    SPRINT_FIELD,
    PHASE,
    AGENT_OWNER,
    ARTIFACT_TYPE,
    ACCEPTANCE_RATE,
    REVIEWERS,
    "customfield_10107",
)
SHOP_SCREEN = (*_EVERYWHERE, "versions", "environment", STORY_POINTS, SPRINT_FIELD, AFFECTED_TEAMS)
DESK_SCREEN = (
    *_EVERYWHERE,
    SEVERITY,
    ROOT_CAUSE,
    AFFECTED_TEAMS,
    "customfield_10110",
    "customfield_10111",
    "customfield_10113",
)
