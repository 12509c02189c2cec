"""What a person is told while they connect a service: where each thing is found, and how the service's app is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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


def app_in_general(wish: AppRequest) -> str:
    """How the app is made, as far as that holds for every vendor."""
    scopes = "\n".join(f"       {scope}" for scope in wish.scopes)
    return f"An app of yours is needed. Its redirect URI, exactly: {wish.redirect_uri}\nIts scopes:\n{scopes}"


def _ways() -> Mapping[Login, str]:
    return {"token": "A token, made by hand on a web page", "oauth": "OAuth in the browser, with an app of yours"}


@dataclass(frozen=True, slots=True)
class Guidance:
    """One service's. Texts of settings go by the field: `where` each is found, and the `labels` of its prompts.

    `token` is what the vendor calls the token that people make by hand, `token_page` where they make it, `revoking`
    where they revoke it. `address` is the setting that says where the service is, which `--url` gives. `asked` are
    settings with a default that a login asks for, by the way of signing in. `ways` says in a line what each way is,
    and `app` how the app is made that a login in the browser needs. `documents` are further files of the setup guide
    that follow from the code, by name.
    """

    token: str = "token"  # noqa: S105 - a word
    token_page: str = ""
    revoking: str = ""
    address: str = "url"
    asked: Mapping[Login, tuple[str, ...]] = field(default_factory=dict[Login, tuple[str, ...]])
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    ways: Mapping[Login, str] = field(default_factory=_ways)
    app: Callable[[AppRequest], str] = app_in_general
    documents: Callable[[], Mapping[str, str]] = dict[str, str]
