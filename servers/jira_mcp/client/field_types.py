"""What a field holds, read from its schema, and which fields no value can be written to.

The types are those of https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/; fields of
other apps have types of their own.
"""

from collections.abc import Mapping

from connector_kit.wire import JsonObject, as_text

_FORMS_BY_PLUGIN: Mapping[str, str] = {
    "textarea": "rich text",
    "gh-sprint": "sprint",
    "gh-epic-link": "issue",
    "jpo-custom-field-parent": "issue",
    "atlassian-team": "team",
    "rm-teams-custom-field-team": "team",
    "rm-team-custom-field-team": "team",
    "url": "address",
    "jsw-issue-color": "colour",
    "cmdb-object-cftype": "object",
    "sd-customer-organizations": "object",
    "labels": "label",
}
_FORMS_BY_TYPE: Mapping[str, str] = {
    "number": "number",
    "date": "date",
    "datetime": "datetime",
    "option": "choice",
    "option-with-child": "two levels",
    "user": "user",
    "group": "group",
    "issuelink": "issue",
    "team": "team",
    "timetracking": "estimates",
    "boolean": "truth",
    "string": "text",
    "version": "choice",
    "component": "choice",
    "priority": "choice",
    "resolution": "choice",
    "securitylevel": "choice",
    "project": "project",
    "issuetype": "choice",
}
_KINDS_BY_PLUGIN: Mapping[str, str] = {
    "gh-epic-link": "issue key",
    "jpo-custom-field-parent": "issue key",
    "jsw-issue-color": "colour",
    "rm-teams-custom-field-team": "team",
    "rm-team-custom-field-team": "team",
    "url": "address",
}
_KINDS: Mapping[str, str] = {
    "string": "text",
    "option-with-child": "option with a second level",
    "issuelink": "issue key",
    "timetracking": "estimates",
    "securitylevel": "security level",
    "json": "sprint",
    "any": "value",
    "object": "value",
    "boolean": "true or false",
}
_ITEM_KINDS: Mapping[str, str] = {"string": "texts", "json": "sprint", "issuelinks": "links"}

_ELSEWHERE: Mapping[str, str] = {
    "status": "jira_transition_issue changes the status",
    "comment": "jira_add_comment adds comments",
    "worklog": "jira_add_worklog logs work (toolset time)",
    "timespent": "jira_add_worklog logs work (toolset time)",
    "issuelinks": "jira_add_link links issues",
    "subtasks": "create the sub-task with this issue as its parent",
    "attachment": "jira_add_attachment attaches files",
    "watches": "jira_watch_issue adds watchers (toolset people)",
    "votes": "jira_vote_issue votes (toolset people)",
    "project": "jira_move_issues_to_project moves issues to another project (toolset bulk)",
}
"""Fields that have another way of being changed."""

_KEPT_BY_JIRA = "Jira keeps it, nobody writes it"
_KEPT_BY_DESK = "Jira Service Management keeps it"
_ELSEWHERE_BY_PLUGIN: Mapping[str, str] = {
    "gh-lexo-rank": "jira_move_issues puts an issue before or after another (toolset agile)",
    "gh-epic-status": "it follows the epic's own status: jira_transition_issue",
    "devsummarycf": "it is filled from commits, branches and pull requests",
    "designcf": "it is filled from linked designs",
    "vulnerabilitycf": "it is filled from a security tool",
    "readonlyfield": "only an import or an app writes it",
    "importid": "only an import writes it",
    "vp-origin": "the request type is chosen when a request is raised in the portal",
    "sd-sla-field": _KEPT_BY_DESK,
    "sd-approvals": "approvers answer in Jira Service Management",
    "sd-request-feedback": "the customer rates a request",
    "sd-request-feedback-date": "the customer rates a request",
    "sd-request-language": _KEPT_BY_DESK,
}
_COUNTED = frozenset(
    {
        "aggregateprogress",
        "aggregatetimeestimate",
        "aggregatetimeoriginalestimate",
        "aggregatetimespent",
        "created",
        "creator",
        "issuekey",
        "lastViewed",
        "progress",
        "resolutiondate",
        "statusCategory",
        "statuscategorychangedate",
        "thumbnail",
        "updated",
        "workratio",
    }
)
_SET_ANYWAY = frozenset({"issuetype", "project", "timetracking"})
"""Fields for which screens list no operation, or an odd one, and that are set all the same."""


def is_list(schema: JsonObject) -> bool:
    """Whether a field holds several values."""
    return schema.get("type") == "array" and form_of(schema) != "sprint"


def plugin_of(schema: JsonObject) -> str:
    """The last part of a custom field type's full name; all of it for a Forge app's."""
    custom = as_text(schema.get("custom"))
    return custom if custom.startswith("ari:") else custom.rpartition(":")[2]


def form_of(schema: JsonObject) -> str:
    """How one value of a field is written."""
    plugin, type_ = plugin_of(schema), as_text(schema.get("type"))
    system, items = as_text(schema.get("system")), as_text(schema.get("items"))
    if system in ("description", "environment"):
        return "rich text"
    if system == "labels":
        return "label"
    if plugin in _FORMS_BY_PLUGIN:
        return _FORMS_BY_PLUGIN[plugin]
    return _FORMS_BY_TYPE.get(items if type_ == "array" else type_, "object")


def kind_of(schema: JsonObject) -> str:
    """The type of a field in a word or two."""
    plugin, type_ = plugin_of(schema), as_text(schema.get("type"))
    form = form_of(schema)
    if form == "rich text":
        return "Markdown"
    if form == "sprint":
        return "sprint"
    if plugin in _KINDS_BY_PLUGIN:
        return _KINDS_BY_PLUGIN[plugin]
    if type_ == "array":
        items = as_text(schema.get("items"))
        return _ITEM_KINDS.get(items, f"list of {items}" if items else "list")
    return _KINDS.get(type_, type_ or "value")


def why_not_written(field_id: str, plugin: str, operations: tuple[str, ...] | None = None) -> str:
    """Why no value can be written to a field, and what to do instead; "" if one can.

    `operations` are those that a screen lists for it, None where no screen was asked.
    """
    if reason := _ELSEWHERE.get(field_id) or _ELSEWHERE_BY_PLUGIN.get(plugin):
        return reason
    if field_id in _COUNTED:
        return _KEPT_BY_JIRA
    if operations == () and field_id not in _SET_ANYWAY:
        return "Jira lets nobody write it here"
    return ""
