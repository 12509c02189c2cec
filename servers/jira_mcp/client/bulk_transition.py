"""Moving many issues to a status at once, shown before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects, texts
from jira_mcp.bulk_models import BulkPreview, Planned, Refused
from jira_mcp.client.bulk_edit import BulkEdit
from jira_mcp.client.bulk_selection import Chosen
from jira_mcp.client.bulk_tasks import Plan
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.values import normal
from jira_mcp.models import FieldChange

_GROUPS = 60
"""Combinations of project, type and status that are looked at."""
_TRIED = 3
"""Issues of a combination that are asked for the transition: a condition may keep one of them from it."""
_EXPLAINED = 5
_TRANSITIONS = "get_available_transitions"


@dataclass(frozen=True, slots=True)
class _Way:
    """A transition that Jira offers for a bulk operation."""

    id: str
    name: str
    to: str


class BulkTransition(BulkEdit):
    """Bulk transitions."""

    async def preview_transition(
        self, to: str, *, keys: Sequence[str] = (), jql: str = "", notify: bool = False
    ) -> BulkPreview:
        """What taking the issues to the status (or through the transition) `to` would do; nothing is changed.

        Issues that are there already, or cannot get there in one step without filling in a screen, are left out and
        told.
        """
        if not to.strip():
            raise InvalidInput("No status was given.", fields={"status": "is empty"})
        selection = await self._select_for_bulk(keys, jql)
        already = [issue.key for issue in selection.issues if normal(issue.status) == normal(to)]
        groups = _by_status([issue for issue in selection.issues if normal(issue.status) != normal(to)])
        if len(groups) > _GROUPS:
            raise InvalidInput(
                f"The issues have {len(groups)} combinations of project, type and status, each to be asked for.",
                next_step=f"At most {_GROUPS} go at once: limit the query to a project, type or status.",
            )
        refused, planned = list(selection.refused), list[Planned]()
        inputs: dict[tuple[str, str, str], list[str]] = {}
        chosen: dict[str, Chosen] = {}
        explained = 0
        for issues in groups:
            way = await self._common_way(issues, to)
            if not isinstance(way, _Way):
                if explained < _EXPLAINED:
                    way = await self._why_no_way(issues[0], to, way)
                    explained += 1
                refused += [Refused(issue.key, way) for issue in issues]
                continue
            for issue in issues:
                planned.append(Planned(issue.key, issue.summary, (FieldChange("Status", issue.status, way.to),)))
                chosen[issue.id] = issue
                inputs.setdefault((*issue.screen, way.id), []).append(issue.id)
        preview = BulkPreview(
            "transition", selection.number, tuple(planned), "", tuple(already), tuple(refused), notify=notify
        )
        if not chosen:
            return preview
        body = {
            "bulkTransitionInputs": [
                {"selectedIssueIdsOrKeys": ids, "transitionId": way} for (_, _, way), ids in inputs.items()
            ],
            "sendBulkNotification": notify,
        }
        asked = {"keys": list(keys), "jql": jql, "status": to, "notify": notify}
        look = (
            "jira_transition_issues with the same keys or jql and status, without run, tells which are there already; "
            f"jira_get_issue {planned[0].key} shows one of them"
        )
        return self._keep_plan(preview, Plan("transition", "submit_bulk_transition", body, chosen, asked, look))

    async def _common_way(self, issues: Sequence[Chosen], to: str) -> _Way | str:
        """The transition to `to` that issues of one workflow and status have, else why there is none."""
        tried = list(dict.fromkeys((0, len(issues) // 2, len(issues) - 1)))[:_TRIED]
        reason = ""
        for place in tried:
            answer = as_object(await self._call(_TRANSITIONS, issue_ids_or_keys=issues[place].key))
            entries = objects(answer.get("availableTransitions"))
            mine = [entry for entry in entries if issues[place].key in texts(entry.get("issues"))] or entries
            ways = [_way(each) for entry in mine for each in objects(entry.get("transitions"))]
            found = _matching(ways, to)
            if len(found) == 1:
                return found[0]
            if found:
                return f"{len(found)} transitions lead there: name one of {listing(way.name for way in found)}"
            reachable = [way.to for way in ways]
            filtered = any(as_flag(entry.get("isTransitionsFiltered")) for entry in mine)
            reason = f"cannot go from {issues[place].status} to there in one step in bulk" + (
                f"; possible: {listing(reachable)}{suggestion(to, reachable)}" if reachable else ""
            )
            if filtered and not reachable:
                reason += "; its transitions ask for fields"
        return reason

    async def _why_no_way(self, issue: Chosen, to: str, reason: str) -> str:
        """The reason in full: whether the transition is there, but asks for fields."""
        ways = await self.transitions(issue.key)
        for way in ways:
            if normal(to) in (normal(way.to_status), normal(way.name)) and way.fields:
                asks = listing(field.name for field in way.fields)
                return f"the transition {way.name} has a screen ({asks}): jira_transition_issue, one by one"
        return reason


def _by_status(issues: Sequence[Chosen]) -> list[list[Chosen]]:
    groups: dict[tuple[str, str, str], list[Chosen]] = {}
    for issue in issues:
        groups.setdefault((*issue.screen, issue.status_id), []).append(issue)
    return list(groups.values())


def _way(entry: JsonObject) -> _Way:
    number = as_int(entry.get("transitionId"))
    return _Way(
        as_text(entry.get("transitionId")) if number is None else str(number),
        as_text(entry.get("transitionName")),
        as_text(as_object(entry.get("to")).get("statusName")),
    )


def _matching(ways: Sequence[_Way], to: str) -> list[_Way]:
    """The transitions that `to` means: by their target, narrowed by their name; else by name or id."""
    usable = [way for way in ways if way.id]
    by_name = [way for way in usable if normal(way.name) == normal(to) or way.id == to.strip()]
    by_status = [way for way in usable if normal(way.to) == normal(to)]
    both = [way for way in by_status if way in by_name]
    return both if len(both) == 1 else by_status or by_name
