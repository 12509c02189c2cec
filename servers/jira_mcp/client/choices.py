"""One of a field's permitted values by its name, checked against what a screen lists."""

from collections.abc import Sequence

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, is_list, is_object, objects
from jira_mcp.client.fields import Entry
from jira_mcp.client.matching import LONGEST_NAME, listing, matching, suggestion
from jira_mcp.client.values import normal, plain
from jira_mcp.models import PlainValue

FEW = 12
"""Values that are told all together when one is wrong."""

_CALLED = ("value", "name", "key", "id")
_NAMED_BY = frozenset({*_CALLED, "child"})
SEARCH_VALUES = "jira_list_fields with field and query searches the values of a field."


def choice(entry: Entry, value: object) -> tuple[object, PlainValue]:
    """An option, priority, component, version, project or the like as Jira takes it, and what it is called.

    Where the screen lists no values the name is sent as it is. Raises InvalidInput with the likeliest values.
    """
    name = _name(value)
    if name is None:
        return value, plain(value)
    if not entry.allowed:
        if is_object(value):
            return value, plain(value)
        return {"value" if "option" in (entry.info.kind, entry.info.items) else "name": name}, name
    found = _found(entry.allowed, name)
    if found is None:
        raise InvalidInput(_refusal(name, entry.allowed, several=bool(entry.info.items)), next_step=_step(entry))
    return _reference(found), _called(found)


def two_levels(entry: Entry, value: object) -> tuple[object, PlainValue]:
    """An option with a second level: "First / Second", a list of the two, or an object.

    A name may hold a slash itself. Raises InvalidInput with the likeliest values of the level that is wrong.
    """
    if is_object(value):
        child = _name(as_object(value.get("child"))) if value.get("child") else None
        first = _name({key: item for key, item in value.items() if key != "child"})
        if first is None or not entry.allowed:
            return value, plain(value)
        return _both(entry, first, child or "")
    if is_list(value):
        if not 1 <= len(value) <= 2:
            raise InvalidInput('takes "First / Second", or a list of the two.')
        first, second = (_text(item) for item in (*value, "")[:2])
        return _both(entry, first, second)
    text = _text(value)
    if not entry.allowed:
        first, _, second = (part.strip() for part in text.partition("/"))
        return ({"value": first, "child": {"value": second}} if second else {"value": first}), text
    cuts = [position for position, char in enumerate(text[:LONGEST_NAME]) if char == "/"]
    for position in reversed([*cuts, len(text)]):
        if _found(entry.allowed, text[:position].strip()) is not None:
            return _both(entry, text[:position].strip(), text[position + 1 :].strip())
    return _both(entry, text.partition("/")[0].strip(), "")


def _both(entry: Entry, first: str, second: str) -> tuple[object, PlainValue]:
    parent = _found(entry.allowed, first)
    if parent is None:
        raise InvalidInput(_refusal(first, entry.allowed), next_step=_step(entry))
    sent, shown = _reference(parent), _called(parent)
    if not second:
        return sent, shown
    children = objects(parent.get("children"))
    child = _found(children, second)
    if child is None:
        within = f"under {shown!r}" if children else f"under {shown!r}, which has no second level"
        raise InvalidInput(_refusal(second, children, within=f" {within}"), next_step=_step(entry))
    return {**sent, "child": _reference(child)}, f"{shown} / {_called(child)}"


def values_like(entry: Entry, query: str) -> list[str]:
    """The names of a field's values that `query` may mean, the likeliest first; all of them without a query."""
    names: list[str] = []
    for allowed in entry.allowed:
        name = _called(allowed)
        names.append(name)
        names.extend(f"{name} / {_called(child)}" for child in objects(allowed.get("children")))
    return matching(query, list(dict.fromkeys(names)))


def _name(value: object) -> str | None:
    """What a value is called by whoever gives it; None for an object that only Jira can read."""
    if not is_object(value):
        return _text(value)
    if not set(value) & _NAMED_BY:
        return None
    return next((text for key in ("id", *_CALLED) if (text := as_text(value.get(key)))), None)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    raise InvalidInput("takes the name of one of its values.")


def _found(allowed: Sequence[JsonObject], name: str) -> JsonObject | None:
    """The value so called: by its exact name first, then by its id, then whatever the case and the hyphens.

    None also where the last would mean two.
    """
    for same in (str.strip, str.casefold, normal):
        wanted = same(name.strip())
        for key in _CALLED:
            found = [value for value in allowed if (text := as_text(value.get(key))) and same(text) == wanted]
            if found and (same is str.strip or len({_called(value) for value in found}) == 1):
                return found[0]
    return None


def _called(value: JsonObject) -> str:
    return next((text for key in _CALLED if (text := as_text(value.get(key)))), "")


def _reference(value: JsonObject) -> dict[str, object]:
    """How a write names a value: by its id, which no two share."""
    for key in ("id", "value", "name"):
        if text := as_text(value.get(key)):
            return {key: text}
    return dict(value)


def _refusal(name: str, allowed: Sequence[JsonObject], *, within: str = "", several: bool = False) -> str:
    known = list(dict.fromkeys(_called(value) for value in allowed))
    said = f"{clean_text(name, 40)!r} is not among its values{within}."
    if several and "," in name:
        said = f'{said} A list is written ["…", "…"].'
    if not known:
        return said
    if len(known) <= FEW:
        return f"{said}{suggestion(name, known)} Values: {listing(known)}."
    near = matching(name, known) or [each for word in name.split() if len(word) > 2 for each in matching(word, known)]
    near = list(dict.fromkeys(near))[:5]
    shown = f" Did you mean {' or '.join(near)}?" if near else f" It has {', '.join(known[:3])}, …"
    return f"{said}{shown} {len(known):,} values in all."


def _step(entry: Entry) -> str:
    return SEARCH_VALUES if len(entry.allowed) > FEW else ""
