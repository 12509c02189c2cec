"""A database of a test's own in the stand-in, for what changes data."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.models import Context
from snowflake_mcp.settings import SnowflakeSettings

SCHEMA = "WORK"


@dataclass
class Scratch:
    """A database with a schema, and in that a table `orders` of four rows; gone after the test."""

    client: SnowflakeClient
    name: str = field(default_factory=lambda: f"TEST_{secrets.token_hex(4).upper()}")

    @property
    def schema(self) -> str:
        """The whole name of the schema."""
        return f"{self.name}.{SCHEMA}"

    @property
    def context(self) -> Context:
        """Where names without a schema are of this one."""
        return self.client.engine.context(database=self.name, schema=SCHEMA)

    def settings(self, settings: SnowflakeSettings, **others: Any) -> SnowflakeSettings:
        """Settings of a server whose usual place it is."""
        return settings.model_copy(update={"database": self.name, "default_schema": SCHEMA, **others})

    async def run(self, *statements: str) -> None:
        """Run statements, none of them examined; {s} is the schema."""
        async with self.client.engine.exclusive(self.client.engine.context()) as own:
            for sql in statements:
                await own.run(sql.replace("{s}", self.schema))

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a query."""
        return (await self.client.engine.read(sql, context=self.context)).rows

    async def value(self, sql: str) -> object:
        """The only value of a query."""
        [[value]] = await self.rows(sql)
        return value

    async def tables(self) -> set[str]:
        """The names of its tables and views."""
        result = await self.client.engine.read(f"SHOW OBJECTS IN SCHEMA {self.schema}", context=self.context)
        return {str(record["name"]) for record in result.records()}


@asynccontextmanager
async def scratch_in(client: SnowflakeClient) -> AsyncGenerator[Scratch]:
    """A new database with its table; dropped at the end with all that is in it."""
    made = Scratch(client)
    await made.run(
        f"CREATE DATABASE {made.name}",
        "CREATE SCHEMA {s}",
        "CREATE TABLE {s}.orders (id INT, customer VARCHAR(20), total NUMBER(10,2), day DATE)",
        "INSERT INTO {s}.orders VALUES (1, 'Ann', 10, '2026-01-01'), (2, 'Bob', 20, '2026-01-02'), "
        "(3, 'Ann', 30, '2026-01-03'), (4, NULL, 40, NULL)",
    )
    try:
        yield made
    finally:
        await made.run(f"DROP DATABASE {made.name}")


def token_in(text: str) -> str:
    """The token that a preview ends with."""
    found = re.search(r"run=(\S+)", text)
    assert found, text
    return found[1]
