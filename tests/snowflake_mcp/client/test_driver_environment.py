"""What the connector would find out about the machine, and is kept from."""

import json
import os
import subprocess
import sys

import pytest

from snowflake_mcp.sandbox import Address

PROGRAM = """
import asyncio, json, os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

asked = []

class Cloud(BaseHTTPRequestHandler):
    def answer(self):
        asked.append(self.path)
        self.send_error(403)
    do_GET = do_PUT = answer
    def log_message(self, *arguments):
        pass

cloud = HTTPServer(("127.0.0.1", 0), Cloud)
threading.Thread(target=cloud.serve_forever, daemon=True).start()
os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = f"http://127.0.0.1:{cloud.server_port}"

from snowflake_mcp.client.driver import log_in
from snowflake_mcp.models import Context
from snowflake_mcp.sandbox import Address, connection_arguments

async def main():
    session = await log_in(connection_arguments(Address("127.0.0.1", int(sys.argv[1]), 0)), Context())
    await asyncio.sleep(0.5)
    await session.close()

asyncio.run(main())
print(json.dumps([asked, [name for name in os.environ if "PLATFORM" in name]]))
"""


@pytest.mark.parametrize("chosen", [{}, {"SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true"}])
def test_the_cloud_of_the_machine_is_not_asked_for_its_credentials(stand_in: Address, chosen: dict[str, str]) -> None:
    environment = {**os.environ, **chosen}
    command = [sys.executable, "-c", PROGRAM, str(stand_in.port)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], list(chosen)]
    assert "IMDS" not in done.stderr


def test_who_wants_the_connector_to_look_around_is_obeyed(stand_in: Address) -> None:
    environment = {**os.environ, "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "false"}
    command = [sys.executable, "-c", PROGRAM, str(stand_in.port)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    asked, _ = json.loads(done.stdout)
    assert asked, "or the test above proves nothing"
