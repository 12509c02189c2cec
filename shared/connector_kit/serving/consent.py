"""Asking before something is destroyed: by the client's own dialog where it has one, else by argument.

A tool that destroys takes `confirm: bool` for clients without a dialog, and a parameter
`Annotated[Answer, Resolve(…)]` whose resolver returns `ask(…)`. The dialog is used whenever the
client declares elicitation, so that no argument written by a model can stand in for the person.
"""

from typing import TYPE_CHECKING, Any, cast

from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult
from pydantic import BaseModel, Field

from connector_kit import trace
from connector_kit.errors import NotPermitted, clean_text
from connector_kit.sites import current_site

if TYPE_CHECKING:
    from connector_kit.serving.session import Session

_QUESTION_CHARS = 600


class Consent(BaseModel):
    """The person's answer."""

    confirm: bool = Field(description="Yes, do it. This cannot be undone.")


Answer = ElicitationResult[Consent]
"""What came of asking: accepted with a `Consent`, declined or dismissed."""


def ask(ctx: Context, question: str, *, confirmed: bool) -> Consent | Elicit[Consent]:
    """Have the person asked `question`, or take `confirmed` where the client cannot ask.

    The question may quote text of the service: control characters go, and what is over 600 characters.

    Raises:
        NotPermitted: the client cannot ask and `confirm` was not given; nothing was done.
    """
    question = clean_text(f"{_where(ctx)}{question}", _QUESTION_CHARS)
    capabilities = ctx.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    if elicitation is not None and (elicitation.form is not None or elicitation.url is None):
        return Elicit(question, Consent)
    if confirmed:
        return Consent(confirm=True)
    raise NotPermitted(
        f"Not done yet: {question}",
        next_step="Show this to the user; when they agree, call again with confirm=true.",
    )


def require(answer: Answer) -> None:
    """Go on only after a yes.

    Raises:
        NotPermitted: the person said no or dismissed the question; nothing was done.
    """
    trace.restart_clock()
    if not (isinstance(answer, AcceptedElicitation) and answer.data.confirm):
        raise NotPermitted("The user did not agree; nothing was changed.", next_step="Do not ask again.")


def _where(ctx: Context) -> str:
    """The site that the question is about, where the server has several: `On ops (https://…): `."""
    sites = cast("Session[Any, Any]", ctx.request_context.lifespan_context).sites
    site = current_site.get()
    return f"On {site} ({sites[site]}): " if site in sites else ""
