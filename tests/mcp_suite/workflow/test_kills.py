"""Whatever moment a run is killed at: when it has been resumed, everything is there once."""

import pytest

from .conftest import KILLED, RUN, Playground

LINES = 16
"""Lines that a whole run writes after the first."""
BEGUN = (3, 5, 7, 9, 11, 14)
"""Those of them that say that a writing step begins."""


@pytest.mark.parametrize("moment", [*(f"{line}-" for line in range(1, LINES + 1)), *(f"{line}+" for line in BEGUN)])
def test_a_run_killed_between_two_moments_makes_everything_once(playground: Playground, moment: str) -> None:
    assert playground.play(moment=moment).returncode == KILLED
    resumed = playground.play("resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert playground.is_whole()


def test_a_run_killed_again_and_again_comes_to_its_end(playground: Playground) -> None:
    tries = 0
    assert playground.play(moment="2-").returncode == KILLED
    while playground.play("resume", moment="3-").returncode == KILLED:
        tries += 1
    assert tries >= 4
    assert playground.is_whole()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_run_killed_while_a_thing_is_made_makes_it_once(playground: Playground, when: str, number: int) -> None:
    playground.trouble("toy_make", when, "kill", number)
    assert playground.play().returncode == KILLED
    assert playground.play("resume").returncode == 0
    assert playground.is_whole()


def test_what_is_still_being_made_when_the_run_goes_on_is_waited_for(playground: Playground) -> None:
    playground.trouble("toy_make", "before", "kill", 1, slow=1.0)
    assert playground.play().returncode == KILLED
    assert playground.play("resume", settle=3.0).returncode == 0
    assert playground.is_whole()
    assert playground.record().units["first"].found


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("tool", "number"), [("toy_make", 1), ("toy_make", 3), ("toy_set", 1)])
def test_a_server_that_dies_stops_the_run_which_then_goes_on(
    playground: Playground, tool: str, number: int, when: str
) -> None:
    playground.trouble(tool, when, "die", number)
    stopped = playground.play()
    assert stopped.returncode == 1
    assert f"mcp-suite workflow resume {RUN}" in stopped.stdout
    assert playground.record().state == "failed"
    assert playground.play("resume").returncode == 0
    assert playground.is_whole()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_refusal_stops_the_run_which_then_goes_on(playground: Playground, when: str) -> None:
    playground.trouble("toy_make", when, "refuse", 2)
    stopped = playground.play()
    assert stopped.returncode == 1
    assert "rate limited" in stopped.stdout
    assert playground.play("resume").returncode == 0
    assert playground.is_whole()
