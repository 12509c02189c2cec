"""Versions, changed: made, renamed, dated, released, archived, deleted.

Releasing does not resolve issues: what becomes of those that are open has to be said.
"""

from datetime import UTC, datetime
from typing import Literal

from connector_kit.errors import InvalidInput, clean_text
from jira_mcp.client.durations import day
from jira_mcp.client.ids import numeric_id
from jira_mcp.client.parts import part_name
from jira_mcp.client.values import normal
from jira_mcp.client.versions import LOOK, Versions
from jira_mcp.release_models import Version, VersionUse

Action = Literal["edit", "release", "unrelease", "archive", "unarchive"]

_EMPTY = "none"
_KEEP = "keep"
_LONGEST_TEXT = 16_000


class Releasing(Versions):
    """Writing versions."""

    async def create_version(
        self, project: str, name: str, *, description: str = "", start: str = "", release: str = ""
    ) -> Version:
        """Make a version; dates are ISO 8601. Raises InvalidInput for a name that the project has already."""
        key = await self._open_project(project)
        data: dict[str, object] = {
            "projectId": int(numeric_id(await self._project_id(key), "project")),
            "name": part_name(name, "version"),
            **_given(description=description, start=start, release=release),
        }
        answer = await self._change_part("create_version", data=data, look=f"{LOOK} {key}")
        return self._version_from(answer, key)

    async def update_version(
        self,
        project: str,
        text: str,
        *,
        action: Action = "edit",
        name: str = "",
        description: str = "",
        start: str = "",
        release: str = "",
        unresolved: str = "",
    ) -> tuple[Version, VersionUse | None]:
        """Change what is given, and release or archive; "none" empties the description.

        Jira documents no way to take a date away. Releasing a version with open issues needs `unresolved`: "keep", or
        the version that they go to; without a release date it gets today's. The answer's second part tells, for a
        release, what hung on the version before.
        """
        found = await self.version(project, text)
        data: dict[str, object] = _given(description=description, start=start, release=release, found=found)
        if name.strip():
            data["name"] = part_name(name, "version")
        use: VersionUse | None = None
        if action == "release":
            use = await self._may_be_released(found, unresolved)
            data["released"] = True
            data.setdefault("releaseDate", found.release or datetime.now(self._zone or UTC).date().isoformat())
            if use.unresolved and normal(unresolved) != _KEEP:
                target = await self.other_version(found, unresolved, "unresolved")
                if target.released:
                    raise InvalidInput(
                        f"{clean_text(target.name, 60)!r} is released already.",
                        fields={"unresolved": "should be a version that is still to come"},
                    )
                data["moveUnfixedIssuesTo"] = target.address or f"{self.site_url}/rest/api/3/version/{target.id}"
        elif action != "edit":
            data.update(_state(found, action))
        if not data:
            raise InvalidInput(
                "Nothing was given to change.", next_step="Give a name, description or date, or say an action."
            )
        number = numeric_id(found.id, "version")
        look = f"{LOOK} {found.project}"
        answer = await self._change_part("update_version", number, data=data, look=look)
        return self._version_from(answer, found.project), use

    async def _may_be_released(self, found: Version, unresolved: str) -> VersionUse:
        shown = clean_text(found.name, 60)
        if found.released:
            raise InvalidInput(f"{shown!r} is released already; nothing was changed.")
        if found.archived:
            raise InvalidInput(f"{shown!r} is archived; nothing was changed.", next_step="Unarchive it first.")
        use = await self.version_use(found.project, found.id)
        if use.unresolved and not unresolved.strip():
            raise InvalidInput(
                f"{use.unresolved} of the {use.fixed} issues of {shown!r} are not resolved; nothing was changed.",
                fields={"unresolved": '"keep" leaves them in it, the name of another version moves them there'},
                next_step="Ask the user what becomes of them; jira_get_version lists them.",
            )
        return use

    async def delete_version(self, project: str, text: str, *, move_to: str = "") -> Version:
        """Delete a version for good; its issues get the version `move_to` instead, or lose it."""
        use = await self.version_use(project, text)
        found = use.version
        data: dict[str, object] = {}
        if move_to.strip():
            target = int(numeric_id((await self.other_version(found, move_to, "move_to")).id, "version"))
            data = {"moveFixIssuesTo": target, "moveAffectedIssuesTo": target}
            if use.fields:
                replaced = [{"customFieldId": int(numeric_id(each, "field")), "moveTo": target} for each in use.fields]
                data["customFieldReplacementList"] = replaced
        number = numeric_id(found.id, "version")
        await self._change_part("delete_and_replace_version", number, data=data, look=f"{LOOK} {found.project}")
        return found


def _given(
    *, description: str = "", start: str = "", release: str = "", found: Version | None = None
) -> dict[str, object]:
    """The texts and dates that were given, under Jira's names. Raises InvalidInput for a start after the release."""
    data: dict[str, object] = {}
    if normal(description) == _EMPTY:
        data["description"] = ""
    elif description.strip():
        if len(description) > _LONGEST_TEXT:
            raise InvalidInput(
                "The description is too long.", fields={"description": f"at most {_LONGEST_TEXT:,} characters"}
            )
        data["description"] = description.strip()
    for name, field, value in (("startDate", "start", start), ("releaseDate", "release_date", release)):
        if value.strip():
            data[name] = day(value.strip(), field)
    first = data.get("startDate", found.start if found else "")
    last = data.get("releaseDate", found.release if found else "")
    if (start.strip() or release.strip()) and first and last and str(first) > str(last):
        raise InvalidInput("A version cannot start after it is released.", fields={"start": f"{first} is after {last}"})
    return data


def _state(found: Version, action: Action) -> dict[str, object]:
    """What an action besides releasing sets. Raises InvalidInput where it would change nothing."""
    name, value, done, said = {
        "unrelease": ("released", False, not found.released, "not released"),
        "archive": ("archived", True, found.archived, "archived already"),
        "unarchive": ("archived", False, not found.archived, "not archived"),
    }[action]
    if done:
        raise InvalidInput(f"{clean_text(found.name, 60)!r} is {said}; nothing was changed.")
    return {name: value}
