"""The two sites that one account reaches: their addresses, their cloud ids, and what each is filled with."""

from __future__ import annotations

from typing import Literal, get_args

Data = Literal["sample", "ops"]
"""What a file is filled with: the PM OS, or the little of a second site of the same people."""
DATA: tuple[str, ...] = get_args(Data)

DEFAULT_SITE_URL = "https://pm-os.sandbox.invalid"
"""Where the links in the answers point: a host that can never exist (RFC 2606). The wiki is at /wiki there."""

SITES: dict[str, Data] = {DEFAULT_SITE_URL: "sample", "https://ops.sandbox.invalid": "ops"}
"""The sites, with their data."""

CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d11"
SECOND_CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d22"
"""Of the site with the data `ops`."""


def site_with(data: Data) -> str:
    """The address of the site that these data are of."""
    return next(url for url, held in SITES.items() if held == data)


def cloud_id_of(data: str | None) -> str:
    """The cloud id of the site that these data are of."""
    return SECOND_CLOUD_ID if data == "ops" else CLOUD_ID
