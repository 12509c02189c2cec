"""How the sample's fields are written down."""

from __future__ import annotations

from collections.abc import Mapping

from jira_mcp.sandbox.model import FieldSpec, JsonObject, Kind, Option

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"
LIST = ("add", "set", "remove")


def system(
    field_id: str,
    name: str,
    kind: Kind,
    type_: str,
    *clauses: str,
    items: str = "",
    operations: tuple[str, ...] = ("set",),
    navigable: bool = True,
) -> FieldSpec:
    """A field of Jira's own."""
    schema: JsonObject = {"type": type_, "system": field_id}
    if items:
        schema["items"] = items
    return FieldSpec(field_id, name, kind, schema, clauses, operations, navigable=navigable)


def custom(
    number: int,
    name: str,
    kind: Kind,
    type_: str,
    plugin: str,
    *,
    items: str = "",
    description: str = "",
    options: tuple[str, ...] = (),
    children: Mapping[str, tuple[str, ...]] | None = None,
    operations: tuple[str, ...] = ("set",),
    configuration: JsonObject | None = None,
) -> FieldSpec:
    """A field that an administrator or an app added; `children` are the options below each option."""
    schema: JsonObject = {
        "type": type_,
        "custom": plugin if ":" in plugin else _TYPES + plugin,
        "customId": number,
    }
    if items:
        schema["items"] = items
    if configuration:
        schema["configuration"] = configuration
    return FieldSpec(
        f"customfield_{number}",
        name,
        kind,
        schema,
        (f"cf[{number}]", name),
        operations,
        description,
        _options(number, options, children or {}),
    )


def _options(number: int, names: tuple[str, ...], children: Mapping[str, tuple[str, ...]]) -> tuple[Option, ...]:
    step = 100 if len(names) <= 100 else 1000
    return tuple(
        Option(
            str(number * step + index),
            name,
            tuple(
                Option(str((number * step + index) * 100 + below), child)
                for below, child in enumerate(children.get(name, ()))
            ),
        )
        for index, name in enumerate(names)
    )
