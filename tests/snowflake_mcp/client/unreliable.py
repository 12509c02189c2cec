"""An engine whose account does what a test tells it to, and what tests of faults say to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from connector_kit.testing.faults import Fault
from snowflake_mcp.client import connect
from snowflake_mcp.client.engine import Engine
from snowflake_mcp.models import Result

from ..scripted import Scripted, Stated

READ = "SELECT name FROM t"
WRITE = "INSERT INTO t VALUES (1)"
DROPPED = Fault().dropped("before_answer")
RESET = Fault().dropped("reset")
NONSENSE = {
    "garbage": Fault.garbage(),
    "a web page": Fault.html(),
    "an empty body": Fault(),
    "half of a compressed body": Fault.truncated_gzip(),
    "a body that breaks off": Fault.json({"data": {"rowset": [["x"] * 50]}}).dropped("mid_body"),
    "forbidden": Fault(403),
    "not found": Fault(404),
}
"""Answers of something that is not Snowflake, or not at its best."""


@asynccontextmanager
async def connected(account: Scripted, **settings: Any) -> AsyncGenerator[Engine]:
    """The engine of a client that signs in there."""
    client = await connect(account.settings(**settings))
    try:
        yield client.engine
    finally:
        await client.aclose()


async def read(engine: Engine, sql: str = READ) -> Result:
    """A read that waits for its result."""
    return await engine.read(sql, context=engine.context())


async def write(engine: Engine, sql: str = WRITE) -> Result:
    """A change in a session of its own."""
    async with engine.exclusive(engine.context()) as own:
        return await own.run(sql)


def sent(account: Scripted, sql: str) -> list[int]:
    """How often a statement was carried out, and how often it came each time."""
    return [statement.arrivals for statement in account.statements if statement.sql == sql]


def break_after(account: Scripted, verb: str, fault: Fault) -> None:
    """Let the answer to the next statement after one that begins with `verb` get lost; it is carried out."""

    def watch(statement: Stated) -> bool:
        if statement.verb == verb:
            account.fault("query", fault, carried_out=True)
        return False

    account.answer(watch)
