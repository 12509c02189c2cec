"""Deleting many issues at once, shown before it is done."""

from collections.abc import Sequence

from typing_extensions import override

from connector_kit.errors import InvalidInput, ServiceError, clean_text
from jira_mcp.bulk_models import BulkPreview, Planned, Refused
from jira_mcp.client.bulk_selection import MOST, Chosen
from jira_mcp.client.bulk_tasks import BulkTasks, Plan
from jira_mcp.client.matching import listing

_NAMED = 6
"""Issues that the question names with their summaries."""
_PARENTS = 100


class BulkDelete(BulkTasks):
    """Bulk deletions."""

    async def preview_deletion(
        self, *, keys: Sequence[str] = (), jql: str = "", delete_subtasks: bool = False, notify: bool = False
    ) -> BulkPreview:
        """What deleting the issues would take away; nothing is deleted.

        Issues whose sub-tasks are not all selected are left out unless `delete_subtasks`.
        """
        selection = await self._select_for_bulk(keys, jql)
        selected = {issue.key for issue in selection.issues}
        refused, chosen = list(selection.refused), dict[str, Chosen]()
        along: set[str] = set()
        for issue in selection.issues:
            if issue.level < 0 and issue.parent in selected:
                continue  # it goes with its parent, or is left out with it
            others = [key for key in issue.subtasks if key not in selected]
            if others and not delete_subtasks:
                reason = "has sub-tasks that were not selected: delete_subtasks=true deletes them with it"
                refused.append(Refused(issue.key, reason))
                refused += [
                    Refused(key, f"is a sub-task of {issue.key}, which is left out")
                    for key in issue.subtasks
                    if key in selected
                ]
                continue
            chosen[issue.id] = issue
            along |= {*issue.subtasks}
        if len(chosen) + len(along) > MOST:
            raise InvalidInput(
                f"With their {len(along):,} sub-tasks these are {len(chosen) + len(along):,} issues, and Jira takes at "
                f"most {MOST:,}. Nothing was deleted.",
                next_step="Split it.",
            )
        by_key = {issue.key: issue for issue in selection.issues}
        planned = [Planned(issue.key, issue.summary) for issue in chosen.values()]
        planned += [Planned(key, by_key[key].summary) for key in along if key in by_key]
        notes = await self._losses(list(chosen.values()), along - by_key.keys(), list(by_key.values()))
        preview = BulkPreview(
            "delete", selection.number, tuple(planned), "", (), tuple(refused), tuple(notes), notify=notify
        )
        if not chosen:
            return preview
        body = {"selectedIssueIdsOrKeys": list(chosen), "sendBulkNotification": notify}
        asked = {"keys": list(keys), "jql": jql, "delete_subtasks": delete_subtasks, "notify": notify}
        plan = Plan(
            "delete",
            "submit_bulk_delete",
            body,
            chosen,
            asked,
            f"jira_get_issue {planned[0].key}, which is not there any more if they were deleted",
            question=_question(planned, notes),
        )
        return self._keep_plan(preview, plan)

    @override
    async def _check_bulk_places(self, plan: Plan) -> None:
        """Also an issue may have got sub-tasks since the preview, which Jira would delete with it unasked."""
        await super()._check_bulk_places(plan)
        if plan.action != "delete":
            return
        known = {key for issue in plan.issues.values() for key in (issue.key, *issue.subtasks)}
        now, _ = await self._fetch_chosen(list(plan.issues), ["subtasks"])
        if fresh := sorted({key for issue in now for key in issue.subtasks} - known):
            raise InvalidInput(
                f"Since the preview the issues got sub-tasks that nobody was shown: {listing(fresh)}.",
                next_step="Nothing was changed. Call again without run to see what would be deleted now.",
            )

    async def _losses(self, issues: Sequence[Chosen], along: set[str], selected: Sequence[Chosen]) -> list[str]:
        """What is lost besides."""
        notes: list[str] = []
        if along:
            shown = ", ".join(sorted(along)[:20]) + (f" and {len(along) - 20} more" if len(along) > 20 else "")
            notes.append(f"{len(along):,} sub-task{'' if len(along) == 1 else 's'} besides go with them: {shown}")
        parents = [issue.key for issue in issues if issue.level > 0]
        if 0 < len(parents) <= _PARENTS:
            try:
                children = await self.count(f"parent in ({', '.join(parents)})")
                children -= sum(issue.parent in parents for issue in selected)
            except ServiceError:
                children = 0  # the count is a courtesy
            if children > 0:
                notes.append(f"about {children:,} issues that stay lose their parent")
        return notes


def _question(planned: Sequence[Planned], notes: Sequence[str]) -> str:
    named = "; ".join(f'{item.key} "{clean_text(item.summary, 40)}"' for item in planned[:_NAMED])
    more = f" and {len(planned) - _NAMED:,} more" if len(planned) > _NAMED else ""
    besides = clean_text(" ".join(f"{note[:1].upper()}{note[1:]}." for note in notes), 200)
    what = "this issue" if len(planned) == 1 else f"these {len(planned):,} issues"
    return f"Delete {what} for good, with comments and history: {named}{more}? {besides}".rstrip()
