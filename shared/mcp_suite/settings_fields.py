"""What a server's settings mean to forms and catalogues outside of it: titles, kinds, defaults, secrets."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector_kit.credentials import Login, needed_for
from connector_kit.serving.session import ServerSpec
from mcp_suite.documents.environment import default_text

Kind = Literal["string", "number", "boolean"]

_CAPITALS = frozenset({"api", "id", "ids", "oauth", "sql", "uri", "url"})


@dataclass(frozen=True, slots=True)
class SettingField:
    """A setting as a person fills it in."""

    name: str
    variable: str
    meaning: str
    kind: Kind
    default: str
    """What the variable would say by default; empty when it has no default."""
    needed: Login | Literal["always", "never"]
    """For which way of signing in the live service needs it."""
    secret: bool
    choices: tuple[str, ...]
    least: float | None
    most: float | None

    @property
    def title(self) -> str:
        """The name in words: `api_token` -> `API token`."""
        words = [word.upper() if word in _CAPITALS else word for word in self.name.split("_")]
        return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def setting_fields(spec: ServerSpec[Any, Any]) -> list[SettingField]:
    """The settings of a server: those that every account needs, those of a token, the rest."""
    fields: Mapping[str, FieldInfo] = spec.settings.model_fields
    made = [_setting(spec, name, field) for name, field in fields.items()]
    return sorted(made, key=lambda field: {"always": 0, "token": 1}.get(field.needed, 2))


def _setting(spec: ServerSpec[Any, Any], name: str, field: FieldInfo) -> SettingField:
    kinds = _kinds(field.annotation)
    enum = next((kind for kind in kinds if issubclass(kind, Enum)), None)
    return SettingField(
        name=name,
        variable=spec.settings.variable(name),
        meaning=field.description or "",
        kind=_kind(kinds),
        default=default_text(field),
        needed=needed_for(field),
        secret=SecretStr in kinds,
        choices=tuple(str(item.value) for item in enum) if enum else _literals(field.annotation),
        least=_bound(field, annotated_types.Ge, "ge"),
        most=_bound(field, annotated_types.Le, "le"),
    )


def _kinds(annotation: Any) -> list[type]:
    """The classes that a value may have, without None and what containers hold."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return [kind for part in get_args(annotation) for kind in _kinds(part)]
    kind = origin or annotation
    return [kind] if isinstance(kind, type) and kind is not type(None) else []


def _literals(annotation: Any) -> tuple[str, ...]:
    """The texts that a value may be, where they are listed."""
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def _kind(kinds: list[type]) -> Kind:
    if bool in kinds:
        return "boolean"
    return "number" if {int, float} & set(kinds) else "string"


def _bound(field: FieldInfo, constraint: type, name: str) -> float | None:
    found = (getattr(item, name) for item in field.metadata if isinstance(item, constraint))
    return next((float(value) for value in found), None)
