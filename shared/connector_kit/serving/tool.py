"""A tool as the SDK runs it, with the suite's manners: strict arguments, errors that name the next
step, a correlation id, a bounded answer and an audit record for every call."""

import difflib
import logging
import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast
from uuid import uuid4

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.shared.exceptions import MCPError
from mcp_types import InputRequiredResult, ToolAnnotations
from pydantic import PrivateAttr, ValidationError

from connector_kit.audit import AuditRecord
from connector_kit.errors import InvalidInput, ScopeMissing, ServiceError, clean_text
from connector_kit.logs import correlation_id, redactor
from connector_kit.output import bounded
from connector_kit.serving.caller import client_name
from connector_kit.serving.schema import flatten
from connector_kit.serving.scopes import refused
from connector_kit.serving.session import Session
from connector_kit.serving.toolset import ToolEntry, parameters_of, running_tool
from connector_kit.sites import PARAMETER as SITE
from connector_kit.sites import chosen_site, current_site, told_on
from connector_kit.trace import CallTrace, current_trace, snapshot

logger = logging.getLogger(__name__)


class ServedTool(Tool):
    """One entry of the table, ready to be called."""

    _entry: ToolEntry = PrivateAttr()
    _takes_site: bool = PrivateAttr(default=False)

    @staticmethod
    @cache
    def of(entry: ToolEntry) -> "ServedTool":
        """The SDK's tool for an entry: flat schema, all four hints, text answers only.

        It keeps nothing of a session, so all servers of a process have the same one.
        """
        hints = entry.hints
        tool = ServedTool.from_function(
            entry.fn,
            title=entry.title,
            description=entry.description,
            annotations=ToolAnnotations(
                title=entry.title,
                read_only_hint=hints.read_only,
                destructive_hint=hints.destructive,
                idempotent_hint=hints.idempotent,
                open_world_hint=hints.open_world,
            ),
            structured_output=False,
        )
        served = cast("ServedTool", tool)
        served.parameters = flatten(served.parameters)
        served._entry = entry
        return served

    def at_sites(self, title: str, sites: Mapping[str, str]) -> "ServedTool":
        """The same tool, which takes the name of one of several sites besides; itself where there is only one."""
        if not sites:
            return self
        taken = {
            "type": "string",
            "enum": list(sites),
            "default": next(iter(sites)),
            "description": f"{title} site.",
        }
        served = self.model_copy(
            update={"parameters": {**self.parameters, "properties": {**parameters_of(self.parameters), SITE: taken}}}
        )
        served._entry, served._takes_site = self._entry, True
        return served

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        """Run the tool once.

        Raises:
            ToolError: anything went wrong; the text is for the model.
        """
        session: Session[Any, Any] = context.request_context.lifespan_context
        call_id = uuid4().hex[:12]
        outer_id = correlation_id.set(call_id)
        trace = CallTrace(self.name, client_name(context) or "")
        tracing = current_trace.set(trace)
        running = running_tool.set(self._entry)
        started = time.monotonic()
        # What is true until the call comes to its end, and if the process ends before.
        outcome, kind = "cancelled", None
        site = ""
        outer_site = current_site.set(site)

        def record() -> None:
            session.audit.write(
                AuditRecord(
                    tool=self.name,
                    client=client_name(context),
                    account=session.account_on(site),
                    effect=self._entry.effect,
                    arguments=self._named(arguments),
                    outcome=outcome,
                    error_kind=kind,
                    duration_ms=round((time.monotonic() - started) * 1000, 1),
                    correlation_id=call_id,
                    vendor_request_id=trace.vendor_request_id,
                    site=site or None,
                )
            )

        session.running.add(record)
        try:
            self._refuse_unknown(arguments)
            own = arguments
            if self._takes_site:
                site = chosen_site(session.sites, arguments.get(SITE), f"{session.spec.service.upper()}_SITES")
                current_site.set(site)
                own = {name: value for name, value in arguments.items() if name != SITE}
            result = _bounded(await super().run(own, context), told_on(session.sites, site))
            outcome = "asked" if isinstance(result, InputRequiredResult) else "ok"
            return self.fn_metadata.convert_result(result) if convert_result else result
        except InvalidInput as error:
            outcome, kind = "error", error.kind
            raise ToolError(redactor.known(str(error))) from error
        except ToolError as error:
            outcome = "error"
            kind, text = self._told(error, session)
            # A service may repeat in its complaint what it was sent.
            elsewhere = told_on(session.sites, site, missing=kind == "not_found")
            raise ToolError(" ".join(filter(None, (redactor.known(text), elsewhere)))) from error.__cause__
        except MCPError as error:
            # A protocol error would not reach the model. The only question that we ask is whether to destroy.
            outcome, kind = "error", "not_asked"
            reason = clean_text(error.message, 200)
            raise ToolError(
                f"Nothing was done: the client could not ask the user ({reason}). Tell them; do not repeat this."
            ) from error
        finally:
            # It is not there any more if the process is just leaving and has recorded the call as cut off.
            if record in session.running:
                session.running.discard(record)
                record()
            logger.info("call", extra={"tool": self.name, "outcome": outcome, "kind": kind, **snapshot(trace)})
            current_site.reset(outer_site)
            running_tool.reset(running)
            current_trace.reset(tracing)
            correlation_id.reset(outer_id)

    def _named(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments that the tool has, and under one name those that it has not: a name may be anything."""
        known = parameters_of(self.parameters)
        return {name if name in known else "?": value for name, value in arguments.items()}

    def _refuse_unknown(self, arguments: dict[str, Any]) -> None:
        known = parameters_of(self.parameters)
        unknown = [name for name in arguments if name not in known]
        if unknown:
            listed = ", ".join(known) or "none"
            told = "; ".join(f"unknown argument {_meant(name, known)}" for name in unknown[:5])
            raise InvalidInput(f"{told}.", next_step=f"{self.name} takes: {listed}.")

    def _told(self, error: ToolError, session: Session[Any, Any]) -> tuple[str, str]:
        """The kind of a failure for the record, and its text for the model."""
        cause = error.__cause__
        if isinstance(cause, ScopeMissing):
            cause = refused(session, self._entry, cause)
        if isinstance(cause, ValidationError):
            return "invalid_input", self._invalid(cause)
        if isinstance(cause, ServiceError):
            return cause.kind, str(cause)
        if isinstance(error, UnexpectedToolError):
            logger.error("%s crashed", self.name, exc_info=cause)
            return "crash", (
                f"{self.name} failed through a fault of this server, not of your arguments. Do not repeat "
                f"a write blindly. Its log on stderr has the details under correlation id {correlation_id.get()}."
            )
        if "Resolver " in str(error):
            # The SDK's complaint about the answer to a question; its text names our functions.
            return "not_asked", "Nothing was done: the question to the user got no usable answer. Call again to ask."
        return "tool_error", str(error)

    def _invalid(self, error: ValidationError) -> str:
        told: list[str] = []
        for item in error.errors(include_url=False, include_context=False)[:5]:
            where = ".".join(str(part) for part in item["loc"]) or "arguments"
            given = "" if item["type"] == "missing" else f" (got {clean_text(repr(item['input']), 60)})"
            told.append(f"{where}: {item['msg'].removeprefix('Value error, ')}{given}")
        return f"Nothing was done. {'; '.join(told)}. Correct this and call {self.name} again."


def _bounded(result: object, site: str) -> object:
    """An answer within its limit, with the site at the end of its last text."""
    if isinstance(result, str):
        return "\n".join(filter(None, (bounded(result), site)))
    if isinstance(result, list):
        parts = [bounded(part) if isinstance(part, str) else part for part in cast("list[object]", result)]
        return [*parts, site] if site else parts
    return result


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"{clean_text(name, 60)!r}" + (f" (did you mean {close[0]!r}?)" if close else "")
