"""`digit-appliance wiring` for settings that fit and for some that don't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.cli.main import main

GOOD = """
[triggers]
use = ["button", "manual"]
[displays]
use = ["terminal", "oled", "leds", "status_led", "buzzer"]
[displays.leds]
numbers = [5, 6, 12, 13]
"""


def wiring(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, str, str]:
    config = tmp_path / "config.toml"
    config.write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["wiring", "--config", str(config), *more])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = wiring(GOOD, tmp_path, capsys)
    assert status == 0
    rows = out.splitlines()
    assert rows[2].startswith("| 3 | GPIO2 | SDA (address 0x3c)")
    assert "| 11 | GPIO17 | button; its other side to GND | triggers.button |" in rows
    assert "| 29 | GPIO5 | LED for 1; 330 ohm to GND | displays.leds |" in rows
    assert len(rows) == 2 + 2 + 1 + 4 + 1 + 1 + 2
    assert rows[-1].startswith("position: pin of the 40-pin header; GND is 6, 9")


def test_the_pins_of_another_bus_are_left_to_its_overlay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = GOOD + "[displays.oled]\nbus = 3"
    rows = wiring(other, tmp_path, capsys)[1].splitlines()
    assert rows[-4].startswith("| | as its overlay says | SDA (address 0x3c)")
    assert rows[-3] == "| | as its overlay says | SCL | displays.oled |"
    wires = json.loads(wiring(other, tmp_path, capsys, "--json")[1])
    assert [(w["pin"], w["position"]) for w in wires if w["part"] == "displays.oled"] == [
        (None, None)
    ] * 2


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = wiring(GOOD, tmp_path, capsys, "--json")
    wires = json.loads(out)
    assert {"part": "triggers.button", "pin": 17, "position": 11, "bus": ""}.items() <= wires[
        0
    ].items()


def test_a_pin_used_twice_is_refused_with_both_its_users(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = wiring(GOOD + "[displays.buzzer]\nnumber = 17", tmp_path, capsys)
    assert status == 1
    assert (
        "GPIO17 is used twice: by triggers.button (button) "
        "and by displays.buzzer (passive buzzer over 100 ohm)" in err
    )


def test_nothing_connected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nothing is connected" in wiring("", tmp_path, capsys)[1]
