"""A server that is lost at one call: what its client and it say is passed on until then.

`unreliable.py FLAG MOMENT NUMBER COMMAND…` runs the command. At its call of that number both die: `before` it reaches
the server, or `after` the server has answered. The file FLAG is made then; where it is there, nothing is lost.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

FLAG, MOMENT, NUMBER, *COMMAND = sys.argv[1:] if len(sys.argv) > 1 else ("", "", "0")


def die(server: "subprocess.Popen[bytes]") -> NoReturn:
    server.kill()
    os._exit(1)


def pass_back(server: "subprocess.Popen[bytes]", lost: set[object]) -> None:
    assert server.stdout is not None
    for line in server.stdout:
        message = json.loads(line)
        if message.get("id") in lost and "method" not in message:
            die(server)
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def main() -> None:
    server = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    lost: set[object] = set()
    threading.Thread(target=pass_back, args=(server, lost), daemon=True).start()
    calls = 0
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message.get("method") == "tools/call" and not Path(FLAG).exists():
            calls += 1
            if calls == int(NUMBER):
                Path(FLAG).touch()
                if MOMENT == "before":
                    die(server)
                lost.add(message["id"])
        server.stdin.write(line)
        server.stdin.flush()
    server.stdin.close()
    server.wait()


if __name__ == "__main__":
    main()
