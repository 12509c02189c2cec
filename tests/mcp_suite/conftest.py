"""A small server to write documents about, and the command line as a function."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, SecretStr
from typer.testing import CliRunner, Result

from connector_kit.credentials import ServiceSettings, required
from connector_kit.serving.session import ServerSpec
from connector_kit.serving.toolset import Toolset
from mcp_suite.app import app
from mcp_suite.servers import Script

TOOLS = Toolset("pens")


@TOOLS.tool(title="Find pens", effect="reads")
async def pens_search_pens(
    text: Annotated[str, Field(description="Words | phrases.")],
    colour: Annotated[Literal["red", "blue"], Field(description="Ink.")] = "red",
    limit: Annotated[int, Field(description="How many.", ge=1, le=100)] = 25,
    names: Annotated[list[str], Field(description="Only these.")] = [],  # noqa: B006 - the schema shows the default
) -> str:
    """Find pens by their text.

    Use pens_delete_pen to throw one away.
    """
    return f"{text}{colour}{limit}{names}"


@TOOLS.tool(title="Throw a pen away", effect="destroys")
async def pens_delete_pen() -> str:
    """Throw the pen away."""
    return "gone"


class PenSettings(ServiceSettings, service="pens"):
    """Settings of the made-up service."""

    url: str | None = required("The shop's address, like https://pens.example.")
    api_token: SecretStr | None = required("A token of the shop.")
    requests_per_minute: float = Field(default=100.0, description="The pace.")
    shelves: tuple[str, ...] = Field(default=(), description="Only these shelves.")
    drawers: tuple[str, ...] = Field(default=("A", "B"), description="Only these drawers.")


async def _connect(settings: PenSettings) -> Any:
    raise AssertionError(f"documents connect to nothing, not even to {settings.url}")


@pytest.fixture
def pens() -> tuple[Script, ServerSpec[Any, Any]]:
    """The script and the spec of the made-up server."""
    spec: ServerSpec[PenSettings, Any] = ServerSpec(
        service="pens", title="Pens", toolset=TOOLS, settings=PenSettings, connect=_connect, instructions="Pens."
    )
    return Script("pens-mcp", "pens_mcp"), spec


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Run `mcp-suite` with these arguments, on folders of the test's own."""
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run
