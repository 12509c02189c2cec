"""The kinds of objects that tools name."""

from typing import Literal

ListedKind = Literal[
    "databases",
    "schemas",
    "tables",
    "views",
    "dynamic tables",
    "external tables",
    "stages",
    "file formats",
    "tasks",
    "pipes",
    "streams",
    "functions",
    "procedures",
    "sequences",
    "warehouses",
    "roles",
]
"""What can be listed."""

DdlKind = Literal[
    "table",
    "view",
    "dynamic table",
    "schema",
    "database",
    "function",
    "procedure",
    "task",
    "pipe",
    "stream",
    "sequence",
    "file format",
    "warehouse",
]
"""What Snowflake gives the DDL of."""
