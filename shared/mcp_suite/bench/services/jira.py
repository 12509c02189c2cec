"""What is measured of the Jira server."""

from mcp_suite.bench import answers, day, load, reading
from mcp_suite.bench.figures import Figure
from mcp_suite.servers import Script

READS_PER_RUN = 10
CONCURRENT = 100
PINGS = 20


def _answers(script: Script, runs: int) -> list[Figure]:
    del runs
    return answers.measure(script)


def _overhead(script: Script, runs: int) -> list[Figure]:
    return reading.measure(script, runs * READS_PER_RUN)


def _load(script: Script, runs: int) -> list[Figure]:
    return load.measure(script, rounds=min(runs, 3), concurrent=CONCURRENT, pings=PINGS)


def _cache(script: Script, runs: int) -> list[Figure]:
    del runs
    return day.measure(script)


GROUPS = {"answers": _answers, "overhead": _overhead, "load": _load, "cache": _cache}
