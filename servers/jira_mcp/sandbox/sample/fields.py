"""The fields of the site: Jira's own, and those that PM OS and the service desk added."""

from __future__ import annotations

from jira_mcp.sandbox.model import FieldSpec
from jira_mcp.sandbox.sample.desk_fields import DESK_FIELDS
from jira_mcp.sandbox.sample.field_spec import LIST, custom, system
from jira_mcp.sandbox.sample.shop_fields import SHOP_FIELDS
from sandbox_kit import history

AGENTS = (*history.AGENT, history.people.HUMAN_PM)
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
    system("issuetype", "Issue Type", "issuetype", "issuetype", "issuetype", "type"),
    system("project", "Project", "project", "project", "project"),
    system("summary", "Summary", "summary", "string", "summary"),
    system("description", "Description", "rich_text", "string", "description"),
    system("environment", "Environment", "rich_text", "string", "environment"),
    system("status", "Status", "computed", "status", "status", operations=()),
    system("statusCategory", "Status Category", "computed", "statusCategory", "statusCategory", operations=()),
    system("priority", "Priority", "priority", "priority", "priority"),
    system("resolution", "Resolution", "resolution", "resolution", "resolution"),
    system("assignee", "Assignee", "user", "user", "assignee"),
    system("reporter", "Reporter", "user", "user", "reporter"),
    system("creator", "Creator", "computed", "user", "creator", operations=()),
    system("labels", "Labels", "labels", "array", "labels", items="string", operations=LIST),
    system("components", "Components", "components", "array", "component", items="component", operations=LIST),
    system("fixVersions", "Fix versions", "versions", "array", "fixVersion", items="version", operations=LIST),
    system("versions", "Affects versions", "versions", "array", "affectedVersion", items="version", operations=LIST),
    system("parent", "Parent", "parent", "issuelink", "parent"),
    system("duedate", "Due date", "date", "date", "due", "duedate"),
    system("created", "Created", "computed", "datetime", "created", "createdDate", operations=()),
    system("updated", "Updated", "computed", "datetime", "updated", "updatedDate", operations=()),
    system("resolutiondate", "Resolved", "computed", "datetime", "resolutiondate", "resolved", operations=()),
    system(
        "statuscategorychangedate",
        "Status Category Changed",
        "computed",
        "datetime",
        "statusCategoryChangedDate",
        operations=(),
    ),
    system("lastViewed", "Last Viewed", "computed", "datetime", "lastViewed", operations=()),
    system(
        "timetracking", "Time tracking", "timetracking", "timetracking", operations=("set", "edit"), navigable=False
    ),
    system("timespent", "Time Spent", "computed", "number", "timespent", operations=()),
    system("timeoriginalestimate", "Original estimate", "computed", "number", "originalEstimate", operations=()),
    system("timeestimate", "Remaining Estimate", "computed", "number", "remainingEstimate", operations=()),
    system("workratio", "Work Ratio", "computed", "number", "workratio", operations=()),
    system(
        "issuelinks",
        "Linked Issues",
        "issuelinks",
        "array",
        "issueLinkType",
        items="issuelinks",
        operations=("add", "copy"),
    ),
    system("subtasks", "Sub-tasks", "computed", "array", "subtasks", items="issuelinks", operations=()),
    system("watches", "Watchers", "computed", "watches", "watchers", operations=()),
    system("votes", "Votes", "computed", "votes", "votes", operations=()),
    system(
        "attachment",
        "Attachment",
        "computed",
        "array",
        "attachments",
        items="attachment",
        operations=(),
        navigable=False,
    ),
    system(
        "comment",
        "Comment",
        "comment",
        "comments-page",
        "comment",
        operations=("add", "edit", "remove"),
        navigable=False,
    ),
    system("worklog", "Log Work", "worklog", "array", items="worklog", operations=("add",), navigable=False),
    custom(10016, "Story Points", "number", "number", "float", description="How large the work is."),
    custom(10019, "Rank", "computed", "any", "com.pyxis.greenhopper.jira:gh-lexo-rank", operations=()),
    custom(10020, "Sprint", "sprint", "array", "com.pyxis.greenhopper.jira:gh-sprint", items="json"),
    custom(
        10101,
        "pm_os_phase",
        "option",
        "option",
        "select",
        description="The phase of the PM OS roadmap.",
        options=tuple(f"Phase {phase.number}" for phase in history.PHASES),
    ),
    custom(
        10102,
        "agent_owner",
        "option",
        "option",
        "select",
        description="The agent that answers for the work.",
        options=AGENTS,
    ),
    custom(
        10103,
        "artifact_type",
        "option",
        "option",
        "select",
        description="What comes out of the work.",
        options=ARTIFACT_TYPES,
    ),
    custom(
        10104,
        "acceptance_rate",
        "number",
        "number",
        "float",
        description="Per cent of what was delivered that passed at the first review.",
    ),
    custom(
        10105,
        "Severity",
        "option",
        "option",
        "select",
        description="How many people an incident hits.",
        options=("SEV-1", "SEV-2", "SEV-3", "SEV-4"),
    ),
    custom(10106, "Reviewers", "users", "array", "multiuserpicker", items="user", operations=LIST),
    custom(10107, "Target date", "date", "date", "datepicker"),
    custom(10108, "Root cause", "rich_text", "string", "textarea"),
    custom(
        10109,
        "Affected teams",
        "options",
        "array",
        "multiselect",
        items="option",
        options=("Storefront", "Payments", "Search", "Fulfilment", "Data"),
        operations=LIST,
    ),
    custom(10110, "Runbook", "url", "string", "url"),
    custom(10111, "Customer reference", "text", "string", "textfield"),
    custom(10112, "Severity", "text", "string", "textfield", description="Of the old service desk."),
    custom(10113, "Incident start", "datetime", "datetime", "datetime"),
    system("security", "Security Level", "security", "securitylevel", "level"),
    *SHOP_FIELDS,
    *DESK_FIELDS,
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
SHOP_SCREEN = (
    *_EVERYWHERE,
    "versions",
    "environment",
    STORY_POINTS,
    SPRINT_FIELD,
    AFFECTED_TEAMS,
    "security",
    *(field.id for field in SHOP_FIELDS),
)
DESK_SCREEN = (
    *_EVERYWHERE,
    SEVERITY,
    ROOT_CAUSE,
    AFFECTED_TEAMS,
    "customfield_10110",
    "customfield_10111",
    "customfield_10113",
    *(field.id for field in DESK_FIELDS),
)
