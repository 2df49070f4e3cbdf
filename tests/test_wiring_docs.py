"""docs/wiring.md and its drawing say what the code does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from appliance.cli.wiring import table
from appliance.displays.blinks import READ, REASONS, STATES
from appliance.settings import parse

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = CHECKOUT / "scripts" / "draw_wiring.py"
    spec = importlib.util.spec_from_file_location("draw_wiring", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_drawing_is_the_one_that_the_script_makes(script: ModuleType) -> None:
    drawn = (CHECKOUT / "docs" / "wiring.svg").read_text()
    assert drawn == script.draw(), "run: python scripts/draw_wiring.py"


def test_the_drawing_says_all_that_the_table_says(script: ModuleType) -> None:
    drawn = script.draw()
    for wires in parse(script.EXAMPLE, "example").wires.values():
        for wire in wires:
            assert all(words in drawn for words in wire.to.split("; ")), wire
    assert "button, button" not in drawn


def test_the_table_is_that_of_the_settings_shown(script: ModuleType) -> None:
    text = (CHECKOUT / "docs" / "wiring.md").read_text()
    assert script.EXAMPLE in text
    assert table(parse(script.EXAMPLE, "example").wires) in text


def test_every_blink_code_is_told() -> None:
    text = (CHECKOUT / "docs" / "wiring.md").read_text()
    codes = {**{state.value: code for state, code in STATES.items()}, "read": READ, **REASONS}
    for meaning, code in codes.items():
        assert f"| `{code}` | {meaning} |" in text
