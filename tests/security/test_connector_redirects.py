"""What Snowflake's own connector does when the account's host sends a request on to another host."""

from pathlib import Path

import anyio
import pytest

from connector_kit.errors import ServiceError
from connector_kit.testing.faults import Fault, ReceivedRequest
from snowflake_mcp.client import connect
from snowflake_mcp.settings import SnowflakeSettings

from .planted import Planted, found_in
from .vendor import SNOWFLAKE, Vendor


def sent_on(what: str) -> tuple[list[ReceivedRequest], dict[str, str]]:
    """The requests that arrive at the other host, where requests to a path that holds `what` are sent there."""
    planted = Planted()
    vendor = Vendor(planted)

    async def answer(request: ReceivedRequest) -> Fault:
        if what in request.path:
            return Fault.redirect(f"{vendor.elsewhere}{request.target}", 307)
        return vendor.welcome(request) if SNOWFLAKE in request.path else Fault.json({"success": False})

    vendor.answer_by(answer)
    with vendor:
        given = {"account_identifier": "o-a", "user": "ann", "token": planted.secret("pat"), "timeout": 20}
        settings = SnowflakeSettings.model_validate({**given, "api_url": vendor.url})

        async def call() -> None:
            client = await connect(settings)
            with pytest.raises(ServiceError):
                await client.check()
            await client.aclose()

        anyio.run(call)
        return vendor.stranger.requests, planted.secrets


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))


def test_a_statement_that_is_sent_on_carries_no_token() -> None:
    requests, secrets = sent_on("/queries/")
    assert requests
    assert found_in("".join(map(str, requests)), secrets) == []


@pytest.mark.xfail(reason="the connector has no setting against it; the guide to security says so", strict=True)
def test_a_login_that_is_sent_on_carries_no_token() -> None:
    requests, secrets = sent_on(SNOWFLAKE)
    assert found_in("".join(map(str, requests)), secrets) == []
