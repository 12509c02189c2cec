"""A sandbox is entered as what it is: whoever has real accounts set up takes nothing of them into it."""

from pathlib import Path

import pytest

from connector_kit.env_files import env_file_of
from mcp_suite.workflow.connection import launcher
from mcp_suite.workflow.definitions import WORKFLOWS
from slack_mcp.client import connect
from slack_mcp.settings import SlackSettings

from .planted import canary


@pytest.mark.anyio
async def test_a_real_slack_token_is_not_taken_into_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    token = canary("xoxp-")
    client = await connect(SlackSettings.model_validate({"sandbox": True, "token": token}))
    try:
        assert "human.pm" in await client.check()
    finally:
        await client.aclose()


def test_a_workflow_on_the_sandboxes_reads_no_settings_of_real_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "config").mkdir(mode=0o700)
    for workflow in WORKFLOWS:
        for service in workflow.servers():
            environment = launcher(workflow, sandbox=True)(service).environment
            assert not env_file_of(service, "", environment).parent.exists()
            assert environment["MCP_SUITE_STATE_DIR"] == str(tmp_path / "state")
