"""What is measured of each server besides its start: one module by the service's name, with a table `GROUPS`."""

import importlib
import importlib.util
from collections.abc import Callable, Mapping

from mcp_suite.bench import startup
from mcp_suite.bench.figures import Figure
from mcp_suite.servers import Script

Measure = Callable[[Script, int], list[Figure]]
"""Takes the server and how often a start is measured."""


def groups_of(service: str) -> dict[str, Measure]:
    """What can be measured of a service, by the name that --only takes."""
    name = f"{__name__}.{service}"
    own: Mapping[str, Measure] = importlib.import_module(name).GROUPS if importlib.util.find_spec(name) else {}
    return {"startup": startup.measure, **own}
