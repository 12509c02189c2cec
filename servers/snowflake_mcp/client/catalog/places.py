"""Where is looked: the account, databases and schemas, within the databases that the settings allow."""

import re
from dataclasses import dataclass

from connector_kit.errors import InvalidInput, NotPermitted
from snowflake_mcp.guard import Databases, ObjectName, parse_name, written
from snowflake_mcp.models import Context


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A schema, a database (no schema) or the account (neither); names as Snowflake keeps them."""

    database: str | None = None
    schema: str | None = None

    @property
    def scope(self) -> str:
        """As SHOW … IN has it."""
        if self.database is None:
            return "ACCOUNT"
        if self.schema is None:
            return f"DATABASE {written(self.database)}"
        return f"SCHEMA {written(self.database)}.{written(self.schema)}"

    def __str__(self) -> str:
        return "the account" if self.database is None else self.scope.partition(" ")[2]

    @property
    def told(self) -> str:
        """Its name for a note, in one word: one that the account gave must not speak."""
        return re.sub(r"[^\w$.]+", "-", str(self))[:80] if self.database else str(self)

    def has(self, name: ObjectName) -> bool:
        """Whether an object with a full name is in it, or is it."""
        return self.database in (None, name.database) and self.schema in (None, name.schema)


ACCOUNT = Place()


def place_of(within: str) -> Place | None:
    """The place that a caller names: DATABASE, DATABASE.SCHEMA or ACCOUNT; None for "". Raises InvalidInput."""
    text = within.strip()
    if not text:
        return None
    if text.upper() == "ACCOUNT":
        return ACCOUNT
    name = parse_name(text, parameter="within")
    if name.database is not None:
        raise InvalidInput(
            "The place cannot be used.",
            fields={"within": "is DATABASE or DATABASE.SCHEMA"},
            next_step="A table is described by snowflake_describe_table.",
        )
    return Place(name.name) if name.schema is None else Place(name.schema, name.name)


def allowed(place: Place, databases: Databases) -> tuple[Place, ...]:
    """What of a place may be read. Raises NotPermitted if nothing of it may."""
    if not databases.allowed:
        return (place,)
    entries = [Place(database, schema) for database, schema in databases.allowed]
    if place.database is None:
        return tuple(sorted(entries, key=str))
    inside = [entry for entry in entries if entry.database == place.database]
    if any(entry.schema in (None, place.schema) for entry in inside):
        return (place,)
    if place.schema is None and inside:
        return tuple(sorted(inside, key=str))
    raise NotPermitted(
        f"{place} is outside of the databases that tools may touch: {databases}.",
        next_step="Name one of these, or ask the user to extend SNOWFLAKE_DATABASES.",
    )


def shows(databases: Databases, name: ObjectName) -> bool:
    """Whether an object with a full name may be told of; a database also if one of its schemas may."""
    if not databases.allowed or databases.allows(name):
        return True
    return not name.name and name.schema is None and any(name.database == each for each, _ in databases.allowed)


def full_name(name: ObjectName, home: Context, *, parameter: str = "table") -> ObjectName:
    """The name with what it leaves out, from the session. Raises InvalidInput naming `parameter` if it has none."""
    database = name.database or home.database
    schema = name.schema or home.schema
    if not database or not schema:
        lacking = "database" if not database else "schema"
        raise InvalidInput(
            f"The session has no {lacking}.",
            fields={parameter: "has to be DATABASE.SCHEMA.NAME"},
            next_step="snowflake_search_objects finds tables with their full names.",
        )
    return ObjectName(database, schema, name.name)


def check(databases: Databases, name: ObjectName) -> None:
    """Raise NotPermitted for an object outside of the databases that tools may touch."""
    if not databases.allows(name):
        raise NotPermitted(
            f"{name} is outside of the databases that tools may touch: {databases}.",
            next_step="Use one of these, or ask the user to extend SNOWFLAKE_DATABASES.",
        )
