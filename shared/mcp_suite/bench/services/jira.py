"""What is measured of the Jira server."""

from mcp_suite.bench import answers, day, load, reading
from mcp_suite.bench.figures import Figure
from mcp_suite.bench.issues import keys
from mcp_suite.bench.reading import Reading
from mcp_suite.servers import Script

READS_PER_RUN = 10
CONCURRENT = 100
PINGS = 20
ISSUE = Reading("jira_get_issue", "key", keys, {"include": []}, {"include": ["worklogs"]})
"""A read that Jira answers in one request."""


def _answers(script: Script, runs: int) -> list[Figure]:
    del runs
    return answers.measure(script)


def _overhead(script: Script, runs: int) -> list[Figure]:
    return reading.measure(script, ISSUE, runs * READS_PER_RUN)


def _load(script: Script, runs: int) -> list[Figure]:
    return load.measure(script, ISSUE, rounds=min(runs, 3), concurrent=CONCURRENT, pings=PINGS)


def _cache(script: Script, runs: int) -> list[Figure]:
    del runs
    return day.measure(script)


GROUPS = {"answers": _answers, "overhead": _overhead, "load": _load, "cache": _cache}
