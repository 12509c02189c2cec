"""The kinds of objects that can be listed: how each is shown, and what of it is worth telling."""

from dataclasses import dataclass
from typing import Final, Literal

from snowflake_mcp.kinds import ListedKind


@dataclass(frozen=True, slots=True)
class Shown:
    """`level` is what its objects are in. `columns` are those of SHOW, or several of which the first is taken."""

    show: str
    level: Literal["account", "database", "schema"]
    columns: tuple[tuple[str, ...], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The first name of each column."""
        return tuple(column[0] for column in self.columns)


_COMMENT = ("comment",)

KINDS: Final[dict[ListedKind, Shown]] = {
    "databases": Shown("DATABASES", "account", (("kind",), ("origin",), _COMMENT)),
    "schemas": Shown("SCHEMAS", "database", (("kind",), _COMMENT)),
    "tables": Shown("TABLES", "schema", (("rows",), ("bytes",), ("kind",), _COMMENT)),
    "views": Shown("VIEWS", "schema", (("kind",), _COMMENT)),
    "dynamic tables": Shown(
        "DYNAMIC TABLES",
        "schema",
        (("rows",), ("bytes",), ("target_lag",), ("scheduling_state",), ("refresh_mode",), ("warehouse",), _COMMENT),
    ),
    "external tables": Shown("EXTERNAL TABLES", "schema", (("location",), ("file_format_name",), _COMMENT)),
    "stages": Shown("STAGES", "schema", (("type",), ("url",), _COMMENT)),
    "file formats": Shown("FILE FORMATS", "schema", (("type",), _COMMENT)),
    "tasks": Shown(
        "TASKS", "schema", (("state",), ("schedule",), ("warehouse",), ("predecessors",), ("definition",), _COMMENT)
    ),
    "pipes": Shown("PIPES", "schema", (("definition",), _COMMENT)),
    "streams": Shown("STREAMS", "schema", (("table_name",), ("mode",), ("stale",), _COMMENT)),
    "functions": Shown("USER FUNCTIONS", "schema", (("language",), ("description",))),
    "procedures": Shown("PROCEDURES", "schema", (("description",),)),
    "sequences": Shown("SEQUENCES", "schema", (("next_value",), ("interval",), _COMMENT)),
    "warehouses": Shown(
        "WAREHOUSES",
        "account",
        (("state",), ("size",), ("running",), ("queued",), ("auto_suspend",), ("auto_resume",), _COMMENT),
    ),
    "roles": Shown("ROLES", "account", (("is_current",), ("granted_roles",), _COMMENT)),
}

SHADOWED: Final = frozenset({"INFORMATION_SCHEMA"})
"""The schema that is in every database, and that nobody looks for."""
