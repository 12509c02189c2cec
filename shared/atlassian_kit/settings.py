"""Settings that all of Atlassian's products share: the sites, and the account that one login opens on all of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, SecretStr, ValidationInfo, field_validator, model_validator
from typing_extensions import override

from atlassian_kit.needs import Needs
from connector_kit.credentials import OF_AN_ACCOUNT, required
from connector_kit.errors import InvalidInput
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.setting_types import Names
from connector_kit.sites import names_of, site_names

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_CLOUD_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
MOST_SITES = 20
"""Further ones: each stands in the description of every tool."""
_CLOUD_DOMAINS = (".atlassian.net", ".jira.com")
"""Where Atlassian's cloud has its sites: a token that was stored for one of them may be sent to the others."""


class AtlassianSettings(OAuthSettings):
    """How to reach one or several sites of Atlassian's cloud, and as whom.

    The sandbox has the sites of `sandbox_sites`, the usual one first; the others are there when they are asked for.
    """

    sandbox_sites: ClassVar[tuple[str, ...]] = ()

    url: str | None = required("Address of the site, like https://example.atlassian.net.")
    email: str | None = required("E-mail address of the Atlassian account that the token belongs to.", login="token")
    api_token: SecretStr | None = required("API token of that account, classic or with scopes.", login="token")
    cloud_url: str | None = Field(
        default=None, description="Another name for the address of the site.", json_schema_extra=OF_AN_ACCOUNT
    )
    cloud_id: str | None = Field(
        default=None,
        description="Id of the site, for tokens with scopes and logins only; found by itself when unset.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    sites: Names = Field(
        default=(),
        description="Comma-separated addresses of further sites that the same login reaches; tools then take `site`.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    requests_per_minute: float = Field(default=100.0, gt=0, le=6_000, description="Requests a minute, at most.")
    timeout: float = Field(default=45.0, gt=0, lt=50, description="Seconds that one call may take, with retries.")

    _home: str = PrivateAttr(default="")
    _places: Mapping[str, str] = PrivateAttr(default_factory=dict[str, str])
    _is_scoped: bool = PrivateAttr(default=False)

    @field_validator("url", "cloud_url", mode="after")
    @classmethod
    def _site_address(cls, value: str | None) -> str | None:
        return None if value is None else cls._address(value)

    @field_validator("cloud_id", mode="after")
    @classmethod
    def _plausible_cloud_id(cls, value: str | None) -> str | None:
        if value and not _CLOUD_ID.fullmatch(value):
            raise ValueError("is not a cloud id: letters, digits and hyphens, as in https://SITE/_edge/tenant_info")
        return value or None

    @field_validator("cloud_url", mode="after")
    @classmethod
    def _one_site(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("url") not in (None, value):
            raise ValueError(f"names another site than {cls.variable('url')}: set one of them")
        return value

    @field_validator("sites", mode="after")
    @classmethod
    def _further_sites(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """The addresses, none of which a secret of this account could be led astray by."""
        found: list[str] = []
        for text in value:
            try:
                found.append(cls._address(text))
            except ValueError as error:
                raise ValueError(f"has an entry that {error}") from None
        data = info.data
        home = str(data.get("url") or data.get("cloud_url") or "")
        if home and not data.get("sandbox"):
            for address in found:
                _refuse_stranger(home, address)
        if len(set(found)) > MOST_SITES:
            raise ValueError(f"has more than {MOST_SITES} sites: give some an account of their own (--account)")
        return tuple(dict.fromkeys(found))

    @model_validator(mode="after")
    def _by_either_name(self) -> Self:
        self.url = self.url or self.cloud_url
        return self

    @classmethod
    def places_in(cls, data: Mapping[str, Any]) -> Mapping[str, str]:
        """The sites by name, as fields that were validated before say; for validators of fields that follow."""
        sandbox = cls.sandbox_sites if data.get("sandbox") else ()
        return _addresses(sandbox, data.get("url") or data.get("cloud_url"), data.get("sites") or ())

    @classmethod
    def _address(cls, text: str) -> str:
        return site_address(text, id_variable=cls.variable("cloud_id"))

    @property
    @override
    def addresses(self) -> Mapping[str, str]:
        if self._places:
            return self._places
        return _addresses(self.sandbox_sites if self.sandbox else (), self.url, self.sites)

    @override
    def by_site(self) -> Mapping[str, Self]:
        addresses = self.addresses
        if self._places or len(addresses) < 2:
            return {}
        return {name: self._at(name, address) for name, address in addresses.items()}

    def limits_at(self, name: str) -> Mapping[str, Any]:
        """The settings by field that say otherwise for the site of this name, as lists of what tools may touch do."""
        del name
        return {}

    def _at(self, name: str, address: str) -> Self:
        addresses = self.addresses
        home = next(iter(addresses.values()))
        usual = address == home
        update = {"url": address, "cloud_url": None, "sites": (), "cloud_id": self.cloud_id if usual else None}
        one = self.model_copy(update={**update, **self.limits_at(name)})
        one._home, one._places, one._is_scoped = home, addresses, bool(self.cloud_id)
        return one

    @property
    def home(self) -> str:
        """The address of the usual site, to which the login belongs on whichever site it is used."""
        return self._home or self.url or ""

    @property
    def site_variable(self) -> str:
        """The variable that names the site of these settings."""
        return self.variable("url" if self.url in (None, self.home) else "sites")

    @property
    def is_scoped(self) -> bool:
        """Whether the token is known to be accepted behind the gateway only."""
        return self._is_scoped

    @override
    def secret_host(self) -> str:
        return urlsplit(self.home).hostname or ""

    @staticmethod
    def is_elsewhere(text: str, site_url: str) -> bool:
        """Whether a text is a link that leads into another site than the one at `site_url`."""
        return _host_of_link(text) not in (None, _netloc(site_url))

    def refuse_link_to_sibling(self, text: str, site_url: str, *, what: str) -> None:
        """Let through all but a link into another one of these sites; `what` names what the link leads to.

        Raises:
            InvalidInput: it leads there; names the argument that reaches it.
        """
        host = _host_of_link(text) if self.is_elsewhere(text, site_url) else None
        place = next((name for name, address in self.addresses.items() if _netloc(address) == host), "")
        if place:
            raise InvalidInput(
                _not_here(what, site_url), next_step=f"It is on the site {place}: call again with site={place!r}."
            )

    def refuse_link_elsewhere(self, text: str, site_url: str, *, what: str) -> None:
        """Let through what is no link, or one into the site at `site_url`; `what` names what the link leads to.

        Raises:
            InvalidInput: it leads into another site; names the argument or the setting that reaches that.
        """
        self.refuse_link_to_sibling(text, site_url, what=what)
        if self.is_elsewhere(text, site_url):
            reached = site_names(self.addresses) if len(self.addresses) > 1 else site_url
            raise InvalidInput(
                _not_here(what, site_url),
                next_step=f"This server reaches {reached}. The user can add the link's site with "
                f"{self.variable('sites')}; if it is the same site by another address, name the {what} without it.",
            )

    def _at_home(self, profile: "OAuthProfile") -> "OAuthProfile":
        """A product's profile as this account uses it."""
        from atlassian_kit.login import profile_at

        return replace(profile_at(profile, self.home), account=self.account, site_variable=self.site_variable)

    def _with_toolsets(self, profile: "OAuthProfile", family: Mapping[str, Needs]) -> "OAuthProfile":
        """The profile with the scopes that the toolsets need besides."""
        needed = [needs for name, needs in family.items() if self.switched_on(name)]
        return replace(
            profile,
            read_scopes=(*profile.read_scopes, *(scope for needs in needed for scope in needs.reading)),
            write_scopes=(*profile.write_scopes, *(scope for needs in needed for scope in needs.writing)),
            delete_scopes=(*profile.delete_scopes, *(scope for needs in needed for scope in needs.deleting)),
        )


def limits_by_site(value: Sequence[str], places: Iterable[str], one: re.Pattern[str]) -> dict[str, tuple[str, ...]]:
    """For each site of `places` what tools may touch there, of entries like KEY for the first, SITE/KEY and SITE/*.

    No keys stand for everything, which only `SITE/*` says: so every site must be mentioned. `one` matches a key.

    Raises ValueError for an entry that is none, and when nothing is said about a site.
    """
    names = tuple(places)
    found: dict[str, list[str]] = {}
    for entry in value:
        site, slash, key = entry.rpartition("/")
        name = site.strip().lower() if slash else names[0]
        if name not in names:
            raise ValueError(f"names a site that is none of {', '.join(names)}")
        key = key.strip().upper()
        if key != "*" and not one.fullmatch(key):
            raise ValueError("is not a list of keys, like KEY (of the usual site), SITE/KEY or SITE/*")
        found.setdefault(name, []).append(key)
    silent = [name for name in names if name not in found]
    if silent:
        raise ValueError(
            f"says nothing about {', '.join(silent)}: add {silent[0]}/KEY for what tools may touch there, "
            f"or {silent[0]}/* for all of it"
        )
    return {name: () if "*" in keys else tuple(dict.fromkeys(keys)) for name, keys in found.items()}


def site_address(text: str, *, id_variable: str = "JIRA_CLOUD_ID") -> str:
    """`https://HOST` of a site's address, of a host alone, or of a link into the site.

    Raises ValueError for anything that is no site, or that would send a token unencrypted.
    """
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port = "", None
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if host == "api.atlassian.com":
        raise ValueError(
            f"is the gateway: set the site, like https://example.atlassian.net, and the id as {id_variable}"
        )
    if host in _LOOPBACK and parts.scheme in ("http", "https"):
        shown = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    if parts.scheme != "https":
        raise ValueError("must begin with https://: the token would be sent unencrypted")
    if not _HOST.fullmatch(host) or "." not in host:
        raise ValueError("is not the address of a site, like https://example.atlassian.net")
    return f"https://{host}" + (f":{port}" if port and port != 443 else "")


def _addresses(sandbox: Sequence[str], url: str | None, further: Sequence[str]) -> dict[str, str]:
    """The sites by name, the usual one first; those of the sandbox where there is one."""
    if sandbox:
        return names_of((sandbox[0], *(address for address in sandbox[1:] if address in further)))
    return names_of(tuple(dict.fromkeys((url, *further)))) if url else {}


def _refuse_stranger(home: str, address: str) -> None:
    """Raise ValueError for a site to which a token must not go that was stored for the site at `home`.

    Beside a site on this machine, one whose name can never exist may stand for another that its gateway leads to.
    """
    here, there = (urlsplit(each).hostname or "" for each in (home, address))
    if here in _LOOPBACK:
        if there not in _LOOPBACK and not there.endswith(".invalid"):
            raise ValueError("has a site elsewhere, while the usual one is on this machine: their secrets differ")
    elif not there.endswith(_CLOUD_DOMAINS):
        raise ValueError(f"has a site that is not one of Atlassian's cloud, like https://example{_CLOUD_DOMAINS[0]}")


def _not_here(what: str, site_url: str) -> str:
    return f"That {what} is not on this call's site ({site_url}); nothing was read or changed."


def _host_of_link(text: str) -> str | None:
    """The host, and unusual port, that a link leads to, empty for a broken one; None for what is no link."""
    link = text.strip()
    if not re.match(r"(?i)https?://", link):
        return None
    try:
        return _netloc(link)
    except ValueError:
        return ""


def _netloc(address: str) -> str:
    """Host and unusual port of an address. Raises ValueError for a port that is none."""
    parts = urlsplit(address)
    host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
    return f"{host}:{port}" if port and port != {"https": 443, "http": 80}.get(parts.scheme.lower()) else host
