"""Loading over a bad line, and what an account may refuse: all of a file or nothing, and never twice.

What the account answers is as documented; nothing here is recorded from one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from connector_kit.errors import Conflict, InvalidInput, NotPermitted, OutcomeUnknown, Unavailable
from connector_kit.testing.faults import Fault
from snowflake_mcp.client import SnowflakeClient, connect, loading
from snowflake_mcp.client.loading import Asked
from snowflake_mcp.models import Context

from ..scripted import Scripted, Stated
from .unreliable import DROPPED, NONSENSE, break_after

pytestmark = pytest.mark.anyio

DESCRIBED = ["name", "type", "kind", "null?", "default"]
COUNT = [("C", "NUMBER(18,0)")]
ADD = Asked("a.csv", "t")
MAKE = Asked("a.csv", "u", create=True)


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account with a table of two columns and ten rows; what is loaded arrives."""
    async with Scripted() as running:
        running.answer("^(BEGIN|COMMIT|ROLLBACK|CREATE)", ["status"], [("Statement executed successfully.",)])
        running.answer(
            "^DESCRIBE TABLE D.S.T",
            DESCRIBED,
            [("ID", "NUMBER(38,0)", "COLUMN", "N", None), ("B", "FLOAT", "COLUMN", "Y", None)],
        )
        running.fail("^DESCRIBE TABLE D.S.U", "002003", "42S02", "Object 'D.S.U' does not exist or not authorized.")
        running.answer(r"^SELECT COUNT\(\*\) FROM D.S.T", COUNT, [(10,)])
        running.answer(r"^SELECT COUNT\(\*\) FROM MCP_LOAD", COUNT, [(2,)])
        running.answer("^INSERT", changed=2)
        yield running


@pytest.fixture
async def client(account: Scripted, tmp_path: Path) -> AsyncIterator[SnowflakeClient]:
    """A client that signs in there; its folder has a file of two records."""
    (tmp_path / "a.csv").write_text("id,b\n1,1e5\n2,2.5\n")
    made = await connect(account.settings(database="D", default_schema="S", timeout=20, files_dir=tmp_path))
    yield made
    await made.aclose()


@pytest.fixture
def place(client: SnowflakeClient) -> Context:
    """Where its statements run."""
    return client.engine.context()


async def load(client: SnowflakeClient, asked: Asked, place: Context) -> loading.Loaded:
    """Load a file with the token of a preview."""
    plan = await client.loading.preview(asked, context=place)
    return await client.loading.load(asked, plan.token, context=place)


def done(account: Scripted) -> list[str]:
    """What was done in the session that loads: the first words, a name for the temporary table."""
    verbs: list[str] = []
    for statement in account.statements:
        if statement.verb in ("DESCRIBE", "SELECT"):
            continue
        stage = "MCP_LOAD" in statement.sql.split("(")[0]
        verbs.append(f"{statement.verb} STAGE" if stage else statement.verb)
    return verbs


async def test_records_are_staged_and_put_into_their_place_by_one_statement(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    assert (await load(client, ADD, place)).rows == 2
    assert done(account) == ["CREATE STAGE", "INSERT STAGE", "BEGIN", "INSERT", "COMMIT"]
    created, staged, _, placed, _ = (s for s in account.statements if s.verb not in ("DESCRIBE", "SELECT"))
    assert created.sql.startswith("CREATE TEMPORARY TABLE MCP_LOAD_")
    assert created.sql.endswith(" (LINE NUMBER(38,0), C1 VARCHAR, C2 VARCHAR)")
    assert staged.binds == [["2", "3"], ["1", "2"], ["1e5", "2.5"]]
    values = "CAST(C1 AS NUMBER(38,0)), CAST(C2 AS FLOAT)"
    expected = f"INSERT INTO D.S.T (ID, B) SELECT {values} FROM {created.sql.split()[3]} ORDER BY LINE"  # noqa: S608 - compared
    assert placed.sql == expected
    assert (created.session.database, created.session.schema) == ("D", "S")
    assert not account.unanswered


async def test_a_new_table_is_made_with_all_of_its_records(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    await load(client, MAKE, place)
    assert done(account) == ["CREATE STAGE", "INSERT STAGE", "CREATE"]
    assert account.statements[-1].sql.startswith("CREATE TABLE D.S.U (ID NUMBER(38,0), B FLOAT) AS SELECT CAST(C1 AS ")


@pytest.mark.parametrize("asked", [ADD, MAKE], ids=["add", "make"])
@pytest.mark.parametrize("name", NONSENSE)
async def test_an_answer_lost_while_records_are_sent_has_loaded_nothing(
    account: Scripted, client: SnowflakeClient, place: Context, asked: Asked, name: str
) -> None:
    break_after(account, "CREATE", NONSENSE[name])
    with pytest.raises(Unavailable, match="Nothing was loaded: the way to Snowflake failed"):
        await load(client, asked, place)
    assert done(account) == ["CREATE STAGE", "INSERT STAGE"]


async def test_an_answer_lost_before_the_commit_has_loaded_nothing(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    break_after(account, "BEGIN", NONSENSE["garbage"])
    with pytest.raises(Unavailable, match="Nothing was changed"):
        await load(client, ADD, place)
    assert done(account) == ["CREATE STAGE", "INSERT STAGE", "BEGIN", "INSERT", "ROLLBACK"]


async def test_a_commit_whose_answer_is_lost_is_uncertain_and_not_repeated(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    watch_last_insert(account, NONSENSE["garbage"])
    plan = await client.loading.preview(ADD, context=place)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.loading.load(ADD, plan.token, context=place)
    assert str(caught.value) == (
        "All 2 records were loaded, or none: the way to Snowflake failed at the end. Do not load it again yet: count "
        "the rows of D.S.T; it had 10 rows before."
    )
    with pytest.raises(NotPermitted, match="used already"):
        await client.loading.load(ADD, plan.token, context=place)
    assert done(account).count("COMMIT") == 1


async def test_a_table_whose_making_got_no_answer_is_uncertain(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    def watch(statement: Stated) -> bool:
        if statement.sql.startswith("SELECT COUNT(*) FROM MCP_LOAD"):
            account.fault("query", NONSENSE["garbage"], carried_out=True)
        return False

    account.answer(watch)
    with pytest.raises(OutcomeUnknown, match=r"or none: .* count the rows of D.S.U\."):
        await load(client, MAKE, place)
    assert done(account).count("CREATE") == 1


async def test_a_batch_that_arrives_twice_is_taken_once(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    break_after(account, "CREATE", DROPPED)
    assert (await load(client, ADD, place)).rows == 2


async def test_records_that_did_not_all_arrive_are_not_put_into_their_place(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.answer(r"^SELECT COUNT\(\*\) FROM MCP_LOAD", COUNT, [(1,)])
    with pytest.raises(Conflict, match="Nothing was loaded: 1 of 2 records arrived"):
        await load(client, ADD, place)
    assert done(account) == ["CREATE STAGE", "INSERT STAGE"]


async def test_fewer_rows_than_records_are_rolled_back(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.answer("^INSERT INTO D.S.T", changed=1)
    with pytest.raises(Conflict, match="Nothing was loaded: 1 of 2 records arrived, and that was undone"):
        await load(client, ADD, place)
    assert done(account)[-2:] == ["INSERT", "ROLLBACK"]


async def test_a_value_that_snowflake_refuses_is_named_by_line_column_and_value(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.fail("^INSERT INTO D.S.T", "100046", "22003", "Number out of representable range")
    where = r"\(C1 IS NOT NULL AND TRY_CAST\(C1 AS NUMBER\(38,0\)\) IS NULL\) OR \(C2 IS NOT NULL AND TRY_CAST\("
    account.answer(f"^SELECT LINE, CASE .* WHERE {where}", [("LINE", "NUMBER(38,0)"), ("P", "NUMBER(38,0)")], [(2, 2)])
    account.answer("^SELECT C2 FROM MCP_LOAD_[0-9A-F]+ WHERE LINE = 2", ["C2"], [("1e5",)])
    with pytest.raises(InvalidInput) as caught:
        await load(client, ADD, place)
    assert caught.value.fields == {"B": "line 2 has '1e5', which is no FLOAT"}
    assert "ROLLBACK" in done(account)


async def test_a_refusal_without_a_place_is_told_as_it_is(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.fail("^INSERT INTO D.S.T", "100072", "22000", "NULL result in a non-nullable column")
    account.answer("^SELECT LINE", ["LINE", "V"])
    with pytest.raises(InvalidInput, match="NULL result in a non-nullable column"):
        await load(client, ADD, place)
    account.fail("^SELECT LINE", "000603", "XX000", "Incident")
    with pytest.raises(InvalidInput, match="NULL result in a non-nullable column"):
        await load(client, ADD, place)


async def test_a_file_that_changes_while_it_is_loaded_is_not_loaded(
    account: Scripted, client: SnowflakeClient, place: Context, tmp_path: Path
) -> None:
    def watch(statement: Stated) -> bool:
        if statement.verb == "CREATE":
            (tmp_path / "a.csv").write_text("id,b\n1,1e5\n3,2.5\n")
        return False

    account.answer(watch)
    with pytest.raises(Conflict, match="the file has changed meanwhile"):
        await load(client, ADD, place)
    assert done(account) == ["CREATE STAGE", "INSERT STAGE"]


async def test_a_file_that_does_not_arrive_in_time_is_not_loaded(
    account: Scripted, client: SnowflakeClient, place: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LAST_SECONDS", 60.0)
    with pytest.raises(InvalidInput, match="2 records cannot be sent in the time of a call"):
        await load(client, ADD, place)
    assert done(account) == ["CREATE STAGE"]


async def test_a_role_that_may_insert_and_not_read_can_load(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.fail(
        r"^SELECT COUNT\(\*\) FROM D.S.T", "003001", "42501", "Insufficient privileges to operate on table 'T'"
    )
    plan = await client.loading.preview(ADD, context=place)
    assert plan.present is None
    assert (await client.loading.load(ADD, plan.token, context=place)).rows == 2


async def test_a_role_without_privilege_is_told(account: Scripted, client: SnowflakeClient, place: Context) -> None:
    account.fail("^INSERT INTO D.S.T", "003001", "42501", "Insufficient privileges to operate on table 'T'")
    with pytest.raises(NotPermitted, match="Insufficient privileges"):
        await load(client, ADD, place)
    assert done(account)[-1] == "ROLLBACK"


async def test_a_table_has_to_have_a_place(account: Scripted, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    nowhere = await connect(account.settings(files_dir=tmp_path))
    try:
        with pytest.raises(InvalidInput, match="there is no usual database and schema"):
            await nowhere.loading.preview(ADD, context=nowhere.engine.context())
    finally:
        await nowhere.aclose()


@pytest.mark.parametrize("pattern", ["^INSERT INTO MCP_LOAD", "^INSERT INTO D.S.T"])
async def test_a_cancelled_call_has_loaded_nothing(
    account: Scripted, client: SnowflakeClient, place: Context, pattern: str
) -> None:
    hanging = account.answer(pattern, hangs=True)
    plan = await client.loading.preview(ADD, context=place)
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: client.loading.load(ADD, plan.token, context=place))
        await account.until(lambda: hanging.used)
        group.cancel_scope.cancel()
    # The connector stops the statement behind our back.
    await account.until(lambda: account.aborts)
    assert "COMMIT" not in done(account)
    assert len(account.aborts) == 1


async def test_the_preview_of_a_file_is_not_gone_through_twice(
    client: SnowflakeClient, place: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await client.loading.preview(ADD, context=place)

    def never(*_: object) -> None:
        raise AssertionError("it was shown already")

    monkeypatch.setattr(loading, "infer", never)
    assert (await client.loading.load(ADD, plan.token, context=place)).rows == 2


def watch_last_insert(account: Scripted, fault: Fault) -> None:
    """Let the answer to the statement after the last INSERT get lost; it is carried out."""

    def watch(statement: Stated) -> bool:
        if statement.sql.startswith("INSERT INTO D.S.T"):
            account.fault("query", fault, carried_out=True)
        return False

    account.answer(watch)
