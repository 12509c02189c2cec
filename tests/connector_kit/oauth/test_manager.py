"""One login for many callers: when it is renewed, by whom, what is kept, and what is told."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from filelock import FileLock
from pydantic import SecretStr

from connector_kit.errors import BadAnswer, NotConfigured, OutcomeUnknown, ServiceError, TimedOut, Unavailable
from connector_kit.http import HttpClient, HttpPolicy
from connector_kit.oauth import vault as vault_module
from connector_kit.oauth.bearer import BearerAuth
from connector_kit.oauth.failures import KeyUnavailable, LoginRequired, ScopesChanged, WrongClient
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import ATLASSIAN, JIRA, SLACK_USER, OAuthClient
from connector_kit.oauth.token_endpoint import POLICY, TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing import dialects
from connector_kit.testing.authorization_server import AuthorizationServer, TokenFault
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.logins import CLIENT, CREDENTIAL, file_vault, loopback_profile, token_set

pytestmark = pytest.mark.anyio
HOUR = 3600.0


class Setting:
    """A vendor, a vault, and as many processes as a test wants; one clock for all."""

    def __init__(self, server: AuthorizationServer, clock: FakeClock, folder: Path) -> None:
        self.server = server
        self.clock = clock
        self.folder = folder
        self.vault = file_vault(folder)

    def manager(
        self,
        *,
        client: OAuthClient = CLIENT,
        vault: Vault | None = None,
        seed: str = "",
        patience: float = 5.0,
        grant: Any = "refresh_token",
        scopes: tuple[str, ...] = (),
        base: Any = JIRA,
        clock: FakeClock | None = None,
        **changes: Any,
    ) -> OAuthManager:
        """What another process would have."""
        profile = loopback_profile(self.server.token_url, base, **{"reuse_leeway": 0.0, **changes})
        policy = replace(POLICY, base_delay=0.01, max_delay=0.02, total_timeout=5.0, read_timeout=0.4)
        return OAuthManager(
            profile,
            client,
            CREDENTIAL,
            vault or file_vault(self.folder),
            http=TokenEndpoint(profile, client, policy=policy, clock=clock or self.clock),
            clock=clock or self.clock,
            seed=TokenSet(refresh_token=seed) if seed else None,
            grant=grant,
            scopes=scopes,
            patience=patience,
        )

    def log_in(self, *scopes: str) -> TokenSet:
        """Store a new login."""
        tokens = token_set(self.server.grant(*scopes))
        self.vault.save(CREDENTIAL, tokens)
        return tokens

    def stored(self) -> TokenSet:
        """What would survive us."""
        stored = file_vault(self.folder).load(CREDENTIAL)
        assert stored is not None
        return stored


@pytest.fixture
def setting(tmp_path: Path) -> Generator[Setting]:
    clock = FakeClock(1.7e9)
    with AuthorizationServer(clock=clock) as server:
        yield Setting(server, clock, tmp_path / "credentials")


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


# Login, logout, and the rest


async def test_a_new_login_replaces_what_cannot_be_read(setting: Setting) -> None:
    setting.log_in()
    setting.vault.path(CREDENTIAL).write_bytes(b"torn")
    manager = setting.manager()
    with pytest.raises(NotConfigured, match="damaged"):
        await manager.access_token()
    login = token_set(setting.server.grant())
    await manager.adopt(login)
    assert await manager.access_token() == login.access_token
    assert setting.stored() == login


async def test_logging_out_revokes_and_forgets(setting: Setting) -> None:
    from connector_kit.oauth.profiles import Revocation

    tokens = setting.log_in()
    manager = setting.manager(revocation=Revocation(setting.server.revoke_url))
    assert await manager.access_token() == tokens.access_token
    assert await manager.forget()
    assert not setting.server.accepts(tokens.access_token)
    with pytest.raises(LoginRequired):
        await manager.access_token()
    assert not await manager.forget()


async def test_logging_out_forgets_also_when_the_vendor_cannot_be_told(setting: Setting) -> None:
    from connector_kit.oauth.profiles import Revocation

    setting.log_in()
    assert not await setting.manager().forget()  # Atlassian has no such address
    assert setting.vault.load(CREDENTIAL) is None
    setting.log_in()
    gone = setting.manager(revocation=Revocation("http://127.0.0.1:9/revoke"))
    with pytest.raises(Unavailable):
        await gone.forget()
    assert setting.vault.load(CREDENTIAL) is None
    setting.log_in()
    setting.vault.path(CREDENTIAL).write_bytes(b"torn")
    assert not await setting.manager().forget()
    assert setting.vault.load(CREDENTIAL) is None


async def test_an_app_without_a_user_asks_in_its_own_name(setting: Setting) -> None:
    manager = setting.manager(grant="client_credentials", scopes=("read:jira-work",), rotates=False)
    first = await manager.access_token()
    assert setting.server.accepts(first)
    assert await setting.manager(grant="client_credentials", rotates=False).access_token() == first
    setting.clock.advance(HOUR)
    assert setting.server.accepts(await manager.access_token())
    assert setting.server.count("client_credentials") == 2
    assert setting.server.requests[0].form["scope"] == "read:jira-work"


async def test_requests_carry_the_token_and_are_repeated_with_another_after_a_401(setting: Setting) -> None:
    setting.log_in()
    manager = setting.manager()
    api = HttpClient(setting.server.url, service="Jira", auth=BearerAuth(manager))
    try:
        assert (await api.request("GET", "/api")).status == 200
        setting.clock.advance(60)
        setting.server.expire_access_tokens()
        assert (await api.request("POST", "/api", json={"summary": "once"})).status == 200
        assert setting.server.count("refused") == 1
        setting.server.expire_access_tokens()  # the new one is refused as well: something else is wrong
        with pytest.raises(ServiceError, match="401"):
            await api.request("GET", "/api")
        assert setting.server.count("refreshed") == 1
    finally:
        await api.aclose()


@pytest.mark.parametrize("when", ["before", "refused"])
async def test_a_write_that_waits_too_long_for_a_token_is_known_not_to_have_happened(
    setting: Setting, when: str
) -> None:
    setting.log_in()
    setting.clock.advance(2 * HOUR if when == "before" else 60)
    setting.server.expire_access_tokens()
    setting.server.next_tokens(TokenFault.slow(0.3))
    api = HttpClient(
        setting.server.url,
        service="Jira",
        auth=BearerAuth(setting.manager()),
        policy=HttpPolicy(total_timeout=0.2),
    )
    try:
        with pytest.raises(TimedOut, match="was not sent"):
            await api.request("POST", "/api", json={"summary": "once"})
        assert setting.server.count("served") == 0
        assert (await api.request("POST", "/api", json={"summary": "once"})).status == 200
        assert setting.server.count("refreshed") == 1
    finally:
        await api.aclose()


async def test_a_request_without_a_login_is_not_sent(setting: Setting) -> None:
    api = HttpClient(setting.server.url, service="Jira", auth=BearerAuth(setting.manager()))
    with pytest.raises(LoginRequired):
        await api.request("GET", "/api")
    await api.aclose()
    assert setting.server.count("refused") == 0


async def test_the_manager_finds_the_token_endpoint_by_itself(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    profile = loopback_profile(setting.server.token_url)
    manager = OAuthManager(profile, CLIENT, CREDENTIAL, setting.vault, clock=setting.clock)
    assert setting.server.accepts(await manager.access_token())


def test_bearer_authorization_is_for_async_clients_only(setting: Setting) -> None:
    with httpx2.Client(auth=BearerAuth(setting.manager())) as client, pytest.raises(RuntimeError, match="async"):
        client.get(f"{setting.server.url}/api")
