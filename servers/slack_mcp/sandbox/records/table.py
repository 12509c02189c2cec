"""Records, which are dataclasses, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def document(record: DataclassInstance) -> str:
    """A record as it is stored."""
    return json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"))
