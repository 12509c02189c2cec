"""Who may read a comment or a work log, where not everybody who may read the issue."""

from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_object, as_text

_LONGEST = 255


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
        raise InvalidInput(
            "That is no role or group.", fields={"visible_to": 'is a project role, "group:NAME" or "everyone"'}
        )
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
