"""The agents, in the order in which they came into use."""

from sandbox_kit.history import people
from sandbox_kit.history.done import DONE
from sandbox_kit.history.model import Agent, Release

_FINISHED = {each.number: each.finished for each in DONE}


def _release(version: str, deliverable: int) -> Release:
    return Release(version, deliverable, _FINISHED[deliverable])


AGENTS = (
    Agent(people.ORCHESTRATOR, (_release("1.0", 6),)),
    Agent(people.PRODUCT_ARCHITECT, (_release("1.0", 7),)),
    Agent(
        people.ENGINEERING_PARTNER,
        # Version 1.1, which tells what a requirement would cost, came between two deliverables.
        (_release("1.0", 9), Release("1.1", 9, "2026-01-31 22:15"), _release("1.2", 14)),
    ),
    Agent(people.UX_STRATEGIST, (_release("1.0", 10),)),
    Agent(people.DATA_ANALYST, (_release("1.0", 16),)),
    Agent(people.GTM_STRATEGIST, (_release("1.0", 17),)),
    Agent(people.SYSTEM_EVALUATOR, (_release("1.0", 19),)),
    Agent(people.DOCUMENTATION_MAINTAINER, (_release("1.0", 20),)),
)
