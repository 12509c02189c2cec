"""Types of settings that more than one server has: names by commas, absolute paths, addresses on this machine."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode


def split_at_commas(value: object) -> object:
    """The parts of a text without blanks around them, empty ones left out; anything else as it is."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def toolset_names(value: object) -> object:
    """The names of toolsets, given in any case and by commas; anything else as it is."""
    return split_at_commas(value.lower()) if isinstance(value, str) else value


def absolute_path(value: Path | None) -> Path | None:
    """A path with ~ expanded; None for blanks. Raises ValueError for a relative one."""
    if value is None or not str(value).strip():
        return None
    path = value.expanduser()
    if not path.is_absolute():
        raise ValueError("must be an absolute path: a server may be started anywhere")
    return path


def loopback_origin(value: str | None) -> str | None:
    """`http://HOST:PORT` of an address on this machine; None for blanks. Raises ValueError for any other.

    For the address of a stand-in: nothing in the environment leads credentials anywhere else.
    """
    from connector_kit.addresses import LOOPBACK_HOSTS

    if value is None or not value.strip():
        return None
    parts = urlsplit(value.strip())
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in ("http", "https") or host not in LOOPBACK_HOSTS or parts.username or parts.password:
        raise ValueError(
            "must be an address on this machine, like http://127.0.0.1:8080: credentials go to the service only"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_at_commas)]
"""Names by commas."""

AbsolutePath = Annotated[Path | None, AfterValidator(absolute_path)]
"""A path from the root or from ~; blanks are none."""

StandInAddress = Annotated[str | None, AfterValidator(loopback_origin)]
"""The origin of a stand-in for a service, on this machine; blanks are none."""
