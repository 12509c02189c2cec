"""Fields and their values as lists that a model reads."""

from dataclasses import dataclass

from jira_mcp.models import FieldInfo, ScreenField


@dataclass(frozen=True, slots=True)
class FieldList:
    """The fields of `where` that were asked for, of `total` there."""

    where: str
    fields: tuple[ScreenField, ...]
    total: int


@dataclass(frozen=True, slots=True)
class FieldValues:
    """The values of one field that were asked for, the likeliest first, of `total` that fit.

    `field` is its entry on the screen that was asked for, None without one. `note` tells what cannot be listed.
    """

    info: FieldInfo
    where: str
    field: ScreenField | None
    values: tuple[str, ...]
    total: int
    note: str = ""
