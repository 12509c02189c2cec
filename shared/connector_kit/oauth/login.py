"""Logging in: in a browser that comes back to a loopback address, on another device, or as the app itself.

Authorization code with PKCE (RFC 7636, 8252, 9700), device code (RFC 8628), client credentials (RFC 6749, 4.4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote, urlencode, urlsplit

import anyio
import anyio.to_thread

from connector_kit.access import Access
from connector_kit.errors import NotConfigured, RateLimited, ServiceError, TimedOut, Unavailable, clean_text
from connector_kit.oauth.pkce import Proof, new_state
from connector_kit.oauth.profiles import STANDARD_ERRORS, OAuthClient, OAuthProfile
from connector_kit.oauth.redirect import RedirectListener, checked_redirect, listening, read_answer
from connector_kit.oauth.refusals import LoginTimedOut, StillWaiting, refusal
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.redaction import Redactor

OpenBrowser = Callable[[str], bool]
"""Shows an address to the user and says whether it could, as `webbrowser.open` does. It may block."""
Show = Callable[[str], None]
Paste = Callable[[], Awaitable[str]]
_SLOWER = 5.0  # seconds more between questions when a vendor asks for it (RFC 8628, 3.5)


async def authorize(
    profile: OAuthProfile,
    client: OAuthClient,
    *,
    access: Access = Access.READ,
    scopes: Sequence[str] | None = None,
    open_browser: OpenBrowser | None = None,
    show: Show,
    paste: Paste | None = None,
    timeout: float = 300.0,
    endpoint: TokenEndpoint | None = None,
) -> TokenSet:
    """Log a user in with a browser and return the tokens.

    `scopes` None asks for those of `access`. `show` gets what the user has to read, among it the address when
    no browser opened. A redirect URI that is not on this machine needs `paste`: it asks the user for the address
    that the browser ended at. `timeout` is in seconds. Whatever happens, the port is free afterwards.

    Raises:
        NotConfigured: client id, secret or redirect URI are missing or of no use, or the port is taken.
        LoginRefused, LoginTimedOut: the user or the vendor said no, or nobody answered.
        ServiceError: the exchange of the code failed; see `TokenEndpoint.exchange`.
    """
    client.require(profile)
    asked = tuple(profile.scopes_for(access) if scopes is None else scopes)
    redirect_uri = client.redirect_uri or profile.redirect_uri
    question = _Question(profile, client, asked, open_browser, show, timeout)
    variable = profile.variable("redirect_uri")
    parts = checked_redirect(redirect_uri, variable)
    if parts.scheme == "https":
        if paste is None:
            raise NotConfigured(
                f"{variable} is not an address of this machine, so that no answer can be received.",
                next_step=f"Run `{profile.command}` in a terminal, where the answer can be pasted.",
            )
        code = await question.pasted(redirect_uri, paste)
        async with endpoint or TokenEndpoint(profile, client) as vendor:
            return await vendor.exchange_code(code, redirect_uri, question.proof, asked)
    async with listening(parts, question.state, variable) as listener:
        try:
            code = await question.answered(listener)
            async with endpoint or TokenEndpoint(profile, client) as vendor:
                tokens = await vendor.exchange_code(code, listener.redirect_uri, question.proof, asked)
        except ServiceError as error:
            await listener.show("The login did not work", str(error), worked=False)
            raise
        done = "You can close this window and go back to the terminal."
        await listener.show(f"You are logged in to {profile.vendor}", done, worked=True)
        return tokens


async def device_login(
    profile: OAuthProfile,
    client: OAuthClient,
    *,
    access: Access = Access.READ,
    scopes: Sequence[str] | None = None,
    open_browser: OpenBrowser | None = None,
    show: Show,
    timeout: float = 600.0,
    endpoint: TokenEndpoint | None = None,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> TokenSet:
    """Log a user in who types a code on any device, and return the tokens.

    Asks the vendor at its own pace until the user has answered, the code has expired, or `timeout` seconds have
    passed; trouble on the way is waited out. Raises as `authorize`, and ValueError for a vendor without it.
    """
    async with endpoint or TokenEndpoint(profile, client) as vendor:
        device = await vendor.start_device(profile.scopes_for(access) if scopes is None else scopes)
        page = device.complete_uri or device.verification_uri
        if urlsplit(page).scheme == "https":
            await _open(open_browser, page)
        show(f"Open {device.verification_uri} and enter the code {device.user_code}")
        seconds, interval = min(timeout, device.expires_in), device.interval
        with anyio.move_on_after(seconds):
            while True:
                await sleep(interval)
                try:
                    return await vendor.exchange_device(device)
                except LoginTimedOut:
                    raise
                except StillWaiting as waiting:
                    interval += _SLOWER if waiting.slower else 0.0
                except RateLimited:
                    interval += _SLOWER
                except (Unavailable, TimedOut):
                    continue
        raise _nobody(profile, seconds)


async def client_credentials(
    profile: OAuthProfile,
    client: OAuthClient,
    *,
    scopes: Sequence[str] = (),
    endpoint: TokenEndpoint | None = None,
) -> TokenSet:
    """A token of the app itself, without a user. Raises as `TokenEndpoint.exchange`."""
    async with endpoint or TokenEndpoint(profile, client) as vendor:
        return await vendor.client_credentials(scopes)


class _Question:
    """What one login asks the user, and the values that its answer must fit."""

    def __init__(
        self,
        profile: OAuthProfile,
        client: OAuthClient,
        scopes: Sequence[str],
        open_browser: OpenBrowser | None,
        show: Show,
        timeout: float,
    ) -> None:
        self.state = new_state()
        self.proof = Proof.new() if profile.pkce else None
        self._profile = profile
        self._client = client
        self._scopes = scopes
        self._open_browser = open_browser
        self._show = show
        self._timeout = timeout

    async def answered(self, listener: RedirectListener) -> str:
        """The code that the browser brings back. Raises LoginTimedOut or what the vendor refused."""
        with anyio.move_on_after(self._timeout):
            await self._offer(self._url(listener.redirect_uri))
            return self._code(await listener.answer())
        raise _nobody(self._profile, self._timeout)

    async def pasted(self, redirect_uri: str, paste: Paste) -> str:
        """The code in the address that the user pastes. Raises as `answered`."""
        with anyio.move_on_after(self._timeout):
            await self._offer(self._url(redirect_uri))
            self._show("When the browser has come to its end, copy the address from its address bar.")
            while True:
                query = (await paste()).strip().partition("?")[2].partition("#")[0]
                answer = read_answer(query, self.state)
                if answer is not None:
                    return self._code(answer)
                self._show("That is not the address that this login ends at: it must hold the code of this very login.")
        raise _nobody(self._profile, self._timeout)

    def _url(self, redirect_uri: str) -> str:
        profile = self._profile
        parameters = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "state": self.state,
            **profile.authorize_params,
        }
        if self._scopes and profile.scope_parameter:
            parameters[profile.scope_parameter] = profile.scope_separator.join(self._scopes)
        if self.proof is not None:
            parameters |= {"code_challenge": self.proof.challenge, "code_challenge_method": "S256"}
        return f"{profile.authorize_url}?{urlencode(parameters, quote_via=quote)}"

    async def _offer(self, url: str) -> None:
        """Show the address to the user: in a browser, and as text for the case that none opens."""
        opened = await _open(self._open_browser, url)
        lead = "If no browser window opened, open" if opened else "Open"
        self._show(f"{lead} this address in a browser on this machine:\n{url}")

    def _code(self, answer: Mapping[str, str]) -> str:
        """The code of an answer. Raises what the vendor's error means."""
        error = answer.get("error")
        if not error:
            return answer["code"]
        redactor = Redactor()
        redactor.add(self.state)
        description = answer.get("error_description")
        said = redactor.text(clean_text(f"{error}: {description}" if description else error))
        # The profile's own errors are those of its token endpoint; here all vendors keep to the standard.
        raise refusal(self._profile, "authorization_code", STANDARD_ERRORS.get(error, "denied"), said)


async def _open(open_browser: OpenBrowser | None, url: str) -> bool:
    """Whether a browser shows the address now. It is shown as text as well: a failure here ends nothing."""
    if open_browser is None:
        return False
    try:
        return await anyio.to_thread.run_sync(open_browser, url, abandon_on_cancel=True)
    except Exception:  # noqa: BLE001 - whatever keeps a browser from starting
        return False


def _nobody(profile: OAuthProfile, seconds: float) -> LoginTimedOut:
    return LoginTimedOut(
        f"Nobody answered the login to {profile.vendor} within {seconds:g} s.",
        next_step=f"Run `{profile.command}` again and agree in the browser.",
    )
