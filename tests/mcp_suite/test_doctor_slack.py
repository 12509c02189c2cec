"""What the doctor says of a Slack account: as whom it signs in, what its token lacks, and why it is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mcp_suite.doctor.account import Account
from mcp_suite.doctor.credential import addresses_of, check_credential
from mcp_suite.doctor.examination import examine
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.network import check_way
from mcp_suite.doctor.settings import check_access, check_settings
from mcp_suite.servers import find
from slack_mcp.sandbox import SANDBOX_BOT_TOKEN, SANDBOX_TOKEN
from slack_mcp.sandbox.accounts import READ_TOKEN, REVOKED_TOKEN
from slack_mcp.server import SERVER

PAGE = "https://api.slack.com/apps"

pytestmark = pytest.mark.anyio


@pytest.fixture
def use(slack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the env file of an account at the sandbox, with this token."""
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(folder))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))

    def write(token: str) -> None:
        path = folder / ".env.slack"
        path.write_text(f"SLACK_API_URL={slack}\nSLACK_TOKEN={token}\n")
        path.chmod(0o600)

    return write


async def examined() -> list[Finding]:
    read = check_settings(SERVER, Account("slack"), expected=True)
    assert read.settings is not None
    [address] = addresses_of(SERVER, read.settings, read.origins)
    return await check_credential(SERVER, read.settings, read.origins, await check_way(address))


@pytest.mark.parametrize(("token", "kind"), [(SANDBOX_TOKEN, "user token"), (SANDBOX_BOT_TOKEN, "bot token")])
async def test_who_signs_in_is_told_with_the_kind_of_token(use: Callable[[str], None], token: str, kind: str) -> None:
    use(token)
    [found] = await examined()
    assert found.state is State.OK
    assert f"{kind}) at PM OS" in found.told


async def test_scopes_that_a_token_lacks_are_told_with_the_tools_that_need_them(use: Callable[[str], None]) -> None:
    use(READ_TOKEN)
    found = next(found for found in await examined() if found.check == "scopes")
    assert found.state is State.FAIL
    assert "files:read" in found.told
    assert "slack_read_file" in found.told
    assert found.fix.startswith("Add these scopes in the app's settings and get a new token")


@pytest.mark.parametrize(
    ("token", "told"), [("xoxp-nobody-knows-it", "does not accept the token"), (REVOKED_TOKEN, "was revoked")]
)
async def test_a_token_that_is_refused_is_told_with_the_page_for_a_new_one(
    use: Callable[[str], None], token: str, told: str
) -> None:
    use(token)
    [found] = await examined()
    assert found.state is State.FAIL
    assert told in found.told
    assert PAGE in found.fix
    assert "mcp-suite auth login slack" in found.fix
    assert token not in found.told + found.fix


async def test_where_a_token_comes_from_is_told_when_there_is_none(use: Callable[[str], None]) -> None:
    use("")
    missing = next(found for found in check_settings(SERVER, Account("slack"), expected=True).findings if found.fix)
    assert missing.told == "SLACK_TOKEN not set"
    assert f"(token: {PAGE})" in missing.fix


@pytest.mark.parametrize("asked", [False, True])
async def test_the_network_of_a_service_that_nobody_set_up_is_nobody_s_trouble(
    asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # so that nothing is asked of the real service
    found = await examine([find("slack")], expected=asked, offline=False)
    assert ("network" in {each.check for each in found}) is asked
    assert (State.FAIL in {each.state for each in found if each.subject == "slack"}) is asked


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "tools are on; more with SLACK_ACCESS=write or delete and SLACK_TOOLSETS="),
        ("SLACK_ACCESS=delete\n", "tools are on; more with SLACK_TOOLSETS="),
        ("SLACK_ACCESS=delete\nSLACK_TOOLSETS=", f"{len(SERVER.toolset)} of {len(SERVER.toolset)} tools are on"),
    ],
)
async def test_what_turns_on_more_tools_is_told(
    use: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, lines: str, told: str
) -> None:
    use(SANDBOX_TOKEN)
    for line in lines.splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value or ",".join(SERVER.toolset.optional))
    settings = check_settings(SERVER, Account("slack"), expected=True).settings
    assert settings is not None
    found = check_access(SERVER, settings, Account("slack")).told
    assert told in found
    assert ("more with" in told) is ("more with" in found)
