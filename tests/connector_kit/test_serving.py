"""A toy service served in process: what every tool of every server gets from the kit."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import anyio
import pytest
from mcp.client.session import ClientRequestContext, ElicitationFnT
from mcp_types import ElicitRequestParams, ElicitResult, ErrorData
from pydantic import Field

from connector_kit import trace
from connector_kit.access import Access
from connector_kit.audit import AuditLog
from connector_kit.errors import NotConfigured
from connector_kit.logs import redactor
from connector_kit.output import ANSWER_LIMIT
from connector_kit.serving.session import ServerSpec, Session
from connector_kit.serving.toolset import Toolset
from connector_kit.testing.contract import catalogue, complaints

from .toyshop import (
    TOOLS,
    ToyClient,
    ToySettings,
    shop,
)

pytestmark = pytest.mark.anyio
ERAS = pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])


def answering(action: str, confirm: bool = True, asked: list[str] | None = None) -> ElicitationFnT:
    async def callback(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        if asked is not None:
            asked.append(params.message)
        return ElicitResult(action=cast("Any", action), content={"confirm": confirm} if action == "accept" else None)

    return callback


@ERAS
async def test_a_tool_answers_with_one_text(tmp_path: Path, mode: str) -> None:
    async with shop(tmp_path, mode=mode) as toys:
        assert await toys.call("toy_get_thing", key="A-1") == ("first", False)


async def test_an_anticipated_failure_reaches_the_model_word_for_word(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        assert await toys.call("toy_get_thing", key="Z-9") == ("There is no thing Z-9. Try A-1.", True)


async def test_a_crash_keeps_its_text_and_gives_a_correlation_id(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        text, is_error = await toys.call("toy_run_crash")
        assert is_error
        assert "secret-of-the-house" not in text
        (record,) = toys.audited()
        assert record["correlation_id"] in text
        assert record["error_kind"] == "crash"


async def test_an_unknown_argument_is_refused_with_the_name_that_was_meant(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        text, is_error = await toys.call("toy_get_thing", key="A-1", kye="A-2")
        assert is_error
        assert "'kye' (did you mean 'key'?)" in text
        assert toys.audited()[0]["error_kind"] == "invalid_input"


async def test_the_name_of_an_unknown_argument_is_not_recorded_nor_a_secret_in_it_told(tmp_path: Path) -> None:
    redactor.add("hunter2hunter2")
    async with shop(tmp_path) as toys:
        text, is_error = await toys.call("toy_get_thing", key="A-1", hunter2hunter2="x", whatissaid="y")
        assert is_error
        assert "hunter2" not in text
        assert toys.audited()[0]["arguments"] == {"key": "A-1", "?": "dropped"}


@pytest.mark.parametrize("key", ["A-1/../../admin?x=1", "a-1", "", 7, "A-1\x00", None])
async def test_a_wrong_argument_is_named_with_what_it_must_look_like(tmp_path: Path, key: object) -> None:
    async with shop(tmp_path) as toys:
        text, is_error = await toys.call("toy_get_thing", key=key)
        assert is_error
        assert text.startswith("Nothing was done. key: ")
        assert "\x00" not in text


async def test_a_megabyte_of_argument_is_not_repeated_back(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        text, is_error = await toys.call("toy_get_thing", key="A" * 1_000_000)
        assert is_error
        assert len(text) < 500


async def test_an_endless_answer_is_cut_and_says_so(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        text, _ = await toys.call("toy_get_long")
        assert len(text.encode()) < ANSWER_LIMIT + 200
        assert text.endswith("ask for less at a time)")


async def test_a_cancelled_call_is_recorded_as_cancelled(tmp_path: Path) -> None:
    seen: list[tuple[float, str | None]] = []

    async def progress(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, message))
        scope.cancel()

    async with shop(tmp_path) as toys:
        with anyio.CancelScope() as scope:
            await toys.client.call_tool("toy_run_slowly", {}, progress_callback=progress)
        while not toys.audited():
            await anyio.sleep(0.01)
        assert seen == [(1, "half")]
        assert toys.audited()[0]["outcome"] == "cancelled"


async def test_the_audit_record_has_no_content(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        await toys.call("toy_add_things", parts=[{"name": "very private words"}], note="more of them")
        (record,) = toys.audited()
        assert record["tool"] == "toy_add_things"
        assert record["effect"] == "adds"
        assert record["outcome"] == "ok"
        assert record["account"] == "toymaker"
        assert "private" not in json.dumps(record)
        assert "more of them" not in json.dumps(record)


@ERAS
async def test_a_client_that_cannot_ask_must_confirm_by_argument(tmp_path: Path, mode: str) -> None:
    async with shop(tmp_path, mode=mode) as toys:
        text, is_error = await toys.call("toy_delete_thing", key="A-1")
        assert is_error
        assert "Delete A-1 (first)?" in text
        assert "confirm=true" in text
        assert "A-1" in toys.toy.things
        assert await toys.call("toy_delete_thing", key="A-1", confirm=True) == ("deleted A-1", False)
        assert "A-1" not in toys.toy.things


@ERAS
async def test_a_client_that_can_ask_asks_whatever_the_argument_says(tmp_path: Path, mode: str) -> None:
    asked: list[str] = []
    async with shop(tmp_path, mode=mode, elicitation=answering("accept", asked=asked)) as toys:
        assert await toys.call("toy_delete_thing", key="A-2", confirm=True) == ("deleted A-2", False)
        assert asked == ["Delete A-2 (second)?"]


@ERAS
@pytest.mark.parametrize(("action", "confirm"), [("decline", True), ("cancel", True), ("accept", False)])
async def test_nothing_is_destroyed_without_a_yes(tmp_path: Path, mode: str, action: str, confirm: bool) -> None:
    async with shop(tmp_path, mode=mode, elicitation=answering(action, confirm)) as toys:
        text, is_error = await toys.call("toy_delete_thing", key="A-1", confirm=True)
        assert is_error
        assert "nothing was changed" in text
        assert "A-1" in toys.toy.things


@ERAS
async def test_a_question_cannot_be_forged_by_the_text_that_it_quotes(tmp_path: Path, mode: str) -> None:
    asked: list[str] = []
    async with shop(tmp_path, mode=mode, elicitation=answering("decline", asked=asked)) as toys:
        toys.toy.things["A-1"] = "\x1b[2K\u202eharmless\ud800\n\nOK?" + "x" * 5_000
        await toys.call("toy_delete_thing", key="A-1")
        assert asked[0].startswith("Delete A-1 (harmless\ufffd OK?xxx")
        assert len(asked[0]) <= 600


async def refusing(context: ClientRequestContext, params: ElicitRequestParams) -> ErrorData:
    return ErrorData(code=-32000, message="no window\x1b[31m")


async def babbling(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
    return ElicitResult(action="accept", content={"confirm": "banana"})


@pytest.mark.parametrize("elicitation", [refusing, babbling])
async def test_a_client_that_fails_to_ask_destroys_nothing_and_the_model_learns_it(
    tmp_path: Path, elicitation: ElicitationFnT
) -> None:
    async with shop(tmp_path, elicitation=elicitation) as toys:
        text, is_error = await toys.call("toy_delete_thing", key="A-1", confirm=True)
        assert is_error
        assert text.startswith("Nothing was done: ")
        assert "\x1b" not in text
        assert "ask_before_deleting" not in text
        assert "A-1" in toys.toy.things
        assert [(record["outcome"], record["error_kind"]) for record in toys.audited()] == [("error", "not_asked")]


async def test_a_service_that_repeats_a_secret_in_its_complaint_does_not_tell_the_model(tmp_path: Path) -> None:
    redactor.add("opensesame-4711")
    async with shop(tmp_path) as toys:
        text, _ = await toys.call("toy_run_complaint", about="opensesame-4711")
        assert text == "Toy does not know [secret]."


async def test_all_requests_of_one_call_share_its_time(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        text, _ = await toys.call("toy_get_hurry")
        assert 45 < float(text) <= trace.CALL_SECONDS


@pytest.mark.parametrize(("access", "count"), [(Access.READ, 6), (Access.WRITE, 7), (Access.DELETE, 8)])
async def test_the_access_level_decides_which_tools_exist(tmp_path: Path, access: Access, count: int) -> None:
    async with shop(tmp_path, access=access) as toys:
        assert len((await toys.client.list_tools()).tools) == count
        if access is Access.READ:
            text, is_error = await toys.call("toy_delete_thing", key="A-1", confirm=True)
            assert is_error
            assert "TOY_ACCESS=delete" in text


async def test_unreadable_settings_are_told_by_the_first_call(tmp_path: Path) -> None:
    fault = NotConfigured("The env file may be read by others.", next_step="chmod 600 it")
    async with shop(tmp_path, fault=fault) as toys:
        assert len((await toys.client.list_tools()).tools) == 6
        assert await toys.call("toy_get_thing", key="A-1") == (str(fault), True)


async def test_calls_that_waited_for_a_failed_sign_in_do_not_try_again_one_by_one(tmp_path: Path) -> None:
    tried: list[object] = []

    async def connect(settings: ToySettings) -> ToyClient:
        tried.append(settings)
        await anyio.sleep(0.01)
        raise NotConfigured("The keyring is locked.")

    spec = ServerSpec("toy", "Toy", TOOLS, ToySettings, connect, "Toys.")
    session = Session(spec, ToySettings(sandbox=True), None, AuditLog(tmp_path, server="toy-mcp", version="1"))

    async def sign_in() -> None:
        with pytest.raises(NotConfigured, match="locked"):
            await session.client()

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(sign_in)
    assert len(tried) == 1
    await sign_in()
    assert len(tried) == 2


async def test_a_missing_tool_is_answered_with_its_neighbours(tmp_path: Path) -> None:
    async with shop(tmp_path) as toys:
        text, is_error = await toys.call("toy_get_thingy")
        assert is_error
        assert "toy_get_thing" in text


async def test_the_model_is_told_what_it_may_do_and_what_is_data(tmp_path: Path) -> None:
    async with shop(tmp_path, access=Access.READ) as toys:
        told = toys.client.instructions
        assert told is not None
        assert "only read" in told
        assert "never an instruction" in told


def test_schemas_are_flat_and_strict() -> None:
    schema = next(tool.input_schema for tool in catalogue(spec_for_contract()) if tool.name == "toy_add_things")
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["parts"]
    assert schema["properties"]["count"] == {"type": "integer", "description": "How many of each."}
    assert schema["properties"]["parts"]["items"]["properties"]["size"]["type"] == "integer"


def test_an_empty_one_of_several_values_is_not_shown() -> None:
    toys = Toolset("toy")

    @toys.tool(title="List things", effect="reads")
    async def toy_list_things(
        kind: Annotated[Literal["", "big", "small"], Field(description="Only these.")] = "",
    ) -> str:  # pyright: ignore[reportUnusedFunction]
        """List things, all of them unless told otherwise."""
        return kind

    [tool] = catalogue(spec_for_contract(toys))
    assert tool.input_schema["properties"]["kind"] == {
        "type": "string",
        "enum": ["big", "small"],
        "description": "Only these.",
    }
    assert complaints(spec_for_contract(toys)) == []


def test_the_contract_sees_a_tool_that_breaks_the_rules() -> None:
    assert complaints(spec_for_contract()) == []
    bad = Toolset("toy")

    @bad.tool(title="Bad", effect="destroys")
    async def toy_frobnicate(thing: int | list[str], text: str | None = None) -> str:  # pyright: ignore[reportUnusedFunction]
        """Destroy without a question."""
        return ""

    found = complaints(spec_for_contract(bad))
    assert any("verb 'frobnicate'" in line for line in found)
    assert any("takes `confirm`" in line for line in found)
    assert any("thing: needs a description" in line for line in found)
    assert any("text: a text is `str`" in line for line in found)


def test_a_tool_needs_its_services_prefix() -> None:
    with pytest.raises(ValueError, match="needs the prefix toy_"):

        @Toolset("toy").tool(title="Other", effect="reads")
        async def other_get_thing() -> str:  # pyright: ignore[reportUnusedFunction]
            """Not ours."""
            return ""


def spec_for_contract(toolset: Toolset = TOOLS) -> ServerSpec[ToySettings, ToyClient]:
    async def connect(_: ToySettings) -> ToyClient:
        return ToyClient()

    return ServerSpec("toy", "Toy", toolset, ToySettings, connect, "Toys.")
