"""Who may read a comment or a work log, where not everybody who may read the issue."""

from connector_kit.errors import InvalidInput, ServiceError
from connector_kit.wire import JsonObject, as_object, as_text
from jira_mcp.client.edit import Edit
from jira_mcp.client.ids import project_of
from jira_mcp.client.matching import listing, suggestion

_LONGEST = 255
FIELD = "visible_to"


def chosen(text: str) -> dict[str, object] | None:
    """The restriction that `text` names: a project role, or "group:NAME"; None for "everyone" and for nothing."""
    name = text.strip()
    if name.casefold() in ("", "everyone", "all", "none"):
        return None
    kind, colon, rest = name.partition(":")
    if not colon or kind.strip().casefold() not in ("role", "group"):
        kind, rest = "role", name
    name = rest.strip()
    if not name or len(name) > _LONGEST:
        raise InvalidInput("That is no role or group.", fields={FIELD: 'is a project role, "group:NAME" or "everyone"'})
    return {"type": kind.strip().casefold(), "value": name}


def kept(entry: JsonObject) -> dict[str, object] | None:
    """The restriction that a comment or work log has, as it is sent again: an update without it might lift it."""
    level = as_object(entry.get("visibility"))
    kind, value, identifier = (as_text(level.get(name)) for name in ("type", "value", "identifier"))
    if not kind:
        return None
    if kind == "group" and identifier:  # a group's name may change; its identifier stays
        return {"type": kind, "identifier": identifier}
    return {"type": kind, "value": value or identifier}


def same(level: dict[str, object] | None, entry: JsonObject) -> bool:
    """Whether a restriction is the one that a comment or work log has."""
    there = as_object(entry.get("visibility"))
    if not level or not there:
        return not level and not there
    named = level.get("value") or level.get("identifier")
    return level["type"] == there.get("type") and named in (there.get("value"), there.get("identifier"))


class Visibility(Edit):
    """Telling who could have been meant by readers that Jira refused."""

    async def _readers_refused(self, error: InvalidInput, key: str, level: dict[str, object] | None) -> InvalidInput:
        """The refusal with the roles or groups that there are, as far as this account may see them."""
        reason = error.fields.get(FIELD)
        if reason is None or level is None:
            return error
        name = as_text(level.get("value"))
        try:
            known = await self._readers(key, as_text(level["type"]))
        except ServiceError:
            known = ()  # only administrators of a project may list its roles
        near = suggestion(name, known)
        there = f" There are: {listing(known, 8)}." if known and not near else ""
        fields = {**error.fields, FIELD: f"{reason.rstrip('.')}.{near}{there}"}
        return InvalidInput(
            error.message, fields=fields, next_step=error.next_step, status=error.status, request_id=error.request_id
        )

    async def _readers(self, key: str, kind: str) -> tuple[str, ...]:
        if kind == "group":
            return await self.group_names("")
        return tuple(as_object(await self._call("get_project_roles", project_of(key))))
