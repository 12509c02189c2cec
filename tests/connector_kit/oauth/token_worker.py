"""A process that uses a credential, for the proofs.

`many TOKEN_URL FOLDER COROUTINES REJECTED`: waits for a line, then as many coroutines ask for a token at once,
after REJECTED was refused if that is given; prints the tokens as JSON.

`nursery TOKEN_URL FOLDER REUSE_LEEWAY`: for each number of seconds that it reads, lets a child ask for a token,
kills the child after that time (never, if negative), and prints how many seconds the child took, or "killed".
"""

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import anyio

from connector_kit.oauth.manager import OAuthManager
from connector_kit.testing.logins import CLIENT, CREDENTIAL, file_vault, loopback_profile

IMPORTED_LATE = (
    "anyio._backends._asyncio",
    "connector_kit.oauth.token_endpoint",
    "cryptography.hazmat.primitives.ciphers.aead",
    "filelock",
    "httpcore2",
)
"""What a process has imported before its second renewal: importing takes longer than all the rest."""


def tell(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def manager(token_url: str, folder: str, reuse_leeway: float) -> OAuthManager:
    profile = loopback_profile(token_url, reuse_leeway=reuse_leeway)
    return OAuthManager(profile, CLIENT, CREDENTIAL, file_vault(Path(folder)))


async def ask_many(token_url: str, folder: str, coroutines: int, rejected: str) -> list[str]:
    used = manager(token_url, folder, 0.0)
    answers: list[str] = []

    async def ask() -> None:
        if rejected:
            assert await used.renew(rejected)
        answers.append(await used.access_token())

    async with anyio.create_task_group() as group:
        for _ in range(coroutines):
            group.start_soon(ask)
    return answers


def use_once(token_url: str, folder: str, reuse_leeway: float) -> None:
    anyio.run(manager(token_url, folder, reuse_leeway).access_token)


def nursery(token_url: str, folder: str, reuse_leeway: float) -> None:
    for module in IMPORTED_LATE:
        importlib.import_module(module)
    tell("ready")
    for line in sys.stdin:
        delay, began = float(line), time.perf_counter()
        child = os.fork()
        if child == 0:
            use_once(token_url, folder, reuse_leeway)
            os._exit(0)
        if delay >= 0:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        tell("killed" if os.WIFSIGNALED(status) else time.perf_counter() - began)


if __name__ == "__main__":
    if sys.argv[1] == "many":
        tell("ready")
        sys.stdin.readline()
        tell(json.dumps(anyio.run(ask_many, sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])))
    else:
        nursery(sys.argv[2], sys.argv[3], float(sys.argv[4]))
