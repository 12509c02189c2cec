"""A login survives: many users at once, processes that are killed, years of use.

`OAUTH_PROOF=full` kills 200 times instead of 40, and lasts 10,000 hours instead of 4,000, with more calls in each.
`-rP` shows what was counted.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from connector_kit.errors import OutcomeUnknown, ServiceError, Unavailable
from connector_kit.oauth.failures import LoginRequired
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.testing.authorization_server import AuthorizationServer, TokenRequest
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.logins import CLIENT, CREDENTIAL, file_vault, loopback_profile, token_set

WORKER = Path(__file__).with_name("token_worker.py")
FULL = os.environ.get("OAUTH_PROOF") == "full"
KILLS = 200 if FULL else 40
PROCESSES, COROUTINES = 8, 50
HOURS = 10_000 if FULL else 4_000
PAUSES = (600, 3000) if FULL else (600, 30_000)
"""Seconds between calls: 12,000 renewals in the one case, some 800 in the other."""


@contextmanager
def worker(*arguments: str) -> Generator["subprocess.Popen[str]"]:
    """A process of `token_worker`, ready to go."""
    command = [sys.executable, str(WORKER), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def hear(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("refused", [False, True], ids=["expired", "refused with 401"])
def test_four_hundred_users_in_eight_processes_make_one_renewal(tmp_path: Path, refused: bool) -> None:
    with AuthorizationServer(think_time=0.3) as server:
        tokens = token_set(server.grant("read:jira-work"), age=1000 if refused else 4000)
        file_vault(tmp_path).save(CREDENTIAL, tokens)
        server.expire_access_tokens()
        rejected = tokens.access_token if refused else ""
        processes = [worker("many", server.token_url, str(tmp_path), str(COROUTINES), rejected) for _ in range(8)]
        running = [process.__enter__() for process in processes]
        try:
            assert [hear(process) for process in running] == ["ready"] * PROCESSES
            for process in running:
                say(process, "go")
            answers = [json.loads(hear(process)) for process in running]
        finally:
            for process in processes:
                process.__exit__(None, None, None)
        assert server.count("refreshed") == 1
        assert server.count("reused") == 0
        given = [token for answer in answers for token in answer]
        assert len(given) == PROCESSES * COROUTINES
        assert len(set(given)) == 1
        assert server.accepts(given[0])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked, to be quick")
@pytest.mark.parametrize("leeway", [600.0, 0.0], ids=["vendor with leeway", "vendor that punishes reuse"])
def test_a_kill_at_any_moment_leaves_a_login_that_works_or_says_what_to_do(tmp_path: Path, leeway: float) -> None:
    chance = random.Random(7)
    outcomes: Counter[str] = Counter()
    vault = file_vault(tmp_path)
    with (
        AuthorizationServer(reuse_leeway=leeway, think_time=0.05) as server,
        worker("nursery", server.token_url, str(tmp_path), str(leeway)) as nursery,
    ):

        def make_due() -> None:
            stored = vault.load(CREDENTIAL)
            assert stored is not None
            vault.save(CREDENTIAL, replace(stored, obtained_at=0.0, expires_at=1.0))

        def run(delay: float) -> str:
            make_due()
            say(nursery, str(delay))
            return hear(nursery)

        vault.save(CREDENTIAL, token_set(server.grant("read:jira-work")))
        assert hear(nursery) == "ready"
        usual = sorted(float(run(-1)) for _ in range(5))[2]
        for _ in range(KILLS // 2):
            refreshed = server.count("refreshed")
            if run(chance.uniform(0, usual)) != "killed":
                outcomes["ended before"] += 1
            rotated = server.count("refreshed") > refreshed
            outcomes["killed after the vendor rotated" if rotated else "killed before"] += 1
            survivor = OAuthManager(
                loopback_profile(server.token_url, reuse_leeway=leeway), CLIENT, CREDENTIAL, file_vault(tmp_path)
            )
            try:
                assert server.accepts(anyio.run(survivor.access_token))
                outcomes["works"] += 1
            except LoginRequired as error:
                assert leeway == 0.0
                assert "`mcp-suite auth login jira`" in str(error)
                outcomes["says what to do"] += 1
                vault.save(CREDENTIAL, token_set(server.grant("read:jira-work")))
    tell(f"leeway {leeway:g} s, renewal {usual * 1000:.0f} ms: {dict(outcomes)}")
    assert outcomes["killed before"] > 0
    assert outcomes["works"] + outcomes["says what to do"] == KILLS // 2


@pytest.fixture
def in_memory() -> Generator[Path]:
    """A folder for which a write is not a matter of milliseconds, where the system has one."""
    place = Path("/dev/shm")  # noqa: S108 - a fresh folder in it
    with tempfile.TemporaryDirectory(dir=place if place.is_dir() else None) as folder:
        yield Path(folder)


class DirectEndpoint(TokenEndpoint):
    """Asks the server without a network, which now and then loses the question or the answer."""

    def __init__(self, server: AuthorizationServer, clock: FakeClock, chance: random.Random) -> None:
        super().__init__(loopback_profile(server.token_url, reuse_leeway=600.0), CLIENT, clock=clock)
        self._server = server
        self._now = clock
        self._chance = chance
        self.lost = 0
        self._just_lost = False

    async def exchange(self, form: Mapping[str, str], *, repeatable: bool = False) -> TokenSet:
        del repeatable
        # What is really sent is repeated several times: it does not get lost twice in a row.
        luck = 1.0 if self._just_lost else self._chance.random()
        self._just_lost = luck < 0.02
        self.lost += self._just_lost
        if luck < 0.01:
            raise Unavailable("The question was lost.")
        request = TokenRequest("/token", form, (CLIENT.client_id, CLIENT.secret()), {})
        sent_at = self._now()
        status, body = self._server.token(request)
        if status != 200:
            raise LoginRequired(str(body))
        if self._just_lost:
            raise OutcomeUnknown("The answer was lost.")
        return TokenSet(
            access_token=str(body["access_token"]),
            refresh_token=str(body["refresh_token"]),
            expires_at=sent_at + 3600,
            obtained_at=sent_at,
        )


@pytest.mark.anyio
async def test_thousands_of_hours_of_use_lose_nothing(in_memory: Path) -> None:
    chance, vendors, ours = random.Random(11), FakeClock(1.7e9), FakeClock(1.7e9)
    with AuthorizationServer(clock=vendors, reuse_leeway=600.0) as server:
        endpoint = DirectEndpoint(server, ours, chance)

        def restarted() -> OAuthManager:
            return OAuthManager(
                endpoint.profile, CLIENT, CREDENTIAL, file_vault(in_memory), http=endpoint, clock=ours, seed=seed
            )

        seed = TokenSet(refresh_token=server.grant("read:jira-work").refresh_token)
        processes = [restarted(), restarted()]
        until, refused = vendors() + HOURS * 3600, 0
        while vendors() < until:
            passed = chance.uniform(*PAUSES)
            vendors.advance(passed)
            ours.advance(passed)
            if chance.random() < 0.005:  # somebody sets the clock
                ours.advance(chance.uniform(-7200, 7200))
            number = chance.randrange(2)
            if chance.random() < 0.01:
                processes[number] = restarted()
            try:
                token = await processes[number].access_token()
                if not server.accepts(token):  # a 401
                    refused += 1
                    assert await processes[number].renew(token)
                    token = await processes[number].access_token()
            except ServiceError as error:
                assert isinstance(error, Unavailable | OutcomeUnknown), error
                continue
            assert server.accepts(token)
        tell(f"{server.count('refreshed')} renewals, {endpoint.lost} lost, {refused} refused tokens replaced")
        assert server.count("refreshed") > 0.15 * HOURS
        assert server.count("punished") == 0
        assert server.count("dead_token") == 0
