"""The file behind every sandbox: private, made when it is needed, and never half written."""

import os
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import confluence_mcp.sandbox.app
import jira_mcp.sandbox.app
import slack_mcp.sandbox.app
from sandbox_kit.sample_database import SampleDatabase

pytestmark = pytest.mark.anyio

App = jira_mcp.sandbox.app.Sandbox | confluence_mcp.sandbox.app.Sandbox | slack_mcp.sandbox.app.Sandbox
Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Product:
    """A sandbox: its package, and its app over a file that is filled at once or when it is needed."""

    package: str
    create: Callable[[Path, bool], App]


PRODUCTS = (
    Product("jira_mcp", lambda path, seed: jira_mcp.sandbox.create_app(path, seed=seed)),
    Product("confluence_mcp", lambda path, seed: confluence_mcp.sandbox.create_app(path, seed=seed)),
    Product("slack_mcp", lambda path, seed: slack_mcp.sandbox.create_app(path, seed=seed)),
)
every_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.package)


@every_product
@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_file_and_its_companions_are_for_their_owner_only(tmp_path: Path, product: Product) -> None:
    with closing(product.create(tmp_path / "file.sqlite", True)) as app, app.store.writing() as session:
        session.next_number("anything")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


@every_product
async def test_the_file_is_made_when_it_is_first_needed(tmp_path: Path, product: Product) -> None:
    database = tmp_path / "file.sqlite"
    app = product.create(database, False)
    assert not database.exists()
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(str(message["type"]))

    answer: Awaitable[None] = app({"type": "lifespan"}, receive, send)
    await answer
    assert database.exists()
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@every_product
def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, product: Product) -> None:
    with closing(product.create(tmp_path / "file.sqlite", True)) as app:
        store: SampleDatabase[Any] = app.store
        with pytest.raises(LookupError), store.writing() as session:
            session.set_meta("anything", "x")
            session.next_number("anything")
            raise LookupError
        with store.writing() as session:
            assert session.meta("anything") is None
            assert session.meta("data") == "sample"
            assert session.next_number("anything") == 1


@every_product
def test_naming_the_sandbox_loads_nothing_heavy(product: Product) -> None:
    heavy = {"starlette", "lark", f"{product.package}.sandbox.app", f"{product.package}.sandbox.store"}
    code = f"import sys, {product.package}.sandbox; print({heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"
