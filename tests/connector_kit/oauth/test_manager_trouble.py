"""One login for many callers: one renewal at a time, and what is told when it goes wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from filelock import FileLock
from pydantic import SecretStr

from connector_kit.errors import BadAnswer, NotConfigured, OutcomeUnknown, ServiceError, TimedOut, Unavailable
from connector_kit.oauth.failures import LoginRequired, ScopesChanged, WrongClient
from connector_kit.oauth.profiles import ATLASSIAN, JIRA, SLACK_USER, OAuthClient
from connector_kit.testing import dialects
from connector_kit.testing.authorization_server import AuthorizationServer, TokenFault
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.logins import CREDENTIAL

from .setting import Setting

pytestmark = pytest.mark.anyio
HOUR = 3600.0


# One at a time


async def test_fifty_callers_share_one_renewal_and_its_failure(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    setting.server.next_tokens(*[TokenFault.failing(503)] * 3, TokenFault.slow(0.1))
    manager = setting.manager(reuse_leeway=600.0)
    outcomes: list[object] = []

    async def call() -> None:
        try:
            outcomes.append(await manager.access_token())
        except ServiceError as error:
            outcomes.append(error)

    for expected in (Unavailable, str):
        outcomes.clear()
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(call)
        assert {type(outcome) for outcome in outcomes} == {expected}
    assert len(set(outcomes)) == 1
    assert len(setting.server.requests) == 4
    assert setting.server.count("refreshed") == 1


async def test_a_caller_who_gives_up_does_not_interrupt_the_renewal(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    setting.server.think_time = 0.15
    manager = setting.manager()
    with anyio.move_on_after(0.05) as scope:
        await manager.access_token()
    assert scope.cancel_called
    assert setting.stored().access_token == await manager.access_token()
    assert setting.server.accepts(await manager.access_token())
    assert setting.server.count("refreshed") == 1


async def test_a_caller_who_gives_up_while_waiting_leaves_the_lock_to_the_next(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    manager = setting.manager()
    with FileLock(setting.vault.path(CREDENTIAL).with_suffix(".lock"), mode=0o600):
        with anyio.move_on_after(0.1) as scope:
            await manager.access_token()
        assert scope.cancelled_caught
    assert setting.server.accepts(await manager.access_token())


async def test_another_process_that_does_not_finish_is_told_after_a_while(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    with (
        FileLock(setting.vault.path(CREDENTIAL).with_suffix(".lock"), mode=0o600),
        pytest.raises(Unavailable, match="Another process is renewing the login to Atlassian"),
    ):
        await setting.manager(patience=0.1).access_token()
    assert setting.server.requests == []


async def test_a_token_that_still_lives_is_used_while_another_process_renews_it(setting: Setting) -> None:
    tokens = setting.log_in()
    setting.clock.advance(0.9 * HOUR)
    with FileLock(setting.vault.path(CREDENTIAL).with_suffix(".lock"), mode=0o600):
        assert await setting.manager().access_token() == tokens.access_token


async def test_a_lock_that_cannot_be_used_is_told(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    setting.vault.path(CREDENTIAL).with_suffix(".lock").mkdir()
    with pytest.raises(Unavailable, match="cannot be used"):
        await setting.manager().access_token()


# What goes wrong


@pytest.mark.parametrize(
    "fault",
    [TokenFault.drop_before(), TokenFault.drop_after(), TokenFault.garbage(), TokenFault.slow(1.0)],
    ids=["dropped before", "dropped after", "garbage", "slow"],
)
@pytest.mark.parametrize("leeway", [600.0, 0.0])
async def test_a_lost_answer_is_asked_for_once_more(setting: Setting, fault: TokenFault, leeway: float) -> None:
    setting.server.reuse_leeway = leeway or -1.0  # the clock stands still
    setting.log_in()
    setting.clock.advance(HOUR)
    setting.server.next_tokens(fault)
    manager = setting.manager(reuse_leeway=leeway)
    if leeway or not fault.carried_out:
        assert setting.server.accepts(await manager.access_token())
        assert setting.server.accepts(setting.stored().access_token)
    else:
        with pytest.raises(LoginRequired, match=r"lost on the way.*`mcp-suite auth login jira`"):
            await manager.access_token()
    assert len(setting.server.requests) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (TokenFault.drop_before(), (OutcomeUnknown, Unavailable)),
        (TokenFault.failing(503), (OutcomeUnknown, Unavailable)),
        (TokenFault.garbage(carried_out=False), (BadAnswer,)),
        (TokenFault.html(), (BadAnswer,)),
        (TokenFault(delay=1.0, drop=True), (OutcomeUnknown, TimedOut)),
    ],
    ids=["dropped", "503", "garbage", "web page", "silent"],
)
async def test_a_vendor_in_trouble_costs_nothing_while_the_token_lives(
    setting: Setting, fault: TokenFault, expected: tuple[type[ServiceError], ...]
) -> None:
    tokens = setting.log_in()
    setting.clock.advance(0.9 * HOUR)
    setting.server.next_tokens(*[fault] * 2)
    manager = setting.manager()
    assert await manager.access_token() == tokens.access_token
    asked = len(setting.server.requests)
    assert await manager.access_token() == tokens.access_token  # and is left alone for a while
    assert len(setting.server.requests) == asked
    setting.clock.advance(HOUR)
    setting.server.next_tokens(*[fault] * 3)
    with pytest.raises(expected):
        await setting.manager().access_token()
    assert setting.stored() == tokens


async def test_after_a_while_the_vendor_is_asked_again(setting: Setting) -> None:
    tokens = setting.log_in()
    setting.clock.advance(0.9 * HOUR)
    setting.server.next_tokens(*[TokenFault.html()] * 2)
    manager = setting.manager()
    assert await manager.access_token() == tokens.access_token
    setting.clock.advance(31)
    assert await manager.access_token() != tokens.access_token


async def test_without_any_login_the_command_is_named(setting: Setting) -> None:
    with pytest.raises(LoginRequired, match=r"not happened yet.*`mcp-suite auth login jira`"):
        await setting.manager().access_token()
    assert await setting.manager().tokens() is None
    assert setting.server.requests == []


async def test_a_login_without_a_refresh_token_ends_with_its_access_token(setting: Setting) -> None:
    setting.vault.save(CREDENTIAL, replace(setting.log_in(), refresh_token=None))
    manager = setting.manager()
    assert setting.server.accepts(await manager.access_token())
    setting.clock.advance(HOUR)
    with pytest.raises(LoginRequired, match="cannot be renewed"):
        await manager.access_token()


@pytest.mark.parametrize(
    ("dialect", "base"),
    [
        (dialects.STANDARD, replace(ATLASSIAN, name="jira")),
        (dialects.ATLASSIAN, JIRA),
        (dialects.ATLASSIAN_DOCUMENTED, JIRA),
        (dialects.SLACK_USER, replace(SLACK_USER, name="jira")),
    ],
)
async def test_a_revoked_login_is_told_with_the_command_and_not_asked_about_again(
    tmp_path: Path, dialect: dialects.Dialect, base: Any
) -> None:
    clock = FakeClock(1.7e9)
    with AuthorizationServer(dialect=dialect, clock=clock) as server:
        setting = Setting(server, clock, tmp_path)
        tokens = setting.log_in()
        clock.advance(HOUR)
        server.revoke_all()
        manager = setting.manager(base=base)
        for _ in range(3):
            with pytest.raises(LoginRequired, match="`mcp-suite auth login jira`") as caught:
                await manager.access_token()
            assert (tokens.refresh_token or "?") not in str(caught.value)
        assert len(server.requests) == 1
        clock.advance(61)
        with pytest.raises(LoginRequired):
            await manager.access_token()
        assert len(server.requests) == 2
        setting.log_in()  # by another process
        assert server.accepts(await manager.access_token())


@pytest.mark.parametrize(
    ("dialect", "base"),
    [(dialects.STANDARD, JIRA), (dialects.ATLASSIAN, JIRA), (dialects.SLACK_USER, replace(SLACK_USER, name="jira"))],
)
async def test_a_wrong_client_secret_is_told_by_its_variable_and_costs_no_login(
    tmp_path: Path, dialect: dialects.Dialect, base: Any
) -> None:
    clock = FakeClock(1.7e9)
    with AuthorizationServer(dialect=dialect, clock=clock) as server:
        setting = Setting(server, clock, tmp_path)
        setting.log_in()
        clock.advance(HOUR)
        wrong = OAuthClient("client-1", SecretStr("wrong-secret"))
        with pytest.raises(WrongClient, match=r"`mcp-suite auth login jira`, which asks.*JIRA_CLIENT_SECRET") as caught:
            await setting.manager(client=wrong, base=base).access_token()
        assert not isinstance(caught.value, LoginRequired)
        assert "wrong-secret" not in str(caught.value)
        assert server.accepts(await setting.manager(base=base).access_token())


async def test_a_client_that_is_not_set_is_told_by_its_variables(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    with pytest.raises(NotConfigured, match=r"JIRA_CLIENT_ID.*JIRA_CLIENT_SECRET"):
        await setting.manager(client=OAuthClient("")).access_token()


async def test_scopes_that_are_not_allowed_any_more_are_told(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    setting.server.next_tokens(TokenFault.json({"error": "invalid_scope"}, 400))
    with pytest.raises(ScopesChanged, match="scopes"):
        await setting.manager().access_token()


async def test_scopes_that_changed_are_stored(setting: Setting) -> None:
    setting.log_in("read:jira-work", "write:jira-work")
    setting.clock.advance(HOUR)
    setting.server.granted_scopes = ("read:jira-work",)
    await setting.manager().access_token()
    assert setting.stored().scopes == ("read:jira-work",)
