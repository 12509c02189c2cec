"""One login for many callers: when it is renewed, by whom, what is kept, and what is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from connector_kit.errors import NotConfigured, ServiceError, Unavailable
from connector_kit.oauth import vault as vault_module
from connector_kit.oauth.failures import KeyUnavailable, LoginRequired
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.logins import CREDENTIAL, token_set

from .setting import Setting

pytestmark = pytest.mark.anyio
HOUR = 3600.0


# When it is renewed


async def test_an_hours_token_serves_fifty_minutes_and_is_then_renewed(setting: Setting) -> None:
    first = setting.log_in().access_token
    manager = setting.manager()
    assert await manager.access_token() == first
    setting.clock.advance(49.9 * 60)
    assert await manager.access_token() == first
    assert setting.server.count("refreshed") == 0
    setting.clock.advance(0.2 * 60)
    second = await manager.access_token()
    assert second != first
    assert setting.server.accepts(second)
    assert setting.server.count("refreshed") == 1
    assert await manager.access_token() == second
    assert setting.server.count("refreshed") == 1


async def test_a_fresh_token_is_taken_from_the_store_without_asking_the_vendor(setting: Setting) -> None:
    tokens = setting.log_in("read:jira-work")
    assert await setting.manager().access_token() == tokens.access_token
    assert await setting.manager().tokens() == tokens
    assert setting.server.requests == []


async def test_a_short_life_does_not_mean_a_renewal_at_each_call(setting: Setting) -> None:
    setting.server.lifetime = 300.0
    setting.log_in()
    setting.clock.advance(HOUR)
    manager = setting.manager()  # whose margin is ten minutes
    for _ in range(3):
        await manager.access_token()
        setting.clock.advance(40)
    assert setting.server.count("refreshed") == 1


async def test_a_token_that_does_not_expire_is_never_renewed(setting: Setting) -> None:
    setting.vault.save(CREDENTIAL, replace(setting.log_in(), expires_at=None))
    manager = setting.manager()
    setting.clock.advance(1000 * HOUR)
    assert await manager.access_token()
    assert setting.server.requests == []


async def test_a_refused_token_is_renewed_once_for_all_who_were_refused(setting: Setting) -> None:
    first = setting.log_in().access_token
    manager = setting.manager()
    setting.clock.advance(60)
    setting.server.expire_access_tokens()
    renewed: list[bool] = []

    async def refused() -> None:
        renewed.append(await manager.renew(first))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(refused)
    assert renewed == [True] * 20
    assert setting.server.count("refreshed") == 1
    assert setting.server.accepts(await manager.access_token())


async def test_a_token_that_was_just_issued_is_not_renewed_when_it_is_refused(setting: Setting) -> None:
    first = setting.log_in().access_token
    manager = setting.manager()
    assert not await manager.renew(first)
    setting.clock.advance(60)
    assert await manager.renew(first)
    assert setting.server.count("refreshed") == 1


async def test_a_refused_token_that_another_process_has_replaced_costs_no_renewal(setting: Setting) -> None:
    old = setting.log_in().access_token
    manager = setting.manager()
    assert await manager.access_token() == old
    new = setting.log_in().access_token
    assert await manager.renew(old)
    assert await manager.access_token() == new
    assert setting.server.requests == []


@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_clock_that_is_set_does_no_harm(setting: Setting, hours: float) -> None:
    ours = FakeClock(setting.clock())
    setting.log_in()
    manager = setting.manager(clock=ours)
    await manager.access_token()
    ours.advance(hours * HOUR)
    for _ in range(6):
        token = await manager.access_token()
        if not setting.server.accepts(token):
            assert await manager.renew(token)
        assert setting.server.accepts(await manager.access_token())
        setting.clock.advance(1200)
        ours.advance(1200)
    assert setting.server.count("refreshed") <= 4


# What is kept


async def test_a_rotated_refresh_token_is_stored_before_anyone_gets_the_access_token(setting: Setting) -> None:
    setting.log_in("read:jira-work")
    setting.clock.advance(HOUR)
    seen: list[str] = []

    class Watched(Vault):
        def save(self, credential: Any, tokens: TokenSet) -> None:
            super().save(credential, tokens)
            seen.append(tokens.access_token)

    manager = setting.manager(vault=Watched(setting.folder, find_backend=lambda: None, allow_key_file=True))
    token = await manager.access_token()
    assert seen == [token]
    stored = setting.stored()
    assert stored.access_token == token
    assert stored.refresh_token != setting.server.requests[0].form["refresh_token"]
    assert stored.scopes == ("read:jira-work",)
    setting.clock.advance(HOUR)
    assert setting.server.accepts(await setting.manager().access_token())
    assert setting.server.count("reused") == 0


async def test_the_old_refresh_token_is_kept_where_the_vendor_returns_none(setting: Setting) -> None:
    setting.server.rotates = False
    before = replace(setting.log_in("read:jira-work"), extra={"cloud_id": "1"}, seeds=("a" * 16,))
    setting.vault.save(CREDENTIAL, before)
    for _ in range(3):
        setting.clock.advance(HOUR)
        assert setting.server.accepts(await setting.manager(rotates=False).access_token())
    after = setting.stored()
    assert after.refresh_token == before.refresh_token
    assert (after.scopes, after.extra, after.seeds) == (before.scopes, before.extra, before.seeds)


async def test_a_disk_that_is_full_is_found_out_before_the_vendor_rotates(setting: Setting) -> None:
    class Full(Vault):
        def rehearse(self, credential: Any, tokens: TokenSet) -> None:
            del credential, tokens
            raise Unavailable("No space left on device.", next_step="Make room.")

    setting.log_in()
    setting.clock.advance(HOUR)
    with pytest.raises(Unavailable, match="Make room"):
        await setting.manager(vault=Full(setting.folder)).access_token()
    assert setting.server.requests == []
    assert setting.server.accepts(await setting.manager().access_token())


class Stubborn(Vault):
    """A vault that does not save for a while."""

    trouble: ServiceError | None = None

    def save(self, credential: Any, tokens: TokenSet) -> None:
        """Fail while there is trouble."""
        if self.trouble:
            raise self.trouble
        super().save(credential, tokens)


async def test_tokens_that_could_not_be_stored_are_stored_later_and_not_used_before(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    vault = Stubborn(setting.folder, find_backend=lambda: None, allow_key_file=True)
    vault.trouble = Unavailable("No space left on device.")
    manager = setting.manager(vault=vault)
    for _ in range(2):
        with pytest.raises(Unavailable, match="No space"):
            await manager.access_token()
    assert setting.server.count("refreshed") == 1
    vault.trouble = None
    token = await manager.access_token()
    assert setting.stored().access_token == token
    assert setting.server.accepts(token)
    assert setting.server.count("refreshed") == 1


async def test_tokens_that_could_not_be_stored_give_way_to_a_newer_login(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    vault = Stubborn(setting.folder, find_backend=lambda: None, allow_key_file=True)
    vault.trouble = Unavailable("No space left on device.")
    manager = setting.manager(vault=vault)
    with pytest.raises(Unavailable):
        await manager.access_token()
    setting.clock.advance(60)
    newer = setting.log_in()
    setting.clock.advance(HOUR)
    vault.trouble = None
    assert setting.server.accepts(await manager.access_token())
    assert setting.server.requests[-1].form["refresh_token"] == newer.refresh_token


@pytest.fixture(params=["no key", "no folder"])
def storeless(request: pytest.FixtureRequest, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A vault that cannot keep anything."""
    if request.param == "no folder":

        def refused(path: Path) -> Path:
            raise PermissionError(13, "Read-only file system", str(path))

        monkeypatch.setattr(vault_module, "private_dir", refused)
    return Vault(setting.folder, find_backend=lambda: None)


async def test_without_rotation_a_login_by_setting_needs_no_store(setting: Setting, storeless: Vault) -> None:
    setting.server.rotates = False
    seed = setting.server.grant().refresh_token or ""
    manager = setting.manager(vault=storeless, seed=seed, rotates=False)
    token = await manager.access_token()
    assert setting.server.accepts(token)
    assert await manager.access_token() == token
    assert setting.server.count("refreshed") == 1
    setting.clock.advance(HOUR)
    assert setting.server.accepts(await manager.access_token())


async def test_with_rotation_it_does_and_the_vendor_is_not_asked_without(setting: Setting, storeless: Vault) -> None:
    with pytest.raises(ServiceError, match=r"Ask the user|cannot be written") as caught:
        await setting.manager(vault=storeless, seed=setting.server.grant().refresh_token or "").access_token()
    assert isinstance(caught.value, KeyUnavailable | Unavailable)
    assert setting.server.requests == []


# A login given by a setting


async def test_a_refresh_token_of_the_env_file_is_taken_up_and_its_successor_stored(setting: Setting) -> None:
    seed = setting.server.grant("read:jira-work").refresh_token or ""
    first = await setting.manager(seed=seed).access_token()
    assert setting.server.accepts(first)
    for _ in range(3):  # restarts, with the same file
        setting.clock.advance(HOUR)
        assert setting.server.accepts(await setting.manager(seed=seed).access_token())
    assert setting.server.count("refreshed") == 4
    assert setting.server.count("reused") == 0
    assert setting.server.accepts(await setting.manager().access_token())


async def test_a_refresh_token_that_the_user_changes_wins_once(setting: Setting) -> None:
    old, new = (setting.server.grant().refresh_token or "" for _ in range(2))
    await setting.manager(seed=old).access_token()
    await setting.manager(seed=new).access_token()
    assert [request.form["refresh_token"] for request in setting.server.requests] == [old, new]
    assert await setting.manager(seed=new).access_token() == setting.stored().access_token
    # A process that still has the old setting does not take it up again.
    with pytest.raises(NotConfigured, match=r"another JIRA_REFRESH_TOKEN.*restart this server.*--account NAME"):
        await setting.manager(seed=old).access_token()
    assert len(setting.server.requests) == 2


async def test_two_processes_with_a_login_by_setting_each_never_act_in_the_others_name(setting: Setting) -> None:
    mine, theirs = (setting.server.grant().refresh_token or "" for _ in range(2))
    one, other = setting.manager(seed=mine), setting.manager(seed=theirs)
    tokens = {await one.access_token(), await other.access_token()}
    assert len(tokens) == 2
    setting.clock.advance(HOUR)
    renewed = await other.access_token()
    for _ in range(2):
        with pytest.raises(NotConfigured, match="may be somebody else's"):
            await one.access_token()
    login = token_set(setting.server.grant())
    await one.adopt(login)  # what a person decides holds for all
    assert await one.access_token() == await setting.manager(seed=theirs).access_token() != renewed


async def test_a_refused_setting_does_not_fall_back_on_the_login_of_another_setting(setting: Setting) -> None:
    await setting.manager(seed=setting.server.grant().refresh_token or "").access_token()
    with pytest.raises(LoginRequired, match="does not accept the refresh token in JIRA_REFRESH_TOKEN"):
        await setting.manager(seed="of-another-person").access_token()


async def test_a_changed_refresh_token_that_is_refused_leaves_the_stored_login_in_use(
    setting: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    stored = setting.log_in().access_token
    for _ in range(2):
        assert await setting.manager(seed="mistyped-token").access_token() == stored
    assert len(setting.server.requests) == 1
    assert "JIRA_REFRESH_TOKEN" in caplog.text
    assert "mistyped-token" not in caplog.text


async def test_a_refresh_token_of_the_env_file_that_is_refused_is_told_by_its_variable(setting: Setting) -> None:
    manager = setting.manager(seed="mistyped-token")
    for _ in range(2):
        with pytest.raises(LoginRequired, match=r"JIRA_REFRESH_TOKEN.*`mcp-suite auth login jira`") as caught:
            await manager.access_token()
        assert "mistyped-token" not in str(caught.value)
    assert len(setting.server.requests) == 1


async def test_a_login_wins_over_the_env_file_that_was_there_before(setting: Setting) -> None:
    seed = setting.server.grant().refresh_token or ""
    login = token_set(setting.server.grant("read:jira-work"))
    await setting.manager(seed=seed).adopt(login)
    assert await setting.manager(seed=seed).access_token() == login.access_token
    assert setting.server.requests == []
    await setting.manager().adopt(token_set(setting.server.grant()))  # by a program that knows no env file
    setting.clock.advance(HOUR)
    await setting.manager(seed=seed).access_token()
    assert setting.server.requests[-1].form["refresh_token"] != seed
