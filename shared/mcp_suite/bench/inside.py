"""The server in this process, for what cannot be measured from outside."""

import logging
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from mcp import Client
from mcp_types import TextContent

from connector_kit.audit import AuditLog
from connector_kit.serving.server import create_server
from connector_kit.serving.session import Session
from mcp_suite.bench.figures import MeasurementError
from mcp_suite.isolated import Isolated
from mcp_suite.servers import Script, load


class InsideClient:
    """Tool calls to a server in this process, through the SDK's own client and framing."""

    def __init__(self, client: Client, session: Session[Any, Any]) -> None:
        """Wrap a connected client."""
        self.session = session
        self._client = client

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> str:
        """Call a tool; answers its text.

        Raises:
            MeasurementError: the tool failed.
        """
        result = await self._client.call_tool(tool, dict(arguments))
        text = "\n".join(part.text for part in result.content if isinstance(part, TextContent))
        if result.is_error:
            raise MeasurementError(f"{tool}: {text}")
        return text


@asynccontextmanager
async def inside(script: Script, place: Isolated, variables: Mapping[str, str]) -> AsyncGenerator[InsideClient]:
    """A connected client of the script's server with these settings, and audit records as usual."""
    spec = load(script)
    audit = AuditLog(place.folder / "audit", spec.script, "bench")
    session: Session[Any, Any] = Session(spec, spec.settings.load(environ=variables), None, audit)
    with _logging_as_a_server():
        async with Client(create_server(spec, session, "bench"), mode="legacy") as client:
            yield InsideClient(client, session)


@contextmanager
def _logging_as_a_server() -> Generator[None]:
    """Log warnings only, as the scripts do, and nowhere: this process's terminal is for figures."""
    root = logging.getLogger()
    handler, level = logging.NullHandler(), root.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
