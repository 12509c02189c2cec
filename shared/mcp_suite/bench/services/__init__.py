"""What is measured of each server besides its start: one module by the service's name.

It has a table `GROUPS`, and `READS`, what callers read while all servers are measured together.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from mcp_suite.bench import startup
from mcp_suite.bench.figures import Figure
from mcp_suite.servers import Script

Measure = Callable[[Script, int], list[Figure]]
"""Takes the server and how often a start is measured."""


Read = tuple[str, Callable[[int], Mapping[str, Any]]]
"""A tool that reads, and the arguments of its nth call."""


def groups_of(service: str) -> dict[str, Measure]:
    """What can be measured of a service, by the name that --only takes."""
    module = _module(service)
    own: Mapping[str, Measure] = module.GROUPS if module else {}
    return {"startup": startup.measure, **own}


def reads_of(service: str) -> Sequence[Read]:
    """What callers read of a service in its sandbox; nothing where nobody has said."""
    return getattr(_module(service), "READS", ())


def _module(service: str) -> ModuleType | None:
    name = f"{__name__}.{service}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
