"""A stand-in of Anthropic's Messages API on loopback: it hands work to an agent once, and keeps what it is asked."""

import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = Mapping[str, Any]


def _events(model: str, block: Mapping[str, Any], delta: Mapping[str, Any], reason: str) -> bytes:
    """One answer as the stream of events that the API sends: https://docs.claude.com/en/api/messages-streaming"""
    usage = {"input_tokens": 1, "output_tokens": 1}
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "usage": usage,
    }
    events: list[Mapping[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


def _answer(request: Request, agent: str) -> bytes:
    asked = [message["role"] for message in request["messages"]]
    if "assistant" in asked or "Agent" not in {tool["name"] for tool in request.get("tools", [])}:
        text = {"type": "text_delta", "text": "Done."}
        return _events(request["model"], {"type": "text", "text": ""}, text, "end_turn")
    handed = {"description": "a task", "prompt": "Do it.", "subagent_type": agent, "run_in_background": False}
    given = {"type": "input_json_delta", "partial_json": json.dumps(handed)}
    call: dict[str, Any] = {"type": "tool_use", "id": "toolu_1", "name": "Agent", "input": {}}
    return _events(request["model"], call, given, "tool_use")


@contextmanager
def model_that_hands_on(agent: str) -> Generator[tuple[str, list[Request]]]:
    """The address of a model that hands whatever it is asked to an agent, and the requests it has had."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request: Request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            requests.append(request)
            answer = _answer(request, agent)
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", requests
    server.shutdown()
    thread.join()
    server.server_close()
