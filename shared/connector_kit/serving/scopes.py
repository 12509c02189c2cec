"""What is told when the credentials lack a scope that a tool needs: which, and how to get it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connector_kit.errors import NotPermitted, ScopeMissing, ServiceError
from connector_kit.serving.toolset import ToolEntry

if TYPE_CHECKING:
    from connector_kit.serving.session import Session

_SHOWN = 8


def lacking(session: "Session[Any, Any]", entry: ToolEntry, missing: Sequence[str]) -> NotPermitted:
    """The failure of a tool whose login lacks the scopes `missing`, found out before anything was sent."""
    # Names that no tool asks for belong to the other family of the vendor's scopes, in which this login was made.
    known = {scope for tool in session.spec.toolset for scope in tool.scopes}
    family = "" if known.issuperset(missing) else " --granular-scopes"
    return NotPermitted(
        f"{entry.name} needs {_scopes(missing)}, which this login does not have.",
        next_step=_more(session) or f"Ask the user to run `{_command(session)}{family}`.",
    )


def refused(session: "Session[Any, Any]", entry: ToolEntry, error: ScopeMissing) -> ServiceError:
    """The service's own refusal, with the scopes that the tool needs and the way to get them."""
    if not entry.scopes or session.settings is None:
        return error
    if session.spec.more_scopes:  # the service has named what is lacking, which may be more than every call needs
        step = _more(session) or f"Ask the user to run `{_command(session)}`."
        return ScopeMissing(error.message, next_step=step, status=error.status, request_id=error.request_id)
    if session.settings.login == "oauth":
        step = f"Ask the user to run `{_command(session)}`."
    else:
        # The new token takes the place of the old one, so it has to serve the other tools as well.
        offered = filter(session.offers, session.spec.toolset)
        together = tuple(dict.fromkeys(scope for tool in offered for scope in tool.scopes))
        step = (
            f"Ask the user to make an API token with {_scopes(together)}, and to store it with "
            f"`{_command(session, access=False)}`."
        )
    return ScopeMissing(
        f"{error.message} {entry.name} needs {_scopes(entry.scopes)}.",
        next_step=step,
        status=error.status,
        request_id=error.request_id,
    )


def _more(session: "Session[Any, Any]") -> str:
    """How the token in use is given more scopes; "" for a login in the browser, and where another token is made."""
    if not session.spec.more_scopes or session.settings is None or session.settings.login == "oauth":
        return ""
    return f"Ask the user to {session.spec.more_scopes}, and to store it with `{_command(session, access=False)}`."


def _command(session: "Session[Any, Any]", *, access: bool = True) -> str:
    """The command that logs in with all that this server's tools may do: it replaces the login that is there."""
    parts = ["mcp-suite auth login", session.spec.service]
    if session.settings is not None and session.settings.account:
        parts.append(f"--account {session.settings.account}")
    if access and session.access.value != "read":
        parts.append(f"--access {session.access.value}")
    return " ".join(parts)


def _scopes(names: Sequence[str]) -> str:
    """`the scope a`, `the scopes a, b and c`."""
    if len(names) == 1:
        return f"the scope {names[0]}"
    if len(names) > _SHOWN:
        return f"the scopes {', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
    return f"the scopes {', '.join(names[:-1])} and {names[-1]}"
