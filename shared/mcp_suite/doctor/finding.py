"""What a check found: how it stands, in words, and the fix."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from connector_kit.errors import clean_text
from connector_kit.logs import redactor


class State(Enum):
    """How a check ended, the most urgent first."""

    FAIL = "fail"
    WARN = "warn"
    OK = "ok"
    SKIP = "skip"


_URGENCY = {state: rank for rank, state in enumerate(State)}
_TOLD_CHARS = 600
_FIX_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: `subject` is whom it is about, `check` what was looked at.

    `fix` is a command or an exact edit; a failure always has one. No text holds a known secret.
    """

    state: State
    subject: str
    check: str
    told: str
    fix: str = ""

    def __post_init__(self) -> None:
        """Clean the texts: some of them come from files, services and other programs."""
        object.__setattr__(self, "subject", clean_text(self.subject, 80))
        object.__setattr__(self, "told", clean_text(redactor.known(self.told), _TOLD_CHARS))
        object.__setattr__(self, "fix", clean_text(redactor.known(self.fix), _FIX_CHARS))


def fail(subject: str, check: str, told: str, fix: str) -> Finding:
    """Something does not work until `fix` is done."""
    return Finding(State.FAIL, subject, check, told, fix)


def warn(subject: str, check: str, told: str, fix: str = "") -> Finding:
    """Something works less well than it could, or may be meant otherwise."""
    return Finding(State.WARN, subject, check, told, fix)


def ok(subject: str, check: str, told: str) -> Finding:
    """Something is as it should be."""
    return Finding(State.OK, subject, check, told)


def skip(subject: str, check: str, told: str, fix: str = "") -> Finding:
    """Something was not looked at, or is not there and need not be; `fix` would change that."""
    return Finding(State.SKIP, subject, check, told, fix)


def by_urgency(findings: Iterable[Finding]) -> list[Finding]:
    """Failures, warnings, what is well, what was left out; otherwise in the order given."""
    return sorted(findings, key=lambda finding: _URGENCY[finding.state])
