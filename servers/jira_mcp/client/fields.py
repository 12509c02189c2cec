"""Fields by the names that people use for them."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_flag, as_list, as_object, as_text, is_list, objects, texts
from jira_mcp.client.field_types import form_of, kind_of, plugin_of, why_not_written
from jira_mcp.client.matching import LONGEST_NAME
from jira_mcp.client.values import names_of, normal, plain
from jira_mcp.models import FieldInfo, PlainValue, ScreenField

ALLOWED_SHOWN = 30

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "type": ("issuetype",),
    "issuetype": ("issuetype",),
    "worktype": ("issuetype",),
    "due": ("duedate",),
    "duedate": ("duedate",),
    "epic": ("parent",),
    "epiclink": ("parent",),
    "parentkey": ("parent",),
    "parentlink": ("parent",),
    "component": ("components",),
    "label": ("labels",),
    "fixversion": ("fixVersions",),
    "fixversions": ("fixVersions",),
    "release": ("fixVersions",),
    "affectsversion": ("versions",),
    "affectsversions": ("versions",),
    "affectedversion": ("versions",),
    "affectedversions": ("versions",),
    "estimate": ("timeoriginalestimate",),
    "originalestimate": ("timeoriginalestimate",),
    "remainingestimate": ("timeestimate",),
    "remaining": ("timeestimate",),
    "timeremaining": ("timeestimate",),
    "resolved": ("resolutiondate",),
    "securitylevel": ("security",),
    "security": ("security",),
    "level": ("security",),
}
"""What people call system fields besides their names; the names are the site's, in the account's language."""

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "storypoints": ("storypointestimate",),
    "storypointestimate": ("storypoints",),
    "points": ("storypoints", "storypointestimate"),
    "color": ("issuecolor",),
    "colour": ("issuecolor",),
    "issuecolour": ("issuecolor",),
    "impediment": ("flagged",),
    "flag": ("flagged",),
}
"""Custom fields that company-managed and team-managed projects call differently, or people do."""

SAME_ELSEWHERE = frozenset({*_OTHER_NAMES, "epiclink", "parentlink"})
"""Names of fields in whose place another may be written where a screen lacks them."""

_JQL_ID = re.compile(r"cf\[(\d{1,19})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A field on a screen, with all that is needed to write it."""

    info: FieldInfo
    required: bool = False
    has_default: bool = False
    operations: tuple[str, ...] = ()
    allowed: tuple[JsonObject, ...] = ()
    default: PlainValue = None
    found_by: str = ""
    """The address that Jira's own form asks for values, where they are too many for a list."""
    fixed: bool = False
    """Whether the screen says that nothing can be done with the field."""

    @property
    def why_not(self) -> str:
        """Why no value can be written to the field, and what to do instead; "" if one can."""
        return why_not_written(self.info.id, self.info.plugin, () if self.fixed else None)

    def shown(self) -> ScreenField:
        """The field as a model sees it."""
        names = names_of(list(self.allowed))
        default = self.default if self.has_default else None
        return ScreenField(
            self.info.id,
            self.info.name,
            self.info.kind,
            self.required,
            self.has_default,
            names[:ALLOWED_SHOWN],
            len(names),
            ", ".join(str(item) for item in (default if is_list(default) else [default]) if item not in (None, "")),
            self.why_not,
        )


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
        plugin_of(schema),
        form_of(schema),
        as_text(entry.get("untranslatedName")),
        as_text(as_object(as_object(entry.get("scope")).get("project")).get("id")),
    )


def screen_entry(field_id: str, entry: JsonObject) -> Entry:
    """A field from createmeta, editmeta or a transition's screen."""
    return Entry(
        field_info({**entry, "id": field_id}),
        as_flag(entry.get("required")),
        as_flag(entry.get("hasDefaultValue")),
        tuple(texts(entry.get("operations"))),
        tuple(objects(entry.get("allowedValues"))),
        plain(entry.get("defaultValue")),
        as_text(entry.get("autoCompleteUrl")),
        is_list(entry.get("operations")) and not as_list(entry.get("operations")),
    )


class FieldNames:
    """Finds fields by name or id among `fields`."""

    def __init__(self, fields: Iterable[FieldInfo]) -> None:
        self._by_id: dict[str, FieldInfo] = {}
        self._by_name: dict[str, list[FieldInfo]] = {}
        self._by_other: dict[str, list[FieldInfo]] = {}
        for info in fields:
            self._by_id[info.id] = info
            self._by_name.setdefault(normal(info.name), []).append(info)
            for other in dict.fromkeys(normal(name) for name in (info.original, *info.clauses) if name):
                self._by_other.setdefault(other, []).append(info)

    def __iter__(self) -> Iterable[FieldInfo]:
        return iter(self._by_id.values())

    def name(self, field_id: str) -> str:
        """What a field is called; its id if it is unknown."""
        info = self._by_id.get(field_id)
        return info.name if info else field_id

    def get(self, field_id: str) -> FieldInfo | None:
        """The field with this id."""
        return self._by_id.get(field_id)

    def find(self, name: str) -> list[FieldInfo]:
        """All fields that `name` may mean: one by its id, else those so called, system fields first.

        A name is the site's own, the one before its translation, or one that JQL knows, such as cf[10016] and
        Severity[Dropdown].
        """
        wanted = name.strip()
        if wanted in self._by_id:
            return [self._by_id[wanted]]
        if (number := _JQL_ID.fullmatch(wanted)) and (info := self._by_id.get(f"customfield_{number[1]}")):
            return [info]
        plain_name = normal(wanted)
        if found := self.called(name):
            return [info for info in found if not info.custom] or found
        for field_id in _ALIASES.get(plain_name, ()):
            if field_id in self._by_id:
                return [self._by_id[field_id]]
        for other in _OTHER_NAMES.get(plain_name, ()):
            if other in self._by_name:
                return self._by_name[other]
        return [info for info in self._by_id.values() if info.id.casefold() == wanted.casefold()]

    def called(self, name: str) -> list[FieldInfo]:
        """The fields whose own name this is; what people call them besides does not count."""
        wanted = normal(name)
        return self._by_name.get(wanted) or self._by_other.get(wanted, [])

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
                fields={info.id: described(info) for info in found},
                next_step="Name the one you mean by its id.",
            )
        close = self.similar(name)
        raise InvalidInput(
            f"There is no field called {shown!r}." + (f" Did you mean {' or '.join(close)}?" if close else ""),
            next_step="" if close else "jira_list_fields finds fields by a part of their name.",
        )


def described(info: FieldInfo) -> str:
    """What tells a field from others of its name."""
    words = [info.name, info.kind]
    if jql := next((name for name in info.clauses if name.endswith("]") and not name.startswith("cf[")), ""):
        words.append(f"{jql} in JQL")
    if info.project:
        words.append(f"only in the project with the id {info.project}")
    return ", ".join(words)
