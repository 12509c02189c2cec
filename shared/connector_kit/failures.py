"""What is told about a call that failed: what happened, whether it may have taken effect, what to do now."""

from __future__ import annotations

import socket
import ssl

import httpx2

from connector_kit.call import READING_METHODS, Call
from connector_kit.errors import BadAnswer, OutcomeUnknown, ServiceError, TimedOut, Unavailable
from connector_kit.replies import Reply
from connector_kit.retry import asked_wait, is_ambiguous

_LOOK = "Look whether it happened before repeating it."
_LATER = "Try again in a minute."


def _cause(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether `error` goes back to one of `kind`."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, kind):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def is_hopeless(error: Exception) -> bool:
    """Whether the same request would fail in the same way at once."""
    return isinstance(error, httpx2.ProxyError) or _cause(error, ssl.SSLCertVerificationError)


def _trouble(error: Exception, host: str) -> tuple[str, str]:
    """What broke, and what to do about it."""
    if _cause(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {host} is not trusted",
            "Behind a company proxy, set SSL_CERT_FILE to its certificates.",
        )
    if _cause(error, socket.gaierror):
        return f"the host {host} cannot be found", "Check the address and the network."
    if isinstance(error, httpx2.ProxyError):
        return "the proxy refused the connection", "Check HTTPS_PROXY and NO_PROXY."
    if isinstance(error, httpx2.ConnectTimeout):
        return f"{host} did not accept the connection in time", "Check the network or try again in a minute."
    if isinstance(error, httpx2.ConnectError):
        return f"no connection to {host}", "Check the address and the network."
    if isinstance(error, httpx2.PoolTimeout):
        return "too many calls are under way", "Try again when they have ended."
    if isinstance(error, httpx2.TimeoutException):
        return "it stayed silent for too long", _LATER
    return "the connection broke", _LATER


_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


def was_sent(error: Exception) -> bool:
    """Whether the request may have reached the service before the connection failed with `error`."""
    return not isinstance(error, _NEVER_SENT)


def broken(service: str, call: Call, error: Exception) -> ServiceError:
    """The error for a connection that failed with `error`."""
    what, next_step = _trouble(error, call.host)
    if not was_sent(error):
        return Unavailable(f"{service} cannot be reached: {what}. Nothing was sent.", next_step=next_step)
    told = f"{service} gave no complete answer to {call.method} {call.path}: {what}."
    if not call.repeatable:
        return _outcome_unknown(call, told)
    kind = TimedOut if isinstance(error, httpx2.TimeoutException) else Unavailable
    return kind(told, next_step=_with_safety(call, next_step))


def deadline_passed(service: str, call: Call) -> ServiceError:
    """The error for a call that was under way when its time was up."""
    told = f"{service} did not finish {call.method} {call.path} within {call.seconds:.3g} s."
    if not call.repeatable:
        return _outcome_unknown(call, told)
    return TimedOut(told, next_step=_with_safety(call, "Ask for less, or try again."))


def no_time_left(service: str, call: Call) -> ServiceError:
    """The error for a call whose time was up before it was sent."""
    return TimedOut(
        f"{call.method} {call.path} was not sent to {service}: the time for this call is used up.",
        next_step="Ask for less at a time, or try again in a minute.",
    )


def _outcome_unknown(call: Call, told: str) -> ServiceError:
    accepted = call.accepted_status
    effect = f"It was accepted ({accepted})." if accepted else "It may have been carried out all the same."
    return OutcomeUnknown(f"{told} {effect}", next_step=_LOOK, status=accepted)


def _with_safety(call: Call, next_step: str) -> str:
    if call.method in READING_METHODS or call.method == "POST":
        return next_step
    return f"It may have been carried out; repeating it is safe. {next_step}"


def answered(call: Call, reply: Reply, explained: ServiceError) -> ServiceError:
    """The error for an answer of status 400 or more, from what `explained` already says about it."""
    if is_ambiguous(reply.status, reply.headers):
        if not call.repeatable:
            return OutcomeUnknown(
                f"{explained.message} It may have been carried out all the same.",
                next_step=_LOOK,
                status=reply.status,
                request_id=reply.request_id,
            )
        explained.next_step = _with_safety(call, explained.next_step)
    elif call.doubtful and call.method not in READING_METHODS:
        explained.next_step = (
            f"An earlier try of this call got no clear answer and may have been carried out. {explained.next_step}"
        ).strip()
    if explained.retry_after is None and reply.status in (429, 503):
        explained.retry_after = asked_wait(reply.status, reply.headers)
    return explained


def circuit_open(service: str, failed: int, wait: float) -> ServiceError:
    """The error for a call that is not sent because the service failed too often in a row."""
    return Unavailable(
        f"{service} failed {failed} times in a row, so that calls to it are paused; this one was not sent.",
        next_step=f"It is tried again in {max(1, round(wait))} s.",
        retry_after=max(1.0, wait),
    )


def unreadable(service: str, call: Call, status: int, what: str, next_step: str) -> BadAnswer:
    """The error for a complete answer that cannot be used."""
    if not call.repeatable and status < 300:
        next_step = "The call may have been carried out: look at the result before repeating it."
    return BadAnswer(f"{service} answered {call.method} {call.path} with {what}.", next_step=next_step, status=status)


def broken_download(service: str, call: Call, error: Exception) -> ServiceError:
    """The error for a streamed body that ended with `error`."""
    what, next_step = _trouble(error, call.host)
    kind = TimedOut if isinstance(error, httpx2.TimeoutException) else Unavailable
    return kind(f"The answer of {service} to {call.method} {call.path} broke off: {what}.", next_step=next_step)


def download_too_slow(service: str, call: Call) -> ServiceError:
    """The error for a streamed body that was not complete in time."""
    return TimedOut(
        f"The answer of {service} to {call.method} {call.path} was not complete in time.",
        next_step="Ask for a smaller part of it.",
    )
