"""What a person is told while they connect a service: where each thing is found, and how the service's app is made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from connector_kit.credentials import Login

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile


@dataclass(frozen=True, slots=True)
class AppRequest:
    """What a login in the browser needs of the person's app: its redirect URI and scopes.

    `family` is the name of the scopes' family, where the vendor has two.
    """

    profile: OAuthProfile
    redirect_uri: str
    scopes: tuple[str, ...]
    family: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a client has to say about a login that works: well, not as it should be, or that it cannot be told.

    `fix` is a command or an exact edit.
    """

    state: Literal["ok", "warn", "unknown"]
    told: str
    fix: str = ""


def app_in_general(wish: AppRequest) -> str:
    """How the app is made, as far as that holds for every vendor."""
    scopes = "\n".join(f"       {scope}" for scope in wish.scopes)
    return f"An app of yours is needed. Its redirect URI, exactly: {wish.redirect_uri}\nIts scopes:\n{scopes}"


def _nothing(_: Mapping[str, str]) -> Collection[str]:
    return ()


def _no_objection(_name: str, _answers: Mapping[str, str]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way of signing in, as a login offers it.

    `name` is what it is called within a sentence, and `line` says more. `login` is "oauth" where an app leads through
    the browser; else what the person types in is all that it takes. `sets` are the settings that choose this way, with
    their values. `asked` are settings with a default that the person is asked for, `optional` those that may be left
    empty, and `spared` says which of them the answers so far have made superfluous. `secret` is what its secret is
    called, `page` where that is made, and `revoking`, in a sentence, how to end what a logout leaves valid.
    `client_id` is that of an app which everybody has, so that nobody is asked for one. With an `interactive` one every
    start of a server asks the person.
    """

    name: str
    line: str
    login: Login = "token"
    sets: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    spared: Callable[[Mapping[str, str]], Collection[str]] = _nothing
    secret: str = "token"  # noqa: S105 - a word
    page: str = ""
    revoking: str = ""
    client_id: str = ""
    interactive: bool = False

    @property
    def title(self) -> str:
        """The name as it begins a line."""
        return f"{self.name[:1].upper()}{self.name[1:]}"


def token_way(page: str = "") -> Way:
    """The way in with a token, of which nothing more is known."""
    return Way("token", "made by hand on a web page", page=page)


def oauth_way(line: str = "with an app of yours", *, asked: tuple[str, ...] = ()) -> Way:
    """The way in through the browser."""
    return Way("OAuth in the browser", line, "oauth", asked=asked, secret="client secret")  # noqa: S106 - words


def _ways() -> Mapping[str, Way]:
    return {"token": token_way(), "oauth": oauth_way()}


@dataclass(frozen=True, slots=True)
class Guidance:
    """One service's. Texts of settings go by the field: `where` each is found, and the `labels` of its prompts.

    `ways` are the ways of signing in, the usual one first, by the names that the settings have for them; the one
    through an app in the browser is "oauth". `revoking` is where tokens are revoked. `address` is the setting that
    says where the service is, which `--url` gives. `objection` says what is wrong with the answer to a setting, given
    all answers so far; nothing if it may do. `app` says how the app is made that a login in the browser needs.
    `documents` are further files of the setup guide that follow from the code, by name. `relatives` are the services
    whose credentials open this one, too.
    """

    revoking: str = ""
    address: str = "url"
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    ways: Mapping[str, Way] = field(default_factory=_ways)
    objection: Callable[[str, Mapping[str, str]], str] = _no_objection
    app: Callable[[AppRequest], str] = app_in_general
    documents: Callable[[], Mapping[str, str]] = dict[str, str]
    relatives: tuple[str, ...] = ()

    @property
    def first(self) -> Way:
        """The usual way."""
        return next(iter(self.ways.values()))
