"""Fields by the names that people use for them."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_flag, as_object, as_text, objects, texts
from jira_mcp.client.matching import LONGEST_NAME
from jira_mcp.client.values import names_of, normal
from jira_mcp.models import FieldInfo, ScreenField

ALLOWED_SHOWN = 30

_ALIASES: Mapping[str, str] = {
    "type": "issuetype",
    "issuetype": "issuetype",
    "due": "duedate",
    "duedate": "duedate",
    "epic": "parent",
    "epiclink": "parent",
    "parentkey": "parent",
    "component": "components",
    "label": "labels",
    "fixversion": "fixVersions",
    "fixversions": "fixVersions",
    "affectsversion": "versions",
    "affectsversions": "versions",
    "affectedversions": "versions",
    "estimate": "timeoriginalestimate",
    "originalestimate": "timeoriginalestimate",
    "remainingestimate": "timeestimate",
    "remaining": "timeestimate",
    "timeremaining": "timeestimate",
    "resolved": "resolutiondate",
}
"""What people call system fields besides their names; the names are the site's, in the account's language."""

_KINDS: Mapping[str, str] = {
    "string": "text",
    "option-with-child": "option with a second level",
    "issuelink": "issue key",
    "timetracking": "estimates",
    "json": "sprint",
    "any": "value",
}
_ITEM_KINDS: Mapping[str, str] = {"string": "texts", "json": "sprint", "issuelinks": "links"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A field on a screen, with all that is needed to write it."""

    info: FieldInfo
    required: bool = False
    has_default: bool = False
    operations: tuple[str, ...] = ()
    allowed: tuple[JsonObject, ...] = ()

    def shown(self) -> ScreenField:
        """The field as a model sees it."""
        names = names_of(list(self.allowed))
        return ScreenField(
            self.info.id,
            self.info.name,
            self.info.kind,
            self.required,
            self.has_default,
            names[:ALLOWED_SHOWN],
            len(names),
        )


def kind_of(schema: JsonObject) -> str:
    """The type of a field in a word or two."""
    plugin, type_ = as_text(schema.get("custom")), as_text(schema.get("type"))
    if plugin.endswith(":textarea") or as_text(schema.get("system")) in ("description", "environment"):
        return "Markdown"
    if plugin.endswith(":gh-sprint"):
        return "sprint"
    if type_ == "array":
        items = as_text(schema.get("items"))
        return _ITEM_KINDS.get(items, f"list of {items}")
    return _KINDS.get(type_, type_)


def field_info(entry: JsonObject) -> FieldInfo:
    """A field from Jira's catalogue or from a screen."""
    schema = as_object(entry.get("schema"))
    field_id = as_text(entry.get("id")) or as_text(entry.get("fieldId")) or as_text(entry.get("key"))
    return FieldInfo(
        field_id,
        as_text(entry.get("name")) or field_id,
        kind_of(schema),
        field_id.startswith("customfield_"),
        tuple(texts(entry.get("clauseNames"))),
        as_text(schema.get("items")) if schema.get("type") == "array" else "",
        as_text(schema.get("custom")).rpartition(":")[2],
    )


def screen_entry(field_id: str, entry: JsonObject) -> Entry:
    """A field from createmeta, editmeta or a transition's screen."""
    info = field_info({**entry, "id": field_id})
    return Entry(
        info,
        as_flag(entry.get("required")),
        as_flag(entry.get("hasDefaultValue")),
        tuple(texts(entry.get("operations"))),
        tuple(objects(entry.get("allowedValues"))),
    )


class FieldNames:
    """Finds fields by name or id among `fields`."""

    def __init__(self, fields: Iterable[FieldInfo]) -> None:
        self._by_id: dict[str, FieldInfo] = {}
        self._by_name: dict[str, list[FieldInfo]] = {}
        for info in fields:
            self._by_id[info.id] = info
            self._by_name.setdefault(normal(info.name), []).append(info)

    def name(self, field_id: str) -> str:
        """What a field is called; its id if it is unknown."""
        info = self._by_id.get(field_id)
        return info.name if info else field_id

    def get(self, field_id: str) -> FieldInfo | None:
        """The field with this id."""
        return self._by_id.get(field_id)

    def find(self, name: str) -> list[FieldInfo]:
        """All fields that `name` may mean: one by its id, else those so called, system fields first."""
        wanted = name.strip()
        if wanted in self._by_id:
            return [self._by_id[wanted]]
        plain = normal(wanted)
        found = self._by_name.get(plain, [])
        system = [info for info in found if not info.custom]
        if system or found:
            return system or found
        alias = _ALIASES.get(plain)
        if alias and alias in self._by_id:
            return [self._by_id[alias]]
        return [info for info in self._by_id.values() if info.id.casefold() == wanted.casefold()]

    def similar(self, name: str) -> list[str]:
        """Names that look like `name`."""
        if len(name) > LONGEST_NAME:
            return []
        close = difflib.get_close_matches(normal(name), self._by_name, n=3, cutoff=0.6)
        return [self._by_name[match][0].name for match in close]

    def resolve(self, name: str) -> FieldInfo:
        """The one field that `name` means.

        Raises InvalidInput when there is none, with what it could be, or several, with their ids.
        """
        found = self.find(name)
        if len(found) == 1:
            return found[0]
        shown = clean_text(name, 60)
        if found:
            raise InvalidInput(
                f"There are {len(found)} fields called {shown!r}.",
                fields={info.id: f"{info.name}, {info.kind}" for info in found},
                next_step="Name the one you mean by its id.",
            )
        close = self.similar(name)
        raise InvalidInput(
            f"There is no field called {shown!r}." + (f" Did you mean {' or '.join(close)}?" if close else ""),
            next_step="" if close else "jira_list_issue_types with a type lists the fields of a project.",
        )
