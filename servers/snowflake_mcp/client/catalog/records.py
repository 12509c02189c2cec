"""What the catalogue tells of databases, schemas, tables and the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from snowflake_mcp.guard import ObjectName


@dataclass(frozen=True, slots=True)
class Entry:
    """An object of a list: its name, and what there is to say of it by the names of the columns of its kind.

    `arguments` tell functions of one name apart, "" for all else.
    """

    name: ObjectName
    details: Mapping[str, object] = field(default_factory=dict[str, object])
    arguments: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """By what a list is sorted: unlike for any two entries of it."""
        return (self.name.database or "", self.name.schema or "", self.name.name, self.arguments)


@dataclass(frozen=True, slots=True)
class Listing:
    """All objects of a kind in some places, by name; `notes` say what could not be read."""

    entries: tuple[Entry, ...]
    columns: tuple[str, ...]
    place: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column that a search came upon."""

    name: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came upon: a database, a schema, or a table or view with those of its columns that match."""

    kind: str
    name: ObjectName
    comment: str = ""
    rows: int | None = None
    columns: tuple[FoundColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """The answer of a search, best first; `total` counts all that matched, `notes` say where was not looked."""

    found: tuple[Found, ...]
    total: int
    place: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table or view. `default` is an expression, "" for none; `policy` masks its values."""

    name: str
    type: str
    nullable: bool = True
    default: str = ""
    comment: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of a table refer to `referred` of the table `target`, each to the one in its place."""

    columns: tuple[str, ...]
    target: ObjectName
    referred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. `rows` and `size` in bytes are None where Snowflake does not tell; `text` defines a view."""

    name: ObjectName
    kind: str
    columns: tuple[TableColumn, ...]
    rows: int | None = None
    size: int | None = None
    comment: str = ""
    clustering: str = ""
    owner: str = ""
    created: str = ""
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    text: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_view(self) -> bool:
        """Whether it is a query by name: its rows are not counted anywhere."""
        return "VIEW" in self.kind


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """What one column holds, out of the rows that were counted; None where it does not apply to the type."""

    nulls: int
    distinct: int | None = None
    least: object = None
    greatest: object = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What columns hold, by their names, in `rows` rows; `sampled` says how these were chosen if they are not all."""

    rows: int
    columns: Mapping[str, ColumnCounts]
    sampled: str = ""
