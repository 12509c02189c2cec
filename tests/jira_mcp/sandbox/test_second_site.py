"""The second site of the sandbox: small, of the same people, and with other issues under the same keys."""

from pathlib import Path

import pytest

from jira_mcp.sandbox import CLOUD_ID, DATA, SECOND_CLOUD_ID, SITES, create_app, reset
from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio
OPS = "https://ops.sandbox.invalid"


async def summary(database: Path, key: str, data: str = "ops") -> str:
    app = create_app(database, data="ops" if data == "ops" else "sample")
    visitor = Visitor(app)
    try:
        return str((await visitor.get(f"/issue/{key}"))["fields"]["summary"])
    finally:
        await visitor.aclose()
        app.close()


def test_each_data_has_a_site() -> None:
    assert tuple(SITES.values()) == DATA
    assert CLOUD_ID != SECOND_CLOUD_ID


async def test_a_file_keeps_its_data_through_a_reset(tmp_path: Path) -> None:
    database = tmp_path / "jira.sqlite3"
    assert await summary(database, "PMOS-1") == "Runbook: restoring the workspace from a backup"
    reset(database)
    assert await summary(database, "PMOS-2") == "Runbook: an agent that does not answer"


async def test_a_file_with_other_data_is_filled_anew(tmp_path: Path) -> None:
    database = tmp_path / "jira.sqlite3"
    assert (await summary(database, "PMOS-1")).startswith("Runbook")
    assert await summary(database, "PMOS-1", "sample") == "Create directory structure (18 folders)"
    assert (await summary(database, "PMOS-1")).startswith("Runbook")


async def test_it_is_at_an_address_of_its_own_and_takes_new_issues_in_every_project(tmp_path: Path) -> None:
    app = create_app(tmp_path / "jira.sqlite3", data="ops")
    visitor = Visitor(app)
    assert await visitor.get("/_edge/tenant_info") == {"cloudId": SECOND_CLOUD_ID}
    assert (await visitor.get("/issue/PMOS-1"))["self"].startswith(OPS)
    for project, number in (("PMOS", 4), ("NOVA", 1)):
        made = await visitor.create(project={"key": project}, issuetype={"name": "Task"})
        assert made == f"{project}-{number}"
    await visitor.aclose()
    app.close()
