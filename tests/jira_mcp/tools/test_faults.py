"""Every way in which Jira may fail, for every family of tools: what is told, what is recorded, what was sent."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from connector_kit.http import Exchange
from connector_kit.testing.conversation import path_of
from connector_kit.testing.families import PATIENT, Family, Recordings, arrived, healthy, stage
from connector_kit.testing.faults import QUICK, Fault, FaultCase, FaultServer, fault_cases

from .families import FAMILIES, HEADER, TOKEN, conversation

pytestmark = pytest.mark.anyio

SECRETS = (TOKEN, HEADER, "a-token-that-nobody")
WRITING = [family for family in FAMILIES if family.writes]
LOOKING = [family for family in WRITING if family.name not in ("comment", "worklog")]
"""Those that must read something before they know what to write."""
TRIES = 1 + QUICK.retries
AT_A_TIME = 8
"""More at once, and a busy machine has no time left for all tries of a call."""

IMPATIENT = {
    "slow headers": replace(PATIENT, read_timeout=1.5),
    "slow body": replace(PATIENT, total_timeout=2.5),
}

FIELD_ERRORS = {
    "errorMessages": ["Two values are wrong."],
    "errors": {"customfield_10016": "Story points must be small.", "assignee": "Nobody is called that."},
}
CASES = fault_cases(FIELD_ERRORS)
TOLD = {
    "invalid_input": "Jira",
    "not_authenticated": "API token",
    "not_permitted": "permission",
    "not_found": "Jira",
    "conflict": "Read the issue again",
    "rate_limited": "again",
    "unavailable": "again",
    "timed_out": "again",
    "outcome_unknown": "Before repeating it, look: jira_",
    "bad_answer": "answered",
}
"""What a model needs in the text of each kind of failure."""


class Report:
    """What a call with a fault in it came to."""

    def __init__(self, text: str, is_error: bool, audit: str, kind: str | None, requests: int) -> None:
        self.text, self.is_error, self.audit, self.kind, self.requests = text, is_error, audit, kind, requests


async def suffer(folder: Path, family: Family, exchanges: tuple[Exchange, ...], case: FaultCase) -> Report:
    """Make the family's call while Jira answers its request with the case's fault."""
    async with FaultServer() as server:
        stage(server, family, exchanges, case.answer)
        policy = IMPATIENT.get(case.name, PATIENT)
        async with conversation(folder / family.name, server, family, policy) as jira:
            text, is_error = await jira.attempt(family.tool, family.arguments)
            kind = jira.audited()[-1]["error_kind"]
            return Report(text, is_error, jira.audit_text(), kind, arrived(server, family))


def complaints(family: Family, case: FaultCase, report: Report) -> list[str]:
    """What is wrong with how a fault was taken."""
    expected = case.write_kind if family.writes else case.read_kind
    repeated = case.write_repeated if family.writes else case.repeated
    wrong: list[str] = []
    if not report.is_error or report.kind != expected:
        wrong.append(f"is {report.kind}, not {expected}: {report.text}")
    elif TOLD[expected] not in report.text:
        wrong.append(f"does not say {TOLD[expected]!r}: {report.text}")
    elif family.writes and expected == "bad_answer" and TOLD["outcome_unknown"] not in report.text:
        wrong.append(f"does not say how to look whether it happened: {report.text}")
    if report.requests != (TRIES if repeated else 1):
        wrong.append(f"reached Jira {report.requests} times")
    if len(report.text) > 1_500 or "<h1>" in report.text or "xxxxxxxxxx" in report.text or "\x00" in report.text:
        wrong.append(f"repeats what Jira sent: {report.text[:200]}")
    wrong += [f"tells {secret[:8]}…" for secret in SECRETS if secret in report.text + report.audit]
    if case.name == "400" and family.name in ("search", "create", "update"):
        wrong += [
            f"does not name {name}: {report.text}"
            for name in ("Story Points: Story points must be small.", "Assignee: Nobody is called that.")
            if name not in report.text
        ]
    return [f"{family.name}: {complaint}" for complaint in wrong]


async def complaints_of_all(
    families: Sequence[Family], recordings: Recordings, case: FaultCase, folder: Path
) -> list[str]:
    """What is wrong with how the families' calls take a fault."""
    found: list[str] = []
    a_few = anyio.Semaphore(AT_A_TIME)

    async def try_out(family: Family) -> None:
        async with a_few:
            found.extend(complaints(family, case, await suffer(folder, family, recordings[family.name], case)))

    async with anyio.create_task_group() as tasks:
        for family in families:
            tasks.start_soon(try_out, family)
    return found


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_fault_is_told_and_a_write_is_never_sent_twice(
    case: FaultCase, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found = await complaints_of_all(FAMILIES, recordings, case, tmp_path)
    assert not found, "\n".join(found)
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize("family", LOOKING, ids=[family.name for family in LOOKING])
async def test_nothing_is_written_when_what_must_be_known_before_cannot_be_read(
    family: Family, recordings: Recordings, tmp_path: Path
) -> None:
    assert not family.is_target(recordings[family.name][0])
    async with FaultServer(Fault.json({"errorMessages": ["Down."]}, 503)) as server:
        async with conversation(tmp_path, server, family) as jira:
            text = await jira.refused(family.tool, **family.arguments)
            assert jira.audited()[-1]["error_kind"] == "unavailable"
        assert "503" in text
        assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize("family", WRITING, ids=[family.name for family in WRITING])
async def test_a_write_that_jira_refused_for_the_moment_is_sent_again(
    family: Family, recordings: Recordings, tmp_path: Path
) -> None:
    refusals = [Fault.json({}, 429), Fault.json({}, 503, {"Retry-After": "0"})]
    async with FaultServer() as server:
        exchanges = recordings[family.name]
        first = next(number for number, exchange in enumerate(exchanges) if family.is_target(exchange))
        for exchange in exchanges[:first]:
            server.queue(path_of(exchange), healthy(exchange))
        server.queue(family.path, *refusals)
        for exchange in exchanges[first:]:
            server.queue(path_of(exchange), healthy(exchange))
        async with conversation(tmp_path, server, family) as jira:
            await jira.ask(family.tool, **family.arguments)
        assert server.pending() == 0
        assert arrived(server, family) == len(refusals) + sum(family.is_target(each) for each in exchanges)


@pytest.mark.parametrize("family", WRITING, ids=[family.name for family in WRITING])
async def test_a_write_that_never_reached_jira_is_sent_again_and_told_as_unsent(family: Family, tmp_path: Path) -> None:
    async with FaultServer() as server:
        pass
    # The server is gone: nobody accepts connections at its address.
    async with conversation(tmp_path, server, family) as jira:
        text = await jira.refused(family.tool, **family.arguments)
        assert jira.audited()[-1]["error_kind"] == "unavailable"
        assert "Nothing was sent" in text
        assert len(jira.exchanges) >= TRIES
