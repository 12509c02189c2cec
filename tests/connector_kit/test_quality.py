"""A quality.toml cannot claim what it does not say is done."""

from pathlib import Path

import pytest

from connector_kit.testing.quality import RULES, complaints


def written(path: Path, tier: str, **changed: str) -> Path:
    lines = [f'tier = "{tier}"']
    for name, rules in RULES.items():
        lines.append(f"[{name}]")
        lines += [f"{rule} = {changed.get(rule.replace('-', '_'), chr(34) + 'done' + chr(34))}" for rule in rules]
    file = path / "quality.toml"
    file.write_text("\n".join(lines))
    return file


def test_a_claim_that_holds_is_accepted(tmp_path: Path) -> None:
    assert complaints(written(tmp_path, "platinum", tokens='{ exempt = "no tokens" }')) == []


@pytest.mark.parametrize(
    ("tier", "state", "told"),
    [
        ("silver", '"todo"', "silver.writes is still to do"),
        ("bronze", '"perhaps"', "silver.writes must be"),
        ("bronze", '{ exempt = "" }', "silver.writes must be"),
        ("granite", '"done"', "tier must be one of"),
    ],
)
def test_a_claim_that_does_not_hold_is_told(tmp_path: Path, tier: str, state: str, told: str) -> None:
    assert any(told in line for line in complaints(written(tmp_path, tier, writes=state)))


def test_what_is_still_to_do_above_the_tier_is_no_fault(tmp_path: Path) -> None:
    assert complaints(written(tmp_path, "bronze", writes='"todo"')) == []


def test_an_unknown_rule_and_a_broken_file_are_told(tmp_path: Path) -> None:
    file = written(tmp_path, "bronze")
    file.write_text(file.read_text() + "\nshiny = 'done'")
    assert complaints(file) == ["platinum.shiny is not a rule"]
    file.write_text("tier =")
    assert "cannot be read" in complaints(file)[0]
    assert "cannot be read" in complaints(tmp_path / "none.toml")[0]
