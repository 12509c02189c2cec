"""Settings and clients show no secret when printed, nor do exceptions, with all that led to them, in a log."""

import traceback
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from connector_kit.logs import redactor
from mcp_suite.servers import find, load

from .full_run import ACCOUNTS, configure
from .planted import Planted, found_in
from .vendor import Vendor

ROUNDS = 4


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def shown(error: BaseException) -> str:
    """An exception as those tell it who write it down, which is never without what they know being taken out."""
    told = "".join(traceback.format_exception(error)) + "".join(f"{each!r} {each}" for each in chain(error))
    return redactor.text(told)


def test_no_secret_is_in_the_text_of_settings_clients_or_exceptions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    planted, texts, failures = Planted(), list[str](), list[BaseException]()

    async def call(service: str, account: str) -> None:
        spec = load(find(service))
        settings = spec.settings.load(account=account)
        await anyio.to_thread.run_sync(settings.require)
        client = await spec.connect(settings)
        texts.extend([repr(settings), str(settings), repr(settings.model_dump()), repr(client)])
        for _ in range(ROUNDS):
            try:
                await client.check()
            except Exception as error:  # noqa: BLE001 - whatever it is
                failures.append(error)
        await client.aclose()

    async def call_all() -> None:
        async with anyio.create_task_group() as group:
            for service, account in ACCOUNTS:
                group.start_soon(call, service, account)

    with Vendor(planted) as vendor:
        configure(tmp_path, planted, vendor.url)
        anyio.run(call_all)
        sent = str(vendor.vendor.requests)
    assert len(failures) > len(ACCOUNTS)
    used = set(found_in(sent, planted.secrets))
    assert used >= {"jira", "confluence", "client", "refresh", "access", "user", "bot", "pat", "password"}
    texts += [shown(error) for error in failures]
    assert [(kind, text) for text in texts for kind in found_in(text, planted.secrets)] == []
