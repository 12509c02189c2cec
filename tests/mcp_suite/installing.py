"""What tests of `mcp-suite install` share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import Result

from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script

Suite = Callable[..., Result]
Pens = tuple[Script, ServerSpec[Any, Any]]
SECTIONS = {"claude-desktop": "mcpServers", "claude-code": "mcpServers", "cursor": "mcpServers", "vscode": "servers"}
JIRA = str(client_config.executable(Script("jira-mcp", "jira_mcp")))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def refused(result: Result) -> str:
    assert isinstance(result.exception, SuiteError), result.output
    return str(result.exception)
