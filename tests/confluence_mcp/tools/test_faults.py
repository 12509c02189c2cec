"""Every way in which Confluence may fail, for every family of tools: what is told, what is recorded, what was sent."""

import logging
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from connector_kit.testing.families import PATIENT, Family, Recordings, Stage, healthy
from connector_kit.testing.faults import QUICK, Fault, FaultCase, FaultServer, fault_cases

from .conversation import Conversation
from .families import FAMILIES, HEADER, TOKEN, conversation

pytestmark = pytest.mark.anyio

SECRETS = (TOKEN, HEADER, "a-token-that-nobody")
WRITING = [family for family in FAMILIES if family.writes]
TRIES = 1 + QUICK.retries
ERRORS = {"errors": [{"status": 400, "code": "INVALID", "title": "The title is taken.", "detail": "By page 7."}]}
ALL_CASES = fault_cases(ERRORS)
SLOW = [case for case in ALL_CASES if case.name.startswith("slow")]
CASES = [case for case in ALL_CASES if case not in SLOW]
IMPATIENT = {
    "slow headers": replace(PATIENT, read_timeout=2.0, retries=1),
    "slow body": replace(PATIENT, total_timeout=2.0),
}
TOLD = {
    "invalid_input": "Confluence",
    "not_authenticated": "API token",
    "not_permitted": "permission",
    "not_found": "Confluence",
    "conflict": "Read the page again",
    "rate_limited": "again",
    "unavailable": "again",
    "timed_out": "again",
    "outcome_unknown": "Before repeating it, look: confluence_",
    "bad_answer": "answered",
}
"""What a model needs in the text of each kind of failure."""


async def complaints(stage: Stage, case: FaultCase, confluence: Conversation, tries: int = TRIES) -> list[str]:
    """What is wrong with how the family's call takes a fault."""
    family = stage.family
    stage.begin(case.answer)
    text, is_error = await confluence.attempt(family.tool, family.arguments)
    kind = confluence.audited()[-1]["error_kind"]
    expected = case.write_kind if family.writes else case.read_kind
    repeated = case.write_repeated if family.writes else case.repeated
    wrong: list[str] = []
    if not is_error or kind != expected:
        wrong.append(f"is {kind}, not {expected}: {text}")
    elif TOLD[expected] not in text:
        wrong.append(f"does not say {TOLD[expected]!r}: {text}")
    elif family.writes and expected == "bad_answer" and TOLD["outcome_unknown"] not in text:
        wrong.append(f"does not say how to look whether it happened: {text}")
    # A page that is missing may be a blog post or a draft: it is asked for in each way once.
    times = stage.arrived if family.writes else max(Counter(request.target for request in stage.sent).values())
    if times != (tries if repeated else 1):
        wrong.append(f"reached Confluence {times} times")
    if len(text) > 1_500 or "<h1>" in text or "xxxxxxxxxx" in text or "\x00" in text:
        wrong.append(f"repeats what Confluence sent: {text[:200]}")
    wrong += [f"tells {secret[:8]}…" for secret in SECRETS if secret in text + confluence.audit_text()]
    if case.name == "400" and "The title is taken" not in text:
        wrong.append(f"does not tell the reason: {text}")
    return [f"{case.name}: {complaint}" for complaint in wrong]


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
async def test_a_fault_is_told_and_a_write_is_never_sent_twice(
    family: Family, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage = Stage(family, recordings[family.name])
    found: list[str] = []
    async with FaultServer(answering=stage.answer) as server, conversation(tmp_path, server, family) as confluence:
        for case in CASES:
            found += await complaints(stage, case, confluence)
    assert not found, "\n".join(found)
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize("case", SLOW, ids=[case.name for case in SLOW])
async def test_a_slow_confluence_is_not_waited_for_forever(
    case: FaultCase, recordings: Recordings, tmp_path: Path
) -> None:
    for family in (FAMILIES[0], WRITING[0]):
        stage = Stage(family, recordings[family.name])
        async with FaultServer(answering=stage.answer) as server:
            policy = IMPATIENT[case.name]
            async with conversation(tmp_path / family.name, server, family, policy) as confluence:
                assert await complaints(stage, case, confluence, 1 + policy.retries) == []


@pytest.mark.parametrize("family", WRITING, ids=[family.name for family in WRITING])
async def test_a_write_that_was_refused_for_the_moment_is_sent_again(
    family: Family, recordings: Recordings, tmp_path: Path
) -> None:
    stage = Stage(family, recordings[family.name])
    async with FaultServer(answering=stage.answer) as server, conversation(tmp_path, server, family) as confluence:
        target = next(each for each in recordings[family.name] if family.is_target(each))
        refusals = [Fault.json({}, 429), Fault.json({}, 503, {"Retry-After": "0"})]
        stage.begin(*refusals, healthy(target))
        await confluence.ask(family.tool, **family.arguments)
        assert stage.arrived == len(refusals) + sum(map(family.is_target, recordings[family.name]))


@pytest.mark.parametrize("family", WRITING, ids=[family.name for family in WRITING])
async def test_nothing_is_written_when_what_must_be_known_before_cannot_be_read(family: Family, tmp_path: Path) -> None:
    if family.blind:
        pytest.skip("it needs to know nothing before")
    async with FaultServer(Fault.json({"errors": [{"title": "Down."}]}, 503)) as server:
        async with conversation(tmp_path, server, family) as confluence:
            text = await confluence.refused(family.tool, **family.arguments)
            assert confluence.audited()[-1]["error_kind"] == "unavailable"
        assert "503" in text
        assert {request.method for request in server.requests} == {"GET"}


async def test_what_never_reached_confluence_is_told_as_unsent(tmp_path: Path) -> None:
    async with FaultServer() as server:
        pass
    # The server is gone: nobody accepts connections at its address.
    family = WRITING[0]
    async with conversation(tmp_path, server, family) as confluence:
        text = await confluence.refused(family.tool, **family.arguments)
        assert confluence.audited()[-1]["error_kind"] == "unavailable"
        assert "Nothing was sent" in text
