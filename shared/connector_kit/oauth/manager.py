"""One login of one service, for all who call it: its token, renewed in time, by one at a time, and never lost."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

import anyio
import anyio.to_thread

from connector_kit import logs
from connector_kit.errors import (
    BadAnswer,
    NotConfigured,
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    TimedOut,
    Unavailable,
)
from connector_kit.oauth.failures import KeyUnavailable, LoginRequired
from connector_kit.oauth.profiles import OAuthClient, OAuthProfile
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault

if TYPE_CHECKING:
    from connector_kit.oauth.token_endpoint import TokenEndpoint

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

PATIENCE = 45.0
"""Seconds to wait for another process that renews the same login: a little longer than that takes at most."""
_PAUSE = 30.0
"""Seconds to go on with a token that still lives after its renewal failed."""
_REFUSAL_HOLDS = 60.0
"""Seconds for which a vendor's refusal is believed without asking again."""
_YOUNG = 30.0
"""Seconds for which a refused token is not renewed: another one, just as new, would be refused as well."""
_PASSING = (Unavailable, TimedOut, RateLimited, OutcomeUnknown, BadAnswer, KeyUnavailable)
"""Trouble that says nothing about the login itself."""


class OAuthManager:
    """Hands out the access token of one credential, and renews it before it expires.

    One renewal at a time: among the coroutines of a process by a lock in memory, among processes by a lock
    beside the stored credential, under which the credential is read again before the vendor is asked. The new
    tokens are stored, durably, before anyone gets them. Once begun, a renewal is not cancelled with its caller.

    `seed` is a login given by a setting (`<SERVICE>_REFRESH_TOKEN`): it is taken up where nothing is stored, and
    whenever it changes; after that the store, where its successors are, comes first. The successors of another
    setting's login may be another person's, and are not used. `grant`
    "client_credentials" asks for `scopes` in the name of the app itself instead of renewing a user's login.
    Times are in epoch seconds of `clock`.
    """

    def __init__(
        self,
        profile: OAuthProfile,
        client: OAuthClient,
        credential: CredentialId,
        vault: Vault,
        *,
        http: TokenEndpoint | None = None,
        clock: Callable[[], float] = time.time,
        seed: TokenSet | None = None,
        grant: Literal["refresh_token", "client_credentials"] = "refresh_token",
        scopes: Sequence[str] = (),
        patience: float = PATIENCE,
    ) -> None:
        """Nothing is read or sent yet. `patience` is how many seconds to wait for another process."""
        self.profile = profile
        self.credential = credential
        self._client = client
        self._vault = vault
        self._http = http
        self._clock = clock
        self._seed = seed
        self._grant = grant
        self._scopes = tuple(scopes)
        self._patience = patience
        self._turn = anyio.Lock()
        self._held: TokenSet | None = None
        self._spared_until = 0.0
        self._unsaved: TokenSet | None = None
        self._refusal: tuple[str, float, ServiceError] | None = None
        self._ended = 0  # counts the attempts to get a token
        self._failure: ServiceError | None = None  # of the last one

    async def access_token(self) -> str:
        """A token that the vendor should accept now: from memory, from the store, or renewed.

        Raises:
            LoginRequired: nothing is stored, or the vendor does not accept it any more; names the command.
            NotConfigured, WrongClient: the app's id or secret is missing or wrong; names the variable. Or what is
                stored came from another setting than ours.
            ScopesChanged: the app may not ask for what was granted any more.
            KeyUnavailable: the stored login cannot be decrypted, or a new one not be stored.
            Unavailable, TimedOut, RateLimited, OutcomeUnknown, BadAnswer: the vendor cannot be asked now.
        """
        return (await self._current("")).access_token

    async def renew(self, rejected: str) -> bool:
        """Get another token after the vendor's API refused `rejected` (401).

        False if there is none: `rejected` is so new that the reason must be another one. Raises as `access_token`.
        """
        return (await self._current(rejected)).access_token != rejected

    async def granted(self, *, anew: bool = False) -> tuple[str, ...]:
        """The scopes of the login, where the vendor names them; `anew`: after another process may have logged in.

        Raises as `access_token`.
        """
        if anew:
            stored = self._newest(await self._load())
            earlier = self._held.obtained_at if self._held else 0.0
            if stored is not None and self._serves(stored, "") and stored.obtained_at > earlier:
                self._hold(stored)
        return (await self._current("")).scopes

    async def tokens(self) -> TokenSet | None:
        """What is there now, without renewing it: from the store, else the seed. Raises as `Vault.load`."""
        return self._newest(await self._load())

    async def adopt(self, tokens: TokenSet) -> None:
        """Store the tokens of a new login in place of what was there. Raises as `Vault.save`."""

        async def adopted() -> None:
            earlier: TokenSet | None = None
            with suppress(NotConfigured):  # what cannot be read is what a new login is for
                earlier = await self._load()
            kept = replace(tokens, seeds=_seeds(earlier)).with_seed(self._seed)
            await anyio.to_thread.run_sync(self._vault.save, self.credential, kept)
            self._hold(kept)
            self._unsaved = self._refusal = None

        async with self._turn, self._alone(self._patience):
            await _to_the_end(adopted)

    async def forget(self) -> bool:
        """Revoke the login where the vendor can, and delete it. False if the vendor was not told.

        It is deleted here also when the vendor refuses or cannot be reached, which is raised as a ServiceError.
        """

        async def forgotten() -> bool:
            tokens: TokenSet | None = None
            with suppress(NotConfigured):
                tokens = await self._load()
            try:
                if tokens is None:
                    return False
                async with self._endpoint() as endpoint:
                    return await endpoint.revoke(tokens)
            finally:
                await anyio.to_thread.run_sync(self._vault.delete, self.credential)
                self._held = self._unsaved = self._refusal = None

        async with self._turn, self._alone(self._patience):
            return await _to_the_end(forgotten)

    async def _current(self, rejected: str) -> TokenSet:
        held = self._usable(rejected)
        if held is not None:
            return held
        ended = self._ended
        async with self._turn:
            held = self._usable(rejected)
            if held is not None:
                return held
            if self._failure is not None and self._ended != ended:
                # It ended while this call waited for its turn; the next would end no better.
                raise _same(self._failure)
            self._failure = None
            try:
                return await self._obtain(rejected)
            except ServiceError as error:
                self._failure = _same(error)
                raise
            finally:
                self._ended += 1

    def _usable(self, rejected: str) -> TokenSet | None:
        """What memory holds, if it serves."""
        held = self._held
        if held is None:
            return None
        now = self._clock()
        spared = now < self._spared_until and held.is_alive(now) and held.access_token != rejected
        return held if spared or self._serves(held, rejected) else None

    def _serves(self, tokens: TokenSet, rejected: str) -> bool:
        return tokens.is_fresh(self._clock(), self.profile.margin) and tokens.access_token != rejected

    def _hold(self, tokens: TokenSet) -> TokenSet:
        for secret in (tokens.access_token, tokens.refresh_token or ""):
            logs.redactor.add_passing(secret)
        self._held = tokens
        self._spared_until = 0.0
        return tokens

    def _newest(self, stored: TokenSet | None) -> TokenSet | None:
        """What is stored, unless the setting was changed since. Raises NotConfigured if that is another setting's."""
        if self._seed is None:
            return stored
        mark = self._seed.fingerprint
        if stored is None or mark not in stored.seeds:
            return replace(self._seed, seeds=_seeds(stored), given=mark).with_seed(self._seed)
        if stored.given not in ("", mark):
            variable = self.profile.variable("refresh_token")
            raise NotConfigured(
                f"The stored login to {self.profile.vendor} came from another {variable} than the one that this"
                " process has: it may be somebody else's.",
                next_step=f"If {variable} was changed, restart this server. Servers with different logins need a"
                f" name each (`mcp-suite auth login {self.profile.name} --account NAME`), or an MCP_SUITE_STATE_DIR"
                " each.",
            )
        return stored

    async def _load(self) -> TokenSet | None:
        return await anyio.to_thread.run_sync(self._vault.load, self.credential)

    async def _obtain(self, rejected: str) -> TokenSet:
        """A token from the store, or a renewed one."""
        current = self._newest(await self._load())
        if current is not None and self._serves(current, rejected):
            return self._hold(current)
        spare = current if current is not None and current.access_token != rejected else None
        if spare is not None and not spare.is_alive(self._clock()):
            spare = None
        try:
            # With a token that still lives nobody needs to wait for the process that renews it.
            async with self._alone(0.0 if spare else self._patience):
                return await _to_the_end(lambda: self._renew(rejected))
        except _PASSING as error:
            if spare is None:
                raise
            _log.warning("The login to %s is due for renewal, which failed for now: %s", self.profile.vendor, error)
            self._held, self._spared_until = spare, self._clock() + _PAUSE
            return spare

    @asynccontextmanager
    async def _alone(self, patience: float) -> AsyncGenerator[None]:
        """Keep other processes away from the credential."""
        from filelock import Timeout

        try:
            lock = self._vault.lock(self.credential)
        except Unavailable:
            if self.profile.rotates:
                raise
            yield  # nothing can be stored, and nothing is lost by it
            return
        deadline = anyio.current_time() + patience
        while True:
            try:
                lock.acquire(blocking=False)
                break
            except Timeout:
                pass
            except OSError as error:
                raise Unavailable(f"{lock.lock_file} cannot be used: {error.strerror}.") from None
            if anyio.current_time() >= deadline:
                raise Unavailable(
                    f"Another process is renewing the login to {self.profile.vendor}.", next_step="Try again."
                )
            await anyio.sleep(random.uniform(0.01, 0.05))  # noqa: S311 - only to spread those who wait
        try:
            yield
        finally:
            lock.release()

    async def _renew(self, rejected: str) -> TokenSet:
        """Renew what is stored; the lock is held and nothing cancels this."""
        stored = await self._settle()
        current = self._newest(stored) or TokenSet()
        if self._serves(current, rejected):
            return self._hold(current)
        if rejected and current.access_token == rejected and 0 <= self._clock() - current.obtained_at < _YOUNG:
            return self._hold(current)
        try:
            answer = await self._ask(current)
        except _PASSING:
            raise
        except ServiceError as error:
            if self._seed is not None and isinstance(error, LoginRequired) and current.seeds != _seeds(stored):
                if stored is not None and not stored.given:
                    return await self._without_seed(self._seed, stored, rejected)
                error = self._seed_refused(error)
            self._refusal = current.fingerprint, self._clock() + _REFUSAL_HOLDS, error
            raise _same(error) from None
        new = current.succeeded_by(answer)
        await self._keep(new, needed=self.profile.rotates or new.refresh_token != current.refresh_token)
        self._refusal = None
        return self._hold(new)

    async def _without_seed(self, seed: TokenSet, stored: TokenSet, rejected: str) -> TokenSet:
        """Go on with what is stored after the vendor refused the setting's new login."""
        variable = self.profile.variable("refresh_token")
        _log.warning("%s holds a refresh token that is not accepted; the stored login is used instead.", variable)
        await anyio.to_thread.run_sync(self._vault.save, self.credential, stored.with_seed(seed))
        return await self._renew(rejected)

    def _seed_refused(self, error: LoginRequired) -> LoginRequired:
        return LoginRequired(
            f"{self.profile.vendor} does not accept the refresh token in {self.profile.variable('refresh_token')}:"
            " it expired, was revoked, or was renewed elsewhere.",
            next_step=f"Ask the user to run `{self.profile.command}`, or to put a new one there.",
            status=error.status,
            request_id=error.request_id,
        )

    async def _settle(self) -> TokenSet | None:
        """What is stored, after storing what could not be stored before."""
        stored, unsaved = await self._load(), self._unsaved
        if unsaved is None:
            return stored
        if stored is None or stored.obtained_at < unsaved.obtained_at:
            await self._keep(unsaved, needed=True)
            return unsaved
        self._unsaved = None
        return stored

    async def _keep(self, tokens: TokenSet, *, needed: bool) -> None:
        """Store tokens. Where that fails and they are `needed`, they are kept back until it works."""
        self._unsaved = tokens if needed else None
        try:
            await anyio.to_thread.run_sync(self._vault.save, self.credential, tokens)
        except (Unavailable, KeyUnavailable):
            if needed:
                raise
        self._unsaved = None

    async def _ask(self, current: TokenSet) -> TokenSet:
        """Ask the vendor for the tokens that follow `current`."""
        if self._refusal is not None:
            fingerprint, until, refusal = self._refusal
            if fingerprint == current.fingerprint and self._clock() < until:
                raise _same(refusal)
        vendor = self.profile.vendor
        if self._grant == "client_credentials":
            async with self._endpoint() as endpoint:
                return await endpoint.client_credentials(self._scopes)
        if not current.refresh_token:
            why = "has ended, and cannot be renewed" if current.access_token else "has not happened yet"
            raise LoginRequired(
                f"The login to {vendor} {why}.", next_step=f"Ask the user to run `{self.profile.command}`."
            )
        if self.profile.rotates:
            # A disk that is full is found out before the vendor takes the old refresh token away.
            await anyio.to_thread.run_sync(self._vault.rehearse, self.credential, current)
        async with self._endpoint() as endpoint:  # no connection stays open until the next renewal
            try:
                return await endpoint.refresh(current)
            except (OutcomeUnknown, BadAnswer):
                # If that took effect, the tokens went with the answer, and all there is to lose is lost; many
                # vendors serve the old refresh token once more within a short time.
                pass
            try:
                return await endpoint.refresh(current)
            except LoginRequired as error:
                raise LoginRequired(
                    f"The answer to a renewal of the login to {vendor} was lost on the way, and what is stored"
                    " is not accepted any more.",
                    next_step=f"Ask the user to run `{self.profile.command}`.",
                    status=error.status,
                    request_id=error.request_id,
                ) from error

    def _endpoint(self) -> TokenEndpoint:
        if self._http is None:
            from connector_kit.oauth.token_endpoint import TokenEndpoint

            self._http = TokenEndpoint(self.profile, self._client, clock=self._clock)
        return self._http


async def _to_the_end(work: Callable[[], Awaitable[_T]]) -> _T:
    """Do what must not be left half done, whoever loses interest meanwhile."""
    with anyio.CancelScope(shield=True):
        return await work()
    raise AssertionError  # pragma: no cover - for type checkers: nothing cancels that scope


def _same(error: ServiceError) -> ServiceError:
    """The same failure for another caller, with a traceback of its own."""
    twin = type(error).__new__(type(error), *error.args)
    twin.__dict__.update(error.__dict__)
    return twin


def _seeds(stored: TokenSet | None) -> tuple[str, ...]:
    return stored.seeds if stored else ()
