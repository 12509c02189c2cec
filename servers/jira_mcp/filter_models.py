"""Saved filters and dashboards as the model sees them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A query that somebody saved. `shares` say in words with whom, none of them: it is its owner's alone.

    `stars` is how many people have it as a favourite.
    """

    id: str
    name: str
    jql: str
    owner: str
    owner_id: str = ""
    description: str = ""
    favourite: bool = False
    stars: int = 0
    shares: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of gadgets; `gadgets` are their titles, None where nobody looked."""

    id: str
    name: str
    owner: str
    description: str = ""
    favourite: bool = False
    shares: tuple[str, ...] = ()
    url: str = ""
    gadgets: tuple[str, ...] | None = None
