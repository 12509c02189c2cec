"""Lines that the SDK cannot read are mended or answered: left alone, they would keep their sender waiting.

The SDK drops a line that its JSON parser refuses. Two kinds come from healthy clients: halves of characters
(JavaScript writes the rest of a text cut inside an emoji as a lone surrogate), and values nested very deep.
"""

from __future__ import annotations

import json
import logging
import re
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import PARSE_ERROR, ErrorData, JSONRPCError, jsonrpc_message_adapter
from pydantic import ValidationError

if TYPE_CHECKING:
    from mcp.shared._stream_protocols import ReadStream, WriteStream

logger = logging.getLogger(__name__)

_ID = r'"id"\s*:\s*(?:(\d{1,15})|"((?:[^"\\]|\\.){1,100})")\s*[,}]'
_TOLD = (
    "Nothing was done: this message is no JSON that the server can read. It is damaged, or nested too deep. "
    "Send it again with simpler arguments."
)


class Intake:
    """The stream of incoming messages, with what the SDK could not read mended or answered on `outgoing`."""

    def __init__(self, incoming: ReadStream[SessionMessage | Exception], outgoing: WriteStream[SessionMessage]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self.ended = anyio.Event()
        """Set when the client has closed the input."""

    @property
    def last_context(self) -> Any:
        """The context in which the last message was sent; the SDK runs its handler there."""
        return getattr(self._incoming, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """The next message that can be dealt with."""
        while True:
            try:
                item = await self._incoming.receive()
            except anyio.EndOfStream:
                self.ended.set()
                raise
            if not isinstance(item, Exception):
                return item
            line = _line(item)
            mended = _mended(line)
            if mended is not None:
                return mended
            logger.warning("a line that is no message was left out: %d characters", len(line))
            request_id = _id_of(line)
            if request_id is not None:
                error = ErrorData(code=PARSE_ERROR, message=_TOLD)
                await self._outgoing.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=request_id, error=error)))

    async def aclose(self) -> None:
        """Close the stream."""
        await self._incoming.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        await self._incoming.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        return await self._incoming.__aexit__(exc_type, exc_val, exc_tb)


def _line(error: Exception) -> str:
    """The line that could not be read, as far as the parser's error tells."""
    if not isinstance(error, ValidationError):
        return ""
    given: object = error.errors(include_url=False, include_context=False)[0]["input"]
    return given if isinstance(given, str) else ""


def _mended(line: str) -> SessionMessage | None:
    """The message with a replacement character for each half of one, or None if that was not what is wrong."""
    try:
        text = json.dumps(json.loads(line), ensure_ascii=False)
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if whole == text:
            return None
        return SessionMessage(jsonrpc_message_adapter.validate_json(whole, by_name=False))
    except (ValueError, RecursionError):
        return None


def _id_of(line: str) -> int | str | None:
    """The id of the request in the line, if that is beyond doubt: another's id would answer another's question."""
    try:
        message: object = json.loads(line)
    except (ValueError, RecursionError):
        found = re.findall(_ID, line)
        if len(found) != 1 or line.count('"id"') != 1 or '"method"' not in line:
            return None
        number, text = cast("tuple[str, str]", found[0])
        return int(number) if number else text
    if not isinstance(message, dict):
        return None
    fields = cast("dict[str, object]", message)
    request_id = fields.get("id")
    if "method" not in fields or isinstance(request_id, bool) or not isinstance(request_id, int | str):
        return None
    return request_id
