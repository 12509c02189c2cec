"""What a run records, refuses and tells."""

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mcp_suite.errors import SuiteError
from mcp_suite.workflow.command import parsed
from mcp_suite.workflow.display import left, summary, undoing
from mcp_suite.workflow.engine import knowledge, units
from mcp_suite.workflow.locks import alone, state_of
from mcp_suite.workflow.model import InputError, Known, StepError
from mcp_suite.workflow.plan import plan
from mcp_suite.workflow.record import Record

from . import toys
from .conftest import RUN, Playground

Events = Callable[[Record], list[dict[str, Any]]]


def begun(folder: Path, run: str = RUN) -> Record:
    return Record.begin(run, "toy", revision=1, sandbox=True, inputs=toys.workflow().settle({"folder": str(folder)}))


def test_each_step_is_recorded_before_and_after_it_is_done(playground: Playground, events: Events) -> None:
    assert playground.play().returncode == 0
    told = [(event["event"], event.get("unit", "")) for event in events(playground.record())]
    assert told == [
        ("begun", ""),
        *(
            (event, unit)
            for unit in ("list", "first", "each[one]", "each[two]", "set", "here")
            for event in ("intended", "done")
        ),
        ("skipped", "extra"),
        ("intended", "last"),
        ("done", "last"),
        ("finished", ""),
    ]


def test_the_answer_as_json_names_every_artefact_and_what_undoes_it(playground: Playground) -> None:
    told = json.loads(playground.play().stdout)
    assert told["state"] == "finished"
    assert [made["url"] for made in told["artefacts"]] == [f"https://toy.example/{number}" for number in (1, 2, 3, 4)]
    assert told["undo"][0] == "last: throw away 4"
    assert told["left"] == []
    assert told["resume"] == ""


def test_a_run_that_is_over_does_nothing_when_it_is_resumed(playground: Playground, events: Events) -> None:
    playground.play()
    before = events(playground.record())
    assert playground.play("resume").returncode == 0
    assert events(playground.record()) == before
    assert playground.is_whole()


def test_a_failed_step_tells_what_was_done_what_was_not_and_how_to_go_on(playground: Playground) -> None:
    playground.trouble("toy_make", "before", "refuse", 3)
    told = json.loads(playground.play().stdout)
    assert told["state"] == "failed"
    assert told["done"] == ["list", "first", "each[one]"]
    assert "rate limited" in told["failed"]["each[two]"]
    assert told["left"] == ["each[two]", "set", "here", "extra", "last"]
    assert told["resume"] == f"mcp-suite workflow resume {RUN}"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits")
def test_only_its_owner_may_read_a_record(playground: Playground) -> None:
    made = begun(playground.folder)
    made.write("intended", "list")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700


def test_each_line_is_on_the_disk_before_the_run_goes_on(
    playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def counting(descriptor: int) -> None:
        synced.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", counting)
    made = begun(playground.folder)
    at_first = len(synced)
    made.write("intended", "list")
    made.write("done", "list", outputs={}, found=False)
    assert at_first >= 1
    assert len(synced) == at_first + 2


def test_half_a_line_counts_as_not_written(playground: Playground) -> None:
    made = begun(playground.folder)
    made.write("intended", "first")
    with made.path.open("ab") as file:
        file.write(b'{"at":"2026-01-31T00:00:00+00:00","event":"done","un')
    again = Record.read(RUN)
    assert not again.units["first"].done
    again.write("done", "first", outputs={"id": "1"}, found=True)
    assert Record.read(RUN).units["first"].outputs == {"id": "1"}


def test_a_damaged_record_is_told_by_its_path(playground: Playground) -> None:
    made = begun(playground.folder)
    with made.path.open("ab") as file:
        file.write(b"not JSON\n")
    with pytest.raises(SuiteError, match=r"toy-1\.jsonl is damaged"):
        Record.read(RUN)


@pytest.mark.parametrize("name", ["nosuch", "../toy-1", ""])
def test_a_run_that_there_is_not_is_a_usage_error(playground: Playground, name: str) -> None:
    with pytest.raises(SuiteError, match="There is no run") as told:
        Record.read(name)
    assert told.value.status == 2


def test_a_second_run_of_one_name_is_refused(playground: Playground) -> None:
    begun(playground.folder)
    with pytest.raises(SuiteError, match="resume toy-1"):
        begun(playground.folder)


def test_two_at_once_are_refused_and_later_ones_are_not(playground: Playground) -> None:
    with alone(RUN, "", sandbox=True):
        refused = playground.play()
        assert refused.returncode == 1
        assert "toy-1 is under way in another process" in refused.stderr
    assert playground.marks() == []
    assert playground.play().returncode == 0


def test_a_run_that_a_process_holds_is_under_way(playground: Playground) -> None:
    made = begun(playground.folder)
    assert state_of(made) == "interrupted"
    with alone(RUN, "", sandbox=True):
        assert state_of(made) == "under way"
    made.write("finished")
    assert state_of(made) == "finished"


def test_two_runs_about_the_same_are_refused_on_one_site_only(playground: Playground) -> None:
    with alone("a", "day 1", sandbox=True):
        with pytest.raises(SuiteError, match=r"day-1\.sandbox is under way"), alone("b", "day 1", sandbox=True):
            pass
        with alone("b", "day 1", sandbox=False), alone("c", "day 2", sandbox=True):
            pass


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "--input folder: is needed: Where."),
        ({"folder": " "}, "--input folder: is needed: Where."),
        ({"folder": ".", "size": "x"}, "--input size: is no number"),
        ({"folder": ".", "colour": "red"}, "--input colour: toy has no such input; it takes extra, folder, size"),
    ],
)
def test_a_wrong_input_is_named_with_what_is_wrong(given: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as error:
        toys.workflow().settle(given)
    assert str(error.value) == told


@pytest.mark.parametrize(("given", "told"), [(["a"], "is not name=value"), (["a=1", "a=2"], "is given twice")])
def test_an_input_is_written_as_name_and_value(given: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        parsed(given)
    assert parsed(["a=b=c", "d="]) == {"a": "b=c", "d": ""}


def test_marks_of_different_steps_and_items_differ() -> None:
    known = Known("run-1", datetime(2026, 1, 31, tzinfo=UTC), {})
    assert known.at("first", {}).mark == "wf-run-1-first"
    assert known.at("each[one]", {"id": "one"}).mark == "wf-run-1-each-one"


def test_what_a_step_has_not_left_is_told_and_named_in_a_plan() -> None:
    known = Known("run-1", datetime(2026, 1, 31, tzinfo=UTC), {}, {"a": {"id": "1"}})
    assert known.text("a", "id") == "1"
    with pytest.raises(StepError, match="step b left no id"):
        known.text("b", "id")
    known.planning = True
    assert known.text("b", "id") == "<b.id>"
    assert known.table("b", "rows") == []


@pytest.mark.anyio
async def test_a_plan_makes_the_reading_calls_only_and_names_what_is_not_known(playground: Playground) -> None:
    asked: list[str] = []

    async def call(server: str, tool: str, arguments: Any) -> str:
        asked.append(tool)
        return "one two"

    known = Known("toy-<run>", datetime(2026, 1, 31, tzinfo=UTC), {"folder": ".", "extra": ""})
    known.planning = True
    planned = await plan(toys.workflow(), known, call)
    assert asked == ["toy_read"]
    assert [one.unit for one in planned] == ["list", "first", "each[one]", "each[two]", "set", "here", "extra", "last"]
    by_unit = {one.unit: one for one in planned}
    assert by_unit["set"].arguments == {"name": "size", "value": "<each[two].id>"}
    assert by_unit["first"].undo == "throw away <first.id>"
    assert by_unit["extra"].note == "not needed: nothing more was wanted"
    assert [one.unit for one in await plan(toys.workflow(), known.at("", {}), None)][2] == "each[one]"


def test_what_a_run_made_is_undone_by_it_and_what_others_made_is_not(playground: Playground) -> None:
    made = begun(playground.folder)
    made.write("done", "list", outputs={"items": []}, found=False)
    made.write("intended", "first")
    made.write("done", "first", outputs={"id": "7"}, found=True)
    made.write("done", "last", outputs={"id": "8"}, found=True)
    assert undoing(toys.workflow(), made) == ["first: throw away 7"]


def test_steps_for_things_that_are_not_known_yet_are_left_as_such(playground: Playground) -> None:
    made = begun(playground.folder)
    assert [unit for unit, _ in left(toys.workflow(), made)] == [
        "list",
        "first",
        "each[…]",
        "set",
        "here",
        "extra",
        "last",
    ]
    assert summary(toys.workflow(), made)["state"] == "interrupted"
    assert [known.unit for known in units(toys.workflow().steps[2], knowledge(toys.workflow(), made))] == []
